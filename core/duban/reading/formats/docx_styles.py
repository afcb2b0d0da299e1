"""styles.xml: what a paragraph or a run has through its style. ECMA-376 part 1, 17.7."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from duban.reading.formats.docx_names import child, children, get, is_on, number, value
from duban.reading.formats.xml import Element

_CONTENTS = re.compile(r"toc \d|TOC \d|目录 ?\d", re.IGNORECASE)
_DEEPEST = 50  # styles based on one another; more is a ring


@dataclass(frozen=True, slots=True)
class Style:
    """One style. `num` and `level` are its own, None where it says nothing."""

    id: str
    name: str = ""
    based: str = ""
    num: str | None = None
    level: int | None = None
    hidden: bool | None = None


@dataclass(frozen=True, slots=True)
class Styles:
    """All styles by id, and the paragraph's default one."""

    by_id: Mapping[str, Style] = field(default_factory=dict)
    default: str = ""

    def chain(self, style_id: str | None) -> Iterator[Style]:
        """A style, then the one that it is based on, and so on."""
        style = self.by_id.get(style_id or "")
        for _ in range(_DEEPEST):
            if style is None:
                return
            yield style
            style = self.by_id.get(style.based)

    def hides(self, style_id: str | None) -> bool:
        """Whether text in this style is hidden (w:vanish)."""
        return next((style.hidden for style in self.chain(style_id) if style.hidden is not None), False)

    def is_contents(self, style_id: str | None) -> bool:
        """Whether paragraphs of this style are lines of a table of contents."""
        style = self.by_id.get(style_id or "")
        return style is not None and bool(_CONTENTS.fullmatch(style.name))


def read_styles(root: Element | None) -> Styles:
    """styles.xml; without one there are no styles."""
    if root is None:
        return Styles()
    found: dict[str, Style] = {}
    default = ""
    for one in children(root, "style"):
        style_id = get(one, "styleId") or ""
        numbered = child(one, "pPr", "numPr")
        level = value(numbered, "ilvl")
        found[style_id] = Style(
            id=style_id,
            name=value(one, "name") or "",
            based=value(one, "basedOn") or "",
            num=value(numbered, "numId"),
            level=None if level is None else number(level, 0),
            hidden=is_on(one, "rPr", "vanish"),
        )
        if get(one, "type") == "paragraph" and (get(one, "default") or "0") in {"1", "true", "on"}:
            default = style_id
    return Styles(found, default)
