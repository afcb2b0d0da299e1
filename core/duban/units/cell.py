"""A units cell, or a clause that names units, becomes duties: who leads, is responsible, cooperates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from duban.model import Duty, Role, UnitNames
from duban.units.forms import apart, is_collective, looks_like_unit, split_vague

_LEAD = r"牵头|主办|主责"
_COOPERATE = r"配合|协办|协助|协同|协作|参与|参加|支持|会办"
_RESPONSIBLE = r"负责|落实|承办|实施|责任|承担|办理|执行|推进"
_ROLES = ((Role.LEAD, re.compile(_LEAD)), (Role.COOPERATE, re.compile(_COOPERATE)))

_LABELS = {Role.LEAD: "牵头", Role.RESPONSIBLE: "责任", Role.COOPERATE: "配合"}

_HOW = (
    r"(?:(?:按照?|根据|依照?|依据|结合)(?:各自|部门|工作|本部门|本单位|有关|的)*(?:职责|职能|职权|分工|任务|权限)"
    r"(?:和|与|及)?(?:分工|职责|范围|权限)?(?:以?内)?)"
)
_MANNER = (
    r"(?:分别|共同|联合|具体|各自|统一|总|主要|积极|组织|统筹|全面|分头|认真|密切|予以"
    r"|做好|抓好|为|作为|是|落实|各负其责|协调|指导)"
)
# 配合 and 会办 never stand inside a name; 支持, 参与, 落实 may, so they count at the end of a piece alone.
_TAIL = re.compile(
    rf"(?:{_HOW}{_MANNER}*(?P<a>{_LEAD}|{_COOPERATE}|{_RESPONSIBLE})?|{_MANNER}*(?P<b>{_LEAD}|{_COOPERATE}|{_RESPONSIBLE}))"
    rf"(?:{_LEAD}|{_COOPERATE}|{_RESPONSIBLE}|{_MANNER}|单位|部门|工作|相关|好|抓|本项|此项|该项|任务|到位)*$"
)
_MIDDLE = re.compile(
    rf"(?:{_HOW})?{_MANNER}*(?:牵头|负责|配合|协办|会办|主办(?!方))(?:{_LEAD}|{_COOPERATE}|{_RESPONSIBLE}|组织)*(?!单位|部门|及|、)"
)
_WITH = re.compile(r"(?:会同|协同|联合|商)(?=.{2})")
_WHO = r"(?:单位|部门|机关|科室|处室|机构|市区|镇街|方)"
_KIND = rf"(?:总|主要|主|第一)?(?:{_LEAD}|{_COOPERATE}|负责|落实|承办|实施|责任|协同|成员)"
_LABEL = re.compile(
    rf"(?P<role>{_KIND}{_WHO}?(?:[（(]{_KIND}?{_WHO}?[)）])?(?:[及和与、/]{{1,2}}{_KIND}{_WHO}?)*)"
    r"(?:[:：]|(?<!成员单位)(?<=单位|部门)(?!按|分别|共同|配合|负责|落实|参与)(?=[^、，,；;。:：）)]{2}))"
)
# Labels of what is no unit: what stands after them, up to the next label, is left alone.
_OTHER_LABEL = re.compile(
    r"(?:责任人|责任领导|分管领导|牵头领导|负责人|联系人|联络员|联系电话|电话|完成时限|完成时间|时限要求|时限|时间要求|备注|工作目标)[:：]"
)
_BY = re.compile(r"^.*(?<!自)由(?=.)")
_NUMBER = re.compile(r"^(?:[0-9０-９]{1,2}[.．、)）]|[（(][0-9一二三四五六七八九十]{1,2}[)）]|[①-⑳])")
_ALIAS = re.compile(r"^(?P<name>.+?)[（(](?P<inner>[^（()）]+)[)）]$")
_ROLE_IN_BRACKETS = re.compile(
    rf"[（(](?P<role>(?:总|主要)?(?:{_LEAD}|{_COOPERATE}|负责|责任|承办|落实)(?:单位|部门|负责|方)?)[)）]$"
)
_ALL_IN_BRACKETS = re.compile(rf"[（(](?P<words>(?:{_HOW}|分别|共同|各自)[^（()）]*)[)）]$")
_SEPARATORS = "、，,；;/／。\n"
_AND = re.compile(r"以及|[和与及](?!其)")
_OPEN, _CLOSE = "（([【〔", "）)]】〕"


@dataclass
class _Reading:
    """What has been read so far; names wait until a word says what they have to do."""

    default: Role
    duties: list[Duty] = field(default_factory=list)
    vague: list[str] = field(default_factory=list)
    waiting: list[Duty] = field(default_factory=list)
    label: Role | None = None
    ignoring: bool = False

    def settle(self, role: Role | None) -> None:
        for duty in self.waiting:
            self.duties.append(replace(duty, role=role) if role else duty)
        self.waiting.clear()


def parse_units(cell: str, *, default: Role = Role.RESPONSIBLE) -> UnitNames:
    """The duties that a units cell or clause names, in its order, each name once with its strongest role.

    `default` is the role of names without a role word (a column of its own for 牵头单位 or 配合单位).
    Words that name nobody (等有关部门) come back in `vague`, as written.
    """
    reading = _Reading(default)
    for piece in _pieces(_mend(cell)):
        if isinstance(piece, str):
            _read(piece, reading)
        else:
            _label(piece, reading)
    reading.settle(None)
    return UnitNames(duties=once(reading.duties), vague=tuple(dict.fromkeys(reading.vague)))


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
    lines += [f"“{words}”：没有指明单位，不生成任务" for words in names.vague]
    return lines or ["没有读到单位。"]


def role_of(words: str) -> Role:
    """The role that a phrase gives: 牵头负责 is lead, 协同配合 cooperate, everything else responsible."""
    return next((role for role, pattern in _ROLES if pattern.search(words)), Role.RESPONSIBLE)


def _mend(cell: str) -> str:
    """One line: a break or blank inside a name goes, one between two names becomes a separator."""
    parts = re.split(r"[\s\u200b\ufeff]+", cell.strip())
    text = parts[0]
    for part in parts[1:]:
        left = re.split(rf"[{_SEPARATORS}：:]", text)[-1]
        right = re.split(rf"[{_SEPARATORS}]", part)[0]
        inside = _depth(text) > 0
        name = _TAIL.sub("", right) or right
        new = _NUMBER.match(right) or _LABEL.match(right) or _OTHER_LABEL.match(right)
        done = _TAIL.search(left) is not None and _TAIL.sub("", right) != ""
        if text and not inside and (new or done or apart(_BY.sub("", left), name)):
            text += "、"
        text += part
    text = text.strip(_SEPARATORS)
    while len(text) > 1 and text[0] in _OPEN and _partner(text) == len(text) - 1:
        text = text[1:-1].strip(_SEPARATORS)
    return text


def _depth(text: str) -> int:
    return max(0, sum(text.count(c) for c in _OPEN) - sum(text.count(c) for c in _CLOSE))


def _partner(text: str) -> int:
    """The place of the bracket that closes the one at 0, or -1."""
    depth = 0
    for i, c in enumerate(text):
        depth += (c in _OPEN) - (c in _CLOSE)
        if depth == 0:
            return i
    return -1


def _pieces(text: str) -> Iterator[str | re.Match[str]]:
    """The text cut at separators; labels come as matches. Separators inside brackets do not cut."""
    balanced = sum(text.count(c) for c in _OPEN) == sum(text.count(c) for c in _CLOSE)
    start, depth, i = 0, 0, 0
    while i < len(text):
        c = text[i]
        depth += (c in _OPEN) - (c in _CLOSE)
        if i == start and depth == 0:
            label = _OTHER_LABEL.match(text, i) or _LABEL.match(text, i)
            if label:
                yield label
                start = i = label.end()
                continue
        if c in _SEPARATORS and (depth <= 0 or not balanced):
            yield text[start:i]
            start = i + 1
        i += 1
    yield text[start:]


def _label(label: re.Match[str], reading: _Reading) -> None:
    """From here on names have the label's role; one that mixes roles says no more than the column."""
    reading.settle(None)
    reading.ignoring = label.re is _OTHER_LABEL
    if not reading.ignoring:
        words = label["role"]
        roles = {role_of(word) for word in re.findall(rf"{_LEAD}|{_COOPERATE}|{_RESPONSIBLE}", words)}
        reading.label = role_of(words) if len(roles) == 1 else reading.default


def _read(piece: str, reading: _Reading) -> None:
    piece = _NUMBER.sub("", piece.strip()).strip()
    if not piece or reading.ignoring:
        return
    if found := _ROLE_IN_BRACKETS.search(piece):  # A（牵头）、B: the word is A's alone
        names = _Reading(role_of(found["role"]))
        _names(piece[: found.start()], names)
        reading.waiting.extend(replace(duty, role=names.default) for duty in names.waiting)
        reading.settle(None)
        reading.vague += names.vague
        return
    piece = _ALL_IN_BRACKETS.sub(r"\g<words>", piece)
    by = _BY.match(piece)
    if by and not looks_like_unit(by[0][:-1]):
        piece = piece[by.end() :]
    tail = _TAIL.search(piece)
    words, body = (tail[0], piece[: tail.start()]) if tail else ("", piece)
    if (middle := _MIDDLE.search(body)) and middle.start() > 0:  # A牵头B配合, in one breath
        _read(body[: middle.end()], reading)
        rest = piece[middle.end() :]
        if tail or looks_like_unit(rest):
            _read(rest, reading)
        return
    _join(body, words, reading)


def _join(body: str, words: str, reading: _Reading) -> None:
    """Take the names of a piece; `words` are the role words that it ends with."""
    role = role_of(words) if words else None
    together = _WITH.search(body)
    if together and (together.start() == 0 or looks_like_unit(body[: together.start()])):
        _names(body[: together.start()], reading)  # A会同B: A leads, B takes part
        reading.settle(Role.LEAD)
        reading.label = reading.label if words else Role.COOPERATE
        body = body[together.end() :]
    _names(body, reading)
    if role is not None:
        reading.settle(role)
        reading.label = reading.label if reading.label is not Role.COOPERATE else None


def _names(body: str, reading: _Reading) -> None:
    name, vague = split_vague(body)
    if vague:
        reading.vague.append(vague)
    role = reading.label or reading.default
    reading.waiting.extend(_duty(one, role) for one in _parted(name))


def _parted(body: str) -> Iterator[str]:
    """县教育局和县财政局 is two names; 县发展和改革局 is one."""
    start = 0
    for found in _AND.finditer(body):
        left, right = body[start : found.start()], body[found.end() :]
        if _depth(left) == 0 and apart(left, right):
            yield left
            start = found.end()
    if start < len(body):
        yield body[start:]


def _duty(text: str, role: Role) -> Duty:
    name, alias = text, None
    found = None if is_collective(text) else _ALIAS.match(text)
    if found:
        former = re.sub(r"^(?:原|加?挂牌?)", "", found["inner"])
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
