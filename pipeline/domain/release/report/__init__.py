"""The report: pages that people want to read, made of a release's tables and of nothing else."""
