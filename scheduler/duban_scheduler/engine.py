"""What runs by itself in one process: a table of standing jobs, and the clock that steps.

A job is never one reminder: what is due is asked of the ledger (APScheduler drops a persisted job that was
missed by two seconds; a row that is due stays due).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from duban.clock import Clock, StepClock

Run = Callable[[], Awaitable[object]]

log = logging.getLogger(__name__)

EVERY_SECOND = timedelta(seconds=1)
VIRTUAL_BEAT = timedelta(milliseconds=50)  # real time between two looks at a clock that runs fast or steps
HOUSEKEEPING = time(3, 30)
PAUSE = 0.005  # seconds a stepping clock waits for the others to finish


@dataclass(frozen=True, slots=True)
class Job:
    """A standing job: each `every`, or daily where `at` names a time of day in the office's zone."""

    name: str
    run: Run
    every: timedelta = EVERY_SECOND
    at: time | None = None


def standing_jobs(
    *,
    tick: Run,
    housekeeping: Run,
    digest_hour: time,
) -> tuple[Job, ...]:
    """The table: a tick each second and on the very digest hour, housekeeping at night."""
    return (
        Job("tick", tick),
        Job("digest-hour", tick, at=digest_hour),
        Job("housekeeping", housekeeping, at=HOUSEKEEPING),
    )


class Engine:
    """Runs the standing jobs on the running event loop. What fails is logged and runs again next time."""

    def __init__(self, jobs: Sequence[Job], *, zone: ZoneInfo, clock: Clock) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=zone, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        # a tick that waits for another writer is late, which is no news each second
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        for job in jobs:
            run, trigger = (_virtual if clock.virtual else _real)(job, zone, clock)
            self._scheduler.add_job(_guarded(job.name, run), trigger, id=job.name, name=job.name)

    @property
    def jobs(self) -> tuple[str, ...]:
        """The names of what runs."""
        return tuple(job.id for job in self._scheduler.get_jobs())

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Begin nothing more; what runs ends by itself."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def _real(job: Job, zone: ZoneInfo, clock: Clock) -> tuple[Run, Any]:  # noqa: ARG001 - the machine's own clock
    if job.at is None:
        return job.run, IntervalTrigger(seconds=job.every.total_seconds(), timezone=zone)
    at = job.at
    return job.run, CronTrigger(hour=at.hour, minute=at.minute, second=at.second, timezone=zone)


def _virtual(job: Job, zone: ZoneInfo, clock: Clock) -> tuple[Run, Any]:
    """The machine's time of day means nothing then: at every beat a daily job looks at the clock's day."""
    beat = IntervalTrigger(seconds=VIRTUAL_BEAT.total_seconds(), timezone=zone)
    at = job.at
    if at is None:
        return job.run, beat

    def turn() -> date:
        """The last day on which the job's time had come."""
        local = clock.now().astimezone(zone)
        return local.date() if local.time() >= at else local.date() - timedelta(days=1)

    done = [turn()]

    async def daily() -> None:
        if (day := turn()) != done[0]:
            await job.run()
            done[0] = day

    return daily, beat


def _guarded(name: str, run: Run) -> Run:
    """The same trouble each second is told once, until it is over."""
    last: list[str] = []

    async def guarded() -> None:
        try:
            await run()
        except Exception as error:
            words = f"{type(error).__name__}: {error}"
            if last != [words]:
                log.exception("job %s failed", name)
            last[:] = [words]
        else:
            last.clear()

    return guarded


class Stepper:
    """Lets a clock that stands still go on to the next moment at which something is due, once all is done."""

    def __init__(
        self,
        clock: StepClock,
        *,
        next_moment: Callable[[datetime], Awaitable[datetime | None]],
        idle: Callable[[], bool],
        beat: Callable[[], Awaitable[object]] | None = None,
        until: datetime | None = None,
    ) -> None:
        """`idle`: nothing is in flight or being handled. `beat`: what to call after each jump (a tick).

        `until`: the moment that ends `run`; without it the clock waits for whatever people still say.
        """
        self._clock = clock
        self._next_moment = next_moment
        self._idle = idle
        self._beat = beat
        self._until = until

    async def run(self) -> None:
        """Step until `until`, with everything due up to it done; for ever where there is none."""
        while True:
            now = self._clock.now()
            moment = await self._next_moment(now)
            if not self._idle() or (moment is not None and moment <= now):
                await asyncio.sleep(PAUSE)  # somebody is at it
            elif self._until is not None and (moment is None or moment > self._until):
                self._clock.jump(self._until)
                return
            elif moment is None:
                await asyncio.sleep(PAUSE)  # only people can go on
            else:
                self._clock.jump(moment)
                if self._beat is not None:
                    await self._beat()
