"""Where things are: the environment variables by which Dagster and the command line agree."""

import os
from collections.abc import Mapping
from typing import NamedTuple

DATA = "CONVERSATIONS_DATA"
LANDING = "CONVERSATIONS_LANDING"
REGISTER = "CONVERSATIONS_REGISTER"
PROGRAMME = "CONVERSATIONS_PROGRAMME"
SCHEDULER = "CONVERSATIONS_SCHEDULER"


class Places(NamedTuple):
    """Data root, landing folder, register (empty: beside the transcripts) and programme."""

    data: str
    landing: str
    register: str
    programme: str

    def as_environment(self) -> dict[str, str]:
        """The variables that make `places` return this."""
        return dict(zip((DATA, LANDING, REGISTER, PROGRAMME), self, strict=True))


def places(environment: Mapping[str, str] = os.environ) -> Places:
    """What the environment names; by default everything lies under ``out/data``."""
    data = environment.get(DATA) or "out/data"
    return Places(
        data,
        environment.get(LANDING) or f"{data}/landing",
        environment.get(REGISTER, ""),
        environment.get(PROGRAMME) or "100-conversations",
    )


def scheduler(environment: Mapping[str, str] = os.environ) -> str:
    """The Dask scheduler whose workers do the heavy work; empty: this machine does it."""
    return environment.get(SCHEDULER, "")
