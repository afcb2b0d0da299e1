"""The process is killed once at each named instant, and the plain program goes on from there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from duban.ledger import inbox, outbox
from duban.ledger.tables import InboxRow, OutboxRow
from e2e.chaos.dying import moved
from e2e.chaos.engines import ENGINES, Engine
from e2e.chaos.instants import ELSEWHERE, TABLES, WHEN, Happening, calls, moves
from e2e.chaos.launch import warm
from e2e.chaos.scenes import SCENES
from e2e.chaos.world import opened


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("happening", SCENES, ids=str)
def test_killed_at(happening: Happening, when: str, engine: Engine, tmp_path: Path) -> None:
    scene = SCENES[happening]
    with opened(engine, tmp_path, warm) as world:
        scene.prepare(world)
        world.start(dying=(happening, when))
        world.dies()
        world.start()
        world.until(lambda: (world.states(), world.heard()) == (scene.messages, scene.updates), "the end")
        world.until(world.quiet, "nothing more")
        told, complaints = world.sent()
        assert complaints == []
        assert told.twice <= told.in_flight
        if scene.said is not None:
            assert world.received(scene.said()) == []


def test_every_move_and_call_has_its_kill_or_a_reason_why_not() -> None:
    assert {*moves(), *calls()} == SCENES.keys() | ELSEWHERE.keys()
    assert not SCENES.keys() & ELSEWHERE.keys()


@pytest.mark.parametrize(
    ("table", "begin", "column"),
    [("outbox", outbox.Sending.QUEUED, OutboxRow), ("inbox", inbox.Handling.NEW, InboxRow)],
)
def test_a_row_begins_in_the_first_state(table: str, begin: str, column: type) -> None:
    assert Happening.move(table, None, begin) in set(moves())
    assert column.__table__.c.state.default.arg == begin


@pytest.mark.parametrize("table", TABLES)
def test_a_new_state_without_its_kill_is_noticed(table: str) -> None:
    allowed: Mapping[str, frozenset[str]] = TABLES[table]
    first = next(iter(allowed))
    grown = {**TABLES, table: {**allowed, first: allowed[first] | {"lost"}, "lost": frozenset()}}
    assert set(moves(grown)) - SCENES.keys() - ELSEWHERE.keys() == {Happening.move(table, first, "lost")}


def test_a_move_is_seen_by_comparing() -> None:
    old = {("outbox", 1): "queued", ("outbox", 2): "queued", ("inbox", 1): "new"}
    new = {("outbox", 1): "claimed", ("outbox", 2): "queued", ("inbox", 1): "new", ("inbox", 2): "new"}
    assert set(map(str, moved(old, new))) == {"outbox:queued→claimed", "inbox:→new"}
