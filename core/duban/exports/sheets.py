"""What a table of an office is made of: sheets with columns, and cells of a few kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple


class Day(NamedTuple):
    """A date, real where a format has dates. `mark` follows it, "" for none."""

    day: date
    time: time | None = None
    mark: str = ""


class Share(NamedTuple):
    """So many per cent, real where a format has them."""

    percent: int


class Lit(NamedTuple):
    """A word with its light: green, yellow, red, grey."""

    word: str
    light: str


Cell = str | int | Day | Share | Lit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A head, and how wide its column is, in characters of half width."""

    head: str
    width: int
    long: bool = False  # running text, which begins at the left


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table under a title. `below`: a line under the title; `total`: a last row, no part of the table."""

    name: str
    title: str
    below: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
