"""docs/doubts.md, the code and the words name the same doubts; the safest choice on the page is the first."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from duban.errors import DubanError
from duban.ledger import importing
from duban.ledger.database import Ledger
from duban.model import Problem
from duban.reading.document import read_plan

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| `([a-z-]+)` \|(?P<cells>.*)\|$", re.M)
CODE = re.compile(r"[a-z]+(?:-[a-z]+)+")
PLACEHOLDERS = {"N", "DATE"}  # any number, any date


def page() -> dict[str, list[str]]:
    """Code → what was read, why, choices."""
    text = (ROOT / "docs" / "doubts.md").read_text(encoding="utf-8")
    return {row[1]: [cell.strip() for cell in row["cells"].split(" | ")] for row in ROW.finditer(text)}


def given() -> set[str]:
    """Every code that a module of the core gives: what is handed over as `code=…`, as it stands or from a
    table of the same function."""
    found: set[str] = set()
    for file in (ROOT / "core" / "duban").rglob("*.py"):
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                found |= set(_given(function))
    return found


def _given(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    handed = [
        keyword.value
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg == "code"
    ]
    for value in handed:
        yield from (one.value for one in ast.walk(value) if isinstance(one, ast.Constant) and one.value)
    if any(isinstance(value, ast.Name) and value.id == "code" for value in handed):
        constants = (one.value for one in ast.walk(function) if isinstance(one, ast.Constant))
        yield from (one for one in constants if isinstance(one, str) and CODE.fullmatch(one))


def words() -> dict[str, str]:
    return tomllib.loads((ROOT / "templates/chat/words.toml").read_text(encoding="utf-8"))["doubt"]


def test_the_codes_are_found_at_all() -> None:
    assert {"no-mark", "two-readings", "struck-text", "duplicate-number", "macros"} <= given()


def test_each_code_is_on_the_page_and_each_on_the_page_is_given() -> None:
    assert set(page()) == given()


def test_each_code_has_its_words() -> None:
    assert set(words()) == given()
    assert all(re.search(r"[\u4e00-\u9fff]", said) for said in words().values())


def test_each_row_is_whole() -> None:
    for code, (read, why, *_) in page().items():
        assert re.search(r"[\u4e00-\u9fff]", read), code
        assert why, code


def files() -> list[Path]:
    return sorted(
        file
        for folder in ("flat", "prose", "papers")
        for file in (ROOT / "tests" / "corpus" / folder).glob("*.txt")
    )


def problems(ledger: Ledger) -> Iterator[Problem]:
    with ledger.reading() as session:
        for file in files():
            try:
                plan = read_plan(file.read_bytes(), name=file.name)
            except DubanError:
                continue
            yield from importing.preview(session, plan, sha256="").doubts


def safest(choices: str) -> set[str]:
    """The value that stands first; `a` or `b`: which of them depends."""
    found = re.match(r"`([^`]*)`(?: or `([^`]+)`)?", choices)
    return {value.strip('"') for value in found.groups() if value is not None} if found else set()


def test_the_safest_choice_stands_first_on_the_page(ledger: Ledger) -> None:
    seen = set()
    for problem in problems(ledger):
        assert problem.code in page()
        if not problem.choices or "按内容当作" in problem.message:
            continue
        seen.add(problem.code)
        first = safest(page()[problem.code][2])
        assert first & {problem.choices[0].value, *PLACEHOLDERS}, problem.code
    assert len(seen) > 6, seen


@pytest.mark.parametrize("code", ["unknown-column", "no-year", "lost-text", "new-unit"])
def test_a_code_taken_off_the_page_is_noticed(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    known = page()
    del known[code]
    assert set(known) != given()
