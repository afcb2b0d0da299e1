"""Going through a document's doubts one by one: what it says with what was decided so far, what is still to
be asked, and where one goes on. Heads come first, then the year: what is said of them changes the reading.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from duban.errors import DubanError
from duban.ledger import heads
from duban.ledger.decisions import BadDecision, choice, doubt_key, leaves_a_choice, of_document
from duban.ledger.importing import Preview, preview
from duban.ledger.tables import DraftRow
from duban.model import Plan, Problem
from duban.reading.errors import ReadError
from duban.reading.heads import SKIPPED, UNKNOWN, File, Said, head_of, read_knowing

ANEW = "anew"  # in a draft's decisions: what is kept of heads does not count


class HeadLeavesNothing(DubanError):
    """照这样理解表头，文件里就读不出任务了，请另选一种。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A document as read with what was decided of it."""

    plan: Plan
    look: Preview
    asked: tuple[Problem, ...]  # what leaves a choice, decided or not, in the order of asking
    decisions: Mapping[str, str]

    @property
    def waiting(self) -> tuple[Problem, ...]:
        """What is still to be decided."""
        return tuple(doubt for doubt in self.asked if doubt_key(doubt) not in self.decisions)

    @property
    def decided(self) -> int:
        """How many are decided."""
        return len(self.asked) - len(self.waiting)

    @property
    def heads_waiting(self) -> bool:
        """Whether the reading itself waits for an answer, so that its numbers say little yet."""
        return any(doubt.code == UNKNOWN for doubt in self.waiting)

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What is only said: nothing that was just answered."""
        answered = {doubt.where for doubt in self.asked if doubt.code == UNKNOWN}
        return tuple(
            d
            for d in self.look.doubts
            if not leaves_a_choice(d) and not (d.code == SKIPPED and d.where in answered)
        )

    @property
    def kinds(self) -> tuple[tuple[str, int], ...]:
        """How many doubts of each code are still to be decided, in the order of asking."""
        return tuple(Counter(doubt.code for doubt in self.waiting).items())

    def before(self, doubt: Problem) -> Problem | None:
        """The doubt before this one."""
        at = self.asked.index(doubt)
        return self.asked[at - 1] if at else None

    def value(self, doubt: Problem) -> str | None:
        """What was decided of a doubt."""
        return self.decisions.get(doubt_key(doubt))

    def own_words(self, doubt: Problem) -> str:
        """What was decided in own words, as said; "" where a listed choice was taken, or nothing yet."""
        value = self.value(doubt)
        if value is None or any(one.value == value for one in doubt.choices):
            return ""
        return choice(doubt, value).label

    def find(self, mark: str) -> Problem | None:
        """The doubt of a mark, if it still is one and offers the same."""
        return next((doubt for doubt in self.asked if mark_of(doubt) == mark), None)


def mark_of(doubt: Problem) -> str:
    """A short name for a doubt and what it offers: a button that carries it fits nothing else."""
    said = "\0".join([doubt_key(doubt), *(one.value for one in doubt.choices)])
    return hashlib.sha256(said.encode()).hexdigest()[:10]


def review(session: Session, draft: DraftRow, file: File) -> Review:
    """Read a draft's document, with the heads that are known and what was decided of it. Writes nothing."""
    plan, first = _read(session, draft, file)
    look = preview(session, plan, sha256=file.sha256)
    known = {doubt_key(doubt) for doubt in first}
    rest = [d for d in look.doubts if leaves_a_choice(d) and doubt_key(d) not in known]
    year = [doubt for doubt in rest if of_document(doubt)]
    others = [doubt for doubt in rest if not of_document(doubt)]
    asked = (*first, *year, *others)
    return Review(plan=plan, look=look, asked=asked, decisions=_still_fit(draft.decisions, asked))


def _still_fit(decisions: Mapping[str, str], asked: Sequence[Problem]) -> dict[str, str]:
    """What was decided, without what is no choice any more (another plan took the name meanwhile)."""
    found = {}
    for doubt in asked:
        value = decisions.get(doubt_key(doubt))
        with suppress(BadDecision):
            if value is not None and choice(doubt, value):
                found[doubt_key(doubt)] = value
    return found


def begin_anew(session: Session, draft: DraftRow) -> None:
    """Forget what was decided, and ask about the document's heads even where an answer is kept."""
    draft.decisions = {ANEW: "1"}
    session.flush()


def _read(session: Session, draft: DraftRow, file: File) -> tuple[Plan, list[Problem]]:
    """The plan, and the doubts that were settled on the way: those about heads, and the year's."""
    said = _said(draft.decisions)
    kept = {} if ANEW in draft.decisions else heads.kept(session)
    known: Said = {plain: meaning for plain, meaning in kept.items() if plain not in said}
    asked: list[Problem] = []
    year = draft.year
    while True:
        plan = read_knowing(file, known, year=year, issued=draft.issued)
        odd = [doubt for doubt in plan.problems if head_of(doubt) and leaves_a_choice(doubt)]
        asked += [doubt for doubt in odd if doubt not in asked]
        fresh = {plain: said[plain] for doubt in odd if (plain := head_of(doubt)) in said and plain}
        fresh = {plain: meaning for plain, meaning in fresh.items() if plain not in known}
        if fresh:
            known = {**known, **fresh}
            continue
        if plan.year is not None or year is not None:
            return plan, asked
        asked_year = [d for d in preview(session, plan, sha256="").doubts if of_document(d)]
        chosen = draft.decisions.get(doubt_key(asked_year[0]), "") if asked_year else ""
        if not chosen:
            return plan, asked
        asked += asked_year
        year = int(chosen)


def _said(decisions: Mapping[str, str]) -> dict[str, str]:
    """What a draft's decisions say of heads."""
    found = {}
    for key, value in decisions.items():
        code, _, where = key.partition("::")
        plain = head_of(Problem(code=code, message="", where=where))
        if plain is not None:
            found[plain] = value
    return found


def decide(
    session: Session, draft: DraftRow, file: File, doubt: Problem, value: str, *, now: datetime, actor: str
) -> None:
    """Keep one decision; what a head means is kept for later documents too.

    Raises BadDecision, HeadLeavesNothing: roll back then.
    """
    choice(doubt, value)
    draft.decisions = {**draft.decisions, doubt_key(doubt): value}
    draft.at = now
    session.flush()
    plain = head_of(doubt)
    if plain is None:
        return
    try:
        plan, _ = _read(session, draft, file)
    except ReadError:
        raise HeadLeavesNothing from None
    if not plan.items or any(head_of(one) == plain and leaves_a_choice(one) for one in plan.problems):
        raise HeadLeavesNothing
    heads.keep(session, plain, value, now=now, actor=actor)
