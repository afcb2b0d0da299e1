"""Who may do what: one table, role × object × act. Commands, buttons, pages and jobs ask it."""

from __future__ import annotations

from enum import StrEnum

from duban.errors import DubanError


class Denied(DubanError):
    """这件事不在您的办理范围内，如有疑问请联系督办员。"""


class Part(StrEnum):
    """What a person is to an object, worked out from the ledger at the moment of asking."""

    STRANGER = "stranger"  # nobody we know
    OTHER = "other"  # bound, but to other units
    LEADING = "leading"  # contact of the unit that leads the item
    OWN = "own"  # contact of the unit itself
    LEADER = "leader"  # leader of the unit itself
    COORDINATOR = "coordinator"


class Thing(StrEnum):
    """What is acted on."""

    DOOR = "door"  # the bot as such: /start, /help
    DESK = "desk"  # what lies before oneself: /mine, /due, words
    MESSAGE = "message"  # what the bot said to a person
    TASK = "task"
    ITEM = "item"
    ANSWER = "answer"  # a person's own answer
    UNIT = "unit"
    PLAN = "plan"
    EVENT = "event"
    PEOPLE = "people"


class Act(StrEnum):
    """What is done."""

    KNOCK = "knock"  # /start, /help
    SEE = "see"  # words, people, reports and all
    SEE_STATE = "see_state"  # the state alone
    REPORT = "report"  # sign for, report, ask for more time
    UNDO = "undo"
    SNOOZE = "snooze"
    DECIDE = "decide"  # verify, extend, return, remind, settle
    IMPORT = "import"
    INVITE = "invite"


_UNIT_SIDE = frozenset({Part.OWN})
_BOSS = frozenset({Part.COORDINATOR})
_KNOWN = frozenset(Part) - {Part.STRANGER}

ALLOWED: dict[tuple[Thing, Act], frozenset[Part]] = {
    (Thing.DOOR, Act.KNOCK): frozenset(Part),
    (Thing.DESK, Act.SEE): _KNOWN,
    (Thing.MESSAGE, Act.SEE): _UNIT_SIDE,
    (Thing.MESSAGE, Act.REPORT): _UNIT_SIDE,
    (Thing.TASK, Act.SEE): _UNIT_SIDE | _BOSS | {Part.LEADER},
    (Thing.TASK, Act.SEE_STATE): _UNIT_SIDE | _BOSS | {Part.LEADER, Part.LEADING},
    (Thing.TASK, Act.REPORT): _UNIT_SIDE,
    (Thing.TASK, Act.SNOOZE): _UNIT_SIDE,
    (Thing.TASK, Act.DECIDE): _BOSS,
    (Thing.ITEM, Act.SEE): _UNIT_SIDE | _BOSS | {Part.LEADER, Part.LEADING},
    (Thing.ITEM, Act.DECIDE): _BOSS,
    (Thing.ANSWER, Act.UNDO): _UNIT_SIDE,
    (Thing.UNIT, Act.SEE): _UNIT_SIDE | _BOSS | {Part.LEADER},
    (Thing.UNIT, Act.DECIDE): _BOSS,
    (Thing.PLAN, Act.SEE): _BOSS,
    (Thing.PLAN, Act.IMPORT): _BOSS,
    (Thing.PLAN, Act.DECIDE): _BOSS,
    (Thing.EVENT, Act.DECIDE): _BOSS,
    (Thing.PEOPLE, Act.SEE): _BOSS,
    (Thing.PEOPLE, Act.INVITE): _BOSS,
}


def allowed(parts: frozenset[Part], thing: Thing, act: Act) -> bool:
    """Whether someone who is `parts` to the object may do this; what the table does not name is refused."""
    return bool(parts & ALLOWED.get((thing, act), frozenset()))


def require(parts: frozenset[Part], thing: Thing, act: Act) -> None:
    """Raises Denied unless allowed."""
    if not allowed(parts, thing, act):
        raise Denied
