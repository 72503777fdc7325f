"""Every error that the pipeline raises on purpose.

An error says where, what, and what to do; never what was said, since logs are not redacted.

PipelineError
├── UsageError            the command or a setting is wrong; exit code 2
├── TranscriptError       one conversation cannot go on; it goes to quarantine, the rest go on
├── RegisterError         the register as a whole cannot be read
├── GateError             a stage's audit failed; nothing of it was published; exit code 1
└── ReleaseError          a finished release breaks a promise; exit code 1
"""


class PipelineError(Exception):
    """The base of all errors raised on purpose."""


class UsageError(PipelineError):
    """A command, path or setting that cannot work."""


class TranscriptError(PipelineError):
    """One conversation that cannot go on.

    Parameters
    ----------
    reason : str
        A code of `pipeline.domain.governance.quarantine.REASONS`.
    where : str
        The place without its content: "line 212", "cue 14", "the register".
    """

    def __init__(self, reason: str, where: str = "the file") -> None:
        super().__init__(f"{reason} ({where})")
        self.reason = reason
        self.where = where


class RegisterError(PipelineError):
    """A register that cannot be read as a whole: missing columns, not a table."""


class GateError(PipelineError):
    """A stage's audit failed; nothing of it was published."""


class ReleaseError(PipelineError):
    """A finished release that breaks a promise."""
