"""Where measures in paragraphs begin and end: behind a letter, before annexes and contacts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from duban.reading.clauses import LABEL, is_label_line
from duban.reading.furniture import is_page_number
from duban.reading.marks import is_closing
from duban.reading.outline import is_title, mark_of
from duban.units.forms import looks_like_unit

_ANNEX = re.compile(r"^\s*附\s*件\s*[0-9一二三四五六七八九十]{0,2}\s*[:：]")
_FRAME = re.compile(
    rf"{_ANNEX.pattern}|^\s*(?:注\s*[0-9]{{0,2}}\s*[:：]|抄送|主送|[（(]?联系人|联系电话|[（(]?此件)"
)
_NAMED = re.compile(
    r"(?:方案|分工|台账|要点|任务|清单|计划|举措|措施|意见|安排|任务书|责任书|分解)(?:[（(].{1,12}[)）])?$"
)
_ANY = re.compile(rf"{LABEL.pattern}|(?:负责|配合|落实|牵头)[，,；;。]?[^（）()]{{0,20}}[）)]|【")
_LONGEST_NAME = 40
_FEW = 2


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lines `begin` to `end`, from 0, but for those in `leave`."""

    begin: int
    end: int
    leave: frozenset[int] = frozenset()


def bounds(lines: Sequence[str]) -> Bounds | None:
    """Where the measures can stand, or None where no line is numbered and few name units."""
    first = next((i for i, line in enumerate(lines) if _marked(line)), None)
    if first is None:
        return _unnumbered(lines)
    first = _after_letter(lines, first)
    while first and (is_label_line(lines[first - 1].strip()) or not lines[first - 1].strip()):
        first -= 1  # units that stand before the first measure
    end = _end(lines, first)
    return Bounds(first, end, frozenset(i for i in range(first, end) if _FRAME.match(lines[i])))


def _marked(line: str) -> bool:
    text = line.strip()
    return bool(text) and mark_of(text) is not None and not is_page_number(text)


def _unnumbered(lines: Sequence[str]) -> Bounds | None:
    """Paragraphs that a clause alone marks, from the first on; before them a heading, if there is one."""
    named = [i for i, line in enumerate(lines) if _ANY.search(line)]
    if len(named) < _FEW:
        return None
    begin = next((i + 1 for i in range(named[0] - 1, -1, -1) if not lines[i].strip()), named[0])
    return Bounds(begin, _end(lines, begin))


def _after_letter(lines: Sequence[str], first: int) -> int:
    """The first numbered line behind the plan's own title, where a letter with numbers stands before that."""
    if not _ANY.search("\n".join(lines[first:])):
        return first
    before = ""
    for i, line in enumerate(lines):
        text = line.strip()
        if not text:
            continue
        if i > first and _ANY.search(text):
            return first
        if i > first and is_closing(before) and is_title(text) and _NAMED.search(text) and not _marked(text):
            return next((k for k in range(i, len(lines)) if _marked(lines[k])), first)
        before = text
    return first


def _end(lines: Sequence[str], first: int) -> int:
    """Where closing lines (annexes, contacts, marks, who signed it when) begin, after the last paragraph."""
    end = len(lines)
    dated = False
    for i in range(len(lines) - 1, first, -1):
        text = lines[i].strip()
        if not text:
            continue
        closing = is_closing(text) or is_page_number(text)
        if not closing and not (_is_signature(text) and (dated or _signs(lines, first, i))):
            break
        dated = dated or closing
        end = i
    annex = next((i for i in range(first + 1, end) if _ANNEX.match(lines[i])), None)
    if annex is not None and not any(_ANY.search(line) for line in lines[annex:end]):
        end = annex
    return end


def _signs(lines: Sequence[str], first: int, at: int) -> bool:
    """Whether a name without a date signs: the sentence before it is over, and no measure has such a line."""
    before = next((lines[i].strip() for i in range(at - 1, first, -1) if lines[i].strip()), "")
    alone = not any(_is_signature(line.strip()) for line in lines[first:at])
    return alone and before.endswith(("。", "）", ")"))


def _is_signature(text: str) -> bool:
    """Whether a line is the name of who issued the document."""
    return len(text) <= _LONGEST_NAME and looks_like_unit(text) and not re.search(r"[：:，,、。；]", text)
