"""Whether keywords hang together: ours beside BERTopic's default, judged by conversations not seen.

`python -m benchmarks.labels [--gold FOLDER] [--public FOLDER]`. Words are chosen on one half of the
conversations and judged on the other: the mean normalised pointwise mutual information (NPMI) of
all pairs of a theme's words, a conversation being the document. Clusters are made from all
segments, so that both halves speak of the same themes. Scores are means over ten halves, and over
three seeds of BERTopic's clusters: with three halves and one seed, chance decides small sets.

Half a corpus is small: a pair that chance alone would put into a tenth of a document is not
incoherent because nobody says it. One document is therefore added to what was found and to what
chance would bring; the column "unsmoothed" goes without and counts such pairs as -1, which
rewards words that stand in every text, such as "and" and "the".
"""

import argparse
import re
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.answer_key import DEFAULT_GOLD, key_segments, read_key
from benchmarks.kept_vectors import embedded, vectors_of
from benchmarks.theme_sets import PUBLIC, has_bertopic
from pipeline.domain.embedding.vectors import texts_to_embed
from pipeline.domain.themes.clustering import cluster, features
from pipeline.domain.themes.corpus import Corpus, Row, read_corpus
from pipeline.domain.themes.labels import content_terms, keywords, said_together, term_weights
from pipeline.domain.themes.membership import with_nearest
from pipeline.domain.themes.vocabulary import STOPWORDS
from pipeline.domain.validation.words import words_of
from pipeline.resources.encoder import Encoder
from pipeline.settings import Settings

SPLITS, SEEDS = range(10), range(3)
N_WORDS = 10
MIN_CLUSTER_SIZE = 10

Labels = NDArray[np.int64]
Themes = Sequence[Sequence[Row]]
Represent = Callable[[Themes], list[list[str]]]


class Scores(NamedTuple):
    """How a way of choosing words does, means over splits and seeds."""

    coherence: float
    unsmoothed: float
    diversity: float
    words_per_theme: float


def our_words(themes: Themes) -> list[list[str]]:
    """The first ten keywords of each theme."""
    weights = term_weights(themes)
    together = said_together(themes, weights)
    return [keywords(own, together)[:N_WORDS] for own in weights]


def bertopic_words(themes: Themes) -> list[list[str]]:
    """The first ten words of BERTopic as it comes: all its defaults, function words included."""
    return _class_tf_idf_words(themes, None)


def bertopic_telling_words(themes: Themes) -> list[list[str]]:
    """BERTopic's first ten when it may not choose function words and small change of speech."""
    return _class_tf_idf_words(themes, sorted(STOPWORDS))


def _class_tf_idf_words(themes: Themes, stop_words: list[str] | None) -> list[list[str]]:
    from bertopic.vectorizers import ClassTfidfTransformer
    from sklearn.feature_extraction.text import CountVectorizer

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Your stop_words may be inconsistent")
        vectorizer = CountVectorizer(stop_words=stop_words)
        counts = vectorizer.fit_transform([" ".join(row.text for row in theme) for theme in themes])
    weights = ClassTfidfTransformer().fit_transform(counts).toarray()
    terms = vectorizer.get_feature_names_out()
    return [[str(terms[at]) for at in np.argsort(-row, kind="stable")[:N_WORDS]] for row in weights]


OURS: Mapping[str, Represent] = {"ours": our_words}
THEIRS: Mapping[str, Represent] = {
    "BERTopic's": bertopic_words,
    "BERTopic's, our stopwords": bertopic_telling_words,
}


def our_clusters(corpus: Corpus) -> Labels:
    """Our themes of a corpus, those near them included."""
    X = features(corpus.texts(), corpus.vectors, corpus.course)
    return with_nearest(cluster(X, MIN_CLUSTER_SIZE)).labels


def bertopic_clusters(corpus: Corpus, seed: int = 0) -> Labels:
    """The clusters of BERTopic's default stack; what it leaves out is -1."""
    from hdbscan import HDBSCAN
    from umap import UMAP

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        flat = UMAP(
            n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed
        ).fit_transform(corpus.vectors)
        found = HDBSCAN(min_cluster_size=10, core_dist_n_jobs=1).fit(flat)
    return found.labels_.astype(np.int64)


def measure(gold: Path = DEFAULT_GOLD, public: Path = PUBLIC) -> dict[str, Any]:
    """Scores of each way of choosing words, on our clusters and BERTopic's, for each set."""
    return {
        name: {kind: _on(corpus.rows, labels) for kind, labels in _clusters(corpus).items()}
        for name, corpus in corpora(gold, public, Encoder())
    }


def _clusters(corpus: Corpus) -> dict[str, list[Labels]]:
    if not has_bertopic():
        return {"ours": [our_clusters(corpus)]}
    theirs = [bertopic_clusters(corpus, seed) for seed in SEEDS]
    return {"ours": [our_clusters(corpus)], "BERTopic's": theirs}


def _on(rows: Sequence[Row], clusterings: Sequence[Labels]) -> dict[str, Any]:
    ways = {**OURS, **THEIRS} if has_bertopic() else OURS
    n_themes = [int(labels.max(initial=-1)) + 1 for labels in clusterings]
    return {
        "n_themes": round(float(np.mean(n_themes)), 1),
        "words": {way: scores(rows, clusterings, how)._asdict() for way, how in ways.items()},
    }


def table(result: Mapping[str, Any]) -> list[str]:
    """The measurement as Markdown."""
    lines = [
        "| set | clusters | themes | words | NPMI | unsmoothed | diversity | words a theme |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, by_kind in result.items():
        for kind, found in by_kind.items():
            for way, own in found["words"].items():
                lines.append(
                    f"| {name} | {kind} | {found['n_themes']:g} | {way} | {own['coherence']:.3f} "
                    f"| {own['unsmoothed']:.3f} | {own['diversity']:.2f} "
                    f"| {own['words_per_theme']:.1f} |"
                )
    return lines


def scores(rows: Sequence[Row], clusterings: Sequence[Labels], represent: Represent) -> Scores:
    """Words chosen on one half of the conversations, coherence counted on the other."""
    found = [_of_split(rows, labels, represent, seed) for labels in clusterings for seed in SPLITS]
    return Scores(*(round(float(np.mean(values)), 4) for values in zip(*found, strict=True)))


def _of_split(rows: Sequence[Row], labels: Labels, represent: Represent, seed: int) -> Scores:
    conversations = sorted({row.conversation_id for row in rows})
    shuffled = np.random.default_rng(seed).permutation(conversations)
    chosen_on = set(shuffled[: len(shuffled) // 2].tolist())
    themes: list[list[Row]] = [[] for _ in range(int(labels.max(initial=-1)) + 1)]
    for row, label in zip(rows, labels.tolist(), strict=True):
        if label >= 0 and row.conversation_id in chosen_on:
            themes[label].append(row)
    words = [own for own in represent([theme for theme in themes if theme]) if own]
    unseen = _documents(row for row in rows if row.conversation_id not in chosen_on)
    return Scores(
        coherence(words, unseen, prior=1),
        coherence(words, unseen, prior=0),
        diversity(words),
        float(np.mean([*map(len, words)])),
    )


def _documents(rows: Iterable[Row]) -> list[str]:
    """What is said in each conversation."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        texts[row.conversation_id].append(row.text)
    return ["\n".join(said) for said in texts.values()]


def coherence(words: Sequence[Sequence[str]], texts: Sequence[str], prior: float) -> float:
    """Mean over themes of the mean NPMI of all pairs of a theme's words in these texts.

    Parameters
    ----------
    words : sequence of sequences of str
        Words of each theme.
    texts : sequence of str
        One a document.
    prior : float
        Documents added to those found and to those expected by chance: with 0 a pair that chance
        would put into a tenth of a document counts as incoherent when it is not found.
    """
    wanted = {word for own in words for word in own}
    where: dict[str, set[int]] = {word: set() for word in wanted}
    for place, text in enumerate(texts):
        for word in _tokens(text) & wanted:
            where[word].add(place)
    means = [
        np.mean([_npmi(where[a], where[b], len(texts), prior) for a, b in combinations(own, 2)])
        for own in words
        if len(own) > 1
    ]
    return float(np.mean(means)) if means else 0.0


def diversity(words: Sequence[Sequence[str]]) -> float:
    """Share of distinct words among all themes' words, the parts of a pair counted singly."""
    single = [word for own in words for term in own for word in term.split()]
    return len(set(single)) / max(len(single), 1)


def _npmi(ours: set[int], theirs: set[int], n: int, prior: float) -> float:
    both = len(ours & theirs) + prior
    chance = len(ours) * len(theirs) / n + prior
    if not both:
        return -1.0
    share = both / (n + 2 * prior)
    return float(np.log(both / chance) / -np.log(share)) if share < 1 else 0.0


def _tokens(text: str) -> set[str]:
    """What either way of cutting a text takes for a word, and pairs of neighbours."""
    return set(re.findall(r"\b\w\w+\b", text.lower())) | set(words_of(text)) | content_terms(text)


def corpora(gold: Path, public: Path, encoder: Encoder) -> Iterator[tuple[str, Corpus]]:
    """The answer key, and the public sets, of which each text is a conversation of its own."""
    segments = key_segments(read_key(gold), Settings())
    yield "answer key", read_corpus(segments, embedded(segments, encoder))
    for file in sorted(public.glob("*.parquet")):
        whole = pd.read_parquet(file)
        if "label" in whole:
            texts = whole["text"].tolist()
            names = [f"{at:06}" for at in range(len(texts))]
            rows = tuple(
                Row(at, at, at, "", text, "none", ()) for at, text in zip(names, texts, strict=True)
            )
            read = texts_to_embed(whole.assign(question=""))
            yield file.stem, Corpus(rows, vectors_of(read, encoder))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, default=DEFAULT_GOLD, help="the answer key")
    parser.add_argument("--public", type=Path, default=PUBLIC, help="public sets, *.parquet")
    given = parser.parse_args()
    print("\n".join(table(measure(given.gold, given.public))))


if __name__ == "__main__":
    main()
