"""The headings that rows stand beneath: lines above a table and rows over its full width, in their ranks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from duban.model import Origin
from duban.reading.grid import Cell
from duban.reading.tidy import heading_of, level_of

_PART = re.compile(r"^第[一二三四五六七八九十百]{1,4}(?:部分|章|篇)")
_PLAIN = 3
_OUTERMOST = -1


def rank_of(text: str) -> int:
    """0 for 第一部分, 1 for 一、, 2 for （一）, 3 for a heading without such a number."""
    return 0 if _PART.match(text.strip()) else level_of(text) or _PLAIN


@dataclass(slots=True)
class Headings:
    """The headings in force, the outer ones first: a new one ends those of its rank and below."""

    stack: list[tuple[int, str, Origin]] = field(default_factory=list)

    def begin(self, first: Cell | None) -> None:
        """A new table: what stood over the last one goes on where the new one's heading is a part of it."""
        if first is None or rank_of(first.text) != 2:  # noqa: PLR2004 - （二）
            self.stack.clear()

    def add(self, cell: Cell | None, *, outermost: bool = False) -> None:
        """A heading over all that follows."""
        text = cell.text if cell else ""
        rank = _OUTERMOST if outermost else rank_of(text)
        while self.stack and self.stack[-1][0] >= rank:
            self.stack.pop()
        origin = Origin(
            field="subheading" if self.stack else "heading", text=text, where=str(cell.place) if cell else ""
        )
        self.stack.append((rank, heading_of(text), origin))

    @property
    def texts(self) -> list[str]:
        """Their words without numbers."""
        return [text for _, text, _ in self.stack]

    @property
    def origins(self) -> list[Origin]:
        """Where they stand."""
        return [origin for _, _, origin in self.stack]
