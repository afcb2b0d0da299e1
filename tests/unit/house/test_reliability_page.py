"""docs/reliability.md: each test that it names is there, and it has a row for each break."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from e2e.chaos.broken import BREAKS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_test_that_it_names_is_there(file: str, name: str) -> None:
    assert re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)


def test_each_promise_has_its_test() -> None:
    section = PAGE.partition("## Killed at each instant")[0]
    promises = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(promises) > 9
    assert all("`tests/" in row for row in promises)


def test_each_break_has_its_row() -> None:
    for one in BREAKS:
        name, _, _ = one.test.partition("[")
        assert any(
            line.startswith(f"| {one.name.partition(':')[0]}") and f"`{name}`" in line
            for line in PAGE.splitlines()
        ), one.name
