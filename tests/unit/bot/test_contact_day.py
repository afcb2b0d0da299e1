"""A contact's day: what they say and press, what is kept of it, and what they are told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from duban.access import Denied
from duban.errors import DubanError
from duban.ledger.database import Ledger
from duban.ledger.reports import AlreadyUndone, TaskSettled
from duban.ledger.tables import AnswerRow, ExtensionRow, QuestionRow, ReportRow, TaskRow
from duban_bot.conversation.answers import NotLater, TooLong
from duban_bot.conversation.presses import NothingThere
from duban_bot.conversation.router import BadButton
from office import Office, local, populate

Tasks = dict[str, int]


@pytest.fixture
def office(ledger: Ledger) -> Office:
    return Office(ledger)


@pytest.fixture
def tasks(office: Office) -> Tasks:
    return populate(office)


@pytest.mark.parametrize(
    ("words", "which", "becomes"),
    [
        ("第1项已完成", "1:甲局", ("reported_done", 100)),
        ("第1项推进中，约60%", "1:甲局", ("in_progress", 60)),
        ("第2项推进中，约60%", "2:甲局", ("reported", 60)),
        ("1、2项推进中，约60%", "1:甲局", ("in_progress", 60)),
        ("全部按计划推进", "3:甲局", ("reported", None)),
    ],
)  # fmt: skip
def test_words_move_tasks_and_are_read_back(
    office: Office, tasks: Tasks, words: str, which: str, becomes: tuple[str, int | None]
) -> None:
    (receipt,) = office.says("jia", words)
    task = office.task(tasks[which])
    assert (task.state, task.percent) == becomes
    assert f"第{which[0]}项" in receipt
    assert [data.split(":")[0] for _, data in office.last_buttons()] == ["undo"]


def test_an_answer_is_taken_back_once(office: Office, tasks: Tasks) -> None:
    office.says("jia", "第1项已完成")
    ((_, undo),) = office.last_buttons()
    office.presses("jia", undo)
    assert office.task(tasks["1:甲局"]).state == "open"
    with pytest.raises(AlreadyUndone):
        office.presses("jia", undo)


@pytest.mark.parametrize("verb", ["recv", "done", "going", "stuck", "extend", "later", "pick"])
def test_a_button_of_a_closed_task_changes_nothing(office: Office, tasks: Tasks, verb: str) -> None:
    with office.ledger.writing() as session:
        session.get_one(TaskRow, tasks["1:甲局"]).state = "closed"
    if verb == "pick":
        (card,) = office.presses("jia", f"pick:{tasks['1:甲局']}")
        assert "已销号" in card
        assert not office.last_buttons()
    else:
        with pytest.raises(TaskSettled):
            office.presses("jia", f"{verb}:{tasks['1:甲局']}")
    assert office.task(tasks["1:甲局"]).state == "closed"
    assert not office.rows(AnswerRow)


def test_difficulty_asks_for_its_reason(office: Office, tasks: Tasks) -> None:
    office.presses("jia", f"stuck:{tasks['1:甲局']}")
    (receipt,) = office.says("jia", "资金还没有到位")
    assert office.task(tasks["1:甲局"]).blocked
    assert "资金还没有到位" in receipt


@pytest.mark.parametrize(
    "lines", [("延到7月31日，招标流标",), ("7月31日", "招标流标")], ids=["at once", "one by one"]
)
def test_an_extension_asks_for_date_and_reason(office: Office, tasks: Tasks, lines: tuple[str, ...]) -> None:
    office.presses("jia", f"extend:{tasks['1:甲局']}")
    for line in lines:
        office.says("jia", line)
    (asked,) = office.rows(ExtensionRow)
    assert (asked.asked.isoformat(), "招标流标" in asked.reason) == ("2026-07-31", True)
    assert office.task(tasks["1:甲局"]).extension_requested


def test_an_extension_to_an_earlier_day_is_refused_and_may_be_called_off(
    office: Office, tasks: Tasks
) -> None:
    office.presses("jia", f"extend:{tasks['1:甲局']}")
    with pytest.raises(NotLater):
        office.says("jia", "6月20日，来不及")
    office.says("jia", "取消")
    office.says("jia", "资金没到位的事再说")
    assert not office.rows(ExtensionRow)


def test_words_about_another_item_end_a_question(office: Office, tasks: Tasks) -> None:
    office.presses("jia", f"stuck:{tasks['1:甲局']}")
    office.says("jia", "第2项已完成")
    assert not office.task(tasks["1:甲局"]).blocked
    assert office.task(tasks["2:甲局"]).state == "reported"


def test_a_question_is_forgotten_after_a_day(office: Office, tasks: Tasks) -> None:
    office.presses("jia", f"stuck:{tasks['1:甲局']}")
    office.now += timedelta(days=2)
    office.says("jia", "第1项推进中")
    assert not office.task(tasks["1:甲局"]).blocked


def test_words_without_an_item_are_asked_back_and_kept(office: Office, tasks: Tasks) -> None:
    (question,) = office.says("jia", "已完成")
    assert "哪一项" in question
    assert not office.rows(ReportRow)
    (kept,) = office.rows(QuestionRow)
    assert (kept.text, kept.settled_at) == ("已完成", None)
    office.presses("jia", f"pick:{tasks['1:甲局']}")
    assert office.task(tasks["1:甲局"]).state == "reported_done"
    (kept,) = office.rows(QuestionRow)
    assert kept.settled_at is not None


def test_a_number_answers_which_item(office: Office, tasks: Tasks) -> None:
    office.says("jia", "已完成")
    office.says("jia", "1")
    assert office.task(tasks["1:甲局"]).state == "reported_done"


def test_what_is_not_understood_is_asked_back_and_kept(office: Office, tasks: Tasks) -> None:
    (answer,) = office.says("jia", "食堂今天吃什么")
    assert "没有" in answer or "转给督办员" in answer
    assert not office.rows(ReportRow)
    assert [one.text for one in office.rows(QuestionRow)] == ["食堂今天吃什么"]


@pytest.mark.parametrize(
    ("words", "error"),
    [("第99项已完成", "没有第 99 项"), ("字" * 10_001, "10000")],
    ids=["not theirs", "too long"],
)
def test_a_clear_sentence_for_what_cannot_be(office: Office, tasks: Tasks, words: str, error: str) -> None:
    with pytest.raises(DubanError) as caught:
        office.says("jia", words)
    assert error in str(caught.value)
    assert not office.rows(AnswerRow)


def test_ten_thousand_characters_are_read_and_answered_short(office: Office, tasks: Tasks) -> None:
    answers = office.says("jia", "第1项有困难：" + "资金未到位，" * 1665)
    assert answers
    assert all(len(one) < 4096 for one in answers)
    with pytest.raises(TooLong):
        office.says("jia", "第1项有困难：" + "难" * 10_000)


def test_markup_in_a_reply_stays_text(office: Office, tasks: Tasks) -> None:
    answers = office.says("jia", "第1项有困难：<b>钱</b><script>&")
    assert answers
    assert all("<script" not in one and "<b>钱" not in one for one in answers)


def test_one_tap_for_a_whole_period(office: Office, tasks: Tasks) -> None:
    row = office.outgoing("digest", "jia", [(tasks["2:甲局"], "report"), (tasks["3:甲局"], "report")])
    (receipt,) = office.presses("jia", f"course:{row}")
    assert {office.task(tasks[key]).state for key in ("2:甲局", "3:甲局")} == {"reported"}
    assert office.task(tasks["1:甲局"]).state == "open"
    with pytest.raises(NothingThere):
        office.presses("jia", f"course:{row}")
    assert "按计划" in receipt or "推进中" in receipt


def test_a_period_with_exceptions_in_one_sentence(ledger: Ledger) -> None:
    office = Office(ledger)
    tasks = populate(office, items=40)
    (receipt,) = office.says("jia", "除12、30项外都正常；12项有困难：资金未到位")
    states = {key: office.task(id_) for key, id_ in tasks.items() if "甲" in key}
    assert {key for key, task in states.items() if task.state == "open"} == {"30:甲局"}
    assert {key for key, task in states.items() if task.blocked} == {"12:甲局"}
    assert "没有说到：第30项" in receipt
    ((_, undo),) = office.last_buttons()
    office.presses("jia", undo)
    assert {office.task(task.id).state for task in states.values()} == {"open"}


def test_received_without_a_number_signs_for_everything(office: Office, tasks: Tasks) -> None:
    (said,) = office.says("jia", "收到")
    assert "已签收 3 项" in said
    assert {office.task(id_).state for key, id_ in tasks.items() if "甲" in key} == {"received"}


@pytest.mark.parametrize("words", ["你好", "谢谢！", "好的，辛苦了", "OK"])
def test_courtesy_is_answered_and_bothers_nobody(office: Office, tasks: Tasks, words: str) -> None:
    assert office.says("jia", words)
    assert not office.rows(QuestionRow)
    assert not office.rows(AnswerRow)


def test_signing_for_a_notice(office: Office, tasks: Tasks) -> None:
    row = office.outgoing("assignment", "jia", [(id_, "new") for key, id_ in tasks.items() if "甲" in key])
    office.presses("jia", f"ack:{row}")
    assert {office.task(id_).state for key, id_ in tasks.items() if "甲" in key} == {"received"}
    (again,) = office.presses("jia", f"ack:{row}")
    assert "签收过" in again
    with pytest.raises(Denied):
        office.presses("yi", f"ack:{row}")


def test_snooze_moves_the_reminder_not_the_deadline(office: Office, tasks: Tasks) -> None:
    before = office.task(tasks["1:甲局"]).due
    office.presses("jia", f"later:{tasks['1:甲局']}")
    task = office.task(tasks["1:甲局"])
    assert (task.due, task.next_at) == (before, local("2026-06-11T09:00"))


def test_a_second_contact_who_differs_is_told_and_so_is_the_first(office: Office, tasks: Tasks) -> None:
    with office.ledger.writing() as session:
        from duban.ledger import people

        token = people.invite(
            session, post="contact", name="甲局", now=office.now, actor="cli",
            unit=session.get_one(TaskRow, tasks["1:甲局"]).unit,
        ).token  # fmt: skip
    office.says("jia2", f"/start {token}")
    office.says("jia", "第1项推进中，约60%")
    (receipt,) = office.says("jia2", "第1项已完成")
    assert "60%" in receipt
    (told,) = office.sent("differs:")
    assert "已完成" in told.html
    assert "jia2" not in told.html + receipt
    assert office.task(tasks["1:甲局"]).state == "reported_done"


@pytest.mark.parametrize(
    "data", ["", "done", "done:", "done:x", "nothing:1", "done:1:2:3", "done:" + "9" * 40, "完:1"]
)
def test_a_forged_button_is_one_clear_sentence(office: Office, tasks: Tasks, data: str) -> None:
    with pytest.raises(BadButton):
        office.presses("jia", data)


def test_an_item_shows_the_leading_unit_the_states_of_the_others_alone(office: Office, tasks: Tasks) -> None:
    office.says("yi", "第1项有困难：资金未到位")
    (lead,) = office.says("jia", "/item 1")
    assert "乙局：推进中" in lead
    assert "资金未到位" not in lead
    (own,) = office.says("yi", "第1项")
    assert "资金未到位" in own
    assert "甲局 ·" not in own.replace("<b>", "").replace("</b>", "")


def test_a_plan_that_may_not_be_quoted_is_not(ledger: Ledger) -> None:
    office = Office(ledger)
    tasks = populate(office, quotable=False)
    said = [
        *office.says("jia", "/mine"), *office.says("jia", "/item 1"), *office.says("jia", "第1项已完成"),
        *office.says("du", "/queue"), *office.says("du", "/plans"), *office.says("du", "/summary"),
        *office.presses("jia", f"pick:{tasks['2:甲局']}"),
    ]  # fmt: skip
    assert all("办好" not in one and "测试方案" not in one for one in said)
    assert all("类工作" not in one for one in said)
