"""docx: what Word shows is what is read."""

from __future__ import annotations

from typing import Any

import pytest

from duban.reading.formats.docx import read
from duban.reading.grid import Document, Paragraph, Place
from papers.docx import (
    abstract,
    box,
    docx,
    field,
    ins,
    level,
    num,
    p,
    part,
    r,
    relations,
    sdt,
    style,
    tbl,
    tc,
    tr,
)
from papers.html import mhtml, page, table
from papers.look import grids, lines, only, shown
from papers.zips import packed

DEL = '<w:del w:id="1" w:author="a">{}</w:del>'


def read_docx(*body: str, **files: Any) -> Document:
    return read(docx(*body, **files))


WORDS = {
    "runs": (p(r("6月"), r("底前")), "6月底前"),
    "tab": (p(r("一"), "<w:r><w:tab/></w:r>", r("二")), "一\t二"),
    "non-breaking": (
        p("<w:r><w:t>A</w:t><w:noBreakHyphen/><w:t>B</w:t><w:softHyphen/><w:t>C</w:t></w:r>"),
        "A-BC",
    ),
    "unseen characters": (p("6\u200b月\u00ad底\ufeff前\xa0完成"), "6月底前 完成"),
    "inserted": (p("9", ins(r("月底"))), "9月底"),
    "deleted": (p("9月", DEL.format("<w:r><w:delText>底</w:delText></w:r>"), "前"), "9月前"),
    "text within deleted": (p("9月", DEL.format(r("底")), "前"), "9月前"),
    "moved here": (p(f"<w:moveTo w:id='1'>{r('这里')}</w:moveTo>"), "这里"),
    "moved away": (p("留下", f"<w:moveFrom w:id='1'>{r('那里')}</w:moveFrom>"), "留下"),
    "inserted, then deleted": (p("A", ins(DEL.format(r("B")))), "A"),
    "hyperlink": (p(f"<w:hyperlink>{r('链接')}</w:hyperlink>"), "链接"),
    "smart tag": (p(f"<w:smartTag w:element='date'>{r('6月')}</w:smartTag>底"), "6月"),
    "control in a line": (p("限", sdt(r("6月底"))), "限6月底"),
    "control not filled in": (p("限", sdt(r("单击此处输入日期。"), props="<w:showingPlcHdr/>")), "限"),
    "field": (p(field(" DATE \\@ yyyy ", "2026"), "年"), "2026年"),
    "simple field": (p(f"<w:fldSimple w:instr='DATE'>{r('6月')}</w:fldSimple>"), "6月"),
    "page number": (p("第", field(" PAGE ", "3"), "页"), "第页"),
    "field in an instruction": (
        p(
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
            field("QUOTE", "x"),
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>',
            "好",
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        ),
        "好",
    ),
    "end of no field": (p('<w:r><w:fldChar w:fldCharType="end"/></w:r>', "好"), "好"),
    "circled": (p(field(" EQ \\o\\ac(○,3)", None), "任务"), "③任务"),
    "check box": (
        p(
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox>'
            '<w:default w:val="0"/><w:checked/>'
            '</w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>',
            "是",
        ),
        "☑是",
    ),
    "symbol": (p('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>', "是"), "☑是"),
    "symbol of no use": (
        p('<w:r><w:sym w:font="Wingdings" w:char="F04A"/><w:sym w:char="zz"/></w:r>', "是"),
        "是",
    ),
    "reading aid": (
        p(
            "<w:r><w:ruby><w:rt>"
            + r("dū")
            + "</w:rt><w:rubyBase>"
            + r("督")
            + "</w:rubyBase></w:ruby></w:r>办"
        ),
        "督",
    ),
    "formula": (p("<m:oMath><m:r><m:t>95%</m:t></m:r></m:oMath>"), "95%"),
    "note's number": (p("完成", "<w:r><w:footnoteReference w:id='1'/></w:r>"), "完成"),
    "comment": (
        p('<w:commentRangeStart w:id="0"/>', "完成", "<w:r><w:commentReference w:id='0'/></w:r>"),
        "完成",
    ),
    "deleted end": (p("前半", mark="<w:del w:id='1'/>") + p("后半"), "前半后半"),
    "formatting tracked": (
        "<w:p><w:pPr><w:pPrChange w:id='1'><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>"
        f"</w:pPrChange></w:pPr>{r('无编号')}</w:p>",
        "无编号",
    ),
}


@pytest.mark.parametrize(("given", "then"), WORDS.values(), ids=WORDS)
def test_a_paragraph_is_what_word_shows(given, then):
    assert lines(read_docx(given)) == [then]


@pytest.mark.parametrize(("given", "then"), WORDS.values(), ids=WORDS)
def test_a_cell_is_what_word_shows(given, then):
    assert only(read_docx(tbl(tr("序号", tc(given))))) == [["序号", then]]


@pytest.mark.parametrize(
    "given", [p("秘密★1年", "<w:r><w:br/></w:r>", "特急"), p("秘密★1年", "<w:r><w:cr/></w:r>", "特急")]
)
def test_a_line_break_in_running_text_begins_a_new_line_at_the_same_place(given):
    found = read(docx(p(), p("首段"), given)).blocks
    assert [block.text for block in found] == ["首段", "秘密★1年", "特急"]
    assert [block.place for block in found] == [Place(paragraph=1), Place(paragraph=2), Place(paragraph=2)]


MERGES = {
    "down": (
        [
            tr(tc("甲", merge="restart"), "1"),
            tr(tc("", merge=""), "2"),
            tr(tc("", merge="continue"), "3"),
            tr("乙", "4"),
        ],
        [["甲", "1"], ["甲", "2"], ["甲", "3"], ["乙", "4"]],
    ),
    "across": (
        [tr(tc("一、标题", span=3)), tr("1", "甲", "6月")],
        [["一、标题"] * 3, ["1", "甲", "6月"]],
    ),
    "both": (
        [tr(tc("甲", span=2, merge="restart"), "1"), tr(tc(span=2, merge=""), "2"), tr("a", "b", "3")],
        [["甲", "甲", "1"], ["甲", "甲", "2"], ["a", "b", "3"]],
    ),
    "begun anew": (
        [tr(tc("甲", merge="restart"), "1"), tr(tc("乙", merge="restart"), "2"), tr(tc(merge=""), "3")],
        [["甲", "1"], ["乙", "2"], ["乙", "3"]],
    ),
    "goes on with nothing": ([tr(tc("甲", merge=""), "1"), tr("乙", "2")], [["甲", "1"], ["乙", "2"]]),
    "shift before": (
        [tr("1", "甲", "6月"), tr("乙", "7月", props='<w:gridBefore w:val="1"/>')],
        [["1", "甲", "6月"], [None, "乙", "7月"]],
    ),
    "shift after": (
        [tr("1", "甲", "6月"), tr("2", "乙", props='<w:gridAfter w:val="1"/>')],
        [["1", "甲", "6月"], ["2", "乙", None]],
    ),
    "edges not in line": (
        [tr(tc("a", span=2), "b"), tr("c", tc("d", span=2))],
        [["a", "a", "b"], ["c", "d", "d"]],
    ),
    "span of nonsense": ([tr(tc("a", span="-3"), tc("b", span="x"), tc("c", span="0"))], [["a", "b", "c"]]),
    "endless span": ([tr(tc("题", span=100_000_000)), tr("1", "2")], [["题", "题"], ["1", "2"]]),
    "across, of old": (
        [tr(tc("题", props='<w:hMerge w:val="restart"/>'), tc(props="<w:hMerge/>"), "x"), tr("1", "2", "3")],
        [["题", "题", "x"], ["1", "2", "3"]],
    ),
    "merged with changes tracked": (
        [
            tr(tc("甲", props='<w:cellMerge w:id="1" w:vMerge="rest"/>'), "1"),
            tr(tc(props='<w:cellMerge w:id="1" w:vMerge="cont"/>'), "2"),
        ],
        [["甲", "1"], ["甲", "2"]],
    ),
}


@pytest.mark.parametrize(("rows", "then"), MERGES.values(), ids=MERGES)
def test_merged_cells_are_in_each_slot_that_they_cover(rows, then):
    assert only(read_docx(tbl(*rows))) == then


def test_a_merged_cell_is_one_object_with_its_measures():
    (grid,) = grids(
        read_docx(
            tbl(tr(tc("甲", span=2, merge="restart"), "1"), tr(tc(span=2, merge=""), "2"), tr("a", "b", "3"))
        )
    )
    cell = grid.rows[0][0]
    assert all(grid.rows[row][column] is cell for row in (0, 1) for column in (0, 1))
    assert (cell.rows, cell.columns, cell.place) == (2, 2, Place(table="表1", row=1, column=1))
    assert grid.rows[1][2].place == Place(table="表1", row=2, column=3)


ROWS = {
    "row in a control": [tr("a", "b"), sdt(tr("c", "d"))],
    "rows in a control in a control": [sdt(sdt(tr("a", "b")), tr("c", "d"))],
    "cell in a control": [tr("a", "b"), tr("c", sdt(tc("d")))],
    "paragraph in a control in a cell": [tr("a", "b"), tr("c", tc(sdt(p("d"))))],
    "row in custom XML": [tr("a", "b"), f"<w:customXml>{tr('c', 'd')}</w:customXml>"],
    "inserted row": [tr("a", "b"), tr(tc(p(ins(r("c")))), "d", props='<w:ins w:id="1"/>')],
    "deleted row": [tr("a", "b"), tr("x", "y", props='<w:del w:id="1"/>'), tr("c", "d")],
    "deleted cell": [tr("a", "b"), tr("c", tc("x", props="<w:cellDel w:id='1'/>"), "d")],
    "hidden row": [tr("a", "b"), tr("x", "y", props="<w:hidden/>"), tr("c", "d")],
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_rows_and_cells_are_found_wherever_they_hide(rows):
    assert only(read_docx(tbl(*rows))) == [["a", "b"], ["c", "d"]]


NESTED = {
    "becomes the cell's lines": (
        tbl(tr("1", tc(p("前"), tbl(tr("甲", tc(p("6月"), p("底")))), p("后")))),
        [[["1", "前\n甲 6月 底\n后"]]],
    ),
    "alone in a frame": (tbl(tr(tc(tbl(tr("1", "2"))))), [[["1", "2"]]]),
    "in a frame in a cell": (tbl(tr("1", tc(tbl(tr(tc("框")))))), [[["1", "框"]]]),
    "two in a frame": (
        tbl(tr(tc(tbl(tr("1", "2")), p("中"), tbl(tr("3", "4"))))),
        [[["1", "2"]], [["3", "4"]]],
    ),
    "merged within": (
        tbl(tr("1", tc(tbl(tr(tc("甲", merge="restart"), "a"), tr(tc(merge=""), "b"))))),
        [[["1", "甲 a\nb"]]],
    ),
}


@pytest.mark.parametrize(("given", "then"), NESTED.values(), ids=NESTED)
def test_tables_within_tables(given, then):
    assert [shown(grid) for grid in grids(read_docx(given))] == then


def test_a_table_of_one_cell_is_a_frame_around_text():
    assert read(
        docx(
            tbl(
                tr(tc(p("框内"))),
            ),
            p("框外"),
        )
    ).blocks == (
        Paragraph("框内", Place(paragraph=1)),
        Paragraph("框外", Place(paragraph=2)),
    )


def test_tables_are_counted_and_empty_ones_are_not_there():
    found = grids(read_docx(tbl(tr("a", "b")), p("中"), tbl(tr("", "")), tbl(tr("c", "d"))))
    assert [grid.name for grid in found] == ["表1", "表2"]
    assert found[1].rows[0][0].place.table == "表2"


def test_lines_of_a_cell_keep_apart():
    assert only(read_docx(tbl(tr("1", tc(p("一"), p(), p("二", "<w:r><w:br/></w:r>", "三")))))) == [
        ["1", "一\n二\n三"]
    ]


HIDDEN = {
    "run": (p("见", r("不见", "<w:vanish/>")), ["见"], 1),
    "not hidden": (p("见", r("也见", '<w:vanish w:val="0"/>')), ["见也见"], 0),
    "by style": (p("见", r("不见", '<w:rStyle w:val="h"/>')), ["见"], 1),
    "paragraph by style": (p("不见", style="hp") + p("见"), ["见"], 1),
    "shown against its style": (p(r("见", '<w:vanish w:val="false"/>'), style="hp"), ["见"], 0),
    "nothing in it": (p("见", "<w:r><w:rPr><w:vanish/></w:rPr><w:tab/></w:r>"), ["见"], 0),
    "in the web only": (p("见", r("也见", "<w:webHidden/>")), ["见也见"], 0),
    "end": (p("前", mark="<w:vanish/>") + p("后"), ["前后"], 0),
}


@pytest.mark.parametrize(("given", "then", "count"), HIDDEN.values(), ids=HIDDEN)
def test_hidden_text_is_left_out_and_said(given, then, count):
    styles = style("h", kind="character", rpr="<w:vanish/>") + style("hp", rpr="<w:vanish/>")
    data = docx(given, styles=styles)
    assert lines(read(data)) == then
    said = [note.message for note in read(data).notes if note.code == "hidden-text"]
    assert len(said) == (count > 0)
    assert all(f" {count} 处" in one for one in said)


def test_a_hidden_row_is_said():
    data = docx(tbl(tr("a", "b"), tr("x", "y", props="<w:hidden/>")))
    assert [note.code for note in read(data).notes] == ["hidden-text"]


def test_text_boxes_are_read_once_after_the_paragraph_that_holds_them():
    assert lines(read_docx(p("正文", box(p("秘密★1年"), p("框"))), p("下段"))) == [
        "正文",
        "秘密★1年",
        "框",
        "下段",
    ]
    assert only(read_docx(tbl(tr("1", tc(p("格", box(p("框")))))))) == [["1", "格\n框"]]
    assert shown(grids(read_docx(p(box(tbl(tr("a", "b"))))))[0]) == [["a", "b"]]


def test_margins_come_first_without_page_numbers():
    page = (
        p("— ", field("PAGE", "1"), " —")
        + p("第", field("PAGE", "1"), "页 共", field("NUMPAGES", "9"), "页")
        + p("3")
    )
    mark = p(box(p("秘密★1年"))) + p()
    watermark = '<w:p><w:r><w:pict><v:shape><v:textpath string="内部资料"/></v:shape></w:pict></w:r></w:p>'
    found = read(
        docx(p("正文"), headers=(mark, mark + watermark), footers=(page, page + p("某区府办")))
    ).blocks
    assert [(block.text, str(block.place)) for block in found] == [
        ("秘密★1年", "页眉第1段"),
        ("内部资料", "页眉第2段"),
        ("某区府办", "页脚第3段"),
        ("正文", "第1段"),
    ]


def test_what_is_no_text_of_the_document_is_not_read():
    notes = {name: part(name, p("注")) for name in ("footnotes", "endnotes", "comments")}
    extra = {f"word/{name}.xml": content for name, content in notes.items()}
    assert lines(read_docx(p("正文"), parts=extra)) == ["正文"]


def test_a_table_of_contents_is_not_read():
    toc = sdt(
        p("目录"),
        p("一、标题\t1"),
        props='<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>',
    )
    assert lines(
        read_docx(toc, p("一、标题\t1", style="11"), p("一、标题"), styles=style("11", name="toc 1"))
    ) == ["一、标题"]


def chunk(content: bytes, target: str = "x.mht") -> bytes:
    links = {"word/_rels/document.xml.rels": relations(("aFChunk", target))}
    body = (p("前"), tbl(tr("a", "b")), '<w:altChunk r:id="rId1"/>', p("后"))
    return docx(*body, parts=links | {f"word/{target}": content})


@pytest.mark.parametrize(
    "wrap", [lambda one: one, lambda one: mhtml(("x.htm", one))], ids=["page", "archive"]
)
def test_a_page_within_is_read_in_its_place(wrap):
    found = read(chunk(wrap(page("<p>中</p>" + table("1|甲")))))
    assert [str(one.place) if isinstance(one, Paragraph) else one.name for one in found.blocks] == [
        "第1段", "表1", "第2段", "表2", "第3段",
    ]  # fmt: skip
    assert lines(found) == ["前", "中", "后"]
    assert found.notes == ()


def test_files_within_are_said():
    found = read(chunk(b"PK\x03\x04", "x.docx"))
    assert lines(found) == ["前", "后"]
    assert [note.code for note in found.notes] == ["embedded"]
    assert "1 个" in found.notes[0].message


def test_strict_documents_are_read_alike():
    data = docx(
        p("甲", num="1"),
        tbl(tr(tc("题", span=2)), tr("1", "2")),
        numbering=abstract("0", level(0, "%1.")) + num("1", "0"),
        strict=True,
    )
    assert lines(read(data)) == ["1.甲"]
    assert shown(grids(read(data))[0]) == [["题", "题"], ["1", "2"]]


def test_the_main_part_is_found_by_its_relation():
    assert lines(read_docx(p("甲"), main="word/document2.xml")) == ["甲"]
    assert lines(read(packed({"word/document.xml": part("document", f"<w:body>{p('甲')}</w:body>")}))) == [
        "甲"
    ]


def test_macros_are_passed_over_and_said():
    found = read(docx(p("甲"), parts={"word/vbaProject.bin": b"\0"}))
    assert [note.code for note in found.notes] == ["macros"]
    assert found.blocks
