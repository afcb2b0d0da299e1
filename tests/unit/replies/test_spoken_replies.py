"""Replies as a second pair of hands wrote them, apart from the grammar: each says these items, no others."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from duban.replies.reading import read_reply, to_json

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
def test_four_times_the_words_take_no_sixteen_times_as_long(unit: str) -> None:
    def took(size: int) -> float:
        start = time.perf_counter()
        read_reply((unit * size)[:size], on=date(2026, 11, 10), open_items=range(1, 60))
        return time.perf_counter() - start

    took(100)  # the patterns are compiled, the date reader is there
    short = min(took(2_500) for _ in range(3))
    assert min(took(10_000) for _ in range(2)) < 10 * max(short, 0.02)
