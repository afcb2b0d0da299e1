"""Persons apart from units: 县教育局局长李四 names 县教育局, 副县长张三 no unit (data/units/persons.toml)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from duban import resources
from duban.units.forms import is_collective, looks_like_unit

_UNIT = (
    r"(?P<unit>.{2,40}?(?:[局委办部厅署院室处所站队镇乡街台馆社校科股团会]|中心|街道|公司|集团|银行|支行|政府"
    r"|妇联|残联|工商联))"
)
_BRACKET = re.compile(r"^(?P<out>[^（(]*)[（(](?P<inner>[^（()）]*)[)）]$")
_CALL = re.compile(r"(?:联系|办公|值班)?(?:电话|手机|座机|方式)[:：]?")
_SAID = re.compile(
    r"(?:责任人|负责人|联系人|联络员|分管领导|责任领导|牵头领导|主要领导|经办人|责任科室|责任处室)[:：]?"
)


@dataclass(frozen=True, slots=True)
class _Rules:
    phone: re.Pattern[str]
    person: re.Pattern[str]  # a name, a post, or both, and nothing else
    behind: re.Pattern[str]  # a unit with a person or a post behind it
    named: re.Pattern[str]  # a name alone
    many: re.Pattern[str]  # 各级河长: whoever has the post


@cache
def _rules() -> _Rules:
    facts = tomllib.loads((resources.data("units") / "persons.toml").read_text(encoding="utf-8"))
    name = rf"(?:{facts['surnames']})[\u4e00-\u9fff某×]{{1,2}}"
    title, polite = facts["titles"], facts["polite"]
    posts = rf"(?:{title})(?:[、兼](?:{title}))?"
    return _Rules(
        phone=re.compile(facts["phone"]),
        person=re.compile(
            rf"(?:[省市区县旗州]?(?:政府|委)?{posts}(?:{name})?|{name}[省市区县旗州]?(?:政府|委)?{posts}){polite}"
        ),
        behind=re.compile(rf"{_UNIT}(?:(?:{posts})(?:{name})?|{name}(?:{posts})?){polite}"),
        named=re.compile(rf"{name}{polite}"),
        many=re.compile(rf"[全各](?:[省市区县镇乡村]|级)?(?:总)?(?:{title}){polite}"),
    )


def without_persons(piece: str) -> str:
    """The unit that a piece names, without the persons, posts and telephones in it; "" where there is none.

    A bare name (王五) stays: nothing tells it from a place.
    """
    rules = _rules()
    bracket = _BRACKET.match(piece)
    if bracket and (cut := _bracketed(bracket["out"], bracket["inner"])) is not None:
        return cut
    piece = rules.phone.sub("", piece) if re.search(r"[0-9]{6}", piece) else piece
    if rules.person.fullmatch(piece) or rules.many.fullmatch(piece):
        return ""
    if is_collective(piece):
        return piece
    found = rules.behind.fullmatch(piece)
    return found["unit"] if found and not looks_like_unit(piece) else piece


def is_bare_name(piece: str) -> bool:
    """Whether a piece could be a person's name and nothing else: it is one only behind another person."""
    return bool(_rules().named.fullmatch(piece)) and not looks_like_unit(piece)


def _bracketed(out: str, inner: str) -> str | None:
    """县教育局（李四） and 王五（县教育局局长） alike; None where the bracket is about no person."""
    rules = _rules()
    inner = _CALL.sub("", rules.phone.sub("", inner)).strip("、，,；;：: ")
    if not inner or _SAID.match(inner) or rules.named.fullmatch(inner) or rules.person.fullmatch(inner):
        return without_persons(out) if not rules.named.fullmatch(out) else ""
    if rules.named.fullmatch(out):
        unit = without_persons(inner)
        return unit if looks_like_unit(unit) and not looks_like_unit(out) else None
    return None
