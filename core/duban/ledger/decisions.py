"""Doubts and what is decided on them. The safest choice stands first, and is what nobody has to say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from duban.clock import YEARS
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
GIVE = "give"  # the choice that asks for own words; by itself it decides nothing
_QUOTED = re.compile("“([^”]*)”")


class BadDecision(DubanError):
    """对“{doubt}”的选择“{value}”无效，只能是：{choices}。"""


def doubt_key(problem: Problem) -> str:
    """What names a doubt in `decisions`: its code, item and place, and what it quotes of an item."""
    if problem.item is None:
        return f"{problem.code}::{problem.where or ''}"
    quoted = _QUOTED.search(problem.message)
    return f"{problem.code}:{problem.item}:{problem.where or ''}" + (f":{quoted[1]}" if quoted else "")


def of_document(problem: Problem) -> bool:
    """Whether it is the doubt about the year of the whole plan."""
    return problem.code == "no-year" and problem.item is None


def in_words(problem: Problem) -> bool:
    """Whether it can be settled in own words, beside the choices."""
    return problem.code in OPEN_ENDED or problem.code in DATES


def leaves_a_choice(problem: Problem) -> bool:
    """Whether there is anything to decide; what has but one way is only said."""
    return len(problem.choices) > 1 or (bool(problem.choices) and in_words(problem))


def choose(doubts: Iterable[Problem], decisions: Mapping[str, str]) -> Taken:
    """Each doubt that has choices with the one taken: said for it, said for its code, or the safest.

    Raises BadDecision.
    """
    return tuple((doubt, _taken(doubt, decisions)) for doubt in doubts if doubt.choices)


def _taken(doubt: Problem, decisions: Mapping[str, str]) -> Choice:
    value = decisions.get(doubt_key(doubt), decisions.get(doubt.code))
    return doubt.choices[0] if value is None else choice(doubt, value)


def choice(doubt: Problem, value: str) -> Choice:
    """The choice that a value stands for: a listed one, or own words. Raises BadDecision."""
    listed = next((choice for choice in doubt.choices if choice.value == value), None)
    if listed is not None:
        return listed
    opening = OPEN_ENDED.get(doubt.code)
    if of_document(doubt):
        said = value.isdecimal() and int(value) in YEARS
    elif doubt.code in DATES:
        said = _day(value) is not None
    else:
        said = opening is not None and value.startswith(opening) and value != opening
    if said:
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
        (int(c.value) for d, c in taken if of_document(d) and c.value.isdecimal()),
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
    meant = [_meant(deadline, doubt) for deadline in deadlines]
    if not any(meant):
        return (*deadlines, given_date(day, Source.COLUMN)) if doubt.code in UNDATED and day else deadlines
    given = {"kind": Kind.FIXED, "rule": GIVEN} if doubt.code in UNDATED else {}
    return tuple(
        replace(deadline, due=day, **given) if of_it else deadline  # type: ignore[arg-type]
        for deadline, of_it in zip(deadlines, meant, strict=True)
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
