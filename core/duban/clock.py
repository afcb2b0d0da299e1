"""The one place that knows what time it is. Real, sped up, or standing still and stepping."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from duban.errors import DubanError

YEARS = range(1949, 2201)  # the clock is counted on from here; beyond 9999 there is no date


class BadClock(DubanError):
    """时钟参数“{text}”无法识别。请写成 2018-12-20T09:00+08:00，速度写正数或 step。"""


class Clock(Protocol):
    """Something that tells the moment, in UTC."""

    @property
    def virtual(self) -> bool:
        """Whether this is not the machine's own time."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""


class RealClock:
    """The machine's clock."""

    virtual = False

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return datetime.now(UTC)


class FastClock:
    """Starts at a moment and runs `speed` times as fast as the machine's monotonic clock."""

    virtual = True

    def __init__(self, start: datetime, speed: float = 1.0) -> None:
        self._start = start.astimezone(UTC)
        self._speed = speed
        self._origin = time.monotonic()

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self._start + timedelta(seconds=(time.monotonic() - self._origin) * self._speed)


@dataclass(slots=True)
class StepClock:
    """Stands still until it is told to jump; never goes back."""

    at: datetime
    virtual = True

    def __post_init__(self) -> None:
        self.at = self.at.astimezone(UTC)

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self.at

    def jump(self, to: datetime) -> None:
        """Go on to a later moment; an earlier one changes nothing."""
        self.at = max(self.at, to.astimezone(UTC))


def monotonic() -> float:
    """Real seconds for pacing a chat's limits, whatever the clock says."""
    return time.monotonic()


def parse_moment(text: str) -> datetime:
    """Read an ISO 8601 moment with its offset, of a year that plans have. Raises BadClock."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadClock(text=text) from None
    if moment.tzinfo is None or moment.year not in YEARS:
        raise BadClock(text=text)
    return moment.astimezone(UTC)


def make_clock(start: str | None, speed: str | None) -> Clock:
    """The clock that `--clock` and `--speed` ask for. Raises BadClock."""
    if start is None and speed is None:
        return RealClock()
    begin = parse_moment(start) if start is not None else RealClock().now()
    if speed == "step":
        return StepClock(begin)
    try:
        factor = float(speed) if speed is not None else 1.0
    except ValueError:
        raise BadClock(text=str(speed)) from None
    if not 0 < factor < float("inf"):
        raise BadClock(text=str(speed))
    return FastClock(begin, factor)
