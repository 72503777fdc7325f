"""The pictures of a finished run as PNG for the documentation.

`python -m benchmarks.pictures [DATA]`: from `DATA/deidentified/pictures/*.svg`, as the stage
`count` draws them, to `docs/pictures/`. Without DATA, from the demo run in `out/demo`.
"""

import sys
from pathlib import Path

from benchmarks.reporting import ROOT
from pipeline.assets.counting import PICTURES
from pipeline.domain.themes.pictures import png


def convert(data: Path, into: Path) -> list[Path]:
    """Write each picture as PNG; returns the files."""
    written = []
    for drawn in sorted((data / PICTURES).glob("*.svg")):
        path = into / f"{drawn.stem}.png"
        path.write_bytes(png(drawn.read_text("utf-8")))
        written.append(path)
    return written


if __name__ == "__main__":
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out/demo"
    for path in convert(data, ROOT / "docs/pictures"):
        print(path.relative_to(ROOT))
