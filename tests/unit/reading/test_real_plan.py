"""The real plan against its gold, field by field; and nothing of it in what ships."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from duban.model import Item, Plan
from duban.reading.document import read_plan
from growth import no_square

ROOT = Path(__file__).resolve().parents[3]
GOLD: dict[str, Any] = json.loads((ROOT / "tests" / "corpus" / "real_plan.json").read_text(encoding="utf-8"))
FILES = sorted((ROOT.parent / "shared" / "plans").glob("*.txt"))
SHIPPED = ("core", "scheduler", "bot", "web", "cli", "templates", "data")
KNOWS_NO_UNIT = ("core", "templates", "data")  # others may have a common name such as 区…局 in an example
TEXT = frozenset({".py", ".toml", ".j2", ".txt", ".md", ".json", ".html", ".js", ".css"})

pytestmark = pytest.mark.skipif(not FILES, reason="the real plan lies outside the repository and is not here")


@cache
def plan() -> Plan:
    return read_plan(FILES[0].read_bytes(), name=FILES[0].name)


def sha(text: str | None) -> str | None:
    """As the gold has it: 16 hex digits over the text without white space; "" for empty, None for lost."""
    if text is None:
        return None
    bare = "".join(text.split())
    return hashlib.sha256(bare.encode()).hexdigest()[:16] if bare else ""


def as_gold(item: Item) -> dict[str, Any]:
    return {
        "no": item.no,
        "heading_sha": sha(item.heading),
        "subheading_sha": sha(item.subheading),
        "requirement_sha": sha(item.requirement),
        "units": [
            {"name": u.name, "role": u.role.value, "collective": u.collective, "alias": u.alias}
            for u in item.units
        ],
        "deadlines": [
            {
                "kind": d.kind.value,
                "text_sha": sha(d.text),
                "due": d.due.isoformat() if d.due else None,
                "amount": d.amount,
                "unit": d.unit.value if d.unit else None,
                "trigger_sha": sha(d.trigger),
            }
            for d in item.deadlines
        ],
    }


def test_the_document() -> None:
    assert sha(plan().title) == GOLD["title_sha"]
    assert plan().year == GOLD["year"]
    assert plan().disclosure == GOLD["disclosure"]
    assert [item.no for item in plan().items] == [item["no"] for item in GOLD["items"]]


@pytest.mark.parametrize("gold", GOLD["items"], ids=lambda item: f"item-{item['no']}")
def test_every_field_of_every_item(gold: dict[str, Any]) -> None:
    item = next(item for item in plan().items if item.no == gold["no"])
    said = as_gold(item)
    for field in said:
        assert said[field] == gold[field], field


def test_the_doubts_are_few_and_named() -> None:
    assert [(p.code, p.item) for p in plan().problems] == [
        ("lost-number", 12),
        ("lost-text", 12),
        ("vague-units", 20),
    ]


def test_spans_count_in_the_stored_text() -> None:
    for item in plan().items:
        for deadline in item.deadlines:
            assert item.requirement is not None
            assert item.requirement[slice(*deadline.span)] == deadline.text


def test_it_is_read_at_once() -> None:
    head, body = FILES[0].read_text(encoding="utf-8").split("\n\t1\n")
    rows, end = f"\n\t1\n{body}".split("\n公开方式")

    def copies(count: int) -> bytes:
        made = (
            re.sub(r"\n\t(\d+)\n", lambda no, n=n: f"\n\t{int(no[1]) + 67 * n}\n", rows) for n in range(count)
        )
        return f"{head}{''.join(made)}\n公开方式{end}".encode()

    assert read_plan(copies(1)).items == plan().items
    assert len(read_plan(copies(16)).items) == 16 * len(plan().items)
    no_square(copies, read_plan, size=16)


@pytest.mark.parametrize("top", SHIPPED)
def test_nothing_that_ships_knows_its_names(top: str) -> None:
    place = re.match(r".{2,6}?(?=[区县市])", plan().title)
    assert place
    names = {u.name for item in plan().items for u in item.units if not u.collective}
    words = {place[0], *(n for n in names if n.startswith(place[0]) or top in KNOWS_NO_UNIT)}
    assert len(words) > 2
    files = [f for f in (ROOT / top).rglob("*") if f.is_file() and f.suffix in TEXT]
    assert files
    hits = [
        (str(f.relative_to(ROOT)), word)
        for f in files
        if (ROOT / "data" / "local") not in f.parents
        for word in words
        if word in f.read_text(encoding="utf-8")
    ]
    assert hits == []
