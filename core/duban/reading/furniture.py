"""What a page adds to a text and no text is: page numbers, and heads that run on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

_PAGE = re.compile(
    r"\s*(?:[-—–－−·•~]{1,2}\s*[0-9０-９]{1,3}\s*[-—–－−·•~]{1,2}|第\s*[0-9一二三四五六七八九十]{1,4}\s*页(?:[\s,，/／]*共\s*[0-9一二三四五六七八九十]{1,4}\s*页)?"
    r"|[0-9]{1,3}\s*[/／]\s*[0-9]{1,3}|[Pp]age\s*[0-9]{1,3}.{0,8})\s*"
)
_BARE = re.compile(r"\s*([0-9０-９]{1,3})\s*")
_NUMBERED = re.compile(r"\s*([0-9０-９]{1,3})[、．.)）]")
_LONGEST_HEAD = 60


def is_page_number(line: str) -> bool:
    """- 3 -, — 3 —, 第3页 共10页, 3/10. A bare 3 may be one, too; it depends on what stands around it."""
    return bool(_PAGE.fullmatch(line))


def furniture(lines: Sequence[str]) -> tuple[frozenset[int], dict[int, str]]:
    """The indices of lines that are page numbers and running heads of a text in paragraphs, and the numbers
    of paragraphs that lost their dot: a bare number between the numbers before and after it is no page's."""
    pages = {i for i, line in enumerate(lines) if is_page_number(line)}
    bare, numbers = _bare(lines)
    pages |= bare
    if not pages:
        return frozenset(), numbers
    counted = Counter(line.strip() for line in lines if 0 < len(line.strip()) <= _LONGEST_HEAD)
    seen: set[str] = set()
    filled = [i for i, line in enumerate(lines) if line.strip()]
    beside = {b for a, b in pairwise(filled) if a in pages} | {a for a, b in pairwise(filled) if b in pages}
    heads = set()
    for i in filled:
        text = lines[i].strip()
        if counted[text] > 1 and text in seen and i in beside and not _NUMBERED.match(text):
            heads.add(i)
        seen.add(text)
    return frozenset(pages | heads), numbers


def _bare(lines: Sequence[str]) -> tuple[set[int], dict[int, str]]:
    """Lines that are a number alone: those of pages, and those of paragraphs with their dot."""
    found = [(i, int(m[1])) for i, line in enumerate(lines) if (m := _BARE.fullmatch(line))]
    if not found:
        return set(), {}
    marks = [(i, int(m[1])) for i, line in enumerate(lines) if (m := _NUMBERED.match(line))]
    pages: set[int] = set()
    numbers: dict[int, str] = {}
    k = 0
    for i, n in found:
        while k < len(marks) and marks[k][0] < i:
            k += 1
        before = marks[k - 1][1] if k else 0
        after = marks[k][1] if k < len(marks) else None
        if marks and before == n - 1 and after in (n + 1, None, 1):
            numbers[i] = f"{n}."
        else:
            pages.add(i)
    return pages, numbers
