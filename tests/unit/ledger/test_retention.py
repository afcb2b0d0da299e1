"""What is put away after how long, and what stays: each rule of the table, at its day and the day before."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from duban.ledger import backup, inbox, local_chat, outbox, people, retention
from duban.ledger.database import Ledger
from duban.ledger.retention import RULES
from duban.ledger.tables import (
    AuditRow,
    DocumentRow,
    InboxRow,
    LocalMessageRow,
    LocalUserRow,
    OutboxRow,
    PersonRow,
    PlanRow,
    PostRow,
)
from duban.settings import Retention
from duban_bot import messages
from office import Office, local, populate

KEPT = Retention()
SAID = "第1项推进中，约60%，暗号苹果树"


@pytest.fixture
def office(ledger: Ledger) -> Office:
    """A day of talk: each table that a rule looks at has a row."""
    office = Office(ledger)
    populate(office)
    with ledger.writing() as session:
        inbox.take(
            session,
            "local",
            [("1", {"user": "jia", "name": "甲某", "kind": "text", "text": SAID})],
            now=office.now,
        )
        inbox.take(
            session,
            "local",
            [("2", {"user": "yi", "name": "乙某", "kind": "text", "text": "好"})],
            now=office.now,
        )
        session.execute(update(InboxRow).values(state="done"))
        jia = people.person_of(session, "local", "jia")
        outbox.say(session, key="re:1:0", html="收到，暗号苹果树", now=office.now, person=jia)
        outbox.say(session, key="re:9:0", html="您好", now=office.now, transport="local", chat="somebody")
        session.execute(update(OutboxRow).values(state="sent", text="收到，暗号苹果树"))
        for chat, body in (("chat-jia", b"x"), ("chat-yi", None)):
            local_chat.write(session, chat=chat, side="user", html=SAID, at=office.now, file_body=body)
        session.add(LocalUserRow(id="jia", secret_hash="h", created_at=office.now))
        over = PlanRow(title="往年方案", state="closed", imported_at=office.now)
        session.add(over)
        session.flush()
        for plan in (1, over.id):
            session.add(
                DocumentRow(
                    plan_id=plan, name="a.txt", sha256=str(plan), body=b"body", at=office.now, by="cli"
                )
            )
        assert jia is not None
        people.leave(session, jia, now=office.now, actor="cli")
    office.says("yi", "第1项推进中，约60%")
    return office


def sweep(office: Office, days: float, kept: Retention = KEPT) -> dict[str, int]:
    """Everything that is over its time so many days later; how many rows a rule."""
    now, swept = office.now + timedelta(days=days), {}
    with office.ledger.writing() as session:
        expected = dict(retention.over(session, now=now, kept=kept))
        while (batch := retention.find(session, now=now, kept=kept)) is not None:
            retention.put_away(session, *batch, now=now)
            swept[batch[0].name] = swept.get(batch[0].name, 0) + len(batch[1])
        assert retention.over(session, now=now, kept=kept) == {}
    assert swept == expected, "the doctor counts what housekeeping sweeps"
    return swept


@pytest.mark.parametrize(
    ("kept", "swept"),
    [
        (Retention(messages_days=30, uploads_days=0, people_days=0), {"outbox": 2, "inbox": 2, "local": 2}),
        (Retention(messages_days=0, uploads_days=30, people_days=0), {"files": 1, "documents": 1}),
        (Retention(messages_days=0, uploads_days=0, people_days=30), {"people": 1}),
        (Retention(messages_days=0, uploads_days=0, people_days=0), {}),
    ],
)
def test_each_rule_at_its_day(office: Office, kept: Retention, swept: dict[str, int]) -> None:
    assert sweep(office, 29.9, kept) == {}
    assert sweep(office, 30.1, kept) == swept
    assert sweep(office, 30.1, kept) == {}


def test_the_defaults(office: Office) -> None:
    assert sweep(office, 89) == {}
    assert sweep(office, 91) == {"people": 1}
    assert sweep(office, 399) == {}
    assert set(sweep(office, 401)) == {"outbox", "inbox", "local", "documents"}


def test_bodies_go_and_rows_stay(office: Office) -> None:
    sweep(office, 401)
    sent = [row for row in office.rows(OutboxRow) if row.state == "sent"]
    assert {row.key for row in sent} == {"re:1:0", "re:9:0"}, "a decision that was taken is known for ever"
    assert all(row.text is None and row.facts == {} for row in sent)
    assert all(row.chat is None for row in sent), "a stranger's address goes with what they were told"
    assert [row.update_key for row in office.rows(InboxRow)] == ["1", "2"]
    assert all(row.body == {} for row in office.rows(InboxRow))
    with office.ledger.reading() as session:
        assert messages.pages(session, sent[0], office.world()) == [], "an old button finds nothing"
        assert inbox.last_key(session, "local") == 2


def test_what_still_has_to_be_done_stays(office: Office) -> None:
    with office.ledger.writing() as session:
        outbox.say(
            session, key="waits", html="等着", now=office.now, person=None, chat="x", transport="local"
        )
        session.execute(update(OutboxRow).where(OutboxRow.key == "re:1:0").values(state="held"))
        session.execute(update(InboxRow).where(InboxRow.update_key == "1").values(state="new"))
    sweep(office, 401, Retention(people_days=0))
    kept = {row.key for row in office.rows(OutboxRow) if row.facts}
    assert {"waits", "re:1:0"} <= kept
    assert [row.update_key for row in office.rows(InboxRow) if row.body] == ["1"]


def test_a_document_of_an_active_plan_stays(office: Office) -> None:
    sweep(office, 5000)
    assert {row.plan_id: row.body for row in office.rows(DocumentRow)} == {1: b"body", 2: b""}


def test_who_left_is_their_post_in_the_history(office: Office) -> None:
    sweep(office, 91)
    jia = next(row for row in office.rows(PersonRow) if row.id == 1)
    assert (jia.name, jia.chat_user, jia.chat) == ("甲局联络员", "gone:1", "")
    assert [row.unit_id for row in office.rows(PostRow) if row.person_id == 1] == [1]
    assert office.rows(LocalUserRow) == []
    assert [row.chat for row in office.rows(LocalMessageRow)] == ["chat-yi"]
    assert [row.update_key for row in office.rows(InboxRow) if row.body] == ["2"], "nobody else's words"
    everything = "".join(
        str(vars(row))
        for table in (PersonRow, OutboxRow, InboxRow, LocalMessageRow)
        for row in office.rows(table)
    )
    for trace in ("姓名jia", "甲某", "苹果树收", "'jia'"):
        assert trace not in everything


def test_who_left_and_comes_back_later_is_somebody_new(office: Office) -> None:
    sweep(office, 91)
    with office.ledger.writing() as session:
        invited = people.invite(session, post=people.COORDINATOR, name="甲某", now=office.now, actor="cli")
        people.bind(
            session,
            token=invited.token,
            transport="local",
            chat_user="jia",
            chat="c",
            name="",
            now=office.now,
        )
    assert [row.id for row in office.rows(PersonRow) if row.chat_user == "jia"] == [6]


def test_a_telegram_person_s_updates_are_emptied_and_no_longer_number_s(office: Office) -> None:
    with office.ledger.writing() as session:
        for key, user in ((10, 123), (11, 1234)):
            body = {"update_id": key, "message": {"from": {"id": user, "first_name": "某"}, "text": "好"}}
            inbox.take(session, "telegram", [(str(key), body)], now=office.now)
        session.execute(update(InboxRow).values(state="done"))
        person = PersonRow(
            name="某",
            transport="telegram",
            chat_user="123",
            chat="123",
            bound_at=office.now,
            left_at=office.now,
        )
        session.add(person)
    sweep(office, 91)
    assert [row.update_key for row in office.rows(InboxRow) if row.body] == ["2", "11"]
    assert office.rows(PersonRow)[-1].name == "督办员"


def test_the_audit_alone_stays(office: Office) -> None:
    before = len(office.rows(AuditRow))
    sweep(office, 100_000, dataclasses.replace(KEPT, messages_days=1))
    rows = office.rows(AuditRow)
    assert len(rows) > before
    assert {row.object for row in rows[before:]} <= {rule.name for rule in RULES}


def test_in_small_batches(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    with office.ledger.writing() as session:
        for n in range(10):
            local_chat.write(session, chat="c", side="bot", html=str(n), at=office.now)
        found = retention.find(session, now=office.now + timedelta(days=401), kept=KEPT)
    assert found is not None
    assert len(found[1]) <= 3
    assert sweep(office, 401)["local"] == 12


def test_each_setting_has_its_rule() -> None:
    assert {rule.days for rule in RULES} | {"copies_days"} == {
        one.name for one in dataclasses.fields(Retention)
    }
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_copies_that_are_spare(sqlite_ledger: Ledger, tmp_path: Path) -> None:
    assert sqlite_ledger.path is not None
    now = local("2026-06-10T10:00")
    names = ("duban.sqlite3.before-upgrade-from-0001", "duban.before-restore-20260101-000000.sqlite3", "mine")
    for name in names:
        (tmp_path / name).touch()
    backup.rotated(sqlite_ledger.path, tmp_path, keep=2, now=now)
    assert backup.spare(sqlite_ledger.path, before=local("2020-01-01T00:00")) == []
    late = local("2100-01-01T00:00")
    assert {one.name for one in backup.spare(sqlite_ledger.path, before=late)} == set(names[:2])
