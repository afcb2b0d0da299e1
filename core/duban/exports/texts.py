"""Text that goes into somebody else's program: without what the format forbids or takes for an order."""

from __future__ import annotations

import re

# XML 1.0 (fifth edition), §2.2: every other character is forbidden, escaped or not
_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# OWASP, CSV Injection: what a spreadsheet takes for the beginning of a formula, in either width
_FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?%?")


def printable(text: str) -> str:
    """The text without forbidden characters and C1 controls; every line break is a line feed."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet may take it for a formula. A signed number is a number."""
    return _FORMULA.match(text) is not None and _NUMBER.fullmatch(text) is None


def fitted(text: str, most: int, mark: str) -> str:
    """The text, or so much of it that it ends with the mark; `most` counts UTF-16 units, as Excel does."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * most:
        return text
    kept = units[: 2 * most - len(mark.encode("utf-16-le"))]
    return kept.decode("utf-16-le", errors="ignore") + mark
