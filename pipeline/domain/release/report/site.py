"""The whole report of a release: every page, its one stylesheet and its one script."""
