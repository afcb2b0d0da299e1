"""Numbers as a spreadsheet shows them: dates, percentages, `"第"0"项"` (ECMA-376 part 1, §18.8.31).

Two things are deliberately not as shown. A date whose format has no Chinese in it is written 2026年6月30日,
for 30/6/26 says it less well; the parts are those shown, no more. Digits stay Arabic under [DBNum1].
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from duban.reading.formats import xlsx_moments as moments

BUILTIN = {  # a style's number without a format of its own; 14, 27–36 and 50–58 as in a Chinese Excel
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"',
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: '#,##0;-#,##0;"-"',
    42: '#,##0;-#,##0;"-"',
    43: '#,##0.00;-#,##0.00;"-"',
    44: '#,##0.00;-#,##0.00;"-"',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    55: '上午/下午h"时"mm"分"',
    56: '上午/下午h"时"mm"分"ss"秒"',
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
}
GENERAL = "General"
_GENERAL = re.compile(r"General|G/通用格式", re.IGNORECASE)
_TOKEN = re.compile(
    r"""(?P<general>General|G/通用格式)
      | "(?P<quoted>[^"]*)"?
      | \\(?P<escaped>.)
      | _(?P<blank>.) | \*(?P<fill>.)
      | \[(?P<bracket>[^\]]*)\]
      | (?P<half>AM/PM|A/P|上午/下午)
      | (?P<moment>y+|m+|d+|h+|s+(?:\.0+)?|a{3,}|e+(?![+-]))
      | (?P<power>E[+-]0+)
      | (?P<digit>[0\#?]) | (?P<point>\.) | (?P<comma>,) | (?P<percent>%) | (?P<text>@)
      | (?P<plain>.)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)$")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_LONGEST = 255  # characters of a format; Excel allows no more
_FRACTION = 30  # digits after the point; Excel allows no more
_EXACT = 15  # significant digits that a spreadsheet keeps

Token = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Section:
    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None

    def has(self, *kinds: str) -> bool:
        return any(kind in kinds for kind, _ in self.tokens)


def shown(value: float, code: str, *, since_1904: bool = False) -> str:
    """A number in a cell with this format. A date beyond year 9999 or before 1900 is its number."""
    sections = _sections(code[:_LONGEST])
    section, positive = _chosen(sections, value)
    if section.has("moment", "elapsed"):
        moment = moments.Moment.of(value, since_1904=since_1904)
        return moments.write(section.tokens, moment) if moment else general(value)
    return _number(abs(value) if positive else value, section.tokens)


def shown_text(text: str, code: str) -> str:
    """A text in a cell with this format: `@"前"`. A format that hides texts (;;;) hides nothing here."""
    if "@" not in code or code == "@":
        return text
    section = next((s for s in reversed(_sections(code[:_LONGEST])) if s.has("text")), None)
    if section is None:
        return text
    return "".join(
        text if kind == "text" else word for kind, word in section.tokens if kind in ("text", "word")
    )


def general(value: float) -> str:
    """A number without a format: no trailing zeros, no ".0", no power of ten below 10^21."""
    if value == int(value) and abs(value) < 10**_EXACT:
        return str(int(value))
    exact = Decimal(f"{value:.{_EXACT}g}")
    return f"{exact:f}" if 1e-9 <= abs(value) < 1e21 else f"{value:.6G}"  # noqa: PLR2004


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[_Section, ...]:
    if code == "" or _GENERAL.fullmatch(code):
        return (_Section((("general", ""),), None),)
    sections: list[_Section] = []
    tokens: list[Token] = []
    condition: tuple[str, float] | None = None
    for found in _TOKEN.finditer(code):
        kind, word = found.lastgroup or "plain", found[found.lastgroup or 0]
        if kind == "plain" and word == ";":
            sections.append(_Section(tuple(tokens), condition))
            tokens, condition = [], None
        elif kind == "bracket":
            if compared := _CONDITION.match(word):
                condition = compared[1], float(compared[2])
            elif _ELAPSED.fullmatch(word):
                tokens.append(("elapsed", word.lower()))
            elif word.startswith("$"):
                tokens.append(("word", word[1:].split("-")[0]))
        elif kind in ("quoted", "escaped", "plain"):
            tokens.append(("word", word))
        elif kind == "blank":
            tokens.append(("word", " " if tokens and word.isalnum() else ""))
        elif kind != "fill":
            tokens.append((kind, word.lower() if kind == "moment" else word))
    sections.append(_Section(tuple(tokens), condition))
    return tuple(sections)


def _chosen(sections: tuple[_Section, ...], value: float) -> tuple[_Section, bool]:
    """The section for a value, and whether its own sign stands in the section."""
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or _holds(value, *section.condition):
                return section, False
        return _sections(GENERAL)[0], False
    numeric = [s for s in sections if not s.has("text")] if len(sections) > 1 else list(sections)
    if value < 0 and len(numeric) > 1:
        return numeric[1], True
    if value == 0 and len(numeric) > 2:  # noqa: PLR2004 - the third section is for nought
        return numeric[2], False
    return (numeric or list(sections))[0], False


def _holds(value: float, sign: str, bound: float) -> bool:
    return {
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
        "=": value == bound,
        "<>": value != bound,
    }[sign]


def _number(value: float, tokens: tuple[Token, ...]) -> str:
    kinds = [kind for kind, _ in tokens]
    if "digit" not in kinds:
        if "general" in kinds or "text" in kinds:
            return "".join(general(value) if kind in ("general", "text") else word for kind, word in tokens)
        return "".join(word for kind, word in tokens if kind in ("word", "percent"))
    if "power" in kinds or any(kind == "word" and word == "/" for kind, word in tokens):
        return general(value)  # powers of ten and fractions: the number itself says it better
    last = max(i for i, kind in enumerate(kinds) if kind == "digit")
    thousands = sum(kind == "comma" for kind in _run_after(kinds, last))
    point = kinds.index("point") if "point" in kinds else len(kinds)
    decimals = min(sum(kind == "digit" for kind in kinds[point:]), _FRACTION)
    scaled = Decimal(repr(value)) * 100 ** kinds.count("percent") / 1000**thousands
    rounded = (
        scaled.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        if abs(scaled) < Decimal(10**20)
        else scaled
    )
    whole, _, fraction = f"{abs(rounded):f}".partition(".")
    grouped = any(kind == "comma" and "digit" in kinds[i + 1 : point] for i, kind in enumerate(kinds[:point]))
    left = _whole(whole.lstrip("0"), tokens[:point], grouped=grouped)
    right = _fraction(fraction, tokens[point:])
    return ("-" if rounded < 0 else "") + left + right


def _run_after(kinds: list[str], last: int) -> list[str]:
    run = []
    for kind in kinds[last + 1 :]:
        if kind != "comma":
            break
        run.append(kind)
    return run


def _whole(digits: str, tokens: tuple[Token, ...], *, grouped: bool) -> str:
    """The digits before the point, laid into their places from the right; the first takes what is left."""
    left, written, count = list(digits), [], 0
    first = next((i for i, (kind, _) in enumerate(tokens) if kind == "digit"), -1)
    for at in range(len(tokens) - 1, -1, -1):
        kind, word = tokens[at]
        if kind in ("word", "percent"):
            written.append(word)
        if kind != "digit":
            continue
        while left or word == "0":
            if grouped and count and count % 3 == 0:
                written.append(",")
            written.append(left.pop() if left else "0")
            count += 1
            if at != first or not left:
                break
    return "".join(reversed(written)) if first >= 0 else "".join(left) + "".join(reversed(written))


def _fraction(digits: str, tokens: tuple[Token, ...]) -> str:
    places = [word for kind, word in tokens if kind == "digit"]
    needed = max((i + 1 for i, word in enumerate(places) if word == "0"), default=0)
    kept = iter(digits[: max(needed, len(digits.rstrip("0")))])
    written = []
    for kind, word in tokens:
        if kind == "digit":
            written.append(next(kept, ""))
        elif kind == "point":
            written.append("." if digits and (needed or digits.strip("0")) else "")
        elif kind in ("word", "percent"):
            written.append(word)
    return "".join(written)
