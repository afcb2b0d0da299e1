"""Replies as a second pair of hands wrote them, apart from the grammar: each says these items, no others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from duban.replies.reading import read_reply, to_json
from growth import no_square

CORPUS = Path(__file__).parents[2] / "corpus" / "replies_spoken.jsonl"
LINES = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]


def _place(update: Mapping[str, Any]) -> tuple[int, str]:
    return update["item"] or 0, update["status"]


@pytest.mark.parametrize("line", LINES, ids=[line["id"] for line in LINES])
def test_spoken(line: dict[str, Any]) -> None:
    on = date.fromisoformat(line["on"])
    reading = read_reply(line["text"], on=on, open_items=line["open"], focus=line["focus"])
    found = sorted(map(to_json, reading.updates), key=_place)
    expected = sorted(line["expect"], key=_place)
    assert [_place(u) for u in found] == [_place(e) for e in expected]
    assert [{key: u[key] for key in e} for u, e in zip(found, expected, strict=True)] == expected


@pytest.mark.parametrize(
    "unit", ["第1项啊", "由第1项", "1-", "预计", "完成后", "资金没", "第3项，", "除第3项外", "《"]
)
def test_eight_times_the_words_take_no_square_as_long(unit: str) -> None:
    no_square(
        lambda size: (unit * size)[:size],
        lambda text: read_reply(text, on=date(2026, 11, 10), open_items=range(1, 60)),
        size=10_000,
    )
