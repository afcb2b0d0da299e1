"""A units cell, or a clause that names units, becomes duties: who leads, is responsible, cooperates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from duban.model import Duty, Role, UnitNames
from duban.units import words
from duban.units.forms import LONGEST, is_collective, is_vague, looks_like_unit, split_vague
from duban.units.mend import mend
from duban.units.persons import is_bare_name, without_persons
from duban.units.pieces import GROUP, parted, pieces
from duban.units.words import role_of

__all__ = ["explain_units", "once", "parse_units", "role_of", "to_json"]

_LABELS = {Role.LEAD: "牵头", Role.RESPONSIBLE: "责任", Role.COOPERATE: "配合"}
_CALLED = re.compile(r"^(?:原|加?挂牌?|(?:以?下)?简称|下称|又称|也称|即)[：:]?")
_ALIAS = re.compile(r"^(?P<name>.+?)[（(](?P<inner>[^（()）]+)[)）]$")


@dataclass
class _Reading:
    """What has been read so far; names wait until a word says what they have to do."""

    default: Role
    duties: list[Duty] = field(default_factory=list)
    vague: list[str] = field(default_factory=list)
    waiting: list[Duty] = field(default_factory=list)
    marked: set[str] = field(default_factory=set)  # names with a star
    label: Role | None = None
    ignoring: bool = False
    people: bool = False  # a person stood behind the last unit: another may follow

    def settle(self, role: Role | None) -> None:
        for duty in self.waiting:
            self.duties.append(replace(duty, role=role) if role else duty)
        self.waiting.clear()


def parse_units(cell: str, *, default: Role = Role.RESPONSIBLE) -> UnitNames:
    """The duties that a units cell or clause names, in its order, each name once with its strongest role.

    `default` is the role of names without a role word (a column of its own for 牵头单位 or 配合单位).
    Words that name nobody (等有关部门) come back in `vague`, as written; persons and empty marks do not.
    """
    text = words.PERSONS_IN_BRACKETS.sub("", words.MARK_LEADS.sub("", mend(cell)))
    text = words.REMARK_IN_BRACKETS.sub(_remark, text)
    text = words.PART_IN_BRACKETS.sub(r"、\g<who>", words.ASIDE_IN_BRACKETS.sub("", text))
    text, first_leads = words.FIRST_LEADS.subn("", text)
    reading = _Reading(default)
    for piece in pieces(text):
        if isinstance(piece, str):
            _read(piece, reading)
        else:
            _label(piece, reading)
    reading.settle(None)
    return UnitNames(
        duties=_leading(once(reading.duties), reading.marked, first=bool(first_leads)),
        vague=tuple(dict.fromkeys(reading.vague)),
    )


def _remark(bracket: re.Match[str]) -> str:
    """Nothing for a bracket that says how to go about it; as written where it names a unit or a role."""
    inner = bracket["inner"]
    named = bool(bracket["maybe"]) and looks_like_unit(inner)
    return bracket[0] if named or words.ROLE_WORD.search(inner) else ""


def to_json(duty: Duty) -> dict[str, str | bool | None]:
    """A duty as design §8 shows it."""
    return {"name": duty.name, "role": duty.role.value, "collective": duty.collective, "alias": duty.alias}


def explain_units(text: str) -> list[str]:
    """Lines for people: each name with its role, what it is by its form, and the words that name nobody."""
    names = parse_units(text)
    lines = []
    for duty in names.duties:
        form = "泛称单位" if duty.collective else "单位"
        alias = f"，又名 {duty.alias}" if duty.alias else ""
        lines.append(f"{duty.name}：{_LABELS[duty.role]}（{form}{alias}）")
    lines += [f"“{said}”：没有指明单位，不生成任务" for said in names.vague]
    return lines or ["没有读到单位。"]


def _leading(duties: tuple[Duty, ...], marked: set[str], *, first: bool) -> tuple[Duty, ...]:
    """Names with a star lead, unless all have one (bullets); so does the first where a note says so."""
    stars = marked if len(marked) < max(2, len(duties)) else set()
    return tuple(
        replace(duty, role=Role.LEAD) if duty.name in stars or (first and n == 0) else duty
        for n, duty in enumerate(duties)
    )


def _label(label: re.Match[str], reading: _Reading) -> None:
    """From here on names have the label's role; one that mixes roles says no more than the column."""
    reading.settle(None)
    reading.ignoring = label.re is words.OTHER_LABEL
    if not reading.ignoring:
        reading.label = words.role_of_label(label["role"], reading.default)


def _read(piece: str, reading: _Reading) -> None:
    """Take a piece with the role words in it."""
    piece = piece.strip()
    if piece == GROUP:
        reading.settle(None)
        return
    if reading.ignoring or words.NOTHING.fullmatch(piece) or words.WHEN.fullmatch(piece):
        return
    if number := words.NUMBER.match(piece):
        piece = piece[number.end() :].strip()
    if len(piece) > LONGEST or is_vague(piece):  # so long, it is a text and no name
        reading.vague.append(piece)
        return
    if found := words.ROLE_IN_BRACKETS.search(piece):  # A（牵头）、B: the word is A's alone
        names = _Reading(role_of(found["role"]))
        _names(piece[: found.start()], names)
        reading.waiting.extend(replace(duty, role=names.default) for duty in names.waiting)
        reading.settle(None)
        reading.vague += names.vague
        return
    if (theme := words.THEME.match(piece)) and not looks_like_unit(theme[0][:-1]):
        piece = piece[theme.end() :]
    if (says := words.SAYS.match(piece)) and looks_like_unit(says["unit"]):
        role_alone = words.TAIL.fullmatch(says["what"])
        piece = says["unit"] + (says["what"] if role_alone or is_bare_name(says["what"]) else "")
    piece = words.ALL_IN_BRACKETS.sub(r"\g<words>", piece)
    by = words.BY.match(piece)
    if by and not looks_like_unit(by[0][:-1]):
        piece = piece[by.end() :]
    tail = words.TAIL.search(piece)
    said, body = (tail[0], piece[: tail.start()]) if tail else ("", piece)
    if (middle := words.MIDDLE.search(body)) and middle.start() > 0:  # A牵头B配合, in one breath
        _read(body[: middle.end()], reading)
        rest = piece[middle.end() :]
        who = words.TAIL.sub("", rest)
        if is_vague(who) or (len(who) > 2 and looks_like_unit(who)):  # noqa: PLR2004 - 督办 is no unit
            _read(rest, reading)
        return
    deed = None if said or looks_like_unit(body) else words.DEED.match(body)
    if deed and looks_like_unit(deed["unit"]):
        _join(deed["unit"], "", reading)
        reading.settle(None)
        return
    _join(body, said, reading)


def _join(body: str, said: str, reading: _Reading) -> None:
    """Take the names of a piece; `said` are the role words that it ends with."""
    role = role_of(said) if said else None
    together = words.WITH.search(body)
    if together and (together.start() == 0 or looks_like_unit(body[: together.start()])):
        _names(body[: together.start()], reading)  # A会同B: A leads, B takes part
        if not (role is Role.RESPONSIBLE and any(duty.role is Role.LEAD for duty in reading.duties)):
            reading.settle(Role.LEAD)
            reading.label = reading.label if said else Role.COOPERATE
        body = body[together.end() :]
    _names(body, reading)
    if role is not None:
        reading.settle(role)
        reading.label = reading.label if reading.label is not Role.COOPERATE else None


def _names(body: str, reading: _Reading) -> None:
    role = reading.label or reading.default
    for one in parted(body):
        name, vague = split_vague(one)
        if vague:
            reading.vague.append(vague)
        starred = words.MARK.sub("", name)
        said = words.COUNT.sub("", starred)
        unit = "" if reading.people and is_bare_name(said) else without_persons(said)
        reading.people = unit != said
        if unit:
            duty = _duty(unit, role)
            reading.waiting.append(duty)
            if starred != name:
                reading.marked.add(duty.name)


def _duty(text: str, role: Role) -> Duty:
    name, alias = text, None
    found = None if is_collective(text) else _ALIAS.match(text)
    if found:
        former = _CALLED.sub("", found["inner"]).strip('“”"')
        if looks_like_unit(former):
            name, alias = found["name"], former
    return Duty(name=name, role=role, collective=is_collective(name), alias=alias)


def once(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    """Each name once, in the place where it first stands, with its strongest role."""
    kept: dict[str, Duty] = {}
    for duty in duties:
        first = kept.get(duty.name)
        if first is None:
            kept[duty.name] = duty
        else:
            role = min(first.role, duty.role, key=lambda r: r.rank)
            kept[duty.name] = replace(first, role=role, alias=first.alias or duty.alias)
    return tuple(kept.values())
