"""The parts of the benchmark that switch recognisers off and time systems, without a model."""

from benchmarks.ablation import FIGURES, WHOLE, dropped, table
from benchmarks.marked import WRITINGS, Conversation
from benchmarks.speed import resident_peak_mb, seconds
from pipeline.domain.redaction.spans import Finding


def test_leaving_a_recogniser_out_drops_the_findings_of_its_rules_alone() -> None:
    listed = Finding(0, 5, "PERSON", "names.name_list", 0.8)
    mailed = Finding(9, 20, "EMAIL", "presidio.email_address", 1.0)
    assert dropped([[listed, mailed], []], ["names"]) == [[mailed], []]
    assert dropped([[listed, mailed], []], ["EmailRecognizer"]) == [[listed], []]
    assert dropped([[listed, mailed], []], ["places"]) == [[listed, mailed], []]


def test_the_table_shows_changes_and_names_what_changes_nothing() -> None:
    def figures(direct: float) -> dict[str, dict[str, float]]:
        return {writing: dict.fromkeys(FIGURES, direct) for writing in WRITINGS}

    scores = {WHOLE: figures(98.0), "without names": figures(96.5), "without jobs": figures(98.0)}
    text = "\n".join(table({"conversations": 3, "tagger": "fold 0", "scores": scores}))
    assert "| without names | -1.5" in text
    assert "Change nothing here: jobs." in text
    assert "| without jobs" not in text


def test_each_system_reads_all_conversations_and_none_what_another_read() -> None:
    said = [Conversation(name, (0,), (name,), ((),), ()) for name in ("one", "two", "three")]
    read: dict[str, list[str]] = {"first": [], "second": []}

    def system(name: str):
        return lambda conversation: read[name].extend(conversation.texts) or []

    spent = seconds({name: system(name) for name in read}, said)
    assert spent.keys() == read.keys()
    assert [text.strip() for text in read["second"]] == ["one", "two", "three"]
    assert not set(read["first"]) & set(read["second"])


def test_resident_memory_is_told_in_mebibytes() -> None:
    assert 10 < resident_peak_mb() < 100_000
