"""What a clause says of who and when: 牵头单位：…；完成时限：…, A牵头，B负责，6月底前完成."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from duban.model import UnitNames
from duban.reading.align import names_units
from duban.reading.saying_when import is_time, may_say_when, refers
from duban.reading.tidy import tidy
from duban.units.cell import once, parse_units
from duban.units.forms import looks_like_unit

_WHICH = r"(?:总|主要|直接|具体|[省市区县旗镇乡]级?|[省市区县]直|本级|其他|共同|主管)"
_PART = r"(?:牵头|责任|配合|主办|协办|主责|承办|落实|参与|参加|负责|协助|协同|实施|执行|完成|支持|成员)"
_WHO = r"(?:单位|部门|科室|处室|机构|机关|主体|镇街|乡镇|股室)"
_PERSON = r"(?:领导|责任人|负责人|联系人|联络员|经办人|分管领导)"
_UNITS = (
    rf"{_WHICH}?(?:{_PART}(?:及|和|与|、|/|（|\()?)+(?:{_WHO}[)）]?(?:[及和与、]{{1,2}}{_PERSON})?)"
    r"|(?:责任|任务|职责)分工"
)
_PEOPLE = rf"{_WHICH}*(?:{_PART}|分管|包保|包联|挂钩|挂点|县级|市级|区级)*{_PERSON}"
_TIME = (
    r"(?:工作|任务|整改|计划|预计|拟|目标)?(?:完成|办结|整改|推进|落实|实施|办理|时间)?"
    r"(?:时限|时间|期限|日期|节点)(?:要求|安排|节点)?"
)
_LABELS = rf"(?P<units>{_UNITS})|(?P<people>{_PEOPLE})|(?P<time>{_TIME})"
LABEL = re.compile(rf"(?:{_LABELS})\s*[:：]")
_BOXED = re.compile(rf"[【\[〔（(]\s*(?P<label>{_UNITS}|{_PEOPLE}|{_TIME})\s*[】\]〕）)]\s*[:：]?")
_NEXT = re.compile(rf"(?:^|(?<=[；;，,、。\s）)]))(?:{_LABELS})\s*(?:[:：]|为(?=.))")
GAP = "\x1f"  # a blank before a label: it parts what a blank inside a name does not
_BEFORE = re.compile(rf"\s+(?=(?:{_LABELS})\s*[:：])")
_FIELD = re.compile(rf"(?:^|(?<=[；;，,、。\s）)]))(?:{_LABELS})\s*[:：]")
_GLUED = re.compile(rf"(?=(?P<where>[省市区县旗镇乡])?(?:{_LABELS})\s*[:：])")
_EDGE = re.compile(r"[；;，,、。\s:：]")
_COLON = re.compile(r"[:：]")
_PIECE = re.compile(r"[；;，,。\n]")
_BY = re.compile(r"^由(?=.{2})")
ROLE = re.compile(r"(?:牵头|负责|配合|协办|落实|承办|主办)")
_EDGES = "；;，,。、 \u3000\n\x1f"
_VERB = re.compile(r"[要应须把将对并]|加强|推进|落实|做好|抓好|强化|建立|完善|坚持|认真|切实|定期|进一步")
_SEE = re.compile(r"详?见|附|含|包括|即|如|例如|下同|简称|以下")
_LONGEST = 1_500  # characters of a clause; what is longer is a text
_LONGEST_LABEL = 16


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as written, what it says of units and of time, and by what it is known as one."""

    text: str
    units: str = ""
    time: str = ""
    labels: tuple[str, ...] = ()
    roles: bool = False  # 牵头, 负责, 配合
    cut: bool = False  # its bracket was never closed
    line: int = 0  # its last line, where it stands on lines of its own

    @property
    def sure(self) -> bool:
        """Whether it can be nothing else, wherever it stands."""
        return bool(self.labels)


def unboxed(text: str) -> str:
    """【责任单位】甲局 as 责任单位：甲局, and what stands before a label parted from it."""
    return _unglued(_BEFORE.sub(GAP, _BOXED.sub(lambda m: f"{GAP}{m['label']}：", text)))


def _unglued(text: str) -> str:
    """Fields whose blanks were lost (牵头单位：甲局配合单位：乙局时限：全年), parted before each label."""
    first = _FIELD.search(text)
    if first is None:
        return text
    parts = [text[: first.end()]]
    at, person = first.end(), bool(first["people"])
    for m in _GLUED.finditer(text, at):
        if m.start() - at > _LONGEST:
            break
        value = text[at : m.start()]
        last = _EDGE.split(value)[-1]
        named = person and len(last) <= _LONGEST_LABEL
        if m.start() < at or (last and not named and not _ends(last)):
            continue
        if m["where"] and _ends(last + m["where"]):
            continue  # 各县区牵头单位: the letter is the name's
        colon = _COLON.search(text, m.start())
        if colon:
            parts += [value, GAP, text[m.start() : colon.end()]]
            at, person = colon.end(), bool(m["people"])
    return "".join([*parts, text[at:]])


def _ends(words: str) -> bool:
    """Whether words are a name or a time, so that a field can end with them."""
    return names_units(words) or is_time(words)


def is_label_line(text: str) -> bool:
    """Whether a line begins with 责任单位：, 完成时限： or the like, in whichever brackets."""
    return bool(LABEL.match(text) or _BOXED.match(text))


def clause_of(text: str, *, cut: bool = False) -> Clause | None:
    """What the text of a bracket or a line says, where it is a clause; else None."""
    plain = tidy(unboxed(text)).strip(_EDGES) if len(text) <= _LONGEST else ""
    if not plain:
        return None
    units: list[str] = []
    times: list[str] = []
    labels: list[str] = []
    for kind, label, value in _segments(plain):
        labels += [label] if label else []
        if kind == "time":
            _time_value(value, units, times)
        elif kind != "people":
            who, when = _parted(value)
            units += [f"{label}：{who}" if label else who] if who else []
            times += when
    said = "；".join(units)
    if not labels and _SEE.match(said):
        return None
    if not labels and not (names_units(_BY.sub("", said)) if said else times):
        return None
    return Clause(
        text=text.replace(GAP, " ").strip(),
        units=said,
        time="；".join(times),
        labels=tuple(labels),
        roles=bool(said and ROLE.search(said)),
        cut=cut,
    )


def only_names(clause: Clause) -> bool:
    """Whether a clause without a label is names and what those have to do, and no sentence on them."""
    if clause.units.endswith(("人", "人员", "同志")):
        return False
    duties = parse_units(clause.units).duties if clause.roles else ()
    return bool(duties) and all(looks_like_unit(d.name) and not _VERB.search(d.name) for d in duties)


def names_of(clauses: Sequence[Clause]) -> UnitNames:
    """The units of several clauses, each name once."""
    named = [_parsed(clause.units) for clause in clauses if clause.units]
    if len(named) == 1:
        return named[0]
    return UnitNames(
        duties=once([duty for names in named for duty in names.duties]),
        vague=tuple(dict.fromkeys(words for names in named for words in names.vague)),
    )


_parsed = lru_cache(maxsize=2048)(parse_units)  # the same few units do most of a plan


def _segments(plain: str) -> Iterator[tuple[str, str, str]]:
    """(kind, label, value) for each label of a clause; what stands before the first has none."""
    found = list(_NEXT.finditer(plain))
    ends = [*(m.start() for m in found), len(plain)]
    if ends[0]:
        yield "units", "", plain[: ends[0]].strip(_EDGES)
    for m, end in zip(found, ends[1:], strict=True):
        value = plain[m.end() : end].strip(_EDGES)
        kind = "units" if m["units"] else "people" if m["people"] else "time"
        yield kind, m[0].rstrip("为：: \u3000")[:_LONGEST_LABEL], value


def _time_value(value: str, units: list[str], times: list[str]) -> None:
    """The value of a time label; units behind it are units."""
    rest = []
    for piece in _PIECE.split(value):
        if piece.strip() and names_units(piece) and not is_time(piece):
            units.append(piece.strip())
        elif piece.strip():
            rest.append(piece.strip())
    if rest:
        times.append("；".join(rest) if len(rest) > 1 and "；" in value else "，".join(rest))


def _parted(value: str) -> tuple[str, list[str]]:
    """The names of a value, and the times that stand among them."""
    if not may_say_when(value):
        return value, []
    kept, times = [], []
    start = 0
    for m in [*_PIECE.finditer(value), None]:
        end = m.start() if m else len(value)
        piece = value[start:end].strip()
        if refers(piece):
            pass  # the times that it means stand in the text itself
        elif is_time(piece):
            times.append(piece)
        elif piece:
            kept.append(value[start : m.end() if m else end])
        start = m.end() if m else end
    return "".join(kept).strip(_EDGES), times
