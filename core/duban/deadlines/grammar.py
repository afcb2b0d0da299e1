"""The grammar: rules as a table, and one loop that reads a text with them.

At each place the longest match wins, then the first in the table. A rule that declines leaves the place to
the next longest; a trap that matches ends the matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from duban.deadlines import cadence, doubts, feasts, fixed, recurring, relative, spans, traps, words
from duban.deadlines.rules import Doubt, Draft, Rule, Scan
from duban.deadlines.squeeze import squeeze
from duban.model import Deadline, Kind, PlanContext, Problem, Source

RULES: tuple[Rule, ...] = (
    *traps.RULES,
    *words.RULES,
    *spans.RULES,
    *fixed.RULES,
    *feasts.RULES,
    *recurring.RULES,
    *cadence.RULES,
    *relative.RULES,
)
_FIRST = sorted(set().union(*(rule.first for rule in RULES)))
_HEADS = sorted(set().union(*(rule.heads for rule in RULES)))
# by the first character, and by the first two where a rule begins with a word
_BY_HEAD: dict[str, tuple[Rule, ...]] = {c: tuple(r for r in RULES if c in r.first) for c in _FIRST} | {
    head: tuple(r for r in RULES if head[0] in r.first or head in r.heads) for head in _HEADS
}


def _one_of(characters: Iterable[str]) -> str:
    return f"[{re.escape(''.join(sorted(set(characters))))}]"


_CANDIDATE = re.compile(
    f"{_one_of(_FIRST)}|{_one_of(h[0] for h in _HEADS)}(?={_one_of(h[1] for h in _HEADS)})"
)
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
    drafts = list(cadence.without_echoes(drafts))
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
    for rule in _BY_HEAD.get(text[at : at + 2]) or _BY_HEAD.get(text[at], ()):
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
