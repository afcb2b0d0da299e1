"""Inbox → conversation: each update is handled once in effect, whatever crashes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from duban.clock import Clock, monotonic
from duban.errors import DubanError
from duban.ledger import heads, inbox, outbox, people
from duban.ledger.database import Ledger, LedgerUnavailable, Session
from duban_bot import conversation
from duban_bot.incoming import Did, Incoming
from duban_bot.transports.base import InDoubt, RetryLater, Transport, TransportError
from duban_bot.words import cut
from duban_bot.world import World

log = logging.getLogger(__name__)
FIRST_REST, LONGEST_REST = 2.0, 300.0  # seconds until a file that could not be fetched is asked for again
MOMENT = 0.1  # seconds after which the inbox is looked at again while a document is being read
AT_ONCE = 20  # updates
SLOW = 8.0  # seconds of reading after which the sender is told that it goes on
SHOWN = 40  # characters of a file's name
AWAY = 60.0  # seconds after which an update that was handed out, and is not done, is handed out again
Update = tuple[int, Transport | None, Incoming | None]  # the inbox row's id, and what it says, to whom


@runtime_checkable
class Forgets(Protocol):
    """A chat that keeps what people send, and can drop it."""

    async def forget(self, file_ref: str) -> None:
        """The file's content goes."""


class Receiver:
    """Has the conversation answer what the chats handed over."""

    def __init__(
        self,
        ledger: Ledger,
        transports: Mapping[str, Transport],
        clock: Clock,
        make_world: Callable[[str], World],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._ledger = ledger
        self._transports = transports
        self._clock = clock
        self._make_world = make_world
        self._wake = wake
        self._answers: set[asyncio.Task[None]] = set()
        self._reading: dict[int, asyncio.Task[None]] = {}  # the updates whose document is being read
        self._one_reader = asyncio.Lock()
        # gives an update with a document to whoever of the cluster is free (False: nobody could be asked);
        # None: it is read here
        self.hand_out: Callable[[int], Awaitable[bool]] | None = None
        self._resting: dict[int, tuple[float, float]] = {}  # update → (until this second, after so many)

    async def handle_waiting(self) -> int:
        """Handle everything that is in the inbox now, files that take long too. Returns how many updates."""
        count = await self.handle_ready()
        while self._reading:
            await asyncio.wait(self._reading.values(), timeout=MOMENT, return_when=asyncio.FIRST_COMPLETED)
            count += await self.handle_ready()
        return count

    async def handle_ready(self) -> int:
        """The same, but for files that are still being read: they are answered later, and call wake then."""
        count = 0
        while updates := await self._ready():
            count += len(updates)
            run: list[Update] = []
            for row_id, name, body in updates:
                transport = self._transports.get(name)
                try:
                    incoming = transport.parse(body) if transport is not None else None
                except Exception as error:  # what it says cannot even be read
                    await self._ledger.run(self._failed, row_id, None, error)
                    continue
                if transport is None or incoming is None or incoming.kind is not Did.FILE:
                    run.append((row_id, transport, incoming))
                    continue
                await self._handle_all(run)  # what came before a file is answered before it
                run = []
                await self._take_up(row_id, transport, incoming)
            await self._handle_all(run)
        return count

    async def _handle_all(self, run: Sequence[Update]) -> None:
        """Handle updates in one transaction; where one of them fails, each in its own."""
        if len(run) > 1:
            try:
                await self._ledger.run(self._converse_all, run)
            except LedgerUnavailable:
                raise
            except Exception as error:
                log.warning("%d updates, each alone now: %s", len(run), type(error).__name__)
            else:
                for _, transport, incoming in run:
                    self._answer(transport, incoming)
                return
        for row_id, transport, incoming in run:
            await self._handle(row_id, transport, incoming, None)

    async def _ready(self) -> Sequence[tuple[int, str, dict[str, Any]]]:
        now = monotonic()
        busy = self._reading.keys() | {row_id for row_id, (until, _) in self._resting.items() if until > now}
        waiting = await self._ledger.read(inbox.ready, limit=AT_ONCE + len(busy))
        return [update for update in waiting if update[0] not in busy]

    async def _take_up(self, row_id: int, transport: Transport, incoming: Incoming) -> None:
        """Handle a file; one that is a document goes on beside the others, who need not wait for it."""
        if not await self._brings_document(transport, incoming):
            await self._handle(row_id, transport, incoming, None)
            return
        if self.hand_out is not None:
            away = AWAY if await self.hand_out(row_id) else FIRST_REST
            self._resting[row_id] = (monotonic() + away, FIRST_REST / 2)
            return
        document = self._document(row_id, transport, incoming)
        task = asyncio.create_task(self._handle(row_id, transport, incoming, document))
        self._reading[row_id] = task
        task.add_done_callback(lambda done: self._was_read(row_id, done))

    async def handle_document(self, row_id: int) -> None:
        """What was handed out is done here; done twice it is done once. Raises LedgerUnavailable."""
        waiting = await self._ledger.read(inbox.still_new, row_id)
        transport = self._transports.get(waiting[0]) if waiting is not None else None
        incoming = transport.parse(waiting[1]) if waiting is not None and transport is not None else None
        if transport is not None and incoming is not None:
            await self._handle(row_id, transport, incoming, self._document(row_id, transport, incoming))

    def _was_read(self, row_id: int, task: asyncio.Task[None]) -> None:
        del self._reading[row_id]
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, LedgerUnavailable):  # it is tried again
            log.error("update %d", row_id, exc_info=error)
        self._wake()

    async def _handle(
        self,
        row_id: int,
        transport: Transport | None,
        incoming: Incoming | None,
        document: Awaitable[bytes] | None,
    ) -> None:
        try:
            file = await document if document is not None else None
            self._resting.pop(row_id, None)
            await self._ledger.run(self._converse, row_id, incoming, file)
        except LedgerUnavailable:  # no fault of the update's: it stays as it is, and is taken up again
            raise
        except DubanError as error:
            await self._ledger.run(self._apologise, row_id, incoming, str(error))
            if isinstance(transport, Forgets) and incoming is not None and incoming.file_ref:
                await transport.forget(incoming.file_ref)  # it may be a secret one
        except (RetryLater, InDoubt) as error:  # its file is asked for again, however long it is away
            self._rest(row_id, error)
            return
        except Exception as error:  # one bad update must not stop the others
            await self._ledger.run(self._failed, row_id, incoming, error)
        self._answer(transport, incoming)

    def _answer(self, transport: Transport | None, incoming: Incoming | None) -> None:
        if transport is not None and incoming is not None and incoming.callback_ref:
            task = asyncio.create_task(_answer(transport, incoming.callback_ref))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)

    def _rest(self, row_id: int, error: TransportError) -> None:
        _, after = self._resting.get(row_id, (0.0, FIRST_REST / 2))
        after = min(after * 2, LONGEST_REST)
        asked = error.seconds if isinstance(error, RetryLater) else None
        log.warning("update %d: %s", row_id, type(error).__name__)
        self._resting[row_id] = (monotonic() + (after if asked is None else asked), after)

    async def _brings_document(self, transport: Transport, incoming: Incoming) -> bool:
        """Whether it is a file that is to be read: a coordinator's, and not too large."""
        if incoming.kind is not Did.FILE or not incoming.file_ref or not incoming.private:
            return False
        known = await self._ledger.read(people.person_of, incoming.transport, incoming.user)
        return (
            known is not None and known.coordinator and (incoming.file_size or 0) <= transport.caps.max_file
        )

    async def _document(self, row_id: int, transport: Transport, incoming: Incoming) -> bytes:
        """A file is fetched and read before the transaction: no network, and no long work, inside one."""
        patience = asyncio.create_task(self._say_that_it_takes_long(row_id, incoming))
        try:
            async with self._one_reader:  # a reading may take 400 MB
                file = await transport.fetch(incoming.file_ref or "", transport.caps.max_file)
                said = await self._ledger.read(heads.kept)
                await asyncio.to_thread(conversation.foresee, incoming, file, said)
        finally:
            patience.cancel()
        return file

    async def _say_that_it_takes_long(self, row_id: int, incoming: Incoming) -> None:
        """One line where the answer is not there at once; a second try says nothing new."""
        await asyncio.sleep(SLOW)
        words = self._make_world(incoming.transport).words
        with contextlib.suppress(LedgerUnavailable):
            await self._ledger.run(
                outbox.say,
                key=f"reading:{row_id}",
                html=words.render("chat/reading.html.j2", name=cut(incoming.file_name or "", SHOWN)),
                now=self._clock.now(),
                transport=incoming.transport,
                chat=incoming.chat,
            )
            self._wake()

    def _converse(self, session: Session, row_id: int, incoming: Incoming | None, file: bytes | None) -> None:
        world = replace(self._make_world(incoming.transport), file=file) if incoming is not None else None
        converse(session, row_id, incoming, world, now=self._clock.now())

    def _converse_all(self, session: Session, run: Sequence[Update]) -> None:
        """Each as if in a transaction of its own: what is refused leaves nothing behind but its sentence."""
        fresh = inbox.done(session, [row_id for row_id, _, _ in run], now=self._clock.now())
        for row_id, _, incoming in run:
            if incoming is None or row_id not in fresh:
                continue
            world = self._make_world(incoming.transport)
            try:
                with session.begin_nested():
                    conversation.handle(session, incoming, world, row_id)
            except DubanError as error:
                _say_why(session, row_id, incoming, world, str(error))
                session.flush()
            session.expunge_all()

    def _apologise(self, session: Session, row_id: int, incoming: Incoming | None, words: str) -> None:
        world = self._make_world(incoming.transport) if incoming is not None else None
        apologise(session, row_id, incoming, world, words, now=self._clock.now())

    def _failed(self, session: Session, row_id: int, incoming: Incoming | None, error: Exception) -> None:
        """One try that failed; after the third it is kept aside, and its sender and coordinators are told."""
        now, name = self._clock.now(), type(error).__name__
        self._resting.pop(row_id, None)
        log.error(
            "update %d: %s", row_id, name, exc_info=None if isinstance(error, TransportError) else error
        )
        if not inbox.failed(session, row_id, error=name, now=now):
            return
        if incoming is not None and incoming.private:
            words = self._make_world(incoming.transport).words
            outbox.say(
                session,
                key=f"re:{row_id}:0",
                html=words.render("chat/set_aside.html.j2"),
                now=now,
                transport=incoming.transport,
                chat=incoming.chat,
            )
        for coordinator in people.coordinators(session):
            outbox.put(
                session,
                key=f"set-aside:{row_id}:{coordinator.id}",
                kind="set-aside",
                facts={"inbox": row_id},
                person=coordinator,
                due_at=now,
                now=now,
            )


def converse(
    session: Session, row_id: int, incoming: Incoming | None, world: World | None, *, now: datetime
) -> None:
    """Handle one update and mark it, in the caller's transaction. Raises DubanError."""
    if inbox.done(session, [row_id], now=now) and incoming is not None and world is not None:
        conversation.handle(session, incoming, world, row_id)


def apologise(
    session: Session,
    row_id: int,
    incoming: Incoming | None,
    world: World | None,
    words: str,
    *,
    now: datetime,
) -> None:
    """The update was refused: it is handled, and its sender gets the sentence."""
    if inbox.done(session, [row_id], now=now) and incoming is not None and world is not None:
        _say_why(session, row_id, incoming, world, words)


def _say_why(session: Session, row_id: int, incoming: Incoming, world: World, words: str) -> None:
    outbox.say(
        session,
        key=f"re:{row_id}:0",
        html=world.words.render("chat/sentence.html.j2", sentence=words),
        now=world.now,
        transport=incoming.transport,
        chat=incoming.chat,
    )


async def _answer(transport: Transport, ref: str) -> None:
    with contextlib.suppress(TransportError):  # the spinner stops by itself; nothing is lost
        await transport.answer(ref)
