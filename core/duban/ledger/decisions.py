"""Doubts and what is decided on them. The safest choice stands first, and is what nobody has to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from duban.errors import DubanError
from duban.model import Choice, Deadline, Item, Kind, Plan, Problem

Taken = tuple[tuple[Problem, Choice], ...]
# values beside the listed ones that a coordinator may give in their own words
OPEN_ENDED = {"new-unit": "alias:", "no-members": "members:"}
DATES = frozenset({"no-year", "no-issued", "no-such-date", "two-readings"})


class BadDecision(DubanError):
    """对“{doubt}”的选择“{value}”无效，只能是：{choices}。"""


def doubt_key(problem: Problem) -> str:
    """What names a doubt in `decisions`: its code, item and place."""
    return f"{problem.code}:{'' if problem.item is None else problem.item}:{problem.where or ''}"


def choose(doubts: Iterable[Problem], decisions: Mapping[str, str]) -> Taken:
    """Each doubt that has choices with the one taken: said for it, said for its code, or the safest.

    Raises BadDecision.
    """
    return tuple((doubt, _choice(doubt, decisions)) for doubt in doubts if doubt.choices)


def _choice(doubt: Problem, decisions: Mapping[str, str]) -> Choice:
    value = decisions.get(doubt_key(doubt), decisions.get(doubt.code))
    if value is None:
        return doubt.choices[0]
    listed = next((choice for choice in doubt.choices if choice.value == value), None)
    if listed is not None:
        return listed
    opening = OPEN_ENDED.get(doubt.code)
    if (opening and value.startswith(opening)) or (doubt.code in DATES and _day(value) is not None):
        return Choice(value=value, label=value.removeprefix(opening or ""))
    raise BadDecision(
        doubt=doubt.message,
        value=value,
        choices="、".join(f"{c.value or '空'}（{c.label}）" for c in doubt.choices),
    )


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def with_dates(plan: Plan, taken: Taken) -> Plan:
    """The plan with the dates that were chosen for its items' doubtful deadlines."""
    chosen: dict[int, list[tuple[Problem, date | None]]] = {}
    for doubt, choice in taken:
        if doubt.code in DATES and doubt.item is not None:
            chosen.setdefault(doubt.item, []).append((doubt, _day(choice.value)))
    if not chosen:
        return plan
    return replace(plan, items=tuple(_dated(item, chosen.get(item.no, ())) for item in plan.items))


def _dated(item: Item, chosen: Iterable[tuple[Problem, date | None]]) -> Item:
    deadlines = list(item.deadlines)
    for doubt, day in chosen:
        n = next((n for n, deadline in enumerate(deadlines) if _meant(deadline, doubt)), None)
        if n is not None:
            deadlines[n] = replace(deadlines[n], due=day)
    return replace(item, deadlines=tuple(deadlines))


def _meant(deadline: Deadline, doubt: Problem) -> bool:
    """Whether a doubt is about this deadline: it quotes its words; its date is open or a reading."""
    readings = {choice.value for choice in doubt.choices}
    return (
        deadline.kind is Kind.FIXED
        and f"“{' '.join(deadline.text.split())}”" in doubt.message
        and (deadline.due is None or deadline.due.isoformat() in readings)
    )
