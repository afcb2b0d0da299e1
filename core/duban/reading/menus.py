"""A portal's menu: short words beside or beneath one another that name parts of a site, and no document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[\u4e00-\u9fff]{2,6}")
_BETWEEN = re.compile(r"\s*[|｜/／·•>＞»]\s*|\s+")
_FIRST = re.compile(r"(?:网站|门户)?首\s*页")
_MANY = 4


def without_menus(lines: Sequence[str]) -> Iterator[str]:
    """The lines, those of menus left blank: many short words of one length, or some behind 首页."""
    run: list[str] = []
    for line in (*lines, ""):
        text = line.strip()
        if _WORD.fullmatch(text):
            run.append(line)
            continue
        yield from _menu(run)
        run = []
        yield "" if _in_one_line(text) else line


def _menu(run: Sequence[str]) -> Iterator[str]:
    words = [line.strip() for line in run]
    even = len(words) >= _MANY and len({len(word) for word in words[1:]}) == 1
    first = bool(words) and bool(_FIRST.fullmatch(words[0]))
    for line in run:
        yield "" if even or first else line


def _in_one_line(text: str) -> bool:
    words = _BETWEEN.split(text)
    if not all(map(_WORD.fullmatch, words)):
        return False
    return len(words) >= _MANY and (len(set(map(len, words))) == 1 or bool(_FIRST.fullmatch(words[0])))
