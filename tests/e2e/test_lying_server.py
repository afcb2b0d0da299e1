"""A server that lies in every way it can, for 5,000 messages: nothing lost, nothing silent, the pace kept.

Courier, receiver and scheduler are the product's own, on a real file and over real HTTP. Three things are
other than on a real day: the rates are ten times Telegram's on both sides (5,000 at 30 a second take 167 s),
an answer is waited for 1 s instead of 15, and so an answer of 40 s comes here after 2.7. Each message carries
its number, and what the server has written down is held against the ledger.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from botapi import Server
from botapi.limits import Limits
from duban.clock import make_clock
from duban.ledger import outbox, summary
from duban.ledger.summary import View
from duban.ledger.tables import (
    AnswerRow,
    InboxRow,
    ItemRow,
    OutboxRow,
    PersonRow,
    PlanRow,
    PostRow,
    TaskRow,
    UnitRow,
)
from duban.settings import Database, Settings
from duban_bot.courier import IN_FLIGHT
from duban_bot.transports.telegram import TelegramTransport
from duban_cli.service import Service
from duban_cli.wiring import Office

pytestmark = pytest.mark.slow

MONDAY = "2026-03-23T10:00:00+08:00"
MESSAGES = 5000
CONTACTS = 400
FIRST = 1000  # the contacts' user ids
GROUPS = (-5001, -5002, -5003)
BOSSES = (1, 2)
FASTER = 10  # than Telegram
PATIENT = 1.0  # seconds for which an answer is waited for
HELD = 1.0  # seconds: the least that a 429 can ask for
MARK, AGAIN = re.compile(r"#(\d+)#"), "补发"
CHANCES = {  # percent of sends
    "429": 0.25, "429-bare": 0.3, "500": 0.5, "502": 0.5, "reset-before": 0.5, "reset-after": 0.7,
    "garbage": 0.5, "nonsense": 0.5, "400": 0.5, "403": 0.15, "migrate": 1.0, "delay": 0.5,
    "delay-after": 0.4,
}  # fmt: skip
POLLS = {  # percent of getUpdates
    "409": 3, "429": 1, "500": 3, "502": 3, "reset-before": 3, "reset-after": 3, "garbage": 3, "nonsense": 3,
}  # fmt: skip
SLOW = {"delay": 0.3, "delay-after": 2.7, "429": HELD}


@dataclass
class Storm:
    """The service before the lying server, and what was said to it."""

    office: Office
    service: Service
    server: Server
    seed: int
    said: int = 0  # reports that contacts sent
    garbage: int = 0  # updates that say nothing
    wrote: set[int] = field(default_factory=set)

    def rows(self, table: type[Any]) -> list[Any]:
        with self.office.reading() as session:
            return list(session.scalars(select(table).order_by(table.id)).all())

    def copies(self) -> dict[int, list[dict[str, Any]]]:
        """Message number → its copies that the server took."""
        found = defaultdict(list)
        for call in self.server.accepted:
            if match := MARK.search(call["text"]):
                found[int(match[1])].append(call)
        return found


def populate(session: Session, now: datetime) -> None:
    """A plan of one dated item that is everybody's, due in December; 5,000 messages on their way."""
    plan = PlanRow(title="方案", year=2026, state="active", quotable=True, imported_at=now, activated_at=now)
    session.add(plan)
    session.flush()
    item = ItemRow(plan_id=plan.id, no=1, position=1, requirement="把实事办好。")
    session.add(item)
    session.flush()
    people = [_person(number, f"第{number}位", now) for number in range(FIRST, FIRST + CONTACTS)]
    session.add_all([*people, *(_person(number, "督办员", now, coordinator=True) for number in BOSSES)])
    session.flush()
    for person in people:
        unit = UnitRow(name=f"第{person.id}局")
        session.add(unit)
        session.flush()
        session.add(PostRow(person_id=person.id, unit_id=unit.id, post="contact"))
        session.add(
            TaskRow(
                item_id=item.id, unit_id=unit.id, role="responsible", kind="dated", due=date(2026, 12, 31),
                original_due=date(2026, 12, 31), created_at=now, announced_at=now,
                next_at=now + timedelta(days=90),
            )
        )  # fmt: skip
    session.flush()
    session.execute(insert(OutboxRow), [_message(n, people, now) for n in range(MESSAGES)])


def _person(number: int, name: str, now: datetime, *, coordinator: bool = False) -> PersonRow:
    return PersonRow(
        name=name, transport="telegram", chat_user=str(number), chat=str(number), bound_at=now,
        coordinator=coordinator,
    )  # fmt: skip


def _message(n: int, people: list[PersonRow], now: datetime) -> dict[str, Any]:
    """One in fifty to a group; the others round and round to the contacts."""
    group = str(GROUPS[n // 50 % len(GROUPS)]) if n % 50 == 0 else None
    return {
        "key": f"storm:{n}", "kind": "text", "facts": {"html": f"<b>消息</b> #{n}#", "buttons": []},
        "urgent": True, "due_at": now, "created_at": now, "transport": group and "telegram", "chat": group,
        "person_id": None if group else people[n % CONTACTS].id,
    }  # fmt: skip


@pytest_asyncio.fixture
async def storm(_new_database: Path, tmp_path: Path) -> AsyncIterator[Storm]:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    shutil.copy(_new_database, tmp_path / "duban.sqlite3")
    office = Office(Settings(database=Database(url=f"sqlite:///{tmp_path / 'duban.sqlite3'}")))
    office.__dict__["clock"] = make_clock(MONDAY, "1")
    with office.writing() as session:
        populate(session, office.now())
    limits = Limits(
        per_second=Limits.per_second * FASTER,
        chat_interval=Limits.chat_interval / FASTER,
        group_minute=Limits.group_minute * FASTER,
    )
    with Server(limits=limits) as server:
        contacts = [server.user(number) for number in range(FIRST, FIRST + CONTACTS)]
        for number in (*range(FIRST, FIRST + CONTACTS), *BOSSES):
            server.user(number)
            server.world.chats[number].started = True
        for group in GROUPS:
            server.group(group, "督办群", contacts[:1])
        server.world.updates.drop()  # that it was added
        server.world.updates.disorder = random.Random(f"order {seed}")
        transport = TelegramTransport(server.token, server.base_url, long_poll=1, read_timeout=PATIENT)
        caps = transport.caps
        transport.caps = replace(
            caps,
            per_second=caps.per_second * FASTER,
            per_chat_interval=caps.per_chat_interval / FASTER,
            per_group_minute=caps.per_group_minute * FASTER,
        )
        await transport.start()
        server.faults.mix(CHANCES, seed=f"sends {seed}", seconds=SLOW, sparing=BOSSES)
        server.faults.mix(POLLS, seed=f"polls {seed}", seconds=SLOW, methods={"getUpdates"})
        yield Storm(office, Service(office, {"telegram": transport}), server, seed)
        await transport.stop()
        office.ledger.close()


async def people_talk(storm: Storm) -> None:
    """Contacts report, each once; between them come updates that say nothing, and old ones again."""
    draw = random.Random(f"talk {storm.seed}")
    updates = storm.server.world.updates
    for number in draw.sample(range(FIRST, FIRST + CONTACTS), 200):
        user = storm.server.user(number)
        try:
            user.say(f"第1项推进中，大概{1 + number % 90}%")
        except ValueError:  # who has blocked the bot says nothing
            continue
        storm.said += 1
        storm.wrote.add(number)
        if draw.random() < 0.1:
            updates.redeliver(draw.randint(1, 5))
        if draw.random() < 0.04:
            updates.put("message", {"text": draw.randint(0, 9)})
            storm.garbage += 1
        await asyncio.sleep(0.1)


async def test_nothing_lost_nothing_silent_and_the_pace_kept(
    storm: Storm, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    serving = asyncio.create_task(storm.service.serve())
    await people_talk(storm)
    while not await storm.office.ledger.read(_all_settled):
        assert not serving.done(), serving.result()
        await asyncio.sleep(0.5)
    storm.service.stop()
    await serving
    print(dict(Counter(row.state for row in storm.rows(OutboxRow))), dict(storm.server.faults.spent))
    assert set(CHANCES) | set(POLLS) <= set(storm.server.faults.spent), "every lie was told"
    every_message_has_an_end(storm)
    what_failed_was_told(storm)
    what_came_in_was_heard_once(storm)
    the_pace_was_kept(storm)
    assert not [line for line in caplog.messages if "#" in line or "推进中" in line], "no word in the log"


def _all_settled(session: Session) -> bool:
    new = session.scalar(select(InboxRow.id).where(InboxRow.state == "new").limit(1))
    return new is None and outbox.waiting(session) == 0


def every_message_has_an_end(storm: Storm) -> None:
    """Sent, or failed with its reason, or in doubt and in the queue; a repeat is marked, and none is repeated
    twice."""
    copies = storm.copies()
    rows = {row.key: row for row in storm.rows(OutboxRow)}
    with storm.office.reading() as session:
        queue = summary.queue(session, view=View(today=date(2026, 3, 23)))
    asked = {row["message"] for row in queue if row["kind"] == "unknown-message"}
    assert asked == {row.id for row in rows.values() if row.state == "unknown"}
    for n in range(MESSAGES):
        row, taken = rows[f"storm:{n}"], copies.get(n, [])
        texts = [call["text"] for call in taken]
        assert "<b>" not in "".join(texts), "plain, not raw"
        if taken and row.facts.get("plain"):
            assert taken[-1]["parse_mode"] == ""
        marked = [text for text in texts if AGAIN in text]
        assert len(marked) <= 1, row.key
        assert len(texts) - len(marked) <= 1, f"{row.key}: a repeat without a word"
        match row.state:
            case "sent":
                assert len(marked) == 1 if row.again else (len(texts), len(marked)) == (1, 0), row.key
            case "unknown":
                assert row.again, row.key
            case state:
                assert state == "failed", row.key
                assert row.error, row.key


def what_failed_was_told(storm: Storm) -> None:
    """Who cannot be reached any more is named to each coordinator, once for each time it happened."""
    people = {row.id: row for row in storm.rows(PersonRow)}
    told = Counter(row.key.rpartition(":")[0] for row in storm.rows(OutboxRow) if row.kind in TOLD)
    assert set(told.values()) <= {len(BOSSES)}
    for row in storm.rows(OutboxRow):
        if row.state != "failed" or row.person_id is None:
            continue
        if row.error == "no address":  # its person was told of with the message before
            assert any(one.startswith("lost-contact") for one in told), row.key
            continue
        kind = "lost-contact" if row.error == "Unreachable" else "refused"
        assert f"{kind}:{row.id}" in told, (row.key, row.error)
    lost = [row for row in storm.rows(OutboxRow) if row.state == "failed" and row.error == "Unreachable"]
    for row in lost:
        person = people[row.person_id]
        assert not person.reachable or int(person.chat_user) in storm.wrote, "back, or not written to"


TOLD = ("lost-contact", "refused")


def what_came_in_was_heard_once(storm: Storm) -> None:
    """Each report counts once, whatever came twice; what nobody can read is set aside and told once."""
    states = Counter(row.state for row in storm.rows(InboxRow))
    moved = 2 * sum(storm.server.world.chats[group].moved_to != 0 for group in GROUPS)
    assert states == {"done": storm.said + moved, "set_aside": storm.garbage}
    assert len(storm.rows(AnswerRow)) == storm.said
    aside = [row for row in storm.rows(OutboxRow) if row.kind == "set-aside"]
    assert len(aside) == storm.garbage * len(BOSSES)


def the_pace_was_kept(storm: Storm) -> None:
    """The server enforces its limits and never had to; and whoever was asked to wait, waited."""
    assert not [one for one in storm.server.refused if one["error_code"] == 429]
    asked = [one for one in storm.server.asked if one["method"].lower() == "sendmessage"]
    for start in (n for n, one in enumerate(asked) if one["fault"] == "429"):
        one = asked[start]
        during = [two for two in _from(asked, start) if two["at"] < one["at"] + HELD]
        if one["chat_id"] < 0:  # a group's quota is the group's
            assert not [two for two in during if two["chat_id"] == one["chat_id"]]
        else:
            assert len(during) < IN_FLIGHT, "only what had left already"


def _from(asked: list[dict[str, Any]], start: int) -> Iterator[dict[str, Any]]:
    return iter(asked[start + 1 : start + 1000])
