"""How much of what people say aloud, number by number and letter by letter, redaction finds.

`python -m benchmarks.spoken_forms`. The forms come from `benchmarks.sayings`, whose grammar is
apart from the normaliser's. A form is found when every letter and digit of each of its mentions is
covered by a direct identifier or by its own type. Rules were mended looking at even seeds only; odd
seeds draw from other halves of the lists of words and sentences, made by the same hand. A false
alarm is a direct identifier in talk that holds none.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from benchmarks.sayings import WRITINGS, Form, Harmless, forms, harmless
from benchmarks.systems import programme_keep_list
from pipeline.domain.redaction.conversation import Find, gather
from pipeline.domain.redaction.keep import KeepList
from pipeline.domain.redaction.spans import Finding
from pipeline.tables import DIRECT_IDENTIFIERS

HALVES = ("development", "untouched")

Redact = Callable[[Sequence[str]], list[list[Finding]]]


def measure(systems: dict[str, Redact] | None = None) -> dict[str, Any]:
    """Found forms and false alarms of each system: by half, writing and kind."""
    chosen = systems or our_systems()
    said, talk = forms(), harmless()
    return {
        "forms": len(said),
        "harmless": len(talk),
        "systems": {name: _scores(redact, said, talk) for name, redact in chosen.items()},
    }


def our_systems() -> dict[str, Redact]:
    """Our redaction as the pipeline runs it, and by rules alone."""
    from pipeline.resources.detector import TAGGER, Detector

    keep = programme_keep_list()
    return {
        "ours without the tagger": redactor(Detector(without=[TAGGER]).find, keep),
        "ours": redactor(Detector().find, keep),
    }


def redactor(find: Find, keep: KeepList, names: Sequence[str] = ()) -> Redact:
    """All findings in the turns of one conversation."""
    return lambda turns: gather(turns, names, find, keep)


def _scores(redact: Redact, said: Iterable[Form], talk: Iterable[Harmless]) -> dict[str, Any]:
    tallies: dict[str, dict[str, list[int]]] = {
        half: defaultdict(lambda: [0, 0]) for half in HALVES
    }
    for form in said:
        hit = is_found(form, redact(form.turns))
        for key in ("all", form.writing, form.kind, form.entity_type):
            count(tallies[HALVES[form.seed % 2]], key, hit=hit)
    for line in talk:
        alarm = any(f.entity_type in DIRECT_IDENTIFIERS for f in redact([line.text])[0])
        count(tallies[HALVES[line.seed % 2]], "false alarms", hit=alarm)
    return {half: dict(sorted(counts.items())) for half, counts in tallies.items()}


def count(tally: dict[str, list[int]], key: str, *, hit: bool) -> None:
    """One more of this kind, and whether it was found."""
    tally[key][0] += hit
    tally[key][1] += 1


def is_found(form: Form, findings: Sequence[Sequence[Finding]]) -> bool:
    """Whether every letter and digit of every mention is covered by a type that hides it."""
    hiding = {form.entity_type, *DIRECT_IDENTIFIERS}
    for text, marks, found in zip(form.turns, form.marks, findings, strict=True):
        cover = {i for f in found if f.entity_type in hiding for i in range(f.start, f.end)}
        for start, end in marks:
            if any(text[i].isalnum() and i not in cover for i in range(start, end)):
                return False
    return True


def table(result: dict[str, Any]) -> list[str]:
    """The result as Markdown: share found in per cent, by half of the forms."""
    names = list(result["systems"])
    columns = [(name, half) for name in names for half in HALVES]
    lines = [
        f"| {result['forms']} spoken forms, {result['harmless']} harmless sentences | "
        + " | ".join(f"{name}, {half}" for name, half in columns)
        + " |",
        "|---|" + "---|" * len(columns),
    ]
    kinds = [key for key in result["systems"][names[0]][HALVES[0]] if key != "false alarms"]
    ordered = ["all", *WRITINGS, *(k for k in kinds if k not in {"all", *WRITINGS})]
    for key in [*ordered, "false alarms"]:
        cells = [_share(result["systems"][name][half].get(key, [0, 0])) for name, half in columns]
        lines.append(f"| {key} | {' | '.join(cells)} |")
    return lines


def _share(counts: Sequence[int]) -> str:
    part, whole = counts
    return f"{100 * part / whole:.1f} ({part} of {whole})" if whole else "–"


if __name__ == "__main__":
    print("\n".join(table(measure())))
