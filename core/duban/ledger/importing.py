"""A document's way into the ledger: looked at with its doubts, then stored whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from duban.errors import DubanError
from duban.ledger import amending, audit, heads, naming
from duban.ledger.amend import Diff, amends, compare
from duban.ledger.decisions import (
    Taken,
    choose,
    chosen_texts,
    chosen_year,
    decided,
    doubt_key,
    of_document,
)
from duban.ledger.tables import DocumentRow, ItemRow, PlanRow
from duban.model import Choice, Disclosure, Plan, Problem
from duban.reading.heads import File, head_of, read_knowing

NEUTRAL, QUOTE, AMEND, APART = "neutral", "quote", "amend", "apart"


class AlreadyImported(DubanError):
    """这份文件已经导入过了（《{title}》），台账没有变化。"""


class NotAPlan(DubanError):
    """《{title}》里没有读到任何事项，没有导入。请核对文件内容。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What storing a plan would do, and what has to be decided before."""

    same: PlanRow | None  # the plan that this very file is in already
    amends: PlanRow | None  # the plan that it would amend
    doubts: tuple[Problem, ...]
    diff: Diff | None


@dataclass(frozen=True, slots=True)
class Stored:
    """The plan as stored, and the choice taken for each doubt. An active plan that was amended
    gets the tasks that are missing by activating it again."""

    plan: PlanRow
    taken: Taken
    diff: Diff | None


def preview(session: Session, plan: Plan, *, sha256: str) -> Preview:
    """Look before storing; writes nothing."""
    same = session.scalar(select(PlanRow).join(DocumentRow).where(DocumentRow.sha256 == sha256))
    if same is not None:
        return Preview(same=same, amends=None, doubts=(), diff=None)
    amended, diff = _amended(session, plan)
    said = [_year(problem) if of_document(problem) else problem for problem in plan.problems]
    doubts = [*_of_document(plan, amended, diff), *said, *naming.doubts(session, plan)]
    return Preview(same=None, amends=amended, doubts=tuple(_add_lost(plan, doubts)), diff=diff)


def _amended(session: Session, plan: Plan) -> tuple[PlanRow | None, Diff | None]:
    rows = session.scalars(
        select(PlanRow).where(PlanRow.state.in_(("draft", "active"))).order_by(PlanRow.id.desc())
    )
    for row in rows:
        old = amending.before(session, row.id)
        if amends(plan.title, plan.year, plan.items, old_title=row.title, old_year=row.year, old=old):
            return row, compare(old, plan.items)
    return None, None


def _of_document(plan: Plan, amended: PlanRow | None, diff: Diff | None) -> list[Problem]:
    found = []
    if amended is not None and diff is not None:
        n = diff.counts
        found.append(
            Problem(
                code="amends",
                message=(
                    f"这份文件像是《{amended.title}》的修订：不变 {n['unchanged']} 项，"
                    f"改动 {n['changed']} 项，改号 {n['moved']} 项，新增 {n['new']} 项，取消 {n['gone']} 项。"
                ),
                where=amended.title,
                choices=(
                    Choice(value=AMEND, label="按修订处理，任务和反馈随事项保留"),
                    Choice(value=APART, label="作为另一份方案导入"),
                ),
            )
        )
    if plan.year is None and not any(of_document(problem) for problem in plan.problems):
        said = "方案没有写年份：请用 --year 说明，否则没写年份的时限要另定日期。"
        found.append(_year(Problem(code="no-year", message=said)))
    unmarked = plan.disclosure is None and (amended is None or amended.disclosure is None)
    if unmarked or plan.disclosure is Disclosure.INTERNAL:
        why = f"写明“{plan.mark}”" if plan.mark else "没有写明公开方式"
        found.append(
            Problem(
                code="no-mark",
                message=f"方案{why}：消息里能不能引用原文？",
                choices=(
                    Choice(value=NEUTRAL, label="不引用，消息里只写序号"),
                    Choice(value=QUOTE, label="可以引用原文"),
                ),
            )
        )
    return found


def _year(problem: Problem) -> Problem:
    """The doubt about the plan's year: none is the safest, for a year is never guessed."""
    wait = Choice(value="", label="先不定年度，没写年份的时限另定日期")
    return replace(problem, choices=(wait, *(choice for choice in problem.choices if choice.value)))


def _add_lost(plan: Plan, doubts: list[Problem]) -> list[Problem]:
    said = {problem.item for problem in doubts if problem.code == "lost-text"}
    return doubts + [
        Problem(
            code="lost-text", item=item.no, where=item.where or None,
            message=f"第{item.no}项的要求文字缺失，补上之前不派任务。",
        )
        for item in plan.items
        if item.requirement is None and item.no not in said
    ]  # fmt: skip


def store(
    session: Session,
    plan: Plan,
    *,
    body: bytes,
    name: str,
    now: datetime,
    actor: str,
    decisions: Mapping[str, str],
) -> Stored:
    """Write a plan as a draft, or into the plan that it amends, with what was decided of its doubts.

    `decisions`: doubt_key (or a code, for all of its kind) → a choice's value; else the safest.
    Raises AlreadyImported, NotAPlan, BadDecision, and what naming.settle raises: roll back then.
    """
    file = File.of(body, name)
    while True:
        seen = preview(session, plan, sha256=file.sha256)
        if seen.same is not None:
            raise AlreadyImported(title=seen.same.title)
        if not plan.items:
            raise NotAPlan(title=plan.title or name)
        taken = choose(seen.doubts, decisions)
        _keep_heads(session, taken, decisions, now=now, actor=actor)
        again = _read_again(session, plan, taken, file)
        if again is None or again == plan:
            break
        plan = again
    return _write(session, plan, seen, taken, file, now=now, actor=actor)


def _keep_heads(
    session: Session, taken: Taken, decisions: Mapping[str, str], *, now: datetime, actor: str
) -> None:
    """What was said of a head, not what was taken because nobody said anything."""
    for doubt, choice in taken:
        plain = head_of(doubt)
        if plain is not None and not {doubt_key(doubt), doubt.code}.isdisjoint(decisions):
            heads.keep(session, plain, choice.value, now=now, actor=actor)


def _read_again(session: Session, plan: Plan, taken: Taken, file: File) -> Plan | None:
    """The document anew where a head means something else than what was taken, or the year is known now."""
    said = {
        plain: choice.value
        for doubt, choice in taken
        if (plain := head_of(doubt)) is not None and choice.value != doubt.choices[0].value
    }
    year = chosen_year(taken) if plan.year is None else None
    if not said and year is None:
        return None
    return read_knowing(file, heads.kept(session) | said, year=year or plan.year, issued=plan.issued)


def _write(
    session: Session, plan: Plan, seen: Preview, taken: Taken, file: File, *, now: datetime, actor: str
) -> Stored:
    said = {doubt.code: choice.value for doubt, choice in taken}
    plan = decided(plan, taken)
    new_units = naming.settle(session, plan, taken, now=now, actor=actor)
    row = seen.amends if said.get("amends") == AMEND else None
    if row is None:
        row = PlanRow(title=plan.title, year=plan.year, issued=plan.issued, imported_at=now)
        session.add(row)
        session.flush()
        amending.add_items(session, row.id, list(enumerate(plan.items)))
        diff = None
    else:
        diff = compare(amending.before(session, row.id), plan.items)
        amending.apply(
            session, row.id, diff, document=f"《{plan.title}》（{file.name}）", now=now, actor=actor
        )
        row.title, row.year, row.issued = (
            plan.title or row.title,
            row.year or plan.year,
            plan.issued or row.issued,
        )
    _give_texts(session, row, chosen_texts(taken), now=now, actor=actor)
    row.disclosure = str(plan.disclosure) if plan.disclosure else row.disclosure
    row.quotable = _quotable(row, said.get("no-mark"))
    session.add(
        DocumentRow(plan_id=row.id, name=file.name, sha256=file.sha256, body=file.body, at=now, by=actor)
    )
    audit.record(
        session, now=now, actor=actor, act="amend" if diff else "import", object=f"plan:{row.id}",
        title=plan.title, sha256=file.sha256, items=len(plan.items), new_units=list(new_units),
        diff=diff.counts if diff else None,
        taken=[[doubt_key(doubt), choice.value] for doubt, choice in taken],
    )  # fmt: skip
    session.flush()
    return Stored(row, taken, diff)


def _give_texts(
    session: Session, plan: PlanRow, texts: Mapping[int, str], *, now: datetime, actor: str
) -> None:
    asked = select(ItemRow).where(
        ItemRow.plan_id == plan.id, ItemRow.no.in_(texts), ItemRow.state == "active"
    )
    for item in session.scalars(asked).all() if texts else ():
        amending.put_text(session, item, texts[item.no], now=now, actor=actor)


def _quotable(row: PlanRow, said: str | None) -> bool:
    """What the coordinator says goes first; a document marked open may be quoted; an older yes stays."""
    if said is not None:
        return said == QUOTE
    known = bool(row.quotable) and row.disclosure != Disclosure.INTERNAL
    return known or row.disclosure == Disclosure.OPEN
