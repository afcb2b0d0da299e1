"""Kinds of units by the form of their names, and whom a collective gathers (data/units/kinds.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from duban import resources
from duban.units.forms import is_collective, is_vague

OTHER = "other"
_LEVEL = re.compile(r"^(省|市|区|县|旗|州)(?!.{0,1}$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    kinds: tuple[tuple[str, re.Pattern[str]], ...]
    labels: dict[str, str]
    never: re.Pattern[str]
    rules: tuple[tuple[re.Pattern[str], frozenset[str]], ...]


@cache
def _table() -> _Table:
    facts = tomllib.loads((resources.data("units") / "kinds.toml").read_text(encoding="utf-8"))
    membership = facts["membership"]
    return _Table(
        kinds=tuple((kind["name"], re.compile(kind["pattern"])) for kind in facts["kind"]),
        labels={kind["name"]: kind["label"] for kind in facts["kind"]} | {OTHER: "其他单位"},
        never=re.compile(membership["never"]),
        rules=tuple((re.compile(rule["pattern"]), frozenset(rule["kinds"])) for rule in membership["rule"]),
    )


def kinds() -> dict[str, str]:
    """Each kind's code and its Chinese label, in the order in which the rules are tried."""
    return dict(_table().labels)


def kind_of(name: str) -> str:
    """A unit's kind by its name: town, party, office, department …; `other` where no rule fits."""
    bare = re.sub(r"\s|[（(][^（()）]*[)）]$", "", name)
    return next((kind for kind, pattern in _table().kinds if pattern.search(bare)), OTHER)


def propose_membership(collective: str, names: Iterable[str]) -> tuple[str, ...]:
    """Which of the units that a plan names a collective gathers, probably; () where it cannot be told.

    A unit that says another level than the collective (市… beside 区…) is not of it.
    """
    table = _table()
    if table.never.search(collective):
        return ()
    wanted: set[str] = set()
    for pattern, gathered in table.rules:
        if pattern.search(collective):
            wanted |= gathered
    level = _level(collective)
    return tuple(
        name
        for name in dict.fromkeys(names)
        if kind_of(name) in wanted
        and not is_collective(name)
        and not is_vague(name)
        and (level is None or _level(name) in (None, level))
    )


def _level(name: str) -> str | None:
    found = _LEVEL.match(re.sub(r"^[各全]", "", name))
    return found[1] if found else None
