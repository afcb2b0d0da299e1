"""From a draft to tasks: what stops a plan, its periods, and making whatever is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from duban.deadlines.workdays import Calendar
from duban.errors import DubanError
from duban.ledger import amending, audit, naming
from duban.ledger.decisions import given_date
from duban.ledger.making import deadlines_of, has_known_date, make_dated, make_period, traceable
from duban.ledger.periods import Turn, cadence_turns, recurring_turns
from duban.ledger.roster import duties_of, roster
from duban.ledger.tables import DeadlineRow, ItemRow, PeriodRow, PlanRow, TaskRow
from duban.ledger.tasks import cancel_all, current_periods
from duban.model import Kind, Problem
from duban.settings import Policy


class HasDate(DubanError):
    """第 {no} 项已有时限；要改单位的日期，请用延期，或给内部时限。"""


class CannotActivate(DubanError):
    """《{title}》还不能启动督办：{why}"""


@dataclass(frozen=True, slots=True)
class Activation:
    """How many tasks were made, and for how many units."""

    tasks: int
    units: int


def blockers(session: Session, plan_id: int) -> list[Problem]:
    """What stops a plan's activation: no items, or a collective that nobody belongs to."""
    known = amending.before(session, plan_id)
    if not known:
        return [Problem(code="no-items", message="方案里没有要督办的事项。")]
    names, said = roster(session), naming.named([before.item for before in known])
    empty = {
        duty.name: None
        for duties in duties_of(session, [before.id for before in known]).values()
        for duty in duties
        if names.collective(duty.name) not in names.ignored and not names.concrete(duty)
    }
    return [naming.no_members(name, said.units) for name in empty]


def activate(
    session: Session,
    plan_id: int,
    *,
    now: datetime,
    calendar: Calendar,
    policy: Policy,
    zone: ZoneInfo,
    actor: str = "cli",
) -> Activation:
    """Start a plan: its periods to the end of the year, its tasks. Raises CannotActivate.

    An active plan gets what is missing since (an amendment, a text that was given, new members), and no more.
    """
    plan = session.get_one(PlanRow, plan_id)
    found = blockers(session, plan_id)
    if found or plan.state == "closed":
        why = found[0].message if found else "方案已经办结。"
        if len(found) > 1:
            why = f"还有 {len(found)} 处要先定下来，第一处：{why}"
        raise CannotActivate(title=plan.title, why=why)
    policy = policy.with_overrides(plan.policy)
    if plan.activated_at is None:
        plan.activated_at, plan.cadence = now, policy.cadence
    plan.state = "active"
    session.flush()
    made = catch_up(session, plan, now=now, calendar=calendar, policy=policy, zone=zone)
    units = session.scalar(
        select(func.count(TaskRow.unit_id.distinct())).join(ItemRow).where(ItemRow.plan_id == plan_id)
    )
    audit.record(
        session, now=now, actor=actor, act="activate", object=f"plan:{plan_id}", tasks=made, units=units
    )
    session.flush()
    return Activation(made, units or 0)


def catch_up(
    session: Session, plan: PlanRow, *, now: datetime, calendar: Calendar, policy: Policy, zone: ZoneInfo
) -> int:
    """Make the periods and tasks that an active plan lacks. Returns how many tasks were new."""
    items = traceable(session, plan.id)
    dates = deadlines_of(session, items)
    made = make_dated(session, items, now=now)
    has_rows = set(
        session.scalars(select(PeriodRow.deadline_id).where(PeriodRow.plan_id == plan.id).distinct())
    )
    schedules = _schedules(plan, dates, has_rows, policy=policy, activated=now, calendar=calendar, zone=zone)
    for deadline_id, turns in schedules:
        session.add_all(
            PeriodRow(
                plan_id=plan.id, deadline_id=deadline_id, due=turn.due, closing=turn.closing,
                opens_at=turn.opens_at, opened_at=now if n == 0 else None,
            )
            for n, turn in enumerate(turns)
        )  # fmt: skip
    session.flush()
    today = now.astimezone(zone).date()
    for period in current_periods(session, plan.id):
        if period.due >= today:
            made += make_period(session, period, now=now, announced=False)
    return made


def _schedules(
    plan: PlanRow,
    dates: dict[int, list[DeadlineRow]],
    has_rows: set[int | None],
    *,
    policy: Policy,
    activated: datetime,
    calendar: Calendar,
    zone: ZoneInfo,
) -> Iterator[tuple[int | None, tuple[Turn, ...]]]:
    """The plan's cadence (None) and each recurring deadline, where they have no periods yet."""
    if None not in has_rows:
        yield (
            None,
            cadence_turns(year=plan.year, policy=policy, activated=activated, calendar=calendar, zone=zone),
        )
    for deadlines in dates.values():
        recurring = [d for d in deadlines if d.kind == Kind.RECURRING and d.rrule is not None]
        for n, deadline in enumerate(recurring):
            if deadline.id in has_rows or deadline.rrule is None:
                continue
            # an item is closed by its own date where it names one, else by its first rule's last turn
            closing = n == 0 and not has_known_date(d for d in deadlines if d.kind == Kind.FIXED)
            yield (
                deadline.id,
                recurring_turns(
                    deadline.rrule, year=plan.year, closing=closing, policy=policy,
                    activated=activated, calendar=calendar, zone=zone,
                ),
            )  # fmt: skip


def give_text(
    session: Session,
    item_id: int,
    text: str,
    *,
    now: datetime,
    actor: str,
    calendar: Calendar,
    policy: Policy,
    zone: ZoneInfo,
) -> ItemRow:
    """The coordinator's text for an item whose own is lost; in an active plan it makes its tasks at once.

    Raises amending.EmptyText, amending.HasText.
    """
    item = session.get_one(ItemRow, item_id)
    amending.put_text(session, item, text, now=now, actor=actor)
    _if_active(session, item.plan, now=now, calendar=calendar, policy=policy, zone=zone)
    return item


def give_date(
    session: Session,
    item_id: int,
    due: date,
    *,
    now: datetime,
    actor: str,
    calendar: Calendar,
    policy: Policy,
    zone: ZoneInfo,
) -> ItemRow:
    """The coordinator's date for an item that names none (尽快, no date at all): it goes by it from now on.

    Its open reports of the cadence are cancelled. Raises HasDate: tasks.set_due is for an item that has one.
    """
    item = session.get_one(ItemRow, item_id)
    if has_known_date(deadlines_of(session, [item])[item.id]):
        raise HasDate(no=item.no)
    amending.add_deadline(session, item, given_date(due))
    reports = session.scalars(
        select(TaskRow).where(TaskRow.item_id == item.id, TaskRow.period_id.is_not(None))
    )
    cancel_all(session, reports.all(), reason=f"督办员定了日期 {due}", now=now, actor=actor)
    audit.record(
        session, now=now, actor=actor, act="give-date", object=f"item:{item.id}", due=due.isoformat()
    )
    session.flush()
    _if_active(session, item.plan, now=now, calendar=calendar, policy=policy, zone=zone)
    return item


def _if_active(
    session: Session, plan: PlanRow, *, now: datetime, calendar: Calendar, policy: Policy, zone: ZoneInfo
) -> None:
    if plan.state == "active":
        policy = policy.with_overrides(plan.policy)
        catch_up(session, plan, now=now, calendar=calendar, policy=policy, zone=zone)
