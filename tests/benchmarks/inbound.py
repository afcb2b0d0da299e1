"""Messages that come in: taken as a chat hands them over, kept, handled and answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice
from typing import Any

from large import UNITS, Plans, build
from sqlalchemy import func, select

from duban.ledger.tables import InboxRow
from duban.settings import Database, Settings
from duban_bot.incoming import Did, Incoming
from duban_bot.listener import Listener
from duban_bot.receiver import Receiver
from duban_bot.transports.base import Capabilities, Outgoing, Raw
from duban_cli.wiring import Office

PLAN = Plans(count=1, items=67, units=UNITS)  # a district's
WARM = 200  # messages
BATCH = 100  # updates that Telegram hands over at once, at most
SAID = (  # what contacts do, in turn: {no} is an item's number, {task} their task in it
    ("button", "recv:{task}"),
    ("text", "第{no}项推进中，大概60%"),
    ("button", "going:{task}"),
    ("text", "第{no}项已完成，链接 https://example.gov.cn/{task}"),
    ("button", "recv:{task}"),
    ("text", "第{no}项财政资金没有到位，申请延到11月30日"),
    ("button", "done:{task}"),
    ("text", "收到"),
    ("button", "going:{task}"),
    ("text", "/mine"),
)


class Chat:
    """A chat service that hands over updates, BATCH at a time, and takes no messages."""

    name = "bench"
    caps = Capabilities()

    def __init__(self, updates: Iterator[dict[str, Any]]) -> None:
        self._updates = enumerate(updates, 1)

    async def poll(self, offset: int | None) -> Sequence[Raw]:
        """The next batch."""
        return [Raw(key=str(number), body=body) for number, body in islice(self._updates, BATCH)]

    def parse(self, body: Mapping[str, Any]) -> Incoming:
        """An update as an event."""
        return Incoming(**{**body, "transport": self.name, "kind": Did(body["kind"])})

    def link(self, token: str) -> str:
        """No invite is sent."""
        return token

    async def send(self, chat: str, message: Outgoing) -> str:
        """Never asked: no courier runs."""
        raise NotImplementedError

    async def edit(self, chat: str, ref: str, message: Outgoing) -> None:
        """Never asked."""
        raise NotImplementedError

    async def answer(self, callback_ref: str, note: str = "") -> None:
        """Never asked: no update has a ref."""
        raise NotImplementedError

    async def fetch(self, file_ref: str, limit: int) -> bytes:
        """Never asked: nobody sends a file."""
        raise NotImplementedError


def updates(plan: Plans) -> Iterator[dict[str, Any]]:
    """What the contacts of all units say of one item after the other."""
    acts = cycle(SAID)
    for item, no in cycle(plan.numbers()):
        for place, unit in enumerate(plan.units_of(no)):
            kind, words = next(acts)
            said = words.format(no=no, task=(item - 1) * plan.units + place + 1)
            yield {"user": str(unit), "chat": str(unit), "name": f"某{unit}", "kind": kind,
                   "message_ref": "1", ("data" if kind == "button" else "text"): said}  # fmt: skip


def handled(url: str, count: int, *, warm: int = WARM) -> float:
    """Messages handled a second, of so many, on a ledger of a district's plan."""
    build(url, PLAN).close()
    office = Office(Settings(database=Database(url=url)))
    chat = Chat(updates(PLAN))
    listener = Listener(office.ledger, office.clock)
    receiver = Receiver(office.ledger, {chat.name: chat}, office.clock, lambda _: office.make_world())

    async def go(target: int) -> int:
        done = 0
        while done < target:
            await listener.poll_once(chat)
            done += await receiver.handle_waiting()
        return done

    async def timed() -> float:
        await go(warm)
        began = time.perf_counter()
        return await go(count) / (time.perf_counter() - began)

    rate = asyncio.run(timed())
    with office.reading() as session:
        left = session.scalar(select(func.count()).where(InboxRow.state != "done"))
        assert not left, f"{left} messages were not handled"
    office.ledger.close()
    return rate
