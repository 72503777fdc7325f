"""Checks of what may be kept, of whom and how long."""

from pipeline.checks.gate import Check

EVERYBODY_WHO_WITHDREW_IS_GONE = Check(
    "erasures",
    "everybody_who_withdrew_is_gone",
    "Of everybody whose withdrawal stands in the register nothing is left under the data root or "
    "in landing, and no erasure is unfinished. What is left is tried again at the next look, night "
    "or run; of a sentence about too many at once, see docs/runbook.md.",
)
NOTHING_IS_TO_BE_CALLED_BACK = Check(
    "recalls",
    "nothing_is_to_be_called_back",
    "No release of the last weeks held somebody who may be heard there no more. Those that did "
    "were taken out; whoever received them has to be asked to delete theirs.",
    blocking=False,
)
NO_ORIGINAL_IS_KEPT_TOO_LONG = Check(
    "retention",
    "no_original_is_kept_too_long",
    "No file lies in landing longer than the programme's clock for originals allows; the pipeline "
    "deletes none of them, people do.",
    blocking=False,
)
