"""Lines become paragraphs: what a page or a narrow column broke is joined, where the evidence is clear."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from duban.reading.align import names_units
from duban.reading.clauses import is_label_line
from duban.reading.furniture import furniture
from duban.reading.outline import ARABIC, BRACKETED, FIRSTLY, Mark, is_title, mark_of

_END = "。；;：:！!？?）)】”"
_UNFINISHED = re.compile(r"(?:[，,、（(《“【〔—]|[和及与的])$")
_GOES_ON = re.compile(r"[，,、。；;：:）)】》”%％]")
_FIGURE = re.compile(r"[0-9０-９年月日%％万亿]")
_OPENERS, _CLOSERS = "（(【〔《“", "）)】〕》”"
_SIGNS = re.compile(rf"[{re.escape(_OPENERS + _CLOSERS)}。]")
_INDENT = re.compile(r"(?:\u3000{2}| {4}|\t)")
_NARROWEST = 36  # columns: narrower lines are short paragraphs
_WIDEST = 130  # columns: longer lines were never broken by hand
_SLACK = 4  # columns that a sign which may not begin a line takes from the one before
_FEWEST_FULL = 3
_LONGEST_UNITS = 80


@dataclass(slots=True)
class Paragraph:
    """A paragraph's lines as written, and the numbers of the first and the last."""

    parts: list[str]
    first: int
    last: int
    opened: int = 0  # brackets that stand open at its end, in the sentence that it ends with

    @property
    def text(self) -> str:
        """Its lines, with their breaks."""
        return "\n".join(self.parts)

    def add(self, line: str, number: int) -> None:
        """One more line of it."""
        self.parts.append(line)
        self.last = number
        for sign in _SIGNS.findall(line):
            self.opened = 0 if sign == "。" else max(0, self.opened + (1 if sign in _OPENERS else -1))


def paragraphs(
    lines: Sequence[str], begin: int, end: int, *, leave: frozenset[int] = frozenset()
) -> Iterator[Paragraph]:
    """The paragraphs of lines[begin:end] but for those in `leave`; lines are numbered from 1."""
    pages, numbers = furniture(lines)
    skip = pages | leave
    full = _fullness(lines[begin:end])
    indented = _indented(lines[begin:end])
    current: Paragraph | None = None
    arabic, gap = 0, False
    for i in range(begin, end):
        text = numbers.get(i, lines[i].strip())
        if i in skip:
            gap = False
            continue
        if not text:
            gap = True
            continue
        before = lines[current.last - 1].rstrip() if current else ""
        if current and _joins(
            current, before, lines[i] if i not in numbers else text, _Signs(gap, indented, arabic, full)
        ):
            current.add(text, i + 1)
        else:
            if current:
                yield current
            current = Paragraph([], i + 1, i + 1)
            current.add(text, i + 1)
            mark = mark_of(text)
            arabic = (mark.number or 0) if mark and mark.rank == ARABIC else arabic if mark is None else 0
        gap = False
    if current:
        yield current


@dataclass(frozen=True, slots=True)
class _Signs:
    """What is known beside two lines: whether a blank one stands between, whether paragraphs are indented,
    the last 1. or 2., how wide a full line is (0: lines were not broken by hand)."""

    gap: bool
    indented: bool
    arabic: int
    full: int


def _joins(current: Paragraph, before: str, line: str, signs: _Signs) -> bool:
    """Whether a line goes on the paragraph before it."""
    text, tail = line.strip(), before.strip()
    full = bool(signs.full) and _columns(before) >= signs.full
    unfinished = bool(_UNFINISHED.search(tail)) or (full and not tail.endswith(("。", "；", "：")))
    mark = mark_of(text)
    if mark is not None and not (unfinished and _misplaced(mark, signs)):
        return False
    if current.opened and (_closes(text) or not is_label_line(text)):
        return True
    if is_label_line(current.parts[0]) or is_label_line(text) or (signs.indented and _INDENT.match(line)):
        begins = is_label_line(text) or (signs.indented and bool(_INDENT.match(line)))
        return not begins and not signs.gap and _more_units(tail, text, full=full)
    broken = bool(_GOES_ON.match(text)) or (tail[-1:].isdigit() and bool(_FIGURE.match(text)))
    if signs.gap or broken:
        return broken or tail.endswith(("，", "、"))
    if text[0] in _OPENERS or tail.endswith(tuple(_END)):
        return full and unfinished
    return unfinished or _sentence(current)


def _sentence(current: Paragraph) -> bool:
    """Whether a paragraph so far is no heading's words, so that it wants an end."""
    if len(current.parts) > 1:
        return True
    mark = mark_of(current.parts[0])
    body = current.parts[0][mark.end if mark else 0 :]
    return bool(body.strip()) and not is_title(body)


def _misplaced(mark: Mark, signs: _Signs) -> bool:
    """Whether a number at a line's beginning is a figure or a word of the sentence: it is not its turn."""
    figure = ARABIC <= mark.rank < BRACKETED and mark.number not in (1, signs.arabic + 1)
    return figure or mark.rank >= FIRSTLY


def _closes(text: str) -> bool:
    """Whether a line closes a bracket that was opened before it."""
    return sum((c in _CLOSERS) - (c in _OPENERS) for c in text) > 0


def _more_units(tail: str, text: str, *, full: bool) -> bool:
    if tail.endswith(("：", ":", "、", "，")) or full:
        return True
    return not tail.endswith(("。", "；")) and len(text) <= _LONGEST_UNITS and names_units(text)


def _columns(text: str) -> int:
    if len(text) > _WIDEST:
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _fullness(lines: Sequence[str]) -> int:
    """From how many columns on a line was broken because it was full; 0 where lines are paragraphs."""
    running = [line.rstrip() for line in lines if line.strip() and not is_label_line(line.strip())]
    widths = [_columns(line) for line in running]
    widest = max(widths, default=0)
    if not _NARROWEST <= widest <= _WIDEST:
        return 0
    least = widest - _SLACK
    full = [line for line, width in zip(running, widths, strict=True) if width >= least]
    broken = sum(not line.endswith(("。", "；", "：", "）")) for line in full)
    return least if broken >= _FEWEST_FULL and broken * 2 > len(full) else 0


def _indented(lines: Sequence[str]) -> bool:
    """Whether paragraphs, and they alone, begin with blanks."""
    filled = [line for line in lines if line.strip()]
    with_blanks = sum(bool(_INDENT.match(line)) for line in filled)
    return 0 < with_blanks < len(filled)
