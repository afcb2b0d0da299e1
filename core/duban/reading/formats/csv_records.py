"""Text with separators taken apart into records (RFC 4180), with the lines that each one stands on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

SEPARATORS = ",;\t|"
_HINT = re.compile(r"sep=([,;\t|])[ \t]*(?:\n|$)", re.IGNORECASE)  # Excel's own first line
_HEADER = 3  # cells that a header has at least
_LOOKED_AT = 100  # records that tell the separator
_LONGEST = 32_767  # characters of a quoted field; Excel allows no more
_MANY = 20  # unclosed quotes; beyond them quotes mean nothing in this file


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one record, and its first and last line."""

    fields: tuple[str, ...]
    line: int
    last: int

    @property
    def filled(self) -> int:
        """How many fields have text."""
        return sum(bool(text.strip()) for text in self.fields)

    @property
    def width(self) -> int:
        """Up to its last field that has text."""
        return max((i for i, text in enumerate(self.fields, 1) if text.strip()), default=0)

    def fits(self, width: int) -> bool:
        """As wide as that, but for empty fields at its end."""
        return self.width <= width <= len(self.fields)


@dataclass(slots=True)
class Records:
    """A text's records, one by one. After them, `unclosed` has the lines whose quote was never closed."""

    text: str  # its lines end in \n alone
    separator: str
    unclosed: list[int] = field(default_factory=list)

    def __iter__(self) -> Iterator[Record]:
        hint = _HINT.match(self.text)
        at, line = (hint.end(), 2) if hint else (0, 1)
        while at < len(self.text):
            end = self.text.find("\n", at)
            end = len(self.text) if end < 0 else end
            row = self.text[at:end]
            last = line
            fields: Sequence[str] | None = None
            if '"' in row and len(self.unclosed) < _MANY:
                quoted = _quoted(self.text, at, self.separator)
                if quoted is None:
                    self.unclosed.append(line)
                else:
                    fields, end = quoted
                    last += self.text.count("\n", at, end)
            yield Record(tuple(row.split(self.separator) if fields is None else fields), line, last)
            at, line = end + 1, last + 1


def separator_of(text: str) -> tuple[str, Sequence[Record]]:
    """The separator by which most records are as wide as the header, and those records from the header on.

    No records where there is no header: at least three short cells, all of its own.
    """
    if hint := _HINT.match(text):
        records = list(islice(Records(text, hint[1]), _LOOKED_AT))
        return hint[1], records
    best: tuple[int, str, Sequence[Record]] = (0, ",", ())
    for separator in SEPARATORS:
        if text.count(separator) < _HEADER - 1:
            continue
        records = [r for r in islice(Records(text, separator), _LOOKED_AT) if r.filled]
        header = next((i for i, r in enumerate(records) if r.filled >= _HEADER), None)
        if header is None:
            continue
        records = records[header:]
        width = records[0].width
        agreed = sum(record.fits(width) for record in records)
        best = max(best, (agreed * width, separator, records), key=lambda found: found[0])
    return best[1], best[2]


@lru_cache(maxsize=len(SEPARATORS))
def _patterns(separator: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A quoted field up to what ends it, and a plain one."""
    mark = re.escape(separator)
    quoted = re.compile(rf'[ ]*+"((?:[^"]|""){{0,{_LONGEST}}}+)"[ ]*+(?={mark}|\n|\Z)')
    return quoted, re.compile(rf"[^{mark}\n]*+")


def _quoted(text: str, at: int, separator: str) -> tuple[list[str], int] | None:
    """The fields of a record with quotes, and where it ends; None where a quote is not closed as it should.

    A quote within one line that closes nothing (“五个一”工程 typed with straight quotes) is a character.
    """
    quoted, plain = _patterns(separator)
    fields: list[str] = []
    while True:
        found = quoted.match(text, at)
        if found:
            fields.append(found[1].replace('""', '"'))
        else:
            found = plain.match(text, at)
            words = found[0].lstrip() if found else ""
            if words.startswith('"') and words.count('"') % 2:
                return None
            fields.append(found[0] if found else "")
        at = found.end() if found else at
        if text[at : at + 1] != separator:
            return fields, at
        at += 1
