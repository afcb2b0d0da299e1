"""The names in a docx: both namespaces of WordprocessingML, transitional and strict, by their local names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from duban.reading.formats.xml import Element

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_MATH = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
_CHOICES = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_RELATIONS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_KNOWN = (
    "p r t tab ptab br cr sym noBreakHyphen tbl tr tc sdt sdtContent customXml ins moveTo smartTag del "
    "moveFrom pPr rPr rt instrText delText delInstrText fldSimple fldChar txbxContent altChunk sectPr "
    "sdtPr sdtEndPr"
)
NAMES: Final[dict[object, str]] = {
    **{f"{{{space}}}{name}": name for space in _WORD for name in _KNOWN.split()},
    **{f"{{{space}}}t": "t" for space in _MATH},
    f"{{{_CHOICES}}}AlternateContent": "choices",
}
# Around what they hold, and without a meaning of their own: content controls, tracked insertions, tags.
AROUND: Final = frozenset({"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"})


@cache
def _tags(name: str) -> tuple[str, str]:
    return f"{{{_WORD[0]}}}{name}", f"{{{_WORD[1]}}}{name}"


def get(element: Element, name: str) -> str | None:
    """An attribute of WordprocessingML."""
    transitional, strict = _tags(name)
    found: str | None = element.get(transitional)
    return found if found is not None else element.get(strict)


def relation(element: Element, name: str = "id") -> str:
    """The id of the relation that an element names."""
    return element.get(f"{{{_RELATIONS[0]}}}{name}") or element.get(f"{{{_RELATIONS[1]}}}{name}") or ""


def child(element: Element | None, *path: str) -> Element | None:
    """The first child of a name, and its first child of the next; None where one is missing."""
    for name in path:
        if element is None:
            return None
        element = next(element.iterchildren(*_tags(name)), None)
    return element


def children(element: Element, name: str) -> Iterator[Element]:
    """All children of a name."""
    yield from element.iterchildren(*_tags(name))


def properties(element: Element, name: str) -> Mapping[str, Element]:
    """The children of an element's w:pPr, w:tcPr, w:trPr by their local names."""
    found = next(element.iterchildren(*_tags(name)), None)
    return {} if found is None else {one.tag.rpartition("}")[2]: one for one in found}


def val(element: Element | None) -> str | None:
    """An element's w:val."""
    return None if element is None else get(element, "val")


def value(element: Element | None, *path: str) -> str | None:
    """The w:val at the end of a path of children."""
    return val(child(element, *path))


def number(text: str | None, default: int) -> int:
    """A whole number of an attribute; `default` for what is none, and for one that no document has."""
    try:
        found = int(text or "")
    except ValueError:
        return default
    return found if abs(found) < 1 << 31 else default


def is_on(element: Element | None, *path: str) -> bool | None:
    """A toggle at the end of a path: w:vanish alone is on; None where it is not there."""
    found = child(element, *path)
    return None if found is None else (get(found, "val") or "1").lower() not in {"0", "false", "off"}


def chosen(element: Element) -> Element | None:
    """The branch of mc:AlternateContent that is taken: the first choice, else the fallback. Never both."""
    return next((one for one in element if len(one)), None)


def inside(element: Element, wanted: frozenset[str]) -> Iterator[tuple[str, Element]]:
    """(name, element) of the wanted ones beneath, through content controls, tracked insertions and the like;
    not through one another, and not what was deleted or moved away."""
    stack = [iter(element)]
    while stack:
        for one in stack[-1]:
            name = NAMES.get(one.tag)
            if name in wanted:
                yield name, one
            elif name == "choices" and (branch := chosen(one)) is not None:
                stack.append(iter(branch))
                break
            elif name in AROUND and not is_placeholder(one):
                stack.append(iter(one))
                break
        else:
            stack.pop()


def is_placeholder(element: Element) -> bool:
    """A content control that nobody has filled in (单击此处输入日期), or that holds the table of contents."""
    control = child(element, "sdtPr")
    if control is None:
        return False
    gallery = value(control, "docPartObj", "docPartGallery")
    return bool(is_on(control, "showingPlcHdr")) or gallery == "Table of Contents"
