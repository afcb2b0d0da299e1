"""Messages out, against a Bot API server in another process that holds a bot to Telegram's limits.

`python tests/benchmarks/bench_delivery.py`: MESSAGES to CHATS private chats; then the same with GROUPS
groups that get more than their quota. Seconds and rates are the server's own.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from peers.environments import Peer, python_of
from sqlalchemy import func, select

from duban.ledger import outbox
from duban.ledger.tables import OutboxRow
from duban.settings import Database, Settings
from duban_bot.transports.telegram import TelegramTransport
from duban_cli.service import Service
from duban_cli.wiring import Office

MESSAGES, CHATS = 3000, 600
GROUPS, EACH = 5, 40
FIRST = 1000  # the chats' ids
TOO_MANY = 429
PTB = Peer(name="PTB AIORateLimiter", adapter="ptb", packages=("python-telegram-bot[rate-limiter]==22.8",))
TESTS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Api:
    """The server as another process sees it."""

    base_url: str
    token: str

    def act(self, name: str, **said: Any) -> Any:
        """One of the handles for tests (botapi/outside.py)."""
        url = self.base_url.removesuffix("/bot") + f"/test/{name}"
        with urlopen(Request(url, json.dumps(said).encode())) as answer:
            return json.load(answer)["result"]


@contextmanager
def served() -> Iterator[Api]:
    """The server, with its people and groups."""
    command = [sys.executable, "-m", "botapi"]
    with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        base_url, token = process.stdout.readline().split()
        api = Api(base_url, token)
        for n in range(CHATS):
            api.act("user", id=FIRST + n)
            api.act("start", id=FIRST + n)
        for n in range(GROUPS):
            api.act("group", id=-1 - n, members=[FIRST + n])
        try:
            yield api
        finally:
            process.terminate()


async def sent(api: Api, folder: Path, chats: Sequence[int]) -> int:
    """Have the courier send one message to each of these, in this order; returns how many failed."""
    office = Office(Settings(database=Database(url=f"sqlite:///{folder / 'duban.sqlite3'}")))
    transport = TelegramTransport(api.token, api.base_url)
    await transport.start()
    with office.writing() as session:
        now = office.now()
        for n, chat in enumerate(chats):
            outbox.say(
                session, key=f"bench:{n}", html=f"第{n}条", now=now, transport="telegram", chat=str(chat)
            )
    service = Service(office, {"telegram": transport})
    while await office.ledger.read(outbox.waiting):
        await service.courier.drain()
        await asyncio.sleep(service.courier.rests() or 0)
    await transport.stop()
    with office.reading() as session:
        lost = session.scalar(select(func.count()).where(OutboxRow.state != outbox.Sending.SENT))
    office.ledger.close()
    return lost or 0


def sent_by_peer(api: Api, python: str, chats: Sequence[int]) -> int:
    """The same by python-telegram-bot's rate limiter; returns how many failed."""
    command = [python, str(Path(__file__).with_name("peers") / "send_ptb.py"), api.base_url, api.token]
    said = " ".join(map(str, chats))
    done = subprocess.run(command, input=said, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1])


def worst_second(moments: Sequence[float]) -> int:
    """The most messages in any sliding second."""
    worst = first = 0
    for last, at in enumerate(moments):
        while moments[first] <= at - 1:
            first += 1
        worst = max(worst, last - first + 1)
    return worst


def show(name: str, api: Api, lost: int) -> None:
    """A line of the table: what was taken, its rate, the rate of the private chats while groups rest."""
    taken = [call for call in api.act("accepted") if call["method"] == "sendMessage"]
    every = [call["at"] for call in taken]
    group = [call["at"] for call in taken if int(call["chat_id"]) < 0]
    rests = max(itertools.pairwise(group), key=lambda two: two[1] - two[0], default=(every[0], every[-1]))
    beside = [at for at in every if rests[0] < at < rests[1]]
    refused = sum(one["error_code"] == TOO_MANY for one in api.act("refused"))
    figures = f"{_rate(every):9.2f}{_rate(beside):9.2f}{worst_second(every):8}{refused:6}{lost:6}"
    print(f"{name:<44}{len(taken):6}{figures}", flush=True)


def _rate(moments: Sequence[float]) -> float:
    return (len(moments) - 1) / (moments[-1] - moments[0]) if len(moments) > 1 else 0.0


def main() -> None:
    """Print the table."""
    logging.basicConfig(level=logging.WARNING)
    python = python_of(PTB)
    print(f"{'':<44}{'taken':>6}{'a second':>9}{'private':>9}{'worst s':>8}{'429':>6}{'lost':>6}")
    people = [FIRST + n % CHATS for n in range(MESSAGES)]
    crowd = [-1 - n % GROUPS for n in range(GROUPS * EACH)] + people
    cases = ((f"{MESSAGES} to {CHATS} chats", people), (f"and {EACH} to each of {GROUPS} groups", crowd))
    for name, chats in cases:
        with served() as api, tempfile.TemporaryDirectory() as folder:
            show(f"duban: {name}", api, asyncio.run(sent(api, Path(folder), chats)))
        with served() as api:
            show(f"{PTB.title}: {name}", api, sent_by_peer(api, python, chats))


if __name__ == "__main__":
    main()
