"""Characters that nobody sees, and characters that stand for others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_GONE = [0xAD, 0x7F, *range(0x09), *range(0x0E, 0x20), *range(0x200B, 0x2010), *range(0x202A, 0x202F)]
_GONE += [*range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xFE00, 0xFE10)]
_LINES = "\v\f\r\x85\u2028\u2029"
_BLANKS = "\xa0\u202f" + "".join(map(chr, range(0x2000, 0x200B)))
_CLEAN: Final[Mapping[int, str | None]] = {
    **dict.fromkeys(_GONE),
    **{ord(c): "\n" for c in _LINES},
    **{ord(c): " " for c in _BLANKS},
}
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "□", 0x72: "□", 0x75: "◆", 0x76: "◆", 0xA1: "○", 0xA7: "■",
    0xA8: "□", 0xAB: "★", 0xD8: "➢", 0xE0: "→", 0xFB: "×", 0xFC: "√", 0xFD: "☒", 0xFE: "☑",
    **dict(enumerate(_CIRCLED, 0x81)), **dict(enumerate(_CIRCLED, 0x8C)),
}  # fmt: skip
_WINGDINGS_2 = {
    0x50: "√", 0x4F: "×", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "□", 0x2A: "□", 0x97: "●", 0x98: "●",
    **dict(enumerate(_CIRCLED, 0x6A)), **dict(enumerate(_CIRCLED, 0x75)),
}  # fmt: skip
_SYMBOL = {0x2D: "-", 0xA3: "≤", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xAE: "→"}
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}
_PRIVATE = range(0xD800, 0xF900)  # and surrogates
_MIRROR = 0xF000  # where symbol fonts are found again
_CHARACTERS = range(0x20, 0x110000)


def clean(text: str) -> str:
    """Without zero-width characters, soft hyphens and controls; one kind of blank and one of line end."""
    return text if text.isascii() and text.isprintable() else text.translate(_CLEAN)


def symbol(font: str, code: int) -> str:
    """A character of a symbol font as one that others know; "" where there is none. A code may be given as it
    is or in the private range (F0FE for FE), as ECMA-376 part 1, 17.3.3.30 allows."""
    table = _FONTS.get(font.strip().lower())
    if table is not None:
        return table.get(code - _MIRROR if code >= _MIRROR else code, "")
    return "" if code in _PRIVATE or code not in _CHARACTERS else chr(code)


def circled(value: int) -> str:
    """1 as ①; numbers that have no such character as they are."""
    return chr(0x245F + value) if 1 <= value <= 20 else str(value)  # noqa: PLR2004 - Unicode ends at ⑳
