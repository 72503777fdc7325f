# pyright: standard
# scikit-learn and scipy carry no types; strict checking would flag every call.
"""What texts say in common words: latent semantic analysis of words and pairs of words.

Counted in arrays: the vectorizer of scikit-learn builds every pair of words as a string, which
took longer than the clustering itself.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.domain.themes.neighbours import Floats, spread
from pipeline.domain.themes.vocabulary import STOPWORDS
from pipeline.domain.validation.words import words_of

_FEWEST_TEXTS = 2
_MOST_SHARE = 0.5
_ROWS_TO_LEARN_FROM = 3_000
"""Directions of more texts than this are learnt from an even spread of them."""


def latent_words(texts: Sequence[str], n_dimensions: int) -> Floats:
    """Rows of unit length, shape (n_texts, n_dimensions); no columns where no words recur.

    Words and pairs of neighbouring words, stopwords left out beforehand, weighed by TF-IDF with
    logarithms of counts; those of fewer than two texts or more than half of them do not count.

    References
    ----------
    Deerwester et al. (1990), J. Am. Soc. Inf. Sci. 41, 391-407.
    """
    from sklearn.decomposition import TruncatedSVD

    weights = _weights(texts)
    n_dimensions = min(n_dimensions, min(weights.shape) - 1)
    if n_dimensions < 2:
        return np.empty((len(texts), 0))
    with threadpool_limits(limits=1):
        model = TruncatedSVD(n_dimensions, random_state=0)
        rows = model.fit(weights[spread(len(texts), _ROWS_TO_LEARN_FROM)]).transform(weights)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def _weights(texts: Sequence[str]) -> Any:
    """TF-IDF as a sparse matrix of shape (n_texts, n_terms), rows of unit length."""
    import scipy.sparse as sp
    from sklearn.preprocessing import normalize

    rows, terms = _terms(texts)
    numbers, columns = np.unique(terms, return_inverse=True)
    shape = (len(texts), len(numbers))
    counts = sp.coo_matrix((np.ones(len(rows)), (rows, columns)), shape=shape).tocsr()
    in_texts = np.bincount(counts.indices, minlength=shape[1])
    counts = counts[:, (in_texts >= _FEWEST_TEXTS) & (in_texts <= _MOST_SHARE * len(texts))]
    in_texts = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log((1 + len(texts)) / (1 + in_texts)) + 1
    counts.data = (1 + np.log(counts.data)) * rarity[counts.indices]
    return normalize(counts, copy=False) if counts.shape[1] else counts


def _terms(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each word and pair of neighbouring words, its text and its number.

    Numbers follow the alphabet, so that they do not depend on the order of the texts.
    """
    said = [words_of(text) for text in texts]
    telling = sorted(word for word in {w for words in said for w in words} if _tells(word))
    number = {word: at for at, word in enumerate(telling)}
    told = [[number[word] for word in words if word in number] for words in said]
    words = np.array([at for own in told for at in own], dtype=np.int64)
    rows = np.repeat(np.arange(len(texts)), [len(own) for own in told])
    together = rows[1:] == rows[:-1]
    pairs = (words[:-1] + 1) * len(number) + words[1:]
    return np.concatenate([rows, rows[1:][together]]), np.concatenate([words, pairs[together]])


def _tells(word: str) -> bool:
    return len(word) > 1 and not word[0].isdigit() and word not in STOPWORDS
