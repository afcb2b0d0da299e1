"""A plan in paragraphs, 一、 （一） 1. （1）, whose measures end in （责任单位：…） or have such a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from duban.model import Origin
from duban.reading.clauses import LABEL, names_of
from duban.reading.cutting import cut
from duban.reading.entries import Entry
from duban.reading.frame import bounds
from duban.reading.grid import Place
from duban.reading.leftovers import unplaced
from duban.reading.measures import Measure, Sorted, measures_of
from duban.reading.nodes import Node, nodes_of
from duban.reading.paragraphs import paragraphs
from duban.reading.prose_doubts import Problems, doubts_of, label_of, labels_of
from duban.reading.raising import At, set_parents, settle_clauses

_CLAUSED = re.compile(rf"[）)][。；;]?$|{LABEL.pattern}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A document in paragraphs taken apart, as Layout is for a table."""

    before: tuple[str, ...]
    entries: tuple[Entry, ...]
    problems: Problems
    after: tuple[str, ...]


def _at(first: int, last: int) -> Place:
    return Place(line=first, last=last)


def read_prose(lines: Sequence[str], at: At = _at) -> Prose | None:
    """The measures of a plan in paragraphs, or None where none of them names who is to do it.

    `at`: the place of the lines from one number to another, from 1.
    """
    where = bounds(lines)
    if where is None:
        return None
    nodes = nodes_of(paragraphs(lines, where.begin, where.end, leave=where.leave))
    children = set_parents(nodes)
    moved = settle_clauses(nodes, children, at)
    found = measures_of(nodes, children)
    if not found.measures:
        return None
    _number(found.measures)
    return Prose(
        before=tuple(lines[: where.begin]),
        entries=tuple(_entry(measure, at) for measure in found.measures),
        problems=(*unplaced(list(_early(lines[: where.begin], found, at))), *moved, *doubts_of(found, at)),
        after=(*(lines[i] for i in sorted(where.leave)), *lines[where.end :]),
    )


def _early(before: Sequence[str], found: Sorted, at: At) -> Iterator[tuple[str, str]]:
    """(place, text) of lines of the introduction that are like the measures beneath it: they say behind their
    words who does it, or begin with a field (建设内容：) that those have."""
    labels = labels_of(found)
    for number, line in enumerate(before, 1):
        text = line.strip()
        named = bool(_CLAUSED.search(text)) and any(piece.text and piece.named for piece in cut(text))
        if named or label_of(text) in labels:
            yield str(at(number, number)), text


def _number(measures: Sequence[Measure]) -> None:
    """Their own numbers where they go through the document; else one count for all of them."""
    for i, measure in enumerate(measures):
        if measure.torn and measure.number is None and i and (before := measures[i - 1].number):
            measure.number = before + 1
    numbers = [measure.number for measure in measures]
    known = [number for number in numbers if number]
    if len(known) < len(numbers) or any(b <= a for a, b in pairwise(known)):
        for number, measure in enumerate(measures, 1):
            measure.number = number


def _entry(measure: Measure, at: At) -> Entry:
    node, last = measure.nodes[0], max(one.end for one in measure.nodes)
    times = list(dict.fromkeys(clause.time for clause in measure.clauses if clause.time))
    return Entry(
        number=measure.number,
        heading=measure.above[0] if measure.above else "",
        subheading="：".join(measure.above[1:]),
        texts=[text for text in measure.texts if text],
        names=names_of(measure.clauses),
        time="；".join(times),
        place=at(node.first, last),
        origins=list(_origins(measure, at)),
    )


def _origins(measure: Measure, at: At) -> Iterator[Origin]:
    several = len(measure.nodes) > 1
    over = [*measure.over, *measure.nodes[:1]]  # a title run in stands in the measure itself
    for k, (one, head) in enumerate(zip(over, measure.above, strict=False)):
        yield Origin(field="subheading" if k else "heading", text=head, where=_where(one, at))
    for one in measure.nodes:
        if text := "\n".join(one.texts if several else measure.texts):
            yield Origin(field="requirement", text=text, where=_where(one, at))
    where = _where(measure.nodes[0], at) if measure.clauses else ""
    for clause in measure.clauses:
        if clause.text:
            yield Origin(field="units", text=clause.text, where=where)
    for clause in measure.clauses:
        if clause.time:
            yield Origin(field="time", text=clause.time, where=where)


def _where(node: Node, at: At) -> str:
    return str(at(node.first, node.end))
