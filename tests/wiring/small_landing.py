"""A small landing folder for tests: a few invented conversations and their register."""

from pathlib import Path

HEADER = (
    "conversation_id,participant_id,participant_names,interviewer_name,consent_audience,"
    "consent_quote,consent_story,consent_given_on,consent_withdrawn_on"
)
ANSWERS = (
    "The bus to town stopped running last spring, so I walk to the clinic, and it takes most of "
    "the morning there and back again. I would love a small minibus that comes round twice a week.",
    "The gardening group keeps me going. We meet behind the hall, we grow beans and talk, and "
    "nobody asks how ill you are. That has helped me more than any leaflet I was ever given.",
    "Getting through to the surgery in the morning is hopeless. You ring at eight, you wait in "
    "the queue, and by the time somebody answers all the appointments for the day have gone.",
    "My hope is that neighbours look in on one another. When my daughter was small the whole "
    "street did that, and I think people would do it again if somebody made a start.",
)


def transcript(subject: str = "") -> str:
    """A hand-typed transcript; the subject makes its content one of its own."""
    turns = [f"Interviewer: Thank you for coming. What matters to you most {subject} at present?"]
    for number, answer in enumerate(ANSWERS):
        turns += [f"Participant: {answer}"]
        turns += [f"Interviewer: Could you say a little more about that, number {number}?"]
    return "\n\n".join(turns)


def put(landing: Path, conversation_id: str, subject: str | None = None) -> Path:
    """Drop a good transcript in."""
    landing.mkdir(parents=True, exist_ok=True)
    path = landing / f"{conversation_id}.txt"
    path.write_text(transcript(subject or f"about {conversation_id}"), encoding="utf-8")
    return path


def register(landing: Path, *conversation_ids: str, audience: str = "public") -> Path:
    """Write the register with a usable row for each conversation."""
    rows = [
        f"{one},P{number:03d},Person{number},Asker,{audience},yes,yes,2024-01-01,"
        for number, one in enumerate(conversation_ids, start=1)
    ]
    landing.mkdir(parents=True, exist_ok=True)
    path = landing / "participants.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path
