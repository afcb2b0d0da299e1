"""What many processes do together on one PostgreSQL: each turn once, each errand once in effect."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sys
import textwrap
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from procrastinate.schema import SchemaManager

import postgres as server_of
from duban.ledger.database import Ledger
from duban.ledger.migrations import migrate
from duban_scheduler import cluster as module
from duban_scheduler import queue_tables
from duban_scheduler.cluster import Cluster
from duban_scheduler.queue_tables import QueueNotThere
from postgres import Server

ZONE = ZoneInfo("Asia/Shanghai")
PATIENCE = 60.0  # seconds
EACH_SECOND = "* * * * * *"
NEVER = "0 0 1 1 *"
STALLED = 2.0  # seconds; the heart beats thrice as often
HOLD = """
    import asyncio, sys
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo
    from duban_scheduler import cluster
    cluster.STALLED = 2.0
    cluster.STANDING = {"tick": sys.argv[2]}

    async def hang(*_):
        await asyncio.sleep(600)

    async def main():
        one = cluster.Cluster(sys.argv[1], {"tick": hang}, errand=hang, zone=ZoneInfo("Asia/Shanghai"),
                              now=datetime.now(UTC))
        one.start()
        await asyncio.sleep(600)

    asyncio.run(main())
"""


@pytest.fixture
def queue(postgres_url: str) -> str:
    """The address of a database with all tables."""
    queue_tables.install(postgres_url)
    return postgres_url


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(module, "AGAIN", 0.2)
    monkeypatch.setattr(module, "STALLED", STALLED)
    levels = {name: logging.getLogger(name).level for name in ("procrastinate", "psycopg")}
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def stand(monkeypatch: pytest.MonkeyPatch, **when: str) -> None:
    """Other standing jobs than those of the product."""
    monkeypatch.setattr(module, "STANDING", when)


async def nothing(_id: int = 0) -> None:
    """A job."""


@asynccontextmanager
async def serving(url: str, *, tick: Any = nothing, errand: Any = nothing) -> AsyncIterator[Cluster]:
    """One process's part."""
    made = Cluster(url, {"tick": tick}, errand=errand, zone=ZONE, now=datetime.now(UTC))
    made.start()
    try:
        yield made
    finally:
        await made.stop()


async def until(done: Callable[[], Any], what: str) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.05)


async def handed(one: Cluster, id_: int) -> None:
    """Hand an errand out, once the queue is open."""
    end = time.monotonic() + PATIENCE
    while not await one.hand_out(id_):
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


def rows(url: str, asked: str) -> list[tuple[Any, ...]]:
    """A look into the queue's tables."""
    with psycopg.connect(url, options=queue_tables.OPTIONS, autocommit=True) as connection:
        return connection.execute(asked.encode()).fetchall()


def jobs(url: str) -> list[tuple[Any, ...]]:
    return rows(url, "SELECT task_name, status, args FROM procrastinate_jobs ORDER BY id")


# -- the tables ------------------------------------------------------------------------------------


def test_the_tables_are_made_once_and_are_none_of_the_ledgers(postgres_url: str) -> None:
    with pytest.raises(QueueNotThere, match="duban db upgrade") as told:
        queue_tables.check(postgres_url)
    assert told.value.exit_code == 3
    assert queue_tables.install(postgres_url)
    queue_tables.check(postgres_url)
    assert not queue_tables.install(postgres_url), "twice is once"
    schemas = {schema for (schema,) in rows(
        postgres_url, "SELECT schemaname FROM pg_tables WHERE tablename LIKE 'procrastinate%'"
    )}  # fmt: skip
    assert schemas == {"duban_queue"}
    ledger = Ledger(postgres_url)
    try:
        assert migrate.check(ledger) == []
    finally:
        ledger.close()


def test_an_older_state_gets_what_is_new(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next version of procrastinate brings a file more."""
    queue_tables.install(postgres_url)
    folder = shutil.copytree(SchemaManager.get_migrations_path(), tmp_path / "migrations")
    (folder / "99.00.00_01_pre_more.sql").write_text(
        "CREATE TABLE more (n int);\nINSERT INTO more VALUES (7);\n"
    )
    monkeypatch.setattr(SchemaManager, "get_migrations_path", staticmethod(lambda: str(folder)))
    with pytest.raises(QueueNotThere, match="升级"):
        queue_tables.check(postgres_url)
    assert queue_tables.install(postgres_url)
    queue_tables.check(postgres_url)
    assert rows(postgres_url, "SELECT n FROM more") == [(7,)]
    assert not queue_tables.install(postgres_url)


def test_a_change_that_fails_leaves_all_as_it_was(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_tables.install(postgres_url)
    folder = shutil.copytree(SchemaManager.get_migrations_path(), tmp_path / "migrations")
    (folder / "99.00.00_01_pre_more.sql").write_text("CREATE TABLE more (n int);\n")
    (folder / "99.00.00_50_post_wrong.sql").write_text("DROP TABLE nowhere;\n")
    monkeypatch.setattr(SchemaManager, "get_migrations_path", staticmethod(lambda: str(folder)))
    with pytest.raises(psycopg.errors.UndefinedTable):
        queue_tables.install(postgres_url)
    assert rows(postgres_url, "SELECT to_regclass('more')") == [(None,)]
    with pytest.raises(QueueNotThere):
        queue_tables.check(postgres_url)


def test_a_database_out_of_reach_is_one_sentence() -> None:
    with pytest.raises(QueueNotThere, match="连不上"):
        queue_tables.check("postgresql://duban@127.0.0.1:1/none")


# -- standing jobs ---------------------------------------------------------------------------------


def test_the_heart_beats_before_a_process_counts_as_gone() -> None:
    assert module.STANDING.keys() == {"tick", module.MEND, "housekeeping"}
    assert STALLED / 3 < STALLED


async def test_each_turn_is_run_once_among_two(queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stand(monkeypatch, tick=EACH_SECOND)
    ran: list[int] = []

    async def tick() -> None:
        ran.append(int(time.time()))

    async with serving(queue, tick=tick), serving(queue, tick=tick):
        await until(lambda: len(ran) >= 6, "six turns")
        seen = rows(queue, "SELECT count(*) FROM procrastinate_workers")
    span = ran[-1] - ran[0] + 1
    assert len(ran) <= span + 1, f"{len(ran)} runs in {span} seconds"
    assert seen == [(2,)]


async def test_a_turn_that_fails_is_told_and_the_next_one_runs(
    queue: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stand(monkeypatch, tick=EACH_SECOND)
    ran: list[str] = []

    async def tick() -> None:
        ran.append("x")
        if len(ran) == 1:
            raise ValueError("once")

    async with serving(queue, tick=tick):
        await until(lambda: len(ran) >= 3, "it goes on")
    assert "job tick failed" in caplog.text
    assert caplog.text.count("job tick failed") == 1
    await until(lambda: not jobs(queue), "what is done leaves nothing behind")


async def test_what_a_killed_process_was_at_goes_on(queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its errand is done by another; its standing job is cleared away, for the next turn does its work."""
    stand(monkeypatch, mend=EACH_SECOND)
    command = (sys.executable, "-c", textwrap.dedent(HOLD), queue, EACH_SECOND)
    process = await asyncio.create_subprocess_exec(*command)
    try:
        async with asker(queue) as one:
            await handed(one, 7)
        await until(
            lambda: {("errand", "doing"), ("tick", "doing")} <= {job[:2] for job in jobs(queue)}, "both hang"
        )
    finally:
        process.kill()
        await process.wait()
    assert {name for name, status, _ in jobs(queue) if status == "doing"} >= {"tick", "errand"}
    done: list[int] = []

    async def errand(id_: int) -> None:
        done.append(id_)

    async with serving(queue, errand=errand):
        await until(lambda: done, "the errand is taken up again")
        await until(lambda: all(status != "doing" for _, status, _ in jobs(queue)), "nothing hangs")
    assert done == [7]


async def test_a_living_process_is_left_in_peace(queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its heart beats: an errand that takes long is nobody else's."""
    stand(monkeypatch, mend=EACH_SECOND)
    done: list[int] = []

    async def errand(id_: int) -> None:
        done.append(id_)
        await asyncio.sleep(3 * STALLED)

    async with serving(queue, errand=errand) as one, serving(queue, errand=errand):
        await handed(one, 7)
        await until(lambda: done and not _errands(queue), "it is done")
    assert done == [7]


# -- errands ---------------------------------------------------------------------------------------


def _errands(url: str) -> list[tuple[Any, ...]]:
    return [job for job in jobs(url) if job[0] == "errand"]


@asynccontextmanager
async def asker(url: str) -> AsyncIterator[Cluster]:
    """A process that hands out and takes nothing up."""
    made = Cluster(url, {}, errand=nothing, zone=ZONE, now=datetime.now(UTC))
    async with made._app.open_async():
        yield made


async def test_an_errand_handed_out_twice_waits_once_and_is_an_id(
    queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand(monkeypatch, tick=NEVER)
    async with asker(queue) as one, asker(queue) as other:
        for cluster in (one, other, one):
            assert await cluster.hand_out(7)
        assert await other.hand_out(8)
    assert jobs(queue) == [("errand", "todo", {"id_": 7}), ("errand", "todo", {"id_": 8})]
    done: list[int] = []

    async def errand(id_: int) -> None:
        done.append(id_)

    async with serving(queue, errand=errand), serving(queue, errand=errand):
        await until(lambda: len(done) == 2, "both are done")
        await until(lambda: not jobs(queue), "nothing stays behind")
    assert Counter(done) == {7: 1, 8: 1}
    assert rows(queue, "SELECT count(*) FROM procrastinate_events") == [(0,)]
    assert rows(queue, "SELECT count(*) FROM procrastinate_workers") == [(0,)], "who ends says so"


async def test_an_errand_that_fails_can_be_asked_for_again(
    queue: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stand(monkeypatch, tick=NEVER)
    done: list[int] = []

    async def errand(id_: int) -> None:
        done.append(id_)
        if len(done) == 1:
            raise ValueError("some words of somebody's")

    async with serving(queue, errand=errand) as one:
        await handed(one, 7)
        await until(lambda: done and not jobs(queue), "it failed, and nothing stays behind")
        await handed(one, 7)
        await until(lambda: len(done) == 2, "again")
    assert "errand 7: ValueError" in caplog.text
    assert "somebody's" not in caplog.text


async def test_before_the_queue_is_open_nobody_can_be_asked(queue: str) -> None:
    made = Cluster(queue, {}, errand=nothing, zone=ZONE, now=datetime.now(UTC))
    assert not await made.hand_out(7)
    assert not jobs(queue)


# -- the database goes away ------------------------------------------------------------------------


async def test_all_connections_are_cut_and_it_goes_on(
    postgres: Server, queue: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stand(monkeypatch, tick=EACH_SECOND)
    ran: list[int] = []
    done: list[int] = []

    async def tick() -> None:
        ran.append(1)

    async def errand(id_: int) -> None:
        done.append(id_)

    async with serving(queue, tick=tick, errand=errand) as one:
        await until(lambda: ran, "it ticks")
        name = queue.rpartition("/")[2]
        postgres.do(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        before = len(ran)
        await until(lambda: len(ran) >= before + 3, "it ticks again")
        await handed(one, 7)
        await until(lambda: done == [7], "and does errands")
    assert "Traceback" not in caplog.text


async def test_the_server_is_away_for_a_while_and_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    if server_of.programs() is None:
        pytest.skip(server_of.ABSENT)
    stand(monkeypatch, tick=EACH_SECOND)
    ran: list[int] = []

    async def tick() -> None:
        ran.append(1)

    with server_of.running() as server:
        url = server.create()
        queue_tables.install(url)
        async with serving(url, tick=tick) as one:
            await until(lambda: ran, "it ticks")
            await asyncio.to_thread(server.stop)
            await until(lambda: one._app.connector._async_pool is None, "it has given up")
            await asyncio.to_thread(server.start)
            before = len(ran)
            await until(lambda: len(ran) >= before + 2, "it ticks again")


async def test_it_ends_though_the_database_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REACH", 1)
    async with serving("postgresql://duban@127.0.0.1:1/none") as one:
        await asyncio.sleep(0.1)
        assert not await one.hand_out(7)
