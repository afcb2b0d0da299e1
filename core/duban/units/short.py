"""Whether one name is short for another: by level, place and letters, as data/units/short.toml says."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from duban import resources

_LEVELS = "省市区县旗州盟"
_PLACE = range(2, 6)  # characters of a place's name before its level
_ENDING = re.compile(
    r"(?:分局|大队|支队|总队|中队|分公司|公司|集团|中心|管委会|联社|[局委办部厅院室社会联协处站所校馆台行关队])$"
)
_TOWN = re.compile(r"(?:[镇乡村]|街道|社区)$")
# 县公安局云溪分局 is 云溪's 公安分局.
_BRANCH = re.compile(r"^(?:.{0,5}[省市州县])?(?P<what>.{2,8}?)局(?P<place>.{2,5}?)[区县市]?分局$")
# These have a place before them without its level: 云溪公安分局, 云溪海关.
_PLACED = re.compile(r"(?:分局|支行|公司|海关|海事局|大队|支队|中队|监管组|电信|移动|联通)$")
_FIGURE = re.compile(r"[0-9]+|第[一二三四五六七八九十百]+")
_BRACKET = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True, slots=True)
class Form:
    """A name in parts. "" where it does not say its place or level."""

    place: str
    level: str
    core: str


@dataclass(frozen=True, slots=True)
class _Pair:
    letters: re.Pattern[str]
    words: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Table:
    same: tuple[tuple[re.Pattern[str], str], ...]
    short: tuple[_Pair, ...]
    former: tuple[_Pair, ...]
    no_level: re.Pattern[str]
    joining: re.Pattern[str]


@cache
def _table() -> _Table:
    facts = tomllib.loads((resources.data("units") / "short.toml").read_text(encoding="utf-8"))
    return _Table(
        same=tuple((re.compile(one["pattern"]), one["written"]) for one in facts["same"]),
        short=_pairs(facts["short"]),
        former=_pairs(facts["former"]),
        no_level=re.compile(facts["no_level"]),
        joining=re.compile(facts["joining"]),
    )


def _pairs(lines: list[dict[str, str]]) -> tuple[_Pair, ...]:
    return tuple(_Pair(re.compile(one["letters"]), re.compile(one["words"])) for one in lines)


def normalised(name: str) -> str:
    """A name as looked up: without blanks, one width of brackets and digits."""
    return "".join(unicodedata.normalize("NFKC", name).split())


@lru_cache(maxsize=16384)
def form_of(name: str) -> Form:
    """A name in its parts, its wordings made one: 中共云溪县委机构编制委员会办公室 is (云溪, 县, 编办)."""
    table = _table()
    plain = _BRACKET.sub("", normalised(name)) or normalised(name)
    if branch := _BRANCH.match(plain):
        return Form(branch["place"], "", table.joining.sub("", branch["what"]) + "分局")
    for pattern, written in table.same:
        plain = pattern.sub(written, plain)
    return _split(table.joining.sub("", plain), table)


def _split(plain: str, table: _Table) -> Form:
    for i in (0, *_PLACE):
        if plain[i : i + 1] in tuple(_LEVELS) and len(plain) > i + 2 and not table.no_level.match(plain, i):
            return Form(plain[:i], plain[i], plain[i + 1 :])
    return Form("", "", plain)


def fits(short: str, full: str) -> int:
    """How well a name is short for a full one: 2 the same but for place and level, 1 by letters, 0 not."""
    said, unit = form_of(short), form_of(full)
    if said.level and unit.level and said.level != unit.level:
        return 0
    if said.place and unit.place and said.place != unit.place:
        return 0
    core = said.core
    if not said.place and not said.level and unit.place and core.startswith(unit.place):
        core = core[len(unit.place) :]
    return _core_fits(core, unit)


def _core_fits(core: str, unit: Form) -> int:
    if core == unit.core:
        return 2
    ahead = len(unit.core) - len(core)
    if not unit.level and _PLACED.search(core) and unit.core.endswith(core) and ahead in _PLACE:
        return 2
    return 1 if letters_fit(core, unit.core) else 0


def letters_fit(short: str, full: str) -> bool:
    """发改局 and 发展改革局: the same ending, and before it letters of the full name from its first on."""
    if _TOWN.search(short):
        return False
    (a, end), (b, other) = _stem(short), _stem(full)
    if end != other or a == b or _FIGURE.findall(a) != _FIGURE.findall(b):
        return False  # 第2小学 is not short for 第12小学
    listed = _listed(a)
    if listed:
        fitting = any(pair.words.search(b) for pair in listed)
    else:
        fitting = len(a) > 1 and len(end) > 0 and a[0] == b[:1] and within(a, b)
    return fitting and not is_former(short, full)


@lru_cache(maxsize=4096)
def _listed(letters: str) -> tuple[_Pair, ...]:
    return tuple(pair for pair in _table().short if pair.letters.fullmatch(letters))


def is_former(name: str, today: str) -> bool:
    """Whether a name is what an organ of today was called before a reform: 环保局, 生态环境局."""
    a, b = _stem(form_of(name).core)[0], _stem(form_of(today).core)[0]
    return b not in {a, ""} and any(pair.words.search(b) for pair in _once_called(a))


@lru_cache(maxsize=4096)
def _once_called(letters: str) -> tuple[_Pair, ...]:
    return tuple(pair for pair in _table().former if pair.letters.fullmatch(letters))


def alike(name: str, full: str) -> int:
    """How near a name comes to a unit's, 0 to 4: a former name 4, short or another ending 3, another
    level less."""
    said, unit = form_of(name), form_of(full)
    same_level = not (said.level and unit.level and said.level != unit.level)
    if is_former(name, full):
        return 4 if same_level else 1
    if _core_fits(said.core, Form(unit.place, "", unit.core)):
        return 3 if same_level else 2
    a, b = _stem(said.core)[0], _stem(unit.core)[0]
    if a and (a == b or letters_fit(a + "局", b + "局")):
        return 3 if same_level else 1
    return 2 if same_level and within(a, b) else 0  # 水利局, 农业农村和水利局


def within(short: str, full: str) -> bool:
    """Whether the characters of `short` stand in `full` in their order."""
    rest = iter(full)
    return len(short) > 1 and all(c in rest for c in short)


@lru_cache(maxsize=16384)
def _stem(core: str) -> tuple[str, str]:
    found = _ENDING.search(core)
    return (core[: found.start()], found[0]) if found else (core, "")
