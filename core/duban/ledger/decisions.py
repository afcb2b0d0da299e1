"""Doubts and what is decided on them. The safest choice stands first, and is what nobody has to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from duban.errors import DubanError
from duban.model import Choice, Deadline, Item, Kind, Plan, Problem, Source
from duban.units.cell import parse_units

Taken = tuple[tuple[Problem, Choice], ...]
# values beside the listed ones that a coordinator may give in their own words
UNITS, TEXT = "units:", "text:"
OPEN_ENDED = {
    "new-unit": "alias:",
    "no-members": "members:",
    "no-units": UNITS,
    "vague-units": UNITS,
    "lost-text": TEXT,
}
UNDATED = frozenset({"soft-deadline", "unread-time"})
DATES = UNDATED | {"no-year", "no-issued", "no-such-date", "two-readings"}
GIVEN = "given"  # the rule of a date that is the coordinator's own
NUMBERS = frozenset({"duplicate-number", "number-order", "lost-number"})


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


def chosen_year(taken: Taken) -> int | None:
    """The plan's year, where that was a doubt of the whole document and one was chosen."""
    return next(
        (int(c.value) for d, c in taken if d.code == "no-year" and d.item is None and c.value.isdecimal()),
        None,
    )


def chosen_texts(taken: Taken) -> dict[int, str]:
    """Item number → the text that was given for it."""
    return {
        doubt.item: choice.value.removeprefix(TEXT)
        for doubt, choice in taken
        if doubt.code == "lost-text" and doubt.item is not None and choice.value.startswith(TEXT)
    }


def decided(plan: Plan, taken: Taken) -> Plan:
    """The plan as decided: dates of doubtful deadlines, units that an item did not name, numbers."""
    by_item: dict[int, list[tuple[Problem, str]]] = {}
    for doubt, choice in taken:
        if doubt.item is not None:
            by_item.setdefault(doubt.item, []).append((doubt, choice.value))
    return replace(plan, items=tuple(_decided(item, by_item.get(item.no, ())) for item in plan.items))


def _decided(item: Item, said: Iterable[tuple[Problem, str]]) -> Item:
    for doubt, value in said:
        if doubt.code in DATES:
            item = replace(item, deadlines=_dated(item.deadlines, doubt, _day(value)))
        elif value.startswith(UNITS):
            duties = parse_units(value.removeprefix(UNITS)).duties
            item = replace(item, units=tuple(dict.fromkeys((*item.units, *duties))))
        elif doubt.code in NUMBERS and value.isdecimal():
            item = replace(item, no=int(value))
    return item


def _dated(deadlines: tuple[Deadline, ...], doubt: Problem, day: date | None) -> tuple[Deadline, ...]:
    if doubt.code in UNDATED and day is None:
        return deadlines
    n = next((n for n, deadline in enumerate(deadlines) if _meant(deadline, doubt)), None)
    if n is not None:
        changed = replace(deadlines[n], due=day)
        if doubt.code in UNDATED:
            changed = replace(changed, kind=Kind.FIXED, rule=GIVEN)
        return (*deadlines[:n], changed, *deadlines[n + 1 :])
    return (
        (*deadlines, given_date(day, Source.COLUMN))
        if doubt.code in UNDATED and day is not None
        else deadlines
    )


def given_date(day: date, source: Source = Source.REQUIREMENT) -> Deadline:
    """A date that the coordinator gave where the document names none."""
    return Deadline(kind=Kind.FIXED, text="", span=(0, 0), rule=GIVEN, source=source, due=day)


def _meant(deadline: Deadline, doubt: Problem) -> bool:
    """Whether a doubt is about this deadline: it quotes its words; its date is open or a reading."""
    readings = {choice.value for choice in doubt.choices}
    return (
        deadline.kind is (Kind.SOFT if doubt.code in UNDATED else Kind.FIXED)
        and f"“{' '.join(deadline.text.split())}”" in doubt.message
        and (deadline.due is None or deadline.due.isoformat() in readings)
    )
