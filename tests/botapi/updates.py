"""The queue of updates: getUpdates and its offset (core.telegram.org/bots/api#getupdates)."""

from __future__ import annotations

import threading
import time
from itertools import count
from random import Random
from typing import Any

from botapi.refusal import Refusal

Json = dict[str, Any]

UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})  # only when named
MAX_WAIT = 50.0  # seconds
FIRST_ID = 700_000_001
CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


class Updates:
    """Everything under the world's lock; `changed` is notified when there is more to read."""

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._ids = count(FIRST_ID)
        self._pending: list[Json] = []
        self._given: dict[int, Json] = {}
        self._again: list[Json] = []
        self._allowed: frozenset[str] | None = None
        self._poll = 0
        self._closed = False
        self.webhook = self.secret = ""
        self.disorder: Random | None = None  # shuffles each batch
        self.confirmed = FIRST_ID - 1  # the highest id that was confirmed

    def put(self, kind: str, content: Json) -> int | None:
        """Queue an update; its id, or None where the bot did not ask for this kind."""
        with self._changed:
            asked = kind not in UNASKED if not self._allowed else kind in self._allowed
            if not asked:
                return None
            number = next(self._ids)
            self._pending.append({"update_id": number, kind: content})
            self._changed.notify_all()
            return number

    def redeliver(self, times: int = 1) -> None:
        """Hand the last `times` updates that were given and confirmed over once more, as a service
        that lost the confirmation does."""
        with self._changed:
            pending = {update["update_id"] for update in self._pending}
            given = [update for number, update in self._given.items() if number not in pending]
            self._again += given[len(given) - min(times, len(given)) :]
            self._changed.notify_all()

    def get(self, offset: int, limit: int, timeout: float, allowed: frozenset[str] | None) -> list[Json]:
        """What is unconfirmed, waiting up to `timeout` seconds for it. Raises Refusal 409."""
        with self._changed:
            if self.webhook:
                raise _conflict(
                    "can't use getUpdates method while webhook is active; use deleteWebhook to delete "
                    "the webhook first"
                )
            self._poll += 1
            mine = self._poll
            self._changed.notify_all()  # whoever waits already learns that there are two
            if allowed is not None:
                self._allowed = allowed
            self._confirm(offset)
            until = time.monotonic() + min(max(timeout, 0.0), MAX_WAIT)
            while not (self._pending or self._again):
                left = until - time.monotonic()
                if left <= 0 or self._closed:
                    return []
                self._changed.wait(left)
                if self._poll != mine or self.webhook:
                    raise (
                        _conflict("terminated by setWebhook request")
                        if self.webhook
                        else Refusal(409, CONFLICT)
                    )
            batch = (self._again + self._pending)[:limit]
            if self.disorder is not None:
                self.disorder.shuffle(batch)
            self._again = self._again[limit:]
            self._given.update((update["update_id"], update) for update in batch)
            return batch

    def drop(self) -> None:
        """Forget what is pending (drop_pending_updates)."""
        with self._changed:
            self._confirm(FIRST_ID * 2)

    def close(self) -> None:
        """Let whoever waits go home."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def unconfirmed(self) -> list[Json]:
        """What a webhook would be handed now."""
        with self._changed:
            return list(self._pending)

    @property
    def pending(self) -> int:
        """How many are unconfirmed."""
        return len(self._pending)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            gone, self._pending = self._pending[:offset], self._pending[offset:]
        else:
            gone = [update for update in self._pending if update["update_id"] < offset]
            self._pending = self._pending[len(gone) :]
        if gone:
            self.confirmed = gone[-1]["update_id"]
            self._changed.notify_all()


def _conflict(why: str) -> Refusal:
    return Refusal(409, f"Conflict: {why}")
