"""A table that became lines: every cell on a line of its own, rows parted by blank lines.

What such a file has suffered is taken in stride: cells broken over lines, lines that lost their indentation,
blank lines too many, rows torn at a page break, merged cells that left a row one short, repeated headers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from duban.model import Choice, Problem
from duban.reading.align import align, fit, names_units
from duban.reading.blocks import Header, Piece, blocks, find_header, is_dotted
from duban.reading.columns import NO_HEADS, Column, Heads, meaning_of, resolve, unknown
from duban.reading.gluing import unglued
from duban.reading.grid import Cell, Place
from duban.reading.headless import without_heads
from duban.reading.marks import is_closing
from duban.reading.rows import Layout, Row, TaskTable
from duban.reading.tidy import level_of, number_of, tidy
from duban.reading.titles import titles_above

_EXTRA_COLUMNS = 2  # a head that covers more columns than this is no head
_LONGEST_HEADING = 40
_UNFINISHED = ("，", "、", ",", "；", "（", "和", "及", "：")


@dataclass(slots=True)
class _Draft:
    """A row in the making."""

    pieces: list[Piece]
    torn: bool = False
    wide: bool = False

    @property
    def texts(self) -> list[str]:
        return [piece.text for piece in self.pieces]


@dataclass(slots=True)
class _Table:
    labels: list[str]
    heads: Heads
    columns: tuple[Column, ...] = ()
    drafts: list[_Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def width(self) -> int:
        return len(self.columns)

    @property
    def numbered(self) -> bool:
        """Whether rows begin with their number, so that a number begins a row."""
        return (
            self.columns[0] is Column.NUMBER if self.columns else meaning_of(self.labels[0]) is Column.NUMBER
        )

    @property
    def covered(self) -> frozenset[int]:
        """Columns that the heading's merged cell may cover."""
        return frozenset(i for i, column in enumerate(self.columns) if column is Column.SUBHEADING)


def read_flat(lines: Sequence[str], heads: Heads = NO_HEADS) -> Layout | None:
    """The layout of flattened tables, or None where none are found."""
    doubts: tuple[Problem, ...] = ()
    header = find_header(lines, heads)
    if header is None:
        header, doubts = without_heads(lines)
    if header is None:
        return None
    before = tuple(lines[: header.first])
    tables: list[TaskTable] = []
    after: list[str] = []
    lead = titles_above(lines, header.first, 0)
    while header is not None:
        following = None if doubts else _following(lines, header, heads)
        titles = titles_above(lines, following.first if following else len(lines), header.end)
        end = titles.start if following else len(lines)
        table, rest = _table(lines[:end], header, heads)
        if following or tables or any(row.wide for row in table.rows):
            table = replace(table, rows=(*(_title(lines, i) for i in lead), *table.rows))
        tables.append(replace(table, problems=(*doubts, *table.problems)))
        after += rest
        header, lead = following, titles
    return Layout(before=before, table=tables[0], more=tuple(tables[1:]), after=tuple(after))


def _following(lines: Sequence[str], header: Header, heads: Heads) -> Header | None:
    """The next header that differs from this one."""
    begin = header.end
    while (found := find_header(lines, heads, begin)) is not None:
        if [tidy(label) for label in found.labels] != [tidy(label) for label in header.labels]:
            return found
        begin = found.end
    return None


def _title(lines: Sequence[str], i: int) -> Row:
    return Row(cells=(Cell(lines[i].strip(), Place(line=i + 1)),), wide=True)


def _table(lines: Sequence[str], header: Header, heads: Heads) -> tuple[TaskTable, list[str]]:
    """The table beneath a header, and the lines behind it."""
    table = _Table(header.labels, heads)
    after = _gather(list(blocks(lines, header, numbered=table.numbered)), table)
    rows = tuple(_row(draft, table) for draft in table.drafts)
    problems = (*unknown(header.labels, table.columns, heads), *table.problems)
    return TaskTable(columns=table.columns, rows=rows, problems=problems), after


def _gather(found: list[list[Piece]], table: _Table) -> list[str]:
    """Turn blocks into rows, on `table`. The lines that are no part of it any more come back."""
    starts = [i for i, block in enumerate(found) if _starts(block, table)]
    table.columns = resolve(table.labels, _width([found[i] for i in starts], table), table.heads)
    if not table.numbered:
        found = [row for block in found for row in _rows_of(block, table.width)]
        starts = [i for i, block in enumerate(found) if len(block) >= table.width]
    last = starts[-1] if starts else -1
    current: _Draft | None = None
    for i, block in enumerate(found):
        if _is_wide(block) and (current is None or _complete(current, table)):
            current = None
            table.drafts.append(_Draft(block, wide=True))
        elif _starts(block, table):
            current = _Draft(block)
            table.drafts.append(current)
        elif current and not current.torn and not _complete(current, table) and not is_closing(block[0].text):
            current.pieces += [*_blank_cells(current, block, table.width), *block]
        elif i > last:
            _close(table)
            return [line for rest in found[i:] for piece in rest for line in piece.text.split("\n")]
        elif current and current.torn:
            current.pieces += block
        else:
            current = _Draft(block, torn=True)
            table.drafts.append(current)
    _close(table)
    return []


def _rows_of(block: list[Piece], width: int) -> Iterator[list[Piece]]:
    """A run of whole rows, one after the other without a blank line, as its rows."""
    whole = len(block) if len(block) % width else width
    for i in range(0, len(block), whole):
        yield block[i : i + whole]


def _blank_cells(draft: _Draft, block: Sequence[Piece], width: int) -> list[Piece]:
    """The blank lines between two parts of a row, where they fit in as cells that lost their indentation."""
    gap = block[0].line - draft.pieces[-1].end - 1
    if len(draft.pieces) + gap + len(block) > width:
        return []
    return [Piece([""], draft.pieces[-1].end + 1 + i) for i in range(gap)]


def _starts(block: Sequence[Piece], table: _Table) -> bool:
    first = block[0]
    if not table.numbered:
        return bool(table.columns) and len(block) >= table.width
    if number_of(first.text) is not None or is_dotted(first.text):
        return not first.bare or len(block) > 1
    return not first.text and len(block) >= len(table.labels)


def _width(rows: Sequence[Sequence[Piece]], table: _Table) -> int:
    """How many columns the rows have: what most of them say, at least as many as the header has heads."""
    least = len(table.labels)
    sizes = [_cells(row) for row in rows]
    seen = Counter(size for size in sizes if least <= size <= least + _EXTRA_COLUMNS)
    return max(seen, key=lambda n: (seen[n], n)) if seen else least


def _cells(row: Sequence[Piece]) -> int:
    """How many cells the lines of a row are, where one that has not ended goes on in the next."""
    return len(row) - sum(piece.text.endswith(_UNFINISHED) for piece in row[:-1])


def _is_wide(block: Sequence[Piece]) -> bool:
    """A heading over the whole width: 一、… alone, or 一 and its words where rows have Arabic numbers."""
    filled = [piece.text for piece in block if piece.text]
    if not filled or len(filled) > 2 or len("".join(filled)) > _LONGEST_HEADING or "。" in filled[-1]:  # noqa: PLR2004
        return False
    if len(filled) == 1:
        return level_of(filled[0]) is not None and number_of(filled[0]) is None
    return level_of(filled[0]) is not None and number_of(filled[0]) is not None and not names_units(filled[1])


def _complete(draft: _Draft, table: _Table) -> bool:
    """Whether a row has all its cells, or as many as show that none is still to come."""
    if draft.wide or len(draft.pieces) >= table.width:
        return True
    placed = align(draft.texts, table.columns, table.covered)
    ends = [
        j
        for j, column in enumerate(table.columns)
        if column not in (Column.NOTE, Column.PERSON, Column.UNKNOWN)
    ]
    here = placed[ends[-1]]
    return bool(here) and fit("\n".join(draft.pieces[k].text for k in here), table.columns[ends[-1]]) > 1


def _close(table: _Table) -> None:
    """Torn rows without room for a number around them belong to what stands before, or are shown."""
    room = _room(table.drafts) if table.numbered else {}
    kept: list[_Draft] = []
    for i, draft in enumerate(table.drafts):
        if not draft.torn or room.get(i, True):
            kept.append(draft)
            continue
        text, line = "\n".join(draft.texts).strip(), draft.pieces[0].line
        before = kept[-1] if kept and not kept[-1].wide else None
        if before and (not before.texts[-1] or before.texts[-1].endswith(_UNFINISHED)):
            before.pieces[-1].parts.append(text)
        elif text:
            table.problems.append(
                Problem(
                    code="stray-text",
                    message=f"第{line}行起的“{tidy(text)[:30]}”看不出属于哪一项，没有计入，请核对原文。",
                    where=f"第{line}行",
                    choices=(Choice(value="skip", label="不计入"),),
                )
            )
    table.drafts = kept


def _room(drafts: Sequence[_Draft]) -> dict[int, bool]:
    """For each torn row, whether a number is missing between the rows around it."""
    numbers = [number_of(d.texts[0]) if not d.torn and not d.wide else None for d in drafts]
    after: int | None = None
    following: dict[int, int | None] = {}
    for i in range(len(drafts) - 1, -1, -1):
        following[i] = after
        after = numbers[i] if numbers[i] is not None else after
    before, room = 0, {}
    for i, number in enumerate(numbers):
        if drafts[i].torn:
            room[i] = following[i] is None or following[i] != before + 1
        before = number if number is not None else before
    return room


def _row(draft: _Draft, table: _Table) -> Row:
    if draft.wide:
        text = "".join(draft.texts) if len(draft.texts) == 1 else "、".join(t for t in draft.texts if t)
        return Row(cells=(Cell(text, Place(line=draft.pieces[0].line)),), wide=True)
    if len(draft.pieces) == table.width:
        return _carried([_cell(piece.text, piece, piece) for piece in draft.pieces])
    if (apart := unglued(draft.texts, table.width)) != draft.texts and len(apart) == table.width:
        place = Place(line=draft.pieces[0].line, last=draft.pieces[-1].end)
        return _carried([Cell(text, place) for text in apart])
    placed = align(draft.texts, table.columns, table.covered)
    cells: list[Cell | None] = []
    for here in placed:
        if here:
            text = "\n".join(draft.pieces[k].text for k in here).strip()
            cells.append(_cell(text, draft.pieces[here[0]], draft.pieces[here[-1]]))
        else:
            cells.append(None if draft.torn else Cell(""))
    left = frozenset(j for j, here in enumerate(placed) if not here and j in table.covered and placed[j - 1])
    return _carried(cells, frozenset() if draft.torn else left)


def _cell(text: str, first: Piece, last: Piece) -> Cell:
    return Cell(text, Place(line=first.line, last=last.end))


def _carried(cells: Sequence[Cell | None], left: frozenset[int] = frozenset()) -> Row:
    """A flattened table lost its merges: an empty cell is taken for one that a cell above covers."""
    above = frozenset(j for j, cell in enumerate(cells) if cell and cell.empty and j not in left)
    return Row(cells=tuple(cells), above=above, left=left)
