"""Names → units of the ledger, in four queries. What a name stands for is decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from duban.ledger.tables import AliasRow, CollectiveRow, DutyRow, MemberRow, UnitRow
from duban.model import Role
from duban.units.directory import normalised


@dataclass(frozen=True, slots=True)
class Roster:
    """The directory as ids. Keys are normalised names."""

    units: dict[str, int]
    aliases: dict[str, int]
    collectives: dict[str, int]
    members: dict[int, tuple[int, ...]]  # collective id → unit ids, in the directory's order
    ignored: frozenset[int]  # collectives that the coordinator does not supervise (不督办)

    def unit(self, name: str) -> int | None:
        """The unit that has this name or alias."""
        key = normalised(name)
        return self.units.get(key, self.aliases.get(key))

    def collective(self, name: str) -> int | None:
        """The collective of this name."""
        return self.collectives.get(normalised(name))

    def concrete(self, duty: DutyRow) -> tuple[int, ...]:
        """The units that a duty falls on: itself, the members of its collective, or nobody."""
        unit, many = self.unit(duty.name), self.collective(duty.name)
        if many is not None and (duty.collective or unit is None):
            return () if many in self.ignored else self.members.get(many, ())
        return () if unit is None else (unit,)

    def of_item(self, duties: Iterable[DutyRow]) -> list[tuple[int, Role]]:
        """Each concrete unit once, in the order of its first mention, with its strongest role (design §4)."""
        roles: dict[int, Role] = {}
        for duty in duties:
            role = Role(duty.role)
            for unit in self.concrete(duty):
                roles[unit] = min(role, roles.get(unit, role), key=lambda r: r.rank)
        return list(roles.items())


def roster(session: Session) -> Roster:
    """The directory as it stands now."""
    members: dict[int, list[int]] = {}
    for collective, unit in session.execute(
        select(MemberRow.collective_id, MemberRow.unit_id).order_by(MemberRow.unit_id)
    ):
        members.setdefault(collective, []).append(unit)
    collectives = session.execute(select(CollectiveRow.id, CollectiveRow.name, CollectiveRow.ignored)).all()
    return Roster(
        units={normalised(name): id_ for id_, name in session.execute(select(UnitRow.id, UnitRow.name))},
        aliases={
            normalised(name): id_ for id_, name in session.execute(select(AliasRow.unit_id, AliasRow.name))
        },
        collectives={normalised(name): id_ for id_, name, _ in collectives},
        members={collective: tuple(units) for collective, units in members.items()},
        ignored=frozenset(id_ for id_, _, ignored in collectives if ignored),
    )


def duties_of(session: Session, items: Sequence[int]) -> dict[int, list[DutyRow]]:
    """item id → its duties in the order of the document, in one query."""
    found: dict[int, list[DutyRow]] = {item: [] for item in items}
    rows = session.scalars(
        select(DutyRow).where(DutyRow.item_id.in_(items)).order_by(DutyRow.item_id, DutyRow.position)
    )
    for duty in rows:
        found[duty.item_id].append(duty)
    return found
