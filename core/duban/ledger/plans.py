"""Plans: the one door to importing, activating, and finding a plan or an item again."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from duban.errors import DubanError
from duban.ledger.activating import Activation, CannotActivate, activate, blockers, give_date, give_text
from duban.ledger.decisions import BadDecision, doubt_key
from duban.ledger.importing import AlreadyImported, NotAPlan, Preview, Stored, preview, store
from duban.ledger.tables import ItemRow, PlanRow

__all__ = [
    "Activation", "AlreadyImported", "BadDecision", "CannotActivate", "NoPlan", "NotAPlan", "Preview",
    "Stored", "UnknownItem", "activate", "blockers", "doubt_key", "find_item", "find_plan", "give_date",
    "give_text", "preview", "store",
]  # fmt: skip


class NoPlan(DubanError):
    """还没有导入方案。请先把方案文件发给机器人，或运行 duban import。"""


class UnknownItem(DubanError):
    """没有第 {no} 项。发送 /mine 查看本单位的事项。"""


_NEWEST = ((PlanRow.state == "active").desc(), PlanRow.id.desc())


def find_plan(session: Session, plan_id: int | None = None) -> PlanRow:
    """The plan of an id; else the newest active one, else the newest. Raises NoPlan."""
    asked = select(PlanRow).order_by(*_NEWEST).limit(1)
    if plan_id is not None:
        asked = asked.where(PlanRow.id == plan_id)
    plan = session.scalar(asked)
    if plan is None:
        raise NoPlan
    return plan


def find_item(session: Session, no: int, *, plan_id: int | None = None) -> ItemRow:
    """The item of a number: of the plan given, else of the newest active one that has it, else of the newest.

    One that is not cancelled goes first. Raises UnknownItem.
    """
    asked = select(ItemRow).join(PlanRow).where(ItemRow.no == no)
    if plan_id is not None:
        asked = asked.where(ItemRow.plan_id == plan_id)
    item = session.scalar(
        asked.order_by((ItemRow.state == "active").desc(), *_NEWEST, ItemRow.position).limit(1)
    )
    if item is None:
        raise UnknownItem(no=no)
    return item
