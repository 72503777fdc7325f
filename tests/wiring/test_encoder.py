import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import UsageError
from pipeline.resources.encoder import Encoder

TEXTS = [
    "The kettle is on and the cat is out.",
    "Then we had to walk all the way round by the weir, because the gate was locked.",
    "Yes.",
    "Nobody had told the baker that the flour was late, so there was no bread until noon.",
]


@pytest.mark.model
def test_bytes_do_not_depend_on_neighbours_order_or_threads() -> None:
    import torch

    encode = Encoder().encode
    together = encode(TEXTS)
    threads = torch.get_num_threads()
    try:
        for n_threads in (1, 2):
            torch.set_num_threads(n_threads)
            assert encode(TEXTS[::-1])[::-1].tobytes() == together.tobytes()
            assert encode(TEXTS[1:2]).tobytes() == together[1:2].tobytes()
    finally:
        torch.set_num_threads(threads)


_AS_AN_OLDER_PROCESSOR = {
    "ATEN_CPU_CAPABILITY": "default",
    "MKL_CBWR": "COMPATIBLE",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
}
_HASHES = """
import hashlib, sys
from pipeline.resources.encoder import Encoder
for precision in ("float32", "float64"):
    encoder = Encoder(precision=precision)
    for read in (encoder.encode, encoder.hear):
        print(hashlib.sha256(read(sys.argv[1:]).tobytes()).hexdigest())
"""


def hashes(processor: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Of what a process of its own reads from `TEXTS`, in float32 and in float64."""
    run = subprocess.run(  # noqa: S603 - the arguments are ours
        [sys.executable, "-c", _HASHES, *TEXTS],
        env=os.environ | processor,
        capture_output=True,
        text=True,
        check=True,
    )
    printed = run.stdout.split()
    return printed[:2], printed[2:]


@pytest.mark.model
def test_bytes_do_not_depend_on_the_processor() -> None:
    float32, float64 = hashes({})
    older_float32, older_float64 = hashes(_AS_AN_OLDER_PROCESSOR)
    if older_float32 == float32:
        pytest.skip("this processor cannot be made to sum as an older one does")
    assert older_float64 == float64


@pytest.mark.model
@pytest.mark.parametrize("precision", ["float64", "float32", "bfloat16"])
def test_vectors_have_unit_length_and_know_what_is_alike(precision: str) -> None:
    vectors = Encoder(precision=precision).encode(
        ["A loaf of bread.", "Baking bread.", "A tax form."]
    )
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_identity_changes_with_the_weights(tmp_path: Path) -> None:
    for name, weights in (("a", b"1"), ("b", b"2")):
        folder = tmp_path / name / "model"
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(weights)
    one, two = (Encoder(name=str(tmp_path / n / "model")).identity() for n in "ab")
    assert one.startswith("model@")
    assert one != two


def test_a_model_that_is_not_here_is_named_with_a_remedy() -> None:
    with pytest.raises(UsageError, match="give a folder"):
        Encoder(name="no-such-people/no-such-model").identity()
