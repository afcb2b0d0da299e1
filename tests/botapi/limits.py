"""The rates that Telegram holds a bot to (core.telegram.org/bots/faq#my-bot-is-hitting-limits)."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from botapi.refusal import too_many

GROUP_WINDOW = 60.0  # seconds


@dataclass
class Limits:
    """Sends only; edits and answers are free. Each figure is a knob, 0 turns it off.

    `now` gives seconds that never go back; a test on a stepping clock may hand its own.
    """

    per_second: int = 30  # in any second, over all chats
    chat_interval: float = 0.95  # seconds between two messages to one private chat
    group_minute: int = 20  # in any minute, to one group
    now: Callable[[], float] = time.monotonic
    _all: deque[float] = field(default_factory=deque, repr=False)
    _chats: dict[int, deque[float]] = field(default_factory=dict, repr=False)

    def take(self, chat_id: int, *, group: bool) -> None:
        """Count one send. Raises Refusal 429; what is refused is not counted."""
        now = self.now()
        mine = self._chats.setdefault(chat_id, deque())
        _forget(self._all, now - 1.0)
        _forget(mine, now - GROUP_WINDOW)
        if self.per_second and len(self._all) >= self.per_second:
            raise too_many(1)
        if group and self.group_minute and len(mine) >= self.group_minute:
            raise too_many(max(1, math.ceil(mine[-self.group_minute] + GROUP_WINDOW - now)))
        if not group and mine and now - mine[-1] < self.chat_interval:
            raise too_many(max(1, math.ceil(mine[-1] + self.chat_interval - now)))
        self._all.append(now)
        mine.append(now)


def _forget(moments: deque[float], before: float) -> None:
    while moments and moments[0] <= before:
        moments.popleft()
