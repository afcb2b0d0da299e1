"""What one process does for a bot at a time: listen, handle what came in, send what is to leave."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from duban.ledger.database import Ledger, LedgerUnavailable
from duban_bot import menu
from duban_bot.courier import Courier
from duban_bot.listener import Listener
from duban_bot.receiver import Receiver
from duban_bot.transports.base import Transport, TransportError

log = logging.getLogger(__name__)
IDLE = 0.5  # seconds between two looks when nobody wakes us
FAULT = 5.0  # seconds before the next try where work failed
STOP_WITHIN = 10.0  # seconds
AGAIN = 2.0  # seconds until a database that cannot be written to is tried again


class Wakes:
    """What wakes the loops: something came in, something is to leave."""

    def __init__(self) -> None:
        self.came_in = asyncio.Event()
        self.is_due = asyncio.Event()

    def all(self) -> None:
        """Look now."""
        self.came_in.set()
        self.is_due.set()


class Duties:
    """The loops of whoever has the lead, from start to stop."""

    def __init__(
        self,
        ledger: Ledger,
        transports: Mapping[str, Transport],
        courier: Courier,
        listener: Listener,
        receiver: Receiver,
        wakes: Wakes,
    ) -> None:
        self._ledger = ledger
        self._transports = transports
        self._courier = courier
        self._listener = listener
        self._receiver = receiver
        self._wakes = wakes
        self._ending = asyncio.Event()

    async def until(self, over: Awaitable[None]) -> None:
        """Do them until `over` is. Raises what a loop could not mend. At the end nothing is in doubt."""
        ended = asyncio.ensure_future(over)
        if not await self._begun(ended):
            return
        work = [asyncio.create_task(self._handle()), asyncio.create_task(self._send())]
        loops = [*work, asyncio.create_task(self._menus())]
        loops += [
            asyncio.create_task(self._listener.listen(t)) for t in self._transports.values() if t.caps.polls
        ]
        try:
            await self._watch(loops, ended)
        finally:
            self._ending.set()
            self._courier.stop()
            self._wakes.all()
            for loop in [ended, *loops[len(work) :]]:
                loop.cancel()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.shield(asyncio.gather(*work)), STOP_WITHIN)
            for loop in work:
                loop.cancel()
            await asyncio.gather(ended, *loops, return_exceptions=True)

    async def _begun(self, ended: asyncio.Future[None]) -> bool:
        """What was in flight when the last one died is in doubt. False where it ended before that."""
        while not ended.done():
            try:
                await self._courier.recover()
            except LedgerUnavailable:
                await asyncio.wait({ended}, timeout=AGAIN)
            else:
                return True
        return False

    async def _watch(self, loops: list[asyncio.Task[None]], ended: asyncio.Future[None]) -> None:
        pending: set[asyncio.Future[Any]] = {*loops, ended}
        while not ended.done():
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()

    async def _handle(self) -> None:
        """What came in is handled beside what goes out: an answer waits behind no digest."""

        async def handle() -> float:
            if await self._receiver.handle_ready():
                self._wakes.is_due.set()
            return IDLE

        await self._again(handle, self._wakes.came_in)

    async def _send(self) -> None:
        async def send() -> float:
            await self._courier.drain()
            return min(self._courier.rests() or IDLE, IDLE)

        await self._again(send, self._wakes.is_due)

    async def _again(self, work: Callable[[], Awaitable[float]], woken: asyncio.Event) -> None:
        """Work whenever woken, and after the seconds that it returns, until the end."""
        while not self._ending.is_set():
            woken.clear()
            until = woken
            try:
                wait = await work()
            except LedgerUnavailable:  # whoever watches the ledger says so; everything is where it was
                wait, until = AGAIN, self._ending
            except Exception:
                log.exception("work")
                wait, until = FAULT, self._ending
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(until.wait(), wait)

    async def _menus(self) -> None:
        """Each role's command menu, where the chat has one."""
        for transport in self._transports.values():
            with contextlib.suppress(TransportError):
                await menu.set_menus(transport, self._ledger)
