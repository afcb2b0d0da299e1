"""A document sent to the bot: read, its doubts decided one by one, imported on confirmation."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from duban.errors import DubanError
from duban.ledger import review
from duban.ledger.database import Ledger
from duban.ledger.tables import (
    DeadlineRow,
    DraftRow,
    DutyRow,
    HeadRow,
    InboxRow,
    OutboxRow,
    PlanRow,
    TaskRow,
)
from duban.model import Plan
from duban.reading.document import read_plan
from duban.reading.errors import NotAPlan
from duban_bot.conversation.imports import DraftGone, NothingToGoOn
from duban_bot.conversation.router import DATA
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
    assert "文件中的位置" in "".join(asked) or "引用原文" in asked[0]
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


HEADS = ("序号", "工作任务", "督导组", "责任单位")


def with_an_odd_head(rows: int = 2, title: str = "某区2026年政务工作分工方案") -> bytes:
    """A flattened table with a head that no wording fits."""
    lines = [title, "", *(f"\t{head}" for head in HEADS), ""]
    for no in range(1, rows + 1):
        lines += [f"\t{no}", f"\t办好第{no}件事，尽快见效。", "\t乙局", "\t甲局", ""]
    return "\n".join([*lines, "主动公开"]).encode()


def labelled(office: Office, label: str) -> list[str]:
    """Press the button of a label."""
    found = [data for name, data in office.last_buttons() if label in name]
    assert found, f"no button {label}: {office.last_buttons()}"
    return office.presses("du", found[0])


def test_an_unknown_head_is_asked_first_and_the_numbers_are_those_of_the_new_reading(office: Office) -> None:
    (asked,) = office.sends("du", with_an_odd_head())
    assert "表头“督导组”不认识" in asked
    assert "读到" not in asked
    (preview,) = labelled(office, "牵头单位")
    assert "读到 2 项、2 个责任单位" in preview
    assert office.rows(HeadRow)[0].meaning == "lead"
    press(office, ":go")
    assert len(drafts(office)) == 1
    names = {duty.name for duty in office.rows(DutyRow) if duty.item_id > 3}
    assert names == {"甲局", "乙局"}
    (again,) = office.sends("du", with_an_odd_head(rows=3, title="某区2026年另一项工作方案"))
    assert "不认识" not in again
    assert "2 个责任单位" in again


def test_a_head_that_is_left_out_is_not_asked_again_but_said(office: Office) -> None:
    office.sends("du", with_an_odd_head())
    (preview,) = press(office, ".0")
    assert "1 个责任单位" in preview
    (again,) = office.sends("du", with_an_odd_head(rows=3, title="某区2026年另一项工作方案"))
    assert "表头“督导组”这一列按以前的说明不计入" in again


def test_a_head_that_would_leave_nothing_to_read_is_not_taken(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.sends("du", with_an_odd_head())

    def nothing(file: object, said: Mapping[str, str], **_: object) -> Plan:
        if said:
            raise NotAPlan
        return read_plan(with_an_odd_head())

    monkeypatch.setattr(review, "read_knowing", nothing)
    with pytest.raises(review.HeadLeavesNothing):
        labelled(office, "备注")
    assert not office.rows(HeadRow)
    assert not office.rows(DraftRow)[0].decisions


def test_one_can_go_back_and_take_another(office: Office) -> None:
    office.sends("du", document())
    first = press(office, ":next")[0]
    assert not any(data.endswith(".back") for _, data in office.last_buttons())
    press(office, ".1")
    (again,) = press(office, ".back")
    assert again.splitlines()[1] == first.splitlines()[1]
    assert [label for label, _ in office.last_buttons() if label.startswith("✓")]
    press(office, ".0")
    assert list(office.rows(DraftRow)[0].decisions.values()) == ["neutral"]


def test_a_head_can_be_gone_back_to_as_well(office: Office) -> None:
    office.sends("du", with_an_odd_head())
    labelled(office, "牵头单位")
    (head,) = press(office, ":last")
    assert "督导组" in head
    (preview,) = labelled(office, "不计入")
    assert "1 个责任单位" in preview
    assert [row.meaning for row in office.rows(HeadRow)] == ["skip"]


@pytest.mark.parametrize("words", ["/import", "继续导入"])
def test_stopped_and_gone_on_with_after_a_restart(office: Office, words: str) -> None:
    office.sends("du", document())
    press(office, ":next")
    press(office, ".0")
    second = office.sent()[-1].html
    (said,) = press(office, ":later")
    assert "已定 1 处" in said
    assert "继续导入" in said
    restarted = Office(Ledger(str(office.ledger.url)), now=office.now + timedelta(days=3))
    restarted.count = office.count
    (again,) = restarted.says("du", words)
    assert again == second
    restarted.ledger.close()


def test_the_same_file_sent_again_goes_on_and_can_be_begun_anew(office: Office) -> None:
    office.sends("du", document())
    press(office, ":next")
    press(office, ".0")
    (preview,) = office.sends("du", document())
    assert "已经定了 1 处" in preview
    (preview,) = press(office, ":anew")
    assert "已经定了" not in preview
    assert len(office.rows(DraftRow)) == 1


def test_of_several_unfinished_files_one_is_chosen(office: Office) -> None:
    with pytest.raises(NothingToGoOn):
        office.says("du", "/import")
    office.sends("du", document(), name="甲.txt")
    office.sends("du", document("某区2026年另一项工作方案"), name="乙.txt")
    office.says("du", "/import")
    assert [label for label, _ in office.last_buttons()] == ["乙.txt", "甲.txt"]
    (preview,) = labelled(office, "甲.txt")
    assert "政务工作" in preview


def test_a_choice_that_needs_words_asks_for_them(office: Office) -> None:
    rows = with_an_odd_head().replace("\t督导组\n".encode(), "\t完成时限\n".encode())
    office.sends("du", rows.replace("\t乙局".encode(), "\t尽快".encode()))
    asked = press(office, ":next")
    while "尽快" not in asked[0]:
        asked = press(office, ".0")
    assert "文件中的位置：第" in asked[0]
    assert "【尽快】" in asked[0]  # the document says that it is public
    (prompt,) = labelled(office, "现在定一个日期")
    assert "11月30日" in prompt
    with pytest.raises(DubanError, match="日期"):
        office.says("du", "不知道")
    office.says("du", "9月底前")
    assert "2026-09-30" in office.rows(DraftRow)[0].decisions.values()
    press(office, ":go")
    assert date(2026, 9, 30) in {row.due for row in office.rows(DeadlineRow)}


def test_the_text_is_not_quoted_before_somebody_said_that_it_may_be(office: Office) -> None:
    office.sends("du", document())
    asked = press(office, ":next")
    while any(data.endswith(".0") for _, data in office.last_buttons()):
        assert "改进窗口服务" not in asked[0]
        asked = press(office, ".0")


def test_the_preview_says_of_which_kinds_the_doubts_are(office: Office) -> None:
    (preview,) = office.sends("du", document())
    assert "能否引用原文 1 处" in preview
    assert "没有成员的泛称单位 1 处" in preview


def test_every_button_of_an_import_is_short(office: Office) -> None:
    office.sends("du", with_an_odd_head())
    pressed = [data for _, data in office.last_buttons()]
    labelled(office, "牵头单位")
    pressed += [data for _, data in office.last_buttons()]
    press(office, ":last")
    pressed += [data for _, data in office.last_buttons()]
    assert all(len(data.encode()) <= 64 and DATA.fullmatch(data) for data in pressed)


def test_a_button_of_a_doubt_that_has_changed_decides_nothing(office: Office) -> None:
    office.sends("du", document())
    press(office, ":next")
    old = next(data for _, data in office.last_buttons() if data.endswith(".1"))
    with pytest.raises(DraftGone):
        office.presses("du", old.replace(old.split(":")[2].split(".")[0], "0123456789"))
    assert not office.rows(DraftRow)[0].decisions


def test_a_unit_that_nobody_knows_is_no_alias(office: Office) -> None:
    office.sends("du", document())
    asked = press(office, ":next")
    while "新设局" not in asked[0]:
        asked = press(office, ".0")
    with pytest.raises(DubanError, match="没有"):
        office.says("du", "无此局")
    office.says("du", "乙局")
    assert "alias:乙局" in office.rows(DraftRow)[0].decisions.values()
