"""What a person sees of a run: a line for each stage as it begins, and how long it took."""

import time

import click
import dagster as dg


class Progress:
    """Follows a run's events; stages that work through conversations add a bar of their own."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._began: dict[str, float] = {}

    def heard(self, event: dg.DagsterEvent) -> None:
        """Follow one event of the run."""
        step = event.step_key
        if step is None:
            return
        if event.is_step_start:
            self._began[step] = time.monotonic()
        elif event.is_step_success or event.is_step_failure:
            seconds = time.monotonic() - self._began.get(step, time.monotonic())
            mark = "done" if event.is_step_success else "STOPPED"
            name = step.replace("_", " ")
            click.echo(f"  {self._title}  {name:<40} {mark:<8} {seconds:5.1f} s", err=True)
