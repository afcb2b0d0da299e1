"""An answer to a doubt in the coordinator's own words → the value that is kept. In chat and on the command
line alike; what cannot be taken is said at once, not when everything is stored."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy.orm import Session

from duban.clock import YEARS
from duban.deadlines.grammar import find_deadlines
from duban.deadlines.loose import read_date
from duban.errors import DubanError
from duban.ledger import directory
from duban.ledger.decisions import DATES, GIVE, OPEN_ENDED, TEXT, UNDATED, UNITS, of_document
from duban.ledger.naming import ALIAS, MEMBERS, SEPARATORS
from duban.model import Plan, PlanContext, Problem
from duban.reading.columns import LABELS, meaning_of, settle
from duban.reading.heads import UNKNOWN
from duban.units.cell import parse_units

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年?(?!\d)")
_LONGEST_DATE = 100
_LEAST_TEXT = 4  # characters; less is a slip of the key, no requirement


class NoDay(DubanError):
    """没有读出日期{why}，请写成“11月30日”或“2026-11-30”的样子。"""


class NoYear(DubanError):
    """没有读出年份，请写成“2026”的样子。"""


class NoHead(DubanError):
    """“{text}”不是能用的列，请选：{choices}。"""


class NoUnits(DubanError):
    """“{text}”里没有读到单位，请写成“甲局、乙局”或“甲局牵头，乙局配合”的样子。"""


class NoText(DubanError):
    """要求文字太短，请写完整的一段。"""


class NotOffered(DubanError):
    """请从列出的办法里选一个（写序号）。"""


def value_of(session: Session, plan: Plan, doubt: Problem, text: str, *, today: date, zone: str) -> str:
    """What an answer stands for: a choice's number or label, else what its kind of doubt takes in words.

    A choice that asks for words (give) comes back as it is: ask for them.
    Raises NotOffered, NoDay, NoYear, NoHead, NoUnits, NoText, directory.UnknownUnit.
    """
    said = text.strip()
    if said.isdecimal() and 1 <= int(said) <= len(doubt.choices):
        return doubt.choices[int(said) - 1].value
    for choice in doubt.choices:
        if said == choice.label:
            return choice.value
    if of_document(doubt):
        return _year(said)
    if doubt.code == UNKNOWN:
        return _head(said)
    if doubt.code in DATES:
        return _day(said, plan, today=today, zone=zone, misread=doubt.code not in UNDATED)
    opening = OPEN_ENDED.get(doubt.code)
    if opening is None or not said:
        raise NotOffered
    return opening + _words(session, opening, said)


def _words(session: Session, opening: str, said: str) -> str:
    if opening == ALIAS:
        return directory.unit_named(session, said).name
    if opening == MEMBERS and not said.translate(SEPARATORS).strip("、"):
        raise NoUnits(text=said)
    if opening == UNITS and not parse_units(said).duties:
        raise NoUnits(text=said)
    if opening == TEXT and len(said) < _LEAST_TEXT:
        raise NoText
    return said


def _year(said: str) -> str:
    found = _YEAR.search(said)
    if found is None or int(found[1]) not in YEARS:
        raise NoYear
    return found[1]


def _head(said: str) -> str:
    """责任单位, 时限, or any head whose wording is known."""
    named = next((column for column, label in LABELS.items() if label == said), None)
    meaning = named or meaning_of(said)
    if meaning is None:
        raise NoHead(text=said, choices="、".join(LABELS.values()))
    return settle([meaning])[0].value


def _day(said: str, plan: Plan, *, today: date, zone: str, misread: bool) -> str:
    """A date. What mends a date of the document (`misread`) is of the plan's year where it says none; what
    the coordinator gives where the document names none lies ahead."""
    if misread and plan.year is not None:
        context = PlanContext(year=plan.year, issued=plan.issued, column=True)
        days = {one.due for one in find_deadlines(said[:_LONGEST_DATE], context=context) if one.due}
        if len(days) == 1:
            return days.pop().isoformat()
    found = read_date(said[:_LONGEST_DATE], on=today, zone=zone, year=plan.year)
    if found.date is None:
        raise NoDay(why=f"（{found.doubts[0]}）" if found.doubts else "")
    if found.date.year not in YEARS:
        raise NoDay(why=f"（{found.date.year}年不对）")
    return found.date.isoformat()


def asks_for_words(value: str) -> bool:
    """Whether a choice decides nothing by itself."""
    return value == GIVE
