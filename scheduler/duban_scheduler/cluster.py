"""What runs by itself in many processes on one PostgreSQL: procrastinate, which runs each turn once.

The tables of the ledger stay the truth: a job holds an id at the most, may run twice, and does its work once.
A process that was killed leaves its job "doing" for ever, and procrastinate retries nothing by itself: one of
the standing jobs looks for these. None of them takes procrastinate's `lock`: a stalled one would hold all
that come after it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ProcrastinateException
from procrastinate.jobs import Status

from duban.clock import monotonic
from duban_scheduler.engine import HOUSEKEEPING, Run
from duban_scheduler.queue_tables import OPTIONS

log = logging.getLogger(__name__)
AT_ONCE: Final = 4  # jobs of one process
STALLED: Final = 30.0  # seconds without a heartbeat of the process that has a job
AGAIN: Final = 5.0  # seconds until a database that cannot be reached is tried again
LONGEST: Final = 5.0  # seconds that running jobs get at the end
CALM: Final = 60.0  # seconds of work after which a fault is a new one
REACH: Final = 10.0  # seconds in which a connection must be had
ERRAND: Final = "errand"
MEND: Final = "mend"
# name → when, in cron's words with seconds (in UTC; {hour} and {minute} of the housekeeping are filled in)
STANDING: Final[Mapping[str, str]] = {
    "tick": "* * * * * */5",
    MEND: "* * * * * */20",
    "housekeeping": "{minute} {hour} * * *",
}


class Cluster:
    """One process's part in the common work."""

    def __init__(
        self,
        dsn: str,
        jobs: Mapping[str, Run],
        *,
        errand: Callable[[int], Awaitable[object]],
        zone: ZoneInfo,
        now: datetime,
    ) -> None:
        """`jobs`: what to run under each name of STANDING (another is left out); `errand`: what one id of the
        ledger asks for."""
        # what fails is told here, in a line; theirs have whole traces, each second
        for loud in ("procrastinate", "psycopg"):
            logging.getLogger(loud).setLevel(logging.CRITICAL)
        self._connector = PsycopgConnector(
            conninfo=dsn,
            kwargs={"options": OPTIONS, "application_name": "duban queue", "connect_timeout": round(REACH)},
            max_size=AT_ONCE + 4,
            timeout=REACH,
        )
        self._app = App(connector=self._connector)
        at = datetime.combine(now.date(), HOUSEKEEPING, zone).astimezone(UTC)
        for name, run in {**jobs, MEND: self._mend}.items():
            if (cron := STANDING.get(name)) is not None:
                task = self._app.task(name=name, queueing_lock=name)(_standing(name, run))
                self._app.periodic(cron=cron.format(hour=at.hour, minute=at.minute))(task)
        self._errand = self._app.task(name=ERRAND)(_errand(errand))
        self._work: asyncio.Task[None] | None = None
        self._ending = False

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._work = asyncio.create_task(self._for_ever())

    async def stop(self) -> None:
        """Begin nothing more; what runs gets a moment."""
        self._ending = True
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait({self._work}, timeout=LONGEST + 1)  # a database out of reach ends nothing
            self._work.cancel()

    async def hand_out(self, id_: int) -> bool:
        """Somebody in the cluster does this errand; one that waits already is not asked for again.

        False where nobody could be asked: the queue is not open yet, or not in reach."""
        try:
            await self._errand.configure(queueing_lock=f"{ERRAND}:{id_}").defer_async(id_=id_)
        except AlreadyEnqueued:
            return True
        except ProcrastinateException:
            return False
        return True

    async def _for_ever(self) -> None:
        told = False
        while not self._ending:
            began = monotonic()
            try:
                async with self._app.open_async():
                    await self._app.run_worker_async(
                        concurrency=AT_ONCE,
                        install_signal_handlers=False,
                        shutdown_graceful_timeout=LONGEST,
                        update_heartbeat_interval=STALLED / 3,
                        stalled_worker_timeout=STALLED,
                        delete_jobs="always",  # what was done stands in the ledger
                    )
                why = "ended"
            except Exception as error:
                why = type(error).__name__
            if not told or monotonic() - began > CALM:
                log.error("the queue: %s; it is tried again until it can be reached", why)
                told = True
            await asyncio.sleep(AGAIN)

    async def _mend(self) -> None:
        """Jobs of processes that are gone: an errand is taken up again, a standing job has its next turn."""
        manager = self._app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
            with suppress(ProcrastinateException):  # the same errand waits again already, or the job ended
                if job.task_name == ERRAND:
                    await manager.retry_job(job)
                else:
                    await manager.finish_job(job, status=Status.FAILED, delete_job=True)


def _standing(name: str, run: Run) -> Callable[[int], Awaitable[None]]:
    async def work(timestamp: int) -> None:  # noqa: ARG001 - the turn; what is due is asked of the ledger
        try:
            await run()
        except Exception:
            log.exception("job %s failed", name)

    return work


def _errand(do: Callable[[int], Awaitable[object]]) -> Callable[[int], Awaitable[None]]:
    async def work(id_: int) -> None:
        try:
            await do(id_)
        except Exception as error:  # what asked for it asks again
            log.error("errand %d: %s", id_, type(error).__name__)

    return work
