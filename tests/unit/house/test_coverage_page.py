"""docs/coverage.md: each test, line of a corpus, function and file that it names is there."""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Iterator
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from duban.deadlines import grammar
from hostile.cases import CASES
from papers.drawing import load

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "coverage.md"
CORPUS = ROOT / "tests" / "corpus"
HEADS = ("what is delivered", "test", "rule")
SECTIONS = ("Formats", "Layouts", "When", "Who", "Doubts", "Provenance", "The corpus", "Against the peers",
            "Bad input")  # fmt: skip
TEST = re.compile(r"`(?P<file>tests/[\w/]+\.py)::(?P<name>\w+)(?:\[(?P<case>.+?)\])?`")
LINE = re.compile(r"`(?P<file>tests/corpus/\w+\.jsonl)`(?: kindof=(?P<kind>[\w-]+))? id=(?P<id>[\w-]+)")
RULE = re.compile(r"`(?P<module>[a-z_.]+):(?P<name>[\w.]+)(?:\[(?P<of>[\w-]+)\])?`")
FILE = re.compile(r"`((?:docs|tests|README)[\w/.]*\.(?:py|md))`")
OUR_PACKAGES = ("duban.", "duban_bot.", "duban_cli.")


class Row(NamedTuple):
    section: str
    what: str
    test: str
    rule: str


def rows() -> Iterator[Row]:
    section = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line[3:]
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == len(HEADS) and tuple(cells) != HEADS and set(cells[0]) != {"-"}:
            yield Row(section, *cells)


ROWS = list(rows())


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


@cache
def lines(file: str) -> dict[str, dict[str, Any]]:
    read = map(json.loads, (ROOT / file).read_text(encoding="utf-8").splitlines())
    return {line["id"]: line for line in read}


def has_case(file: str, case: str) -> bool:
    """Whether a case stands in its test's file, or is one of the corpora's or of the bad files'."""
    paper, _, form = case.partition("-")
    drawn = CORPUS / "papers" / f"{paper}.txt"
    return (
        case in (ROOT / file).read_text(encoding="utf-8")
        or any(case == one.name for one in CASES)
        or (drawn.is_file() and form in load(drawn).formats)
        or any(CORPUS.glob(f"*/{case}.txt"))
    )


def test_every_section_of_the_issue_has_rows() -> None:
    assert tuple(dict.fromkeys(row.section for row in ROWS)) == SECTIONS
    assert len(ROWS) >= 340
    assert len({(row.section, row.what, row.test) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_a_row_names_what_is_there(row: Row) -> None:
    tests, found = list(TEST.finditer(row.test)), list(LINE.finditer(row.test))
    assert tests or found or row.test.startswith("*open*: "), "neither a test nor why there is none"
    for test in tests:
        assert test["name"] in functions(test["file"])
        assert test["case"] is None or has_case(test["file"], test["case"])
    for line in found:
        assert line["id"] in lines(line["file"])
        assert lines(line["file"])[line["id"]].get("kindof") == line["kind"]
    left = RULE.sub("", FILE.sub("", row.rule)).removesuffix(": no rule reads it")
    assert set(left) <= set(", —"), left
    for rule in RULE.finditer(row.rule):
        module = rule["module"] if rule["module"].startswith(OUR_PACKAGES) else f"duban.{rule['module']}"
        assert attrgetter(rule["name"])(importlib.import_module(module)) is not None
        assert rule["of"] is None or rule["of"] in {one.name for one in grammar.RULES}
    for file in FILE.findall(row.rule):
        assert (ROOT / file).is_file()


def test_a_name_that_is_not_there_is_noticed() -> None:
    good = ROWS[0]
    for bad in (
        good._replace(test="`tests/unit/reading/test_docx.py::test_nothing`"),
        good._replace(test="`tests/corpus/deadlines.jsonl` kindof=day id=day-99999"),
        good._replace(test="`tests/corpus/deadlines.jsonl` kindof=event id=day-01"),
        good._replace(test=""),
        good._replace(rule="`tests/nothing.py`"),
        good._replace(rule="`deadlines.grammar:RULES[nothing]`"),
    ):
        with pytest.raises(AssertionError):
            test_a_row_names_what_is_there(bad)
    with pytest.raises(AttributeError):
        test_a_row_names_what_is_there(good._replace(rule="`reading.document:nothing`"))


def test_the_fuzz_is_long_enough() -> None:
    source = (ROOT / "tests" / "integration" / "test_fuzz_files.py").read_text(encoding="utf-8")
    found = re.search(r'^COUNT = int\(os\.environ\.get\("DUBAN_FUZZ", "(\d+)"\)\)$', source, re.MULTILINE)
    assert found
    assert int(found[1]) >= 2000


def test_the_page_on_adding_a_phrase_shows_lines_that_are_there() -> None:
    page = (ROOT / "docs" / "adding-a-phrase.md").read_text(encoding="utf-8")
    shown = [json.loads(line) for line in page.splitlines() if line.startswith('{"id"')]
    assert [bool(line["expect"]) for line in shown] == [True, False], "one that matches, one that must not"
    for line in shown:
        kept = lines("tests/corpus/deadlines.jsonl")[line["id"]]
        assert kept["text"] == line["text"]
        for shorter, whole in zip(line["expect"], kept["expect"], strict=True):
            assert shorter.items() <= whole.items()
    assert "one rule and two lines of the corpus" in page
