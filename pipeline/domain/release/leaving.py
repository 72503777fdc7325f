# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyarrow carries no types.
"""What one audience gets, as its Parquet files hold it: all else is made of this alone."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

SUFFIX = ".parquet"


class Leaving(NamedTuple):
    """The tables of a release, and for whom they are.

    Reports and exchange files are pure functions of it: a finished release can make them again from
    its own tables, and a byte that differs is noticed.

    Attributes
    ----------
    audience : str
        One of `pipeline.tables.AUDIENCES`.
    programme : str
        The programme's folder name.
    title : str
        The programme's name as people write it.
    tables : mapping of table name to DataFrame
        As released: the columns that this audience may have, under its own pseudonyms.
    """

    audience: str
    programme: str
    title: str
    tables: Mapping[str, pd.DataFrame]


def read_leaving(files: Mapping[str, bytes]) -> Leaving:
    """What leaves, read back from the Parquet files of a release.

    Raises
    ------
    ArrowException, OSError, KeyError
        If a table is no Parquet file, there is none, or it does not say what it is of.
    """
    read = {
        name.removesuffix(SUFFIX): pq.read_table(pa.BufferReader(body))
        for name, body in sorted(files.items())
        if name.endswith(SUFFIX)
    }
    said = read["themes"].schema.metadata or {}
    return Leaving(
        said[b"audience"].decode(),
        said[b"programme"].decode(),
        said[b"title"].decode(),
        {name: table.to_pandas() for name, table in read.items()},
    )
