"""A document sent to the bot: read, its doubts decided one by one, imported on confirmation."""

from __future__ import annotations

import contextlib

import pytest

from duban.errors import DubanError
from duban.ledger.database import Ledger
from duban.ledger.tables import DraftRow, InboxRow, OutboxRow, PlanRow, TaskRow
from duban_bot.conversation.imports import DraftGone
from office import Office, populate

ROWS = (
    ("一、公开", "目录", "编制事项目录，12月31日前完成。", "甲局牵头，乙局负责"),
    ("", "", "每季度更新办事指南。", "丙镇"),
    ("二、服务", "窗口", "改进窗口服务，尽快见效。", "各镇（街）、新设局"),
)


def document(title: str = "某区2026年政务工作分工方案", mark: str = "") -> bytes:
    """A table flattened to indented lines, as offices send it."""
    lines = [title, "", "\t序号", "\t工作任务", "\t具体措施", "\t责任单位", ""]
    for no, cells in enumerate(ROWS, 1):
        lines += [f"\t{no}", *(f"\t{cell}" for cell in cells), ""]
    return "\n".join([*lines, mark]).encode()


@pytest.fixture
def office(ledger: Ledger) -> Office:
    made = Office(ledger)
    populate(made)
    return made


def drafts(office: Office) -> list[PlanRow]:
    return [plan for plan in office.rows(PlanRow) if plan.title != "测试方案"]


def press(office: Office, verb: str) -> list[str]:
    """Press the first button whose data ends so."""
    found = [data for _, data in office.last_buttons() if data.endswith(verb)]
    assert found, f"no button {verb}: {office.last_buttons()}"
    return office.presses("du", found[0])


def test_previewed_decided_imported_and_started(office: Office) -> None:
    (preview,) = office.sends("du", document())
    assert "读到 3 项" in preview
    assert not drafts(office)
    asked = press(office, ":next")
    while any(data.endswith(".0") for _, data in office.last_buttons()):
        assert "处，共" in asked[0]
        asked = press(office, ".0")
    assert "都已定好" in asked[0]
    (stored,) = press(office, ":go")
    (plan,) = drafts(office)
    assert (plan.state, len(office.rows(DraftRow))) == ("draft", 0)
    assert "已导入" in stored
    if "启动前还要先定下来" in stored:
        office.says("du", "/members 各镇（街） 丙镇")
    office.says("du", "/activate")
    assert drafts(office)[0].state == "active"
    assert any(task.item_id > 3 for task in office.rows(TaskRow))


def test_the_safe_way_needs_one_press_and_says_what_it_took(office: Office) -> None:
    office.sends("du", document())
    (stored,) = press(office, ":go")
    (plan,) = drafts(office)
    assert plan.quotable is False  # no mark: not quoted until somebody says so
    assert "→" in stored
    assert plan.title not in stored


def test_a_doubt_is_settled_in_one_s_own_words(office: Office) -> None:
    office.sends("du", document())
    press(office, ":next")
    for _ in range(10):
        said = office.sent()[-1].html
        if "各镇" in said and "指哪些单位" in said:
            break
        press(office, ".0")
    office.says("du", "丙镇、丁镇")
    (stored,) = press(office, ":go")
    assert "启动前还要先定下来" not in stored


def test_dropped_leaves_nothing_and_its_buttons_are_dead(office: Office) -> None:
    office.sends("du", document())
    go = next(data for _, data in office.last_buttons() if data.endswith(":go"))
    press(office, ":drop")
    with pytest.raises(DraftGone):
        office.presses("du", go)
    assert not drafts(office)
    assert not office.rows(DraftRow)


def test_the_same_file_again_changes_nothing_and_says_so(office: Office) -> None:
    office.sends("du", document())
    press(office, ":go")
    (said,) = office.sends("du", document())
    assert "已经导入过" in said
    assert len(drafts(office)) == 1


def test_a_year_that_nobody_wrote_is_asked_for(office: Office) -> None:
    (preview,) = office.sends("du", document("某区政务工作分工方案"))
    assert "没有读到年份" in preview
    (again,) = office.says("du", "2026年")
    assert "年份 2026" in again
    press(office, ":go")
    assert drafts(office)[0].year == 2026


def test_a_year_may_stand_in_the_caption(office: Office) -> None:
    (preview,) = office.sends("du", document("某区政务工作分工方案"), caption="2025年的")
    assert "年份 2025" in preview


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "空"),
        (b"\x00\x01\x02\xff", "文"),
        ("今天天气很好，适合散步。".encode(), "没有"),
        (document(mark="机密★一年"), "密级"),
        (b"PK\x03\x04 not a real archive", "压缩包"),
    ],
    ids=["empty", "binary", "not a plan", "secret", "broken archive"],
)
def test_what_is_no_plan_is_one_sentence_and_nothing_is_kept(office: Office, body: bytes, word: str) -> None:
    before = len(office.rows(OutboxRow))
    with pytest.raises(DubanError) as caught:
        office.sends("du", body)
    assert word in str(caught.value)
    assert not office.rows(DraftRow)
    assert not office.rows(InboxRow)
    assert len(office.rows(OutboxRow)) == before


def test_a_contact_s_file_is_no_plan(office: Office) -> None:
    (said,) = office.sends("jia", document())
    assert "反馈" in said
    office.sends("jia", b"photo", caption="第1项已完成")
    assert office.task(1).state == "reported_done"
    assert not office.rows(DraftRow)


@pytest.mark.parametrize("arg", ["99.0", "0.99", "x.y", "next2", ""])
def test_a_choice_that_was_never_offered_decides_nothing(office: Office, arg: str) -> None:
    office.sends("du", document())
    data = next(data for _, data in office.last_buttons() if data.endswith(":next"))
    with contextlib.suppress(DraftGone):
        office.presses("du", data.replace("next", arg).rstrip(":"))
    assert not office.rows(DraftRow)[0].decisions
    assert not drafts(office)
