"""Which reader reads a kind of file, and which files may cost so much that they are read apart."""

from __future__ import annotations

from importlib import import_module

from duban.reading.formats.sniff import Kind
from duban.reading.grid import Document

LIMIT = 20  # MB; a plan of a thousand items has less than one
_CHEAP = 1 << 20  # bytes; what is larger, or can unfold to more, is read in a child process
_ZIPPED = frozenset({Kind.DOCX, Kind.XLSX})
_UNFOLDED = 8 << 20


def costly(kind: Kind, data: bytes) -> bool:
    """Whether reading may take more time or memory than a serving process should give."""
    if kind in (Kind.PDF, Kind.LEGACY) or len(data) > _CHEAP:
        return True
    if kind in _ZIPPED:
        from duban.reading.formats.archive import members  # noqa: PLC0415 - each format loads its own

        return members(data).size > _UNFOLDED
    return False


def read_file(data: bytes, kind: Kind) -> Document:
    """A file taken apart by the reader of its kind. Raises ReadError."""
    if kind is Kind.TEXT:
        from duban.reading.formats import csv, text  # noqa: PLC0415

        words = text.decode(data)
        return csv.read(data) if csv.looks_like_csv(words) else text.read(data)
    document: Document = import_module(f"duban.reading.formats.{kind.value}").read(data)
    return document
