"""A process among many on one database: how it is, where others tick, poll and send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from duban.clock import RealClock, monotonic
from duban.ledger import meta
from duban.settings import Database, Settings
from duban_cli import health, service, trouble
from duban_cli.service import Service
from duban_cli.wiring import Office

AGES = 10_000.0  # seconds


class Silent:
    """A chat that is polled, and says nothing."""

    name = "silent"

    class caps:  # noqa: N801 - as a transport has it
        """Of the chat."""

        polls, per_second, per_chat_interval, per_group_minute = True, 0, 0.0, 0

    async def poll(self, _offset: int | None) -> list[Any]:
        await asyncio.sleep(AGES)
        return []

    def link(self, token: str) -> str:
        return token


@pytest_asyncio.fixture
async def made(postgres_url: str) -> AsyncIterator[Service]:
    found = Service(Office(Settings(database=Database(url=postgres_url))), {})
    yield found
    found.lead.leave()
    found.office.close()


async def until(done: Any) -> None:
    for _ in range(1200):
        if done():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("never")


def ticked(made: Service, ago: float) -> None:
    with made.office.writing() as session:
        meta.put(session, meta.TICKED, (RealClock().now() - timedelta(seconds=ago)).isoformat())


@pytest.mark.parametrize(
    ("own", "of_all", "late"), [(AGES, 3, False), (3, AGES, False), (AGES, AGES, True), (AGES, None, True)]
)
async def test_whoever_ticks_a_tick_is_a_tick(
    made: Service, own: float, of_all: float | None, late: bool
) -> None:
    made.pulse.tick = monotonic() - own
    if of_all is not None:
        ticked(made, of_all)
    told = await made.health()
    assert ("tick-late" in told["problems"]) == late
    assert told["tick_age_seconds"] == pytest.approx(min(own, of_all or own), abs=60)


async def test_a_tick_of_one_is_seen_by_another(made: Service) -> None:
    other = Service(made.office, {})
    made.pulse.tick = monotonic() - AGES
    await other.tick()
    assert (await made.health())["problems"] == []


async def test_who_neither_ticks_nor_leads_lives_all_the_same(made: Service) -> None:
    """systemd's watchdog asks for it: a process that only waits is not begun anew."""
    other = Service(made.office, {})
    assert await asyncio.to_thread(other.lead.mine)
    made.pulse.tried = monotonic() - health.STUCK - 1
    assert not made.pulse.alive
    leading = asyncio.create_task(made._lead())
    await until(lambda: made.pulse.alive)
    made.stop()
    await leading
    assert not made.lead.held
    other.lead.leave()


async def test_who_has_lost_the_lead_is_not_late_in_polling(
    made: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LEAD", 0.05)
    made.transports["silent"] = made.receiver._transports["silent"] = Silent()  # type: ignore[index, assignment]
    leading = asyncio.create_task(made._lead())
    await until(lambda: made.listener.polled)
    made.listener.polled["silent"] -= AGES
    assert "poll-late" in (await made.health())["problems"]
    monkeypatch.setattr(made.lead, "mine", lambda: False)
    await until(lambda: not made.listener.polled)
    assert (await made.health())["problems"] == []
    made.stop()
    await leading


async def test_of_many_in_the_same_trouble_who_leads_tells(
    made: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    async def tell(*_: object, code: str, **__: object) -> bool:
        told.append(code)
        return True

    monkeypatch.setattr(trouble.alarms, "database_down", tell)
    monkeypatch.setattr(trouble, "TELL", -1)
    made.office.ledger.fault = "full"
    await made.trouble.look()
    assert told == []
    assert await asyncio.to_thread(made.lead.mine)
    made.office.ledger.fault = "full"
    await made.trouble.look()
    assert told == ["full"]
