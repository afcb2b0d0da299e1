"""A document sent to the bot: read, shown with its doubts one by one, and stored on confirmation.

Only the bytes and the decisions are kept between two steps; each step reads the document anew.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from duban.access import Act, Thing, require
from duban.errors import DubanError
from duban.ledger import desk, people, plans
from duban.ledger.decisions import DATES, OPEN_ENDED
from duban.ledger.tables import DraftRow
from duban.model import Plan, Problem
from duban.reading.document import read_plan
from duban_bot.conversation import asks
from duban_bot.conversation.talk import Talk
from duban_bot.transports.base import Button
from duban_bot.words import cut

YEAR = re.compile(r"(?:19|20)\d{2}")
NOTED = 8  # so many are named one by one
LONGEST_LABEL = 60


class NothingSent(DubanError):
    """文件没有取到或太大（上限 20 MB），没有处理；请换一个小些的文件再发。"""


class DraftGone(DubanError):
    """这份文件的预览已失效（已导入、已放弃，或之后又发了别的文件）。要导入请重新发送文件。"""


def sent(talk: Talk) -> None:
    """A file: read and previewed. Nothing but the draft is kept; a secret document is refused before that."""
    incoming, body = talk.incoming, talk.world.file
    if body is None:
        raise NothingSent
    said = YEAR.search(incoming.text)
    year = int(said[0]) if said else None
    name = cut(incoming.file_name or "", 120)
    plan = read_plan(body, name=name, year=year)
    desk.keep_draft(talk.session, talk.me, name=name, body=body, year=year, now=talk.now)
    _preview(talk, _draft(talk), plan)


def _draft(talk: Talk) -> DraftRow:
    row = desk.draft(talk.session, talk.me)
    if row is None:
        raise DraftGone
    return row


def stamp(row: DraftRow) -> int:
    """What ties a button to one sent file: an older message's buttons fit no later file."""
    return int(row.at.timestamp())


def find(talk: Talk, number: int) -> DraftRow:
    """The draft that a button belongs to. Raises DraftGone."""
    row = _draft(talk)
    if stamp(row) != number:
        raise DraftGone
    return row


def _read(row: DraftRow) -> Plan:
    return read_plan(row.body, name=row.name, year=row.year)


def _look(talk: Talk, row: DraftRow, plan: Plan) -> Any:
    return plans.preview(talk.session, plan, sha256=hashlib.sha256(row.body).hexdigest())


def _preview(talk: Talk, row: DraftRow, plan: Plan) -> None:
    look = _look(talk, row, plan)
    if look.same is not None:
        desk.drop_draft(talk.session, talk.me)
        talk.say("imported_before", plan=look.same)
        return
    if plan.year is None:
        desk.wait_for(talk.session, talk.me, "year", {"draft": stamp(row)}, now=talk.now)
    kinds = Counter(str(one.kind) for item in plan.items for one in item.deadlines)
    asked = _to_decide(look.doubts)
    notes = [doubt for doubt in look.doubts if len(doubt.choices) <= 1]
    units = {duty.name for item in plan.items for duty in item.units}
    talk.say(
        "preview", _first_keys(talk, row, asked), plan=plan, name=row.name, units=len(units), kinds=kinds,
        doubts=len(asked), notes=notes[:NOTED], more_notes=max(0, len(notes) - NOTED), look=look,
        changes=_changes(look),
    )  # fmt: skip


def _changes(look: Any) -> dict[str, int]:
    """How many items an amended file leaves, changes, moves, adds and drops."""
    return dict(look.diff.counts) if look.amends is not None and look.diff is not None else {}


def _to_decide(doubts: Sequence[Problem]) -> list[Problem]:
    """What leaves a choice; what has but one way is only said."""
    return [doubt for doubt in doubts if len(doubt.choices) > 1]


def _first_keys(talk: Talk, row: DraftRow, asked: Sequence[Problem]) -> list[list[Button]]:
    mark = stamp(row)
    keys = [[talk.label("drop", f"imp:{mark}:drop")]]
    if asked:
        keys.insert(0, [talk.label("import_safe", f"imp:{mark}:go")])
        keys.insert(0, [talk.label("decide", f"imp:{mark}:next", n=len(asked))])
    else:
        keys.insert(0, [talk.label("import", f"imp:{mark}:go")])
    return keys


def press(talk: Talk, row: DraftRow, arg: str) -> None:
    """A button of the preview: next, go, drop, or a choice as N.C."""
    if arg == "drop":
        desk.drop_draft(talk.session, talk.me)
        talk.replace("dropped", name=row.name)
        return
    plan = _read(row)
    look = _look(talk, row, plan)
    asked = _to_decide(look.doubts)
    if arg == "go":
        _store(talk, row, plan)
        return
    doubt, _, choice = arg.partition(".")
    if doubt.isdecimal() and choice.isdecimal():
        _decide(row, asked, int(doubt), int(choice))
    _ask_next(talk, row, asked)


def _decide(row: DraftRow, asked: Sequence[Problem], doubt: int, choice: int) -> None:
    """Keep one choice. Raises DraftGone for one that was never offered."""
    if doubt >= len(asked) or choice >= len(asked[doubt].choices):
        raise DraftGone
    problem = asked[doubt]
    row.decisions = {**row.decisions, plans.doubt_key(problem): problem.choices[choice].value}


def _ask_next(talk: Talk, row: DraftRow, asked: Sequence[Problem]) -> None:
    mark = stamp(row)
    waiting = [(n, one) for n, one in enumerate(asked) if plans.doubt_key(one) not in row.decisions]
    if not waiting:
        talk.replace("decided", _first_keys(talk, row, []), count=len(asked), name=row.name)
        return
    n, doubt = waiting[0]
    keys = [
        [Button(cut(choice.label, LONGEST_LABEL), f"imp:{mark}:{n}.{c}")]
        for c, choice in enumerate(doubt.choices)
    ]
    keys.append([talk.label("import_safe", f"imp:{mark}:go")])
    typed = doubt.code in OPEN_ENDED or doubt.code in DATES
    if typed:
        facts = {"draft": mark, "key": plans.doubt_key(doubt), "code": doubt.code}
        desk.wait_for(talk.session, talk.me, "doubt", facts, now=talk.now)
    talk.replace("doubt", keys, doubt=doubt, n=len(asked) - len(waiting) + 1, count=len(asked), typed=typed)


def _store(talk: Talk, row: DraftRow, plan: Plan) -> None:
    stored = plans.store(
        talk.session, plan, body=row.body, name=row.name, now=talk.now, actor=talk.actor,
        decisions=row.decisions,
    )  # fmt: skip
    desk.drop_draft(talk.session, talk.me)
    desk.no_longer_waiting(talk.session, talk.me)
    blockers = plans.blockers(talk.session, stored.plan.id)
    taken = [(doubt, choice) for doubt, choice in stored.taken if len(doubt.choices) > 1]
    active = stored.plan.state == "active"  # amended: activating again makes the tasks that are missing
    keys = [[talk.label("activate_again" if active else "activate", f"activate:{stored.plan.id}")]]
    talk.replace(
        "stored", keys if not blockers else [], plan=stored.plan, items=len(plan.items),
        taken=taken[:NOTED], more_taken=max(0, len(taken) - NOTED),
        blockers=blockers[:8], active=active,
    )  # fmt: skip


def _year(talk: Talk, facts: dict[str, Any], text: str) -> bool:
    """The plan's year, as the answer to the question for it."""
    found = YEAR.search(text)
    if found is None or len(text) > LONGEST_LABEL:
        return False
    require(people.parts(talk.session, talk.person), Thing.PLAN, Act.IMPORT)
    row = find(talk, int(facts["draft"]))
    desk.no_longer_waiting(talk.session, talk.me)
    row.year = int(found[0])
    _preview(talk, row, _read(row))
    return True


def _doubt(talk: Talk, facts: dict[str, Any], text: str) -> bool:
    """A doubt settled in the coordinator's own words: the members, the unit meant, or the date."""
    require(people.parts(talk.session, talk.person), Thing.PLAN, Act.IMPORT)
    row = find(talk, int(facts["draft"]))
    code = str(facts["code"])
    doubts = _look(talk, row, _read(row)).doubts
    offered = (c for doubt in doubts if plans.doubt_key(doubt) == facts["key"] for c in doubt.choices)
    value = next((choice.value for choice in offered if choice.label == text.strip()), None)
    if value is None and code in DATES:
        value = asks.typed_date(talk, text).isoformat()
    elif value is None:
        value = OPEN_ENDED[code] + text.strip()
    desk.no_longer_waiting(talk.session, talk.me)
    row.decisions = {**row.decisions, str(facts["key"]): value}
    _ask_next(talk, row, _to_decide(_look(talk, row, _read(row)).doubts))
    return True


DIALOGS: dict[str, Callable[[Talk, dict[str, Any], str], bool]] = {"year": _year, "doubt": _doubt}
