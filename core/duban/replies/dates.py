"""The date that an update means, read from the clauses that say it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from duban.model import Status
from duban.replies.clauses import Clause
from duban.replies.marks import CLASS, Marks
from duban.replies.senses import Sense
from duban.replies.vocabulary import D, I, P, S

DateReader = Callable[..., Any]  # as duban.deadlines.loose.read_date
FAR = timedelta(days=270)  # 10月底 said in November: next year's is as far ahead
NEAR = timedelta(days=92)  # as this year's is near behind: in doubt there is none
DATES = 5  # of one item; what names more of them has no date
_DATED = {  # whose clauses are asked for the date, in this order
    Status.EXTENSION: (Sense.EXTENSION, Sense.PROMISE, Sense.DATED, None),
    Status.IN_PROGRESS: (Sense.PROMISE, Sense.DATED, None),
    Status.BLOCKED: (Sense.PROMISE,),
    Status.NOT_STARTED: (Sense.PROMISE,),
    Status.DONE: (Sense.DONE, Sense.DATED),
}


_ONLY = re.compile(rf"^{D}(?:之?前|以前|左右|[底末])*$")
_DAY = re.compile(r"[日号天]|[0-9][./-][0-9]")
_PAST = re.compile(r"昨|前[天日]|上个?[周月]|上[周星礼]|去年|今天|今日")


class Dates:
    """Reads the date of an update from the clauses that say it."""

    def __init__(self, marks: Marks, on: date, zone: str, reader: DateReader | None) -> None:
        self._marks, self._on, self._zone, self._reader = marks, on, zone, reader

    def of(self, status: Status, clauses: Sequence[Clause]) -> date | None:
        """The one date, or None where there is none or more than one."""
        said = {sense for clause in clauses for sense in clause.senses}
        for sense in _DATED.get(status, ()):
            fitting = [c for c in clauses if (sense in c.senses if sense else not c.senses)]
            if sense is None and status is not Status.EXTENSION:  # 预计完成：12月10日
                fitting = [c for c in fitting if _ONLY.match(c.text)] if Sense.PROMISE in said else []
            if sense is Sense.PROMISE:  # 年底前完成有困难 promises nothing
                fitting = [c for c in fitting if Sense.BLOCKED not in c.senses]
            dated = [c for c in fitting if self._says(status, c)]
            if len(dated) > DATES:
                return None
            found = {self._read(c.text, future=status is not Status.DONE) for c in dated} - {None}
            if found:
                return found.pop() if len(found) == 1 else None
        return None

    def settle(self, senses: frozenset[Sense], clauses: Sequence[Clause]) -> frozenset[Sense]:
        """11月底完成 is a promise, 10月完成 a report: whichever lies nearer."""
        if Sense.DATED not in senses:
            return senses
        ahead = any(self._ahead(clause) for clause in clauses if Sense.DATED in clause.senses)
        return senses - {Sense.DATED} | {Sense.PROMISE if ahead else Sense.DONE}

    def _says(self, status: Status, clause: Clause) -> bool:
        """Whether a date is there; when it was done is a day only where a day is named (not 上周)."""
        signs = re.findall(rf"{D}|{S}", clause.text)
        return any(status is not Status.DONE or _DAY.search(self._marks.restore(sign)) for sign in signs)

    def _ahead(self, clause: Clause) -> bool:
        """Whether the clause's date is nearer ahead than it is behind."""
        if _PAST.search(self._marks.restore(clause.text)):
            return False
        after, before = self._read(clause.text, future=True), self._read(clause.text, future=False)
        if after is None or before is None:
            return before is None
        return after > self._on and (before > self._on or after - self._on < self._on - before)

    def _read(self, text: str, *, future: bool) -> date | None:
        if self._reader is None:
            from duban.deadlines.loose import read_date  # noqa: PLC0415 - a calendar that many replies need not

            self._reader = read_date
        words = self._marks.restore(re.sub(rf"{I}|{P}|{CLASS['proof']}", "，", text))
        signs = re.findall(rf"{D}|{S}", text)
        try:
            found: date | None = self._reader(words, on=self._on, zone=self._zone, future=future).date
            if found is None and len(signs) == 1 and re.match(D, signs[0]):  # 预计15号完成: the day by itself
                found = self._reader(
                    self._marks.restore(signs[0]), on=self._on, zone=self._zone, future=future
                ).date
            if found is not None and found - self._on > FAR and "年" not in words:
                passed = self._reader(words, on=self._on, zone=self._zone, future=False).date
                found = None if passed is not None and self._on - passed < NEAR else found
        except (OverflowError, ValueError):  # beyond the calendar's last year
            return None
        return found
