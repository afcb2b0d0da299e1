"""Two kinds of database, one manner: one decision at a time, looks of one moment, faults in plain words."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from duban.errors import EnvironmentNotThere
from duban.ledger import meta, outbox
from duban.ledger.database import Ledger, LedgerUnavailable
from duban.ledger.engines import known
from duban.ledger.migrations import migrate
from duban.ledger.tables import Meta, OutboxRow
from office import local

NOW = local("2026-06-10T10:00")


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("postgresql://", None), ("postgresql://u:p@h/d", None), ("postgres://u@h/d", None),
        ("sqlite:////tmp/x.sqlite3", None), ("sqlite://", "没有文件"), ("mysql://u@h/d", "不支持"),
        ("oracle://u@h/d", "不支持"), ("no address", "写得不对"), ("postgresql+nothing://h/d", "写得不对"),
    ],
)  # fmt: skip
def test_addresses(url: str, part: str | None) -> None:
    if part is None:
        assert known(url).get_backend_name() in {"sqlite", "postgresql"}
        return
    with pytest.raises(EnvironmentNotThere, match=part) as told:
        known(url)
    assert "@" not in str(told.value).replace("用户:密码@主机", "")


def test_decisions_are_taken_one_after_another(ledger: Ledger) -> None:
    """Read, think, write: what two do at once is as if one had waited."""
    with ledger.writing() as session:
        meta.put(session, "n", "0")

    def count(_: int) -> None:
        with ledger.writing() as session:
            meta.put(session, "n", str(int(meta.get(session, "n") or 0) + 1))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(count, range(60)))
    with ledger.reading() as session:
        assert meta.get(session, "n") == "60"


def test_a_decision_taken_twice_at_once_is_one_row(ledger: Ledger) -> None:
    start = threading.Barrier(4)

    def decide(_: int) -> bool:
        start.wait(10)
        with ledger.writing() as session:
            return outbox.say(session, key="one", html="x", now=NOW, chat="1", transport="t") is not None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(decide, range(4))) == [False, False, False, True]


def test_who_moves_rows_waits_for_no_decision(postgres_ledger: Ledger) -> None:
    with postgres_ledger.writing() as session:
        outbox.say(session, key="one", html="x", now=NOW, chat="1", transport="t")
    with postgres_ledger.writing() as slow:  # somebody takes long over a decision
        meta.get(slow, "n")
        with postgres_ledger.writing_beside() as session:
            assert len(outbox.claim(session, now=NOW, limit=1)) == 1
        impatient = Ledger(str(postgres_ledger.url), wait=0.1)
        with pytest.raises(LedgerUnavailable, match="占用") as told, impatient.writing() as session:
            meta.get(session, "n")
        assert told.value.code == "locked"
        impatient.close()


def test_what_one_has_claimed_another_passes_over(postgres_ledger: Ledger) -> None:
    with postgres_ledger.writing() as session:
        for n in range(10):
            outbox.say(session, key=str(n), html="x", now=NOW, chat=str(n), transport="t")
    with postgres_ledger.writing_beside() as one, postgres_ledger.writing_beside() as other:
        first = {row.id for row in outbox.claim(one, now=NOW, limit=6)}
        second = {row.id for row in outbox.claim(other, now=NOW, limit=6)}
    assert (len(first), len(second)) == (6, 4)
    assert not first & second


def test_a_look_is_of_one_moment(ledger: Ledger) -> None:
    with ledger.writing() as session:
        meta.put(session, "n", "before")
    with ledger.reading() as look:
        asked = select(Meta.value).where(Meta.key == "n")
        assert look.scalar(asked) == "before"
        with ledger.writing() as session:
            session.execute(update(Meta).values(value="after"))
        assert look.scalar(asked) == "before"


def test_a_look_cannot_write(ledger: Ledger) -> None:
    with pytest.raises(LedgerUnavailable, match="只"), ledger.reading() as look:
        look.execute(update(Meta).values(value="x"))


def test_a_server_that_is_gone(postgres_ledger: Ledger) -> None:
    gone = Ledger(str(postgres_ledger.url.set(port=1)))
    with pytest.raises(LedgerUnavailable, match="连不上") as told, gone.reading() as look:
        look.scalar(select(func.count(OutboxRow.id)))
    assert told.value.code == "unreachable"
    gone.close()


def test_a_database_that_is_not_there(postgres_ledger: Ledger) -> None:
    none = Ledger(str(postgres_ledger.url.set(database="none", password="secret-word")))
    with pytest.raises(LedgerUnavailable, match="没有这个库") as told, none.reading() as look:
        look.scalar(select(func.count(OutboxRow.id)))
    assert "secret-word" not in str(told.value)
    none.close()


def test_a_connection_that_was_cut_is_made_anew(postgres_ledger: Ledger) -> None:
    with postgres_ledger.writing() as session:
        meta.put(session, "n", "1")
    with Ledger(str(postgres_ledger.url)).connected() as other:
        other.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        other.invalidate()
    with postgres_ledger.writing() as session:
        assert meta.get(session, "n") == "1"


def test_the_migrations_make_what_tables_says(postgres_ledger: Ledger) -> None:
    assert migrate.check(postgres_ledger) == []
