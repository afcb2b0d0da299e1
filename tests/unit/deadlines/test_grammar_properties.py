"""What holds for every text: spans, no overlaps, one meaning for every spelling of a number."""

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from duban.deadlines.explain import explain_deadlines, to_json
from duban.deadlines.grammar import RULES, find_deadlines, read_deadlines
from duban.deadlines.loose import read_date
from duban.deadlines.numerals import to_chinese
from duban.deadlines.rules import Scan
from duban.deadlines.squeeze import squeeze
from duban.deadlines.workdays import state_calendar
from duban.model import Kind, PlanContext

CONTEXT = PlanContext(year=2026, issued=date(2026, 3, 16))
COLUMN = PlanContext(year=2026, issued=date(2026, 3, 16), column=True)
CORPUS = Path(__file__).parents[2] / "corpus" / "deadlines.jsonl"
TEXTS = [json.loads(line)["text"] for line in CORPUS.read_text(encoding="utf-8").splitlines()]
PIECES = st.sampled_from(
    [
        *"月日年底前后内每、，。至—于到起个已\n 《》（）第半",
        *("12", "3", "24", "三十", "季度", "2026年", "次年", "春节", "工作日", "及时", "完成", "收到"),
    ]
)
FULL = str.maketrans("0123456789", "０１２３４５６７８９")
dates_of_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.lists(st.one_of(PIECES, st.sampled_from(TEXTS)), max_size=14).map("".join), st.booleans())
@settings(deadline=None, max_examples=400)
@example("第3 12月底前", False)
@example("尽快听证会召开前5个工作日公告。", True)
def test_spans_say_the_text_and_do_not_overlap(text: str, column: bool) -> None:
    found = find_deadlines(text, context=COLUMN if column else CONTEXT)
    assert all(text[slice(*d.span)] == d.text and d.text == d.text.strip() for d in found)
    assert all(a.span[1] <= b.span[0] for a, b in pairwise(found))
    assert sum(d.kind is Kind.SOFT for d in found) <= 1
    read_date(text, on=date(2026, 3, 16))


@given(dates_of_2026)
def test_every_spelling_of_a_day_is_the_same_day(day: date) -> None:
    arabic = f"{day.month}月{day.day}日前办妥"
    spellings = [
        arabic,
        arabic.translate(FULL),
        f"{to_chinese(day.month)}月{to_chinese(day.day)}日前办妥",
        f"{day.month:02d} 月 {day.day:02d} 日\n前办妥",
        f"二〇二六年{arabic}",
        f"26年{arabic}",
        f"不迟于{day:%Y-%m-%d}办妥",
        f"{day:%Y.%m.%d}前办妥",
    ]
    assert {d.due for text in spellings for d in find_deadlines(text, context=CONTEXT)} == {day}
    assert all(len(find_deadlines(text, context=CONTEXT)) == 1 for text in spellings)


@given(dates_of_2026)
@settings(deadline=None)
def test_a_typed_day_is_the_next_such_day(day: date) -> None:
    on = date(2026, 3, 16)
    due = day if day >= on else day.replace(year=2027)
    for text in (
        f"{day.month}月{day.day}日",
        f"{day.month}.{day.day}",
        f"{day.month}/{day.day}",
        f"延到{day.month}月{day.day}号",
    ):
        assert read_date(text, on=on).date == due


@given(st.integers(1, 99))
def test_amounts_in_digits_and_characters(n: int) -> None:
    for text in (f"{n}个工作日内回复", f"{to_chinese(n)}个工作日内回复"):
        (found,) = find_deadlines(text, context=CONTEXT)
        assert (found.kind, found.amount) == (Kind.RELATIVE, n)


@given(st.one_of(st.sampled_from(TEXTS), st.lists(PIECES, max_size=14).map("".join)))
@settings(deadline=None, max_examples=300)
def test_the_index_loses_no_match(text: str) -> None:
    plain = squeeze(text).text
    for at in range(len(plain)):
        for rule in RULES:
            if plain[at] in rule.first or plain[at : at + 2] in rule.heads:
                continue
            m = rule.match(plain, at)
            nothing = (
                m is None or m.end() == at or (not rule.trap and not rule.build(m, Scan(plain, CONTEXT)))
            )
            assert nothing, (rule.name, m)


def test_rule_names_are_one_each() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_explanation_names_rule_characters_and_day() -> None:
    lines = explain_deadlines("12月31日前办妥", CONTEXT, state_calendar())
    assert lines[0] == "“12月31日前”（第1—7字）：定期，规则 date"
    assert any("当天仍算按期" in line for line in lines)
    assert explain_deadlines("加强学习", CONTEXT, state_calendar()) == ["没有读到时限。"]


def test_json_has_every_key() -> None:
    (found,) = find_deadlines("自收到函件之日起15日内回复", context=CONTEXT)
    assert to_json(found) == {
        "kind": "relative", "text": "自收到函件之日起15日内", "span": [0, 12], "source": "requirement",
        "rule": "from-event-day", "due": None, "time": None, "start": None, "amount": 15, "unit": "day",
        "trigger": "收到函件", "rrule": None,
    }  # fmt: skip


def test_choices_are_safest_first() -> None:
    _, (problem,) = read_deadlines("10月前搬迁", context=CONTEXT, item=3)
    assert [c.value for c in problem.choices] == ["2026-09-30", "2026-10-31", ""]
    assert problem.item == 3
    assert "第3项" in problem.message
