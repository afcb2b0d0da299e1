"""HTML tables: which elements are rows and cells, and which slots a cell covers. HTML standard, 4.9.12."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from duban.reading.formats.limits import Budget
from duban.reading.formats.spans import Piece, Rows, Span
from duban.reading.formats.xml import Element

_CELLS = frozenset({"td", "th"})
_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_PASSED = frozenset({"col", "colgroup", "script", "style", "template"})
_WHOLE = frozenset({"table", "caption"})
_WIDEST = 1000  # as in browsers
_TALLEST = 65534
_DIGITS = re.compile(r"\s*\+?([0-9]{1,9})")


@dataclass(slots=True)
class Group:
    """A thead, tbody or tfoot, or the rows that are in none: no cell reaches beyond it."""

    kind: str
    rows: list[list[Element]] = field(default_factory=list)


@dataclass(slots=True)
class Parts:
    """A table taken apart: its rows as shown, and what stands in it outside of all cells."""

    groups: list[Group]
    strays: list[Element | str]

    def cells(self) -> Iterator[Element]:
        """All cells in order."""
        for group in self.groups:
            for row in group.rows:
                yield from row


class _Held(NamedTuple):
    """A cell that reaches into the next rows."""

    span: Span
    left: int


def take_apart(table: Element, leaves_out: Callable[[Element], bool]) -> Parts:
    """The rows of a table, without those of tables within it: head first, foot last, wherever they stand."""
    parts = Parts([], [])
    group: Group | None = None
    row: list[Element] | None = None
    stack: list[tuple[Iterator[Element], str]] = [(iter(table), "")]
    _stray(parts, table.text)
    while stack:
        children, within = stack[-1]
        one = next(children, None)
        if one is None:
            stack.pop()
            row = None if within else row
            group = None if within in _GROUPS else group
            continue
        _stray(parts, one.tail)
        tag = one.tag
        if tag in _PASSED or leaves_out(one):
            continue
        if tag in _CELLS or tag == "tr" or tag in _GROUPS:
            if tag in _GROUPS or group is None:
                group = Group(tag if tag in _GROUPS else "")
                parts.groups.append(group)
            if tag not in _GROUPS and (tag == "tr" or row is None):
                row = []
                group.rows.append(row)
            if tag in _CELLS and row is not None:
                row.append(one)
                continue
        elif tag != "form" and not _holds_rows(one):
            parts.strays.append(one)
            continue
        _stray(parts, one.text)
        stack.append((iter(one), tag if tag == "tr" or tag in _GROUPS else ""))
    parts.groups = _ordered(parts.groups)
    return parts


def rows_of(groups: list[Group], pieces: dict[Element, Piece], budget: Budget) -> Rows:
    """The spans of each row. Cells without a piece are not shown. Raises TooMuch before memory is spent."""
    rows: Rows = []
    spent = 0
    for group in groups:
        held: list[_Held] = []
        for cells in group.rows:
            new = _placed([(cell, pieces[cell]) for cell in cells if cell in pieces], held)
            row = sorted([*held, *new], key=lambda one: one.span.start) if held else new
            for span, _ in row:
                span.piece.rows += 1
            spent += len(row)
            budget.room(spent)
            rows.append([span for span, _ in row])
            held = [_Held(span, left - 1) for span, left in row if left > 1]
    return rows


def _placed(cells: list[tuple[Element, Piece]], held: list[_Held]) -> list[_Held]:
    """Each cell in the first free column; one that runs into a cell from above ends there, but the next cell
    stands where it would have ended."""
    new: list[_Held] = []
    at = k = 0
    for cell, piece in cells:
        while k < len(held) and held[k].span.start <= at:
            at = max(at, held[k].span.end)
            k += 1
        end = at + (_number(cell, "colspan", _WIDEST) or 1)
        edge = min(end, held[k].span.start) if k < len(held) else end
        down = _number(cell, "rowspan", _TALLEST)
        new.append(_Held(Span(at, edge, piece), _TALLEST if down == 0 else down))
        at = end
    return new


def _number(cell: Element, name: str, most: int) -> int:
    """A span as browsers read it: 1 for nonsense."""
    said = cell.get(name)
    found = _DIGITS.match(said) if said else None
    return min(int(found[1]), most) if found else 1


def _stray(parts: Parts, text: str | None) -> None:
    if text and not text.isspace():
        parts.strays.append(text)


def _holds_rows(element: Element) -> bool:
    """Whether something that is no part of a table stands around parts of one."""
    return element.tag not in _WHOLE and any(one.tag in _GROUPS or one.tag == "tr" for one in element)


def _ordered(groups: list[Group]) -> list[Group]:
    head = next((one for one in groups if one.kind == "thead"), None)
    foot = next((one for one in groups if one.kind == "tfoot"), None)
    body = [one for one in groups if one is not head and one is not foot]
    return [*([head] if head else []), *body, *([foot] if foot else [])]
