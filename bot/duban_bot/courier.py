"""Outbox → transport. Rendered and addressed at the moment of sending; the intent is committed first."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from functools import partial

from duban import hours
from duban.clock import Clock, monotonic
from duban.ledger import gathering, outbox
from duban.ledger.database import Ledger, LedgerUnavailable, Session
from duban.ledger.leading import Alone, Lead
from duban.ledger.outbox import Sending
from duban.ledger.tables import OutboxRow, PersonRow
from duban_bot import messages, settling
from duban_bot.pace import Pacer, Stopped
from duban_bot.settling import PLAIN, Letter
from duban_bot.transports.base import Capabilities, Outgoing, RetryLater, Transport, TransportError
from duban_bot.world import World

log = logging.getLogger(__name__)
IN_FLIGHT = 4
AGAIN = 2.0  # seconds until a database that cannot be written to is tried again
ALONE = Alone()
UNPACED = Pacer(Capabilities(per_second=0, per_chat_interval=0))  # for who has no address


class Courier:
    """Sends what the outbox holds, at most IN_FLIGHT at a time and one at a time for a chat."""

    def __init__(
        self,
        ledger: Ledger,
        transports: Mapping[str, Transport],
        clock: Clock,
        make_world: Callable[[str], World],
        lead: Lead = ALONE,
    ) -> None:
        self._ledger = ledger
        self._transports = transports
        self._clock = clock
        self._make_world = make_world
        self._lead = lead
        self._pacers = {name: Pacer(one.caps) for name, one in transports.items()}
        self._chats: set[str] = set()  # in flight now
        self._owners: dict[str, int] = {}  # whose these and the busy ones are
        self._stopping = False
        self.last_sent: float | None = None  # the machine's monotonic second

    async def recover(self) -> int:
        """At the start: what was in flight when the last process died is in doubt, and it sends no more."""
        return await self._ledger.run(self._begin)

    def _begin(self, session: Session) -> int:
        self._lead.begin(session)
        return outbox.recover(session, now=self._clock.now())

    async def drain(self) -> int:
        """Send what is due now, but for chats whose turn has not come. Returns how many rows were settled."""
        moved = 0
        flying: set[asyncio.Task[None]] = set()
        while True:
            room = IN_FLIGHT - len(flying) if not self._stopping else 0
            letters = await self._ledger.run_beside(self._claim, room) if room else []
            flying |= {asyncio.create_task(self._deliver(row_id, chat)) for row_id, chat in letters}
            if not flying:
                return moved
            landed, flying = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
            moved += len(landed)
            try:
                for task in landed:
                    task.result()
            except LedgerUnavailable:
                await asyncio.gather(*flying, return_exceptions=True)  # each has its own row to settle
                raise

    def stop(self) -> None:
        """Begin no request any more; those that fly are settled."""
        self._stopping = True
        for pacer in self._pacers.values():
            pacer.stop()

    def rests(self) -> float | None:
        """Seconds until the first chat that was passed over has its turn; None where none was."""
        return min((rest for one in self._pacers.values() if (rest := one.rests()) is not None), default=None)

    def _claim(self, session: Session, room: int) -> list[tuple[int, str]]:
        if not self._lead.holds(session):
            return []
        now = self._clock.now()
        claimed: list[tuple[int, str]] = []
        busy = self._chats.union(*(pacer.busy() for pacer in self._pacers.values()))
        self._owners = {chat: person for chat, person in self._owners.items() if chat in busy}
        owners, strangers = self._owners.values(), busy - self._owners.keys()
        for row in outbox.claim(session, now=now, limit=room, people=owners, chats=strangers):
            _, chat = _address(session, row)
            if chat in self._chats:  # one at a time for a chat: its messages stay in order
                outbox.move(session, row.id, Sending.QUEUED, lease_until=None)
                continue
            self._chats.add(chat)
            if row.person_id is not None:
                self._owners[chat] = row.person_id
            claimed.append((row.id, chat))
        return claimed

    async def _deliver(self, row_id: int, chat: str) -> None:
        try:
            pacer = self._pacers.get(await self._ledger.read(_transport_of, row_id), UNPACED)
            async with pacer.turn(chat) as turn:
                letter = await self._ledger.run(self._prepare, row_id)
                turn.sent = letter is not None and letter.edits is None
                if letter is not None:
                    await self._send(letter)
        except Stopped:
            log.debug("message %d waits for the next start", row_id)  # it stays claimed, which is safe
        finally:
            self._chats.discard(chat)

    def _prepare(self, session: Session, row_id: int) -> Letter | None:
        """Render and address; commit the intent. None where nothing is to be sent."""
        if not self._lead.holds(session):
            return None  # who leads now has it, or has it when the claim's lease runs out
        now = self._clock.now()
        row = session.get_one(OutboxRow, row_id)
        name, chat = _address(session, row)
        if name not in self._transports or not chat:
            outbox.give_back(session, row, now=now)
            outbox.move(session, row.id, Sending.FAILED, error="no address")
            return None
        world = self._make_world(name)
        if not row.urgent and not _in_time(session, row, world):
            return None
        rendered = _rendered(session, row, world)
        if rendered is None or not outbox.move(session, row.id, Sending.SENDING, text=rendered.kept):
            return None  # its lease ran out and another took it
        edits = str(row.facts["ref"]) if row.kind == "edit" else None
        message = Outgoing(
            html=rendered.html,
            buttons=rendered.buttons,
            document=rendered.document,
            plain=bool(row.facts.get(PLAIN)),
        )
        return Letter(row.id, row.kind, name, chat, message, edits)

    async def _send(self, letter: Letter) -> None:
        transport = self._transports[letter.transport]
        try:
            if letter.edits is not None:
                await transport.edit(letter.chat, letter.edits, letter.message)
                ref = letter.edits
            else:
                ref = await transport.send(letter.chat, letter.message)
        except TransportError as error:
            await self._settle(partial(self._settle_fault, letter=letter, error=error), self._ledger.run)
            return
        sent = partial(self._settle_sent, row_id=letter.row_id, ref=ref)
        await self._settle(sent, self._ledger.run_beside)

    async def _settle(
        self,
        write: Callable[[Session], None],
        doorway: Callable[[Callable[[Session], None]], Awaitable[None]],
    ) -> None:
        """What the chat said is written down, however long the database takes: it would be said again."""
        while True:
            try:
                await doorway(write)
            except LedgerUnavailable:
                await asyncio.sleep(AGAIN)
            else:
                return

    def _settle_sent(self, session: Session, row_id: int, ref: str) -> None:
        self.last_sent = monotonic()
        outbox.move(
            session,
            row_id,
            Sending.SENT,
            sent_at=self._clock.now(),
            message_ref=ref,
            lease_until=None,
            error=None,
        )

    def _settle_fault(self, session: Session, letter: Letter, error: TransportError) -> None:
        log.warning("message %d (%s): %s", letter.row_id, letter.kind, type(error).__name__)
        if not self._lead.holds(session):
            return  # who leads now has it in doubt already
        if isinstance(error, RetryLater) and error.seconds is not None:
            self._pacers[letter.transport].hold(letter.chat, error.seconds)
        settling.refused(session, letter, error, now=self._clock.now())


def _address(session: Session, row: OutboxRow) -> tuple[str, str]:
    """(transport, chat) of a row, looked up now; a stranger's row carries its own."""
    if row.person_id is None:
        return row.transport or "", row.chat or ""
    person = session.get(PersonRow, row.person_id)
    if person is None or person.left_at is not None or not person.reachable:
        return "", ""
    return person.transport, person.chat


def _in_time(session: Session, row: OutboxRow, world: World) -> bool:
    """Whether a message that nobody just asked for may leave now; else it lapses, or waits for its hour."""
    opens = hours.next_allowed(world.now, world.settings.policy, world.zone, world.calendar)
    if gathering.of_a_day(row) and _day(opens, world) > _day(row.created_at, world):
        gathering.lapse(session, row)
        return False
    if opens > world.now:  # claimed late: it was meant for a better hour
        outbox.move(session, row.id, Sending.QUEUED, due_at=opens, lease_until=None)
        return False
    gathering.gather(session, row)
    return True


def _rendered(session: Session, row: OutboxRow, world: World) -> messages.Rendered | None:
    """The text; None where nothing is left to say, or none can be made: then the row is settled."""
    try:
        with session.begin_nested():
            rendered = messages.render(session, row, world)
    except Exception as error:  # it would be tried for ever
        log.exception("message %d (%s)", row.id, row.kind)
        settling.unsayable(session, row, error, now=world.now)
        return None
    if rendered is None:
        outbox.give_back(session, row, now=world.now)  # what is open waits for whoever is the contact now
        outbox.move(session, row.id, Sending.DROPPED)
    return rendered


def _day(moment: datetime, world: World) -> date:
    return moment.astimezone(world.zone).date()


def _transport_of(session: Session, row_id: int) -> str:
    return _address(session, session.get_one(OutboxRow, row_id))[0]
