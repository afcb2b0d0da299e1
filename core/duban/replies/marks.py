"""A reply with each number, date and link folded into one sign, so that rules read words alone.

第54项已完成60%，见https://… becomes ⓘ已完成ⓟ，见ⓛ, where ⓘ ⓟ ⓛ are private-use characters, one for each
occurrence. The sign's kind is its block, its value and its words as typed are looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

LIMIT = 10_000  # characters; what is longer is not read
_FIRST, _BLOCK = 0xF0000, 0x1900  # plane 15 holds ten blocks of 6,400: as many of a kind as LIMIT can hold


def _kind(index: int) -> str:
    """The inside of a character class that holds the signs of one kind."""
    low = _FIRST + index * _BLOCK
    return f"{chr(low)}-{chr(low + _BLOCK - 1)}"


KINDS = ("item", "count", "percent", "date", "span", "proof", "title", "all", "rest", "except")
CLASS = {name: f"[{_kind(i)}]" for i, name in enumerate(KINDS)}
ANY = f"[{_kind(0)[0]}-{_kind(len(KINDS) - 1)[-1]}]"
_FOREIGN = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")  # private use that somebody typed

_WIDE = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()} | {
    ord("％"): "%",
    ord("﹪"): "%",
    ord("＃"): "#",
    ord("："): ":",
    ord("／"): "/",
    ord("．"): ".",
    ord("﹒"): ".",
    **{ord(c): "-" for c in "－—–―−～〜~‐‑─"},
    ord("項"): "项",
    ord("○"): "〇",
    ord("\r"): "\n",
    ord("\u2028"): "\n",
}
_BLANK = re.compile(r"(?<![0-9A-Za-z])[^\S\n]+|[^\S\n]+(?![0-9A-Za-z])|[\u200b-\u200f\ufeff\ufe0f]+")


class Marks:
    """The signs of one reply: what each stands for, and the words that it replaced."""

    def __init__(self) -> None:
        self._next = dict.fromkeys(KINDS, 0)
        self.words: dict[int, str] = {}
        self.value: dict[str, Any] = {}

    def put(self, kind: str, words: str, value: object) -> str:
        """A new sign of `kind`; `words` may hold signs themselves."""
        at = self._next[kind]
        if at >= _BLOCK:
            return words
        self._next[kind] = at + 1
        sign = chr(_FIRST + KINDS.index(kind) * _BLOCK + at)
        self.words[ord(sign)] = self.restore(words)
        self.value[sign] = value
        return sign

    def restore(self, text: str) -> str:
        """`text` with the words as they were typed."""
        return text.translate(self.words)

    def fold(
        self, kind: str, pattern: re.Pattern[str], text: str, value: Callable[[re.Match[str]], object]
    ) -> str:
        """Each match of `pattern` as a sign, where `value` is not None."""

        def sign(m: re.Match[str]) -> str:
            found = value(m)
            return m[0] if found is None else self.put(kind, m[0], found)

        return pattern.sub(sign, text)


def plain(text: str) -> str:
    """One spelling: half-width digits and letters, one dash, no blanks but between letters and digits."""
    return _FOREIGN.sub(" ", text).translate(_WIDE)


def close(text: str) -> str:
    """The blanks gone that people type between Chinese words; line breaks stay, they part sentences."""
    return _BLANK.sub("", text).strip()
