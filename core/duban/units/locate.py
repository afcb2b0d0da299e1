"""Where a name stands in the text as written: for provenance, and to show the words it was read from."""

from __future__ import annotations

import unicodedata

_BLANKS = frozenset("\u200b\ufeff")


def locate(name: str, text: str) -> tuple[int, int] | None:
    """(start, end) in characters of the first place in `text` where the characters of `name` stand.

    Only blanks and line breaks may stand between them; full and half width are alike. None where it
    stands nowhere.
    """
    wanted = "".join(letter for letter, _ in _letters(name))
    letters = _letters(text)
    found = "".join(letter for letter, _ in letters).find(wanted) if wanted else -1
    if found < 0:
        return None
    return letters[found][1], letters[found + len(wanted) - 1][1] + 1


def _letters(text: str) -> list[tuple[str, int]]:
    """Each letter in one width with its place; blanks left out."""
    return [
        (letter, i)
        for i, c in enumerate(text)
        if not c.isspace() and c not in _BLANKS
        for letter in unicodedata.normalize("NFKC", c)
        if not letter.isspace()
    ]
