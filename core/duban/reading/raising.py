"""Clauses put to whom they are for: to the group whose last point they follow, or down from a heading."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from duban.model import Choice, Problem
from duban.reading.align import names_units
from duban.reading.clauses import Clause
from duban.reading.grid import Place
from duban.reading.nodes import Node
from duban.reading.outline import ARABIC, BARE, DEEPEST, SECOND
from duban.units.cell import parse_units
from duban.units.forms import looks_like_unit

_FEW = 2
_LONGEST_NAMES = 120
At = Callable[[int, int], Place]  # line numbers, from 1, as a place in the file


def set_parents(nodes: Sequence[Node]) -> dict[int, list[int]]:
    """Tell each node above which it stands; the children of each, by index."""
    open_: list[int] = []
    children: dict[int, list[int]] = {}
    for i, node in enumerate(nodes):
        while open_ and nodes[open_[-1]].rank >= node.rank:
            open_.pop()
        node.parent = open_[-1] if open_ else None
        if node.parent is not None:
            children.setdefault(node.parent, []).append(i)
        open_.append(i)
    return children


def settle_clauses(nodes: Sequence[Node], children: dict[int, list[int]], at: At) -> list[Problem]:
    """Move clauses to the nodes that they are for. What cannot be known comes back as doubts."""
    _name_by_headings(nodes, children)
    _shift(nodes, children)
    _raise(nodes, children)
    return _lower(nodes, children, at)


def _name_by_headings(nodes: Sequence[Node], children: dict[int, list[int]]) -> None:
    """Where no clause names anybody: units that are headings of measures, else units before a colon."""
    if any(node.named for node in nodes):
        return
    for i, node in enumerate(nodes):
        if i in children and node.rank <= SECOND and node.title and (clause := _units(node.texts[0])):
            node.lines = [clause]
    if any(node.named for node in nodes):
        return
    for node in nodes:
        before, colon, words = node.texts[0].partition("：") if node.texts else ("", "", "")
        if colon and words and node.rank < BARE and (clause := _units(before)):
            node.pieces[0].text, node.pieces[0].clauses = words, [clause]


def _units(text: str) -> Clause | None:
    """A clause of nothing but names of units."""
    duties = parse_units(text).duties if len(text) <= _LONGEST_NAMES and names_units(text) else ()
    return Clause(text, units=text) if duties and all(looks_like_unit(d.name) for d in duties) else None


def _shift(nodes: Sequence[Node], children: dict[int, list[int]]) -> None:
    """Where lines of units stand before their measures the last has none behind it: each goes on by one."""
    families = [(parent, below) for parent, below in children.items() if nodes[parent].lines]
    if not families or not all(_before(nodes, parent, below) for parent, below in families):
        return
    if not any(len(below) > 1 for _, below in families):
        return
    for parent, below in families:
        held = nodes[parent].lines
        nodes[parent].lines = []
        for i in below:
            nodes[i].lines, held = held, nodes[i].lines


def _before(nodes: Sequence[Node], parent: int, below: Sequence[int]) -> bool:
    lines = [bool(nodes[i].lines) for i in below]
    inside = any(piece.clauses for i in (parent, *below) for piece in nodes[i].pieces)
    return not inside and all(lines[:-1]) and not lines[-1] and nodes[parent].title


def _raise(nodes: Sequence[Node], children: dict[int, list[int]]) -> None:
    """A clause after the last of several points is for all: it goes up to their measure."""
    ranks = {node.rank for node in nodes if node.clauses}
    last_only = [
        (i, below)
        for i, below in children.items()
        if len(below) >= _FEW
        and not nodes[i].clauses
        and nodes[below[-1]].clauses
        and not any(nodes[k].clauses or k in children for k in below[:-1])
    ]
    others = any(
        nodes[i].rank <= SECOND and sum(bool(nodes[k].clauses) for k in below) >= _FEW
        for i, below in children.items()
    )
    headings = [i for i, below in last_only if _is_heading(nodes, i, below)]
    for i, below in last_only:
        last = nodes[below[-1]]
        if i in headings:
            if others or len(headings) < _FEW:
                continue
        elif not (last.lines or nodes[i].rank in ranks or _one_sentence(nodes, i, below)):
            continue
        nodes[i].lines = last.clauses
        last.lines = []
        for piece in last.pieces:
            piece.clauses = []


def _is_heading(nodes: Sequence[Node], i: int, below: Sequence[int]) -> bool:
    measures = all(ARABIC <= nodes[k].rank <= DEEPEST for k in below)
    return measures and nodes[i].rank <= SECOND and nodes[i].title


def _one_sentence(nodes: Sequence[Node], i: int, below: Sequence[int]) -> bool:
    """Whether the points are parts of one sentence: it is opened by a colon, or they end in semicolons."""
    texts = nodes[i].texts
    if texts and texts[-1].endswith(("：", ":")):
        return True
    return all(nodes[k].texts and nodes[k].texts[-1].endswith(("；", ";")) for k in below[:-1])


def _lower(nodes: Sequence[Node], children: dict[int, list[int]], at: At) -> list[Problem]:
    """A heading's clause is for the measures beneath it that have none; else it is said."""
    problems = []
    for i, below in children.items():
        node = nodes[i]
        measures = [k for k in below if nodes[k].rank <= DEEPEST or nodes[k].rank == BARE]
        if not node.clauses or not node.title or node.rank > SECOND or not measures:
            continue
        held = node.clauses
        _clear(node)
        without = _without(nodes, children, measures)
        for k in without:
            nodes[k].lines = [*nodes[k].lines, *held]
        if not without:
            problems.append(_unused(node, held, at))
    return problems


def _without(nodes: Sequence[Node], children: dict[int, list[int]], below: Sequence[int]) -> list[int]:
    """The measures beneath a heading that name nobody, the deepest before those above them."""
    found: list[int] = []
    for k in below:
        deeper = [d for d in children.get(k, ()) if nodes[d].rank <= DEEPEST]
        if deeper and not nodes[k].named and nodes[k].title:
            found += _without(nodes, children, deeper)
        elif not nodes[k].named and not any(nodes[d].named for d in children.get(k, ())):
            found.append(k)
    return found


def _clear(node: Node) -> None:
    node.lines = []
    for piece in node.pieces:
        piece.clauses = []


def _unused(node: Node, held: Sequence[Clause], at: At) -> Problem:
    where = str(at(node.first, node.first))
    said = "；".join(clause.text for clause in held)
    return Problem(
        code="heading-units",
        message=f"{where}的标题“{node.head[:30]}”另写有“{said[:60]}”，其下各条都有自己的责任单位，标题上的没有计入，请核对。",
        where=where,
        choices=(Choice(value="skip", label="不计入"),),
    )
