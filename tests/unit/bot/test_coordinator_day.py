"""A coordinator's day: the picture, the decisions, and who is told of them when."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from duban.errors import DubanError
from duban.ledger import summary
from duban.ledger.database import Ledger
from duban.ledger.tables import InviteRow, OutboxRow, PersonRow, QuestionRow, TaskRow
from duban.settings import Policy
from office import CALENDAR, ZONE, Office, local, populate

Tasks = dict[str, int]


@pytest.fixture
def office(ledger: Ledger) -> Office:
    return Office(ledger)


@pytest.fixture
def tasks(office: Office) -> Tasks:
    return populate(office)


@pytest.mark.parametrize(
    ("said", "shows"),
    [
        ("/summary", "甲局：已反馈或办结 0/3"), ("汇总", "甲局：已反馈或办结 0/3"),
        ("/overdue", "没有逾期"), ("逾期", "没有逾期"),
        ("/due 30", "第1项"), ("/item 3", "丙镇"), ("事项3", "丙镇"), ("第３项", "丙镇"),
        ("/item 三", "丙镇"),
        ("/unit 丙镇", "第3项"), ("单位 丙镇", "第3项"), ("/queue", "没有等您决定"), ("待办", "没有等您决定"),
        ("/plans", "测试方案"), ("方案", "测试方案"), ("/help", "督办员"), ("/mine", "督办员"),
        ("/SUMMARY@some_bot", "甲局：已反馈或办结 0/3"), ("／汇总", "甲局：已反馈或办结 0/3"),
    ],
)  # fmt: skip
def test_the_picture(office: Office, tasks: Tasks, said: str, shows: str) -> None:
    assert any(shows in one for one in office.says("du", said))


def test_what_is_late_has_one_row_an_item(office: Office, tasks: Tasks) -> None:
    office.now = local("2026-07-02T10:00")
    (text,) = office.says("du", "/overdue")
    assert text.count("<b>第1项</b>") == 1
    assert "0/2 已反馈" in text
    assert "甲局" in text


def test_returned_with_a_reason_in_the_allowed_hours(office: Office, tasks: Tasks) -> None:
    office.says("jia", "第1项已完成")
    office.now = local("2026-06-12T21:00")  # a Friday night
    office.presses("du", f"return:{tasks['1:甲局']}")
    office.says("du", "缺少验收材料")
    assert office.task(tasks["1:甲局"]).state == "in_progress"
    (told,) = [row for row in office.rows(OutboxRow) if row.key.startswith("verdict:")]
    assert told.due_at == local("2026-06-15T08:00")
    assert "缺少验收材料" in told.facts["html"]


def test_struck_off_item_by_item(office: Office, tasks: Tasks) -> None:
    office.says("jia", "第1项已完成")
    office.says("yi", "第1项已完成")
    (queue,) = office.says("du", "/queue")
    assert queue.count("第1项</b>") == 1
    assert "等 2 个单位" in queue
    data = [data for _, data in office.last_buttons() if data.startswith("closeitem")]
    office.presses("du", data[0])
    assert {office.task(tasks[key]).state for key in ("1:甲局", "1:乙局")} == {"closed"}


@pytest.mark.parametrize(
    ("command", "state"),
    [("/verify 1 销号", "closed"), ("核查 1 销号", "closed"), ("/verify 1 退回 缺材料", "in_progress"),
     ("/verify 1 甲局 销号", "closed"), ("/verify 1", "reported_done"), ("/verify 1 退回", "reported_done")],
)  # fmt: skip
def test_verify_by_words(office: Office, tasks: Tasks, command: str, state: str) -> None:
    office.says("jia", "第1项已完成")
    office.says("du", command)
    assert office.task(tasks["1:甲局"]).state == state


@pytest.mark.parametrize(("verb", "due"), [("grant", "2026-07-31"), ("refuse", "2026-06-30")])
def test_an_extension_is_decided_and_told(office: Office, tasks: Tasks, verb: str, due: str) -> None:
    office.says("jia", "第1项申请延期到7月31日，招标流标")
    office.says("du", "/queue")
    (data,) = [data for _, data in office.last_buttons() if data.startswith(verb)]
    office.presses("du", data)
    task = office.task(tasks["1:甲局"])
    assert (task.due.isoformat(), task.original_due.isoformat()) == (due, "2026-06-30")
    assert office.sent("extension:")
    with pytest.raises(DubanError):
        office.presses("du", data)


def test_a_question_is_kept_until_settled(office: Office, tasks: Tasks) -> None:
    office.says("jia", "食堂今天吃什么")
    office.says("du", "/queue")
    (data,) = [data for _, data in office.last_buttons()]
    office.presses("du", data)
    assert all(row.settled_at for row in office.rows(QuestionRow))


def test_remind_once_in_the_interval(office: Office, tasks: Tasks) -> None:
    office.says("du", "/remind 3 丙镇")
    (again,) = office.says("du", "催办 3 丙镇")
    assert "已催办过" in again
    assert len([row for row in office.rows(OutboxRow) if row.kind == "reminder"]) == 1
    (reminder,) = office.sent("remind:")
    assert "第3项" in reminder.html


@pytest.mark.parametrize(
    ("command", "posts"),
    [("/invite 丙镇", ["contact"]), ("邀请 丙镇 领导", ["leader"]), ("/invite 督办员 王某", ["coordinator"])],
)
def test_an_invite_binds_once_and_its_token_is_nowhere_in_the_ledger(
    office: Office, tasks: Tasks, command: str, posts: list[str]
) -> None:
    (html,) = office.says("du", command)
    (token,) = re.findall(r"start=(\S+)", html)
    assert [row.post for row in office.rows(InviteRow)] == posts
    assert all(
        token not in str(row.facts) and token not in (row.text or "") for row in office.rows(OutboxRow)
    )
    assert "您好" in office.says("new", f"/start {token}")[0]
    with pytest.raises(DubanError):
        office.says("other", f"/start {token}")


@pytest.mark.parametrize(
    ("command", "field", "value"),
    [
        ("/deadline 1 6月20日", "ask_by", "2026-06-20"),
        ("/extend 1 7月20日", "due", "2026-07-20"),
        ("/extend 1 延期到7月20日。", "due", "2026-07-20"),
        ("/extend 1 7月20日前 甲局", "due", "2026-07-20"),
    ],
)
def test_dates_by_command(office: Office, tasks: Tasks, command: str, field: str, value: str) -> None:
    office.says("du", command)
    assert getattr(office.task(tasks["1:甲局"]), field).isoformat() == value


def test_what_has_no_date_is_given_one(office: Office, tasks: Tasks) -> None:
    (html,) = office.says("du", "/deadline 2 8月20日")
    assert "时限定为" in html
    made = [row for row in office.rows(TaskRow) if row.item_id == 2 and row.kind == "dated"]
    assert [(row.kind, row.due.isoformat()) for row in made] == [("dated", "2026-08-20")]


@pytest.mark.parametrize(("said", "told"), [("/extend 1 7月20日", "7月20日"), ("/deadline 1 6月20日", None)])
def test_a_date_that_is_moved_is_told_an_inner_one_is_not(
    office: Office, tasks: Tasks, said: str, told: str | None
) -> None:
    office.now = local("2026-06-12T21:00")  # a Friday night
    office.says("du", said)
    rows = [row for row in office.rows(OutboxRow) if row.key.startswith("due:")]
    assert len(rows) == (2 if told else 0)
    assert all(row.due_at == local("2026-06-15T08:00") and str(told) in row.facts["html"] for row in rows)


def test_work_is_given_to_another_unit(office: Office, tasks: Tasks) -> None:
    office.says("jia", "第1项不归我们单位负责")
    office.says("du", "/assign 1 甲局 丙镇")
    assert office.task(tasks["1:甲局"]).state == "cancelled"
    assert any(row.item_id == office.task(tasks["1:甲局"]).item_id and row.unit_id == 3
               for row in office.rows(TaskRow))  # fmt: skip


@pytest.mark.parametrize(
    "command",
    ["/item", "/item abc", "/item 99", "/unit", "/unit 无此局", "/invite", "/verify 1", "/deadline 1",
     "/deadline 1 某日", "/assign 1", "/text 1", "/activate 99", "/activate", "/event 1", "/nonsense"],
)  # fmt: skip
def test_what_cannot_be_is_one_sentence_and_leaves_nothing(
    office: Office, tasks: Tasks, command: str
) -> None:
    before = len(office.rows(OutboxRow))
    with pytest.raises(DubanError) as caught:
        office.says("du", command)
    assert "{" not in str(caught.value)
    assert len(office.rows(OutboxRow)) == before


def test_a_stranger_gets_one_line_a_day(office: Office, tasks: Tasks) -> None:
    for said in ("hello", "/summary", "/start", "第1项已完成"):
        office.says("who", said)
    office.presses("who", "done:1")
    office.sends("who", b"x")
    assert len(office.sent("stranger:")) == 1
    assert not [row for row in office.rows(PersonRow) if row.chat_user == "who"]
    office.now = local("2026-06-11T10:00")
    office.says("who", "hello")
    assert len(office.sent("stranger:")) == 2


def test_long_lists_go_on_behind_a_button(ledger: Ledger) -> None:
    office = Office(ledger)
    populate(office, items=120)
    (first,) = office.says("du", "/due 30")
    pages = [first]
    while more := [data for label, data in office.last_buttons() if data.startswith("more:")]:
        pages += office.presses("du", more[0])
    assert len(pages) > 2
    assert all(len(page) <= 4096 for page in pages)
    numbers = {int(no) for page in pages for no in re.findall(r"第(\d+)项", page)}
    assert numbers == set(range(1, 121))


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2026-06-15T23:00", None),  # told on Wednesday the 10th: the third working day is Monday
        ("2026-06-16T08:00", ["甲局", "丙镇"]),
    ],
)
def test_who_has_not_signed_for_three_working_days_is_shown(
    office: Office, tasks: Tasks, moment: str, shown: list[str] | None
) -> None:
    with office.ledger.writing() as session:
        for task in session.query(TaskRow):
            task.announced_at = task.created_at + timedelta(hours=1)
    office.says("yi", "收到")
    office.now = local(moment)
    (queue,) = office.says("du", "/queue")
    assert ("没有签收：甲局、丙镇" in queue) is bool(shown)
    with office.ledger.reading() as session:
        rows = summary.queue(session, view=summary.View.at(office.now, ZONE, Policy(), CALENDAR))
    assert [row["unit"] for row in rows if row["kind"] == "unsigned"] == (shown or [])


@pytest.mark.parametrize("command", ["/remind 1 丁局", "/verify 1 丁局", "/verify 1 丁局 销号", "/unit 丁局",
                                     "/invite 丁局", "/assign 1 甲局 丁局", "/extend 1 7月20日 丁局",
                                     "/deadline 1 丁局 6月20日"])  # fmt: skip
def test_a_unit_that_nobody_knows_is_answered_with_guesses_and_nothing_is_done(
    office: Office, tasks: Tasks, command: str
) -> None:
    office.says("jia", "第1项已完成")
    with pytest.raises(DubanError, match=r"没有单位“丁局”，是不是.局、.局"):
        office.says("du", command)
    assert office.task(tasks["1:甲局"]).state == "reported_done"
    assert not [row for row in office.rows(OutboxRow) if row.kind == "reminder"]


def test_a_unit_in_the_reason_is_part_of_the_reason(office: Office, tasks: Tasks) -> None:
    office.says("jia", "第1项已完成")
    office.says("du", "/verify 1 退回 乙局 的意见没有附")
    assert office.task(tasks["1:甲局"]).state == "in_progress"
    assert any(
        "乙局 的意见没有附" in row.facts["html"]
        for row in office.rows(OutboxRow)
        if row.key.startswith("verdict:")
    )


@pytest.mark.parametrize("no", [1, 2])  # work with a date; a report, which is settled by itself
def test_a_difficulty_waits_until_it_is_dealt_with(office: Office, tasks: Tasks, no: int) -> None:
    office.says("yi", f"第{no}项有困难：资金未到位")
    (queue,) = office.says("du", "/queue")
    assert "有困难" in queue
    (data,) = [data for _, data in office.last_buttons() if data.startswith("resolve")]
    office.presses("du", data)
    assert "没有等您决定" in office.says("du", "/queue")[0]
    (told,) = [row for row in office.rows(OutboxRow) if row.key.startswith("resolved:")]
    assert "已协调处理" in told.facts["html"]
    with pytest.raises(DubanError, match="没有待处理的困难"):
        office.presses("du", data)
