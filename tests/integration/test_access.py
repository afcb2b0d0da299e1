"""Who gets through: every command and button × everybody × one's own, a foreign and a forged object.

A case asks whether the handler is reached, with the router's own checks in between. What is expected is
written here by hand, so that it does not follow the table of access when that is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from duban import access
from duban.access import Act, Part, Thing
from duban.errors import DubanError
from duban.ledger import drafts
from duban.ledger.database import Ledger
from duban.ledger.tables import (
    AnswerRow,
    DutyRow,
    ExtensionRow,
    ItemRow,
    OutboxRow,
    PersonRow,
    PlanRow,
    PostRow,
    QuestionRow,
    ReportRow,
    TaskRow,
    UnitRow,
)
from duban.reading.heads import File
from duban_bot.conversation import asks, imports, router
from duban_bot.incoming import Did, Incoming
from office import Office

STRANGER, OWN, OTHER, LEADING, COORDINATOR = "stranger", "own", "other", "leading", "coordinator"
EVERYBODY = frozenset({STRANGER, OWN, OTHER, LEADING, COORDINATOR})
KNOWN = EVERYBODY - {STRANGER}
BOSS = frozenset({COORDINATOR})
NOBODY: frozenset[str] = frozenset()
Row = tuple[frozenset[str], frozenset[str], frozenset[str]]  # who may: one's own, a foreign, a forged object


def same(who: frozenset[str]) -> Row:
    """No object is named: it makes no difference."""
    return who, who, who


OF_BOSS: Row = (BOSS, BOSS, NOBODY)
OF_UNIT: Row = (frozenset({OWN}), NOBODY, NOBODY)
EXPECTED: dict[str, Row] = {
    "/start": same(EVERYBODY),
    "/help": same(KNOWN),  # a stranger gets the one line
    "/mine": same(KNOWN),
    "/due": same(KNOWN),
    "/report": same(KNOWN),
    "/cancel": same(KNOWN),
    "/item": (frozenset({OWN, LEADING, COORDINATOR}), BOSS, NOBODY),
    "/unit": (frozenset({OWN, COORDINATOR}), BOSS, NOBODY),
    "/plans": same(BOSS),
    "/import": same(BOSS),
    "/summary": same(BOSS),
    "/overdue": same(BOSS),
    "/queue": same(BOSS),
    "/invite": same(BOSS),
    "/members": same(BOSS),
    "/event": OF_BOSS,
    "/verify": OF_BOSS,
    "/remind": OF_BOSS,
    "/extend": OF_BOSS,
    "/deadline": OF_BOSS,
    "/assign": OF_BOSS,
    "/text": OF_BOSS,
    "/activate": OF_BOSS,
    "ack": OF_UNIT,
    "course": OF_UNIT,
    "alldone": OF_UNIT,
    "more": OF_UNIT,
    "pick": OF_UNIT,
    "recv": OF_UNIT,
    "done": OF_UNIT,
    "going": OF_UNIT,
    "stuck": OF_UNIT,
    "extend": OF_UNIT,
    "later": OF_UNIT,
    "undo": OF_UNIT,
    "cancel": same(KNOWN),
    "close": OF_BOSS,
    "return": OF_BOSS,
    "closeitem": OF_BOSS,
    "grant": OF_BOSS,
    "refuse": OF_BOSS,
    "resolve": OF_BOSS,
    "settle": OF_BOSS,
    "release": same(BOSS),
    "dropheld": same(BOSS),
    "resend": OF_BOSS,
    "letbe": OF_BOSS,
    "activate": OF_BOSS,
    "imp": (BOSS, NOBODY, NOBODY),  # one's own draft alone
    "a file": same(BOSS),
}
OBJECTS = ("own", "foreign", "forged")
FORGED = 987654


@dataclass(frozen=True)
class Scene:
    """A ledger, and the ids of each kind of object: 乙局's own, and 丁局's, foreign to all."""

    office: Office
    ids: dict[str, tuple[int, int]]


@pytest.fixture
def scene(ledger: Ledger) -> Scene:
    office = Office(ledger)
    with ledger.writing() as session:
        ids: dict[str, tuple[int, int]] = {}

        def pair(kind: str, make: Callable[[int], Any]) -> tuple[Any, Any]:
            rows = (make(0), make(1))
            session.add_all(rows)
            session.flush()
            if hasattr(rows[0], "id"):
                ids[kind] = (rows[0].id, rows[1].id)
            return rows

        lead, third = UnitRow(name="甲局"), UnitRow(name="丙局")
        session.add_all([lead, third])
        units = pair("unit", lambda n: UnitRow(name=("乙局", "丁局")[n]))
        people = {
            name: PersonRow(name=name, transport="local", chat_user=name, chat=name, bound_at=office.now,
                            coordinator=name in {COORDINATOR, "second"})
            for name in (OWN, OTHER, LEADING, COORDINATOR, "second", "far")
        }  # fmt: skip
        session.add_all(people.values())
        session.flush()
        for name, unit in ((OWN, units[0]), (OTHER, third), (LEADING, lead), ("far", units[1])):
            session.add(PostRow(person_id=people[name].id, unit_id=unit.id, post="contact"))
        plans = pair(
            "plan", lambda n: PlanRow(title="方案", year=2026, state="active", imported_at=office.now)
        )
        items = pair(
            "item", lambda n: ItemRow(plan_id=plans[0].id, no=n + 1, position=n, requirement="办好这件事。")
        )

        def task(item: ItemRow, unit: UnitRow, role: str) -> TaskRow:
            day = date(2026, 6, 30)
            return TaskRow(item_id=item.id, unit_id=unit.id, role=role, kind="dated", due=day,
                           original_due=day, created_at=office.now)  # fmt: skip

        session.add_all([task(items[0], lead, "lead"), DutyRow(item_id=items[0].id, position=0, name="甲局",
                                                               role="lead")])  # fmt: skip
        tasks = pair("task", lambda n: task(items[n], units[n], "responsible"))
        speakers = (people[OWN], people["far"])
        answers = pair("answer", lambda n: AnswerRow(person_id=speakers[n].id, at=office.now, text="好"))
        pair(
            "report", lambda n: ReportRow(answer_id=answers[n].id, task_id=tasks[n].id, status="in_progress")
        )
        pair("extension", lambda n: ExtensionRow(task_id=tasks[n].id, asked_at=office.now,
                                                 old_due=tasks[n].due))  # fmt: skip
        at = office.now

        def message(n: int) -> OutboxRow:
            facts = {"tasks": [[tasks[n].id, "before", "2026-06-10"]]}
            return OutboxRow(
                key=f"m{n}", kind="digest", due_at=at, created_at=at, person_id=speakers[n].id, facts=facts
            )

        pair("question", lambda n: QuestionRow(person_id=speakers[n].id, kind="unclear", text="啊", at=at))
        pair("message", message)
        mine = drafts.keep(session, File.of(b"a", "a"), person=people[COORDINATOR], now=office.now)
        other = drafts.keep(session, File.of(b"a", "a"), person=people["second"], now=office.now)
        ids["draft"] = (mine.id, other.id)
    return Scene(office, ids)


TABLES = {OutboxRow: "message", TaskRow: "task", ItemRow: "item", AnswerRow: "answer",
          ExtensionRow: "extension", QuestionRow: "question", PlanRow: "plan"}  # fmt: skip


def entries() -> dict[str, tuple[Thing, Act]]:
    """Everything that can be said, pressed or sent, from the router's own tables."""
    found = {f"/{one.name}": (one.thing, one.act) for one in router.COMMANDS}
    found |= {one.verb: (one.thing, one.act) for one in router.VERBS}
    return found | {"a file": (Thing.PLAN, Act.IMPORT)}


def incoming(scene: Scene, entry: str, person: str, which: int) -> Incoming:
    """What the person sends to try one entry on one object."""
    who: dict[str, Any] = {"transport": "local", "user": person, "chat": person, "name": person}
    if entry == "a file":
        return Incoming(**who, kind=Did.FILE, file_ref="f", file_name="a.txt")
    if entry.startswith("/"):
        arg = _argument(scene, router.BY_NAME[entry[1:]], which)
        return Incoming(**who, kind=Did.TEXT, text=f"{entry} {arg}")
    verb = router.BY_VERB[entry]
    kind = "draft" if verb.find is not None else TABLES.get(verb.row) if verb.row is not None else None
    id_ = FORGED if which == 2 or kind is None else scene.ids[kind][which]
    return Incoming(**who, kind=Did.BUTTON, data=f"{entry}:{id_}", message_ref="1")


def _argument(scene: Scene, command: router.Command, which: int) -> str:
    if command.find is asks.item:
        return str((1, 2, 987)[which])
    if command.find is asks.unit:
        return ("乙局", "丁局", "无此局")[which]
    if command.find is asks.plan:
        return str((*scene.ids["plan"], FORGED)[which])
    assert command.find is None, f"how does /{command.name} name its object?"
    return ""


class _Back(Exception):
    """Takes back what a case did."""


def reached(scene: Scene, monkeypatch: pytest.MonkeyPatch, entry: str, person: str, which: int) -> bool:
    """Whether the handler is called."""
    calls: list[object] = []

    def spy(talk: object, row: object = None, rest: str = "") -> None:
        calls.append(row)

    with monkeypatch.context() as patch:
        if entry == "a file":
            patch.setattr(imports, "sent", spy)
        elif entry.startswith("/"):
            patch.setitem(router.BY_NAME, entry[1:], replace(router.BY_NAME[entry[1:]], handler=spy))
        else:
            patch.setitem(router.BY_VERB, entry, replace(router.BY_VERB[entry], handler=spy))
        try:
            with scene.office.ledger.writing() as session:
                router.handle(
                    session, incoming(scene, entry, person, which), scene.office.world(file=b"x"), 1
                )
                raise _Back
        except (_Back, DubanError):
            return bool(calls)


def wrong(scene: Scene, monkeypatch: pytest.MonkeyPatch, only: set[str]) -> Iterator[str | None]:
    """A line for each case that is not as expected, None for each that is."""
    for entry in sorted(only):
        for person in sorted(EVERYBODY):
            for which, name in enumerate(OBJECTS):
                got = reached(scene, monkeypatch, entry, person, which)
                may = person in EXPECTED[entry][which]
                yield (
                    None if got == may else f"{entry} by {person} on {name}: {'let in' if got else 'refused'}"
                )


def test_every_entry_has_its_row() -> None:
    assert set(EXPECTED) == set(entries())


def test_everybody_on_everything(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = list(wrong(scene, monkeypatch, set(entries())))
    assert len(cases) == len(entries()) * len(EVERYBODY) * len(OBJECTS)
    assert len(cases) >= 600
    print(f"{len(cases)} cases of access")
    assert [case for case in cases if case] == []


# strangers never come as far as the table for these two; the other rows must each be needed
WITHOUT = {(Thing.DOOR, Act.KNOCK), (Thing.DESK, Act.SEE)}


@pytest.mark.parametrize("key", sorted(set(entries().values()) - WITHOUT), ids="-".join)
def test_a_check_taken_out_is_noticed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, key: tuple[Thing, Act]
) -> None:
    only = {entry for entry, asked in entries().items() if asked == key}
    monkeypatch.setitem(access.ALLOWED, key, frozenset(Part))
    assert any(wrong(scene, monkeypatch, only))


def test_what_the_table_does_not_name_is_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(access.ALLOWED, (Thing.TASK, Act.REPORT))
    assert not reached(scene, monkeypatch, "done", OWN, 0)
