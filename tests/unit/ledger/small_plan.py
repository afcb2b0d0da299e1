"""Small plans for the ledger's tests, and what everything that counts days is given."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from duban.deadlines.workdays import state_calendar
from duban.model import Deadline, Disclosure, Duty, Item, Kind, Plan, Role
from duban.settings import Policy

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2018, 7, 20, 2, tzinfo=UTC)  # a Friday, 10:00 in the office
HOW: dict[str, Any] = {"calendar": state_calendar(), "policy": Policy(), "zone": ZONE}


def fixed(due: date | None, text: str = "某日前") -> Deadline:
    return Deadline(kind=Kind.FIXED, text=text, span=(0, len(text)), rule="date", due=due)


def item(no: int, text: str | None, units: str = "甲局", *deadlines: Deadline, **more: Any) -> Item:
    """`units`: "甲局*,乙局,丙局+": * leads, + cooperates, = a second plate, 各… is a collective."""
    duties = []
    for word in units.split(","):
        role = Role.LEAD if "*" in word else Role.COOPERATE if "+" in word else Role.RESPONSIBLE
        name, _, alias = word.strip("*+").partition("=")
        duties.append(Duty(name=name, role=role, collective=name.startswith("各"), alias=alias or None))
    values = {"heading": "一类", "subheading": "", "where": f"第{no}行"} | more
    return Item(no=no, requirement=text, units=tuple(duties), deadlines=deadlines, **values)


def plan(*items: Item, **more: Any) -> Plan:
    values = {
        "title": "乙区2018年重点工作分工方案",
        "year": 2018,
        "issued": date(2018, 7, 20),
        "disclosure": Disclosure.OPEN,
        "mark": "公开方式：主动公开",
    } | more
    return Plan(items=items, **values)
