"""What runs by itself in one process: a table of standing jobs.

A job is never one reminder: what is due is asked of the ledger, where it stays due until it is said
(APScheduler drops a persisted job that was missed by two seconds).
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import time
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)

Run = Callable[[], Awaitable[object]]

# name → seconds between two runs by the machine's clock (None: daily, at an hour), and by a virtual clock,
# whose time of day the machine's clock does not know
STANDING: Mapping[str, tuple[float | None, float]] = {
    "tick": (1, 0.2),
    "digest": (None, 1),
    "housekeeping": (None, 24 * 3600),
}
HOUSEKEEPING = time(3, 30)


class Engine:
    """Runs the standing jobs on the running event loop. What fails is logged, and runs again next time."""

    def __init__(self, jobs: Mapping[str, Run], *, zone: ZoneInfo, hour: time, virtual: bool = False) -> None:
        """`jobs`: what to run under each name of STANDING; `hour`: the digest hour in the office's zone."""
        self._scheduler = AsyncIOScheduler(
            timezone=zone, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        # a tick that waits for another writer is late, which is no news each second
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        for name, run in jobs.items():
            trigger = _trigger(name, zone, hour, virtual=virtual)
            self._scheduler.add_job(_guarded(name, run), trigger, id=name, name=name)

    @property
    def jobs(self) -> dict[str, str]:
        """What runs, and when: name → the trigger in words."""
        return {job.id: str(job.trigger) for job in self._scheduler.get_jobs()}

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Begin nothing more; what runs ends by itself."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def _trigger(name: str, zone: ZoneInfo, hour: time, *, virtual: bool) -> BaseTrigger:
    seconds, virtually = STANDING[name]
    if virtual or seconds is not None:
        return IntervalTrigger(seconds=virtually if virtual else seconds, timezone=zone)
    at = hour if name == "digest" else HOUSEKEEPING
    return CronTrigger(hour=at.hour, minute=at.minute, second=at.second, timezone=zone)


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
