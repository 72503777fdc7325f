"""A progress bar per stage on standard error, fed by the events of a run."""

import dagster as dg
from tqdm import tqdm

STEP = "{desc:<28}{bar:20} {n_fmt}/{total_fmt} [{elapsed}]"


class Progress:
    """Shows which stage a run is in; one bar per job, advanced by each stage that ends."""

    def __init__(self, title: str, n_steps: int) -> None:
        self._title = title
        self._bar = tqdm(total=n_steps, bar_format=STEP, desc=title)

    def heard(self, event: dg.DagsterEvent) -> None:
        """Follow one event of the run."""
        if event.is_step_start and event.step_key:
            self._bar.set_description_str(f"{self._title}: {event.step_key.replace('_', ' ')}")
        elif event.is_step_success:
            self._bar.update()

    def close(self) -> None:
        """Leave the bar as it stands."""
        self._bar.set_description_str(self._title)
        self._bar.close()
