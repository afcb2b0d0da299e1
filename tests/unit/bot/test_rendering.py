"""Messages at the moment of sending: to whom, about what is still open, within the limit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from duban.ledger.database import Ledger, Session
from duban.ledger.tables import ItemRow, OutboxRow, PersonRow, PlanRow, PostRow, TaskRow
from duban_bot import messages
from duban_bot.words import cut, in_pages, shipped, short
from office import Office, local, populate


@pytest.fixture
def office(ledger: Ledger) -> Office:
    return Office(ledger)


def test_a_digest_says_number_text_date_days_left_and_what_to_do(office: Office) -> None:
    tasks = populate(office)
    office.outgoing("digest", "jia", [(tasks["1:甲局"], "before"), (tasks["2:甲局"], "report")])
    (digest,) = office.sent("digest:")
    for part in ("第1项", "把第1件事办好", "6月30日 周二", "还有 13 个工作日", "定期反馈", "另有在办 1 项"):
        assert part in digest.html
    verbs = {one.data.split(":")[0] for row in digest.buttons for one in row}
    assert {"ack", "course", "done", "going", "stuck", "extend", "later"} <= verbs
    assert digest.said == (tasks["1:甲局"], tasks["2:甲局"])


def _state(state: str) -> Callable[[Session, int], None]:
    def change(session: Session, task: int) -> None:
        session.get_one(TaskRow, task).state = state

    return change


def _plan_closed(session: Session, task: int) -> None:
    session.get_one(PlanRow, 1).state = "closed"


def _item_cancelled(session: Session, task: int) -> None:
    session.get_one(ItemRow, session.get_one(TaskRow, task).item_id).state = "cancelled"


def _no_longer_theirs(session: Session, task: int) -> None:
    for post in session.query(PostRow):
        session.delete(post)


GONE = [
    *(_state(one) for one in ("closed", "cancelled", "suspended", "reported_done", "reported", "missed")),
    _plan_closed, _item_cancelled, _no_longer_theirs,
]  # fmt: skip


@pytest.mark.parametrize("change", GONE)
def test_what_is_over_is_never_mentioned(office: Office, change: Callable[[Session, int], None]) -> None:
    tasks = populate(office)
    office.outgoing("digest", "jia", [(tasks["1:甲局"], "before")])
    with office.ledger.writing() as session:
        change(session, tasks["1:甲局"])
    assert not office.sent("digest:")


@pytest.mark.parametrize("kind", ["digest", "assignment", "reminder"])
def test_over_ten_items_show_headings_with_counts(office: Office, kind: str) -> None:
    tasks = populate(office, items=60)
    mine = [(id_, "new") for key, id_ in tasks.items() if "甲" in key]
    row = office.outgoing(kind, "jia", mine)
    (message,) = office.sent(f"{kind}:")
    assert len(message.html) <= 4096
    assert "<b>第1项</b>" in message.html  # it has a date
    assert "<b>第30项</b>" not in message.html
    assert "第3类工作：10 项" in message.html
    assert message.buttons[-1][0].data == f"more:{row}:1"
    (rest,) = office.presses("jia", f"more:{row}:1")[:1]
    assert "<b>第30项</b>" in rest


def test_every_message_keeps_within_the_limit_whatever_it_holds(office: Office) -> None:
    tasks = populate(office, items=300)
    with office.ledger.writing() as session:
        for task in session.query(TaskRow):
            task.kind, task.percent = "dated", 50
        for item in session.query(ItemRow):
            item.requirement, item.heading = "<&>" * 300, "&" * 200
    row = office.outgoing("digest", "jia", [(id_, "late") for key, id_ in tasks.items() if "甲" in key])
    with office.ledger.writing() as session:
        pages = messages.pages(session, session.get_one(OutboxRow, row), office.world())
    assert len(pages) > 3
    assert all(len(html) <= 4096 for html, _ in pages)


def test_a_copy_goes_to_the_leader_without_buttons_to_report(office: Office) -> None:
    tasks = populate(office)
    office.now = local("2026-07-03T09:00")
    office.outgoing("copy", "boss", [(tasks["1:甲局"], "late")])
    (copy,) = office.sent("copy:")
    assert "已逾期 3 个工作日" in copy.html
    assert copy.buttons == ()
    office.outgoing("copy", "jia", [(tasks["1:甲局"], "late")])
    assert len(office.sent("copy:")) == 1  # a contact is no leader


@pytest.mark.parametrize(("due", "sign"), [(date(2026, 12, 31), False), (date(2031, 12, 31), True)])
def test_a_year_without_a_calendar_says_so(office: Office, due: date, sign: bool) -> None:
    tasks = populate(office)
    with office.ledger.writing() as session:
        session.get_one(TaskRow, tasks["1:甲局"]).due = due
    office.outgoing("digest", "jia", [(tasks["1:甲局"], "before")])
    (digest,) = office.sent("digest:")
    assert ("推算" in digest.html) is sign


def test_an_inner_date_is_asked_for_and_the_text_s_own_is_said(office: Office) -> None:
    tasks = populate(office)
    with office.ledger.writing() as session:
        session.get_one(TaskRow, tasks["1:甲局"]).ask_by = date(2026, 6, 20)
    office.outgoing("digest", "jia", [(tasks["1:甲局"], "before")])
    (digest,) = office.sent("digest:")
    assert "请于6月20日 周六前（时限 6月30日 周二）" in digest.html


def test_the_unreachable_are_named_while_they_are(office: Office) -> None:
    populate(office)
    with office.ledger.writing() as session:
        session.add(OutboxRow(key="unreachable:1", kind="unreachable", facts={"units": [1, 3]},
                              due_at=office.now, created_at=office.now))  # fmt: skip
        session.get_one(PersonRow, 1).reachable = False
    (message,) = office.sent("unreachable:")
    assert "甲局" in message.html
    assert "丙镇" not in message.html


def test_a_message_in_doubt_says_so(office: Office) -> None:
    tasks = populate(office)
    row = office.outgoing("digest", "jia", [(tasks["1:甲局"], "before")])
    with office.ledger.writing() as session:
        session.get_one(OutboxRow, row).again = True
    assert office.sent("digest:")[0].html.startswith("<i>（补发")


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("一句话。第二句。", 40, "一句话"),
        ("前半句很长很长很长，后半句也很长很长很长很长", 14, "前半句很长很长很长…"),
        ("没有标点的一句很长很长的话", 6, "没有标点的…"),
        ("换\n行", 40, "换 行"),
    ],
)
def test_a_short_form(text: str, room: int, expected: str) -> None:
    assert short(text, room) == expected
    assert len(cut(text, room)) <= room


def test_pages_lose_nothing() -> None:
    blocks = [f"<b>{n}</b> " + "字" * (n % 90 + 1) for n in range(500)]
    pages = in_pages(blocks, head="head", tail="tail", go_on="more", room=1000)
    assert all(len(page) <= 1000 for page in pages)
    others = {"head", "tail", "more", ""}
    assert [line for page in pages for line in page.split("\n") if line not in others] == [*blocks]
    assert pages[0].startswith("head")
    assert pages[0].endswith("more\n\ntail")


@pytest.mark.parametrize(
    ("day", "today", "said"),
    [
        (date(2018, 12, 31), date(2018, 12, 1), "12月31日 周一"),
        (date(2019, 1, 2), date(2018, 12, 1), "2019年1月2日 周三"),
    ],
)
def test_a_day_has_its_weekday_and_another_year_its_year(day: date, today: date, said: str) -> None:
    assert shipped().day(day, today) == said
