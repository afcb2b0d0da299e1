"""The machine is off, its chat out of reach, its clock jumps: one message a person then, nothing left out."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest

from duban.ledger import outbox
from duban.ledger.database import Ledger
from duban.ledger.tables import OutboxRow, TaskRow
from duban_bot.transports.base import RetryLater
from e2e.drawn import BOSS, UNITS, Drawn, at, day_of, drawn, steps_of

pytestmark = pytest.mark.slow

BEGIN = "2018-12-24T00:30"  # a Monday; rest days from the 30th, the 29th is a worked Saturday
END = "2019-01-18T23:00"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def lot(*words: object) -> random.Random:
    return random.Random(" ".join(map(str, words)))


async def a_week_on(office: Drawn, back: datetime) -> None:
    await office.until(back + 7 * DAY)
    office.check()
    one_each_at(office, back)


def one_each_at(office: Drawn, back: datetime) -> None:
    """On the day it came back nobody heard more than one digest, and at that one moment."""
    digests = [
        row
        for row in office.sent("digest", "assignment")
        if day_of(row.sent_at) == day_of(back) and row.key.startswith("digest:")
    ]
    assert max(Counter(row.person_id for row in digests).values(), default=1) == 1


OFF = [
    ("2018-12-24T08:30", HOUR),  # over a digest hour
    ("2018-12-24T09:00", HOUR),
    ("2018-12-24T08:59", 3 * HOUR),
    ("2018-12-24T19:30", HOUR),
    ("2018-12-24T08:30", 12 * HOUR),  # back in the quiet hours
    ("2018-12-24T10:00", DAY),
    ("2018-12-27T08:30", DAY),
    ("2018-12-27T15:00", DAY),
    ("2018-12-28T08:00", 2 * DAY),  # back on a rest day
    ("2018-12-25T08:00", 21 * DAY),
    ("2018-12-25T10:00", 21 * DAY + 5 * HOUR),
    ("2018-12-28T21:00", 21 * DAY),
]


@pytest.mark.parametrize(("since", "for_"), OFF, ids=str)
async def test_the_machine_is_off(sqlite_ledger: Ledger, since: str, for_: timedelta) -> None:
    with drawn(sqlite_ledger, at(BEGIN), lot(since, for_)) as office:
        start = at(since)
        if start == at("2018-12-24T09:00"):
            start -= timedelta(seconds=1)
        await office.away(start, start + for_)
        await a_week_on(office, start + for_)


@pytest.mark.parametrize(
    "for_",
    [timedelta(minutes=5), 3 * HOUR, 12 * HOUR, 23 * HOUR, DAY, DAY + 12 * HOUR, 6 * DAY, 21 * DAY],
    ids=str,
)
@pytest.mark.parametrize("day", ["2018-12-24", "2018-12-28", "2018-12-29"])
async def test_it_dies_between_the_decision_and_the_sending(
    sqlite_ledger: Ledger, day: str, for_: timedelta
) -> None:
    """What the tick wrote at nine is still in the queue when the machine is back: it belongs to that day."""
    with drawn(sqlite_ledger, at(BEGIN), lot(day, for_)) as office:
        nine = at(f"{day}T09:00")
        await office.until(nine - timedelta(seconds=1))
        office.clock.jump(nine)
        await office.service.tick()
        assert [row for row in office.rows(OutboxRow) if row.state == "queued"]
        office.gone(nine, nine + for_)
        await a_week_on(office, nine + for_)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A try each hour: a try each five minutes of four days is the same, and takes long."""
    monkeypatch.setattr(outbox, "LONGEST_PAUSE", HOUR)


CUT_OFF = [
    ("2018-12-24T08:30", 2 * HOUR),
    ("2018-12-24T08:30", 13 * HOUR),  # back in the quiet hours
    ("2018-12-24T08:30", DAY),  # back half an hour before the next digest
    ("2018-12-24T08:30", 26 * HOUR),
    ("2018-12-24T08:30", 4 * DAY + 3 * HOUR),
    ("2018-12-28T08:30", 3 * DAY),  # over the rest days
]


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(("since", "for_"), CUT_OFF, ids=str)
async def test_the_chat_is_out_of_reach(sqlite_ledger: Ledger, since: str, for_: timedelta) -> None:
    """The process runs on and decides each morning; of all those mornings one message is sent."""
    with drawn(sqlite_ledger, at(BEGIN), lot(since, for_)) as office:
        start, end = at(since), at(since) + for_
        office.chat.trouble = lambda now: RetryLater("no route") if start <= now < end else None
        office.down.append((start, end))
        await a_week_on(office, end)


@pytest.mark.usefixtures("patient")
async def test_the_coordinator_s_warnings_of_some_days_are_one(sqlite_ledger: Ledger) -> None:
    """Who cannot be reached is said once, not for each day that the chat was away."""
    with drawn(sqlite_ledger, at(BEGIN), lot("weeks")) as office:
        start, end = at("2018-12-24T08:30"), at("2018-12-26T10:00")
        office.chat.trouble = lambda now: RetryLater("no route") if start <= now < end else None
        await office.until(end + HOUR)
        told = [row for row in office.sent("unreachable") if row.person_id == BOSS]
        assert len(told) == 1


# -- the machine's clock --


async def test_a_clock_that_jumps_back_says_nothing_again(sqlite_ledger: Ledger) -> None:
    with drawn(sqlite_ledger, at(BEGIN), lot("back")) as office:
        for moment, jump in (
            ("2018-12-24T09:30", HOUR),
            ("2018-12-28T10:00", DAY),
            ("2019-01-02T12:00", 4 * DAY),
        ):
            await office.until(at(moment))
            office.clock.at -= jump  # the machine's owner mends its clock
        await office.until(at(END))
        office.check()


@pytest.mark.parametrize("forward", [HOUR, DAY, 21 * DAY], ids=str)
async def test_a_clock_that_jumps_forward_and_back(sqlite_ledger: Ledger, forward: timedelta) -> None:
    """What was said too early is not said again; what comes after is said in its time."""
    with drawn(sqlite_ledger, at(BEGIN), lot("forward", forward)) as office:
        mended = at("2018-12-24T10:00")
        await office.until(mended)
        office.clock.jump(mended + forward)
        await office.service.settle()
        office.clock.at -= forward
        await office.until(at(END))
        said, told = office.said("digest", "assignment"), day_of(mended + forward)
        for task in office.rows(TaskRow):
            if UNITS[task.unit_id][0] is not None:
                wanted = {step.on: step.why for step in steps_of(task) if told < step.on <= day_of(at(END))}
                later = {day: why for day, why in said.get(task.id, {}).items() if day > told}
                assert later == wanted, (task.id, task.due)
