"""Numerals as Chinese documents write them: 12, １２, 十二, 二〇二六, 一百二十, 廿五, 两."""

from __future__ import annotations

DIGITS = {
    **{c: i for i, c in enumerate("〇一二三四五六七八九")},
    **{c: i for i, c in enumerate("0123456789")},
    **{c: i for i, c in enumerate("０１２３４５６７８９")},
    "零": 0,
    "○": 0,
    "两": 2,
    "元": 1,  # 元月, 元年
}
SCALES = {"十": 10, "百": 100, "千": 1000}
TENS = {"廿": 20, "卅": 30}
CHINESE = "〇零○一二三四五六七八九十廿卅百千两"


def to_int(text: str) -> int:
    """The whole number that `text` writes. Raises ValueError where it is none.

    Digits that stand side by side are read by place (二〇二六 is 2026), others by 十, 百, 千, 万.
    """
    if not text:
        raise ValueError(text)
    head, wan, tail = text.rpartition("万")
    if wan:
        return to_int(head) * 10_000 + (_section(tail) if tail else 0)
    return _section(text)


def _section(text: str) -> int:
    if all(c in DIGITS for c in text):
        value = 0
        for c in text:
            value = value * 10 + DIGITS[c]
        return value
    total, digit = 0, None
    for c in text:
        if c in SCALES:
            total += (1 if digit is None else digit) * SCALES[c]
            digit = None
        elif c in TENS and digit is None:
            total += TENS[c]
        elif c in DIGITS and not digit:  # 一百零五: the zero only fills the gap
            digit = DIGITS[c]
        else:
            raise ValueError(text)
    return total + (digit or 0)


def to_chinese(value: int) -> str:
    """0..9999 as people write it: 12 is 十二, 105 is 一百零五. The inverse of to_int there."""
    if not 0 <= value < 10_000:  # noqa: PLR2004 - 万 is where another rule begins
        raise ValueError(value)
    names = "零一二三四五六七八九"
    parts: list[str] = []
    gap = False
    for scale, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // scale % 10
        if digit:
            parts.append(("零" if gap and parts else "") + names[digit] + word)
            gap = False
        else:
            gap = True
    text = "".join(parts) or "零"
    return text[1:] if text.startswith("一十") else text
