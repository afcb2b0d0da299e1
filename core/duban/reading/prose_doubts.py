"""What a reader of prose cannot know: words torn off, numbers lost, parts that name nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from duban.model import Choice, Problem
from duban.reading.measures import Measure, Sorted
from duban.reading.nodes import Node
from duban.reading.outline import CIRCLED
from duban.reading.raising import At
from duban.reading.saying_when import may_say_when

Problems = tuple[Problem, ...]
_FIELD = re.compile(r"(?P<label>[\u4e00-\u9fff]{2,8})[：:](?=.)")
_COLON = re.compile(r"[：:]")
_SHOWN = 30  # characters of a text that a doubt quotes
_UNFINISHED = ("，", "、", ",", "（", "(", "和", "及", "与", "“", "《")
_WIDEST_GAP = 20  # numbers; a wider one is no gap but another kind of number
_PLACES = 5  # that one doubt names
_KEEP = (Choice(value="keep", label="照读到的"),)
_SKIP = (Choice(value="skip", label="不计入"),)


def doubts_of(found: Sorted, at: At) -> Iterator[Problem]:
    """The doubts about a document in paragraphs, in its order by kind."""
    for node in found.skipped:
        yield _skipped(node, at)
    if found.stray:
        yield _stray(found.stray, at)
    if any(measure.split for measure in found.measures):
        yield _split(found.measures)
    yield from _gaps(found)
    labels = labels_of(found)
    for measure in found.measures:
        yield from _torn(measure, labels, at)


def labels_of(found: Sorted) -> frozenset[str]:
    """The fields that the measures' texts begin with: 建设内容 of 建设内容：…"""
    labels = (label_of(text) for measure in found.measures for text in measure.texts)
    return frozenset(label for label in labels if label)


def label_of(text: str) -> str | None:
    """The field that a paragraph begins with, or None."""
    found = _FIELD.match(text)
    return found["label"] if found else None


def _skipped(node: Node, at: At) -> Problem:
    where = str(at(node.first, node.first))
    return Problem(
        code="skipped-part",
        message=f"{where}起的“{node.head[:_SHOWN]}”没有写责任单位，作为说明文字没有计入，请核对。",
        where=where,
        choices=_SKIP,
    )


def _stray(nodes: Sequence[Node], at: At) -> Problem:
    places = [str(at(node.first, node.first)) for node in nodes]
    named = "、".join(dict.fromkeys(places[:_PLACES]))
    named += f"等{len(places)}处" if len(places) > _PLACES else ""
    said = "".join(nodes[0].texts)[:_SHOWN]
    return Problem(
        code="skipped-part",
        message=f"{named}的文字（“{said}”）没有写责任单位，作为说明文字没有计入，请核对。",
        where=places[0],
        choices=_SKIP,
    )


def _split(measures: Sequence[Measure]) -> Problem:
    count = len({id(measure.nodes[0]) for measure in measures if measure.split})
    return Problem(
        code="split-rows",
        message=f"有{count}段文字里几句话各写了责任单位，已逐句作为一项，按先后统一编为1至{len(measures)}，请核对。",
        choices=(Choice(value="split", label="逐句作为一项"),),
    )


def _gaps(found: Sorted) -> Iterator[Problem]:
    """Numbers that are skipped: 1., 2., 4. with nothing between."""
    last: dict[float, int] = {}
    for node in found.counted:
        before = last.get(node.rank, 0)
        if node.torn and node.number is None:
            last[node.rank] = before + 1
        if node.number is None or node.rank > CIRCLED:
            continue
        for rank in [rank for rank in last if rank > node.rank]:
            last.pop(rank)
        missing = range(before + 1, node.number)
        if before and 0 < len(missing) <= _WIDEST_GAP:
            which = str(missing[0]) if len(missing) == 1 else f"{missing[0]}至{missing[-1]}"
            yield Problem(
                code="missing-number",
                message=f"原文里“{node.head[:_SHOWN]}”前面的编号从{before}到了{node.number}，找不到第{which}条，请核对文件是否完整。",
                where=None,
                choices=(Choice(value="continue", label="原文如此，继续"),),
            )
        last[node.rank] = node.number


def _torn(measure: Measure, labels: frozenset[str], at: At) -> Iterator[Problem]:
    no, where = measure.number, str(at(measure.nodes[0].first, measure.nodes[-1].end))
    if measure.torn:
        yield Problem(
            code="lost-number",
            message=f"第{no}项在原文里没有编号（{where}），已按先后顺序补上，请核对。",
            item=no,
            where=where,
            choices=(Choice(value=str(no), label=f"记为第{no}项"),),
        )
    for clause in measure.clauses:
        if clause.cut:
            yield Problem(
                code="cut-clause",
                message=f"第{no}项的“{clause.text[-_SHOWN:]}”没有写完（括号没有合上），单位可能不全，请核对原文。",
                item=no,
                where=where,
                choices=_KEEP,
            )
        ran_in = any(f"{label}{colon}" in clause.text for label in labels for colon in "：:")
        if ran_in or any(not may_say_when(words) for words in _COLON.split(clause.time)[1:]):
            yield Problem(
                code="text-behind",
                message=f"第{no}项的“{clause.text[:_SHOWN]}”后面并入了别的文字，没有作为工作要求，请核对。",
                item=no,
                where=where,
                choices=_KEEP,
            )
    if measure.texts and measure.texts[-1].endswith(_UNFINISHED):
        yield Problem(
            code="cut-text",
            message=f"第{no}项的文字停在“{measure.texts[-1][-_SHOWN:]}”，像是没有写完，请核对原文。",
            item=no,
            where=where,
            choices=_KEEP,
        )
    if measure.behind:
        yield Problem(
            code="text-behind",
            message=f"第{no}项的责任单位后面还有一句“{measure.behind[:_SHOWN]}”，没有另写单位，已作为同一项，请核对。",
            item=no,
            where=where,
            choices=_KEEP,
        )
