"""A plan in paragraphs, 一、 （一） 1. （1）, whose measures end in （责任单位：…） or have such a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from duban.model import Choice, Origin, Problem, UnitNames
from duban.reading.align import names_units
from duban.reading.entries import Entry
from duban.reading.grid import Place, between
from duban.reading.marks import is_closing
from duban.reading.tidy import heading_of, number_of, tidy
from duban.units.cell import parse_units

_CN = r"[一二三四五六七八九十百]{1,4}"
_MARKS = tuple(  # how paragraphs are numbered, the outermost first
    re.compile(pattern)
    for pattern in (
        rf"第{_CN}(?:部分|章|篇|节)[、：:\s]*",
        rf"{_CN}[、.．]\s*",
        rf"[（(]{_CN}[)）][、.．]?\s*",
        r"[0-9０-９]{1,3}(?:[、．)）]|\.(?![0-9]))\s*",
        r"[（(][0-9０-９]{1,3}[)）][、.．]?\s*",
        r"[①-⑳]\s*",
    )
)
_UNITS = re.compile(
    r"^(?:(?:总|主要)?(?:牵头|责任|配合|主办|协办|主责|承办|落实|参与|负责|协助|协同)(?:及|和|与|、)?)+"
    r"(?:领导|单位|部门|科室|镇街)[:：]"
)
_TIME = re.compile(
    r"(?:完成|办结|整改|推进|落实|时间)?(?:时限|时间|期限|节点|安排)(?:要求)?[:：]\s*(?P<time>[^；;]*)"
)
_LABELLED = re.compile(r"(?:单位|部门|时限|时间|期限|责任人|领导)[:：]")
_OPEN, _CLOSE = "（(【〔[", "）)】〕]"
_LONGEST_HEADING = 60


At = Callable[[int, int], Place]


def _at(first: int, last: int) -> Place:
    return Place(line=first, last=last)


@dataclass(slots=True)
class _Node:
    """A numbered paragraph with what follows it: `rank` is the place of its mark in _MARKS."""

    rank: int
    number: int | None
    line: int
    texts: list[str]
    clauses: list[str] = field(default_factory=list)
    last: int = 0

    @property
    def head(self) -> str:
        """Its first sentence, as a heading."""
        return heading_of(re.split(r"[。；：:\n]", self.texts[0])[0])[:_LONGEST_HEADING] if self.texts else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A document in paragraphs taken apart, as Layout is for a table."""

    before: tuple[str, ...]
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    after: tuple[str, ...]


def read_prose(lines: Sequence[str], at: At = _at) -> Prose | None:
    """The measures of a plan in paragraphs, or None where no numbered paragraph names who is to do it.

    `at`: the place of the lines from one number to another, from 1.
    """
    first = next((i for i, line in enumerate(lines) if _rank(line.strip()) is not None), None)
    if first is None:
        return None
    end = _end(lines, first)
    nodes = list(_nodes(lines, first, end))
    _raise_clauses(nodes)
    entries, problems = _entries(nodes, at)
    if not entries:
        return None
    numbers = [entry.number for entry in entries]
    if any(n is None for n in numbers) or numbers != sorted(set(numbers), key=lambda n: n or 0):
        for number, entry in enumerate(
            entries, 1
        ):  # under each heading the count begins again: one count for all
            entry.number = number
    return Prose(
        before=tuple(lines[:first]),
        entries=tuple(entries),
        problems=tuple(problems),
        after=tuple(lines[end:]),
    )


def _rank(text: str) -> int | None:
    return next((rank for rank, mark in enumerate(_MARKS) if mark.match(text)), None)


def _end(lines: Sequence[str], first: int) -> int:
    """Where closing lines (contacts, marks, dates) begin, after the last paragraph."""
    end = len(lines)
    for i in range(len(lines) - 1, first, -1):
        if lines[i].strip() and not is_closing(lines[i]):
            break
        end = i
    return end


def _nodes(lines: Sequence[str], first: int, end: int) -> Iterator[_Node]:
    node: _Node | None = None
    for i in range(first, end):
        text = lines[i].strip()
        if not text:
            continue
        rank = _rank(text)
        if rank is not None:
            if node:
                yield _settled(node)
            mark = _MARKS[rank].match(text)
            said = mark[0].strip() if mark else ""
            node = _Node(rank, number_of(said), i + 1, [text[len(mark[0]) :] if mark else text])
        elif node and (_UNITS.match(text) or _TIME.match(text)):
            node.clauses.append(text)
        elif node and node.clauses and not node.clauses[-1].endswith(("。", "；")) and names_units(text):
            node.clauses[-1] += text  # a clause that was broken over lines
        elif node and node.texts and not node.texts[-1].endswith(("。", "；", "：", "）")):
            node.texts[-1] += "\n" + text
        elif node:
            node.texts.append(text)
        if node:
            node.last = i + 1
    if node:
        yield _settled(node)


def _settled(node: _Node) -> _Node:
    """The clause in brackets at a paragraph's end taken out of its text."""
    for k, text in enumerate(node.texts):
        plain = tidy(text)
        while (cut := _last_bracket(plain)) is not None:
            inner = plain[cut + 1 :].rstrip("。；;")[:-1]
            if not (_LABELLED.search(inner) or names_units(inner)):
                break
            node.clauses.insert(0, inner)
            plain = plain[:cut].rstrip()
        node.texts[k] = plain
    node.texts = [text for text in node.texts if text]
    return node


def _last_bracket(text: str) -> int | None:
    """Where the bracket opens that closes at the text's end."""
    body = text.rstrip("。；;")
    if not body.endswith(tuple(_CLOSE)):
        return None
    depth = 0
    for i in range(len(body) - 1, -1, -1):
        depth += (body[i] in _CLOSE) - (body[i] in _OPEN)
        if depth == 0:
            return i
    return None


def _entries(nodes: Sequence[_Node], at: At) -> tuple[list[Entry], list[Problem]]:
    """Paragraphs with a clause are items; those above them headings; those below them part of their text."""
    parents = _parents(nodes)
    families = {(parents[i], node.rank) for i, node in enumerate(nodes) if node.clauses}
    below = set()  # paragraphs that have items beneath them
    for i, node in enumerate(nodes):
        above = parents[i] if node.clauses else None
        while above is not None and above not in below:
            below.add(above)
            above = parents[above]
    entries: list[Entry] = []
    problems: list[Problem] = []
    owner: dict[
        int, Entry | None
    ] = {}  # the item that a paragraph belongs to; None in a part without any clause
    for i, node in enumerate(nodes):
        parent = parents[i]
        if node.clauses or (i not in below and (parent, node.rank) in families):
            owner[i] = _entry(node, [nodes[k] for k in _ancestors(parents, i)], at)
            entries.append(owner[i])  # type: ignore[arg-type]
        elif i in below:
            continue
        elif parent in owner:
            owner[i] = item = owner[parent]
            if item:
                item.texts += node.texts
                item.place = between(item.place, at(node.line, node.last))
                item.origins.append(_origin("requirement", "\n".join(node.texts), node, at))
        else:
            owner[i] = None
            if entries:  # what stands before the first measure is introduction
                problems.append(_skipped(node, at))
    return entries, problems


def _parents(nodes: Sequence[_Node]) -> list[int | None]:
    """For each paragraph the index of the one that it stands beneath."""
    open_: list[int] = []
    parents: list[int | None] = []
    for i, node in enumerate(nodes):
        while open_ and nodes[open_[-1]].rank >= node.rank:
            open_.pop()
        parents.append(open_[-1] if open_ else None)
        open_.append(i)
    return parents


def _ancestors(parents: Sequence[int | None], i: int) -> list[int]:
    """The paragraphs above one, the outermost first."""
    found: list[int] = []
    above = parents[i]
    while above is not None:
        found.insert(0, above)
        above = parents[above]
    return found


def _raise_clauses(nodes: Sequence[_Node]) -> None:
    """A clause after the last of several points is for all of them: it goes up to their measure."""
    points: dict[int, list[_Node]] = {}
    parents = _parents(nodes)
    for i, parent in enumerate(parents):
        if parent is not None:
            points.setdefault(parent, []).append(nodes[i])
    ranks = {node.rank for node in nodes if node.clauses}
    for i, below in points.items():
        named = [point for point in below if point.clauses]
        whole = not nodes[i].clauses and nodes[i].rank in ranks and len(below) > 1
        if whole and len(named) == 1 and named[0] is below[-1]:
            nodes[i].clauses, below[-1].clauses = below[-1].clauses, []


def _entry(node: _Node, above: Sequence[_Node], at: At) -> Entry:
    heads = [n.head for n in above]
    times = [found["time"].strip("。 ") for clause in node.clauses for found in _TIME.finditer(clause)]
    named = [parse_units(_TIME.sub("", clause).strip("；; ")) for clause in node.clauses]
    duties = tuple(duty for names in named for duty in names.duties)
    vague = tuple(words for names in named for words in names.vague)
    return Entry(
        number=node.number,
        heading=heads[0] if heads else "",
        subheading="：".join(heads[1:]),
        texts=list(node.texts),
        names=UnitNames(duties=duties, vague=vague),
        time="；".join(time for time in times if time),
        place=at(node.line, node.last),
        origins=[
            *(_origin("heading" if n is above[0] else "subheading", n.head, n, at) for n in above),
            _origin("requirement", "\n".join(node.texts), node, at),
            *(_origin("units", clause, node, at) for clause in node.clauses),
            *(_origin("time", time, node, at) for time in times if time),
        ],
    )


def _origin(field_: str, text: str, node: _Node, at: At) -> Origin:
    return Origin(field=field_, text=text, where=str(at(node.line, node.last)))


def _skipped(node: _Node, at: At) -> Problem:
    where = str(at(node.line, node.line))
    return Problem(
        code="skipped-part",
        message=f"{where}起的“{node.head[:30]}”没有写责任单位，作为说明文字没有计入，请核对。",
        where=where,
        choices=(Choice(value="skip", label="不计入"),),
    )
