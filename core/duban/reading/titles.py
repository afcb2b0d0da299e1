"""Titles above a table in running text: 一、…, （一）…, or a short line of its own."""

from __future__ import annotations

from collections.abc import Sequence

from duban.reading.furniture import is_page_number
from duban.reading.marks import is_closing
from duban.reading.outline import is_title
from duban.reading.tidy import level_of

_MOST = 3


def titles_above(lines: Sequence[str], first: int, above: int) -> range:
    """The lines right above a header that are headings; `above`: from where on they may stand.

    A line without a number is one only between two tables: above the first it is the document's title.
    """
    at = first
    filled = 0
    while at > above and filled < _MOST:
        text = lines[at - 1].strip()
        if not text or is_page_number(text):
            at -= 1
            continue
        numbered = level_of(text) is not None
        if not is_title(text.split("、", 1)[-1]) or is_closing(text) or not (numbered or above):
            break
        filled += 1
        at -= 1
        if level_of(text) == 1 or not numbered:
            break
    while at < first and not lines[at].strip():
        at += 1
    return range(at, first)
