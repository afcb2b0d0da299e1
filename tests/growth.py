"""How a test says that something takes no long time, on any machine: seconds are for tests/benchmarks alone.

`no_square` and `no_growth` measure the same work small and eight times as large, both here and now.
`no_hang` is for what would otherwise take minutes, or for ever.
"""

from __future__ import annotations

import gc
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

import pytest

T = TypeVar("T")
TIMES, LIMIT = 8, 20  # 8 times as large: what is even takes 8 times as long, a square 64 times
ENOUGH = 0.03  # seconds that the small work takes at least, by being done again
ATTEMPTS = 8  # and no more than 3 where it is nowhere near
HANGS = 60  # seconds; all that is guarded takes less than a tenth of it, and what is to be caught minutes


def no_square(
    make: Callable[[int], T],
    work: Callable[[T], object],
    *,
    size: int,
    times: int = TIMES,
    limit: float = LIMIT,
) -> None:
    """That work on make(size) takes less than `limit` times as long as work on an eighth (`times`) of it.

    Processor time, the best of a few runs of each by turns. One bad measurement fails nothing: there are more
    attempts, and the best run of all counts. A square is far off in each.
    """
    small, large = make(size // times), make(size)
    work(small)  # what is compiled and loaded once is no part of it
    again = 1
    while (took := _seconds(work, small, again)) < ENOUGH:
        again = max(again + 1, int(again * 1.2 * ENOUGH / max(took, ENOUGH / 100)))
    short, long = took / again, float("inf")
    ratios: list[float] = []
    for _ in range(ATTEMPTS):
        long = min(long, _seconds(work, large, 1))
        short = min(short, _seconds(work, small, again) / again)
        ratios.append(round(long / short, 1))
        if ratios[-1] < limit:
            return
        if len(ratios) > 2 and ratios[-1] > 2 * limit:
            break
    pytest.fail(f"{times} times as much takes {ratios} times as long: {short:.6f} s, then {long:.6f} s")


def no_growth(make: Callable[[int], T], work: Callable[[T], object], *, size: int) -> None:
    """That work on make(size) takes about as long as on an eighth of it: it does not even grow evenly."""
    no_square(make, work, size=size, limit=4)


def _seconds(work: Callable[[T], object], given: T, again: int) -> float:
    gc.disable()
    try:
        begin = time.process_time()
        for _ in range(again):
            work(given)
        return time.process_time() - begin
    finally:
        gc.enable()


@contextmanager
def no_hang(seconds: float = HANGS) -> Iterator[None]:
    """That what is within it ends at all. The limit is far beyond what a slow and busy machine takes."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        pytest.fail(f"not done after {seconds} s")  # no Exception: nothing on the way catches it

    kept = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, kept)
