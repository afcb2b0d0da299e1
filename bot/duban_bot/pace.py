"""A chat's limits, kept by pacing: an even grid that never catches up in a burst."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from duban.clock import monotonic
from duban_bot.transports.base import Capabilities


class Pacer:
    """Hands out moments to send at: `per_second` over all, one each `per_chat_interval` for a chat."""

    def __init__(self, caps: Capabilities, now: Callable[[], float] = monotonic) -> None:
        self._caps = caps
        self._now = now
        self._free = 0.0
        self._chats: dict[str, float] = {}

    def busy(self) -> set[str]:
        """Chats whose next moment has not come."""
        now = self._now()
        self._chats = {chat: at for chat, at in self._chats.items() if at > now}
        return set(self._chats)

    async def wait(self, chat: str) -> None:
        """Sleep until this chat's turn; the turn is taken at once."""
        now = self._now()
        at = max(now, self._free, self._chats.get(chat, 0.0))
        if self._caps.per_second:
            self._free = at + 1.001 / self._caps.per_second  # a hair more: no second holds one too many
        if self._caps.per_chat_interval:
            self._chats[chat] = at + self._caps.per_chat_interval
        if at > now:
            await asyncio.sleep(at - now)

    def sent(self, chat: str) -> None:
        """A send ended: the chat's pause counts from here, for the chat may have taken it only now."""
        if self._caps.per_chat_interval:
            until = self._now() + self._caps.per_chat_interval
            self._chats[chat] = max(self._chats.get(chat, 0.0), until)

    def hold(self, chat: str | None, seconds: float) -> None:
        """The chat asked for a pause: for one chat, or for everything."""
        until = self._now() + seconds
        if chat is None:
            self._free = max(self._free, until)
        else:
            self._chats[chat] = max(self._chats.get(chat, 0.0), until)
