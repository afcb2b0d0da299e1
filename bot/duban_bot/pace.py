"""A chat's limits, kept by pacing: an even grid that never catches up in a burst.

Telegram's own figures: 30 messages a second over all, one a second for a chat, 20 a minute for a group
(core.telegram.org/bots/faq). The chat may take a message at any moment between the request's beginning and
its end: so an interval counts from the end, and a second holds whatever overlaps it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from duban.clock import monotonic
from duban_bot.transports.base import Capabilities

SECOND, MINUTE = 1.0, 60.0
SLICE = 0.5
HAIR = 1.02  # the grid is so much wider than the rate, that a late packet puts none too many into a second


class Stopped(Exception):
    """No turn comes any more."""


@dataclass(slots=True)
class Turn:
    """A chat's turn. `sent`: a message left in it; an edit, or nothing at all, costs the chat no pause."""

    sent: bool = True


class Pacer:
    """Hands out moments to send at, by `caps`; `now` gives seconds that never go back."""

    def __init__(self, caps: Capabilities, now: Callable[[], float] = monotonic) -> None:
        self._caps = caps
        self._now = now
        self._free = 0.0  # the next moment of the grid
        self._flying = 0
        self._stopped = False
        self._ended: deque[float] = deque()  # ends of the last second
        self._chats: dict[str, float] = {}  # chat → its next moment
        self._groups: dict[str, deque[float]] = {}  # ends of the last minute

    def busy(self) -> set[str]:
        """Chats whose next moment has not come."""
        now = self._now()
        self._chats = {chat: at for chat, at in self._chats.items() if at > now}
        return set(self._chats)

    def rests(self) -> float | None:
        """Seconds until the first of the busy chats is free; None where there is none."""
        return min(self._chats[chat] for chat in busy) - self._now() if (busy := self.busy()) else None

    @asynccontextmanager
    async def turn(self, chat: str) -> AsyncIterator[Turn]:
        """Wait for this chat's turn and take it; the end of the block is the end of the request.

        Raises Stopped.
        """
        while (wait := self._earliest(chat) - self._now()) > 0:
            await asyncio.sleep(min(wait, SLICE))  # meanwhile a hold may come, or the end
            if self._stopped:
                raise Stopped
        if self._caps.per_second:
            self._free = self._now() + HAIR / self._caps.per_second
        self._flying += 1
        turn = Turn()
        try:
            yield turn
        finally:
            self._flying -= 1
            if turn.sent:
                self._end(chat)

    def stop(self) -> None:
        """Whoever waits for a turn waits no longer."""
        self._stopped = True

    def hold(self, chat: str, seconds: float) -> None:
        """The chat service asked for a pause: a group's quota is the group's, all else is the bot's."""
        until = self._now() + seconds
        if self._caps.is_group(chat):
            self._chats[chat] = max(self._chats.get(chat, 0.0), until)
        else:
            self._free = max(self._free, until)

    def _earliest(self, chat: str) -> float:
        now = self._now()
        at = max(now, self._free, self._chats.get(chat, 0.0))
        while self._ended and self._ended[0] <= now - SECOND:
            self._ended.popleft()
        over = self._flying + len(self._ended) - self._caps.per_second
        if self._caps.per_second and over >= 0:  # a slow answer: what flies may be taken now
            at = max(at, self._ended[over] + SECOND if over < len(self._ended) else now + SECOND / 10)
        return at

    def _end(self, chat: str) -> None:
        now = self._now()
        self._ended.append(now)
        if self._caps.per_chat_interval:
            self._until(chat, now + self._caps.per_chat_interval)
        if self._caps.per_group_minute and self._caps.is_group(chat):
            ends = self._groups.setdefault(chat, deque(maxlen=self._caps.per_group_minute))
            ends.append(now)
            if len(ends) == self._caps.per_group_minute:
                self._until(chat, ends[0] + HAIR * MINUTE)

    def _until(self, chat: str, at: float) -> None:
        self._chats[chat] = max(self._chats.get(chat, 0.0), at)
