"""The judge of the chaos: each broken promise is noticed, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from duban_bot.words import shipped
from e2e.chaos import judge
from e2e.chaos.judge import MARK, Row, Taken

FLOWN = [frozenset({1})]
TWICE = [frozenset({1}), frozenset({1})]


def row(**said: Any) -> Row:
    usual = {
        "id": 1,
        "kind": "text",
        "chat": "7",
        "html": "第1条",
        "state": "sent",
        "again": False,
        "ref": "50",
    }
    return Row(**usual | said)


PLAIN, AGAIN = Taken("7", "第1条", 50), Taken("7", MARK + "第1条", 51)
MARKED = {"html": MARK + "第1条", "again": True, "ref": "51"}


@pytest.mark.parametrize(
    ("rows", "taken", "flights"),
    [
        ([row()], [PLAIN], []),
        ([row()], [PLAIN], FLOWN),  # killed after another row's request
        ([row(**MARKED)], [PLAIN, AGAIN], FLOWN),
        ([row(**MARKED)], [AGAIN], FLOWN),  # killed before the request
        ([row(**MARKED | {"state": "unknown", "ref": None})], [PLAIN, AGAIN], TWICE),
        ([row(**MARKED | {"state": "unknown", "ref": None})], [], TWICE),
        ([row(state="failed", ref=None)], [], []),
        ([row(state="dropped", html="", ref=None)], [], []),
        ([row(kind="edit", ref="9")], [Taken("7", "第1条", 9, edit=True)], []),
    ],
)
def test_a_promise_that_is_kept(rows: list[Row], taken: list[Taken], flights: list[frozenset[int]]) -> None:
    told, complaints = judge.sending(rows, taken, flights)
    assert complaints == []
    assert told.twice == (len(taken) > 1)


@pytest.mark.parametrize(
    ("rows", "taken", "flights", "complaint"),
    [
        ([row()], [], [], "has no message 50"),
        ([row(state="queued", ref=None)], [], [], "is queued for ever"),
        ([row(state="sending", ref=None)], [PLAIN], FLOWN, "is sending for ever"),
        ([row(state="unknown", ref=None)], [PLAIN], FLOWN, "in doubt without a reason"),
        ([row(**MARKED)], [AGAIN], [], "marked without a reason"),
        ([row(**MARKED)], [PLAIN, AGAIN], [], "in flight at no kill"),
        ([row()], [PLAIN, PLAIN], FLOWN, "repeated without a word"),
        ([row(**MARKED)], [PLAIN, AGAIN, AGAIN], TWICE, "taken 3 times"),
        ([row()], [AGAIN, PLAIN], FLOWN, "a later one is not"),
        ([row()], [PLAIN, Taken("8", "第1条", 52)], [], "nobody decided to send"),
        ([row(state="failed", ref=None)], [PLAIN], [], "nobody decided to send"),
        ([row(), row(id=2)], [PLAIN], [], "tell them apart"),
        ([row()], [PLAIN], [frozenset(range(5))], "5 in flight at once"),
    ],
)
def test_a_promise_that_is_broken(
    rows: list[Row], taken: list[Taken], flights: list[frozenset[int]], complaint: str
) -> None:
    _, complaints = judge.sending(rows, taken, flights)
    assert any(complaint in one for one in complaints), complaints


KEYS = [("1", "done"), ("2", "done")]


@pytest.mark.parametrize(
    ("keys", "answers", "receipts", "complaint"),
    [
        (KEYS, ["甲", "乙"], ["1", "2"], None),
        ([("1", "done")], ["甲"], ["1"], "lost: 乙"),
        ([("1", "done"), ("2", "new")], ["甲"], ["1"], "update 2 is new"),
        (KEYS, ["甲", "乙", "乙"], ["1", "2"], "handled twice: 乙"),
        ([*KEYS, ("2", "done")], ["甲", "乙"], ["1", "2"], "3 are in the inbox"),
        (KEYS, ["甲", "乙"], ["1"], "update 2 has 0 receipts"),
        (KEYS, ["甲", "乙"], ["1", "2", "2"], "update 2 has 2 receipts"),
    ],
)
def test_updates(
    keys: list[tuple[str, str]], answers: list[str], receipts: list[str], complaint: str | None
) -> None:
    complaints = judge.receiving(["甲", "乙"], keys, answers, receipts)
    assert complaints == [] if complaint is None else any(complaint in one for one in complaints), complaints


def test_the_mark_is_the_programs_own() -> None:
    assert shipped().render("chat/again.html.j2") + "\n" == MARK
