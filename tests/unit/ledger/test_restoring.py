"""A backup back in its place: what is refused, what is kept, what is held, what is said again."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from duban.access import Denied
from duban.clock import StepClock
from duban.ledger import audit, backup, held, outbox, people, restoring, summary
from duban.ledger.database import Ledger
from duban.ledger.migrations import migrate
from duban.ledger.outbox import MOVES, Sending
from duban.ledger.restoring import NewerBackup, NoSuchBackup, TheSame
from duban.ledger.summary import View
from duban.ledger.tables import AuditRow, OutboxRow, TaskRow
from duban.settings import Settings
from duban_scheduler import planning
from office import CALENDAR, ZONE, Office, local, populate

STAMP = local("2026-06-17T10:00").astimezone(ZONE)


@pytest.fixture
def ledger(sqlite_ledger: Ledger) -> Ledger:
    """What is asked here is asked of a file."""
    return sqlite_ledger


@pytest.fixture
def office(ledger: Ledger) -> Office:
    office = Office(ledger)
    populate(office)
    return office


@pytest.fixture
def file(office: Office) -> Path:
    assert office.ledger.path is not None
    return office.ledger.path


def back(copy: Path, file: Path, now: datetime, digest: datetime | None = None) -> restoring.Restored:
    return restoring.restore(copy, file, now=now, digest=digest, stamp=STAMP)


def queue(office: Office, key: str, at: datetime, state: str = "queued", **values: object) -> None:
    with office.ledger.writing() as session:
        who = people.person_of(session, "local", "jia")
        id_ = outbox.put(
            session, key=key, kind="text", facts={"html": key}, due_at=at, now=at, person=who, urgent=True
        )
        row = session.get_one(OutboxRow, id_)
        row.state = state
        for name, value in values.items():
            setattr(row, name, value)


def states(office: Office) -> dict[str, tuple[str, bool]]:
    return {
        row.key: (row.state, row.again) for row in office.rows(OutboxRow) if not row.key.startswith("held:")
    }


def test_what_was_is_back_and_what_was_there_is_kept(office: Office, file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    backup.save(file, copy)
    with office.ledger.writing() as session:
        session.execute(update(TaskRow).values(state="closed"))
    done = back(copy, file, office.now)
    assert {row.state for row in office.rows(TaskRow)} == {"open"}
    assert done.kept is not None
    assert done.kept.name == "duban.before-restore-20260617-100000.sqlite3"
    with sqlite3.connect(done.kept) as kept:
        assert {state for (state,) in kept.execute("SELECT state FROM tasks")} == {"closed"}
    kept.close()
    (act,) = [row for row in office.rows(AuditRow) if row.act == "restore"]
    assert act.actor == "cli"


def test_who_has_it_open_sees_the_one_or_the_other(office: Office, file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    backup.save(file, copy)
    with office.ledger.writing() as session:
        session.execute(update(TaskRow).values(state="closed"))
    with office.ledger.reading() as session:
        asked = select(TaskRow.state).distinct()
        assert session.scalars(asked).all() == ["closed"]
        back(copy, file, office.now)
        assert session.scalars(asked).all() == ["closed"], "one look is of one moment"
    with office.ledger.reading() as session:
        assert session.scalars(asked).all() == ["open"]


@pytest.mark.parametrize("there", ["nothing", "garbage", "torn"])
def test_in_the_place_of_what_cannot_be_read(office: Office, file: Path, tmp_path: Path, there: str) -> None:
    copy = tmp_path / "copy.sqlite3"
    backup.save(file, copy)
    office.ledger.close()
    for part in tmp_path.glob("duban.sqlite3-*"):
        part.unlink()
    if there == "nothing":
        file.unlink()
    elif there == "garbage":
        file.write_bytes(b"garbage" * 1000)
    else:
        body = file.read_bytes()
        file.write_bytes(body[: len(body) // 3])
    done = back(copy, file, office.now)
    assert len(office.rows(TaskRow)) == 7
    assert (done.kept is None) == (there == "nothing")
    if there == "garbage":
        assert done.kept is not None
        assert done.kept.read_bytes() == b"garbage" * 1000


def test_what_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(NoSuchBackup):
        restoring.look(tmp_path / "none", file)
    with pytest.raises(TheSame):
        restoring.look(file, file)
    copy = tmp_path / "copy.sqlite3"
    backup.save(file, copy)
    with sqlite3.connect(copy) as newer:
        newer.execute("UPDATE alembic_version SET version_num='9999'")
    newer.close()
    with pytest.raises(NewerBackup, match="9999") as caught:
        restoring.look(copy, file)
    assert caught.value.exit_code == 2


def test_an_older_one_is_brought_to_this_program_s_tables(file: Path, tmp_path: Path, office: Office) -> None:
    from alembic import command

    old = Ledger(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    with old.connected() as connection, connection.begin():
        command.upgrade(migrate._config(connection), "0001")
    with old.writing() as session:
        audit.record(session, now=office.now, actor="cli", act="kept", object="plan:1")
    old.close()
    done = back(tmp_path / "old.sqlite3", file, office.now)
    assert done.upgraded
    assert migrate.check(office.ledger) == []
    assert [row.act for row in office.rows(AuditRow)] == ["kept", "restore"]
    untouched = backup.examine(tmp_path / "old.sqlite3")
    assert untouched.version == "0001", "the backup itself stays as it was"


def test_what_is_old_is_held_and_what_is_young_says_that_it_may_be_a_repeat(
    office: Office, file: Path, tmp_path: Path
) -> None:
    then = office.now
    now = then + timedelta(days=7)
    queue(office, "old", then)
    queue(office, "old-claimed", then, "claimed", lease_until=then)
    queue(office, "old-sending", then, "sending")
    queue(office, "old-sent", then, "sent", sent_at=then)
    queue(office, "young", now - timedelta(hours=3))
    queue(office, "young-sending", now - timedelta(hours=3), "sending")
    queue(office, "later", then, due_at=now + timedelta(hours=12))
    copy = tmp_path / "copy.sqlite3"
    backup.save(file, copy)
    done = back(copy, file, now)
    assert (done.held.held, done.held.again) == (3, 2)
    assert states(office) == {
        "old": ("held", False), "old-claimed": ("held", False), "old-sending": ("held", False),
        "old-sent": ("sent", False), "young": ("queued", True), "young-sending": ("queued", True),
        "later": ("queued", False),
    }  # fmt: skip
    with office.ledger.writing() as session:
        going = {row.key for row in outbox.claim(session, now=now, limit=50)}
        assert going == {"young", "young-sending", f"held:5:{now:%Y%m%dT%H%M%S}"}
    with office.ledger.reading() as session:
        rows = summary.queue(session, view=View(today=now.date()))
    (entry,) = [row for row in rows if row["kind"] == "held-messages"]
    assert entry["messages"] == 3
    assert entry["since"] == then.isoformat()


def test_the_coordinator_is_told_and_releases_or_drops_in_chat(
    office: Office, file: Path, tmp_path: Path
) -> None:
    queue(office, "old", office.now)
    copy = tmp_path / "copy.sqlite3"
    backup.save(file, copy)
    office.now += timedelta(days=7)
    back(copy, file, office.now)
    (told,) = office.sent("held:")
    assert "备份恢复" in told.html
    assert "1 条" in told.html
    assert [one.data for row in told.buttons for one in row] == ["release:0", "dropheld:0"]
    (said,) = office.says("du", "/queue")
    assert "1 条旧消息待放行" in said
    assert {"release:0", "dropheld:0"} <= {data for _, data in office.last_buttons()}
    with pytest.raises(Denied):
        office.presses("jia", "release:0")
    assert states(office)["old"] == ("held", False)
    assert "已放行，共 1 条" in office.presses("du", "release:0")[0]
    assert states(office)["old"] == ("queued", True)
    assert "没有待放行" in office.presses("du", "dropheld:0")[0]


def test_released_digests_of_a_week_are_one_a_person(office: Office, file: Path, tmp_path: Path) -> None:
    with office.ledger.reading() as session:
        ids = list(session.scalars(select(TaskRow.id).order_by(TaskRow.id)))
    mine = [task for task in ids if office.task(task).unit_id == 1]
    for day in range(5):
        office.outgoing("digest", "jia", [(mine[day % len(mine)], "before")])
    office.outgoing("copy", "boss", [(mine[0], "late")])
    office.outgoing("assignment", "yi", [(ids[1], "new")])
    queue(office, "said", office.now)
    copy = tmp_path / "copy.sqlite3"
    backup.save(file, copy)
    office.now += timedelta(days=7)
    assert back(copy, file, office.now).held.held == 8
    with office.ledger.writing() as session:
        assert held.release(session, now=office.now, actor="cli") == 4
    rows = [row for row in office.rows(OutboxRow) if not row.key.startswith("held:")]
    assert Counter(row.state for row in rows) == {"queued": 4, "dropped": 4}
    (digest,) = [row for row in rows if row.kind == "digest" and row.state == "queued"]
    assert sorted(task[0] for task in digest.facts["tasks"]) == mine
    assert all(row.again for row in rows if row.state == "queued")
    assert digest.key.endswith("5"), "the newest carries them"


def test_dropped_ones_never_go(office: Office, file: Path, tmp_path: Path) -> None:
    queue(office, "old", office.now)
    copy = tmp_path / "copy.sqlite3"
    backup.save(file, copy)
    office.now += timedelta(days=7)
    back(copy, file, office.now)
    with office.ledger.writing() as session:
        assert held.drop(session, now=office.now, actor="cli") == 1
        assert held.count(session) == 0
        assert held.since(session) is None
    assert states(office)["old"] == ("dropped", False)


def test_only_a_coordinator_s_word_moves_what_is_held() -> None:
    assert MOVES[Sending.HELD] == {Sending.QUEUED, Sending.DROPPED}
    assert {state for state, to in MOVES.items() if Sending.HELD in to} == {
        Sending.QUEUED, Sending.CLAIMED, Sending.SENDING,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("at", "digest"),
    [
        ("2026-06-30T10:00", None),
        ("2026-06-30T08:30", "2026-06-30T09:00"),
        ("2026-06-30T21:00", "2026-07-01T09:00"),
        ("2026-07-04T11:00", "2026-07-06T09:00"),  # a Saturday
    ],
)
def test_what_was_said_since_is_said_again_as_one_digest_at_the_most(
    office: Office, file: Path, tmp_path: Path, at: str, digest: str | None
) -> None:
    """Three weeks of reminders were said after the backup; all their moments are past when it is restored."""
    copy = tmp_path / "copy.sqlite3"
    backup.save(file, copy)
    clock = StepClock(local(at))
    back(copy, file, clock.now(), local(digest) if digest else None)
    ends = clock.now() + timedelta(hours=72 if digest else 12)
    while clock.now() < ends:
        with office.ledger.writing() as session:
            planning.tick(session, now=clock.now(), zone=ZONE, policy=Settings().policy, calendar=CALENDAR)
        if digest and clock.now() >= local(digest) + timedelta(hours=3):
            break
        clock.jump(clock.now() + timedelta(minutes=15))
    rows = [row for row in office.rows(OutboxRow) if row.person_id is not None and row.kind != "restored"]
    per_person = Counter(row.person_id for row in rows if row.kind != "copy")
    assert per_person == {1: 1, 2: 1, 3: 1}, [(row.key, row.kind, row.due_at) for row in rows]
