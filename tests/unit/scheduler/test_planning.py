"""The tick against a real SQLite: what is written, to whom, when, and when it looks next."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, event, select
from sqlalchemy.orm import Session

from duban.deadlines.workdays import state_calendar
from duban.ledger import agenda
from duban.ledger.tables import (
    Base,
    DeadlineRow,
    DutyRow,
    EventRow,
    InboxRow,
    ItemRow,
    OutboxRow,
    PeriodRow,
    PersonRow,
    PlanRow,
    PostRow,
    TaskRow,
    UnitRow,
)
from duban.settings import Policy
from duban_scheduler import planning
from duban_scheduler.policy import allowed, steps
from growth import no_square

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = state_calendar()
USUAL = Policy()
YEAR_END = date(2018, 12, 31)


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZONE).astimezone(UTC)


def local(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m-%dT%H:%M}"


class Office:
    """A small ledger: one active plan of three items, two units, each with a contact; a coordinator."""

    def __init__(self) -> None:
        self.engine = create_engine("sqlite://")
        Base.metadata.create_all(self.engine)
        self.session = Session(self.engine, expire_on_commit=False)
        add = self.session.add_all
        early = at("2018-01-01T09:00")
        add([PlanRow(id=1, title="方案", year=2018, state="active", imported_at=early)])
        add([ItemRow(id=n, plan_id=1, no=n, position=n, requirement=f"事项{n}") for n in (1, 2, 3)])
        add([UnitRow(id=n, name=f"单位{n}") for n in (1, 2)])
        add([DutyRow(item_id=n, position=0, name="单位1", role="responsible") for n in (1, 2, 3)])
        self.person(1, unit=1)
        self.person(2, unit=2)
        self.person(9, coordinator=True)
        self.session.commit()

    def person(
        self, id_: int, *, unit: int | None = None, post: str = "contact", **more: object
    ) -> PersonRow:
        row = PersonRow(
            id=id_, name=f"人{id_}", transport="local", chat_user=str(id_), chat=str(id_),
            bound_at=at("2018-01-01T09:00"), **more,
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()
        if unit is not None:
            self.session.add(PostRow(person_id=id_, unit_id=unit, post=post))
        self.session.commit()
        return row

    def task(
        self, due: date, since: str = "2018-07-20T10:00", *, unit: int = 1, item: int = 1, **more: object
    ) -> int:
        row = TaskRow(
            **{
                "item_id": item, "unit_id": unit, "role": "responsible", "kind": "dated", "due": due,
                "original_due": due, "created_at": at(since), "next_at": at(since),
            } | more
        )  # fmt: skip
        self.session.add(row)
        self.session.commit()
        return row.id

    def tick(self, now: str | datetime, *, policy: Policy = USUAL, assume_bound: bool = False) -> list[str]:
        """What this tick wrote: "recipient kind task:why,…"."""
        moment = at(now) if isinstance(now, str) else now
        known = set(self.session.scalars(select(OutboxRow.id)))
        written = planning.tick(
            self.session, now=moment, zone=ZONE, policy=policy, calendar=CALENDAR, assume_bound=assume_bound
        )
        self.session.commit()
        rows = [
            row
            for row in self.session.scalars(select(OutboxRow).order_by(OutboxRow.id))
            if row.id not in known
        ]
        assert written == len(rows)
        return [self._line(row) for row in rows]

    @staticmethod
    def _line(row: OutboxRow) -> str:
        said = ",".join(f"{id_}:{why}" for id_, why, _ in row.facts.get("tasks", ()))
        units = ",".join(f"unit{unit}" for unit in row.facts.get("units", ()))
        return f"{row.person_id} {row.kind} {said or units}"

    def get(self, task: int) -> TaskRow:
        return self.session.get_one(TaskRow, task, populate_existing=True)

    def sent(self) -> None:
        """The courier has been here."""
        for row in self.session.scalars(select(OutboxRow).where(OutboxRow.state == "queued")):
            row.state = "sent"
        self.session.commit()

    def step(
        self, since: str, until: str, *, policy: Policy = USUAL, assume_bound: bool = False
    ) -> list[str]:
        """Everything that a stepping clock writes from one moment to another, with its time."""
        now, end, found = at(since), at(until), []
        for _ in range(2000):
            found += [
                f"{local(now)} {line}" for line in self.tick(now, policy=policy, assume_bound=assume_bound)
            ]
            self.sent()
            then = planning.next_moment(self.session, now=now)
            if then is None or then > end:
                return found
            assert then > now, "the clock would stand still for ever"
            now = then
        raise AssertionError("too many steps")


@pytest.fixture
def office():
    made = Office()
    yield made
    made.session.close()
    made.engine.dispose()


# -- a task's year --


def test_a_task_with_a_date_is_announced_reminded_chased_and_copied(office):
    office.person(5, unit=1, post="leader")
    office.task(YEAR_END)
    assert office.step("2018-07-20T10:00", "2019-12-31T00:00") == [
        "2018-07-23T09:00 1 assignment 1:new",
        "2018-11-30T09:00 1 digest 1:before",
        "2018-12-14T09:00 1 digest 1:before",
        "2018-12-24T09:00 1 digest 1:before",
        "2018-12-28T09:00 1 digest 1:before",
        "2018-12-29T09:00 1 digest 1:before",
        "2019-01-02T09:00 1 digest 1:late",
        "2019-01-07T09:00 1 digest 1:late",
        "2019-01-07T09:00 5 copy 1:late",
        "2019-01-10T09:00 1 digest 1:late",
        "2019-01-15T09:00 1 digest 1:late",
        "2019-01-18T09:00 1 digest 1:late",
    ]
    assert office.get(1).next_at is None
    assert office.get(1).copied_on == date(2019, 1, 7)


def test_the_periods_of_a_cadence(office):
    period = PeriodRow(id=1, plan_id=1, due=date(2018, 9, 30), opens_at=at("2018-07-20T10:00"),
                       opened_at=at("2018-07-20T10:00"))  # fmt: skip
    last = PeriodRow(id=2, plan_id=1, due=date(2018, 12, 29), closing=True, opens_at=at("2018-12-21T09:00"))
    office.session.add_all([period, last])
    for item in (1, 2, 3):
        office.task(period.due, item=item, kind="period", period_id=1)
    found = office.step("2018-07-20T10:00", "2019-12-31T00:00")
    assert found == [
        "2018-07-23T09:00 1 assignment 1:new,2:new,3:new",
        "2018-09-21T09:00 1 digest 1:report,2:report,3:report",
        "2018-09-30T09:00 1 digest 1:report,2:report,3:report",
        "2018-10-08T09:00 1 digest 1:report-late,2:report-late,3:report-late",
        "2018-10-11T09:00 1 digest 1:report-late,2:report-late,3:report-late",
        "2018-10-16T09:00 1 digest 1:report-late,2:report-late,3:report-late",
        "2018-12-21T09:00 1 digest 4:report,5:report,6:report",
        "2018-12-29T09:00 1 digest 4:report,5:report,6:report",
        "2019-01-02T09:00 1 digest 4:report-late,5:report-late,6:report-late",
        "2019-01-07T09:00 1 digest 4:report-late,5:report-late,6:report-late",
        "2019-01-10T09:00 1 digest 4:report-late,5:report-late,6:report-late",
    ]
    assert [office.get(n).state for n in range(1, 7)] == ["missed"] * 3 + ["open"] * 3


def test_a_period_opened_by_a_tick_that_came_late_is_announced_that_morning(office):
    office.session.add(
        PeriodRow(id=1, plan_id=1, due=date(2018, 12, 29), closing=True, opens_at=at("2018-12-21T09:00"))
    )
    office.session.commit()
    assert office.tick("2018-12-21T08:59") == []
    assert office.tick(at("2018-12-21T09:00") + timedelta(seconds=7)) == [
        "1 digest 1:report,2:report,3:report"
    ]


# -- one message --


def test_one_message_a_person_and_day_whatever_there_is_to_say(office):
    office.session.add(PostRow(person_id=1, unit_id=2, post="contact", position=-1))
    a = office.task(YEAR_END, announced_at=at("2018-07-23T09:00"), next_at=at("2018-12-24T09:00"))
    b = office.task(
        YEAR_END, item=2, unit=2, announced_at=at("2018-07-23T09:00"), next_at=at("2018-12-24T09:00")
    )
    c = office.task(date(2019, 2, 1), item=3, since="2018-12-21T15:00")
    assert office.tick("2018-12-24T09:00") == [f"1 digest {a}:before,{c}:new,{b}:before"]
    assert office.get(a).said_until == date(2018, 12, 24)
    assert local(office.get(a).next_at) == "2018-12-28T09:00"
    assert office.tick("2018-12-24T09:00") == []  # the same moment again


def test_a_digest_that_is_out_already_sends_what_comes_later_to_the_next_one(office):
    a = office.task(date(2018, 12, 31), announced_at=at("2018-07-23T09:00"), next_at=at("2018-12-24T09:00"))
    office.tick("2018-12-24T09:00")
    b = office.task(
        date(2018, 12, 31), item=2, announced_at=at("2018-07-23T09:00"), next_at=at("2018-12-24T08:00")
    )
    assert office.tick("2018-12-24T10:00") == []
    assert local(office.get(b).next_at) == "2018-12-25T09:00"
    office.sent()
    assert office.tick("2018-12-25T09:00") == [f"1 digest {b}:before"]
    assert office.get(a).said_until == date(2018, 12, 24)


@pytest.mark.parametrize(
    ("told_of", "kind"),
    [("nothing", "assignment"), ("another plan", "assignment"), ("this plan", "digest")],
)
def test_the_first_notice_of_a_plan_is_an_assignment(office, told_of, kind):
    office.session.add(
        PlanRow(id=2, title="另", year=2018, state="active", imported_at=at("2018-01-01T09:00"))
    )
    office.session.add(ItemRow(id=4, plan_id=2, no=1, position=1, requirement="另"))
    known = {"another plan": 4, "this plan": 2}.get(told_of)
    if known:
        office.task(YEAR_END, item=known, announced_at=at("2018-07-23T09:00"), next_at=None)
    new = office.task(YEAR_END)
    assert office.tick("2018-07-20T10:00") == []
    assert office.tick("2018-07-23T09:00") == [f"1 {kind} {new}:new"]


# -- at once --


@pytest.mark.parametrize(
    ("recorded", "due", "told"),
    [
        ("2018-09-28T15:00", date(2018, 9, 29), "2018-09-28T15:00"),  # due on the day of the next digest
        ("2018-09-28T15:00", date(2018, 9, 30), "2018-09-29T09:00"),
        ("2018-09-28T15:00", date(2018, 9, 27), "2018-09-28T15:00"),  # recorded late: no later still
        ("2018-09-28T20:00", date(2018, 9, 29), "2018-09-29T08:00"),  # quiet hours
        ("2018-10-03T11:00", date(2018, 10, 8), "2018-10-08T08:00"),  # a rest day
        ("2018-09-28T07:00", date(2018, 9, 28), "2018-09-28T08:00"),
    ],
)
def test_work_that_an_event_starts_goes_at_once_where_the_next_digest_may_be_too_late(
    office, recorded, due, told
):
    office.session.add(
        DeadlineRow(id=1, item_id=1, kind="relative", text="", span_start=0, span_end=0, source="", rule="")
    )
    office.session.flush()
    office.session.add(EventRow(id=1, deadline_id=1, at=at(recorded), recorded_at=at(recorded), by="cli"))
    task = office.task(due, since=recorded, event_id=1, deadline_id=1)
    first = office.step(recorded, "2018-10-31T00:00")[0]
    assert first == f"{told} 1 assignment {task}:new"


def test_a_date_long_over_when_the_plan_begins_waits_for_the_notice_like_the_rest(office):
    old, other = office.task(date(2018, 3, 31)), office.task(YEAR_END, item=2)
    assert office.step("2018-07-20T10:00", "2018-08-31T00:00") == [
        f"2018-07-23T09:00 1 assignment {old}:new,{other}:new"
    ]


def test_what_was_said_at_once_is_not_said_again_but_its_day_is(office):
    task = office.task(date(2018, 9, 29), since="2018-09-28T15:00")
    assert office.step("2018-09-28T15:00", "2018-10-08T23:00") == [
        f"2018-09-28T15:00 1 assignment {task}:new",
        f"2018-09-29T09:00 1 digest {task}:before",
        f"2018-09-30T09:00 1 digest {task}:late",
    ]


# -- when it is silent --


@pytest.mark.parametrize(
    "state", ["reported_done", "closed", "cancelled", "suspended", "not_ours", "reported", "missed"]
)
def test_what_is_settled_is_never_mentioned(office, state):
    task = office.task(YEAR_END, state=state)
    assert office.tick("2018-07-23T09:00") == []
    assert office.get(task).next_at is None


@pytest.mark.parametrize("table", [PlanRow, ItemRow])
def test_what_is_no_longer_active_is_never_mentioned(office, table):
    task = office.task(YEAR_END)
    office.session.get_one(table, 1).state = "closed"
    assert office.tick("2018-07-23T09:00") == []
    assert office.get(task).next_at is None


@pytest.mark.parametrize(
    ("blocked_at", "late_ones"),
    [
        (None, ["2019-01-02", "2019-01-07", "2019-01-10", "2019-01-15", "2019-01-18"]),
        # five working days after the 28th: 12-29, 01-02, 03, 04, 07; two mentions became one
        ("2018-12-28T15:00", ["2019-01-08", "2019-01-10", "2019-01-15", "2019-01-18"]),
        ("2019-01-07T10:00", ["2019-01-02", "2019-01-07", "2019-01-15", "2019-01-18"]),
    ],
)
def test_blocked_work_rests_its_late_reminders_five_working_days_at_most(office, blocked_at, late_ones):
    task = office.task(YEAR_END, announced_at=at("2018-07-23T09:00"), said_until=date(2018, 12, 29))
    if blocked_at is None:
        found = office.step("2018-12-29T10:00", "2019-02-01T00:00")
    else:
        found = office.step("2018-12-29T10:00", blocked_at) if blocked_at > "2018-12-29" else []
        row = office.get(task)
        row.blocked, row.blocked_at, row.next_at = (
            True,
            at(blocked_at),
            at(max(blocked_at, "2018-12-29T10:00")),
        )
        office.session.commit()
        found += office.step(max(blocked_at, "2018-12-29T10:00"), "2019-02-01T00:00")
    assert [line[:10] for line in found] == late_ones
    assert {line.split(maxsplit=1)[1] for line in found} == {f"1 digest {task}:late"}


def test_blocked_work_is_still_reminded_before_its_day(office):
    office.task(YEAR_END, announced_at=at("2018-07-23T09:00"), said_until=date(2018, 12, 14), blocked=True,
                blocked_at=at("2018-12-21T10:00"), next_at=at("2018-12-21T10:00"))  # fmt: skip
    assert office.step("2018-12-21T10:00", "2018-12-31T23:00") == [
        f"2018-12-{day}T09:00 1 digest 1:before" for day in (24, 28, 29)
    ]


def test_a_postponed_reminder_waits_until_then(office):
    task = office.task(YEAR_END, announced_at=at("2018-07-23T09:00"), said_until=date(2018, 12, 14),
                       next_at=at("2018-12-26T09:00"))  # fmt: skip
    assert office.step("2018-12-20T09:00", "2018-12-27T00:00") == [f"2018-12-26T09:00 1 digest {task}:before"]


def test_policies_of_plan_and_item_rule_their_own_tasks(office):
    office.session.get_one(PlanRow, 1).policy = {"before": [5], "late_max": 1}
    office.session.get_one(ItemRow, 2).policy = {"before": [1]}
    for item in (1, 2):
        office.task(date(2018, 10, 31), item=item, announced_at=at("2018-07-23T09:00"))
    assert office.step("2018-10-01T10:00", "2018-12-31T00:00") == [
        "2018-10-26T09:00 1 digest 1:before",
        "2018-10-30T09:00 1 digest 2:before",
        "2018-11-01T09:00 1 digest 1:late,2:late",
    ]


# -- who cannot be reached, who is copied --


def test_a_unit_without_a_contact_keeps_its_reminders_and_the_coordinator_is_told_once_a_day(office):
    office.session.get_one(PersonRow, 1).reachable = False
    a, b = office.task(YEAR_END), office.task(YEAR_END, item=2)
    ours = office.task(YEAR_END, unit=2)
    assert office.tick("2018-07-20T10:00") == []
    assert office.tick("2018-07-23T09:00") == [f"2 assignment {ours}:new", "9 unreachable unit1"]
    office.sent()
    assert office.tick("2018-07-23T15:00") == []
    assert office.tick("2018-07-24T09:00") == ["9 unreachable unit1"]
    assert office.get(a).announced_at is None
    office.person(3, unit=1)
    assert office.tick("2018-07-25T09:00") == [f"3 assignment {a}:new,{b}:new"]


def test_nobody_is_told_of_a_unit_that_has_nothing_due(office):
    office.session.get_one(PersonRow, 1).reachable = False
    office.task(YEAR_END, announced_at=at("2018-07-23T09:00"))
    assert office.step("2018-07-23T10:00", "2018-11-29T00:00") == []


@pytest.mark.parametrize("leader", [True, False])
def test_a_simulation_writes_for_units_that_nobody_is_bound_to(office, leader):
    office.session.get_one(PersonRow, 1).reachable = False
    if leader:
        office.person(5, unit=1, post="leader")
    task = office.task(YEAR_END, announced_at=at("2018-07-23T09:00"), said_until=date(2019, 1, 2))
    found = office.step("2019-01-02T10:00", "2019-01-08T00:00", assume_bound=True)
    boss = 5 if leader else None
    assert found == [
        f"2019-01-07T09:00 None digest {task}:late",
        f"2019-01-07T09:00 {boss} copy {task}:late",
    ]
    first = office.session.scalars(select(OutboxRow).order_by(OutboxRow.id)).first()
    assert first.key == "digest:unit1:2019-01-07"
    assert first.facts == {"tasks": [[task, "late", "2019-01-07"]], "unit": 1}


@pytest.mark.parametrize(
    ("leader", "copies"),
    [("none", 0), ("another", 1), ("the contact", 0), ("unreachable", 0)],
)
def test_the_leader_is_copied_once_where_there_is_one(office, leader, copies):
    if leader == "the contact":
        office.session.add(PostRow(person_id=1, unit_id=1, post="leader"))
    elif leader != "none":
        office.person(5, unit=1, post="leader", reachable=leader != "unreachable")
    office.task(YEAR_END, announced_at=at("2018-07-23T09:00"))
    found = office.step("2018-07-23T10:00", "2019-12-31T00:00")
    assert sum(" copy " in line for line in found) == copies


def test_a_leader_who_was_copied_once_is_not_copied_again_when_the_date_moves(office):
    office.person(5, unit=1, post="leader")
    office.task(YEAR_END, announced_at=at("2018-07-23T09:00"), copied_on=date(2018, 10, 11))
    assert not [line for line in office.step("2018-11-01T10:00", "2019-12-31T00:00") if " copy " in line]


def test_work_for_nobody_that_cannot_wait_is_told_of_with_the_next_digest(office):
    office.session.get_one(PersonRow, 1).reachable = False
    task = office.task(date(2018, 9, 29), since="2018-09-28T15:00")
    assert office.step("2018-09-28T15:00", "2018-09-29T10:00") == ["2018-09-29T09:00 9 unreachable unit1"]
    assert office.get(task).announced_at is None


# -- outages --


@pytest.mark.parametrize(
    ("back", "told", "why"),
    [
        ("2018-12-14T15:00", "2018-12-14T15:00", "before"),  # the same day, in working hours
        ("2018-12-14T20:00", "2018-12-17T09:00", "before"),  # too late in the evening
        ("2018-12-24T08:00", "2018-12-24T09:00", "before"),
        ("2018-12-28T11:00", "2018-12-28T11:00", "before"),  # three steps are one
        ("2018-12-30T11:00", "2019-01-02T09:00", "late"),  # a rest day: the newest step wins
        ("2019-03-04T11:00", "2019-03-04T11:00", "late"),
    ],
)
def test_after_an_outage_what_was_missed_is_one_message(office, back, told, why):
    task = office.task(YEAR_END, announced_at=at("2018-07-23T09:00"), said_until=date(2018, 11, 30),
                       next_at=at("2018-12-14T09:00"))  # fmt: skip
    assert office.step(back, told) == [f"{told} 1 digest {task}:{why}"]
    assert office.get(task).said_until == date.fromisoformat(told[:10])


@pytest.mark.parametrize(
    ("state", "again", "next_day"),
    [
        ("queued", False, ["1 digest 1:before,2:before"]),  # it had not left: all of it goes as one
        ("sent", False, ["1 digest 2:before"]),
        ("sending", False, ["1 digest 2:before"]),  # it may have left
        ("queued", True, ["1 digest 2:before"]),  # a repeat is owed by itself, and says so
    ],
)
def test_a_digest_that_did_not_leave_on_its_day_goes_with_the_next(office, state, again, next_day):
    told = {"announced_at": at("2018-07-23T09:00"), "said_until": date(2018, 11, 30)}
    office.task(YEAR_END, next_at=at("2018-12-24T09:00"), **told)
    office.task(date(2019, 1, 1), item=2, next_at=at("2018-12-25T09:00"), **told)
    assert office.tick("2018-12-24T09:00") == ["1 digest 1:before"]
    (row,) = office.session.scalars(select(OutboxRow))
    row.state, row.again = state, again
    office.session.commit()
    assert office.tick("2018-12-25T09:00") == next_day
    assert (row.state == "dropped") == (len(next_day[0]) > len("1 digest 2:before"))


# -- next_moment --


def outbox(state: str, due: str, lease: str | None = None) -> OutboxRow:
    return OutboxRow(
        key=f"{state}{due}", kind="text", state=state, due_at=at(due), created_at=at(due),
        lease_until=at(lease) if lease else None,
    )  # fmt: skip


def inbox(state: str) -> InboxRow:
    return InboxRow(transport="local", update_key="1", body={}, at=at("2018-07-01T09:00"), state=state)


@pytest.mark.parametrize(
    ("rows", "then"),
    [
        ([], None),
        ([outbox("sent", "2018-08-02T09:00"), outbox("dropped", "2018-08-02T09:00")], None),
        ([outbox("queued", "2018-08-02T09:00"), outbox("queued", "2018-08-03T09:00")], "2018-08-02T09:00"),
        ([outbox("queued", "2018-07-02T09:00")], "2018-08-01T09:00"),
        ([outbox("claimed", "2018-07-02T09:00", "2018-08-01T09:01")], "2018-08-01T09:01"),
        ([outbox("sending", "2018-07-02T09:00", "2018-08-01T09:01")], "2018-08-01T09:00"),
        ([inbox("new")], "2018-08-01T09:00"),
        ([inbox("done")], None),
        ([PeriodRow(plan_id=1, due=YEAR_END, opens_at=at("2018-12-21T09:00"))], "2018-12-21T09:00"),
        ([PeriodRow(plan_id=1, due=YEAR_END, opens_at=at("2018-07-21T09:00"),
                    opened_at=at("2018-07-21T09:00"))], None),
    ],
)  # fmt: skip
def test_the_next_moment(office, rows, then):
    office.session.add_all([type(row)(**{k: v for k, v in vars(row).items() if k[0] != "_"}) for row in rows])
    office.session.flush()
    found = planning.next_moment(office.session, now=at("2018-08-01T09:00"))
    assert (local(found) if found else None) == then


def test_the_next_moment_of_a_task_and_of_a_plan_at_rest(office):
    office.task(YEAR_END, next_at=at("2018-11-30T09:00"))
    office.session.add(PlanRow(id=2, title="", state="draft", imported_at=at("2018-01-01T09:00")))
    office.session.flush()
    office.session.add(PeriodRow(plan_id=2, due=YEAR_END, opens_at=at("2018-09-21T09:00")))
    office.session.flush()
    found = planning.next_moment(office.session, now=at("2018-08-01T09:00"))
    assert local(found) == "2018-11-30T09:00"


# -- cost --


def test_every_question_of_the_clock_is_answered_by_a_partial_index(office):
    asked: list[tuple[str, object]] = []

    @event.listens_for(office.engine, "before_cursor_execute")
    def note(_c, _cur, statement, parameters, _ctx, _many):
        asked.append((statement, parameters))

    agenda.anything_due(office.session, now=at("2018-08-01T09:00"))
    planning.next_moment(office.session, now=at("2018-08-01T09:00"))
    event.remove(office.engine, "before_cursor_execute", note)
    assert len(asked) == 5
    for statement, parameters in asked:
        plan = [row[3] for row in office.session.connection().exec_driver_sql(
            "EXPLAIN QUERY PLAN " + statement, parameters)]  # fmt: skip
        scans = [
            line
            for line in plan
            if line.startswith("SCAN") and "CONSTANT" not in line and "USING" not in line
        ]
        assert not scans, (statement, plan)


def test_a_tick_without_work_is_two_questions(office):
    office.task(YEAR_END, announced_at=at("2018-07-23T09:00"), next_at=at("2018-11-30T09:00"))
    asked: list[str] = []
    event.listen(office.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    planning.tick(office.session, now=at("2018-08-01T09:00"), zone=ZONE, policy=USUAL, calendar=CALENDAR)
    assert len(asked) == 2


def test_a_big_mornings_tick_is_quick():
    with ExitStack() as ends:

        def of_units(count):
            office = Office()
            ends.callback(office.engine.dispose)
            ends.callback(office.session.close)
            office.session.add_all(
                [ItemRow(id=n, plan_id=1, no=n, position=n, requirement="事项") for n in range(10, 60)]
            )
            office.session.add_all([UnitRow(id=n, name=f"单位{n}") for n in range(10, 10 + count)])
            office.session.flush()
            since = at("2018-07-20T10:00")
            for unit in range(10, 10 + count):
                office.person(100 + unit, unit=unit)
            office.session.add_all(
                TaskRow(item_id=item, unit_id=unit, role="responsible", kind="dated", due=YEAR_END,
                        original_due=YEAR_END, created_at=since, next_at=since)
                for unit in range(10, 10 + count) for item in range(10, 60)
            )  # fmt: skip
            office.session.commit()
            office.session.expunge_all()
            return office, count

        def tick(given):
            office, count = given
            written = planning.tick(
                office.session, now=at("2018-07-23T09:00"), zone=ZONE, policy=USUAL, calendar=CALENDAR
            )
            assert written == count
            office.session.flush()
            office.session.rollback()  # the next time is another first time
            office.session.expunge_all()

        no_square(of_units, tick, size=48)


# -- any year --

DAYS = st.dates(date(2024, 2, 1), date(2024, 12, 31))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    dues=st.tuples(DAYS, DAYS, DAYS),
    outage=st.tuples(st.integers(0, 366 * 24), st.integers(1, 24 * 12)),
    policy=st.sampled_from([USUAL, replace(USUAL, hour="14:30", quiet="12:00-14:00", late_every=1)]),
)
def test_every_hour_of_a_leap_year(dues, outage, policy):
    """The tick comes every hour, but for one outage; nobody answers."""
    office = Office()
    tasks = {
        office.task(due, since="2024-01-02T10:00", item=n, unit=unit): due
        for n, (due, unit) in enumerate(zip(dues, (1, 1, 2), strict=True), start=1)
    }
    start = at("2024-01-02T10:00")
    down = range(outage[0], outage[0] + outage[1])
    then = start  # no tick before it could find anything
    for hour in range(366 * 24):
        now = start + timedelta(hours=hour)
        if hour in down or now < then:
            continue
        office.tick(now, policy=policy)
        office.sent()
        then = planning.next_moment(office.session, now=now)
        if then is None:
            break
    rows = list(office.session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
    for row in rows:
        assert allowed(row.due_at, policy, ZONE, CALENDAR), local(row.due_at)
    days = Counter(
        (row.person_id, row.due_at.astimezone(ZONE).date()) for row in rows if "digest:" in row.key
    )
    assert set(days.values()) <= {1}
    for task, due in tasks.items():
        said = [
            (row.due_at.astimezone(ZONE).date(), why)
            for row in rows
            for id_, why, _ in row.facts["tasks"]
            if id_ == task
        ]
        assert [why for _, why in said].count("new") == 1
        assert said[0][1] == "new"
        mentioned = [day for day, _ in said]
        assert mentioned == sorted(set(mentioned))
        expected = steps("dated", due, None, policy, CALENDAR)
        for step in expected:  # said on its day or, after an outage, with a later one: on the next chance
            if step.on > mentioned[0] and step.on < date(2024, 12, 15):
                assert any(step.on <= day <= step.on + timedelta(days=25) for day in mentioned), step
        assert len(said) <= 1 + len(expected)
    office.session.close()
    office.engine.dispose()


def test_facts_are_plain_json(office):
    office.task(YEAR_END)
    office.tick("2018-07-23T09:00")
    row = office.session.scalars(select(OutboxRow)).one()
    assert json.loads(json.dumps(row.facts)) == {"tasks": [[1, "new", "2018-07-23"]]}
    assert (row.key, row.state, row.urgent) == ("digest:1:2018-07-23", "queued", False)
