"""Forty days drawn by lot, through the whole engine: when it speaks, and that nothing is left out."""

from __future__ import annotations

import os
import random
from datetime import date, timedelta

import pytest

from duban.ledger.database import Ledger
from e2e.drawn import CALENDAR, ONE, at, drawn

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("DUBAN_DAYS_SEED", "20260101"))
NAMED = {  # days that something is the matter with
    "the last before a holiday": "2018-09-30",
    "in a holiday": "2018-10-03",
    "the first after one": "2018-10-08",
    "a make-up Saturday": "2018-12-29",
    "a rest day in the week": "2018-12-31",
    "the year's last": "2024-12-31",
    "the year's first": "2025-01-01",
    "the leap day": "2024-02-29",
    "before the longest": "2025-01-27",
    "in the longest": "2020-01-29",
    "a make-up Sunday": "2025-01-26",
    "a holiday of one day": "2019-05-01",
}


def days() -> list[tuple[str, date]]:
    lot = random.Random(SEED)
    edges = [
        day
        for day in (date(2017, 1, 1) + ONE * n for n in range(9 * 365))
        if (day.weekday() < 5) != CALENDAR.is_workday(day)
    ]
    named = [(name, date.fromisoformat(day)) for name, day in NAMED.items()]
    near = [("beside a holiday", lot.choice(edges) + ONE * lot.randint(-2, 2)) for _ in range(14)]
    any_ = [("any", date(2017, 1, 1) + ONE * lot.randrange(9 * 365)) for _ in range(14)]
    found = named + near + any_
    assert len(found) == 40
    return found


@pytest.mark.parametrize(("name", "day"), days(), ids=str)
async def test_a_drawn_day(sqlite_ledger: Ledger, name: str, day: date) -> None:
    """Its day and the three after it; in the midst of them more work comes in."""
    lot = random.Random(f"{SEED} {name} {day}")
    with drawn(sqlite_ledger, at(f"{day}T00:30"), lot) as office:
        await office.until(
            at(f"{day}T00:30") + timedelta(hours=lot.randint(1, 60), minutes=lot.randint(0, 59))
        )
        office.add(lot, 6, announced=False)
        await office.until(at(f"{day + 3 * ONE}T23:00"))
        while not any(CALENDAR.is_workday(day + ONE * n) for n in range(4)):
            day += ONE  # a holiday that is longer: on to its end
            await office.until(at(f"{day + 3 * ONE}T23:00"))
        office.check()
