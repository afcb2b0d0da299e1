"""Cells of a row that has too few or too many, put to the columns that they fit best, in their order."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from duban.reading.columns import UNIT_COLUMNS, Column
from duban.reading.tidy import number_of, tidy
from duban.units.forms import looks_like_unit, split_vague

_ROLE = re.compile(
    r"(?:牵头|负责|配合|协办|会办|落实|实施)[。；]?$|牵头[，,；;、]|^(?:牵头|责任|配合|主办|承办)单位[：:]"
)
_TIME = re.compile(
    r"[0-9０-９一二三四五六七八九十]\s*[年月日季]|[年季月]?[底末]|前$|持续|长期|常态|全年|每[年月季周]|尽快|立即|即日|按季|按月|工作日|时限"
)
_SENTENCE = re.compile(r"[。；]|[，].*[，]")
_SHORT, _LINE = 26, 40
_NO_CELL, _COVERED, _MERGED = -1.0, -0.2, -0.7
_CUT = -1.0
_UNFINISHED = ("、", "，", ",", "（", "(")
_LOSS = -1e9
_MOST = 6  # cells for a column


def align(cells: Sequence[str], columns: Sequence[Column], covered: Collection[int] = ()) -> list[list[int]]:
    """For each column the indices of the cells that stand in it; [] for a column without one.

    Every cell is given to a column, in order; several in one where one text was broken over cells.
    `covered`: columns that a merged cell to their left may cover, which are cheap to leave out.
    """
    total = len(cells)
    if total > _MOST * len(columns):  # no row any more: nothing is weighed, and nothing is lost
        return [[j] for j in range(len(columns) - 1)] + [list(range(len(columns) - 1, total))]

    @cache
    def best(i: int, j: int) -> tuple[float, int]:
        """The best score of cells[i:] over columns[j:], and how many cells column j takes."""
        if j == len(columns):
            return (0.0 if i == total else _LOSS), 0
        options = []
        for taken in range(total - i + 1):
            rest = best(i + taken, j + 1)[0]
            if rest <= _LOSS / 2:
                continue
            if taken == 0:
                own = _COVERED if j in covered else _NO_CELL
            else:
                own = fit("\n".join(cells[i : i + taken]), columns[j]) + _MERGED * (taken - 1)
                if i + taken < total and cells[i + taken - 1].rstrip().endswith(_UNFINISHED):
                    own += _CUT  # 甲局、 goes on in the next cell, not in the next column
            options.append((own + rest, -taken))
        if not options:
            return _LOSS, 0
        score, taken = max(options)
        return score, -taken

    placed: list[list[int]] = []
    i = 0
    for j in range(len(columns)):
        taken = best(i, j)[1]
        placed.append(list(range(i, i + taken)))
        i += taken
    return placed


def fit(text: str, column: Column) -> float:  # noqa: PLR0911 - one line for each kind of column
    """How well a text suits a column: above 0 where it does, below where it looks like another column's."""
    plain = tidy(text)
    if not plain:
        return {Column.NUMBER: -3.0, Column.REQUIREMENT: -1.0}.get(column, 0.3)
    if column is Column.NUMBER:
        return 5.0 if number_of(plain) is not None else -6.0
    units, sentence = names_units(plain), bool(_SENTENCE.search(plain))
    if column in UNIT_COLUMNS:
        return 3.0 if units else -3.0
    if column is Column.TIME:
        return 3.0 if len(plain) <= _SHORT and _TIME.search(plain) and not units else -3.0
    if column is Column.REQUIREMENT:
        return -2.0 if units else 2.0 if sentence or len(plain) > _SHORT else 0.4
    if column in (Column.HEADING, Column.SUBHEADING):
        return -2.0 if units or len(plain) > _LINE or plain.endswith("。") else 1.0
    return 0.2


def names_units(text: str) -> bool:
    """Whether a text reads as a units cell and not as a sentence about units."""
    plain = tidy(text).rstrip("，,、；;。")
    if not plain or "。" in plain:
        return False
    pieces = [p for p in re.split(r"[、，,；;/]", plain) if p]
    like = sum(1 for p in pieces if _like(p))
    return like == len(pieces) or (bool(_ROLE.search(plain)) and like * 2 >= len(pieces))


def _like(piece: str) -> bool:
    name = re.sub(r"^(?:牵头|责任|配合|主办|承办)单位[：:]", "", piece).rstrip("）)")
    name = re.sub(
        r"(?:按.{0,8}职责.{0,6})?(?:共同|分别|具体)?(?:牵头|负责|配合|协办|会办|落实|实施)+$", "", name
    )
    name, vague = split_vague(name)
    return bool(vague) or looks_like_unit(name) or (bool(re.search(r"[（(]", name)) and "各" in name)
