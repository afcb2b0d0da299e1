"""The names in a plan against the directory: who is new, whom a collective gathers, which alias is a unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from duban.ledger import directory
from duban.ledger.decisions import Taken
from duban.ledger.roster import Roster, roster
from duban.ledger.tables import UnitRow
from duban.model import Choice, Duty, Item, Plan, Problem
from duban.units.directory import Directory, Unit, normalised
from duban.units.kinds import propose_membership

ADD, ALIAS, PROPOSE, MEMBERS, LEAVE, IGNORE = "add", "alias:", "propose", "members:", "open", "ignore"
SEPARATORS = str.maketrans("，,；; ", "、、、、、")
SHOWN = 5  # names that a proposal spells out


@dataclass(frozen=True, slots=True)
class Named:
    """Who is named in a plan, each once, in the order of the document."""

    units: tuple[str, ...]
    collectives: tuple[str, ...]
    plates: tuple[tuple[str, str], ...]  # (unit, the second plate in brackets)


def named(items: Sequence[Item]) -> Named:
    """The names of all duties. A name that stands apart in different widths or blanks is one name."""
    duties = [duty for item in items for duty in item.units]
    return Named(
        _once(duty.name for duty in duties if not duty.collective),
        _once(duty.name for duty in duties if duty.collective),
        tuple(dict.fromkeys((duty.name, plate) for duty in duties for plate in _plates(duty))),
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(normalised(name), name)
    return tuple(found.values())


def _plates(duty: Duty) -> list[str]:
    """The second plates of a duty, which may be several: 县发展和改革局（粮食和物资储备局、能源局）."""
    plates = (duty.alias or "").translate(SEPARATORS).split("、")
    return [plate for plate in plates if plate and normalised(plate) != normalised(duty.name)]


def doubts(session: Session, plan: Plan) -> list[Problem]:
    """new-unit (or one new-units for an empty directory), short-form, no-members, alias-is-unit."""
    names, said = roster(session), named(plan.items)
    unknown = _unknown(said.units, names)
    book = directory.load(session) if unknown else Directory()
    short = book.short_forms(unknown)
    fresh = [name for name in unknown if name not in short]
    if not names.units:
        found = [_first_units(fresh)] if fresh else []
    else:
        found = [_new_unit(name, book) for name in fresh]
    found += [_short_form(name, full) for name, full in short.items()]
    found += [no_members(name, said.units) for name in said.collectives if not _settled(name, names)]
    return found + [
        _alias_is_unit(unit, plate) for unit, plate in said.plates if _is_unit(unit, plate, said, names)
    ]


def _unknown(units: Sequence[str], names: Roster) -> list[str]:
    return [name for name in units if names.unit(name) is None and names.collective(name) is None]


def _settled(collective: str, names: Roster) -> bool:
    id_ = names.collective(collective)
    if id_ is None:
        return names.unit(collective) is not None
    return id_ in names.ignored or bool(names.members.get(id_))


def _is_unit(unit: str, plate: str, said: Named, names: Roster) -> bool:
    """Whether a second plate is a unit somewhere, or another unit's name already."""
    owner = names.unit(plate)
    if owner is not None:
        return owner != names.unit(unit)  # what the directory says goes before what the plan suggests
    return normalised(plate) in {normalised(name) for name in said.units}


def _first_units(fresh: Sequence[str]) -> Problem:
    return Problem(code="new-units", message=f"单位名录还是空的，将按方案新建 {len(fresh)} 个单位。")


def _new_unit(name: str, book: Directory) -> Problem:
    return Problem(
        code="new-unit",
        message=f"单位“{name}”不在名录里：请确认是新单位，还是已有单位的别名。",
        where=name,
        choices=(
            Choice(value=ADD, label="作为新单位加入，不归入任何泛称单位"),
            *(Choice(value=f"{ALIAS}{guess}", label=f"是“{guess}”的别名") for guess in book.guesses(name)),
        ),
    )


def _short_form(name: str, full: str) -> Problem:
    return Problem(
        code="short-form", message=f"“{name}”按简称对应“{full}”，记作它的别名，不另建单位。", where=name
    )


def no_members(collective: str, units: Sequence[str]) -> Problem:
    """A collective that nobody belongs to yet; a proposal comes first where the names' kinds allow one."""
    proposed = propose_membership(collective, units)
    listed = "、".join(proposed[:SHOWN]) + ("等" if len(proposed) > SHOWN else "")
    offer = (
        (Choice(value=PROPOSE, label=f"指方案点名的 {len(proposed)} 个单位：{listed}"),) if proposed else ()
    )
    leave = Choice(value=LEAVE, label="暂不确定，启动督办前补上")
    first = (leave, *offer) if len(proposed) == 1 else (*offer, leave)  # one alone is hardly 各
    return Problem(
        code="no-members",
        message=f"“{collective}”指哪些单位还不清楚：请指定成员，或选不督办。",
        where=collective,
        choices=(*first, Choice(value=IGNORE, label="不督办")),
    )


def _alias_is_unit(unit: str, plate: str) -> Problem:
    return Problem(
        code="alias-is-unit",
        message=f"“{unit}（{plate}）”括号里的“{plate}”另有其单位：这里的任务交给“{unit}”，不作别名。",
        where=unit,
    )


def settle(session: Session, plan: Plan, taken: Taken, *, now: datetime, actor: str) -> tuple[str, ...]:
    """Write what was decided on names: new units, aliases, members. Returns the units that are new.

    Raises directory.UnknownUnit, directory.NameTaken.
    """
    said = named(plan.items)
    choice = {(doubt.code, doubt.where): picked.value for doubt, picked in taken}
    names = roster(session)
    unknown = _unknown(said.units, names)
    short = directory.load(session).short_forms(unknown) if unknown else {}
    fresh = []
    for name in unknown:
        if name in short:
            continue
        value = choice.get(("new-unit", name), ADD)
        if value.startswith(ALIAS):
            unit = directory.unit_named(session, value.removeprefix(ALIAS))
            directory.add_alias(session, unit, name, now=now, actor=actor)
        else:
            fresh.append(name)
    directory.import_units(
        session, Directory(units=tuple(Unit(name=name) for name in fresh)), now=now, actor=actor
    )
    for name, full in short.items():
        directory.add_alias(session, directory.unit_named(session, full), name, now=now, actor=actor)
    names = roster(session)
    for name, plate in said.plates:
        id_ = names.unit(name)
        if id_ is not None and names.unit(plate) is None and not _is_unit(name, plate, said, names):
            directory.add_alias(session, session.get_one(UnitRow, id_), plate, now=now, actor=actor)
            names = roster(session)
    for name in said.collectives:
        if not _settled(name, names):
            _gather(session, name, choice.get(("no-members", name), LEAVE), said, now=now, actor=actor)
    return tuple(fresh)


def _gather(session: Session, name: str, value: str, said: Named, *, now: datetime, actor: str) -> None:
    if value == IGNORE:
        directory.ignore(session, name, now=now, actor=actor)
    elif value == PROPOSE:
        directory.set_members(session, name, propose_membership(name, said.units), now=now, actor=actor)
    elif value.startswith(MEMBERS):
        members = [one for one in value.removeprefix(MEMBERS).translate(SEPARATORS).split("、") if one]
        directory.set_members(session, name, members, now=now, actor=actor)
    else:
        directory.set_members(session, name, (), now=now, actor=actor)
