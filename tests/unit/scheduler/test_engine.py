"""The standing jobs: when each runs, and what a failing one leaves behind."""

from __future__ import annotations

import asyncio
import logging
from datetime import time
from zoneinfo import ZoneInfo

import pytest

from duban_scheduler.engine import STANDING, Engine

ZONE = ZoneInfo("Asia/Shanghai")


async def nothing() -> None:
    """A job that has nothing to do."""


@pytest.mark.parametrize(
    ("virtual", "then"),
    [
        (False, {"tick": "interval[0:00:01]", "digest": "cron[hour='9', minute='30', second='0']",
                 "housekeeping": "cron[hour='3', minute='30', second='0']"}),
        (True, {"tick": "interval[0:00:00.200000]", "digest": "interval[0:00:01]",
                "housekeeping": "interval[1 day, 0:00:00]"}),
    ],
)  # fmt: skip
async def test_the_table_of_standing_jobs(virtual, then):
    engine = Engine(dict.fromkeys(STANDING, nothing), zone=ZONE, hour=time(9, 30), virtual=virtual)
    engine.start()
    assert engine.jobs == then
    await engine.stop()
    await engine.stop()  # twice is once


def test_an_unknown_job_is_refused():
    with pytest.raises(KeyError):
        Engine({"reminder-17": nothing}, zone=ZONE, hour=time(9))


async def test_a_job_that_fails_runs_again_and_is_told_once(caplog):
    runs = 0
    enough = asyncio.Event()

    async def tick() -> None:
        nonlocal runs
        runs += 1
        if runs >= 3:
            enough.set()
        raise OSError("no disk")

    engine = Engine({"tick": tick}, zone=ZONE, hour=time(9), virtual=True)
    with caplog.at_level(logging.ERROR):
        engine.start()
        await asyncio.wait_for(enough.wait(), 5)
        await engine.stop()
    assert [record.message for record in caplog.records] == ["job tick failed"]


async def test_a_slow_job_never_runs_twice_at_once():
    running = most = runs = 0

    async def tick() -> None:
        nonlocal running, most, runs
        running, runs = running + 1, runs + 1
        most = max(most, running)
        await asyncio.sleep(0.5)
        running -= 1

    engine = Engine({"tick": tick}, zone=ZONE, hour=time(9), virtual=True)
    engine.start()
    await asyncio.sleep(1.4)
    await engine.stop()
    await asyncio.sleep(0.6)
    assert most == 1
    assert runs >= 2
