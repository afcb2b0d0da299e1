"""The text of one Word paragraph as Word shows it: results of fields, what was inserted, nothing hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from duban.reading.formats.docx_names import NAMES, child, chosen, get, is_on, is_placeholder, value
from duban.reading.formats.docx_styles import Styles
from duban.reading.formats.glyphs import circled, clean, symbol
from duban.reading.formats.xml import Element

_OUT = frozenset(
    ("del", "moveFrom", "pPr", "rPr", "rt", "delText", "delInstrText", "sdtPr", "sdtEndPr", "tbl", "sectPr")
)
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_PAGE = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES|PAGEREF)\b", re.IGNORECASE)
_ENCLOSED = re.compile(r"\s*EQ\s+\\o\\ac\s*\(.*?([0-9]{1,2})\s*\)", re.IGNORECASE)
_WORDS = ("t", "sym", "noBreakHyphen")


@dataclass(slots=True)
class _Field:
    """A field that is open: its instruction, and whether its result has begun."""

    instruction: str = ""
    result: bool = False


@dataclass(slots=True)
class Inline:
    """What a paragraph holds: its text; text boxes anchored in it; whether its end is shown (where not, the
    next paragraph goes on in the same line)."""

    text: str = ""
    boxes: list[Element] = field(default_factory=list)
    ends: bool = True


@dataclass(slots=True)
class Reader:
    """Reads paragraphs; counts the hidden pieces that it left out."""

    styles: Styles
    hidden: int = 0

    def read(self, paragraph: Element, style: str | None, mark: Element | None) -> Inline:
        """One w:p in `style`. `mark` is the w:rPr of its end."""
        found = Inline(ends=mark is None or _ends(mark))
        parts: list[str] = []
        fields: list[_Field] = []
        faint = self.styles.hides(style)
        stack = [iter(paragraph)]
        while stack:
            for one in stack[-1]:
                name = NAMES.get(one.tag)
                if name == "t":
                    if one.text and _shown(fields):
                        parts.append(one.text.replace("\n", " ").replace("\r", ""))
                    continue
                if name in _OUT or (name == "r" and self._is_hidden(one, faint=faint)):
                    continue
                if name == "txbxContent":
                    found.boxes.append(one)
                    continue
                inner = chosen(one) if name == "choices" else one
                if name is not None and not self._descends(name, one, parts, fields):
                    continue
                if inner is not None and len(inner):
                    stack.append(iter(inner))
                    break
            else:
                stack.pop()
        found.text = clean("".join(parts))
        return found

    def _is_hidden(self, run: Element, *, faint: bool) -> bool:
        properties = child(run, "rPr")
        hidden = faint
        if properties is not None:
            own = is_on(properties, "vanish")
            style = value(properties, "rStyle")
            hidden = own if own is not None else faint or self.styles.hides(style)
        if hidden and any(NAMES.get(one.tag) in _WORDS and (one.text or "x").strip() for one in run):
            self.hidden += 1
        return hidden

    @staticmethod
    def _descends(name: str, element: Element, parts: list[str], fields: list[_Field]) -> bool:
        """Take what an element stands for; whether to go on within it."""
        if name in _SIGNS:
            if _shown(fields):
                parts.append(_SIGNS[name])
        elif name == "sym":
            if _shown(fields):
                parts.append(_symbol(element))
        elif name == "fldChar":
            _field_character(element, parts, fields)
        elif name == "instrText":
            if fields and not fields[-1].result:
                fields[-1].instruction += element.text or ""
        elif name == "fldSimple":
            return not _PAGE.match(get(element, "instr") or "")
        elif name == "sdt":
            return not is_placeholder(element)
        else:
            return True
        return False


def _ends(mark: Element) -> bool:
    gone = child(mark, "del") is not None or child(mark, "moveFrom") is not None
    return not gone and not is_on(mark, "vanish")


def _shown(fields: list[_Field]) -> bool:
    """Whether text stands outside of every instruction, and is no page number."""
    return all(one.result and not _PAGE.match(one.instruction) for one in fields)


def _field_character(element: Element, parts: list[str], fields: list[_Field]) -> None:
    """w:fldChar: a field begins, its result begins, it ends. One without a result may still show something:
    a check box, a character in a circle (带圈字符)."""
    kind = get(element, "fldCharType")
    if kind == "begin":
        fields.append(_Field())
        box = child(element, "ffData", "checkBox")
        if box is not None and _shown(fields[:-1]):
            checked = is_on(box, "checked")
            parts.append("☑" if (is_on(box, "default") if checked is None else checked) else "□")
    elif kind == "separate" and fields:
        fields[-1].result = True
    elif kind == "end" and fields:
        done = fields.pop()
        enclosed = None if done.result else _ENCLOSED.match(done.instruction)
        if enclosed and _shown(fields):
            parts.append(circled(int(enclosed[1])))


def _symbol(element: Element) -> str:
    try:
        return symbol(get(element, "font") or "", int(get(element, "char") or "", 16))
    except ValueError:
        return ""
