"""The breaks take minutes to run (`make chaos`); here: each can still be made, and its test is there."""

from __future__ import annotations

import ast

import pytest

from e2e.chaos.broken import BREAKS, INSTANTS, ROOT, Break, Change
from e2e.chaos.instants import CHAT, WHEN, calls


@pytest.mark.parametrize("one", BREAKS, ids=lambda one: one.name)
def test_a_break_can_be_made(one: Break) -> None:
    for change in one.changes:
        ast.parse(change.made_in(ROOT))
    file, _, name = one.test.partition("::")
    names = {
        node.name for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))) if hasattr(node, "name")
    }
    assert name.partition("[")[0] in names
    instants = {f"{INSTANTS}[{call}-{when}-sqlite]" for call in calls() for when in WHEN}
    assert one.test in instants or CHAT not in one.test


def test_a_place_that_is_gone_is_noticed() -> None:
    with pytest.raises(ValueError, match="has not once"):
        Change("core/duban/ledger/outbox.py", "what stands nowhere").made_in(ROOT)
