"""Word's automatic numbers, as Word shows them. ECMA-376 part 1, 17.9 (numbering.xml).

Lists (w:num) that share a definition (w:abstractNum) share its counters, unless one starts afresh.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from duban.reading.formats.docx_names import child, children, get, is_on, number, value
from duban.reading.formats.docx_styles import Styles
from duban.reading.formats.glyphs import clean
from duban.reading.formats.numerals import counted
from duban.reading.formats.xml import Element

_LEVELS = 9
_PART = re.compile(r"%([1-9])")
_CLOSES = tuple("、。，．：；）〕】》.,:;)]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of a list. `restart`: after which level (counted from 1) it starts again; None: after any
    above it, 0: never. `width`: digits to fill with zeros."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    style: str = ""
    apart: bool = True
    width: int = 0

    def shown(self, value_: int, *, legal: bool) -> str:
        """One counter in this level's format."""
        if self.format == "none":
            return ""
        return counted(value_, "decimal" if legal else self.format).zfill(self.width)


@dataclass(frozen=True, slots=True)
class List:
    """A w:num: whose counters it uses, its levels, and where it starts afresh."""

    counters: str
    levels: Mapping[int, Level]
    starts: Mapping[int, int]


@dataclass(slots=True)
class Numbers:
    """All lists of a document and how far each has counted; asked once for each paragraph, in order."""

    styles: Styles
    lists: Mapping[str, List] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def before(self, text: str, style: str | None, own: Element | None) -> str:
        """A paragraph's text with its number before it. `own` is its w:numPr."""
        if not self.lists:
            return text
        found = self._list_of(style, own)
        if found is None:
            return text
        shown, apart = self._next(*found)
        if not shown or not text:
            return shown or text
        touching = shown.endswith(_CLOSES) and not (shown.endswith(".") and text[0].isdigit())
        return f"{shown}{' ' if apart and not touching else ''}{text}"

    def _list_of(self, style: str | None, own: Element | None) -> tuple[str, int] | None:
        """(list, level) of a paragraph: its own, else its style's."""
        chain = list(self.styles.chain(style))
        num = value(own, "numId")
        level = value(own, "ilvl")
        if num is None:
            num = next((one.num for one in chain if one.num is not None), None)
            found = self.lists.get(num or "")
            if found is not None and level is None:
                linked = {each.style: at for at, each in found.levels.items() if each.style}
                at = next((linked[one.id] for one in chain if one.id in linked), None)
                at = at if at is not None else next((o.level for o in chain if o.level is not None), 0)
                level = str(at)
        if num is None or num not in self.lists:
            return None
        return num, number(level, 0)

    def _next(self, num: str, at: int) -> tuple[str, bool]:
        """Count a paragraph of a list at a level: the number as shown, and whether a blank follows it."""
        found = self.lists[num]
        level = found.levels.get(at)
        if level is None:
            return "", False
        counts = self._counts.setdefault(found.counters, {})
        afresh = at in found.starts and (num, at) not in self._begun
        self._begun.add((num, at))
        counts[at] = counts[at] + 1 if at in counts and not afresh else self._start(found, at)
        for deeper in [one for one in counts if one > at]:
            below = found.levels.get(deeper, level)
            if below.restart is None or below.restart > at:
                del counts[deeper]
        if level.format == "bullet":
            return "", False

        def part(match: re.Match[str]) -> str:
            one = int(match[1]) - 1
            shown = found.levels.get(one, level)
            return shown.shown(counts.get(one, self._start(found, one)), legal=level.legal)

        return clean(_PART.sub(part, level.text)).strip(), level.apart

    @staticmethod
    def _start(found: List, at: int) -> int:
        level = found.levels.get(at)
        return found.starts.get(at, level.start if level else 1)


def read_numbers(root: Element | None, styles: Styles) -> Numbers:
    """numbering.xml; without one no paragraph has a number."""
    if root is None:
        return Numbers(styles)
    abstract = {get(one, "abstractNumId") or "": one for one in children(root, "abstractNum")}
    nums = {get(one, "numId") or "": one for one in children(root, "num")}
    lists: dict[str, List] = {}
    levels: dict[str, Mapping[int, Level]] = {}
    for num_id, num in nums.items():
        if num_id == "0":  # says that there is no number
            continue
        key = _definition(value(num, "abstractNumId") or "", abstract, nums, styles)
        if key not in abstract:
            continue
        if key not in levels:
            levels[key] = _levels(abstract[key])
        lists[num_id] = _list(num, key, levels[key])
    return Numbers(styles, lists)


def _definition(
    key: str, abstract: Mapping[str, Element], nums: Mapping[str, Element], styles: Styles
) -> str:
    """The abstractNum that holds the levels: one that only names a list style (numStyleLink) leads to it."""
    link = value(abstract.get(key), "numStyleLink")
    style = styles.by_id.get(link or "")
    return key if style is None else value(nums.get(style.num or ""), "abstractNumId") or key


def _list(num: Element, key: str, levels: Mapping[int, Level]) -> List:
    own: dict[int, Level] = {}
    starts: dict[int, int] = {}
    for override in children(num, "lvlOverride"):
        at = number(get(override, "ilvl"), 0)
        if (level := child(override, "lvl")) is not None:
            own[at] = _level(level)
        if (start := value(override, "startOverride")) is not None:
            starts[at] = number(start, 1)
    return List(key, {**levels, **own} if own else levels, starts)


def _levels(abstract: Element) -> dict[int, Level]:
    return {number(get(one, "ilvl"), 0): _level(one) for one in list(children(abstract, "lvl"))[:_LEVELS]}


def _level(element: Element) -> Level:
    restart = value(element, "lvlRestart")
    kind, written = _format(element)
    padded = re.match(r"0+1\b", written) if kind == "custom" else None
    return Level(
        start=number(value(element, "start"), 0 if child(element, "start") is None else 1),
        format="bullet" if child(element, "lvlPicBulletId") is not None else "decimal" if padded else kind,
        text=value(element, "lvlText") or "",
        restart=None if restart is None else number(restart, 0),
        legal=bool(is_on(element, "isLgl")),
        style=value(element, "pStyle") or "",
        apart=value(element, "suff") != "nothing",
        width=len(padded[0]) if padded else 0,
    )


def _format(element: Element) -> tuple[str, str]:
    """w:numFmt and its w:format, which newer ones (001, 002, …) have within mc:AlternateContent."""
    found = child(element, "numFmt")
    if found is None:
        found = next(iter(element.xpath(".//*[local-name()='numFmt']")), None)
    return ("decimal", "") if found is None else (get(found, "val") or "decimal", get(found, "format") or "")
