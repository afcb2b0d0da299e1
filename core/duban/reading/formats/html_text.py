"""The text of a piece of HTML as a browser shows it: lines, and the tables among them.

Hidden text is left out and counted. Goes without recursion: pages of old nest without end.
HTML standard, 15.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from duban.reading.formats.glyphs import clean
from duban.reading.formats.numerals import counted
from duban.reading.formats.xml import Element

_OUT = frozenset(
    ("script", "style", "head", "noscript", "template", "title", "iframe", "object", "svg", "select",
     "datalist", "textarea", "audio", "video", "canvas", "rt", "rp", "del")
)  # fmt: skip
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog",
     "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
     "h4", "h5", "h6", "header", "hgroup", "html", "legend", "li", "main", "menu", "nav", "ol", "p",
     "pre", "section", "summary", "tbody", "td", "tfoot", "th", "thead", "tr", "ul")
)  # fmt: skip
_ENDS = frozenset({"br", "hr", "table"})
_NOT_SHOWN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*collapse", re.IGNORECASE)
_ASIDE = re.compile(r"mso-element\s*:\s*(?:comment|footnote|endnote)-list", re.IGNORECASE)  # Word's
_KEPT = re.compile(r"white-space\s*:\s*pre", re.IGNORECASE)
_NO_NUMBER = re.compile(r"list-style(?:-type)?\s*:[^;]*none", re.IGNORECASE)
_BLANK = re.compile(r"[ \t\r\n\f]+")
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f"
# A line of the source that ends within Chinese text ends nowhere that is seen.
_WRAP = re.compile(rf"(?<=[{_WIDE}])[ \t]*\r?\n[ \t\r\n]*(?=[{_WIDE}])")
_STYLES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_LEAST_NUMBER, _MOST_NUMBER = -(1 << 31), 1 << 31


class _Look(NamedTuple):
    """What a style attribute does to text."""

    hidden: bool = False
    aside: bool = False
    kept: bool = False
    bare: bool = False


class _Open(NamedTuple):
    """An element that the walk is in."""

    element: Element
    children: Iterator[Element]
    block: bool
    kept: bool  # blanks and line ends are as in the source (pre)


@dataclass(slots=True)
class Reader:
    """Walks through elements; counts the hidden pieces that it left out."""

    hidden: int = 0
    _lists: dict[Element, int] = field(default_factory=dict)

    def flow(self, root: Element) -> Iterator[str | Element]:
        """What is within an element, in order: lines of text, and tables (not entered)."""
        kept = root.tag == "pre" or _look(root.get("style", "")).kept
        parts: list[str] = []
        stack = [_Open(root, iter(root), block=False, kept=kept)]
        yield from _added(root.text, parts, kept=kept)
        while stack:
            element, children, block, kept = stack[-1]
            one = next(children, None)
            if one is None:
                stack.pop()
                if block and parts:
                    yield from _line(parts)
                if stack:
                    yield from _added(element.tail, parts, kept=stack[-1].kept)
                continue
            tag = one.tag
            if tag in _OUT or self.leaves_out(one):
                pass
            elif tag in _ENDS:
                yield from _line(parts)
                if tag == "table":
                    yield one
            else:
                inner = kept or tag == "pre" or _look(one.get("style", "")).kept
                stack.append(_Open(one, iter(one), block=tag in _BLOCKS, kept=inner))
                if parts and tag in _BLOCKS:
                    yield from _line(parts)
                yield from _added(self._number(one) if tag == "li" else "", parts, kept=False)
                yield from _added(one.text, parts, kept=inner)
                continue
            yield from _added(one.tail, parts, kept=kept)
        yield from _line(parts)

    def leaves_out(self, element: Element) -> bool:
        """Whether an element is hidden, or stands beside the text; counted where it has text."""
        attributes = element.attrib
        if not attributes:
            return False
        look = _look(attributes.get("style", ""))
        hidden = look.hidden or "hidden" in attributes
        if hidden and any(text.strip() for text in element.itertext()):
            self.hidden += 1
        return hidden or look.aside

    def _number(self, item: Element) -> str:
        """What stands before an item of an ordered list: 1."""
        ordered = item.getparent()
        if ordered is None or ordered.tag != "ol":
            return ""
        step = -1 if "reversed" in ordered.attrib else 1
        begun = self._lists.get(ordered)
        if begun is None:
            first = sum(one.tag == "li" for one in ordered) if step < 0 else 1
            begun = _integer(ordered.get("start"), first) - step
        value = self._lists[ordered] = _integer(item.get("value"), begun + step)
        if _look(ordered.get("style", "")).bare or _look(item.get("style", "")).bare:
            return ""
        return counted(value, _STYLES.get(ordered.get("type", "1"), "decimal")) + ".\xa0"


@lru_cache(maxsize=1024)
def _look(style: str) -> _Look:
    if not style:
        return _Look()
    return _Look(*(bool(one.search(style)) for one in (_NOT_SHOWN, _ASIDE, _KEPT, _NO_NUMBER)))


def _added(text: str | None, parts: list[str], *, kept: bool) -> Sequence[str]:
    """Text put to a line; the lines that it ends, where its own line ends are kept."""
    if not text:
        return ()
    if not kept:
        parts.append(text)
        return ()
    ended: list[str] = []
    first, *rest = text.replace("\r\n", "\n").replace(" ", "\xa0").replace("\t", "\xa0" * 4).split("\n")
    parts.append(first)
    for line in rest:
        ended += _line(parts)
        parts.append(line)
    return ended


def _line(parts: list[str]) -> Sequence[str]:
    """The line that is full, where it has any text."""
    text = "".join(parts)
    parts.clear()
    line = line_of(text)
    return (line,) if line else ()


def line_of(text: str) -> str:
    """Text of the source as a browser shows it in a line."""
    if not text or text.isspace():
        return ""
    if "\n" in text:
        text = _WRAP.sub("", text)
    return clean(_BLANK.sub(" ", text)).strip()


def _integer(text: str | None, default: int) -> int:
    try:
        value = int(text or "")
    except ValueError:
        return default
    return value if _LEAST_NUMBER < value < _MOST_NUMBER else default
