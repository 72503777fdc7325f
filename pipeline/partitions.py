"""Partitions: one for each intake batch, named by its place in the order received."""

import dagster as dg

intake_batches = dg.DynamicPartitionsDefinition(name="intake_batch")
