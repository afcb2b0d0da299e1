"""The corpus of replies, as a table; and what holds for any text."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.model import Status
from duban.replies.reading import explain_reply, read_reply, to_json
from growth import no_square

CORPUS = Path(__file__).parents[2] / "corpus" / "replies.jsonl"
LINES = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]
ON = date(2026, 11, 10)


@pytest.mark.parametrize("line", LINES, ids=[line["id"] for line in LINES])
def test_corpus(line: dict[str, Any]) -> None:
    reading = read_reply(
        line["text"], on=date.fromisoformat(line["on"]), open_items=line["open"], focus=line["focus"]
    )
    said = {(u.item, u.status.value): to_json(u) for u in reading.updates}
    assert len(said) == len(reading.updates), "one update for an item and status"
    assert sorted(said, key=str) == sorted(((e["item"], e["status"]) for e in line["expect"]), key=str)
    for expected in line["expect"]:
        found = said[expected["item"], expected["status"]]
        wanted = {"percent": None, "date": None, "evidence": []} | expected
        assert {key: found[key] for key in wanted} == wanted


def test_corpus_is_broad_and_its_ids_differ() -> None:
    assert len({line["id"] for line in LINES}) == len(LINES) >= 150
    assert {e["status"] for line in LINES for e in line["expect"]} == {status.value for status in Status}


def test_what_is_not_understood_is_given_back_as_written() -> None:
    reading = read_reply("第54项已完成，第55项那个啥", on=ON, open_items=(54, 55))
    assert reading.unclear == "第55项那个啥"
    assert read_reply("第54项已完成", on=ON).unclear is None


def test_the_date_is_read_by_whoever_is_handed_in() -> None:
    asked: list[str] = []

    class Found:
        date = ON

    def reader(text: str, **_: Any) -> Found:
        asked.append(text)
        return Found()

    (update,) = read_reply("第54项申请延到11月底", on=ON, read_date=reader).updates
    assert (update.date, len(asked)) == (ON, 1)
    assert "54" not in asked[0]


def test_explain_names_the_rule() -> None:
    first, *rest = explain_reply("第54项推进中，约60%", on=ON)
    assert first == "第54项：推进中，60%"
    assert any("at-work" in line for line in rest)


NAMES = (
    "第54项", "54号", "54项", "#54", "事项54", "第五十四项", "５４项", "第 54 项", "第54号", "54：", "54、",
    "关于第54项，", "我局第54项", "您好，第54项", "第54项：", "第54项工作", "第54项任务目前",
)  # fmt: skip
SAYS = {
    "已完成": Status.DONE,
    "已经办结了": Status.DONE,
    "未完成": Status.IN_PROGRESS,
    "推进中": Status.IN_PROGRESS,
    "已完成60%": Status.IN_PROGRESS,
    "预计月底完成": Status.IN_PROGRESS,
    "还没启动": Status.NOT_STARTED,
    "有困难": Status.BLOCKED,
    "受阻": Status.BLOCKED,
    "申请延期到12月底": Status.EXTENSION,
    "不归我们管": Status.NOT_OURS,
    "收到": Status.RECEIVED,
    "怎么报？": Status.QUESTION,
}


@pytest.mark.parametrize("status", SAYS)
@pytest.mark.parametrize("name", NAMES)
def test_each_name_goes_with_each_status(name: str, status: str) -> None:
    updates = read_reply(name + status, on=ON, open_items=(3, 7, 12, 54, 55)).updates
    assert [(u.item, u.status) for u in updates] == [(54, SAYS[status])]


@pytest.mark.parametrize("first", SAYS)
@pytest.mark.parametrize("second", SAYS)
@pytest.mark.parametrize("between", ["，", "；", "\n", "。", " "])
def test_two_items_keep_apart(first: str, second: str, between: str) -> None:
    text = f"第54项{first}{between}第7项{second}"
    updates = read_reply(text, on=ON, open_items=(3, 7, 12, 54, 55)).updates
    assert [(u.item, u.status) for u in updates] == [(54, SAYS[first]), (7, SAYS[second])]


WORDS = [line["text"] for line in LINES]


@settings(max_examples=150, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from([*WORDS, "，", "。", "\n", " ", "除", "外", "第", "项", "3-7"]), max_size=8
        ).map("".join),
    ),
    open_items=st.lists(st.integers(1, 80), max_size=9, unique=True),
    focus=st.none() | st.integers(1, 80),
)
def test_any_text_is_read(text: str, open_items: list[int], focus: int | None) -> None:
    reading = read_reply(text, on=ON, open_items=open_items, focus=focus)
    assert reading.updates
    pairs = [(u.item, u.status) for u in reading.updates]
    assert len(set(pairs)) == len(pairs)
    for update in reading.updates:
        assert update.percent is None or 0 <= update.percent <= 100
        assert update.item is None or update.item > 0
    unnumbered = read_reply("推进中", on=ON, open_items=open_items, focus=focus).updates[0].item
    assert unnumbered == (focus or (open_items[0] if len(open_items) == 1 else None))


@pytest.mark.parametrize(
    "unit",
    [
        "第54项已完成，",
        "第3、7项推进中，约60%，申请延到11月底；",
        "预计",
        "、",
        "除",
        "不",
        "1-300、",
        "延到11月底",
        "https://a.cn/",
        "（",
        "全部",
        " ",
        "没",
        "?",
    ],
)
def test_the_longest_reply_takes_no_long_time(unit: str) -> None:
    no_square(
        lambda size: (unit * size)[:size],
        lambda text: read_reply(text, on=ON, open_items=range(1, 301)),
        size=10_000,
    )
