"""A paragraph cut at its clauses: what is to be done, and behind it who does it by when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from duban.reading.clauses import GAP, LABEL, ROLE, Clause, clause_of, only_names, unboxed
from duban.reading.tidy import tidy
from duban.units.forms import looks_like_unit

_BRACKET = re.compile(r"[（(【〔\[）)】〕\]]")
_OPENERS = "（(【〔["
_STOP = "。；;！!？?"
_INLINE = re.compile(rf"(?:^|(?<=[。；;！!？?）)”\s]))(?={LABEL.pattern.replace('?P<', '?P<x_')})")
_NOBODY = re.compile(r"(?:部门|单位|机构|组织|主体|人员|企业|机关|专班|小组|中心|平台)$")
_LAST = re.compile(r"(?<=[。；;！!])\s*(?P<said>由?[^。；;！!]{2,200})[。；;]?\s*$")
_ROLES = r"(?:牵头|负责|配合|协办|落实|承办|主办|参与|协助|协同|实施)"
_FIRST = re.compile(
    rf"^(?P<said>由[^，,。；;！!]{{2,120}}?{_ROLES}(?:[，,](?!{_ROLES})[^，,。；;！!]{{2,120}}?{_ROLES})*)[，,：:](?P<rest>.{{6,}})$",
    re.DOTALL,
)
_LONGEST_CLAUSE = 1_500
_TAIL = 250
_FAR = 400  # characters after which a bracket's full stop is not looked for
_WINDOW = 12


@dataclass(slots=True)
class Piece:
    """Words of a paragraph, and the clauses that stand behind them."""

    text: str
    clauses: list[Clause] = field(default_factory=list)
    begins: bool = False  # it is the first of its paragraph

    @property
    def named(self) -> bool:
        """Whether its clauses name units."""
        return any(clause.units for clause in self.clauses)


def cut(text: str) -> list[Piece]:
    """The pieces of a paragraph, in its order. One without any clause is a single piece."""
    plain = tidy(unboxed(text))
    pieces: list[Piece] = [Piece("")]
    at = 0
    for start, end, clause in _clauses(plain):
        words = plain[at:start]
        if words.strip() and pieces[-1].clauses:
            pieces.append(Piece(""))
        _add(pieces, words)
        pieces[-1].clauses.append(clause)
        at = end
    _tail(pieces, plain[at:])
    if not any(piece.clauses for piece in pieces):
        _last_sentence(pieces[-1])
    if not any(piece.clauses for piece in pieces):
        _first_words(pieces[0])
    return _merged(pieces)


def _add(pieces: list[Piece], words: str) -> None:
    """Words to the last piece; the stop that stood behind a clause goes back to the words before it."""
    lead = words.lstrip()
    if len(pieces) > 1 and not pieces[-1].text and lead[:1] in tuple(_STOP + "，,"):
        if not pieces[-2].text.endswith(tuple(_STOP)):
            pieces[-2].text += lead[0]
        words = lead[1:]
    pieces[-1].text += words


def _tail(pieces: list[Piece], words: str) -> None:
    if pieces[-1].clauses and words.strip():
        stop = words.strip()
        if all(c in _STOP + "，, " for c in stop):
            pieces[-1].text += "" if pieces[-1].text.endswith(tuple(_STOP)) else stop[0]
            return
        pieces.append(Piece(""))
    _add(pieces, words)


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Pieces with a time alone go with what follows them: the units come later."""
    merged: list[Piece] = []
    for piece in pieces:
        piece.text = piece.text.replace(GAP, "").strip()
        if merged and merged[-1].clauses and not merged[-1].named:
            merged[-1].text += piece.text
            merged[-1].clauses += piece.clauses
        elif piece.text or piece.clauses or not merged:
            merged.append(piece)
    found = [piece for piece in merged if piece.text or piece.clauses] or [Piece("")]
    found[0].begins = True
    return found


def _clauses(plain: str) -> Iterator[tuple[int, int, Clause]]:
    """(start, end, clause) of each clause, in brackets or behind a label, in their order."""
    groups = _groups(plain)
    labels = list(_labels(plain, groups))
    at = k = 0
    beside = False  # whether another clause stands right before
    for i, (start, end, inner, closed) in enumerate(groups):
        while k < len(labels) and labels[k] < start:
            if labels[k] >= at and (inline := _inline(plain, labels[k])):
                yield inline
                at, beside = inline[1], True
            k += 1
        if start < at:
            continue
        clause = clause_of(inner, cut=not closed) if len(inner) <= _LONGEST_CLAUSE else None
        near = beside and not plain[at:start].strip("。；; ")
        near = near or _followed(plain, end, groups[i + 1 : i + 2])
        beside = bool(clause and _stands(clause, plain, start, end, beside=near))
        if clause and beside:
            yield start, end, clause
            at = end
    for label in labels[k:]:
        if label >= at and (inline := _inline(plain, label)):
            yield inline
            at = inline[1]


def _labels(plain: str, groups: list[tuple[int, int, str, bool]]) -> Iterator[int]:
    """Where labels stand that no bracket encloses."""
    k = 0
    for m in _INLINE.finditer(plain):
        while k < len(groups) and groups[k][1] <= m.start():
            k += 1
        if k == len(groups) or m.start() <= groups[k][0]:
            yield m.start()


def _inline(plain: str, start: int) -> tuple[int, int, Clause] | None:
    """A clause without brackets: from its label to the full stop, and on while labels follow."""
    close = _stop(plain, start)
    while close - start < _LONGEST_CLAUSE and LABEL.match(plain, close):
        close = _stop(plain, close)
    clause = clause_of(plain[start:close])
    return (start, close, clause) if clause else None


def _stop(plain: str, start: int) -> int:
    end = min(len(plain), start + _LONGEST_CLAUSE + 1)  # what is longer is no clause
    at = plain.find("。", start, end)
    return end if at < 0 else at + 1


def _followed(plain: str, end: int, rest: list[tuple[int, int, str, bool]]) -> bool:
    """Whether another clause's bracket stands right behind."""
    return bool(rest) and not plain[end : rest[0][0]].strip() and clause_of(rest[0][2]) is not None


def _stands(clause: Clause, plain: str, start: int, end: int, *, beside: bool) -> bool:
    """Whether a bracket that could be a clause is one where it stands, and no name's apposition."""
    if clause.sure or (clause.cut and clause.roles):
        return True
    before = plain[max(0, start - _WINDOW) : start].rstrip()
    after = plain[end : end + 1]
    stopped = not before or before.endswith(tuple(_STOP)) or beside
    ends = after in ("", *_STOP)
    if not clause.units:
        return beside or (stopped and ends and end >= len(plain) - 1)
    if clause.roles:
        return stopped or ends or after in "，,"
    return stopped or (ends and not (_NOBODY.search(before) or looks_like_unit(before)))


def _groups(plain: str) -> list[tuple[int, int, str, bool]]:
    """(start, end, inner, closed) of the outermost brackets; one with a full stop inside was never closed."""
    groups: list[tuple[int, int, str, bool]] = []
    stack: list[int] = []
    for m in _BRACKET.finditer(plain):
        if m[0] in _OPENERS:
            if stack and plain[m.start() - 1] in _STOP and "。" in plain[stack[0] : m.start()][:_FAR]:
                stack.clear()
            stack.append(m.start())
        elif stack:
            opened = stack.pop()
            if not stack:
                groups.append((opened, m.end(), plain[opened + 1 : m.start()], True))
    if stack:
        groups.append((stack[0], len(plain), plain[stack[0] + 1 : stack[0] + 1 + _LONGEST_CLAUSE * 2], False))
    return groups


def _last_sentence(piece: Piece) -> None:
    """由甲局牵头，乙局配合。 as a paragraph's last sentence is its clause."""
    found = _LAST.search(piece.text, max(0, len(piece.text) - _TAIL))
    clause = clause_of(found["said"]) if found and ROLE.search(found["said"]) else None
    if found and clause and only_names(clause):
        piece.text, piece.clauses = piece.text[: found.start()].rstrip(), [clause]


def _first_words(piece: Piece) -> None:
    """由甲局牵头，乙局配合，完成…: who does it stands before what is to be done."""
    found = _FIRST.match(piece.text[:_FAR].strip())
    clause = clause_of(found["said"]) if found else None
    if found and clause and only_names(clause):
        piece.text, piece.clauses = piece.text.strip()[found.start("rest") :], [clause]
