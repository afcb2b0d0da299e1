"""A reply cut into clauses, each with the items that it names and the wordings found in it. Linear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from duban.replies import marks as signs
from duban.replies.amounts import fold_amounts, fold_days
from duban.replies.grammar import QUESTION, RULES, STATEMENTS
from duban.replies.items import fold_items
from duban.replies.marks import CLASS, Marks
from duban.replies.proofs import fold_proofs
from duban.replies.senses import Rule, Sense
from duban.replies.vocabulary import D, I, P, S

E = CLASS["proof"]
_END = r"，,。；;\n!！…:()（）【】|"
_CLAUSE = re.compile(  # longer ones are cut: nobody writes them, and each rule looks over all of its clause
    rf"[^{_END}?？]{{0,200}}[?？]{{1,9}}|[^{_END}?？]{{1,200}}"
)
_INSIDE = re.compile(  # blanks within 第 54 项 and 11 月 30 日
    r"(?<=[第#])[ \t]+(?=[0-9一二三四五六七八九十])|(?<=[0-9一二三四五六七八九十])[ \t]+(?=[项号]|"
    r"月份|月[ \t]*[0-9]|日)|(?<=[0-9]月)[ \t]+(?=[0-9])"
)
_PARTING_BLANK = re.compile(rf"(?<=\S)[ \t]+(?={I})|(?<={P})[ \t]+(?=[一-鿿])")
_COLON_OF_CLOCK = re.compile(r"(?<=[0-9]):(?=[0-9])")
_EXCEPT = re.compile(
    r"除[了开去]?(?:(?:以上|上述)的?)?(?P<what>[^，。；\n]{0,24}?)(?:(?:之外|以外|外)[，,]?(?P<rest>其他|"
    r"其它|其余)?|[，,](?=其[他它余]|全部|所有|[都均])|(?=[。；;\n]|$))的?"
)
_BUT = re.compile(rf"(?P<what>{I}(?:[、,和及]{I})*)(?:除外|例外|(?:之外|以外)的?(?P<rest>其他|其它|其余)?)")
_OTHERS = r"(?:事项|任务|工作|项目|内容|条目|几项|各项|[项个])?"
_REST = re.compile(
    rf"(?:其[他它余]|剩余|剩下|余下|别的)的?{_OTHERS}(?![的]?(?:部门|单位|科室|人|地方|情况|原因|"
    r"同志|方面|问题|镇|街|局|材料|资料|数据|"
    rf"{P}|{D}|[0-9一二两三四五六七八九十]{{1,3}}(?:个|家|处|件|条|所|座|户|宗|栋|公里|批|份|名)))"
)
_OURS = r"^(?:目前|现在?|截至目前|我[局办镇街]|我们|我单位|本局|本单位|[:、])*"
_ALL = re.compile(
    rf"{_OURS}(?:全部|全都|所有|各|每)(?:的?(?:事项|任务|工作|项目|督办)|"
    r"[0-9一二三四五六七八九十几]*[项个])+(?:工作|任务|事项)*"
)
_BOTH = re.compile(r"^[^，。]{0,8}?(?:都|均|全部|一切|一律|统统)")
_LONE = re.compile(rf"^(?:其中|关于|对于|另外?|还有|但是?|而|报告|领导|您好|你好|以及|{I}|\s|[、:和及的])*$")


_SAME = re.compile(
    rf"^(?:{I}|[、和及])+(?:情况)?(?:也|都|同样)*(?:是|一样|同上|如此|同样)(?:的|了)?$|^{I}(?:同上|"
    r"也)$"
)


class Scope(Enum):
    """Of which items a clause speaks."""

    NAMED = "named"
    ALL = "all"
    EACH = "each"  # 全部, 都: of all, where nobody spoke of any before
    REST = "rest"
    SAME = "same"  # those of the clause before


@dataclass(frozen=True, slots=True)
class Found:
    """One wording: the rule that read it, and where in the clause."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    """Folded words between two signs of punctuation."""

    text: str
    scope: Scope
    items: tuple[int, ...] = ()
    found: tuple[Found, ...] = ()
    proofs: tuple[str, ...] = ()
    percents: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    heads: bool = False  # a colon follows: 已完成：3、7项

    @property
    def senses(self) -> frozenset[Sense]:
        """What it says, without what only looks like a status."""
        return frozenset(f.rule.sense for f in self.found) - {Sense.NOTHING}

    @property
    def same(self) -> bool:
        """Whether it says of its items what was said before (第7项也是)."""
        return bool(_SAME.search(self.text)) and not self.senses

    @property
    def lone(self) -> bool:
        """Whether it names items and says nothing of them yet (第3项，第7项均已完成)."""
        return bool(_LONE.match(self.text))


_NO_HEADING = {Sense.NOTHING, Sense.QUESTION}
_ASKS = Rule("question", Sense.QUESTION, QUESTION)


def read_clauses(text: str, marks: Marks, open_items: Sequence[int]) -> list[Clause]:
    """The clauses of `text` in order; `marks` then holds what each sign stands for."""
    text = fold_proofs(_INSIDE.sub("", signs.plain(text)), marks)
    text = fold_amounts(text, marks)
    text = fold_days(fold_items(text, marks, open_items), marks)
    text = _PARTING_BLANK.sub("，", text)
    for apart in (_EXCEPT, _BUT):
        text = apart.sub(lambda m: _except(m, marks), signs.close(text))
    return [one for piece, colon in _pieces(text) for one in _apart(_clause(piece, marks, colon))]


def _apart(clause: Clause) -> list[Clause]:
    """3、7项分别完成60%、80%: each its own."""
    if "分别" in clause.text and 1 < len(clause.items) == len(clause.percents):
        pairs = zip(clause.items, clause.percents, strict=True)
        return [replace(clause, items=(item,), percents=(percent,)) for item, percent in pairs]
    return [clause]


def _except(m: re.Match[str], marks: Marks) -> str:
    """除第3项外 leaves item 3 out; 除第3项有困难外 says something of it, and then of the rest."""
    items = [n for sign in re.findall(I, m["what"]) for n in marks.value[sign].items]
    if not items:
        return m[0]
    if re.sub(rf"{I}|[、,和及\s]", "", m["what"]):
        return f"{m['what']}，{marks.put('rest', m['rest'] or '其余', ())}"
    return f"，{marks.put('except', m[0], tuple(items))}，{m['rest'] or ''}"


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Parted by punctuation, and before a further mention of items once something is said of the first.

    With each, whether a colon follows.
    """
    text = _COLON_OF_CLOCK.sub("\ue000", text)
    for m in _CLAUSE.finditer(text):
        clause = m[0].strip()
        at = 0
        for sign in list(re.finditer(I, clause))[1:]:
            if find(clause[at : sign.start()]):
                yield clause[at : sign.start()], False
                at = sign.start()
        if clause[at:]:
            yield clause[at:], text[m.end() : m.end() + 1] == ":"


def _clause(text: str, marks: Marks, colon: bool) -> Clause:
    items = [n for sign in re.findall(I, text) for n in marks.value[sign].items]
    excluded = [n for sign in re.findall(CLASS["except"], text) for n in marks.value[sign]]
    scope = Scope.SAME
    if items:
        scope = Scope.NAMED
    elif excluded or re.search(CLASS["rest"], text) or _REST.search(text):
        scope = Scope.REST
    elif _ALL.search(text):
        scope = Scope.ALL
    elif _BOTH.search(text):
        scope = Scope.EACH
    found = find(text)
    return Clause(
        text,
        scope,
        tuple(dict.fromkeys(items)),
        tuple(found),
        tuple(marks.value[sign] for sign in re.findall(E, text)),
        _percents(text, found, marks),
        tuple(excluded),
        colon and scope is Scope.SAME and any(f.rule.sense not in _NO_HEADING for f in found),
    )


def find(text: str) -> list[Found]:
    """The wordings in one clause, in order; a question says nothing else, but for a request for more time."""
    taken = bytearray(len(text))
    found: list[Found] = []
    for rule in RULES:
        for m in rule.pattern.finditer(text):
            if m.end() > m.start() and not any(taken[m.start() : m.end()]):
                taken[m.start() : m.end()] = b"\1" * (m.end() - m.start())
                found.append(Found(rule, m.start(), m.end()))
    if QUESTION.search(text) and not STATEMENTS.search(text) and not _requests(text, found):
        return [Found(_ASKS, 0, len(text))]
    return sorted(found, key=lambda f: f.start)


_POLITE = re.compile(rf"申请|希望|恳请|能否|可否|能不能|可不可以|麻烦|{D}|{S}")


def _requests(text: str, found: Sequence[Found]) -> bool:
    """能否延到11月底？ asks for more time; 延期怎么申请？ asks how."""
    asks_how = re.search(r"了吗|是否|是不是|怎么|如何|哪|什么|多少|流程", text)
    return not asks_how and any(f.rule.sense is Sense.EXTENSION for f in found) and bool(_POLITE.search(text))


def _percents(text: str, found: Sequence[Found], marks: Marks) -> tuple[int, ...]:
    said = []
    for one in found:
        if one.rule.sense is Sense.FIGURE:
            said += [
                marks.value[sign] for sign in re.findall(P, text[one.start : one.end])[-1:]
            ]  # from 30% to 50%
    return tuple(n for n in said if 0 <= n <= 100)  # noqa: PLR2004 - of the work, not of anything else
