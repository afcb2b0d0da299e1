"""Heads that no wording fits: a document read with what coordinators said of them before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Self

from duban.model import Plan, Problem
from duban.reading.columns import SKIP, Column, plain_head
from duban.reading.document import read_plan
from duban.reading.errors import NotAPlan

UNKNOWN, SKIPPED = "unknown-column", "skipped-column"
Said = Mapping[str, str]  # plain head → a Column's value, or skip
_LONGEST = 100
_READINGS = 4  # that are remembered: going through the doubts of one document looks at it again and again


@dataclass(frozen=True, slots=True)
class File:
    """A file's bytes, known by their hash."""

    sha256: str
    name: str
    body: bytes = field(compare=False, repr=False)

    @classmethod
    def of(cls, body: bytes, name: str) -> Self:
        """A file as it was sent or read."""
        return cls(hashlib.sha256(body).hexdigest(), name, body)


def head_of(problem: Problem) -> str | None:
    """The plain head that an unknown-column doubt is about; None for another doubt, or one without a head
    that an answer could be kept for."""
    if problem.code != UNKNOWN:
        return None
    plain = plain_head((problem.where or "").removeprefix("表头“").removesuffix("”"))
    return plain if 0 < len(plain) <= _LONGEST else None


def read_knowing(file: File, said: Said, *, year: int | None = None, issued: date | None = None) -> Plan:
    """read_plan with what was said of heads. A column that was said to be left out is only noted
    (skipped-column); where the answers leave no task to read, the document is read without them.

    Raises what read_plan raises.
    """
    heads = {plain: Column(meaning) for plain, meaning in said.items() if meaning != SKIP}
    try:
        plan = _read(file, frozenset(heads.items()), year, issued)
    except NotAPlan:
        if not heads:
            raise
        return _read(file, frozenset(), year, issued)
    skipped = {plain: p for p in plan.problems if (plain := head_of(p)) and said.get(plain) == SKIP}
    taken = [plain for plain, problem in skipped.items() if problem.choices[0].value != SKIP]
    if taken:  # by what is in it: as a note it is left out
        try:
            plan = _read(file, frozenset((heads | dict.fromkeys(taken, Column.NOTE)).items()), year, issued)
        except NotAPlan:
            for plain in taken:
                del skipped[plain]
    rest = (p for p in plan.problems if head_of(p) not in skipped)
    return replace(plan, problems=(*map(_skipped, skipped.values()), *map(_unteachable, rest)))


@lru_cache(maxsize=_READINGS)
def _read(file: File, heads: frozenset[tuple[str, Column]], year: int | None, issued: date | None) -> Plan:
    return read_plan(file.body, name=file.name, year=year, issued=issued, heads=dict(heads))


def _skipped(problem: Problem) -> Problem:
    return Problem(
        code="skipped-column",
        message=f"{problem.where}这一列按以前的说明不计入。",
        where=problem.where,
    )


def _unteachable(problem: Problem) -> Problem:
    """A column without a head is only said: there is nothing to keep an answer for."""
    if problem.code == UNKNOWN and head_of(problem) is None:
        return replace(problem, choices=problem.choices[:1])
    return problem
