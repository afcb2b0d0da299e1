"""The unit directory: who is meant by a name. Pure; the ledger stores it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from duban.units.kinds import kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An organ that can be responsible. `kind` is a code of kinds.toml; "" asks the name's form."""

    name: str
    aliases: tuple[str, ...] = ()
    kind: str = ""

    def __post_init__(self) -> None:
        if not self.kind:
            object.__setattr__(self, "kind", kind_of(self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Collective:
    """A name that stands for many units; `members` are names of units."""

    name: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Units and collectives, looked up by name or alias, however blanks and brackets are written."""

    units: tuple[Unit, ...] = ()
    collectives: tuple[Collective, ...] = ()
    _index: Mapping[str, Unit | Collective] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        index: dict[str, Unit | Collective] = {}
        for collective in self.collectives:
            index.setdefault(normalised(collective.name), collective)
        for unit in self.units:
            for alias in unit.aliases:
                index.setdefault(normalised(alias), unit)
        index |= {normalised(unit.name): unit for unit in self.units}  # a name goes before an alias
        object.__setattr__(self, "_index", index)

    def resolve(self, name: str) -> Unit | Collective | None:
        """Who bears this name or alias exactly, blanks and widths apart; None where nobody does."""
        return self._index.get(normalised(name))

    def short_form(self, name: str) -> Unit | None:
        """The one unit that a short form stands for: 发改局 is 发展改革局, in order and to its end.

        None where no unit or more than one fits: that is for the coordinator to say.
        """
        key = normalised(name)
        fitting = [
            unit for unit in self.units if any(_shortens(key, normalised(full)) for full in _names(unit))
        ]
        return fitting[0] if len(fitting) == 1 and len(key) > 1 else None

    def guesses(self, name: str, n: int = 3, *, likeness: float = 0.5) -> tuple[str, ...]:
        """At most `n` names of units that `name` may mean, the likeliest first.

        `likeness`: how much of the letters must agree, 0 to 1, where neither name is short for the other.
        """
        key = normalised(name)
        ranked: dict[str, None] = {}
        by_key = {full: one for full, one in self._index.items() if isinstance(one, Unit)}
        near = [full for full in by_key if full != key and (_within(key, full) or _within(full, key))]
        near.sort(key=lambda full: (full[-1:] != key[-1:], abs(len(full) - len(key)), full))
        for full in (*near, *get_close_matches(key, by_key, n=n * 2, cutoff=likeness)):
            ranked.setdefault(by_key[full].name)
        return tuple(ranked)[:n]

    def members_of(self, name: str) -> tuple[str, ...]:
        """The units of a collective; () for an unknown one, or one without members."""
        found = self.resolve(name)
        return found.members if isinstance(found, Collective) else ()


def normalised(name: str) -> str:
    """A name as looked up: without blanks, one width of brackets and digits."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def _names(unit: Unit) -> Iterable[str]:
    return (unit.name, *unit.aliases)


def _within(short: str, full: str) -> bool:
    """Whether the characters of `short` stand in `full` in their order."""
    rest = iter(full)
    return len(short) > 1 and all(c in rest for c in short)


def _shortens(short: str, full: str) -> bool:
    return short[-1:] == full[-1:] and _within(short, full)
