"""What the picture prints: the promised keys with --json, the text's own characters with --source."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from click.testing import CliRunner

from duban.ledger import meta
from duban.ledger.database import Ledger
from duban.ledger.tables import DeadlineRow, ItemRow, OutboxRow, TaskRow
from duban_cli.main import cli
from office import Office, local, populate

REPORT = {"at", "by", "status", "percent", "text"}
TASK = {"unit", "role", "due", "ask_by", "state", "percent", "light", "reports"}


@pytest.fixture
def office(ledger: Ledger) -> Office:
    office = Office(ledger)
    populate(office)
    office.says("jia", "第1项推进中，约60%")
    office.says("yi", "第1项有困难：资金未到位")
    with ledger.writing() as session:
        for item, source in (
            (session.get_one(ItemRow, 1), "requirement"),
            (session.get_one(ItemRow, 2), "column"),
        ):
            session.add(
                DeadlineRow(item_id=item.id, kind="fixed", text="第1件事" if item.id == 1 else "6月底前",
                            span_start=1, span_end=5, source=source, rule="end-of-month")
            )  # fmt: skip
    office.now = local("2026-07-02T10:00")
    return office


def duban(office: Office, *words: str) -> str:
    """What a command prints at the office's moment."""
    with office.ledger.writing() as session:
        meta.claim_clock(session, "virtual")
        meta.remember_clock(session, office.now)
    env = {"DUBAN_DATABASE__URL": str(office.ledger.url)}
    done = CliRunner().invoke(cli, ["--config", os.devnull, *words], env=env, catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done.output


@pytest.mark.parametrize("command", [("overdue",), ("unit", "甲局"), ("due", "--days", "0")])
def test_lists_of_tasks(office: Office, command: tuple[str, ...]) -> None:
    if command[0] == "due":
        office.now = local("2026-06-30T10:00")
    rows: list[dict[str, Any]] = json.loads(duban(office, *command, "--json"))
    assert rows
    assert all(set(row) == TASK | {"item"} for row in rows)
    assert all(set(one) == REPORT for row in rows for one in row["reports"])
    assert [row["percent"] for row in rows if (row["item"], row["unit"]) == (1, "甲局")] == [60]


def test_an_item_and_the_queue(office: Office) -> None:
    item = json.loads(duban(office, "item", "1", "--json"))
    assert set(item) == {"no", "requirement", "deadlines", "tasks"}
    assert {frozenset(task) for task in item["tasks"]} == {frozenset(TASK)}
    assert {report["text"] for task in item["tasks"] for report in task["reports"]} >= {"第1项推进中，约60%"}
    queue = json.loads(duban(office, "queue", "--json"))
    assert [(set(row), row["kind"]) for row in queue] == [
        ({"kind", "item", "unit", "since", "text"}, "blocked")
    ]


@pytest.mark.parametrize(
    ("no", "shown"),
    [("1", "把【第1件事】办好，形成"), ("1", "要求第 2—5 字"), ("2", "时限栏第 2—5 字")],
)
def test_the_characters_that_a_deadline_came_from(office: Office, no: str, shown: str) -> None:
    assert shown in duban(office, "item", no, "--source")
    assert shown not in duban(office, "item", no)


def test_who_has_not_signed_is_listed(office: Office) -> None:
    with office.ledger.writing() as session:
        for task in session.query(TaskRow):
            task.announced_at = local("2026-06-11T09:00")
    assert "交办未签收 丙镇 2026-06-11 1 个任务" in duban(office, "queue")


@pytest.mark.parametrize(
    ("option", "said", "becomes"),
    [("--resend", "再发一次", ("queued", True)), ("--let-be", "不再发", ("dropped", True))],
)
def test_a_message_in_doubt_is_decided(
    office: Office, option: str, said: str, becomes: tuple[str, bool]
) -> None:
    with office.ledger.writing() as session:
        row = OutboxRow(
            key="a", kind="text", facts={"html": "好", "buttons": []}, state="unknown", again=True,
            due_at=office.now, created_at=office.now, person_id=1,
        )  # fmt: skip
        session.add(row)
        session.flush()
        number = row.id
    assert f"duban queue {option} {number}" in duban(office, "queue")
    assert said in duban(office, "queue", option, str(number))
    with office.ledger.reading() as session:
        found = session.get_one(OutboxRow, number)
        assert (found.state, found.again) == becomes
    assert "发送存疑" not in duban(office, "queue")
