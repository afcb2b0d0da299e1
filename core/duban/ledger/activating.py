"""From a draft to tasks: what stops a plan, its periods, and making whatever is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from duban.deadlines.workdays import Calendar
from duban.errors import DubanError
from duban.ledger import amending, audit, naming
from duban.ledger.making import deadlines_of, has_known_date, make_dated, make_period, traceable
from duban.ledger.periods import Turn, cadence_turns, recurring_turns
from duban.ledger.roster import duties_of, roster
from duban.ledger.tables import DeadlineRow, ItemRow, PeriodRow, PlanRow, TaskRow
from duban.ledger.tasks import current_periods
from duban.model import Kind, PlanContext, Problem, Source
from duban.settings import Policy


class CannotActivate(DubanError):
    """《{title}》还不能启动督办：{why}"""


class EmptyText(DubanError):
    """第 {no} 项的要求文字是空的，请给出完整的一段。"""


class HasText(DubanError):
    """第 {no} 项的要求文字没有缺失，不用补。文件有改动时，请导入修订后的文件。"""


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
    """The coordinator's text for an item whose own is lost; it is read for deadlines, and makes its tasks.

    Raises EmptyText, HasText.
    """
    from duban.deadlines.grammar import read_deadlines  # noqa: PLC0415 - only who gives a text pays for it

    item = session.get_one(ItemRow, item_id)
    text = text.strip()
    if not text:
        raise EmptyText(no=item.no)
    if item.requirement is not None and not item.given:
        raise HasText(no=item.no)
    plan = item.plan
    item.requirement, item.given = text, True
    context = PlanContext(year=plan.year, issued=plan.issued)
    deadlines, _ = read_deadlines(text, context=context, item=item.no)
    amending.put_deadlines(
        session,
        item,
        deadlines,
        reason="督办员补充了要求文字",
        now=now,
        actor=actor,
        source=Source.REQUIREMENT,
    )
    audit.record(session, now=now, actor=actor, act="give-text", object=f"item:{item.id}", text=text)
    session.flush()
    if plan.state == "active":
        policy = policy.with_overrides(plan.policy)
        catch_up(session, plan, now=now, calendar=calendar, policy=policy, zone=zone)
    return item
