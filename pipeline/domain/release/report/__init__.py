"""The report: pages that people want to read, made of the tables of a release and of nothing else."""
