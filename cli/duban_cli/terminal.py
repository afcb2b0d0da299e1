"""What a terminal would obey or turn round instead of showing it is not printed."""

from __future__ import annotations

import re

_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(text: str) -> str:
    """The text without control characters, marks of direction and what is no text; line breaks stay."""
    return _OBEYED.sub("", text)


def one_line(text: str) -> str:
    """The same on one line: a file's name may have breaks in it."""
    return harmless(" ".join(text.splitlines()))
