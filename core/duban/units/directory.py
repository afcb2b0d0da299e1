"""The unit directory: who is meant by a name. Pure; the ledger stores it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from duban.units import short
from duban.units.kinds import kind_of
from duban.units.short import normalised

__all__ = ["Collective", "Directory", "Unit", "normalised"]


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
        """The one unit that a short form stands for: 发改局 is 发展改革局, 县教育局 is 云溪县教育局.

        None where no unit or more than one fits, or the name is a former one: that is for the coordinator
        to say. A name that says another level or another place than the unit never fits.
        """
        found = self.resolve(name)
        if found is not None:
            return found if isinstance(found, Unit) else None
        form = short.form_of(name)
        elsewhere = form.place and self._places(form.level) - {form.place}
        scored = [
            (unit, max(short.fits(name, full) for full in _names(unit)))
            for unit in self.units
            if not elsewhere or form.place in unit.name  # 邻水县教育局, where the directory knows of 云溪县
        ]
        for score in (2, 1):
            fitting = [unit for unit, reached in scored if reached == score]
            if fitting:
                return fitting[0] if len(fitting) == 1 else None
        return None

    def short_forms(self, names: Sequence[str]) -> dict[str, str]:
        """Which of a plan's unknown names are short for what: name → a unit's name, or a longer name of them.

        Two names that say different places or levels are not short for one unit: neither is returned.
        """
        names = [name for name in names if self.resolve(name) is None]
        found = {name: unit.name for name in names if (unit := self.short_form(name))}
        rest = [name for name in names if name not in found]
        for name in rest:
            others = tuple(Unit(name=other) for other in rest if len(other) > len(name))
            unit = Directory(units=(*self.units, *others)).short_form(name)
            if unit is not None:
                found[name] = unit.name
        said: dict[str, list[short.Form]] = {}
        for name, full in found.items():
            last = full
            while last in found:  # 发改局 → 县发改局 → 县发展改革局
                last = found[last]
            found[name] = last
            said.setdefault(last, []).append(short.form_of(name))
        return {name: full for name, full in found.items() if _one_place(said[full])}

    def _places(self, level: str) -> set[str]:
        """The places that units of a level say in their names."""
        forms = (short.form_of(unit.name) for unit in self.units)
        return {form.place for form in forms if form.place and form.level == level}

    def guesses(self, name: str, n: int = 3, *, likeness: float = 0.5) -> tuple[str, ...]:
        """At most `n` names of units that `name` may mean, the likeliest first.

        What the name was called before a reform comes first, then what it may be short for, then what
        resembles it. `likeness`: how much of the letters must agree, 0 to 1, where neither name is short
        for the other.
        """
        key = normalised(name)
        alike = {
            unit.name: max(short.alike(name, full) for full in _names(unit))
            for unit in self.units
            if normalised(unit.name) != key
        }
        ranked = dict.fromkeys(sorted((one for one in alike if alike[one]), key=lambda one: -alike[one]))
        by_key = {full: one for full, one in self._index.items() if isinstance(one, Unit)}
        near = [
            full for full in by_key if full != key and (short.within(key, full) or short.within(full, key))
        ]
        near.sort(key=lambda full: (full[-1:] != key[-1:], abs(len(full) - len(key)), full))
        for full in (*near, *get_close_matches(key, by_key, n=n * 2, cutoff=likeness)):
            ranked.setdefault(by_key[full].name)
        return tuple(ranked)[:n]

    def members_of(self, name: str) -> tuple[str, ...]:
        """The units of a collective; () for an unknown one, or one without members."""
        found = self.resolve(name)
        return found.members if isinstance(found, Collective) else ()


def _one_place(forms: Iterable[short.Form]) -> bool:
    places, levels = {form.place for form in forms}, {form.level for form in forms}
    return len(places - {""}) < 2 and len(levels - {""}) < 2  # noqa: PLR2004 - one of each


def _names(unit: Unit) -> Iterable[str]:
    return (unit.name, *unit.aliases)
