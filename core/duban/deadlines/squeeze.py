"""One spelling of a text for the rules to read, and the way back to the characters as written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_DASHES = "—–－―−‐‑‒─～〜~"
_TABLE = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width ASCII, brackets and colons included
    | {ord(c): "-" for c in _DASHES}
    | {ord("○"): "〇", ord("﹒"): ".", ord("﹣"): "-"}
)
_GAP = re.compile(r"[\s\u200b\ufeff]+")
_TORN_DAY = re.compile(r"月[0-3]\s*\n\s*[0-9][日号]")  # 5月2 / 0日前


@dataclass(frozen=True, slots=True)
class Squeezed:
    """`text` has no blanks; `places[i]` is where its i-th character stands in the text as written."""

    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place, as written, of text[start:end]."""
        return self.places[start], self.places[end - 1] + 1


def squeeze(text: str) -> Squeezed:
    """Full-width signs become ASCII, dashes one dash, blanks and line breaks go.

    A blank between two digits stays: "第3 12月" is not the 312th month; a line break inside a day goes.
    """
    same = text.translate(_TABLE)
    if not _GAP.search(same):
        return Squeezed(same, range(len(same)))
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for gap in _GAP.finditer(same):
        parts.append(same[at : gap.start()])
        places.extend(range(at, gap.start()))
        at = gap.end()
        both = same[max(gap.start() - 1, 0)].isdigit() and same[at : at + 1].isdigit()
        if both and not _TORN_DAY.match(same, max(gap.start() - 2, 0)):
            parts.append(" ")
            places.append(gap.start())
    parts.append(same[at:])
    places.extend(range(at, len(same)))
    return Squeezed("".join(parts), places)
