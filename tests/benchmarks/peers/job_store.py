"""APScheduler with one stored job for each reminder, as it is usually built: SQLAlchemyJobStore on SQLite."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import apscheduler
from apscheduler.executors.base import BaseExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.base import BaseScheduler
from sqlalchemy import Engine, create_engine, event

TITLE = f"APScheduler {apscheduler.__version__}"


def remind(task: int) -> None:
    """What each job would do."""


class Nothing(BaseExecutor):
    """Runs nothing: only the store's part is measured."""

    def _do_submit_job(self, job: Any, run_times: Any) -> None:
        self._run_job_success(job.id, [])


class Still(BaseScheduler):
    """Wakes when it is told to."""

    def wakeup(self) -> None:
        """Not by itself."""

    def shutdown(self, wait: bool = True) -> None:
        """Nothing runs."""

    def wake(self) -> None:
        """What its loop does once: take the due jobs out of the store and hand them on."""
        self._process_jobs()

    def add(self, count: int, at: datetime) -> None:
        """So many jobs, each for one task."""
        for task in range(count):
            self.add_job(remind, "date", run_date=at, args=(task,), misfire_grace_time=None)


@contextmanager
def stored(file: Path, *, tuned: bool) -> Iterator[Still]:
    """A scheduler on a store, made where it is not there; `tuned`: its SQLite in WAL, as Duban's own is."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    engine = create_engine(f"sqlite:///{file}")
    if tuned:
        _tune(engine)
    scheduler = Still(timezone=UTC)
    scheduler.add_jobstore(SQLAlchemyJobStore(engine=engine))
    scheduler.add_executor(Nothing())
    scheduler.start()
    try:
        yield scheduler
    finally:
        engine.dispose()


def _tune(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")


def soon() -> datetime:
    """A moment that has come."""
    return datetime.now(UTC) - timedelta(seconds=1)
