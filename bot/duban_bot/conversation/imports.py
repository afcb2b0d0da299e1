"""A document sent to the bot: read, shown with its doubts one by one, and stored on confirmation.

Only the bytes and the decisions are kept between two steps; each step reads the document anew, so that a
restart loses nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from duban.access import Act, Thing, require
from duban.errors import DubanError
from duban.ledger import desk, drafts, heads, people, plans
from duban.ledger.answering import asks_for_words, value_of
from duban.ledger.decisions import choice, of_document
from duban.ledger.review import Review, begin_anew, decide, review
from duban.ledger.tables import DraftRow
from duban.model import Problem
from duban.reading.heads import UNKNOWN, File, Said, read_knowing
from duban_bot.conversation import doubts
from duban_bot.conversation.talk import Talk
from duban_bot.incoming import Incoming
from duban_bot.transports.base import Button
from duban_bot.words import cut

YEAR = re.compile(r"(?:19|20)\d{2}")
NOTED = 8  # so many are named one by one
LONGEST_ANSWER = 60


class NothingSent(DubanError):
    """文件没有取到或太大（上限 20 MB），没有处理；请换一个小些的文件再发。"""


class DraftGone(DubanError):
    """这份文件的预览已失效（已导入或已放弃），或这一处已有变化。发送 /import 接着做，或重新发送文件。"""


class NothingToGoOn(DubanError):
    """没有做到一半的导入。要导入方案，请把文件发给我。"""


def sent(talk: Talk) -> None:
    """A file: read and previewed. Nothing but the draft is kept; a secret document is refused before that."""
    incoming, body = talk.incoming, talk.world.file
    if body is None:
        raise NothingSent
    file, year = _given(incoming, body)
    read_knowing(file, heads.kept(talk.session), year=year)
    row = drafts.keep(talk.session, file, person=talk.me, year=year, now=talk.now)
    desk.no_longer_waiting(talk.me)
    show(talk, row, look(talk, row))


def foresee(incoming: Incoming, body: bytes, said: Said) -> None:
    """Read a file before the transaction that answers it, which then finds it read: it may take long.

    `said` is what is kept of heads. Raises what read_plan raises.
    """
    file, year = _given(incoming, body)
    read_knowing(file, said, year=year)


def _given(incoming: Incoming, body: bytes) -> tuple[File, int | None]:
    """The file, and the year that was written with it."""
    said = YEAR.search(incoming.text)
    return File.of(body, cut(incoming.file_name or "", 120)), int(said[0]) if said else None


def find(talk: Talk, number: int) -> DraftRow:
    """The draft that a button belongs to. Raises DraftGone for none, and for somebody else's."""
    row = talk.session.get(DraftRow, number)
    if row is None or row.person_id != talk.me.id:
        raise DraftGone
    return row


def go_on(talk: Talk, _row: None, _rest: str) -> None:
    """Where an import was stopped; of several they say which. Raises NothingToGoOn."""
    rows = drafts.of_person(talk.session, talk.me)
    if not rows:
        raise NothingToGoOn
    if len(rows) > 1:
        keys = [[Button(cut(one.name, LONGEST_ANSWER), f"imp:{one.id}:go-on")] for one in rows]
        talk.say("unfinished", keys, count=len(rows))
        return
    _resume(talk, rows[0])


def _resume(talk: Talk, row: DraftRow) -> None:
    seen = look(talk, row)
    if seen.look.same is None and seen.decided and seen.waiting:
        doubts.ask(talk, row, seen, seen.waiting[0])
    else:
        show(talk, row, seen)


def look(talk: Talk, row: DraftRow) -> Review:
    """The document with what was decided of it."""
    return review(talk.session, row, drafts.file_of(row))


def show(talk: Talk, row: DraftRow, seen: Review) -> None:
    """What was read and what is to be decided; heads that nobody knows are asked before a number is said."""
    if seen.look.same is not None:
        drafts.drop(talk.session, row)
        talk.say("imported_before", plan=seen.look.same)
        return
    if seen.heads_waiting:
        doubts.ask(talk, row, seen, seen.waiting[0])
        return
    plan = seen.plan
    if plan.year is None:
        desk.wait_for(talk.me, "year", {"draft": row.id}, now=talk.now)
    kinds = Counter(str(one.kind) for item in plan.items for one in item.deadlines)
    units = {duty.name for item in plan.items for duty in item.units}
    notes = [note for note in seen.notes if not of_document(note)]
    talk.replace(
        "preview", _keys(talk, row, seen), plan=plan, name=row.name, units=len(units), kinds=kinds,
        doubts=len(seen.waiting), decided=seen.decided, notes=notes[:NOTED],
        more_notes=max(0, len(notes) - NOTED), look=seen.look, changes=_changes(seen.look),
        of_kinds=[(talk.words.word("doubt", code), count) for code, count in seen.kinds],
    )  # fmt: skip


def _changes(seen: plans.Preview) -> dict[str, int]:
    """How many items an amended file leaves, changes, moves, adds and drops."""
    return dict(seen.diff.counts) if seen.amends is not None and seen.diff is not None else {}


def _keys(talk: Talk, row: DraftRow, seen: Review) -> list[list[Button]]:
    last = [talk.label("drop", f"imp:{row.id}:drop")]
    if seen.decided:
        last[:0] = [talk.label("back", f"imp:{row.id}:last"), talk.label("anew", f"imp:{row.id}:anew")]
    if not seen.waiting:
        return [[talk.label("import", f"imp:{row.id}:go")], last]
    return [
        [talk.label("decide", f"imp:{row.id}:next", n=len(seen.waiting))],
        [talk.label("import_safe", f"imp:{row.id}:go")],
        last,
    ]


def press(talk: Talk, row: DraftRow, arg: str) -> None:
    """A button of the preview, or of a doubt: MARK.N takes a choice, MARK.back shows the one before."""
    act = PRESSES.get(arg)
    if act is not None:
        act(talk, row)
        return
    mark, _, what = arg.partition(".")
    seen = look(talk, row)
    doubt = seen.find(mark)
    if doubt is None:
        raise DraftGone
    if what == doubts.BACK:
        doubts.ask(talk, row, seen, seen.before(doubt) or doubt)
        return
    if not what.isdecimal() or int(what) >= len(doubt.choices):
        raise DraftGone
    _take(talk, row, doubt, doubt.choices[int(what)].value)


def _take(talk: Talk, row: DraftRow, doubt: Problem, value: str) -> None:
    """Keep a decision and go on; a choice that needs words asks for them."""
    if asks_for_words(value):
        doubts.ask_for_words(talk, row, doubt)
        return
    decide(talk.session, row, drafts.file_of(row), doubt, value, now=talk.now, actor=talk.actor)
    desk.no_longer_waiting(talk.me)
    seen = look(talk, row)
    if doubt.code == UNKNOWN and not seen.heads_waiting:
        show(talk, row, seen)  # the numbers of the new reading
    else:
        _forward(talk, row, seen)


def _forward(talk: Talk, row: DraftRow, seen: Review) -> None:
    if seen.waiting:
        doubts.ask(talk, row, seen, seen.waiting[0])
    else:
        talk.replace("decided", _keys(talk, row, seen), count=len(seen.asked), name=row.name)


def _next(talk: Talk, row: DraftRow) -> None:
    _forward(talk, row, look(talk, row))


def _last(talk: Talk, row: DraftRow) -> None:
    """The doubt that was decided last, to be decided otherwise."""
    seen = look(talk, row)
    decided = [doubt for doubt in seen.asked if seen.value(doubt) is not None]
    if decided:
        doubts.ask(talk, row, seen, decided[-1])
    else:
        _forward(talk, row, seen)


def _later(talk: Talk, row: DraftRow) -> None:
    seen = look(talk, row)
    desk.no_longer_waiting(talk.me)
    talk.replace("later", decided=seen.decided, waiting=len(seen.waiting), name=row.name)


def _anew(talk: Talk, row: DraftRow) -> None:
    begin_anew(talk.session, row)
    show(talk, row, look(talk, row))


def _drop(talk: Talk, row: DraftRow) -> None:
    drafts.drop(talk.session, row)
    desk.no_longer_waiting(talk.me)
    talk.replace("dropped", name=row.name)


def _store(talk: Talk, row: DraftRow) -> None:
    seen, file = look(talk, row), drafts.file_of(row)
    stored = plans.store(
        talk.session, seen.plan, body=file.body, name=file.name, now=talk.now, actor=talk.actor,
        decisions=seen.decisions,
    )  # fmt: skip
    drafts.drop(talk.session, row)
    desk.no_longer_waiting(talk.me)
    blockers = plans.blockers(talk.session, stored.plan.id)
    taken = [(doubt, choice) for doubt, choice in stored.taken if len(doubt.choices) > 1]
    active = stored.plan.state == "active"  # amended: activating again makes the tasks that are missing
    keys = [[talk.label("activate_again" if active else "activate", f"activate:{stored.plan.id}")]]
    talk.replace(
        "stored", keys if not blockers else [], plan=stored.plan, items=len(seen.plan.items),
        taken=taken[:NOTED], more_taken=max(0, len(taken) - NOTED),
        blockers=blockers[:8], active=active,
    )  # fmt: skip


PRESSES: dict[str, Callable[[Talk, DraftRow], None]] = {
    "go": _store, "next": _next, "last": _last, "go-on": _resume, "later": _later, "anew": _anew,
    "drop": _drop,
}  # fmt: skip


def _year(talk: Talk, facts: dict[str, Any], text: str) -> bool:
    """The plan's year, as the answer to the preview's question for it."""
    found = YEAR.search(text)
    if found is None or len(text) > LONGEST_ANSWER:
        return False
    require(people.parts(talk.session, talk.person), Thing.PLAN, Act.IMPORT)
    row = _waited_for(talk, facts)
    seen = look(talk, row) if row is not None else None
    doubt = next((one for one in seen.asked if of_document(one)), None) if seen is not None else None
    if row is None or doubt is None:
        return False
    decide(talk.session, row, drafts.file_of(row), doubt, found[0], now=talk.now, actor=talk.actor)
    desk.no_longer_waiting(talk.me)
    show(talk, row, look(talk, row))
    return True


def _waited_for(talk: Talk, facts: dict[str, Any]) -> DraftRow | None:
    """The draft that was asked about; what is said after it is gone is no answer to it."""
    try:
        return find(talk, int(facts.get("draft", 0)))
    except DraftGone:
        desk.no_longer_waiting(talk.me)
        return None


def _doubt(talk: Talk, facts: dict[str, Any], text: str) -> bool:
    """A doubt settled in the coordinator's own words: the members, the unit meant, the date, a head."""
    require(people.parts(talk.session, talk.person), Thing.PLAN, Act.IMPORT)
    row = _waited_for(talk, facts)
    if row is None:
        return False
    seen = look(talk, row)
    doubt = seen.find(str(facts.get("mark")))
    if doubt is None:  # it is none any more: a unit was named in another plan meanwhile
        _forward(talk, row, seen)
        return True
    zone = str(talk.world.zone)
    value = value_of(talk.session, seen.plan, doubt, text, today=talk.today, zone=zone)
    if not asks_for_words(value):
        talk.say("noted", said=choice(doubt, value).label)
    _take(talk, row, doubt, value)
    return True


DIALOGS: dict[str, Callable[[Talk, dict[str, Any], str], bool]] = {"year": _year, "doubt": _doubt}
