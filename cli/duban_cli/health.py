"""How a serving process is: instants that the loops leave behind, the ledger's figures, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from duban.clock import monotonic
from duban.ledger.figures import Queues

# figure → (the problem that it is, from so many seconds on)
LIMITS: Final[Mapping[str, tuple[str, float]]] = {
    "tick_age_seconds": ("tick-late", 60),
    "poll_age_seconds": ("poll-late", 180),
    "outbox_oldest_due_seconds": ("outbox-late", 900),
    "inbox_oldest_seconds": ("inbox-late", 900),
}
STUCK: Final = 90.0  # seconds without so much as a try: no lock is waited for so long


class Pulse:
    """When it began and when it last looked at what is due, in seconds of the machine's monotonic clock."""

    def __init__(self) -> None:
        self.began = self.tick = self.tried = monotonic()

    @property
    def alive(self) -> bool:
        """Whether it still tries: a database that cannot be written to is no reason to begin anew."""
        return monotonic() - self.tried < STUCK

    def ages(self, *, sent: float | None, polled: Mapping[str, float]) -> dict[str, Any]:
        """Ages in seconds. `sent`, `polled` (by chat): what courier and receiver leave behind."""
        now = monotonic()
        return {
            "uptime_seconds": _seconds(now - self.began),
            "tick_age_seconds": _seconds(now - self.tick),
            "poll_age_seconds": {name: _seconds(now - at) for name, at in polled.items()},
            "send_age_seconds": _seconds(now - sent) if sent is not None else None,
        }


def figures_of(waiting: Queues | None, *, now: datetime) -> dict[str, Any]:
    """The ledger's queues as plain figures; None each where the ledger cannot be asked."""
    if waiting is None:
        names = ("outbox", "outbox_oldest_due_seconds", "outbox_unknown", "outbox_held", "inbox")
        return dict.fromkeys((*names, "inbox_oldest_seconds", "inbox_set_aside"))
    return {
        "outbox": waiting.outbox,
        "outbox_oldest_due_seconds": _since(waiting.outbox_due, now),
        "outbox_unknown": waiting.unknown,
        "outbox_held": waiting.held,
        "inbox": waiting.inbox,
        "inbox_oldest_seconds": _since(waiting.inbox_since, now),
        "inbox_set_aside": waiting.set_aside,
    }


def problems(figures: Mapping[str, Any], fault: str | None) -> list[str]:
    """Codes of what is wrong. `fault`: the database's, as the last writing found it."""
    found = [f"database-{fault}"] if fault is not None else []
    for name, (code, limit) in LIMITS.items():
        value = figures.get(name)
        ages = value.values() if isinstance(value, Mapping) else [value]
        if any(age is not None and age > limit for age in ages):
            found.append(code)
    return found


def _since(moment: datetime | None, now: datetime) -> float:
    return _seconds(max((now - moment).total_seconds(), 0)) if moment is not None else 0


def _seconds(age: float) -> float:
    return round(age, 1)
