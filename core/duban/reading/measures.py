"""Which nodes are measures, which are headings above them, points beneath them, or neither."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from duban.reading.clauses import Clause
from duban.reading.cutting import Piece
from duban.reading.nodes import Node
from duban.reading.outline import BARE, FIRSTLY, TOP, mark_of

_RUN_IN = re.compile(r"^(?P<head>[^。，,；;：:！!？?]{2,28})。(?P<rest>.+)$", re.DOTALL)
_TIMED = re.compile(  # 6月底前完成方案编制。 is no title
    r"(?:[年月日天季周]|季度|小时)(?:底|末)?(?:之?前|以?内)|[年月季]底|每[年月季周日天]|前完成|[0-9一二三四五六七八九十]月份?(?:完成|启动|开展|印发)"
)
_LEADS_ON = ("：", ":")


@dataclass(slots=True)
class Measure:
    """One measure: its words, its clauses, and the headings above it, the outermost first."""

    number: int | None
    texts: list[str]
    clauses: list[Clause]
    above: list[str]
    over: list[Node]
    nodes: list[Node]
    torn: bool = False  # lost its number
    split: bool = False  # one of several in its paragraph
    behind: str = ""  # words behind its clause


@dataclass(slots=True)
class Sorted:
    """What a document's nodes are."""

    measures: list[Measure] = field(default_factory=list)
    skipped: list[Node] = field(default_factory=list)  # parts in which nobody is named
    stray: list[Node] = field(default_factory=list)  # words under a heading that are no measure
    counted: list[Node] = field(default_factory=list)  # nodes whose numbers should have no gaps


@dataclass(slots=True)
class _Tree:
    nodes: Sequence[Node]
    children: dict[int, list[int]]
    tops: list[int]
    over: set[int]  # nodes that have named ones beneath them
    families: set[tuple[int | None, float]]
    cousins: set[tuple[int, float]]
    first: int  # the first that names a unit

    def measure(self, i: int) -> bool:
        """Whether a node is a measure: it names a unit, or stands among those that do."""
        node = self.nodes[i]
        if node.named:
            return True
        if i in self.over or not (node.texts or node.clauses):
            return False
        if node.parent is None and node.rank <= TOP and (i < self.first or i in self.children or node.title):
            return False
        if (node.parent, node.rank) in self.families:
            return True
        return node.rank < BARE and node.parent is not None and (self.tops[i], node.rank) in self.cousins


def measures_of(nodes: Sequence[Node], children: dict[int, list[int]]) -> Sorted:
    """The measures in their order, and what is left over. Nothing where no node names a unit."""
    found = Sorted()
    tree = _tree(nodes, children)
    if tree is None:
        return found
    owner: dict[int, list[Measure]] = {}
    measures = [tree.measure(i) for i in range(len(nodes))]
    over = _over(nodes, [i for i, measure in enumerate(measures) if measure])
    kin = {(nodes[i].parent, nodes[i].rank) for i in over}
    titled = _titled(nodes, measures)
    last = max(i for i, measure in enumerate(measures) if measure)
    ranks = {nodes[i].rank for i, measure in enumerate(measures) if measure and nodes[i].rank < BARE}
    for i, node in enumerate(nodes):
        parent = node.parent
        if measures[i]:
            alone = parent is not None and len(children[parent]) == 1
            owner[i] = list(_split(node, _above(nodes, i), alone=alone, titled=i in titled))
            found.measures += owner[i]
            found.counted.append(node)
        elif i in over:
            found.counted.append(node)
            found.stray += [node] if found.measures and _says_more(node) else []
        elif parent == last and node.rank == BARE and nodes[last].named and not nodes[last].title:
            owner[i] = []
            found.stray.append(node)  # closing words behind the last measure, whose clause has ended it
        elif parent is not None and owner.get(parent):
            owner[i] = owner[parent]
            _point(owner[i][-1], node)
            found.counted.append(node)
        else:
            owner[i] = []
            beside = node.rank > TOP and (parent, node.rank) in kin  # 项目一, where 项目二 has measures
            early = parent is None and node.rank > TOP and node.rank in ranks  # 1、 above 一、
            if beside or early or parent in over or (found.measures and parent is None):
                _leave(found, node)
    return found


def _tree(nodes: Sequence[Node], children: dict[int, list[int]]) -> _Tree | None:
    named = [i for i, node in enumerate(nodes) if node.named]
    if not named:
        return None
    tops: list[int] = []
    for i, node in enumerate(nodes):
        tops.append(i if node.parent is None else tops[node.parent])
    return _Tree(
        nodes,
        children,
        tops,
        _over(nodes, named),
        families={(nodes[i].parent, nodes[i].rank) for i in named},
        cousins={(tops[i], nodes[i].rank) for i in named},
        first=named[0],
    )


def _over(nodes: Sequence[Node], below: Sequence[int]) -> set[int]:
    """The nodes above these."""
    over: set[int] = set()
    for i in below:
        above = nodes[i].parent
        while above is not None and above not in over:
            over.add(above)
            above = nodes[above].parent
    return over


def _leave(found: Sorted, node: Node) -> None:
    if node.rank == BARE:
        found.stray += [] if node.texts and node.texts[-1].endswith(_LEADS_ON) else [node]
    else:
        found.skipped.append(node)


def _says_more(node: Node) -> bool:
    """Whether a heading goes on with sentences that no measure has."""
    said = "".join(node.texts).rstrip("。；")
    return len(said) > len(node.head) + 1 and not said.endswith(_LEADS_ON)


def _above(nodes: Sequence[Node], i: int) -> list[Node]:
    """The nodes above one, the outermost first."""
    found: list[Node] = []
    above = nodes[i].parent
    while above is not None:
        found.insert(0, nodes[above])
        above = nodes[above].parent
    return found


def _point(measure: Measure, node: Node) -> None:
    """The words of a point go to the measure above it; so do its clauses, where they name no unit."""
    measure.texts += node.texts
    measure.clauses += node.clauses
    measure.nodes.append(node)


def _titled(nodes: Sequence[Node], measures: Sequence[bool]) -> set[int]:
    """The numbered measures that begin with a title run in, （三）加强组织领导。各单位要…: where most of the
    measures numbered like them do. One alone is a short sentence."""
    ranks: dict[float, list[int]] = {}
    for i, node in enumerate(nodes):
        if measures[i] and node.rank != BARE and node.texts:
            ranks.setdefault(node.rank, []).append(i)
    titled: set[int] = set()
    for family in ranks.values():
        some = {i for i in family if _run_in(nodes[i].texts[0])}
        if len(some) > 1 and 2 * len(some) > len(family):
            titled |= some
    return titled


def _run_in(text: str) -> re.Match[str] | None:
    found = _RUN_IN.match(text)
    return found if found and not _TIMED.search(found["head"]) else None


def _split(node: Node, over: list[Node], *, alone: bool, titled: bool) -> Iterator[Measure]:
    """The measures of a node: one, or one for each sentence that has units of its own.

    `alone`: nothing else stands beneath its heading, whose number is then the measure's; `titled`: its first
    sentence is a title.
    """
    above = [(one, head) for one in over if (head := one.head)]
    over, heads = [one for one, _ in above], [head for _, head in above]
    groups = list(_groups(node.pieces))
    if sum(group.named for group in groups) <= 1:
        number = over[-1].number if over and alone and node.rank == BARE and over[-1].title else node.number
        texts = _texts(node.pieces)
        if titled and (run_in := _run_in(texts[0])):
            heads = [*heads, run_in["head"]]
            texts[0] = run_in["rest"].strip()
        measure = Measure(number, texts, node.clauses, heads, over, [node], torn=node.torn)
        if len(groups) > 1 and not groups[-1].clauses and groups[-1].begins_anew(groups[-2]):
            measure.behind = groups[-1].texts[0]
        yield measure
        return
    run_in = _run_in(groups[0].texts[0]) if groups[0].texts else None
    if run_in:
        heads = [*heads, run_in["head"]]
        groups[0].texts[0] = run_in["rest"].strip()
    for group in groups:
        texts = [_without_mark(group.texts[0].lstrip("，,；;")), *group.texts[1:]] if group.texts else []
        yield Measure(None, texts, [*group.clauses, *node.lines], heads, over, [node], split=True)


@dataclass(slots=True)
class _Group:
    """Words, and the clauses behind them: up to the first that names units, or to the paragraphs' end."""

    texts: list[str]
    clauses: list[Clause]
    inside: bool  # its first words stand in the paragraph of the clause before

    @property
    def named(self) -> bool:
        return any(clause.units for clause in self.clauses)

    def begins_anew(self, before: _Group) -> bool:
        """Whether its words are a sentence of their own in the paragraph of the one before."""
        return self.inside and bool(before.texts) and before.texts[-1].endswith(("。", "；", "！"))


def _groups(pieces: Sequence[Piece]) -> Iterator[_Group]:
    held: list[Piece] = []
    for piece in pieces:
        held.append(piece)
        if piece.named:
            yield _group(held)
            held = []
    if any(piece.text for piece in held):
        yield _group(held)


def _group(pieces: Sequence[Piece]) -> _Group:
    clauses = [clause for piece in pieces for clause in piece.clauses]
    return _Group(_texts(pieces), clauses, inside=not pieces[0].begins)


def _texts(pieces: Sequence[Piece]) -> list[str]:
    """Their words, a paragraph each."""
    texts: list[str] = []
    for piece in pieces:
        if texts and not piece.begins:
            texts[-1] += piece.text
        elif piece.text:
            texts.append(piece.text)
    return texts


def _without_mark(text: str) -> str:
    """The words of 一是…, 二是…"""
    mark = mark_of(text)
    return text[mark.end :] if mark and mark.rank >= FIRSTLY else text
