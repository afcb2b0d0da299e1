"""A cell as one line: breaks inside a name go, those between two names become separators."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from duban.units.forms import apart, goes_on, looks_like_unit
from duban.units.persons import without_persons
from duban.units.words import AFTER_ROLE, BARE_LABEL, BY, LABEL, NEXT_NUMBER, NUMBER, OTHER_LABEL, TAIL

SEPARATORS = "、，,；;/／｜|＼\\。\n"
OPEN, CLOSE = "（([【〔", "）)]】〕"
_ROUND = str.maketrans("[]【】", "（）（）")
WINDOW = 80  # characters of a line's end or beginning that can matter to where a name ends
_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_WIDE = re.compile(r"[\r\n\u3000]+|[ \t]{2,}")
_FEW = 3
_LEVELS = re.compile(r"[省市区县州旗镇乡]|街道")
_CUT = re.compile(rf"[{SEPARATORS}]")
_ENDS = re.compile(rf"[{SEPARATORS}：:]")


def mend(cell: str) -> str:
    """One line without blanks, and without brackets around all of it."""
    parts = _BLANKS.split(_unspaced(cell.translate(_ROUND).strip()))
    line, depth, last = [parts[0]], _opened(parts[0], 0), _last(parts[0])
    for part, after in pairwise((*parts[1:], "")):
        if last and depth == 0:
            joint = _joint(last, part[:WINDOW]) or _joint_of_torn(last, part[:WINDOW], after[:WINDOW])
            if joint:
                line.append(joint)
                last = ""
        line.append(part)
        depth = _opened(part, depth)
        last = _last((last + part)[-WINDOW:])
    text = AFTER_ROLE.sub("、", NEXT_NUMBER.sub("、", "".join(line))).strip(SEPARATORS)
    for _ in range(3):
        if not (len(text) > 1 and text[0] in OPEN and _partner(text) == len(text) - 1):
            break
        text = text[1:-1].strip(SEPARATORS)
    return text


def depth_of(text: str) -> int:
    """How many brackets stand open at the end of a text."""
    return max(0, sum(text.count(c) for c in OPEN) - sum(text.count(c) for c in CLOSE))


def _opened(part: str, before: int) -> int:
    return max(0, before + sum(part.count(c) for c in OPEN) - sum(part.count(c) for c in CLOSE))


def _last(text: str) -> str:
    """The piece that a text ends with."""
    return _ENDS.split(text[-WINDOW:])[-1]


@lru_cache(maxsize=4096)
def _joint(left: str, part: str) -> str:
    """What stands for the blanks between a piece and the next part: nothing, a separator, a label's colon."""
    right = _CUT.split(part, maxsplit=1)[0]
    if BARE_LABEL.fullmatch(left):
        return "" if right.startswith(("：", ":")) or TAIL.fullmatch(right) else "："
    bare = TAIL.sub("", right)
    if NUMBER.match(part) or LABEL.match(right) or OTHER_LABEL.match(right) or BARE_LABEL.fullmatch(right):
        return "、"
    if bare and not goes_on(bare) and TAIL.search(left):
        return "、"
    return "、" if apart(without_persons(BY.sub("", left)), without_persons(bare or right) or right) else ""


def _joint_of_torn(left: str, part: str, after: str) -> str:
    """县林业局, 石桥镇人民, 政府: the part begins a name that only the next one ends."""
    right = _CUT.split(part, maxsplit=1)[0]
    torn = after and right == part and _LEVELS.search(part) and not looks_like_unit(part)
    return _joint(left, part + after) if torn else ""


def _unspaced(cell: str) -> str:
    """县 民 政 局　　县 残 联: letters set apart stand together, and the wider gaps part the names."""
    parts = _BLANKS.split(cell)
    if len(parts) <= _FEW or sum(len(part) == 1 for part in parts) * 2 <= len(parts):
        return cell
    names = [_BLANKS.sub("", name) for name in _WIDE.split(cell)]
    return "、".join(names) if all(map(looks_like_unit, names)) else cell


def _partner(text: str) -> int:
    """The place of the bracket that closes the one at 0, or -1."""
    depth = 0
    for i, c in enumerate(text):
        depth += (c in OPEN) - (c in CLOSE)
        if depth == 0:
            return i
    return -1
