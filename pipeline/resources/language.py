"""Which language a text is in, offline."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lingua import LanguageDetector

# Languages often spoken in England and Wales, and those of their neighbours. Dialects and
# languages close to English (Scots, Afrikaans) are left out: they only take English away.
_CODES = (
    "EN CY GA PL RO PT ES FR DE IT NL LT LV BG HU SK CS RU UK AR FA TR KU UR HI BN PA GU TA TE "
    "ZH JA KO VI TH TL SO SW YO SQ EL SV DA"
).split()


def detect_language(text: str) -> str:
    """ISO 639-1 code of the language that most of the text is in; "und" if it has no letters."""
    found = _detector().detect_language_of(text.lower())
    return found.iso_code_639_1.name.lower() if found else "und"


@cache
def _detector() -> "LanguageDetector":
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code) for code in _CODES if hasattr(IsoCode639_1, code)]
    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
    return builder.with_low_accuracy_mode().build()
