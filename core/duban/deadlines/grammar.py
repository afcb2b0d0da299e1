"""The grammar: rules as a table, and one loop that reads a text with them.

At each place the longest match wins, then the first in the table. A rule that declines leaves the place to
the next longest; a trap that matches ends the matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from duban.deadlines import doubts, fixed, recurring, relative, spans, traps, words
from duban.deadlines.rules import Doubt, Draft, Rule, Scan
from duban.deadlines.squeeze import squeeze
from duban.model import Deadline, Kind, PlanContext, Problem, Source

RULES: tuple[Rule, ...] = (
    *traps.RULES,
    *words.RULES,
    *spans.RULES,
    *fixed.RULES,
    *recurring.RULES,
    *relative.RULES,
)
_BY_FIRST: dict[str, tuple[Rule, ...]] = {
    c: tuple(rule for rule in RULES if c in rule.first)
    for c in sorted(set().union(*(r.first for r in RULES)))
}
_CANDIDATE = re.compile(f"[{re.escape(''.join(_BY_FIRST))}]")
_DIGITS = frozenset("0123456789")
_NUMERALS = frozenset("〇零一二三四五六七八九十百千万廿卅两几数")


def find_deadlines(
    text: str, *, context: PlanContext, source: Source = Source.REQUIREMENT
) -> tuple[Deadline, ...]:
    """What `text` says about time, in its order; the spans count in `text` and do not overlap."""
    return tuple(deadline for deadline, _ in _read(text, context, source))


def read_deadlines(
    text: str,
    *,
    context: PlanContext,
    source: Source = Source.REQUIREMENT,
    item: int | None = None,
    where: str | None = None,
) -> tuple[tuple[Deadline, ...], tuple[Problem, ...]]:
    """find_deadlines, and the doubts: no-year, no-issued, no-such-date, two-readings."""
    found = tuple(_read(text, context, source))
    problems = (doubts.problem(deadline, doubt, item=item, where=where) for deadline, doubt in found if doubt)
    return tuple(deadline for deadline, _ in found), tuple(problems)


def _read(text: str, context: PlanContext, source: Source) -> Iterator[tuple[Deadline, Doubt | None]]:
    squeezed = squeeze(text)
    plain = squeezed.text
    drafts = _scan(plain, context)
    if len(drafts) > 1 and any(d.kind is Kind.SOFT for _, d in drafts):
        drafts = _one_soft(drafts, context)
    for name, draft in drafts:
        start, end = squeezed.span(draft.start, draft.end)
        words = draft.trigger
        yield (
            Deadline(
                kind=draft.kind,
                text=text[start:end],
                span=(start, end),
                rule=name,
                source=source,
                due=draft.due,
                time=draft.time,
                start=draft.begins,
                amount=draft.amount,
                unit=draft.unit,
                trigger=plain[words[0] : words[1]] if words else None,
                rrule=draft.rrule,
            ),
            draft.doubt,
        )


def _scan(text: str, context: PlanContext) -> list[tuple[str, Draft]]:
    scan = Scan(text, context)
    drafts: list[tuple[str, Draft]] = []
    at = 0
    while found := _CANDIDATE.search(text, at):
        at = found.start()
        name, draft, end = _best(at, scan)
        if draft is not None:
            drafts.append((name, draft))
            scan.end = draft.end
            if draft.kind is not Kind.SOFT:
                scan.last = draft
        at = end
    return drafts


def _best(at: int, scan: Scan) -> tuple[str, Draft | None, int]:
    """(rule, draft, where to go on) for the place `at`."""
    text = scan.text
    if at and _inside_number(text, at):
        return "", None, at + 1
    matches = []
    for rule in _BY_FIRST[text[at]]:
        m = rule.match(text, at)
        if m is not None and m.end() > at:
            matches.append((rule, m))
    if len(matches) > 1:
        matches.sort(key=lambda pair: -pair[1].end())
    for rule, m in matches:
        if rule.trap:
            return rule.name, None, m.end()
        draft = rule.build(m, scan)
        if draft is not None:
            return draft.name or rule.name, draft, draft.end
    return "", None, max((m.end() for rule, m in matches if rule.solid), default=at + 1)


def _inside_number(text: str, at: int) -> bool:
    """Whether text[at] goes on with a number that began before: 12018年 holds no 2018年."""
    here, before = text[at], text[at - 1]
    if here in _DIGITS:
        return before in _DIGITS or (before == "." and at > 1 and text[at - 2] in _DIGITS)
    return here in _NUMERALS and before in _NUMERALS


def _one_soft(drafts: list[tuple[str, Draft]], context: PlanContext) -> list[tuple[str, Draft]]:
    """A text is hurried once, by its first soft word; a requirement only where nothing firmer is said."""
    firm = [pair for pair in drafts if pair[1].kind is not Kind.SOFT]
    if firm and not context.column:
        return firm
    first = next(pair for pair in drafts if pair[1].kind is Kind.SOFT)
    return sorted([*firm, first], key=lambda pair: pair[1].start)
