"""What a network, a service and a power cut can do, against a real `duban run` and a strict Bot API.

Promised: nothing is lost, nothing is silent, and what may be a repeat says 补发.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, make_url, select, update
from sqlalchemy.orm import Session

from botapi import Server
from botapi.people import User
from duban.clock import StepClock
from duban.ledger import people, plans, summary
from duban.ledger.database import Ledger, path_of
from duban.ledger.migrations import migrate
from duban.ledger.summary import View
from duban.ledger.tables import AnswerRow, DutyRow, InboxRow, OutboxRow, PersonRow, TaskRow, UnitRow
from duban.reading.document import read_plan
from duban.settings import Database, Settings
from duban_cli.wiring import Office
from duban_scheduler import queue_tables

pytestmark = pytest.mark.slow

ZONE = ZoneInfo("Asia/Shanghai")
FRIDAY = datetime(2026, 3, 20, 10, 0, tzinfo=ZONE)
MONDAY = "2026-03-23T08:59:59+08:00"  # the first digest hour after the start: one notice a contact
UNITS = 16
HOSTILE = {"实1局": "甲<b>局", "实2局": "丙&中心", "实3局": "'; DROP TABLE people; --"}
BOSS = 1
FIRST = 100  # the contacts' user ids
MARKER = "暗号苹果树"  # words that must never be found in a log
PATIENCE = 60.0  # seconds
TABLE = "某区2026年重点工作任务分工方案\n\n\t序号\n\t工作任务\n\t责任单位\n\n{rows}\n\n公开方式：主动公开\n"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a ledger with an active plan; every unit has one item and one bound contact."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('stage') / 'duban.sqlite3'}"
    else:
        url = request.getfixturevalue("postgres").create()
        queue_tables.install(url)
    furnish(url)
    return url


def furnish(url: str) -> None:
    """The plan, its units and their people, on a database without tables of the ledger."""
    ledger = Ledger(url)
    migrate.upgrade(ledger)
    ledger.close()
    office = Office(Settings(database=Database(url=url)))
    office.__dict__["clock"] = StepClock(FRIDAY)
    rows = "\n\n".join(f"\t{n}\n\t办好第{n}件实事，12月31日前完成。\n\t实{n}局" for n in range(1, UNITS + 1))
    body = TABLE.format(rows=rows).encode()
    plan = read_plan(body, name="plan.txt", issued=FRIDAY.date())
    with office.writing() as session:
        stored = plans.store(
            session, plan, body=body, name="plan.txt", now=office.now(), actor="test", decisions={}
        )
        for row in (*session.scalars(select(UnitRow)), *session.scalars(select(DutyRow))):
            row.name = HOSTILE.get(row.name, row.name)  # a name is data: shown, never obeyed
        session.flush()
        plans.activate(
            session, stored.plan.id, now=office.now(), calendar=office.calendar,
            policy=office.settings.policy, zone=office.zone,
        )  # fmt: skip
        for n, unit in enumerate(session.scalars(select(UnitRow).order_by(UnitRow.id)).all()):
            _bind(session, people.CONTACT, FIRST + n, f"{unit.name}的人", unit)
        _bind(session, people.COORDINATOR, BOSS, "督办员", None)
    office.close()


def _bind(session: Session, post: str, user: int, name: str, unit: UnitRow | None) -> None:
    now = FRIDAY
    made = people.invite(session, post=post, name=name, unit=unit, now=now, actor="test")
    people.bind(
        session,
        token=made.token,
        transport="telegram",
        chat_user=str(user),
        chat=str(user),
        name=name,
        now=now,
    )
    session.execute(delete(OutboxRow))  # who binds later is told at once; here all are told on Monday
    session.execute(update(TaskRow).values(announced_at=None))


@dataclass
class World:
    """A folder with a ledger, a Bot API, and the process between them."""

    folder: Path
    server: Server
    url: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def contacts(self) -> list[User]:
        return [self.server.user(FIRST + n) for n in range(UNITS)]

    @property
    def boss(self) -> User:
        return self.server.user(BOSS)

    def start(self, clock: str = MONDAY, token: str = "") -> None:
        """`duban run` (a worker on PostgreSQL), with all that it could say in its log."""
        serve = "run" if self.url.startswith("sqlite") else "worker"
        environ = {key: value for key, value in os.environ.items() if not key.startswith("DUBAN_")} | {
            "DUBAN_DATABASE__URL": self.url,
            "DUBAN_TELEGRAM__TOKEN": token or self.server.token,
            "DUBAN_TELEGRAM__BASE_URL": self.server.base_url,
            "DUBAN_WEB__ENABLED": "false",
            "DUBAN_LOG__LEVEL": "debug",
        }
        with (self.folder / "out").open("ab") as out, (self.folder / "err").open("ab") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "duban_cli.main", "--clock", clock, "--speed", "1", serve],
                env=environ, cwd=self.folder, stdout=out, stderr=err,
            )  # fmt: skip

    def end(self, sign: signal.Signals) -> int:
        """Send a signal; the exit code."""
        assert self.process is not None
        self.process.send_signal(sign)
        return self.process.wait(15)

    def kill(self) -> None:
        assert self.end(signal.SIGKILL) == -signal.SIGKILL

    @property
    def log(self) -> str:
        return (self.folder / "err").read_text("utf-8")

    def until(self, done: Callable[[], Any], what: str) -> None:
        """Wait for something to come true."""
        end = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < end, f"{what}\n{self.states()}\n{self.log[-2000:]}"
            assert self.process is None or self.process.poll() is None, self.log[-2000:]
            time.sleep(0.05)

    def rows(self, *asked: Any) -> list[Any]:
        """A look into the ledger beside the process."""
        ledger = Ledger(self.url)
        try:
            with ledger.reading() as session:
                return list(session.execute(select(*asked)).all())
        finally:
            ledger.close()

    def states(self) -> Counter[str]:
        return Counter(state for (state,) in self.rows(OutboxRow.state))

    def settled(self) -> bool:
        """Everybody was planned for, and nothing is on its way."""
        states = self.states()
        return sum(states.values()) >= UNITS and not states.keys() & {"queued", "claimed", "sending"}


@pytest.fixture
def copy(stage: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a copy of the stage, the test's own."""
    if (file := path_of(stage)) is not None:
        for one in file.parent.glob("duban.sqlite3*"):
            shutil.copy(one, tmp_path / one.name)
        yield f"sqlite:///{tmp_path / file.name}"
        return
    server = request.getfixturevalue("postgres")
    url = server.create(make_url(stage).database)
    yield url
    server.drop(url)


@pytest.fixture
def world(copy: str, tmp_path: Path) -> Iterator[World]:
    with Server(log=tmp_path / "calls.jsonl") as server:
        made = World(tmp_path, server, copy)
        for user in (*made.contacts, made.boss):
            server.world.chats[user.id].started = True
        try:
            yield made
        finally:
            if made.process is not None and made.process.poll() is None:
                made.process.kill()
                made.process.wait(10)
        assert not [one for one in server.refused if one["error_code"] == 400], (
            "no text that Telegram refuses"
        )
        _is_discreet(made.log, server)


def _is_discreet(log: str, server: Server) -> None:
    """No token, no link, no word of a message, at the most talkative level."""
    assert server.token not in log
    assert server.token.partition(":")[2] not in log
    for forbidden in ("/start ", "?start=", MARKER, "办好第", "实5局", "交办", "补发", "Traceback"):
        assert forbidden not in log, log[log.index(forbidden) - 500 :][:1500]


AGAIN = "补发"


def heard(user: User) -> list[str]:
    return [seen.text for seen in user.received()]


def repeats_are_marked(world: World) -> int:
    """Whoever got a text twice was told so. Returns how many were."""
    twice = 0
    for user in world.contacts:
        texts = heard(user)
        plain = [text for text in texts if AGAIN not in text]
        assert len(plain) == len(set(plain)), f"a repeat without a word: {texts}"
        twice += len(texts) - len(plain)
    return twice


def test_killed_in_the_middle_of_a_round(world: World) -> None:
    world.server.faults.add("delay-after", UNITS, seconds=0.4)
    world.start()
    world.until(lambda: len(world.server.accepted) >= 6, "the round began")
    world.kill()
    before = sum(len(user.received()) for user in world.contacts)
    assert before < UNITS, "killed too late to show anything"
    world.server.faults.clear()
    world.start()
    world.until(world.settled, "the round ended")
    assert all(heard(user) for user in world.contacts), "nothing is lost"
    assert 1 <= repeats_are_marked(world) <= 4, "only what was in flight is repeated"
    assert world.states() == {"sent": UNITS}


@pytest.mark.parametrize(
    "kinds", [("429", "429-bare"), ("500", "502", "reset-before", "reset-after", "delay-after")]
)
def test_faults_in_a_round_lose_nothing(world: World, kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        world.server.faults.add(kind, 3)  # all are spent in the round, before anything is tried again
    world.start()
    world.until(world.settled, "the round ended")
    assert all(heard(user) for user in world.contacts)
    repeats_are_marked(world)
    assert world.states() == {"sent": UNITS}
    assert len(world.server.faults) == 0


def test_in_doubt_twice_stands_in_the_queue(world: World) -> None:
    """All answers are cut, twice: who certainly got it or not is not known, and a person has to look."""
    world.server.faults.add("reset-after", UNITS * 2)
    world.start()
    world.until(world.settled, "the round ended")
    assert repeats_are_marked(world) == UNITS
    assert world.states() == {"unknown": UNITS}
    ledger = Ledger(world.url)
    with ledger.reading() as session:
        queue = summary.queue(session, view=View(today=FRIDAY.date()))
    ledger.close()
    names = [row["by"] for row in queue if row["kind"] == "unknown-message"]
    assert len(set(names)) == UNITS, "whom to ask"


def test_a_token_that_is_refused_from_the_start(world: World) -> None:
    good, world.server.token = world.server.token, "4242424242:BBE-another-token-of-no-real-bot-xxxx"
    world.start(token=good)
    assert world.process is not None
    assert world.process.wait(PATIENCE) == 3
    assert world.log.strip() == "Telegram 不接受这个机器人令牌，请向 @BotFather 核对后改正 telegram.token。"


def test_a_token_that_is_withdrawn_meanwhile_loses_nothing(world: World) -> None:
    good = world.server.token
    world.start()
    world.until(lambda: world.server.world.updates._poll, "it listens")
    world.server.token = "4242424242:BBE-another-token-of-no-real-bot-xxxx"
    world.until(
        lambda: sum(world.states().values()) >= UNITS and set(world.states()) == {"queued"}, "all wait"
    )
    world.server.token = good
    world.until(world.settled, "the round ended")
    assert world.states() == {"sent": UNITS}
    assert repeats_are_marked(world) == 0, "what was refused was surely not sent"


def test_said_once_heard_twice(world: World) -> None:
    world.start("2026-03-20T10:00:05+08:00")
    user = world.contacts[4]
    user.say(f"第5项推进中，大概60%，{MARKER}")
    world.until(lambda: len(heard(user)) == 1, "the receipt")
    world.server.world.updates.redeliver(1)
    world.contacts[5].say("第6项推进中，大概30%")
    world.until(lambda: heard(world.contacts[5]), "the next one's receipt")
    assert len(heard(user)) == 1
    assert len(world.rows(AnswerRow.id)) == 2
    assert len(world.rows(InboxRow.id)) == 2


def test_killed_with_updates_in_hand(world: World) -> None:
    """Everybody speaks at once, and the process dies at three moments of hearing them."""
    for n, user in enumerate(world.contacts, 1):
        user.say(f"第{n}项推进中，大概{n}%")
    for goal in (1, 5, 9):
        world.start("2026-03-20T10:00:05+08:00")
        world.until(lambda goal=goal: len(world.server.accepted) >= goal, f"{goal} answers")
        world.kill()
    world.start("2026-03-20T10:00:05+08:00")
    world.until(lambda: all(heard(user) for user in world.contacts) and world.settled(), "all are answered")
    assert len(world.rows(AnswerRow.id)) == UNITS, "each was heard once"
    percents = dict(map(tuple, world.rows(TaskRow.id, TaskRow.percent)))
    assert sorted(percents.values()) == list(range(1, UNITS + 1))
    repeats_are_marked(world)


def test_a_contact_who_blocked_the_bot_is_named_to_the_coordinator(world: World) -> None:
    gone, *others = world.contacts
    gone.block()
    world.start()
    world.until(
        lambda: heard(world.boss) and all(map(heard, others)), "the others' notices, and the word of it"
    )
    assert "甲<b>局" in heard(world.boss)[0]
    assert not heard(gone)
    reachable = dict(map(tuple, world.rows(PersonRow.chat_user, PersonRow.reachable)))
    assert [user for user, yes in reachable.items() if not yes] == [str(gone.id)]
    gone.unblock()
    gone.say("/mine")
    world.until(lambda: heard(gone), "who comes back is answered")
    assert "第1项" in heard(gone)[0]


def test_strangers_in_crowds_hold_nobody_up(world: World) -> None:
    world.start("2026-03-20T10:00:05+08:00")
    crowd = [world.server.user(10_000 + n) for n in range(40)]
    for text in ("/start x", "第1项已完成", "<b>'; DROP TABLE people; --"):
        for one in crowd:
            one.say(text)
    user = world.contacts[6]
    user.say("第7项推进中，大概70%")
    world.until(lambda: heard(user), "the contact's receipt")
    world.until(world.settled, "all is answered")
    assert "70%" in heard(user)[0]
    # one for the bad link, and the one line of the day
    assert max(len(heard(one)) for one in crowd) <= 2
    assert len(world.rows(AnswerRow.id)) == 1


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_end_it_ends_with_nothing_in_doubt(world: World, sign: signal.Signals) -> None:
    world.server.faults.add("delay", UNITS, seconds=0.3)
    world.start()
    world.until(lambda: len(world.server.accepted) >= 3, "the round began")
    began = time.monotonic()
    assert world.end(sign) == 0
    assert time.monotonic() - began < 10
    assert not world.states().keys() & {"sending", "unknown"}
    world.server.faults.clear()
    world.start()
    world.until(world.settled, "the round ended")
    assert world.states() == {"sent": UNITS}
    assert repeats_are_marked(world) == 0
