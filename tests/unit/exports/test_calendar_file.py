"""The dates as a calendar: which days are in it, what they say, and that every calendar can read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.exports import ics
from duban.exports.calendar import Entry, entries
from duban.exports.texts import printable
from duban.exports.values import LedgerRow
from unit.exports.icalendar import read
from unit.exports.some_rows import NOW, WORDS, item, plan, row

SEPTEMBER, OCTOBER = date(2026, 9, 30), date(2026, 10, 31)
ONE, TWO = item(1), item(2)


def days(*rows: LedgerRow, **of_plan: Any) -> list[tuple[str, str, str]]:
    return [(f"{one.day}", one.title, one.text) for one in entries(plan(**of_plan), rows, WORDS)]


def period(id_: int, unit: str, **more: Any) -> LedgerRow:
    return row(1, unit, **({"of": ONE, "id_": id_, "kind": "period"} | more))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [row(1)],
            [("2026-09-30", "第1项到期：把第1件事办好。",
              "把第1件事办好。\n时限：9月底前\n未办结单位（1）：甲局")],
        ),
        (  # one entry for an item and its date, with all who have not done it
            [row(1, of=ONE), row(2, "乙局", of=ONE), row(3, "丙镇", of=ONE, open=False, state="closed")],
            [("2026-09-30", "第1项到期：把第1件事办好。",
              "把第1件事办好。\n时限：9月底前\n未办结单位（2）：甲局、乙局")],
        ),
        (  # all is done
            [row(1, open=False, state="reported_done"), row(2, open=False, state="closed")],
            [],
        ),
        (  # another date, another entry; by date
            [row(2, due=OCTOBER), row(1)],
            [("2026-09-30", "第1项到期：把第1件事办好。",
              "把第1件事办好。\n时限：9月底前\n未办结单位（1）：甲局"),
             ("2026-10-31", "第2项到期：把第2件事办好。",
              "把第2件事办好。\n时限：9月底前\n未办结单位（1）：甲局")],
        ),
        (  # the reports of a turn are one entry
            [period(1, "甲局"), period(2, "乙局"), period(3, "甲局", of=TWO)],
            [("2026-09-30", "定期反馈到期（2项）", "未办结单位（2）：甲局、乙局")],
        ),
        (
            [period(1, "甲局", kind="closing", provisional=True)],
            [("2026-09-30", "全年办理情况反馈到期（1项）（推算）", "未办结单位（1）：甲局")],
        ),
        (
            [row(1, time=time(18), ask_by=date(2026, 9, 20), provisional=True)],
            [("2026-09-30", "第1项到期：把第1件事办好。（18:00前）（推算）",
              "把第1件事办好。\n时限：9月底前\n内部时限：2026-09-20\n未办结单位（1）：甲局")],
        ),
    ],
)  # fmt: skip
def test_entries(rows: Sequence[LedgerRow], expected: Sequence[tuple[str, str, str]]) -> None:
    assert days(*rows) == list(expected)


def test_a_plan_that_may_not_be_quoted_shows_numbers_alone() -> None:
    assert days(row(1), quotable=False) == [("2026-09-30", "第1项到期", "未办结单位（1）：甲局")]


def test_an_item_whose_text_is_lost_is_a_number() -> None:
    lost = item(7, requirement=None)
    assert days(row(1, of=lost))[0][1] == "第7项到期"


def test_a_long_text_is_whole_in_the_description_alone() -> None:
    [(_, title, text)] = days(row(1, of=item(1, requirement="编制\n目录，" + "公布" * 40)))
    assert title == "第1项到期：编制 目录，" + "公布" * 16 + "公…"
    assert text.startswith("编制 目录，" + "公布" * 40)


def uids(*rows: LedgerRow, **of_plan: Any) -> set[str]:
    return {one.uid for one in entries(plan(**of_plan), rows, WORDS)}


def test_an_entry_is_known_again() -> None:
    first, second = row(1, of=ONE), row(2, "乙局", of=ONE)
    (known,) = uids(first, second)
    assert uids(second, first) == {known}, "in whatever order"
    assert uids(row(1, of=ONE, open=False, state="closed"), second) == {known}, "whoever has reported"
    moved = [row(n, of=ONE, due=OCTOBER, original=SEPTEMBER) for n in (1, 2)]
    assert uids(*moved) == {known}, "when the date is moved"
    apart = uids(first, row(2, "乙局", of=ONE, due=OCTOBER))
    assert known in apart
    assert len(apart) == 2
    assert known not in uids(row(3, of=TWO))
    assert known not in uids(first, second, id=2), "another plan's"


def file_of(*found: Entry) -> tuple[dict[str, str], list[dict[str, str]]]:
    return read(ics.written(found, name="督办, 时限", product="督办", now=NOW))


def entry(**more: Any) -> Entry:
    return Entry(**({"uid": "u-1", "day": SEPTEMBER, "title": "题", "text": "文"} | more))


def test_a_file() -> None:
    calendar, events = file_of(entry(), entry(uid="u-2", text="甲；乙\n丙,丁;戊\\己"))
    assert calendar == {"VERSION": "2.0", "PRODID": "-//督办//ZH", "X-WR-CALNAME": "督办, 时限"}
    assert events == [
        {"UID": "u-1", "DTSTAMP": "20260702T020000Z", "DTSTART;VALUE=DATE": "20260930", "SUMMARY": "题",
         "DESCRIPTION": "文", "TRANSP": "TRANSPARENT"},
        {"UID": "u-2", "DTSTAMP": "20260702T020000Z", "DTSTART;VALUE=DATE": "20260930", "SUMMARY": "题",
         "DESCRIPTION": "甲；乙\n丙,丁;戊\\己", "TRANSP": "TRANSPARENT"},
    ]  # fmt: skip


@pytest.mark.parametrize("length", range(64, 72))
@pytest.mark.parametrize("last", ["a", "长", "𠮷", "长长长"])
def test_a_line_is_folded_where_it_must_be_and_no_character_is_torn(length: int, last: str) -> None:
    title = "a" * length + last  # SUMMARY: is 8 octets
    body = ics.written([entry(title=title)], name="x", product="x", now=NOW)
    _, [event] = read(body)
    assert event["SUMMARY"] == title
    assert (b"\r\n " in body) is (8 + len(title.encode()) > 75)


@given(st.text(max_size=120) | st.text("长,;\\\n\r𠮷a", max_size=120), st.text(max_size=120))
def test_any_text_can_be_read_again(title: str, text: str) -> None:
    _, [event] = file_of(entry(title=title, text=text))
    assert (event["SUMMARY"], event["DESCRIPTION"]) == (printable(title), printable(text))


@pytest.mark.parametrize(
    "body",
    [
        b"BEGIN:VCALENDAR\nEND:VCALENDAR\n",
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n",
        ics.written([entry()], name="x", product="x", now=NOW).replace(b"SUMMARY:", b"SUMMARY:a,b"),
        ics.written([entry()], name="x", product="x", now=NOW).replace(b"UID:u-1", b"UID:" + b"u" * 80),
        ics.written([entry(), entry()], name="x", product="x", now=NOW),
        ics.written([entry()], name="x", product="x", now=NOW).replace(b"END:VEVENT\r\n", b""),
    ],
    ids=["line feeds", "empty", "a bare comma", "not folded", "one UID twice", "no end"],
)
def test_the_reader_is_strict(body: bytes) -> None:
    with pytest.raises(AssertionError):
        read(body)
