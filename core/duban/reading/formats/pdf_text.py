"""Letters on a page become lines, and lines become paragraphs; what repeats on each page is taken away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_PAGE_NUMBER = re.compile(
    r"[\s\-–—－·.]*(?:第\s*)?[0-9]{1,3}(?:\s*页)?(?:[\s/，,]*共?\s*[0-9]{1,4}\s*页?)?[\s\-–—－·.]*"
)
_DIGITS = re.compile(r"[0-9]+")
_LATIN = re.compile(r"[0-9A-Za-z]")
_MARGIN = 0.14  # of the page's height, above and below: where headers and footers stand
_SAME_PLACE = 2  # points
_INDENT = 1.2  # letters; from there on a line begins a paragraph
_SHORT = 2.5  # letters; so much before the right edge a line ends a paragraph
_LONG = 12  # letters; a shorter line is a title, a mark or a name, and nothing goes on from it
_STOPS = ("。", "；", "：", ";", ":")
# What no line is broken within: a letter with the signs that may not begin a line, a word or figure behind it
_CLOSERS = "，。、；：！？）)》”’」』】〕%％"
_WHOLE = re.compile(rf"[（(《“‘「『【〔]*.[{_CLOSERS}]*[0-9A-Za-z.]*[{_CLOSERS}]*")
_SPACE, _LATIN_SPACE = 1.2, 0.12  # letters; gaps that are blanks
_WIDE = 0x2000  # the code from which on letters are as wide as they are high
_APART = 1.1  # line heights between two lines that are no neighbours


class Letter(NamedTuple):
    """A character where it stands; y runs downwards."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float

    @property
    def size(self) -> float:
        """Its height, as good as the font's size."""
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """Letters side by side, from left to right."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float


def rows_of(letters: Iterable[Letter]) -> list[list[Letter]]:
    """Letters by line, from above to below and left to right; half a letter's height apart they share one."""
    rows: list[list[Letter]] = []
    middle = 0.0
    for letter in sorted(letters, key=lambda found: (found.middle[1], found.x0)):
        if rows and letter.middle[1] - middle < max(letter.size, rows[-1][0].size) / 2:
            rows[-1].append(letter)
        else:
            rows.append([letter])
            middle = letter.middle[1]
    return [sorted(row, key=lambda found: found.x0) for row in rows]


def lines_of(letters: Iterable[Letter]) -> list[Line]:
    """Lines of text, from above to below; blank ones are none."""
    return [line for line in map(_line, rows_of(letters)) if line.text]


def text_of(letters: Iterable[Letter]) -> str:
    """The text of a cell, with its line breaks."""
    return "\n".join(line.text for line in lines_of(letters))


def _line(row: Sequence[Letter]) -> Line:
    pieces: list[str] = []
    before: Letter | None = None
    for letter in row:
        if before and letter.text != " " and before.text != " ":
            latin = _LATIN.match(letter.text) and _LATIN.match(before.text)
            if letter.x0 - before.x1 > letter.size * (_LATIN_SPACE if latin else _SPACE):
                pieces.append(" ")
        pieces.append(letter.text)
        before = letter
    inked = [letter for letter in row if letter.text.strip()] or row
    size = sorted(letter.size for letter in inked)[len(inked) // 2]
    return Line(
        "".join(pieces).strip(),
        inked[0].x0,
        max(letter.x1 for letter in inked),
        min(letter.top for letter in inked),
        max(letter.bottom for letter in inked),
        size,
    )


def without_margins(
    pages: Sequence[Sequence[Line]], heights: Sequence[float]
) -> tuple[list[list[Line]], list[tuple[str, str]]]:
    """The lines of each page without headers, footers and page numbers; and those two, each once.

    A header stands near an edge, at the same height and with the same words (numbers aside) on half of the
    pages. A page's number is none of either.
    """
    seen: Counter[tuple[int, str]] = Counter()
    for lines, height in zip(pages, heights, strict=True):
        keys = {(round(line.top), _shape(line)) for line in lines if _near_edge(line, height)}
        seen.update(
            {(top + off, shape) for top, shape in keys for off in range(-_SAME_PLACE, _SAME_PLACE + 1)}
        )
    kept: list[list[Line]] = []
    margins: dict[str, tuple[str, str]] = {}
    for lines, height in zip(pages, heights, strict=True):
        kept.append([])
        for line in lines:
            count = seen[round(line.top), _shape(line)] if _near_edge(line, height) else 0
            if count and _PAGE_NUMBER.fullmatch(line.text):
                continue
            if count > 1 and count * 2 >= len(pages):
                margins.setdefault(_shape(line), ("页眉" if line.top < height / 2 else "页脚", line.text))
            else:
                kept[-1].append(line)
    return kept, list(margins.values())


def _shape(line: Line) -> str:
    return _DIGITS.sub("0", line.text)


def _near_edge(line: Line, height: float) -> bool:
    return line.bottom < height * _MARGIN or line.top > height * (1 - _MARGIN)


def paragraphs_of(lines: Sequence[Line], left: float, right: float) -> list[list[Line]]:
    """Lines that belong together between the text's edges: a paragraph begins with an indent or another size,
    after a line that ends early, or after a gap."""
    paragraphs: list[list[Line]] = []
    for line in lines:
        if paragraphs and follows(paragraphs[-1][-1], line, left, right):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return paragraphs


def follows(before: Line, line: Line, left: float, right: float, *, turned: bool = False) -> bool:
    """Whether a line goes on with the paragraph of the line before it; `turned`: on the next page."""
    room = _SHORT * before.size
    if not before.text.endswith(_STOPS):
        room = max(room, _width(line))  # what the line begins with did not fit into the one before
    full = before.x1 > right - room and before.x1 - before.x0 > _LONG * before.size
    flush = line.x0 < left + _INDENT * line.size
    alike = abs(before.size - line.size) < 0.15 * line.size
    near = turned or line.top - before.bottom < _APART * line.size * 2
    return full and flush and alike and near


def _width(line: Line) -> float:
    """How wide the part is that a line begins with and that cannot be broken."""
    found = _WHOLE.match(line.text)
    return sum(line.size / (1 if ord(sign) > _WIDE else 2) for sign in found[0]) if found else 0.0


def edges_of(lines: Sequence[Line], width: float) -> tuple[float, float]:
    """The left and right edge of a page's running text: where most long lines begin; the farthest end, but no
    margin wider than that on the left, for short lines alone say nothing of the edge."""
    if not lines:
        return 0.0, 0.0
    right = max(width - min(line.x0 for line in lines), *(line.x1 for line in lines))
    starts = Counter(round(line.x0 / 3) for line in lines if line.x1 - line.x0 > 10 * line.size)
    left = min((start * 3 for start, _ in starts.most_common(2)), default=min(line.x0 for line in lines))
    return left, right


def slogans(letters: Sequence[Letter]) -> list[str]:
    """Letters that lie aslant, as drawn one after the other: the words of watermarks, each once."""
    words: list[str] = []
    before: Letter | None = None
    for letter in letters:
        (x, y), far = letter.middle, 3 * max(letter.size, letter.x1 - letter.x0)
        if before and abs(before.middle[0] - x) < far and abs(before.middle[1] - y) < far:
            words[-1] += letter.text
        else:
            words.append(letter.text)
        before = letter
    return list(dict.fromkeys(word.strip() for word in words if word.strip()))


def joined(lines: Sequence[Line]) -> str:
    """A paragraph's text: a blank where a line ends and the next begins with Latin letters."""
    text = ""
    for line in lines:
        blank = text and _LATIN.match(text[-1]) and _LATIN.match(line.text[0])
        text += (" " if blank else "") + line.text
    return text
