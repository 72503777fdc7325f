"""What must be true of vectors before themes are made of them."""

import numpy as np
import pandas as pd

from pipeline.checks.gate import Check

ONE_EACH = Check(
    "segment_embeddings",
    "every_segment_has_one_vector",
    "Segments and vectors have the same ids: nobody's words are left out, nobody's count twice.",
)
UNIT_LENGTH = Check(
    "segment_embeddings",
    "vectors_are_finite_and_of_unit_length",
    "Every number is finite, every vector of length 1 and of the same number of dimensions.",
)
TOLERANCE = 1e-3
"""Of the length; wide enough for vectors computed in bfloat16."""


def without_vector(segments: pd.DataFrame, embeddings: pd.DataFrame) -> list[str]:
    """Ids that are in one of the two tables only."""
    return sorted(set(segments["segment_id"]) ^ set(embeddings["segment_id"]))


def unusable(embeddings: pd.DataFrame) -> list[str]:
    """Ids of vectors that are not finite, not of unit length or of another size than the first."""
    vectors = [np.asarray(vector, dtype=np.float64) for vector in embeddings["vector"]]
    wrong = [
        vector.size != vectors[0].size or not abs(np.linalg.norm(vector) - 1) <= TOLERANCE
        for vector in vectors
    ]
    return sorted(embeddings.loc[wrong, "segment_id"])
