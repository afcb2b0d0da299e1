"""Transport → inbox: what a chat hands over is committed before it is acknowledged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from duban.clock import Clock, monotonic
from duban.errors import DubanError
from duban.ledger import inbox
from duban.ledger.database import Ledger, LedgerUnavailable
from duban_bot.transports.base import Raw, RetryLater, Transport, TransportError, TwoPollers

log = logging.getLogger(__name__)
# conflicts in a row; a few may be our own earlier connection dying. Who came last goes first
NEWCOMER, INCUMBENT = 3, 6
LONGEST_WAIT = 60.0  # seconds between two tries to reach a chat
AGAIN = 2.0  # seconds until a database that cannot be written to is tried again


class AnotherPoller(DubanError):
    """这个机器人正被另一个程序使用（同一令牌只能有一个在收消息），请先停掉另一个。"""

    exit_code = 3


class Listener:
    """Takes what the chats hand over."""

    def __init__(self, ledger: Ledger, clock: Clock, wake: Callable[[], None] = lambda: None) -> None:
        self._ledger = ledger
        self._clock = clock
        self._wake = wake
        self.polled: dict[str, float] = {}  # chat → the machine's monotonic second of its last answer

    async def listen(self, transport: Transport) -> None:
        """Poll one chat for ever: a batch is committed before the next offset is asked for."""
        last = await self._last_key(transport)
        offset = None if last is None else last + 1
        pause = 1.0
        conflicts, patience = 0, NEWCOMER
        self.polled[transport.name] = monotonic()
        while True:
            try:
                batch = await transport.poll(offset)
            except TwoPollers as error:
                conflicts += 1
                if conflicts >= patience:
                    raise AnotherPoller from error
                await asyncio.sleep(pause)
                continue
            except TransportError as error:
                wait = error.seconds if isinstance(error, RetryLater) and error.seconds else pause
                log.warning("polling %s: %s", transport.name, type(error).__name__)
                await asyncio.sleep(wait)
                pause = min(pause * 2, LONGEST_WAIT)
                continue
            pause, conflicts, patience = 1.0, 0, INCUMBENT
            self.polled[transport.name] = monotonic()
            try:
                offset = await self._keep(transport, batch) or offset
            except LedgerUnavailable:  # not acknowledged, so the chat hands it over again
                await asyncio.sleep(AGAIN)
                continue
            if batch:
                self._wake()

    async def _last_key(self, transport: Transport) -> int | None:
        while True:
            try:
                return await self._ledger.read(inbox.last_key, transport.name)
            except LedgerUnavailable:
                await asyncio.sleep(AGAIN)

    async def poll_once(self, transport: Transport) -> int:
        """Take what is there now. Returns how many updates."""
        last = await self._ledger.read(inbox.last_key, transport.name)
        batch = await transport.poll(None if last is None else last + 1)
        self.polled[transport.name] = monotonic()
        await self._keep(transport, batch)
        return len(batch)

    async def take(self, transport: Transport, raw: Raw) -> None:
        """Keep one update that a chat hands over by itself. Raises LedgerUnavailable."""
        await self._keep(transport, [raw])
        self._wake()

    async def _keep(self, transport: Transport, batch: Sequence[Raw]) -> int | None:
        """Commit a batch; returns the offset that acknowledges it."""
        if not batch:
            return None
        updates = [(raw.key, raw.body) for raw in batch]
        await self._ledger.run(inbox.take, transport.name, updates, now=self._clock.now())
        return max(int(raw.key) for raw in batch) + 1
