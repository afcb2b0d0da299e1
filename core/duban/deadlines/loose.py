"""The dates that people type: 下周五, 11.30, 30号, 延到11月底. In doubt there is none, and the doubt is said.

The plan's grammar and a table of own rules read first. dateparser comes last, on the whole text only: it
makes 2025-11-28 of 11月25日18:00前, so it is asked nothing that the others understand, and its answer is
checked against the digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from duban.deadlines.grammar import read_deadlines
from duban.deadlines.points import NO_YEAR, YEAR
from duban.deadlines.relative import AMOUNT, amount
from duban.deadlines.rules import clock, number
from duban.deadlines.squeeze import Squeezed, squeeze
from duban.deadlines.typed import RULES, Base, Build
from duban.model import Deadline, Kind, PlanContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Loose:
    """What a typed text says. `date` is None where it says none, or not surely; `doubts` say why."""

    date: date | None = None
    time: time | None = None
    deadline: Deadline | None = None  # the same as a deadline; a relative one (延期3天) has no date
    how: str = "none"  # the rule's name, or dateparser
    doubts: tuple[str, ...] = ()


_YEAR_SAID = re.compile(rf"{YEAR}|[0-9]{{2}}年|[今明后次本]年|来年|翌年")
_NO_YEAR = re.compile(rf"(?<![0-9]){NO_YEAR}")
_LONGER = re.compile(
    rf"(?:延期?|延长|推迟|顺延|宽限|再给|推后|延后)(?:到|至)?(?P<all>{AMOUNT})(?!后|以后|之后)"
)
_TO = re.compile(r"(?:延(?:期|长|后|迟)?|推(?:迟|后)?|改|调整|顺延|放宽|宽限|拖)(?:到|至|成|为)$")


def read_date(
    text: str, *, on: date, zone: str = "Asia/Shanghai", future: bool = True, year: int | None = None
) -> Loose:
    """The one date that `text` says, seen from `on`.

    `future`: a date without its year is the next one on or after `on`, else the last one on or before it.
    `year`: the plan's year, where it is later than `on`. Two dates that differ, or none for sure: no date.
    """
    squeezed = squeeze(text)
    base = Base(on, future, year)
    if odd := _NO_YEAR.search(squeezed.text):
        return Loose(doubts=(f"“{odd[0]}”不是方案会用的年份",))
    if more := _LONGER.search(squeezed.text):
        return _longer(more, squeezed)
    found, doubts = _candidates(text, squeezed, base)
    if doubts:
        return Loose(doubts=tuple(dict.fromkeys(doubts)))
    if not found:
        return _by_dateparser(text, base, zone)
    chosen = _choose(found, squeezed.text)
    if chosen is None:
        said = "、".join(sorted({f"{d.due:%Y-%m-%d}" for d, _ in found}))
        return Loose(doubts=(f"读到了几个日期（{said}），请只写一个",))
    return Loose(date=chosen.due, time=chosen.time, deadline=chosen, how=chosen.rule)


MOST = 40  # dates; a text with more is no answer, and comparing them all would take long
_Found = tuple[Deadline, tuple[int, int]]  # with its place in the squeezed text


def _candidates(text: str, squeezed: Squeezed, base: Base) -> tuple[list[_Found], list[str]]:
    found: list[_Found] = []
    doubts: list[str] = []
    for name, m, build in _matches(squeezed.text):
        try:
            day = build(m, base)
        except ValueError:
            doubts.append(f"“{m[0]}”不是一个存在的日期")
            continue
        if day is not None:
            found.append((_deadline(text, squeezed.span(*m.span()), name, day, clock(m)), m.span()))
    grammar, problems = _by_grammar(text, base)
    back = {place: i for i, place in enumerate(squeezed.places)}
    found.extend((d, (back[d.span[0]], back[d.span[1] - 1] + 1)) for d in grammar)
    if len(found) > MOST:
        return [], ["日期太多，请只写一个"]
    longest = [one for one in found if not any(_covers(other, one) for other in found)]
    doubts.extend(problems)
    return [one for one in longest if one[0].due is not None], doubts


def _covers(a: _Found, b: _Found) -> bool:
    (a1, a2), (b1, b2) = a[1], b[1]
    return a is not b and a1 <= b1 and b2 <= a2 and (a2 - a1) > (b2 - b1)


def _matches(text: str) -> Iterator[tuple[str, re.Match[str], Build]]:
    for rule in RULES:
        for m in rule.pattern.finditer(text):
            yield rule.name, m, rule.build


def _by_grammar(text: str, base: Base) -> tuple[list[Deadline], list[str]]:
    """The plan grammar's fixed dates, moved to the year in which they lie ahead where the text says none."""
    year = base.home
    read, problems = read_deadlines(text, context=PlanContext(year=year, issued=base.on, column=True))
    doubts = [p.message for p in problems]
    fixed = [d for d in read if d.kind is Kind.FIXED]
    if not _YEAR_SAID.search(squeeze(text).text):
        late = [d for d in fixed if d.due and not base.fits(d.due)]
        if late:
            other = PlanContext(year=year + (1 if base.future else -1), issued=base.on, column=True)
            again = {d.span: d for d in read_deadlines(text, context=other)[0]}
            fixed = [again.get(d.span, d) if d in late else d for d in fixed]
    return fixed, doubts


def _choose(found: list[_Found], text: str) -> Deadline | None:
    """The only date, or the one that the text moves to (从6月底延到11月底)."""
    if len({(d.due, d.time) for d, _ in found}) == 1:
        return found[0][0]
    days = {d.due for d, _ in found}
    if len(days) == 1:
        return next(d for d, _ in found if d.time is not None)
    moved = [
        d for d, (start, _) in found if _TO.search(text[max(0, start - 8) : start + (text[start] in "到至")])
    ]
    return moved[0] if len({d.due for d in moved}) == 1 else None


def _deadline(text: str, span: tuple[int, int], rule: str, due: date, at: time | None) -> Deadline:
    return Deadline(kind=Kind.FIXED, text=text[slice(*span)], span=span, rule=rule, due=due, time=at)


def _longer(m: re.Match[str], squeezed: Squeezed) -> Loose:
    """延期一周: more time, from the task's own date, which the caller knows."""
    counted = amount(m)
    if counted is None:
        return Loose()
    start, end = squeezed.span(*m.span())
    deadline = Deadline(
        kind=Kind.RELATIVE,
        text=m[0],
        span=(start, end),
        rule="longer",
        amount=counted[0],
        unit=counted[1],
    )
    return Loose(deadline=deadline, how="longer", doubts=(f"“{m[0]}”没有写到哪一天，请写明日期",))


_DATELIKE = re.compile(r"[0-9一二三四五六七八九十].*[年月日号天周时点]|[0-9]+[-/.][0-9]+[-/.][0-9]+")
LONGEST = 24  # characters; a longer text is a sentence, no date


def _by_dateparser(text: str, base: Base, zone: str) -> Loose:
    if len(text.strip()) > LONGEST or not _DATELIKE.search(text):
        return Loose()
    import dateparser  # noqa: PLC0415 - 84 ms and 75 more for its first text

    parsed = dateparser.parse(
        text.strip(),
        languages=["zh"],
        settings={
            "RELATIVE_BASE": datetime(base.on.year, base.on.month, base.on.day),  # noqa: DTZ001 - the zone is beside it
            "TIMEZONE": zone,
            "PREFER_DATES_FROM": "future" if base.future else "past",
            "PREFER_DAY_OF_MONTH": "last",
            "STRICT_PARSING": True,
        },
    )
    if parsed is None or not _agrees(text, parsed):
        return Loose()
    day, at = parsed.date(), parsed.time().replace(microsecond=0)
    if base.future and day < base.on:
        return Loose(doubts=(f"{day:%Y-%m-%d}已经过去，请写明日期",))
    deadline = replace(
        _deadline(text, (0, len(text)), "dateparser", day, None), time=at if at != time() else None
    )
    return Loose(date=day, time=deadline.time, deadline=deadline, how="dateparser")


def _agrees(text: str, parsed: datetime) -> bool:
    """Whether each number of the text is one of the date's parts: a wrong reading shows there."""
    parts = {
        parsed.year,
        parsed.year % 100,
        parsed.month,
        parsed.day,
        parsed.hour,
        parsed.hour % 12,
        parsed.minute,
        0,
    }
    return all(number(n) in parts for n in re.findall(r"[0-9]+", text))
