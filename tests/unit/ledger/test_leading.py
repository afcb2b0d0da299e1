"""One process speaks for a bot: who gets the lead, who loses it, and that who lost it sends no more."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from duban.clock import make_clock
from duban.ledger import outbox
from duban.ledger.database import Ledger
from duban.ledger.leading import Advisory, Alone, Lead, lead_of
from duban.ledger.tables import OutboxRow
from duban_bot.courier import Courier
from duban_bot.transports.base import Capabilities, InDoubt, Outgoing
from growth import HANGS
from office import Office, local
from postgres import Server

BOT = "42:secret"
NOW = local("2026-06-10T10:00")
HOLD = """
    import sys, time
    from duban.ledger.database import Ledger
    from duban.ledger.leading import Advisory
    lead = Advisory(Ledger(sys.argv[1]), sys.argv[2])
    print(lead.mine(), flush=True)
    time.sleep(600)
"""


@pytest.fixture
def ledger(postgres_ledger: Ledger) -> Ledger:
    """What is asked here is asked among processes."""
    return postgres_ledger


@pytest.fixture
def leads(ledger: Ledger) -> Iterator[Callable[..., Advisory]]:
    """Makes what a process has, and lets go of it at the end."""
    made: list[Advisory] = []

    def make(bot: str = BOT) -> Advisory:
        made.append(Advisory(ledger, bot))
        return made[-1]

    yield make
    for lead in made:
        lead.leave()


def cut(server: Server, ledger: Ledger) -> None:
    """The connections of whoever leads are ended by the server."""
    server.do(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'duban lead%'"
        f" AND datname = '{ledger.url.database}'"
        " AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)"
    )


def soon(lead: Lead) -> bool:
    """Takes it as soon as the server has let go of it."""
    end = time.monotonic() + HANGS
    while not lead.mine():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def begin(ledger: Ledger, lead: Lead) -> None:
    with ledger.writing() as session:
        lead.begin(session)


def holds(ledger: Ledger, lead: Lead) -> bool:
    with ledger.reading() as session:
        return lead.holds(session)


def test_who_serves_a_file_is_alone(sqlite_ledger: Ledger) -> None:
    lead = lead_of(sqlite_ledger, BOT)
    assert isinstance(lead, Alone)
    assert lead.held
    assert lead.mine()
    begin(sqlite_ledger, lead)
    assert holds(sqlite_ledger, lead)
    lead.leave()
    assert lead.mine()


def test_one_of_two(ledger: Ledger, leads: Callable[..., Advisory]) -> None:
    assert isinstance(lead_of(ledger, BOT), Advisory)
    first, second = leads(), leads()
    assert [first.mine(), second.mine(), first.mine(), second.mine()] == [True, False, True, False]
    assert (first.held, second.held) == (True, False)
    first.leave()
    assert soon(second)
    assert not first.mine(), "who left asks like everybody"


def test_another_bot_on_the_same_database_is_another_matter(leads: Callable[..., Advisory]) -> None:
    first, other = leads(), leads("43:secret")
    assert first.mine()
    assert other.mine()
    other.leave()
    assert first.mine()


def test_whose_connection_is_cut_says_so_and_another_has_it(
    postgres: Server, ledger: Ledger, leads: Callable[..., Advisory]
) -> None:
    first, second = leads(), leads()
    assert first.mine()
    assert not second.mine()
    cut(postgres, ledger)
    assert soon(second)
    assert not first.mine(), "it is told that it is another's"
    assert not first.mine(), "and waits"
    assert not first.held
    assert second.mine()


def test_who_is_cut_and_has_no_rival_takes_it_again(
    postgres: Server, ledger: Ledger, leads: Callable[..., Advisory]
) -> None:
    first = leads()
    assert first.mine()
    cut(postgres, ledger)
    assert not first.mine()
    assert soon(first)


def test_killed_without_a_word(ledger: Ledger, leads: Callable[..., Advisory]) -> None:
    address = ledger.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLD), address, BOT], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        second = leads()
        assert not second.mine()
        process.kill()
    assert soon(second)


def test_a_database_out_of_reach_is_nobodys() -> None:
    lead = Advisory(Ledger("postgresql://duban@127.0.0.1:1/none"), BOT)
    assert not lead.mine()
    lead.leave()


def test_the_server_notices_a_machine_that_is_gone(ledger: Ledger, leads: Callable[..., Advisory]) -> None:
    """20 s at most: that another has it within 30 s (the settings reach the server; its clock is TCP's)."""
    lead = leads()
    assert lead.mine()
    assert lead._connection is not None
    asked = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count")
    idle, interval, count = (
        int(lead._connection.exec_driver_sql(f"SHOW {name}").scalar_one()) for name in asked
    )
    assert idle + interval * count <= 20


def test_who_begins_shuts_the_one_before_out(
    postgres: Server, ledger: Ledger, leads: Callable[..., Advisory]
) -> None:
    first, second = leads(), leads()
    assert first.mine()
    assert not holds(ledger, first), "taken is not begun"
    begin(ledger, first)
    assert holds(ledger, first)
    cut(postgres, ledger)
    assert soon(second)
    assert holds(ledger, first), "nobody has begun: what flies may still be written down"
    begin(ledger, second)
    assert not holds(ledger, first)
    assert holds(ledger, second)


class Chat:
    """Takes messages, and lets something happen meanwhile."""

    name = "local"
    caps = Capabilities(per_chat_interval=0, per_second=0)

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.fault: Exception | None = None

    async def send(self, chat: str, message: Outgoing) -> str:
        """Always the same ref."""
        self.heard.append(message.html)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        await asyncio.to_thread(meanwhile)
        if self.fault is not None:
            raise self.fault
        return "1"


@dataclass
class Two:
    """Two processes' couriers, of which each believes that it leads."""

    ledger: Ledger
    old: Advisory
    new: Advisory
    chat: Chat

    def courier(self, lead: Advisory) -> Courier:
        office = Office(self.ledger)
        return Courier(
            self.ledger, {"local": self.chat}, make_clock(None, None), lambda _: office.world(), lead
        )  # type: ignore[dict-item]

    def put(self, count: int) -> None:
        with self.ledger.writing() as session:
            for n in range(count):
                outbox.say(session, key=f"{n}", html=f"第{n}条", now=NOW, transport="local", chat=f"c{n}")

    def states(self) -> list[tuple[str, bool]]:
        with self.ledger.reading() as session:
            return [
                (row.state, row.again) for row in session.scalars(select(OutboxRow).order_by(OutboxRow.id))
            ]

    def another_begins(self) -> None:
        """It has taken the lock of the one that was cut, and marks what was in flight."""
        with self.ledger.writing() as session:
            self.new.begin(session)
            outbox.recover(session, now=NOW)


@pytest.fixture
def two(ledger: Ledger, leads: Callable[..., Advisory]) -> Two:
    return Two(ledger, leads(), leads(), Chat())


async def test_who_was_cut_claims_nothing_more(two: Two) -> None:
    two.put(3)
    courier = two.courier(two.old)
    await courier.recover()
    two.another_begins()
    assert await courier.drain() == 0
    assert two.chat.heard == []
    assert two.states() == [("queued", False)] * 3, "another need not wait for a lease"


async def test_who_was_cut_between_claim_and_sending_sends_not(two: Two) -> None:
    """The transaction that commits the intent is the last in which one can be shut out."""
    two.put(1)
    courier = two.courier(two.old)
    await courier.recover()
    deliver = courier._deliver

    async def be_cut_and_deliver(row_id: int, chat: str) -> None:
        await asyncio.to_thread(two.another_begins)
        with two.ledger.writing() as session:
            assert outbox.claim(session, now=NOW, limit=1), "it has claimed it, too"
        await deliver(row_id, chat)

    courier._deliver = be_cut_and_deliver  # type: ignore[method-assign]
    await courier.drain()
    assert two.chat.heard == []
    assert two.states() == [("claimed", False)], "it is the other's to send"


@pytest.mark.parametrize("fault", [None, InDoubt("cut")])
async def test_what_was_in_flight_goes_once_more_with_a_word(two: Two, fault: Exception | None) -> None:
    two.put(1)
    two.chat.fault = fault
    courier = two.courier(two.old)
    await courier.recover()
    two.chat.meanwhile = two.another_begins
    await courier.drain()
    assert two.states() == [("queued", True)], "whatever the old one says of it"
    two.chat.fault = None
    await two.courier(two.new).drain()
    assert two.states() == [("sent", True)]
    assert two.chat.heard[0] == "第0条"
    assert "补发" in two.chat.heard[1]
