"""What a doubt is about, in the document's own words: where it stands, and the characters as written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from duban.model import Item, Origin, Plan, Problem
from duban.units.locate import locate

_ROOM = 120  # characters of the text that are shown
_QUOTED = re.compile("“([^”]*)”")
_FIELDS = {
    "soft-deadline": ("time",),
    "unread-time": ("time",),
    "no-units": ("requirement",),
    "vague-units": ("units",),
    "lost-text": ("heading", "subheading", "units"),
    "duplicate-number": ("number", "requirement"),
    "same-number": ("number", "requirement"),
    "number-order": ("number", "requirement"),
    "lost-number": ("requirement",),
}
_OF_NAMES = frozenset({"new-unit", "no-members", "alias-is-unit"})


@dataclass(frozen=True, slots=True)
class Quote:
    """`where`: for people; `text`: as written on one line, the words in doubt in 【】. Either may be ""."""

    where: str
    text: str


def quote(plan: Plan, doubt: Problem) -> Quote:
    """What is shown of the document beside a doubt."""
    if doubt.code in _OF_NAMES and doubt.where:
        return _of_name(plan, doubt.where)
    item = next((one for one in plan.items if one.no == doubt.item), None) if doubt.item is not None else None
    if item is None:
        return Quote(doubt.where or "", "")
    found = _QUOTED.search(doubt.message)
    words = found[1] if found else ""
    origin = _about(item, doubt, words)
    if origin is None:
        return Quote(item.where or doubt.where or "", "")
    return Quote(origin.where or item.where, _marked(origin.text, words))


def _of_name(plan: Plan, name: str) -> Quote:
    named = [item for item in plan.items if any(duty.name == name for duty in item.units)]
    if not named:
        return Quote("", "")
    first = named[0]
    more = f"，等 {len(named)} 项" if len(named) > 1 else ""
    origin = next(_with(first.origins, ("units",), name), None)
    where = origin.where if origin else first.where
    return Quote(
        f"第{first.no}项{f'（{where}）' if where else ''}{more}", _marked(origin.text, name) if origin else ""
    )


def _about(item: Item, doubt: Problem, words: str) -> Origin | None:
    """The piece that holds the doubtful words, else the first of the field that the doubt is about."""
    fields = _FIELDS.get(doubt.code, ("requirement", "time"))
    exact = next(_with(item.origins, fields, words), None) if words else None
    return exact or next(
        (origin for field in fields for origin in item.origins if origin.field == field), None
    )


def _with(origins: Sequence[Origin], fields: Sequence[str], words: str) -> Iterator[Origin]:
    return (one for one in origins if one.field in fields and locate(words, one.text) is not None)


def _marked(text: str, words: str) -> str:
    """The text on one line, cut around the words."""
    place = locate(words, text) if words else None
    if place is None:
        line = " ".join(text.split())
        return line if len(line) <= _ROOM else line[: _ROOM - 1] + "…"
    start, end = place
    room = max(20, (_ROOM - (end - start)) // 2)
    before, after = text[:start], text[end:]
    left = ("…" if len(before) > room else "") + before[-room:]
    right = after[:room] + ("…" if len(after) > room else "")
    return " ".join(f"{left}【{text[start:end]}】{right}".split())
