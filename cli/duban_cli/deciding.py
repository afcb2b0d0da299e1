"""A document's doubts on a terminal, one by one. Each answer is kept at once: one can stop anywhere."""

from __future__ import annotations

import sys

import click

from duban.errors import DubanError
from duban.ledger import drafts
from duban.ledger.answering import asks_for_words, value_of
from duban.ledger.decisions import DATES, OPEN_ENDED, choice, in_words, of_document
from duban.ledger.review import Review, decide, mark_of, review
from duban.model import Problem
from duban.reading.heads import UNKNOWN, File
from duban.reading.quoting import quote
from duban_cli.printing import note, word
from duban_cli.wiring import Office

STOP, BACK, REST = "q", "b", "a"


class Stopped(Exception):
    """Whoever was asked goes on later."""

    def __init__(self, seen: Review, *, broken_off: bool) -> None:
        super().__init__()
        self.seen = seen
        self.broken_off = broken_off  # Ctrl+C or the end of the input


class _Rest(Exception):
    """The safest choice for all that is left."""


def interactive() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def decide_all(here: Office, file: File) -> None:
    """Ask until nothing waits. Heads come first, then the year; then it is said what was read.

    Raises Stopped.
    """
    at: str | None = None  # the doubt that one went back to
    shown = False
    while True:
        seen = _look(here, file)
        waiting = next(iter(seen.waiting), None)
        if not shown and (waiting is None or not _changes_the_reading(waiting)):
            show_preview(seen)
            shown = True
        doubt = (seen.find(at) if at else None) or waiting
        if doubt is None:
            return
        try:
            at = _ask(here, file, seen, doubt)
        except _Rest:
            return
        except click.Abort:
            click.echo(err=True)
            raise Stopped(_look(here, file), broken_off=True) from None


def show_preview(seen: Review) -> None:
    """What was read, and how many doubts of which kinds wait."""
    note("preview", plan=seen.plan, seen=seen, kinds=[(word("doubt", code), n) for code, n in seen.kinds])


def _changes_the_reading(doubt: Problem) -> bool:
    return doubt.code == UNKNOWN or of_document(doubt)


def _look(here: Office, file: File) -> Review:
    with here.reading() as session:
        draft = drafts.find(session, file.sha256, person=None)
        if draft is None:
            raise DraftGone
        return review(session, draft, file)


class DraftGone(DubanError):
    """这份文件已在别处导入或放弃，没有再写入。请重新运行 duban import。"""


def _ask(here: Office, file: File, seen: Review, doubt: Problem) -> str | None:
    """Ask one doubt and keep the answer; the mark of the one to go back to, None to go on.

    Raises Stopped, _Rest, click.Abort.
    """
    now = seen.value(doubt)
    picked = next((n for n, one in enumerate(doubt.choices, 1) if one.value == now), None)
    words = _how(doubt)
    note(
        "doubt", doubt=doubt, n=seen.asked.index(doubt) + 1, count=len(seen.asked),
        about=quote(seen.plan, doubt), own=seen.own_words(doubt), picked=picked, words=words,
    )  # fmt: skip
    prompt = "请选" + ("或直接写" if words else "")
    while True:
        said = str(click.prompt(prompt, default="", show_default=False, err=True)).strip()
        if said.lower() == STOP:
            raise Stopped(seen, broken_off=False)
        if said.lower() == REST:
            raise _Rest
        if said.lower() == BACK:
            before = seen.before(doubt)
            if before is not None:
                return mark_of(before)
            click.echo("已经是第一处。", err=True)
            continue
        try:
            value = (
                _value(here, seen, doubt, said)
                if said
                else now
                if now is not None
                else doubt.choices[0].value
            )
            if asks_for_words(value):
                prompt = f"请写{words}"
                continue
            _keep(here, file, doubt, value)
            if said and value.removeprefix(OPEN_ENDED.get(doubt.code, "")) != said:
                click.echo(f"  已定：{choice(doubt, value).label}", err=True)
        except DubanError as error:
            click.echo(str(error), err=True)
            continue
        return None


def _value(here: Office, seen: Review, doubt: Problem, said: str) -> str:
    with here.reading() as session:
        zone = here.settings.office.zone
        return value_of(session, seen.plan, doubt, said, today=here.today, zone=zone)


def _keep(here: Office, file: File, doubt: Problem, value: str) -> None:
    with here.writing() as session:
        draft = drafts.keep(session, file, person=None, now=here.now())
        decide(session, draft, file, doubt, value, now=here.now(), actor="cli")


def _how(doubt: Problem) -> str:
    """How a doubt is settled in own words; "" where only the choices count."""
    if not (in_words(doubt) or doubt.code == UNKNOWN):
        return ""
    return word("own", "year" if of_document(doubt) else "date" if doubt.code in DATES else doubt.code)
