"""From a deadline, a unit or a field back to the characters of the document. Pure: origins and spans in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from duban.model import Deadline, Duty, Origin, Source
from duban.reading.tidy import tidy
from duban.units.locate import locate

FIELDS = ("number", "heading", "subheading", "goal", "requirement", "units", "time")
_BLANKS = frozenset("\u200b\ufeff")
_JOINED = {"time": "；"}  # what the reader puts between the pieces of a field; blanks count nothing


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of the document as written, and which of its characters are meant."""

    where: str
    text: str
    start: int
    end: int

    @property
    def words(self) -> str:
        """The characters meant."""
        return self.text[self.start : self.end]


def trace(
    origins: Iterable[Origin], field: str, span: tuple[int, int], text: str | None = None
) -> tuple[Mark, ...]:
    """Where text[start:end] of a field stands, a mark a piece, in order; () where it stands nowhere.

    `text` is the field as read: blanks and breaks inside it may differ from the document's, no other
    character. None: the pieces put together as the reader does it.
    """
    pieces = [origin for origin in origins if origin.field == field and origin.text.strip()]
    if text is None:
        text = (_JOINED.get(field) or "\n").join(dict.fromkeys(tidy(one.text) for one in pieces))
    first = _letters(text[: span[0]])
    wanted = _plain(text[slice(*span)])
    for way in (_once(pieces), pieces):
        places = list(_places(way, _JOINED.get(field, "")))
        if wanted and "".join(letter for letter, _, _ in places[first : first + len(wanted)]) == wanted:
            return _marks(way, places[first : first + len(wanted)])
    return _found(pieces, wanted)


def of_deadline(origins: Sequence[Origin], deadline: Deadline, requirement: str | None) -> tuple[Mark, ...]:
    """Where a deadline's words stand: in the requirement, or in the time column."""
    if not deadline.text:
        return ()
    if deadline.source is Source.COLUMN:
        return trace(origins, "time", deadline.span)
    return trace(origins, "requirement", deadline.span, requirement or "")


def of_duty(origins: Iterable[Origin], duty: Duty) -> tuple[Mark, ...]:
    """Where a unit's name stands, once for each piece that holds it, across blanks and breaks."""
    pieces = ((origin, locate(duty.name, origin.text)) for origin in origins if origin.field == "units")
    return tuple(Mark(origin.where, origin.text, *place) for origin, place in pieces if place is not None)


def _plain(text: str) -> str:
    return "".join(c for c in text if not _blank(c))


def _letters(text: str) -> int:
    return len(_plain(text))


def _blank(c: str) -> bool:
    return c.isspace() or c in _BLANKS


def _once(pieces: Sequence[Origin]) -> list[Origin]:
    """Equal texts of several cells are read once."""
    kept: dict[str, Origin] = {}
    for origin in pieces:
        kept.setdefault(_plain(origin.text), origin)
    return list(kept.values())


def _places(pieces: Sequence[Origin], between: str) -> Iterator[tuple[str, int, int]]:
    """Each character that is no blank with its piece and its place there; what joins two is in none."""
    for n, origin in enumerate(pieces):
        if n:
            yield from ((c, -1, -1) for c in between)
        yield from ((c, n, i) for i, c in enumerate(origin.text) if not _blank(c))


def _marks(pieces: Sequence[Origin], places: Sequence[tuple[str, int, int]]) -> tuple[Mark, ...]:
    ends: dict[int, tuple[int, int]] = {}
    for _, n, i in places:
        if n >= 0:
            ends[n] = (ends[n][0] if n in ends else i, i + 1)
    return tuple(Mark(pieces[n].where, pieces[n].text, *place) for n, place in sorted(ends.items()))


def _found(pieces: Sequence[Origin], wanted: str) -> tuple[Mark, ...]:
    """The first piece that holds the words: for what was put together in another way."""
    for origin in pieces:
        place = locate(wanted, origin.text) if wanted else None
        if place is not None:
            return (Mark(origin.where, origin.text, *place),)
    return ()
