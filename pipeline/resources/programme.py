"""One listening programme: its settings, frameworks, and the places and bodies that may stay."""

import re
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from pydantic import Field, ValidationError

from pipeline.domain.governance.retention import Clock, read_clocks
from pipeline.domain.release.disclosure import Disclosure, read_disclosure
from pipeline.domain.release.policy import slug
from pipeline.domain.release.telling import ONLY_TYPES, Policy, read_policy
from pipeline.domain.themes.frameworks import Framework, read_examples, read_framework
from pipeline.domain.themes.groups import Dimension, read_dimensions
from pipeline.errors import UsageError
from pipeline.settings import Settings

PROGRAMMES = Path(__file__).parents[2] / "programmes"
POPULATION = "reference_population.yaml"
DISCLOSURE = "disclosure.yaml"
EXAMPLES = ".examples.csv"
_SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast where the library was built with its C part, as its wheels are."""


class Programme(dg.ConfigurableResource):
    """Reads `programmes/<name>/`; the folder is read when a run needs it, not at start."""

    name: str = Field(
        default="100-conversations",
        description="Folder in `programmes/` that describes the programme.",
    )

    def settings(self) -> Settings:
        """The programme's settings: defaults, overridden by `programme.yaml`."""
        try:
            return Settings(**(self._described.get("settings") or {}))
        except ValidationError as error:
            places = ", ".join(str(found["loc"][0]) for found in error.errors())
            raise UsageError(
                f"programmes/{self.name}/programme.yaml: settings {places}: unknown or outside "
                "their limits; see docs/settings.md"
            ) from None

    @property
    def title(self) -> str:
        """The programme's name as people write it."""
        return self._described["title"]

    def lenses(self) -> list[Framework]:
        """Frameworks by which every segment is looked at, with the examples beside them.

        Raises
        ------
        UsageError
            If a file is not as it must be, with a sentence.
        """
        return [self._framework(name) for name in self._described.get("lenses") or ()]

    def frameworks(self) -> list[Framework]:
        """Those of the lenses by which story sets are made, in the order of the sets."""
        return [self._framework(name) for name in self._described.get("frameworks") or ()]

    def gazetteer(self) -> dict[str, Any]:
        """Places, bodies and services of the area: what redaction must know to keep or replace."""
        return self._read("gazetteer.yaml") if (self._folder / "gazetteer.yaml").exists() else {}

    def dimensions(self) -> tuple[Dimension, ...]:
        """Groups by which themes are counted, with their shares in the population where known.

        Raises
        ------
        UsageError
            If the file is not as it must be, with a sentence.
        """
        if not (self._folder / POPULATION).exists():
            return ()
        try:
            return read_dimensions(self._read(POPULATION), self.gazetteer().get("areas") or ())
        except UsageError as error:
            raise UsageError(f"programmes/{self.name}/{POPULATION}: {error}") from None

    def policy(self, audience: str) -> Policy:
        """What an audience is told in place of placeholders; without a file, only their types.

        Raises
        ------
        UsageError
            If the file is not as it must be, with a sentence.
        """
        file = f"policies/{slug(audience)}.yaml"
        if not (self._folder / file).exists():
            return ONLY_TYPES
        try:
            return read_policy(self._read(file), audience)
        except UsageError as error:
            raise UsageError(f"programmes/{self.name}/{file}: {error}") from None

    def disclosure(self, audience: str) -> Disclosure:
        """How an audience is told counts of people; without a file, by the rule of the NHS.

        Raises
        ------
        UsageError
            If the file is not as it must be, with a sentence.
        """
        is_there = (self._folder / DISCLOSURE).exists()
        try:
            return read_disclosure(self._read(DISCLOSURE) if is_there else {}, audience)
        except UsageError as error:
            raise UsageError(f"programmes/{self.name}/{DISCLOSURE}: {error}") from None

    def clocks(self) -> tuple[Clock, ...]:
        """How long each layer may be kept.

        Raises
        ------
        UsageError
            If the file is not as it must be, with a sentence.
        """
        try:
            return read_clocks(self._described.get("retention"))
        except UsageError as error:
            raise UsageError(f"programmes/{self.name}/programme.yaml: {error}") from None

    def _framework(self, name: str) -> Framework:
        file = f"frameworks/{name}{EXAMPLES}"
        beside = self._folder / file
        try:
            examples = read_examples(beside.read_bytes()) if beside.exists() else {}
        except UsageError as error:
            raise UsageError(f"programmes/{self.name}/{file}: {error}") from None
        try:
            return read_framework(name, self._read(f"frameworks/{name}.yaml"), examples)
        except UsageError as error:
            raise UsageError(f"programmes/{self.name}/frameworks/{name}: {error}") from None

    @cached_property
    def _described(self) -> dict[str, Any]:
        return self._read("programme.yaml")

    @property
    def _folder(self) -> Path:
        if not _SAFE_NAME.fullmatch(self.name) or not (PROGRAMMES / self.name).is_dir():
            known = sorted(path.name for path in PROGRAMMES.iterdir() if path.is_dir())
            raise UsageError(f"There is no such programme; known are: {', '.join(known)}")
        return PROGRAMMES / self.name

    def _read(self, relative: str) -> dict[str, Any]:
        path = self._folder / relative
        try:
            content = yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - a safe one
        except (OSError, yaml.YAMLError):
            raise UsageError(f"programmes/{self.name}/{relative}: missing or not YAML") from None
        return content or {}
