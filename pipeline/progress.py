"""A progress bar per stage on standard error, fed by the events of a run."""

from typing import Any

import dagster as dg
from tqdm import tqdm

BAR = "{desc:<48}|{bar:20}| {n_fmt}/{total_fmt} [{elapsed}]"


class Progress:
    """Follows a run; stages that work through conversations show those in a bar of their own."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._bars: dict[str, tqdm[Any]] = {}

    def heard(self, event: dg.DagsterEvent) -> None:
        """Follow one event of the run."""
        step = event.step_key
        if step is None:
            return
        if event.is_step_start:
            name = f"{self._title}  {step.replace('_', ' ')}"
            self._bars[step] = tqdm(total=1, desc=name, bar_format=BAR)
        elif step in self._bars and (event.is_step_success or event.is_step_failure):
            bar = self._bars.pop(step)
            bar.update(int(event.is_step_success))
            bar.close()
