"""The rules of each stage. Imports neither Dagster nor a model library."""
