"""Migrations: whole or not at all, a copy first, and the same tables as tables.py."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from duban.ledger import audit
from duban.ledger.database import Ledger
from duban.ledger.migrations import migrate
from duban.ledger.tables import AuditRow, DraftRow, ItemRow, PlanRow

NOW = datetime(2018, 7, 20, 2, tzinfo=UTC)


def at(ledger: Ledger, revision: str) -> Ledger:
    """A new database as it stood at an older migration."""
    from alembic import command

    with ledger.connected() as connection, connection.begin():
        command.upgrade(migrate._config(connection), revision)
    return ledger


@pytest.fixture
def empty(tmp_path: Path):
    ledger = Ledger(f"sqlite:///{tmp_path / 'one.sqlite3'}")
    yield ledger
    ledger.close()


def test_a_new_database_stands_at_the_newest_tables(empty: Ledger):
    with empty.reading() as session:
        assert migrate.current(session) is None
        assert not migrate.is_current(session)
    done = migrate.upgrade(empty)
    assert (done.before, done.to, done.created, done.path, done.backup) == (
        None,
        migrate.head(),
        True,
        empty.path,
        None,
    )
    with empty.reading() as session:
        assert migrate.is_current(session)
    again = migrate.upgrade(empty)
    assert not again.changed
    assert not again.created


def test_head_is_the_last_of_the_chain(empty: Ledger):
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrate.HERE))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.head()]


def test_the_migrations_make_what_tables_says(empty: Ledger):
    migrate.upgrade(empty)
    assert migrate.check(empty) == []
    with empty.writing() as session:
        session.execute(text("ALTER TABLE plans ADD COLUMN forgotten TEXT"))
    assert migrate.check(empty)


def test_an_old_database_is_copied_beside_itself_first(empty: Ledger):
    with at(empty, "0001").writing() as session:
        audit.record(session, now=NOW, actor="cli", act="kept", object="plan:1")
    done = migrate.upgrade(empty)
    assert (done.before, done.to, done.created) == ("0001", migrate.head(), False)
    assert done.backup is not None
    assert done.backup.parent == empty.path.parent
    assert done.backup.stat().st_mode & 0o777 == 0o600
    copy = Ledger(f"sqlite:///{done.backup}")
    with copy.reading() as session:
        assert migrate.current(session) == "0001"
        assert session.scalars(select(AuditRow.act)).all() == ["kept"]
    copy.close()


def test_a_copy_that_is_there_already_is_left_alone(empty: Ledger):
    at(empty, "0001")
    kept = empty.path.with_name(f"{empty.path.name}.before-upgrade-from-0001")
    kept.write_text("kept")
    assert migrate.upgrade(empty).backup not in {None, kept}
    assert kept.read_text() == "kept"


def test_a_broken_reference_undoes_the_upgrade(empty: Ledger):
    at(empty, "0001")
    with empty.engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("INSERT INTO aliases (name, unit_id) VALUES ('甲', 99)")
        raw.execute("PRAGMA foreign_keys=ON")
    with pytest.raises(migrate.BrokenReferences, match="aliases"):
        migrate.upgrade(empty)
    with empty.reading() as session:
        assert migrate.current(session) == "0001"
    with empty.engine.connect() as connection:  # the pooled connection guards references again
        assert connection.connection.driver_connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_drafts_and_items_come_along(empty: Ledger):
    with at(empty, "0002").writing() as session:
        session.execute(
            text(
                "INSERT INTO people (id, name, transport, chat_user, chat, coordinator, reachable,"
                " bound_at) VALUES (7, '甲', 'local', 'du', 'du', 1, 1, '2018-07-20 02:00:00')"
            )
        )
        session.execute(
            text(
                "INSERT INTO drafts VALUES (7, '方案.txt', X'31', 2018, '{\"a\": \"b\"}',"
                " '2018-07-20 02:00:00')"
            )
        )
        session.execute(
            text(
                "INSERT INTO plans (id, title, state, quotable, cadence, policy, imported_at)"
                " VALUES (1, '方案', 'draft', 0, 'quarterly', '{}', '2018-07-20 02:00:00')"
            )
        )
        session.execute(
            text(
                "INSERT INTO items (plan_id, no, position, heading, subheading, given, place, state,"
                " policy) VALUES (1, 1, 0, '', '', 0, '', 'active', '{}')"
            )
        )
    migrate.upgrade(empty)
    assert migrate.check(empty) == []
    with empty.reading() as session:
        draft = session.scalars(select(DraftRow)).one()
        assert (draft.person_id, draft.year, draft.decisions, draft.at) == (7, 2018, {"a": "b"}, NOW)
        assert draft.sha256 == hashlib.sha256(b"1").hexdigest()
        assert session.scalars(select(ItemRow.origins)).one() == []


def test_a_newer_database_is_left_alone(empty: Ledger):
    migrate.upgrade(empty)
    with empty.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.NewerDatabase, match="9999"):
        migrate.upgrade(empty)


@pytest.mark.parametrize("change", [update(AuditRow).values(actor="nobody"), delete(AuditRow)])
def test_the_audit_refuses_change(empty: Ledger, change):
    migrate.upgrade(empty)
    with empty.writing() as session:
        audit.record(session, now=NOW, actor="cli", act="import", object="plan:1", title="方案")
        audit.record_many(session, [("task:1", {"to": "open"})], now=NOW, actor="cli", act="move")
    with pytest.raises(IntegrityError, match="append-only"), empty.writing() as session:
        session.execute(change)
    with empty.reading() as session:
        assert session.scalars(select(AuditRow.detail).order_by(AuditRow.id)).all() == [
            {"title": "方案"},
            {"to": "open"},
        ]


def test_looking_at_the_version_does_not_import_alembic():
    code = "import sys, duban.ledger.migrations.migrate; sys.exit('alembic' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], check=False, env={"PYTHONPATH": "core"}).returncode == 0
    )


def test_text_with_nul_is_mended(empty: Ledger):
    with at(empty, "0004").writing() as session:
        session.execute(text("INSERT INTO units (id, name) VALUES (1, '甲' || char(0) || '局'), (2, '乙局')"))
    migrate.upgrade(empty)
    with empty.reading() as session:
        assert session.execute(text("SELECT name FROM units ORDER BY id")).scalars().all() == [
            "甲�局",
            "乙局",
        ]


def test_numbers_are_as_wide_on_each_engine(ledger: Ledger):
    with ledger.writing() as session:
        session.add(plan := PlanRow(title="", imported_at=NOW))
        session.flush()
        session.add(ItemRow(id=2**40, plan_id=plan.id, no=20241231001, position=1))
        session.flush()
        assert session.get(ItemRow, 2**62) is None
    with ledger.reading() as session:
        assert session.scalar(select(ItemRow.no)) == 20241231001
    assert migrate.check(ledger) == []
