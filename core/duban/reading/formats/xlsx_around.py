"""What stands around the cells of a sheet: headers and footers of the print, and words in shapes.

Read too, for marks of secrecy stand there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from duban.reading.formats.archive import Archive
from duban.reading.formats.xlsx_book import Attributes, links_of, plain, walk

MARGINS = {
    **dict.fromkeys(("oddHeader", "evenHeader", "firstHeader"), "页眉"),
    **dict.fromkeys(("oddFooter", "evenFooter", "firstFooter"), "页脚"),
}
_CODE = re.compile(  # ECMA-376 part 1, §18.3.1.46
    r'&(?:(?P<section>[LCR])|(?P<and>&)|"[^"]*"|K[0-9A-Fa-f]{6}|K[0-9]{2}[+-][0-9]{3}|[0-9]{1,3}|[A-Za-z])'
)
_PAGES = re.compile(r"[\s第页共,，/／\-—–－.:：]*")


def margin_lines(code: str) -> Iterator[str]:
    """The lines of a header or footer without its codes and without what is only about pages."""
    words = _CODE.sub(lambda found: "\n" if found["section"] else "&" if found["and"] else "", plain(code))
    for line in words.split("\n"):
        if not _PAGES.fullmatch(line):
            yield line.strip()


def shape_lines(archive: Archive, part: str) -> Iterator[str]:
    """The paragraphs in the shapes of a sheet. Raises Broken."""
    for kind, target in links_of(archive, part).values():
        data = archive.read(target) if kind == "drawing" else None
        if data is not None:
            yield from _paragraphs(data)


def _paragraphs(data: bytes) -> list[str]:
    lines: list[str] = []
    pieces: list[str] = []
    inside = False

    def start(tag: str, _: Attributes) -> None:
        nonlocal inside
        inside = tag == "t"

    def end(tag: str) -> None:
        nonlocal inside
        inside = False
        if tag == "p":
            if line := plain("".join(pieces)).strip():
                lines.append(line)
            pieces.clear()

    walk(data, start=start, end=end, text=lambda text: pieces.append(text) if inside else None)
    return lines
