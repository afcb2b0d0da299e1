"""The units file: TOML in and out. tomllib only reads, so this small shape is written here."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from duban.errors import DubanError
from duban.units.directory import Collective, Directory, Unit, normalised
from duban.units.kinds import kinds

_SHAPE = {
    "unit": {"name": str, "aliases": list, "kind": str},
    "collective": {"name": str, "members": list},
}


class UnitsFileError(DubanError):
    """单位文件有误：{where}{why}。请改正后重新导入。"""


def from_toml(text: str) -> Directory:
    """A directory from a units file. A name in `members` that is no unit yet becomes one.

    Raises UnitsFileError, with the place, for what is no TOML, an unknown key, a wrong type, a name twice.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnitsFileError(where="", why=f"不是合法的 TOML（{error}）") from None
    for key in tree:
        if key not in _SHAPE:
            raise UnitsFileError(where=f"“{key}”", why="不是已知的项，只能是 [[unit]] 或 [[collective]]")
    entries = {section: list(_entries(section, tree.get(section, []))) for section in _SHAPE}
    units = [
        Unit(name=e["name"], aliases=tuple(e.get("aliases", ())), kind=e.get("kind", ""))
        for e in entries["unit"]
    ]
    taken = _taken(units, [e["name"] for e in entries["collective"]])
    collectives = []
    for entry in entries["collective"]:
        members: dict[str, None] = {}
        for member in entry.get("members", ()):
            owner = taken.get(normalised(member))
            if owner in {e["name"] for e in entries["collective"]}:
                raise UnitsFileError(
                    where=f"“{entry['name']}”的成员“{member}”", why="本身是泛称单位，成员只能是具体单位"
                )
            if owner is None:
                units.append(Unit(name=member))
                owner = taken[normalised(member)] = member
            members.setdefault(owner)
        collectives.append(Collective(name=entry["name"], members=tuple(members)))
    return Directory(units=tuple(units), collectives=tuple(collectives))


def to_toml(directory: Directory) -> str:
    """The units file of a directory; from_toml gives the same directory back."""
    parts = []
    for unit in directory.units:
        lines = ["[[unit]]", f"name = {_quoted(unit.name)}"]
        if unit.aliases:
            lines.append(f"aliases = {_list(unit.aliases)}")
        parts.append("\n".join([*lines, f"kind = {_quoted(unit.kind)}"]))
    for collective in directory.collectives:
        lines = [
            "[[collective]]",
            f"name = {_quoted(collective.name)}",
            f"members = {_list(collective.members)}",
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n" if parts else ""


def _entries(section: str, value: object) -> Iterable[Mapping[str, Any]]:
    shape = _SHAPE[section]
    if not isinstance(value, list):
        raise UnitsFileError(where=f"“{section}”", why=f"应写成 [[{section}]]")
    for number, entry in enumerate(value, 1):
        place = f"第 {number} 个 [[{section}]] "
        if not isinstance(entry, dict):
            raise UnitsFileError(where=place, why=f"应写成 [[{section}]] 一节")
        for key, content in entry.items():
            if key not in shape:
                raise UnitsFileError(where=place, why=f"有未知的键“{key}”，只能是 {'、'.join(shape)}")
            if not isinstance(content, shape[key]):
                raise UnitsFileError(
                    where=place, why=f"的“{key}”应当是{'文字' if shape[key] is str else '一列文字'}"
                )
            if isinstance(content, list) and not all(isinstance(one, str) and one.strip() for one in content):
                raise UnitsFileError(where=place, why=f"的“{key}”里有空的或不是文字的一项")
        if not str(entry.get("name", "")).strip():
            raise UnitsFileError(where=place, why="缺少 name")
        if entry.get("kind") and entry["kind"] not in kinds():
            raise UnitsFileError(
                where=place, why=f"的 kind“{entry['kind']}”不是已知的类别，只能是 {'、'.join(kinds())}"
            )
        yield entry


def _taken(units: Iterable[Unit], collectives: Iterable[str]) -> dict[str, str]:
    """Each name and alias with the name of its owner. Raises UnitsFileError where two claim one."""
    taken: dict[str, str] = {}
    claims = [(name, name) for name in collectives]
    claims += [(name, unit.name) for unit in units for name in (unit.name, *unit.aliases)]
    for name, owner in claims:
        if normalised(name) in taken:
            raise UnitsFileError(
                where=f"“{name}”",
                why=f"写了两次（“{taken[normalised(name)]}”和“{owner}”），名称和别名都不能重复",
            )
        taken[normalised(name)] = owner
    return taken


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _list(names: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, names))}]"
