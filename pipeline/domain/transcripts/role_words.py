"""Words that say what a speaker is, and what in a label is no name."""

import re
import unicodedata

# Short forms are those that typists use: I, INT, Q; P, PPT, R, RESP, A.
INTERVIEWER = frozenset(
    "interviewer int intv intvr ivr iv i q question questioner facilitator fac moderator mod "
    "researcher host chair interviewers".split()
) | {"conversation lead", "community researcher", "lead interviewer", "co interviewer"}
PARTICIPANT = frozenset(
    "participant part ppt pt p pp r a resp respondent res answer interviewee patient client "
    "guest subject contributor storyteller resident informant participants".split()
) | {"service user", "research participant", "expert by experience"}
INTERPRETER = frozenset("interpreter interp interpretor translator signer".split()) | {
    "bsl interpreter",
    "sign language interpreter",
    "language interpreter",
    "via interpreter",
    "through interpreter",
}
# They ask when the other is a patient or client; with an interviewer present they answer.
PROFESSIONAL = frozenset(
    "doctor dr gp clinician nurse therapist counsellor physio physiotherapist consultant "
    "practitioner psychologist psychiatrist midwife pharmacist paramedic caseworker".split()
) | {"social worker", "link worker", "health visitor", "care coordinator"}
# They sit beside the participant, unless there is no other who answers.
COMPANION = frozenset(
    "carer husband wife partner mother father mum mam dad son daughter sister brother friend "
    "relative observer notetaker manager child baby parent neighbour advocate "
    "family nan gran grandad grandmother grandfather".split()
) | {"support worker", "note taker", "family member", "care worker", "personal assistant"}
UNNAMED = frozenset(
    "unknown unidentified multiple all both several everyone background recording other "
    "others others various tv radio noise computer system automated".split()
) | {"unknown speaker", "unidentified speaker", "multiple speakers", "multiple voices"}

_ANONYMOUS = re.compile(
    r"^(?:speaker|spk|spkr|unknown|unknown speaker|voice|channel|ch|person)[ _-]*(?:\d+|[a-z])$"
    r"|^unknown(?: speaker)?$"
)
_INTERPRETER_INSIDE = re.compile(r"\binterpreter\b")
_BRACKETS = re.compile(r"\([^)]{0,60}\)|\[[^\]]{0,60}\]")
_NUMBERED = re.compile(r"^(.*?[^\W\d_])[ _.#-]*\d{1,4}$")
_TITLES = frozenset("mr mrs ms miss mx dr prof professor rev reverend sir dame lady lord".split())


def fold(text: str) -> str:
    """Lower case, without accents: "Zoë" and "zoe" are one name."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def plain(label: str) -> str:
    """The label as words alone: "INT. 2 (phone):" is "int 2"."""
    words = re.sub(r"[\W_]+", " ", _BRACKETS.sub(" ", fold(label)))
    return " ".join(words.split())


def role_of_word(label: str) -> str | None:
    """participant, interviewer, interpreter, professional, companion or unnamed; None: a name."""
    words = plain(label)
    numbered = _NUMBERED.match(words)
    for form in (words, numbered[1].strip() if numbered else words):
        for role, vocabulary in (
            ("interviewer", INTERVIEWER),
            ("participant", PARTICIPANT),
            ("interpreter", INTERPRETER),
            ("professional", PROFESSIONAL),
            ("companion", COMPANION),
            ("unnamed", UNNAMED),
        ):
            if form in vocabulary:
                return role
    return "interpreter" if _INTERPRETER_INSIDE.search(words) else None


def is_anonymous(label: str) -> bool:
    """Whether a program made the label: SPEAKER_00, spk_1, Speaker 2, Unknown Speaker."""
    return bool(_ANONYMOUS.match(fold(label).strip())) or bool(_ANONYMOUS.match(plain(label)))


def name_words(name: str) -> list[str]:
    """The words of a name in order, titles and possessive s left out."""
    words = re.sub(r"['\u2019]s\b", "", _BRACKETS.sub(" ", fold(name)))
    words = re.sub(r"['\u2019-]", "", words)
    return [word for word in re.sub(r"[\W_]+", " ", words).split() if word not in _TITLES]


def likeness(label: str, name: str) -> int:
    """How surely a label is this name: 3 whole, 2 first name or all inside, 1 a part, 0 no."""
    said, known = name_words(label), name_words(name)
    if not said or not known:
        return 0
    if set(said) == set(known):
        return 3
    if set(known) <= set(said) or known[0] in said:
        return 2
    if len("".join(said)) > 1 and "".join(said) == "".join(word[0] for word in known):
        return 1
    return int(any(len(word) > 2 and word in said for word in known))
