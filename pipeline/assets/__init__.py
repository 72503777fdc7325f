"""Dagster assets, one module per stage; thin: the rules are in `pipeline.domain`."""
