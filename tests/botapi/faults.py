"""What a network and a service can do to a call, ordered by a test for the next few calls."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

SENDS: Final = frozenset({"sendmessage", "senddocument"})
KINDS: Final = {
    "429": "refused, with retry_after = seconds",
    "429-bare": "refused, without saying for how long",
    "500": "an internal error, as JSON",
    "502": "a proxy's page, as HTML",
    "reset-before": "the connection is reset, and the call was not taken",
    "reset-after": "the call was taken, and the connection is reset before the answer",
    "delay": "the call is taken `seconds` late",
    "delay-after": "the call is taken at once and answered `seconds` late",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One call's misfortune."""

    kind: str
    seconds: float
    methods: frozenset[str]


@dataclass
class Faults:
    """A queue: the first one that names the called method is spent on it."""

    _queue: list[Fault] = field(default_factory=list)

    def add(
        self, kind: str, times: int = 1, *, seconds: float = 1.0, methods: Collection[str] = SENDS
    ) -> None:
        """The next `times` calls of these methods (by default: sends) fare so. Raises ValueError."""
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
        fault = Fault(kind, seconds, frozenset(map(str.lower, methods)))
        self._queue += [fault] * times

    def take(self, method: str) -> Fault | None:
        """The misfortune of this call, if any."""
        for place, fault in enumerate(self._queue):
            if method.lower() in fault.methods:
                return self._queue.pop(place)
        return None

    def clear(self) -> None:
        """Fair weather again."""
        self._queue.clear()

    def __len__(self) -> int:
        return len(self._queue)
