"""Comma-separated tables: separators, quotes, what is not closed; and what is no such table."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from duban.reading.errors import ReadError, TooMuch
from duban.reading.formats.csv import looks_like_csv, read
from duban.reading.grid import Grid, Paragraph
from growth import no_hang, no_square
from papers.zips import mutated

HEAD = "序号,工作任务,责任单位,完成时限\n"
ROWS = "1,修缮校舍,县教育局,8月底前\n2,打通断头路,县交通运输局,12月31日前\n"
TEXT = HEAD + ROWS
CELLS = [
    ["序号", "工作任务", "责任单位", "完成时限"],
    ["1", "修缮校舍", "县教育局", "8月底前"],
    ["2", "打通断头路", "县交通运输局", "12月31日前"],
]


def table(data: bytes | str) -> list[list[str | None]]:
    (grid,) = (block for block in read(_bytes(data)).blocks if isinstance(block, Grid))
    return [[cell and cell.text for cell in row] for row in grid.rows]


def _bytes(data: bytes | str) -> bytes:
    return data.encode() if isinstance(data, str) else data


@pytest.mark.parametrize(
    "data",
    [
        TEXT,
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n", "\r"),
        TEXT.replace(",", ";"),
        TEXT.replace(",", "\t"),
        TEXT.replace(",", "|"),
        "sep=;\n" + TEXT.replace(",", ";"),
        TEXT.replace(",", ",,,").replace(",,,", ","),
        TEXT.replace("\n", ",,,\n"),
        TEXT.replace("\n", "\n\n"),
        TEXT.replace("\n", "\n,,,\n"),
        TEXT.replace("县教育局", '"县教育局"'),
        "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in TEXT.strip().split("\n")),
        TEXT.rstrip(),
        TEXT.replace("校", "校\u200b"),
    ],
)
def test_the_same_table_however_it_is_written(data: bytes | str) -> None:
    assert table(data) == CELLS


@pytest.mark.parametrize(
    ("text", "row", "lines"),
    [
        (HEAD + '1,"修缮\n校舍",县教育局,8月底前\n', ["1", "修缮\n校舍", "县教育局", "8月底前"], "第2—3行"),
        (HEAD + '1,"推进""放管服""改革",县委,6月\n', ["1", '推进"放管服"改革', "县委", "6月"], "第2行"),
        (HEAD + '1,"甲,乙",县委,6月\n', ["1", "甲,乙", "县委", "6月"], "第2行"),
        (HEAD + '1,"五个一"工程,县委,6月\n', ["1", '"五个一"工程', "县委", "6月"], "第2行"),
        (HEAD + '1,推进"五个一"工程,县委,6月\n', ["1", '推进"五个一"工程', "县委", "6月"], "第2行"),
        (HEAD + '1, "甲" ,县委,6月\n', ["1", "甲", "县委", "6月"], "第2行"),
        (HEAD + '1,"",县委,6月\n', ["1", "", "县委", "6月"], "第2行"),
        (HEAD + "1,甲,县委\n", ["1", "甲", "县委", None], "第2行"),
        (HEAD + "1,甲,县委,6月,多\n", ["1", "甲", "县委", "6月", "多"], "第2行"),
        ("方案\n\n" + HEAD + "1,甲,县委,6月\n", ["1", "甲", "县委", "6月"], "第4行"),
        ("sep=,\n" + HEAD + "1,甲,县委,6月\n", ["1", "甲", "县委", "6月"], "第3行"),
    ],
)
def test_records(text: str, row: list[str | None], lines: str) -> None:
    (grid,) = (block for block in read(text.encode()).blocks if isinstance(block, Grid))
    assert [cell and cell.text for cell in grid.rows[1]] == row
    assert str(grid.rows[1][0].place) == lines  # type: ignore[union-attr]
    assert not read(text.encode()).notes


@pytest.mark.parametrize(
    ("rows", "line", "kept"),
    [
        ('1,"修缮校舍,县教育局,8月底前\n2,打通断头路,县交通运输局,12月\n', 2, '"修缮校舍'),
        ('1,甲,乙,丙\n2,"打通断头路,县交通运输局,12月', 3, '"打通断头路'),
        ('1,"修缮校舍,县教育局,8月底前\n2,"打通",县交通运输局,12月\n', 2, '"修缮校舍'),
        ('"1,修缮校舍,县教育局,8月底前\n"2","打通",县交通运输局,12月\n', 2, "修缮校舍"),
    ],
)
def test_an_unclosed_quote_swallows_nothing(rows: str, line: int, kept: str) -> None:
    found = read((HEAD + rows).encode())
    assert [(note.code, note.where) for note in found.notes] == [("unclosed-quote", f"第{line}行")]
    assert f"第{line}行的双引号没有成对" in found.notes[0].message
    cells = table(HEAD + rows)
    assert len(cells) == 3
    assert kept in cells[line - 1]


def test_quotes_that_are_never_closed_are_characters() -> None:
    def of_rows(count: int) -> bytes:
        return (HEAD + "".join(f'{n},"任务,县委,6月\n' for n in range(count))).encode()

    assert len(table(of_rows(5000))) == 5001
    assert len(read(of_rows(5000)).notes) <= 20
    no_square(of_rows, read, size=5000)


def test_lines_around_the_table_are_paragraphs() -> None:
    before, grid, after = read(
        ("桐山县2026年任务分工方案\n\n" + TEXT + "备注：每月25日前报送。\n").encode()
    ).blocks
    assert isinstance(before, Paragraph)
    assert (before.text, str(before.place)) == ("桐山县2026年任务分工方案", "第1行")
    assert isinstance(after, Paragraph)
    assert (after.text, str(after.place)) == ("备注：每月25日前报送。", "第6行")
    assert isinstance(grid, Grid)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace(",", ";"),
        "方案标题\n" + TEXT,
        "方案标题,,,\n" + TEXT,
        HEAD + '1,"多行\n内容",县委,6月\n一、经济发展\n2,甲,县委,6月\n备注\n',
        '序号\t任务\t单位\n1\t"甲\n乙"\t县委\n2\t丙\t县委\n',
        TEXT + '3,"没关上,县委,7月\n',
        "sep=;\n" + TEXT.replace(",", ";"),
    ],
)
def test_what_is_a_table_with_separators(text: str) -> None:
    assert looks_like_csv(text)
    assert looks_like_csv(text.replace("\n", "\r\n"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "序号,任务,单位,时限\n",
        "一、总体要求\n坚持稳中求进,统筹发展。\n二、重点任务\n推进项目,加快建设,落实责任,确保实效。\n",
        "1. 修缮校舍,更新课桌椅\n2. 打通断头路,改造桥梁\n3. 新建公园\n",
        TEXT.replace(",", "\t"),
        TEXT.replace(",", " | "),
        TEXT.replace(",", "，"),
        "| 序号 | 任务 | 单位 |\n|---|---|---|\n| 1 | 甲,乙,丙 | 县委 |\n| 2 | 甲,乙 | 县委 |\n",
        "序号 任务 单位\n1 甲 县委\n",
        "坚持党的领导,加强组织保障,压实工作责任。\n坚持问题导向,突出工作重点,注重工作实效。\n",
    ],
)
def test_what_is_left_to_the_readers_of_text(text: str) -> None:
    assert not looks_like_csv(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (HEAD + "1,甲,县委,6月\n" * 20_001, "20002 行"),
        (HEAD + ",".join("甲" * 201) + "\n", "201 列"),
        (HEAD + "1,甲,县委,6月\n" * 2 + "3," + "甲" * 5_000_000 + "\n", "字"),
    ],
)
def test_too_much(text: str, what: str) -> None:
    with pytest.raises(TooMuch, match=what):
        read(text.encode())


def test_speed() -> None:
    row = '{},"推进""放管服""改革",县教育局,6月底前,a,b,c,d\n'
    no_square(lambda count: (HEAD + "".join(map(row.format, range(count)))).encode(), read, size=10_000)


@pytest.mark.parametrize("seed", range(10))
def test_any_text_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        text = "".join(chance.choice('",;\t|\n\r" 甲月1') for _ in range(chance.randrange(400)))
        try:
            with no_hang():
                looks_like_csv(text)
                found = read(text.encode())
        except ReadError:
            continue
        letters = sorted(c for c in text if c in "甲月1")
        kept = "".join(
            block.text
            if isinstance(block, Paragraph)
            else "".join(c.text for row in block.rows for c in row if c)
            for block in found.blocks
        )
        assert sorted(c for c in kept if c in "甲月1") == letters, text


@pytest.mark.parametrize("seed", range(0, 300, 30))
def test_mutated_files_end_in_a_read_error(seed: int) -> None:
    whole = (HEAD + ROWS + '3,"多行\n内容",县委,7月\n4,"没关上,县委,8月\n').encode("gb18030")
    for n in range(seed, seed + 30):
        with suppress(ReadError):
            read(mutated(whole, n))
