"""A ledger in another database: all of it, equal to the last character, or nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from duban.ledger import copying, meta
from duban.ledger.copying import CannotHold, Differs, NotEmpty, TheSame, copy, move, sums
from duban.ledger.database import Ledger
from duban.ledger.holding import hold
from duban.ledger.migrations import migrate
from duban.ledger.migrations.migrate import NotOurs
from duban.ledger.tables import (
    AuditRow,
    Base,
    DraftRow,
    ItemRow,
    Meta,
    OutboxRow,
    PlanRow,
    ReportRow,
    UnitRow,
)
from duban_cli.main import cli
from filling import fill
from office import Office, populate

NOW = datetime(2026, 6, 10, 2, tzinfo=UTC)
EVERY = Base.metadata.sorted_tables


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """A database with nothing in it, not even a table."""
    if request.param == "sqlite":
        opened = Ledger(f"sqlite:///{tmp_path / 'target.sqlite3'}")
    else:
        opened = Ledger(request.getfixturevalue("empty_postgres"))
    yield opened
    opened.close()


def filled(ledger: Ledger, rows: int = 7) -> Ledger:
    """Something in each table."""
    with ledger.writing() as session:
        fill(session.connection(), rows=rows)
    return ledger


def held(ledger: Ledger) -> dict[str, list[Any]]:
    """Every row of every table, by another way than the copy's own."""
    with ledger.reading() as session:
        return {table.name: sorted(map(repr, session.execute(select(table)).all())) for table in EVERY}


def empty(ledger: Ledger) -> bool:
    return not any(held(ledger).values())


def test_every_table_arrives_whole(ledger: Ledger, target: Ledger) -> None:
    """From each engine to each."""
    made = copy(filled(ledger), target)
    assert {table: one.rows for table, one in made.items()} == {table.name: 7 for table in EVERY}
    assert held(target) == held(ledger)
    assert migrate.check(target) == []


def test_an_office_goes_on_where_it_was(ledger: Ledger, target: Ledger) -> None:
    populate(Office(ledger))
    copy(ledger, target)
    there = Office(target)
    assert "1" in " ".join(there.says("jia", "第1项已完成"))
    assert [row.status for row in there.rows(ReportRow)] == ["done"]


def test_new_rows_get_fresh_ids(ledger: Ledger, target: Ledger) -> None:
    copy(filled(ledger), target)
    with target.writing() as session:
        unit = UnitRow(name="新单位")
        draft = DraftRow(sha256="new", name="", at=NOW)
        session.add_all([unit, draft])
        session.flush()
        assert (unit.id, draft.id) == (8, 8)


def test_a_button_never_fits_a_later_draft(ledger: Ledger, target: Ledger) -> None:
    """The last draft is gone, and its number stays its own, in the copy as well."""
    with ledger.writing() as session:
        for name in ("1", "2"):
            session.add(DraftRow(sha256=name, name="", at=NOW))
        session.flush()
        session.delete(session.scalars(select(DraftRow).where(DraftRow.sha256 == "2")).one())
    copy(ledger, target)
    with target.writing() as session:
        session.add(later := DraftRow(sha256="3", name="", at=NOW))
        session.flush()
        assert later.id == 3


def test_the_audit_is_append_only_there_too(ledger: Ledger, target: Ledger) -> None:
    copy(filled(ledger), target)
    with pytest.raises(DBAPIError, match="append-only"), target.writing() as session:
        session.execute(update(AuditRow).values(actor="x"))


def test_a_target_with_anything_in_it_is_left_alone(ledger: Ledger, target: Ledger) -> None:
    migrate.upgrade(target)
    with target.writing() as session:
        meta.put(session, "theirs", "1")
    was = held(target)
    with pytest.raises(NotEmpty, match="meta"):
        copy(filled(ledger), target)
    assert held(target) == was


def test_another_programs_target_is_left_alone(ledger: Ledger, target: Ledger) -> None:
    with target.connected() as connection, connection.begin():
        connection.exec_driver_sql("CREATE TABLE theirs (a INTEGER)")
    with pytest.raises(NotOurs, match="别的程序"):
        copy(filled(ledger), target)


def test_onto_itself(ledger: Ledger) -> None:
    with pytest.raises(TheSame, match="现在的数据库"):
        copy(ledger, ledger)


ALTERED = {
    "sqlite": "CREATE TRIGGER t AFTER INSERT ON units BEGIN "
    "UPDATE units SET name = name || '局' WHERE id = new.id; END",
    "postgresql": "CREATE FUNCTION t() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN new.name := new.name || '局'; RETURN new; END $$; "
    "CREATE TRIGGER t BEFORE INSERT ON units FOR EACH ROW EXECUTE FUNCTION t()",
}


def test_a_row_altered_on_the_way_is_noticed(ledger: Ledger, target: Ledger) -> None:
    migrate.upgrade(target)
    with target.connected() as connection, connection.begin():
        connection.exec_driver_sql(ALTERED[connection.dialect.name])
    with pytest.raises(Differs, match="表 units 与") as told:
        copy(filled(ledger), target)
    assert told.value.exit_code == 3
    assert empty(target)


@pytest.mark.parametrize(
    ("change", "table"),
    [
        (update(UnitRow).where(UnitRow.id == 2).values(name="别的"), "units"),
        (update(PlanRow).where(PlanRow.id == 2).values(policy={"a": 1}), "plans"),
        (update(PlanRow).where(PlanRow.id == 2).values(imported_at=NOW), "plans"),
        (update(ItemRow).where(ItemRow.id == 2).values(given=~ItemRow.given), "items"),
        (update(OutboxRow).where(OutboxRow.id == 2).values(text=None), "outbox"),
        (update(DraftRow).where(DraftRow.id == 2).values(body=b"other"), "drafts"),
        (insert(Meta).values(key="one more", value=""), "meta"),
        (text("UPDATE units SET kind = CASE id WHEN 1 THEN 'b' ELSE 'a' END WHERE id < 3"), "units"),
    ],
)  # fmt: skip
def test_each_difference_has_another_sum(ledger: Ledger, change: Any, table: str) -> None:
    with filled(ledger).writing() as session:
        session.execute(text("UPDATE units SET kind = CASE id WHEN 1 THEN 'a' ELSE 'b' END WHERE id < 3"))
        was = sums(session.connection(), Base.metadata)
        session.execute(change)
        now = sums(session.connection(), Base.metadata)
    assert [name for name in was if was[name] != now[name]] == [table]


def test_what_postgresql_cannot_hold_is_named(sqlite_ledger: Ledger, empty_postgres: str) -> None:
    with filled(sqlite_ledger).writing() as session:
        session.execute(insert(UnitRow).values(id=9, name="长" * 201))
    target = Ledger(empty_postgres)
    with pytest.raises(CannotHold, match=r"units 的 id=9 一行.*name.*201 个字，超过了 200 个"):
        copy(sqlite_ledger, target)
    assert empty(target)
    target.close()


def test_what_can_only_be_kept_otherwise_is_noticed(sqlite_ledger: Ledger, empty_postgres: str) -> None:
    """The ledger writes no NUL; another program may have."""
    with filled(sqlite_ledger).writing() as session:
        session.execute(text("UPDATE units SET name = '甲' || char(0) || '局' WHERE id = 2"))
    target = Ledger(empty_postgres)
    with pytest.raises(Differs, match="units"):
        copy(sqlite_ledger, target)
    assert empty(target)
    target.close()


def test_rows_that_point_nowhere_are_told(sqlite_ledger: Ledger, target: Ledger) -> None:
    filled(sqlite_ledger)
    with sqlite_ledger.connected() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("DELETE FROM plans WHERE id = 2")
        driver.execute("PRAGMA foreign_keys=ON")
    with pytest.raises(CannotHold, match="不存在的记录"):
        copy(sqlite_ledger, target)
    assert empty(target)


WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner),
    max_leaves=8,
)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize("back", [False, True])
def test_any_value_arrives(sqlite_ledger: Ledger, postgres_ledger: Ledger, back: bool) -> None:
    ways = (sqlite_ledger, postgres_ledger)
    source, target = reversed(ways) if back else ways

    @given(
        words=WORDS, facts=st.dictionaries(WORDS, ANYTHING), body=st.none() | st.binary(), at=MOMENTS,
        day=st.none() | st.dates(), number=st.integers(-(2**31), 2**31 - 1), yes=st.booleans(),
    )  # fmt: skip
    @settings(max_examples=15)
    def arrives(  # noqa: PLR0917 - drawn by name
        words: str, facts: Any, body: bytes | None, at: datetime, day: Any, number: int, yes: bool
    ) -> None:
        with source.engine.connect() as was, target.engine.connect() as made:
            was.execute(
                insert(PlanRow).values(
                    title=words, year=number, issued=day, quotable=yes, policy=facts, imported_at=at
                )
            )
            was.execute(insert(DraftRow).values(sha256="", name=words, body=body, decisions=facts, at=at))
            move(was, made, Base.metadata, name="")
            assert sums(was, Base.metadata) == sums(made, Base.metadata)
            for table in (PlanRow.__table__, DraftRow.__table__):
                assert was.execute(select(table)).all() == made.execute(select(table)).all()
            was.rollback()
            made.rollback()

    arrives()


RING = MetaData()
Table(
    "boss", RING, Column("id", Integer, primary_key=True),
    Column("above", Integer, ForeignKey("boss.id")),
    Column("room", Integer, ForeignKey("room.id")),
)  # fmt: skip
Table(
    "room", RING, Column("id", Integer, primary_key=True),
    Column("of", Integer, ForeignKey("boss.id", use_alter=True)),
)  # fmt: skip


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_what_points_at_itself_and_in_a_ring(sqlite_ledger: Ledger, empty_postgres: str) -> None:
    target = Ledger(empty_postgres)
    with sqlite_ledger.engine.connect() as was, target.engine.connect() as made:
        RING.create_all(was)
        RING.create_all(made)
        boss, room = RING.tables["boss"], RING.tables["room"]
        was.execute(insert(boss), [{"id": 1}, {"id": 2}, {"id": 3}])
        was.execute(insert(room), [{"id": 1, "of": 3}, {"id": 2, "of": None}])
        was.execute(update(boss).where(boss.c.id == 1).values(above=3, room=2))
        move(was, made, RING, name="")
        assert made.execute(select(boss).order_by(boss.c.id)).all() == [
            (1, 3, 2),
            (2, None, None),
            (3, None, None),
        ]
        assert sums(was, RING) == sums(made, RING)
    target.close()


def test_the_tables_are_of_a_kind_that_can_be_copied() -> None:
    """JSON's null and SQL's are one when read; what points at later rows is written as NULL first."""
    columns = [column for table in EVERY for column in table.columns]
    assert [str(column) for column in columns if isinstance(column.type, JSON) and column.nullable] == []
    late = [table.c[name] for table in EVERY for name in copying._late(table, EVERY)]
    assert [str(column) for column in late if not column.nullable] == []


# -- the command --------------------------------------------------------------------------------------


def run(ledger: Ledger, *arguments: str) -> Result:
    env = {"DUBAN_DATABASE__URL": ledger.url.render_as_string(hide_password=False)}
    return CliRunner().invoke(cli, ["db", "copy", *arguments], env=env)


def address(ledger: Ledger) -> str:
    return ledger.url.render_as_string(hide_password=False)


def test_the_command(ledger: Ledger, target: Ledger) -> None:
    filled(ledger)
    done = run(ledger, address(target))
    assert done.exit_code == 0, done.output
    assert len(done.stdout.splitlines()) == len(EVERY)
    assert re.search(r"units +7 行", done.stdout)
    assert "database.url" in done.stderr
    assert "duban doctor" in done.stderr
    assert held(target) == held(ledger)


def test_its_json(sqlite_ledger: Ledger, empty_postgres: str) -> None:
    done = run(filled(sqlite_ledger), empty_postgres, "--json")
    rows = json.loads(done.stdout)
    assert {row["table"]: row["rows"] for row in rows} == {table.name: 7 for table in EVERY}
    assert all(re.fullmatch("[0-9a-f]{64}", row["checksum"]) for row in rows)


def test_a_password_is_never_printed(sqlite_ledger: Ledger, empty_postgres: str) -> None:
    secret = Ledger(empty_postgres).url.set(password="secret-word").render_as_string(hide_password=False)
    done = run(filled(sqlite_ledger), secret)
    assert done.exit_code == 0
    assert "secret-word" not in done.output
    again = run(sqlite_ledger, secret)
    assert isinstance(again.exception, NotEmpty)
    assert "secret-word" not in str(again.exception)


def test_not_while_somebody_serves(sqlite_ledger: Ledger, empty_postgres: str) -> None:
    assert sqlite_ledger.path is not None
    with hold(sqlite_ledger.path, doing="serve", now=NOW):
        done = run(sqlite_ledger, empty_postgres)
    assert "正在提供服务" in str(done.exception)


def test_nothing_there(tmp_path: Path, sqlite_ledger: Ledger, empty_postgres: str) -> None:
    none = tmp_path / "none.sqlite3"
    env = {"DUBAN_DATABASE__URL": f"sqlite:///{none}"}
    done = CliRunner().invoke(cli, ["db", "copy", empty_postgres], env=env)
    assert "没有可复制的" in str(done.exception)
    assert not none.exists()


def test_killed_in_the_middle_the_target_is_empty(sqlite_ledger: Ledger, empty_postgres: str) -> None:
    """A process of its own stops itself between two tables, rows of many written; then it is killed."""
    filled(sqlite_ledger)
    script = (
        "import os, signal, sys\n"
        "from duban.ledger.copying import copy\n"
        "from duban.ledger.database import Ledger\n"
        "def stop(table, done, total):\n"
        "    if table == 'tasks':\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "copy(Ledger(sys.argv[1]), Ledger(sys.argv[2]), progress=stop)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, address(sqlite_ledger), empty_postgres],
        env=dict(os.environ) | {"PYTHONPATH": os.pathsep.join(sys.path)}, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    target = Ledger(empty_postgres)
    assert empty(target)
    assert copy(sqlite_ledger, target)["tasks"].rows == 7
    target.close()
