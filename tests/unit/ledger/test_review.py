"""Going through doubts: heads before numbers, the same words once, what is stored, where items come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import select

from duban.ledger import drafts, heads, people, plans
from duban.ledger.answering import NoDay, NoHead, NoText, NotOffered, NoUnits, NoYear, value_of
from duban.ledger.database import Ledger, Session
from duban.ledger.decisions import decided, doubt_key
from duban.ledger.review import Review, begin_anew, decide, mark_of, review
from duban.ledger.tables import DeadlineRow, DraftRow, DutyRow, HeadRow, ItemRow
from duban.model import Choice, Deadline, Item, Kind, Plan, Problem
from duban.reading.heads import File, head_of, read_knowing
from office import Office, populate
from unit.ledger.small_plan import NOW

HEADS = ("序号", "工作任务", "督导组", "责任单位")
ROWS = (("办好第一件事，6月底前完成。", "乙局", "甲局"), ("办好第二件事。", "乙局", "甲局"))


def table(
    heads: Sequence[str] = HEADS,
    rows: Sequence[Sequence[str]] = ROWS,
    *,
    title: str = "某区2026年工作方案",
    name: str = "方案.txt",
) -> File:
    lines = [title, "", *(f"\t{head}" for head in heads), ""]
    for no, cells in enumerate(rows, 1):
        lines += [f"\t{no}", *(f"\t{cell}" for cell in cells), ""]
    return File.of("\n".join([*lines, "主动公开"]).encode(), name)


def begun(session: Session, file: File) -> tuple[DraftRow, Review]:
    draft = drafts.keep(session, file, person=None, now=NOW)
    return draft, review(session, draft, file)


def answer(session: Session, file: File, doubt: Problem, value: str) -> Review:
    draft = drafts.keep(session, file, person=None, now=NOW)
    decide(session, draft, file, doubt, value, now=NOW, actor="cli")
    return review(session, draft, file)


def store(session: Session, file: File, decisions: dict[str, str]) -> plans.Stored:
    plan = read_knowing(file, {})
    return plans.store(
        session, plan, body=file.body, name=file.name, now=NOW, actor="cli", decisions=decisions
    )


def test_a_head_and_the_year_come_first_and_are_read_with(ledger: Ledger) -> None:
    file = table(title="某区工作方案")
    with ledger.writing() as session:
        _, seen = begun(session, file)
        head, year = seen.asked[:2]
        assert (head.code, year.code, seen.heads_waiting) == ("unknown-column", "no-year", True)
        seen = answer(session, file, head, "lead")
        assert [len(item.units) for item in seen.plan.items] == [2, 2]
        assert (seen.heads_waiting, seen.decided) == (False, 1)
        seen = answer(session, file, year, "2026")
        assert seen.plan.items[0].deadlines[0].due == date(2026, 6, 30)
        assert not [one for one in seen.waiting if one.code == "no-year"]
        assert seen.before(year) == head
        assert heads.kept(session) == {"督导组": "lead"}


def test_another_answer_to_a_head_takes_the_first_back(ledger: Ledger) -> None:
    file = table()
    with ledger.writing() as session:
        draft, seen = begun(session, file)
        answer(session, file, seen.asked[0], "lead")
        seen = answer(session, file, seen.asked[0], "skip")
        assert {duty.name for item in seen.plan.items for duty in item.units} == {"甲局"}
        assert [note.code for note in seen.notes if note.where == "表头“督导组”"] == []
        assert heads.kept(session) == {"督导组": "skip"}
        begin_anew(session, draft)
        assert review(session, draft, file).heads_waiting


def test_store_reads_anew_with_what_is_said_of_a_head_and_keeps_it(ledger: Ledger) -> None:
    with ledger.writing() as session:
        stored = store(session, table(), {"unknown-column": "cooperate"})
        assert stored.plan.title == "某区2026年工作方案"
        assert session.scalars(select(DutyRow.role).order_by(DutyRow.id).limit(2)).all() == [
            "cooperate", "responsible",
        ]  # fmt: skip
        row = session.scalars(select(HeadRow)).one()
        assert (row.plain, row.meaning, row.by, row.at) == ("督导组", "cooperate", "cli", NOW)


def test_what_nobody_said_of_a_head_is_not_kept(ledger: Ledger) -> None:
    with ledger.writing() as session:
        store(session, table(), {})
        assert heads.kept(session) == {}


@pytest.mark.parametrize(
    "header",
    [
        "序号,任务,督导组（区级）,责任单位",
        "序号,任务,由哪个专班督导以及由谁牵头抓总来落实到位,责任单位",
    ],
    ids=["brackets", "long"],
)
def test_a_head_that_was_asked_about_is_known_again(header: str) -> None:
    rows = "1,办好第一件事，6月底前完成。,乙局,甲局\n2,办好第二件事。,乙局,甲局\n3,办好第三件事。,乙局,甲局"
    known_again(File.of(f"分工方案,,,\n{header}\n{rows}\n".encode(), "方案.csv"))


def test_a_head_of_two_rows_is_known_again() -> None:
    rows = "".join(f"<tr><td>{n}<td>办好第{n}件事。<td>乙局<td>甲局" for n in (1, 2, 3))
    header = "<tr><td rowspan=2>序号<td rowspan=2>任务<td colspan=2>力量<tr><td>督导<td>责任单位"
    known_again(File.of(f"<html><table>{header}{rows}</table></html>".encode(), "方案.html"))


def known_again(file: File) -> None:
    """Its one unknown head is asked about, and read as it was said."""
    plan = read_knowing(file, {}, year=2026)
    (found,) = [plain for problem in plan.problems if (plain := head_of(problem))]
    for meaning, names in (("lead", {"甲局", "乙局"}), ("skip", {"甲局"})):
        again = read_knowing(file, {found: meaning}, year=2026)
        assert not [problem for problem in again.problems if problem.code == "unknown-column"]
        assert {duty.name for item in again.items for duty in item.units} == names


def test_the_same_words_in_one_item_are_one_doubt_others_are_not() -> None:
    def doubt(words: str) -> Problem:
        said = f"第1项的时限“{words}”没有写年份"
        return Problem(
            code="no-year", message=said, item=1, where="第1项", choices=(Choice(value="", label=""),)
        )

    def deadline(words: str) -> Deadline:
        return Deadline(kind=Kind.FIXED, text=words, span=(0, len(words)), rule="date")

    said = tuple(map(deadline, ("6月底前", "9月底前", "6月底前")))
    item = Item(no=1, heading="", subheading="", requirement="办", deadlines=said)
    plan = Plan(title="", year=None, issued=None, items=(item,))
    june, september = doubt("6月底前"), doubt("9月底前")
    assert doubt_key(june) != doubt_key(september)
    assert mark_of(june) != mark_of(september)
    done = decided(plan, ((june, Choice(value="2026-06-30", label="")), (september, september.choices[0])))
    assert [one.due for one in done.items[0].deadlines] == [date(2026, 6, 30), None, date(2026, 6, 30)]


def of(code: str, *values: str, item: int | None = 1) -> Problem:
    choices = tuple(Choice(value=value, label=f"办法{n}") for n, value in enumerate(values, 1))
    return Problem(code=code, message="第1项", item=item, choices=choices)


@pytest.mark.parametrize(
    ("doubt", "text", "value"),
    [
        (of("soft-deadline", "", "give"), "2", "give"),
        (of("soft-deadline", "", "give"), "办法1", ""),
        (of("soft-deadline", "", "give"), "3月2日", "2019-03-02"),  # it lies ahead
        (of("no-such-date", "2018-02-28", ""), "3月2日", "2018-03-02"),  # of the plan's year
        (of("two-readings", "2018-03-31", "2019-03-31"), "2020年5月1日", "2020-05-01"),
        (of("no-year", "", item=None), "2026年的", "2026"),
        (of("unknown-column", "skip", item=None), "完成时限", "time"),
        (of("unknown-column", "skip", item=None), "牵头部门", "lead"),
        (of("no-members", "open"), "甲镇、乙街道", "members:甲镇、乙街道"),
        (of("no-units", "hold", "give"), "甲局牵头", "units:甲局牵头"),
        (of("lost-text", "hold", "give"), "把这件事办好", "text:把这件事办好"),
        (of("new-unit", "add"), "甲局", "alias:甲局"),
    ],
)  # fmt: skip
def test_own_words(ledger: Ledger, doubt: Problem, text: str, value: str) -> None:
    populate(Office(ledger))
    plan = Plan(title="", year=2018, issued=None, items=())
    with ledger.reading() as session:
        said = value_of(session, plan, doubt, f" {text} ", today=date(2018, 7, 20), zone="Asia/Shanghai")
    assert said == value


@pytest.mark.parametrize(
    ("doubt", "text", "error"),
    [
        (of("soft-deadline", "", "give"), "不知道", NoDay),
        (of("soft-deadline", "", "give"), "3026年5月1日", NoDay),
        (of("no-year", "", item=None), "去年", NoYear),
        (of("no-year", "", item=None), "3026", NoYear),
        (of("unknown-column", "skip", item=None), "什么", NoHead),
        (of("no-members", "open"), "、，", NoUnits),
        (of("no-units", "hold"), "等有关部门", NoUnits),
        (of("lost-text", "hold"), "x", NoText),
        (of("no-mark", "neutral", "quote"), "随便", NotOffered),
        (of("no-mark", "neutral", "quote"), "3", NotOffered),
        (of("no-members", "open"), "", NotOffered),
    ],
)
def test_words_that_cannot_be_taken(
    ledger: Ledger, doubt: Problem, text: str, error: type[Exception]
) -> None:
    plan = Plan(title="", year=2018, issued=None, items=())
    with ledger.reading() as session, pytest.raises(error):
        value_of(session, plan, doubt, text, today=date(2018, 7, 20), zone="Asia/Shanghai")


def test_a_person_keeps_a_few_drafts_and_the_command_line_no_copy(ledger: Ledger) -> None:
    office = Office(ledger)
    populate(office)
    with ledger.writing() as session:
        who = people.person_of(session, "local", "du")
        assert who is not None
        for n in range(drafts.MOST + 2):
            drafts.keep(session, File.of(b"%d" % n, f"{n}.txt"), person=who, now=office.now)
        assert [one.name for one in drafts.of_person(session, who)] == [f"{n}.txt" for n in (6, 5, 4, 3, 2)]
        assert drafts.keep(session, File.of(b"1", "1.txt"), person=None, now=office.now).body is None


def test_an_amended_file_gives_its_places_and_a_lost_text_keeps_the_old_ones(ledger: Ledger) -> None:
    with ledger.writing() as session:
        store(session, table(), {})
        rows = [("办好第一件事，6月底前完成。", "乙局", "甲局"), ("", "乙局", "甲局")]
        longer = table(rows=rows, name="修订.txt", title="某区2026年工作方案（修订版）\n抄送各单位")
        assert store(session, longer, {}).diff is not None
        first, second = session.scalars(select(ItemRow).order_by(ItemRow.position)).all()
        assert {where for _, _, where in first.origins} & {"第12行"}
        assert ["requirement", "办好第二件事。", "上一份文件第14行"] in [list(one) for one in second.origins]
        assert second.requirement == "办好第二件事。"
        assert session.scalars(select(DeadlineRow.gone)).all() == [False]
