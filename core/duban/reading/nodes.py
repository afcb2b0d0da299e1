"""Paragraphs become nodes: a numbered one, what goes on it, the clauses that stand behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from duban.reading.clauses import ROLE, Clause, clause_of, only_names
from duban.reading.cutting import Piece, cut
from duban.reading.outline import ARABIC, BARE, CIRCLED, is_title, mark_of
from duban.reading.paragraphs import Paragraph
from duban.reading.tidy import heading_of, tidy

_LONGEST_HEADING = 60
_LONGEST_LINE = 400  # characters of a line that may be names and roles alone
_ROOM = 2
_BOXED = re.compile(r"[（(]")


@dataclass(slots=True)
class Node:
    """A paragraph with what follows it. `rank` says how deep it is numbered; BARE without a number.

    `pieces`: its words, cut where clauses stand; `lines`: clauses on lines of their own behind it.
    """

    rank: float
    number: int | None
    first: int
    last: int
    pieces: list[Piece]
    lines: list[Clause] = field(default_factory=list)
    torn: bool = False  # lost its number
    parent: int | None = None

    @property
    def end(self) -> int:
        """Its last line, clauses behind it included."""
        return max(self.last, *(clause.line for clause in self.lines), 0)

    @property
    def clauses(self) -> list[Clause]:
        """All its clauses, in their order."""
        return [*(clause for piece in self.pieces for clause in piece.clauses), *self.lines]

    @property
    def named(self) -> bool:
        """Whether a clause of its own names units."""
        return any(clause.units for clause in self.clauses)

    @property
    def texts(self) -> list[str]:
        """Its words, a paragraph or a part of one each."""
        return [piece.text for piece in self.pieces if piece.text]

    @property
    def title(self) -> bool:
        """Whether it is a heading's words and no sentence."""
        return len(self.texts) == 1 and is_title(self.texts[0])

    @property
    def head(self) -> str:
        """Its first sentence, as a heading."""
        first = self.texts[0] if self.texts else ""
        for stop in "。；：:":
            first = first.split(stop, 1)[0]
        return heading_of(first)[:_LONGEST_HEADING] if first else ""

    def take(self, other: Node) -> None:
        """Go on with another paragraph: its words and its clauses are this one's."""
        self.pieces += other.pieces
        self.lines += other.lines
        self.last = max(self.last, other.last)


def nodes_of(found: Iterable[Paragraph]) -> list[Node]:
    """The nodes of a document's paragraphs, with those without a number put to where they belong."""
    nodes = list(_nodes(found))
    _rank_by_turn(nodes)
    return _settled(nodes)


def _rank_by_turn(nodes: Sequence[Node]) -> None:
    """A number in another form whose turn it is (1., 2., （3）, 4.) counts with those around it."""
    last: dict[float, int] = {}
    open_: dict[float, int] = {}  # of these the lists that nothing above them has ended
    bare = 0  # paragraphs without a number since the last one: one of them may have lost it
    for node in nodes:
        if node.rank == BARE:
            bare += 1
            continue
        number = node.number
        if number is not None and node.rank <= CIRCLED:
            turns = (number - 1, number - _ROOM) if bare == 1 else (number - 1,)
            if number > 1 and last.get(node.rank) not in (number - 1, number - _ROOM):
                node.rank = next(
                    (rank for rank, n in open_.items() if n in turns and _alike(rank, node.rank)), node.rank
                )
            open_ = {rank: n for rank, n in open_.items() if rank < node.rank} | {node.rank: number}
            last[node.rank] = number
        bare = 0


def _alike(one: float, other: float) -> bool:
    """Whether two forms of numbers are both those of headings or both those of measures."""
    return (one >= ARABIC) == (other >= ARABIC)


def _nodes(found: Iterable[Paragraph]) -> Iterator[Node]:
    node: Node | None = None
    for paragraph in found:
        text = paragraph.text
        mark = mark_of(text)
        pieces = cut(text[mark.end :] if mark else text)
        if clauses := _clauses_alone(text, pieces) if mark is None else []:
            if node is None or _again(node, clauses, boxed=_BOXED.match(text) is not None):
                if node:
                    yield node
                node = Node(BARE, None, paragraph.first, paragraph.last, [], torn=node is not None)
            node.lines += [replace(clause, line=paragraph.last) for clause in clauses]
            continue
        if node and mark is None and not node.texts and not node.clauses and node.rank != BARE:
            node.pieces, node.last = pieces, paragraph.last  # its number stood on a line of its own
            continue
        if node:
            yield node
        rank, number = (mark.rank, mark.number) if mark else (BARE, None)
        node = Node(rank, number, paragraph.first, paragraph.last, [p for p in pieces if p.text or p.clauses])
    if node:
        yield node


def _clauses_alone(text: str, pieces: Sequence[Piece]) -> list[Clause]:
    """The clauses of a paragraph that is nothing else: 责任单位：…, （甲局负责）, 甲局牵头，乙局配合."""
    found = [clause for piece in pieces for clause in piece.clauses]
    if not any(piece.text for piece in pieces):
        return found
    likely = len(text) <= _LONGEST_LINE and not found and ROLE.search(text)
    clause = clause_of(tidy(text)) if likely else None
    return [clause] if clause and only_names(clause) else []


def _again(node: Node, clauses: Sequence[Clause], *, boxed: bool) -> bool:
    """Whether a clause says what the node's already said: then it is another's, whose words were lost.

    `boxed`: it stands in a bracket of its own.
    """
    have = {label for clause in node.clauses for label in clause.labels}
    more = {label for clause in clauses for label in clause.labels}
    if have & more:
        return True
    if not (node.named and any(clause.units for clause in clauses)):
        return False
    bare = any(clause.units and not clause.labels for clause in node.clauses)
    return bare and (boxed or any(clause.units and not clause.labels for clause in clauses))


def _settled(nodes: list[Node]) -> list[Node]:
    """Paragraphs without a number: more of the one before, measures of their own, or a lost number's."""
    runs = list(_runs(nodes))
    each = any(
        (before is None or before.title) and sum(node.named for node in run) > 1 for before, run in runs
    )
    numbered = [before for before, _ in runs]
    settled: list[Node] = []
    for k, (before, run) in enumerate(runs):
        rest = list(run)
        if before is not None:
            settled.append(before)
            lost = _lost(numbered, k, rest)
            if lost is not None:
                rest[0].rank, rest[0].number, rest[0].torn = *lost, True
            elif not before.title and not before.named:
                rest = _goes_on(before, rest)
        settled += _measures(before, rest, each=each)
    return settled


def _lost(numbered: Sequence[Node | None], k: int, run: Sequence[Node]) -> tuple[float, int] | None:
    """Rank and number of the one paragraph behind the k-th numbered node, where the count has room for just
    it: 2., …, 4.; or 2., a heading, …, 4.; or a heading, …, 2."""
    before, after = numbered[k], numbered[k + 1] if k + 1 < len(numbered) else None
    if before is None or len(run) != 1:
        return None
    if not (before.title and run[0].named):
        numbers = (before.number, after.number if after and after.rank == before.rank else None)
        room = None not in numbers and numbers[1] == (numbers[0] or 0) + _ROOM
        return (before.rank, (before.number or 0) + 1) if room else None
    following = next((node for node in numbered[k + 1 :] if node and node.rank > before.rank), None)
    if following is None or following.number is None or following.rank >= BARE:
        return None
    counted = [node.number or 0 for node in numbered[:k] if node and node.rank == following.rank]
    restarts = following is after and following.number == _ROOM
    room = restarts or following.number == (counted[-1] if counted else 0) + _ROOM
    return (following.rank, following.number - 1) if room else None


def _runs(nodes: Sequence[Node]) -> Iterator[tuple[Node | None, list[Node]]]:
    """(a numbered node or none, the nodes without a number behind it)."""
    before: Node | None = None
    run: list[Node] = []
    for k, node in enumerate(nodes):
        if node.rank == BARE and not _heads(nodes, k):
            run.append(node)
            continue
        if before or run:
            yield before, run
        before, run = node, []
    if before or run:
        yield before, run


def _heads(nodes: Sequence[Node], k: int) -> bool:
    """Whether a title without a number is the heading of what follows, which begins to count again."""
    node = nodes[k]
    after = nodes[k + 1] if k + 1 < len(nodes) else None
    if not (node.title and not node.clauses and after and after.number == 1 and after.rank >= ARABIC - 1):
        return False
    node.rank = after.rank - 0.5
    return True


def _goes_on(before: Node, run: list[Node]) -> list[Node]:
    """The words behind a measure that names nobody yet, as far as its clause."""
    named = next((k for k, node in enumerate(run) if node.named), None)
    upto = len(run) if named is None else named + 1
    if not before.pieces and run:
        return run
    for node in run[:upto]:
        before.take(node)
    return run[upto:]


def _measures(before: Node | None, run: list[Node], *, each: bool) -> Iterator[Node]:
    """The measures among paragraphs without a number. `each`: in this document every paragraph is one."""
    under_title = before is None or before.title
    sibling = None if under_title or before is None else before.rank
    group: Node | None = None
    for node in run:
        if sibling is not None:
            if node.named:  # what stands behind a measure that is complete is another one's
                node.rank, node.torn = sibling, True
            yield node
        elif each or node.torn:
            yield node
        elif group is None:
            group = node
        else:
            group.take(node)
        if group is not None and node.named:
            yield group
            group = None
    if group is not None:
        yield group
