"""Numbers as Word counts paragraphs with them. ECMA-376 part 1, 17.18.59 (ST_NumberFormat)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from duban.deadlines.numerals import to_chinese
from duban.reading.formats.glyphs import circled

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_DIGITS = "○一二三四五六七八九"
_FULL = str.maketrans("0123456789", "０１２３４５６７８９")
_SIMPLE_LEGAL = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_OLD_LEGAL = str.maketrans("零一二三四五六七八九十百千", "零壹貳參肆伍陸柒捌玖拾佰仟")
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), 
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_HIGHEST = 9999  # of Chinese numerals that are written out
_TEN, _TWENTY, _HUNDRED = 10, 20, 100


def counted(value: int, style: str) -> str:
    """`value` in a numFmt; decimal where the format is not known or has no sign for the value."""
    write = _WAYS.get(style)
    return (write(value) if write and value > 0 else None) or str(value)


def _thousands(value: int) -> str | None:
    return to_chinese(value) if value <= _HIGHEST else None


def _counting(value: int) -> str | None:
    """Up to 99 as spoken, beyond digit by digit."""
    return to_chinese(value) if value < _HUNDRED else _digits(value)


def _digits(value: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(value))


def _japanese(value: int) -> str | None:
    """百一, not 一百零一."""
    if value > _HIGHEST:
        return None
    text = to_chinese(value).replace("零", "")
    for scale in "千百":
        text = text.replace("一" + scale, scale)
    return text.replace("百一十", "百十").replace("千一十", "千十")


def _one_of(signs: str) -> Callable[[int], str | None]:
    return lambda value: signs[value - 1] if value <= len(signs) else None


def _from(first: str, last: int) -> Callable[[int], str | None]:
    return lambda value: chr(ord(first) + value - 1) if value <= last else None


def _letters(value: int) -> str:
    """Z is followed by AA, BB."""
    times, at = divmod(value - 1, 26)
    return chr(ord("A") + at) * min(times + 1, 30)


def _roman(value: int) -> str | None:
    if value > _HIGHEST:
        return None
    text = ""
    for worth, sign in _ROMAN:
        times, value = divmod(value, worth)
        text += sign * times
    return text


_WAYS: Final[dict[str, Callable[[int], str | None]]] = {
    "decimalZero": lambda value: f"{value:02}",
    "decimalFullWidth": lambda value: str(value).translate(_FULL),
    "decimalFullWidth2": lambda value: str(value).translate(_FULL),
    "decimalEnclosedCircle": circled,
    "decimalEnclosedCircleChinese": circled,
    "decimalEnclosedParen": _from("⑴", _TWENTY),
    "decimalEnclosedFullstop": _from("⒈", _TWENTY),
    "ideographEnclosedCircle": _from("㊀", _TEN),
    "numberInDash": lambda value: f"- {value} -",
    "upperLetter": _letters,
    "lowerLetter": lambda value: _letters(value).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda value: (_roman(value) or "").lower(),
    "chineseCounting": _counting,
    "taiwaneseCounting": _counting,
    "chineseCountingThousand": _thousands,
    "taiwaneseCountingThousand": _thousands,
    "chineseLegalSimplified": lambda value: (_thousands(value) or "").translate(_SIMPLE_LEGAL),
    "ideographLegalTraditional": lambda value: (_thousands(value) or "").translate(_OLD_LEGAL),
    "japaneseLegal": lambda value: (_thousands(value) or "").translate(_OLD_LEGAL),
    "japaneseCounting": _japanese,
    "koreanCounting": _japanese,
    "ideographDigital": _digits,
    "japaneseDigitalTenThousand": _digits,
    "taiwaneseDigital": _digits,
    "ideographTraditional": _one_of(_STEMS),
    "ideographZodiac": _one_of(_BRANCHES),
    "ideographZodiacTraditional": lambda value: _STEMS[(value - 1) % 10] + _BRANCHES[(value - 1) % 12],
}
