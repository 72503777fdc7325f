"""The tree shows the design: the domain is pure, each table has a suite, each room a name."""

import ast
import json
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.tables import TABLES, Table

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "pipeline"
DOMAIN = sorted((PACKAGE / "domain").rglob("*.py"))
MODULES = sorted(PACKAGE.rglob("*.py"))

NOT_IN_DOMAIN = {
    "dagster", "dask", "distributed", "great_expectations", "lingua", "presidio_analyzer",
    "sentence_transformers", "spacy", "torch", "transformers", "onnxruntime", "click", "tqdm",
}  # fmt: skip
PLUMBING = ("pipeline.assets", "pipeline.checks", "pipeline.resources", "pipeline.definitions")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[1:] if ast.get_docstring(function) else function.body
    return first[-1].end_lineno - first[0].lineno + 1 if first else 0


def short(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", DOMAIN, ids=short)
def test_the_domain_imports_neither_dagster_nor_a_model(path: Path) -> None:
    assert not {name.partition(".")[0] for name in imports(path)} & NOT_IN_DOMAIN


@pytest.mark.parametrize("path", DOMAIN, ids=short)
def test_the_domain_does_not_know_its_plumbing(path: Path) -> None:
    assert not [name for name in imports(path) if name.startswith(PLUMBING)]


def test_every_table_has_a_suite_and_every_suite_a_table() -> None:
    assert {path.stem for path in (ROOT / "expectations").glob("*.json")} == set(TABLES)


def test_no_room_is_without_a_name_of_its_own() -> None:
    nameless = {"utils.py", "helpers.py", "common.py", "misc.py", "manager.py"}
    assert not [path for path in MODULES if path.name in nameless]


@pytest.mark.parametrize("folder", ["assets", "checks"])
def test_annotations_are_not_postponed_where_dagster_reads_them(folder: str) -> None:
    assert not [p for p in (PACKAGE / folder).glob("*.py") if "__future__" in set(imports(p))]


def test_functions_are_short() -> None:
    lengths = {
        f"{short(path)}:{function.name}": body_lines(function)
        for path in MODULES
        for function in functions(path)
    }
    assert not {name: n for name, n in lengths.items() if n > 60}
    assert statistics.median(lengths.values()) <= 8


def test_every_module_says_what_it_is_for() -> None:
    silent = [p for p in MODULES if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert not silent


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_a_suite_names_the_columns_of_its_table(table: Table) -> None:
    suite = json.loads((ROOT / "expectations" / f"{table.name}.json").read_text(encoding="utf-8"))
    (columns,) = [
        set(expectation["kwargs"]["column_set"])
        for expectation in suite["expectations"]
        if expectation["type"] == "expect_table_columns_to_match_set"
    ]
    assert columns == {column.name for column in table.columns}
