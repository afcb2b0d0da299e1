"""Lines of a flattened table as runs of cells: where its header is, and what stands together beneath it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from duban.reading.columns import Heads, is_header, meaning_of
from duban.reading.furniture import is_page_number
from duban.reading.gluing import unnumbered
from duban.reading.marks import is_closing
from duban.reading.tidy import number_of, tidy

_LONGEST_HEAD = 10  # characters of a head that no wording fits
_MOST_HEADS = 30
_DOTTED = re.compile(r"[0-9０-９]{1,2}(?:[.．][0-9０-９]{1,2}){1,3}")
# A head broken in its middle, a half on each line
_HALVES = re.compile(
    r"(?:责任|牵头|配合|主办|协办|承办|落实)\n(?:单位|部门|领导)|(?:完成|办结|整改|办理|落实)\n(?:时限|时间|期限|措施)"
    r"|(?:工作|具体|主要|重点|整改)\n(?:任务|要求|措施|内容|目标|举措|事项|工作)"
    r"|时间\n节点|时限\n要求|序\n号|任务\n类别|(?:项目|任务)\n名称"
)
_FORE = re.compile(r"责任|牵头|配合|主办|协办|承办|落实|完成|办结|整改|办理|具体|主要|重点")


@dataclass(slots=True)
class Piece:
    """A cell as far as it is known: its lines, the first one's number, whether that lost its indentation."""

    parts: list[str]
    line: int
    bare: bool = False

    @property
    def text(self) -> str:
        return "\n".join(part for part in self.parts if part)

    @property
    def end(self) -> int:
        """Its last line."""
        return self.line + len(self.parts) - 1


@dataclass(frozen=True, slots=True)
class Header:
    """The heads of a table, the lines from and after which they stand, and their indentation."""

    labels: list[str]
    first: int
    end: int
    indent: str


def find_header(lines: Sequence[str], heads: Heads, begin: int = 0) -> Header | None:
    """The first header of a flattened table from line `begin` on, one head a line."""
    for first in range(begin, len(lines)):
        text = lines[first].strip()
        known = meaning_of(text, heads) or _FORE.fullmatch(text)
        if known and (header := _header(lines, first, heads)):
            return header
    return None


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _header(lines: Sequence[str], first: int, heads: Heads) -> Header | None:
    labels: list[str] = []
    end, indent = first, _indent(lines[first])
    for i in range(first, len(lines)):
        text = lines[i].strip()
        if not text:
            if lines[i] == "" and is_header(labels, heads):
                break
            continue
        if len(labels) > _MOST_HEADS:
            break
        if labels and _goes_on(labels[-1], text, heads, bare=bool(indent) and not _indent(lines[i])):
            labels[-1] += text
        elif (
            meaning_of(text, heads)
            or _FORE.fullmatch(text)
            or (len(text) <= _LONGEST_HEAD and _is_head(lines, i))
        ):
            labels.append(text)
        else:
            break
        end = i + 1
    return Header(labels, first, end, indent) if is_header(labels, heads) else None


def _goes_on(label: str, text: str, heads: Heads, *, bare: bool) -> bool:
    """Whether a line is the rest of a broken head: it lost its indentation, or both are but halves."""
    broken = bare or bool(_HALVES.fullmatch(f"{label}\n{text}"))
    return broken and meaning_of(label + text, heads) is not None


def _is_head(lines: Sequence[str], i: int) -> bool:
    """Whether the next line, a head, a number or none, shows that line `i` is a head that nobody knows."""
    after = lines[i + 1].strip() if i + 1 < len(lines) else "?"
    shown = not after or meaning_of(after) is not None or number_of(after) is not None
    return shown and number_of(lines[i]) is None


def blocks(lines: Sequence[str], header: Header, *, numbered: bool) -> Iterator[list[Piece]]:
    """Runs of cells between blank lines, without repeated headers and page numbers.

    `numbered`: rows begin with their number, so that a run is cut where the next number stands.
    """
    block: list[Piece] = []
    last: int | None = None
    for i in range(header.end, len(lines)):
        line, text = lines[i], lines[i].strip()
        if is_page_number(line):
            continue
        cell = not header.indent or bool(_indent(line))
        number = number_of(text) if cell and numbered and text else None
        words = _words(text, last, block, header) if cell and numbered and number is None else None
        if words is not None:  # a number that stuck to the next cell's words
            yield from _whole(block, header)
            last = (last or 0) + 1
            block = [Piece([str(last)], i + 1), Piece([words], i + 1)]
            continue
        if not text and not (header.indent and line.startswith(header.indent)):
            yield from _whole(block, header)
            block = []
            continue
        begins = _next(number, last, block) or (
            numbered and cell and is_dotted(text) and _full(block, header)
        )
        if block and (begins or _closes(text, block, header, cell=cell)):
            yield from _whole(block, header)
            block = []
        if cell or not block:
            block.append(Piece([text], i + 1, bare=not cell))
        elif not any(block[-1].parts) and len(block) < len(header.labels):
            block.append(Piece([text], i + 1))  # after an empty cell: a cell whose line lost its indentation
        else:
            block[-1].parts.append(text)
        if number is not None and len(block) == 1:
            last = number
    yield from _whole(block, header)


def _words(text: str, last: int | None, block: Sequence[Piece], header: Header) -> str | None:
    """The words behind the next row's number, where that stuck to them and the row before is full."""
    if block and not _full(block, header):
        return None
    return unnumbered(text, (last or 0) + 1)


def _next(number: int | None, last: int | None, block: Sequence[Piece]) -> bool:
    """Whether a number is the next row's, and not a figure in a cell of this one."""
    return number is not None and last is not None and number == last + 1 and _has(block, 2)


def is_dotted(text: str) -> bool:
    """1.1 and 2.3.4, a row's number in a table that counts by its headings."""
    return bool(_DOTTED.fullmatch(text))


def _full(block: Sequence[Piece], header: Header) -> bool:
    """Whether a row has as many cells as there are heads, or lacks but one."""
    return _has(block, max(2, len(header.labels) - 1))


def _has(block: Sequence[Piece], fewest: int) -> bool:
    """Whether at least so many of its cells are filled."""
    return sum(1 for _ in islice((p for p in block if any(p.parts)), fewest)) == fewest


def _closes(text: str, block: Sequence[Piece], header: Header, *, cell: bool) -> bool:
    """Whether a line ends the document and the table with it, though no blank line stands between."""
    return (not cell or len(block) >= len(header.labels)) and is_closing(text)


def _whole(block: list[Piece], header: Header) -> Iterator[list[Piece]]:
    """The block without a header that a new page repeats; nothing where nothing is left."""
    size = len(header.labels)
    if [tidy(piece.text) for piece in block[:size]] == [tidy(label) for label in header.labels]:
        block = block[size:]
    if block:
        yield block
