"""The unit directory as the ledger keeps it: units, their aliases, collectives and their members."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from duban.errors import DubanError
from duban.ledger import audit
from duban.ledger.merging import merge
from duban.ledger.roster import Roster, roster
from duban.ledger.tables import AliasRow, CollectiveRow, MemberRow, UnitRow
from duban.units.directory import Collective, Directory, Unit, normalised
from duban.units.forms import LONGEST
from duban.units.kinds import kind_of

__all__ = [
    "Changes", "NameTaken", "NameTooLong", "UnknownCollective", "UnknownUnit", "add_alias", "add_units",
    "ignore", "import_units", "load", "merge", "rename", "set_members", "unit_named",
]  # fmt: skip


SHOWN = 12  # characters of what is no name
FAINT = 0.25  # who typed a name meant some unit: three guesses, however far


class UnknownUnit(DubanError):
    """名录里没有单位“{name}”{guesses}。发送 /unit 加全称，或用 duban units list 查看名录。"""


class UnknownCollective(DubanError):
    """名录里没有泛称单位“{name}”，请用 duban units list 核对名称。"""


class NameTaken(DubanError):
    """“{name}”已经是{owner}，不能再作{wanted}；请先合并（merge）或改名（rename）。"""


class NameTooLong(DubanError):
    """“{name}……”有 {count} 个字，不像名称；请改成不超过 {most} 个字的名称。"""


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import of units did, as names."""

    units: tuple[str, ...]
    aliases: tuple[str, ...]
    collectives: tuple[str, ...]  # new ones, and those whose members changed

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.units or self.aliases or self.collectives)


def load(session: Session) -> Directory:
    """The whole directory as the core's value, in the order in which it grew."""
    units = session.scalars(select(UnitRow).order_by(UnitRow.id)).all()
    aliases: dict[int, list[str]] = {}
    others = session.execute(select(AliasRow.name, AliasRow.unit_id)).all()
    for name, unit in sorted(others, key=lambda row: row.name):  # the same whatever a database's collation
        aliases.setdefault(unit, []).append(name)
    names = {unit.id: unit.name for unit in units}
    members = roster(session).members
    return Directory(
        units=tuple(
            Unit(name=unit.name, kind=unit.kind or "", aliases=tuple(aliases.get(unit.id, ())))
            for unit in units
        ),
        collectives=tuple(
            Collective(name=name, members=tuple(names[unit] for unit in members.get(id_, ())))
            for id_, name in session.execute(
                select(CollectiveRow.id, CollectiveRow.name).order_by(CollectiveRow.id)
            )
        ),
    )


def unit_named(session: Session, name: str) -> UnitRow:
    """The unit of a name, an alias, or a short form of it alone. Raises UnknownUnit with guesses."""
    exact = roster(session).unit(name)
    if exact is not None:
        return session.get_one(UnitRow, exact)
    book = load(session)
    short = book.short_form(name)
    if short is not None:
        return session.scalars(select(UnitRow).where(UnitRow.name == short.name)).one()
    guesses = book.guesses(name, likeness=FAINT)
    raise UnknownUnit(name=name, guesses=f"，是不是{'、'.join(guesses)}" if guesses else "")


def import_units(session: Session, directory: Directory, *, now: datetime, actor: str) -> Changes:
    """Take a units file in: units and aliases are added, a collective's members are those that it names.

    Nothing is taken away. Raises NameTaken before anything is written.
    """
    names = roster(session)
    fresh = [unit for unit in directory.units if normalised(unit.name) not in names.units]
    _refuse_clashes(names, directory)
    ids = add_units(session, fresh)
    known = dict(names.units) | {normalised(unit.name): id_ for unit, id_ in zip(fresh, ids, strict=True)}
    wanted = {
        alias: known[normalised(unit.name)]
        for unit in directory.units
        for alias in unit.aliases
        if normalised(alias) not in names.aliases
    }
    _add_aliases(session, wanted)
    changed = [
        collective.name
        for collective in directory.collectives
        if _put_members(
            session, names, collective.name, [known[normalised(member)] for member in collective.members]
        )
    ]
    changes = Changes(tuple(unit.name for unit in fresh), tuple(wanted), tuple(changed))
    if changes:
        audit.record(
            session, now=now, actor=actor, act="units", object="directory",
            units=changes.units, aliases=changes.aliases, collectives=changes.collectives,
        )  # fmt: skip
    return changes


def _refuse_clashes(names: Roster, directory: Directory) -> None:
    for unit in directory.units:
        if normalised(unit.name) in names.aliases:
            raise NameTaken(name=unit.name, owner="别的单位的别名", wanted="单位名称")
        mine = names.units.get(normalised(unit.name))
        for alias in unit.aliases:
            if normalised(alias) in names.units:
                raise NameTaken(name=alias, owner="一个单位的名称", wanted=f"“{unit.name}”的别名")
            if names.aliases.get(normalised(alias), mine) != mine:
                raise NameTaken(name=alias, owner="别的单位的别名", wanted=f"“{unit.name}”的别名")


def _short(name: str) -> str:
    if len(name) > LONGEST:
        raise NameTooLong(name=name[:SHOWN], count=len(name), most=LONGEST)
    return name


def add_units(session: Session, units: Sequence[Unit]) -> list[int]:
    """New units as they are, their aliases apart. Returns their ids, in order."""
    rows = [UnitRow(name=_short(unit.name), kind=unit.kind or kind_of(unit.name)) for unit in units]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def _add_aliases(session: Session, wanted: dict[str, int]) -> None:
    if wanted:
        session.execute(
            insert(AliasRow), [{"name": _short(name), "unit_id": unit} for name, unit in wanted.items()]
        )


def _put_members(session: Session, names: Roster, collective: str, units: Sequence[int]) -> bool:
    """Make the collective where it is new; where units are named they are its members from now on."""
    id_ = names.collective(collective)
    new = id_ is None
    if id_ is None:
        row = CollectiveRow(name=_short(collective))
        session.add(row)
        session.flush()
        id_ = row.id
    if not units or set(units) == set(names.members.get(id_, ())):
        return new
    session.execute(delete(MemberRow).where(MemberRow.collective_id == id_))
    session.execute(
        insert(MemberRow), [{"collective_id": id_, "unit_id": unit} for unit in dict.fromkeys(units)]
    )
    return True


def set_members(
    session: Session, collective: str, members: Iterable[str], *, now: datetime, actor: str
) -> CollectiveRow:
    """Who belongs to a collective from now on; a name that is no unit yet becomes one. Ends 不督办."""
    members = list(members)
    names = roster(session)
    fresh = [Unit(name=name) for name in dict.fromkeys(members) if names.unit(name) is None]
    add_units(session, fresh)
    after = roster(session)
    _put_members(
        session, after, collective, [unit for name in members if (unit := after.unit(name)) is not None]
    )
    row = _collective(session, collective)
    row.ignored = False
    audit.record(session, now=now, actor=actor, act="members", object=f"collective:{row.id}", members=members)
    session.flush()
    return row


def ignore(session: Session, collective: str, *, now: datetime, actor: str) -> CollectiveRow:
    """不督办: the collective asks nobody, and stops no activation."""
    _put_members(session, roster(session), collective, ())
    row = _collective(session, collective)
    row.ignored = True
    audit.record(session, now=now, actor=actor, act="ignore", object=f"collective:{row.id}")
    session.flush()
    return row


def _collective(session: Session, name: str) -> CollectiveRow:
    id_ = roster(session).collective(name)
    if id_ is None:
        raise UnknownCollective(name=name)
    return session.get_one(CollectiveRow, id_)


def add_alias(session: Session, unit: UnitRow, alias: str, *, now: datetime, actor: str) -> None:
    """Another name of a unit. Raises NameTaken where it means another unit already."""
    names = roster(session)
    owner = names.unit(alias)
    if owner == unit.id:
        return
    if owner is not None:
        name = session.get_one(UnitRow, owner).name
        raise NameTaken(name=alias, owner=f"单位“{name}”的名称", wanted=f"“{unit.name}”的别名")
    session.add(AliasRow(name=_short(alias), unit_id=unit.id))
    audit.record(session, now=now, actor=actor, act="alias", object=f"unit:{unit.id}", alias=alias)
    session.flush()


def rename(session: Session, unit: UnitRow, name: str, *, now: datetime, actor: str) -> None:
    """A new name; the old one stays as an alias, so that what was written before still finds it."""
    owner = roster(session).unit(name)
    if owner not in {None, unit.id}:
        raise NameTaken(name=name, owner="另一个单位的名称或别名", wanted=f"“{unit.name}”的新名称")
    old = unit.name
    if old == name:
        return
    session.execute(delete(AliasRow).where(AliasRow.name == name, AliasRow.unit_id == unit.id))
    unit.name = _short(name)
    if normalised(old) != normalised(name):
        session.add(AliasRow(name=old, unit_id=unit.id))
    audit.record(session, now=now, actor=actor, act="rename", object=f"unit:{unit.id}", old=old, new=name)
    session.flush()
