"""What one audience gets, as its Parquet files hold it: pages and projects are made of this alone."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd


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
