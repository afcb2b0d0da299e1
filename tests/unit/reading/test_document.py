"""A document's frame: encoding, title, year, date of issue, mark; and files that are no plan."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.errors import DubanError
from duban.model import Disclosure, Kind
from duban.reading.document import plan_to_json, read_plan
from duban.reading.errors import (
    Broken,
    BrokenText,
    EmptyFile,
    NotAPlan,
    ReadError,
    SecretDocument,
    TooLarge,
    WrongKind,
)
from duban.reading.files import LIMIT

TITLE = "桐山县2026年重点任务分工方案"
BODY = """
序号 | 工作任务 | 责任单位 | 完成时限
1 | 修缮校舍，更新课桌椅 | 县教育局 | 8月底前
2 | 打通断头路 | 县交通运输局 | 12月31日前
"""
TEXT = TITLE + "\n" + BODY


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("gb18030"),
        TEXT.encode("gbk"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace("校", "校\u200b").encode(),
    ],
)
def test_encodings(data: bytes) -> None:
    plan = read_plan(data)
    assert plan.title == TITLE
    assert [item.requirement for item in plan.items] == ["修缮校舍，更新课桌椅", "打通断头路"]


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (b"", EmptyFile, "空"),
        (b"\xef\xbb\xbf \r\n\t", EmptyFile, "空"),
        (b"PK\x03\x04....word/document.xml", Broken, "损坏"),
        (b"PK\x03\x04....xl/workbook.xml", Broken, "损坏"),
        (b"PK\x03\x04....other", WrongKind, "压缩包"),
        (b"PK\x03\x04....xl/worksheets/sheet1.bin", WrongKind, "xlsb"),
        (b"%PDF-1.7 ...", Broken, "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Broken, ""),
        (b"\x89PNG\r\n\x1a\n", WrongKind, "图片"),
        (b"\xff\xd8\xff\xe0", WrongKind, "图片"),
        (b"<!DOCTYPE html><html>", NotAPlan, "任务表"),
        (b"{\\rtf1", WrongKind, "RTF"),
        (bytes(range(256)) * 4, BrokenText, "编码"),
        (TEXT.encode("big5", errors="ignore"), BrokenText, "编码"),
        (b"plain words only", NotAPlan, "任务表"),
        ("今天天气很好，适合出门散步。".encode(), NotAPlan, "任务表"),
        ("序号 | 工作任务 | 责任单位\n".encode(), NotAPlan, "任务表"),
        (b"a" * ((LIMIT << 20) + 1), TooLarge, str(LIMIT)),
    ],
)
def test_what_cannot_be_read_is_one_sentence(data: bytes, error: type[ReadError], says: str) -> None:
    with pytest.raises(error) as caught:
        read_plan(data)
    message = str(caught.value)
    assert says in message
    assert message.count("。") == 1
    assert message.endswith("。")
    assert "\n" not in message
    assert caught.value.exit_code == 2


@settings(deadline=None)  # some bytes look like a format whose reader is loaded first, or run apart
@given(st.binary(max_size=300))
def test_no_bytes_end_in_anything_but_a_plan_or_a_sentence(data: bytes) -> None:
    with suppress(DubanError):  # anything else is a fault
        assert read_plan(data).items


@given(
    st.lists(
        st.sampled_from(
            [
                "\t",
                "1",
                "\t2",
                "\t",
                "",
                "序号",
                "\t责任单位",
                "\t工作任务",
                "县局负责",
                "\t一、甲",
                "、",
                "a|b",
            ]
        ),
        max_size=30,
    )
)
def test_no_lines_end_in_anything_but_a_plan_or_a_sentence(lines: list[str]) -> None:
    with suppress(DubanError):
        assert read_plan("\n".join(lines).encode()).items


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (TITLE, TITLE),
        ("附件1\n\n" + TITLE, TITLE),
        ("附件：\n桐府办〔2026〕3号\n" + TITLE, TITLE),
        ("桐山县2026年重点任务\n分工方案", TITLE),
        ("桐山县 2026年重点任务 分工方案", "桐山县 2026年重点任务分工方案"),
        (TITLE + "\n（2026年3月1日）", TITLE),
        (TITLE + "\n\n为落实县委部署，制定本方案。", TITLE),
        ("", "文件名"),
    ],
)
def test_title(head: str, title: str) -> None:
    assert read_plan((head + "\n" + BODY).encode(), name="文件名.txt").title == title


@pytest.mark.parametrize(
    ("title", "tail", "given", "expected"),
    [
        (TITLE, "", None, 2026),
        (TITLE, "", 2027, 2027),
        ("桐山县二〇二六年分工方案", "", None, 2026),
        ("分工方案", "2026年3月1日印发", None, 2026),
        ("分工方案", "2026年3月1日", None, 2026),
        ("分工方案", "", 2026, 2026),
        ("分工方案", "", None, None),
        ("2025—2026年分工方案", "", None, None),
        ("2025—2026年分工方案", "2025年11月3日", None, 2025),
    ],
)
def test_year(title: str, tail: str, given: int | None, expected: int | None) -> None:
    plan = read_plan(f"{title}\n{BODY}\n{tail}\n".encode(), year=given)
    assert plan.year == expected
    assert ("no-year" in {p.code for p in plan.problems if p.item is None}) == (expected is None)
    due = plan.items[0].deadlines[0]
    assert due.kind is Kind.FIXED
    assert due.due == (date(expected, 8, 31) if expected else None)


@pytest.mark.parametrize(
    ("line", "issued"),
    [
        ("2026年3月1日", date(2026, 3, 1)),
        ("（2026年3月1日）", date(2026, 3, 1)),
        ("桐山县政府办公室　2026年3月1日印发", date(2026, 3, 1)),
        ("印发日期：2026-03-01", date(2026, 3, 1)),
        ("二〇二六年三月一日", date(2026, 3, 1)),
        ("2026年2月30日印发", None),
        ("附件于2026年3月1日前报送", None),
    ],
)
def test_issued(line: str, issued: date | None) -> None:
    data = f"{TEXT}\n{line}\n".encode()
    assert read_plan(data).issued == issued
    assert read_plan(data, issued=date(2026, 1, 2)).issued == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("line", "disclosure"),
    [
        ("公开方式：主动公开", Disclosure.OPEN),
        ("公开属性: 主动公开", Disclosure.OPEN),
        ("主动公开", Disclosure.OPEN),
        ("（此件公开发布）", Disclosure.OPEN),
        ("信息公开选项：依申请公开", Disclosure.INTERNAL),
        ("公开方式：不予公开", Disclosure.INTERNAL),
        ("公开方式：\u3000免予公开", Disclosure.INTERNAL),
        ("内部资料 注意保存", Disclosure.INTERNAL),
        ("工作秘密", Disclosure.INTERNAL),
        ("【内部文件】", Disclosure.INTERNAL),
        ("要做好主动公开工作。", None),
        ("涉及工作秘密的不得外传，依规处理。", None),
        ("", None),
    ],
)
def test_disclosure(line: str, disclosure: Disclosure | None) -> None:
    for text in (f"{TEXT}\n{line}\n", f"{line}\n{TEXT}"):
        plan = read_plan(text.encode())
        assert plan.disclosure is disclosure
        assert plan.mark == (line if disclosure else None)
        assert len(plan.items) == 2


def test_the_stricter_of_two_marks_holds() -> None:
    assert read_plan(f"内部资料\n{TEXT}\n主动公开\n".encode()).disclosure is Disclosure.INTERNAL


@pytest.mark.parametrize(
    "mark",
    [
        "机密",
        "秘密★1年",
        "绝密",
        "机密 ★ 10年",
        "秘\u3000密",
        "密级：秘密",
        "【机密】",
        "000012 机密★长期",
        "秘密★",
        "机密★5年 特急",
    ],
)
def test_a_secret_document_is_refused(mark: str) -> None:
    for text in (f"{mark}\n{TEXT}", f"{TEXT}\n  {mark}\n", mark):
        with pytest.raises(SecretDocument, match="删除"):
            read_plan(text.encode())


@pytest.mark.parametrize(
    "line",
    ["严守国家秘密，落实保密责任。", "保护商业秘密", "机密级以上文件由专人保管", "秘密警察", "县保密局"],
)
def test_the_word_inside_a_sentence_is_no_mark(line: str) -> None:
    assert len(read_plan(f"{line}\n\n{TEXT}".encode()).items) == 2


def test_json() -> None:
    said = plan_to_json(read_plan(TEXT.encode()))
    assert list(said) == ["title", "year", "issued", "items", "problems"]
    assert said["items"][0] == {
        "no": 1,
        "heading": "",
        "subheading": "",
        "requirement": "修缮校舍，更新课桌椅",
        "units": [{"name": "县教育局", "role": "responsible", "collective": False, "alias": None}],
        "deadlines": [
            {
                "kind": "fixed",
                "text": "8月底前",
                "span": [0, 4],
                "source": "column",
                "rule": said["items"][0]["deadlines"][0]["rule"],
                "due": "2026-08-31",
                "time": None,
                "start": None,
                "amount": None,
                "unit": None,
                "trigger": None,
                "rrule": None,
            }
        ],
    }
