"""html: what a browser shows is what is read."""

from __future__ import annotations

import pytest

from duban.reading.errors import Broken, BrokenText, ReadError, TooMuch
from duban.reading.formats import limits
from duban.reading.formats.html import read
from duban.reading.grid import Document, Paragraph, Place
from growth import no_growth, no_hang, no_square
from papers.html import mhtml, page, table, td, tr
from papers.look import grids, lines, only, shown
from papers.zips import mutated


def at(body: str) -> Document:
    return read(page(body))


SPANS = {
    "none": (table("1|甲", "2|乙"), [["1", "甲"], ["2", "乙"]]),
    "across": (table(tr(td("题", "colspan=2")), "1|2"), [["题", "题"], ["1", "2"]]),
    "down": (table(tr(td("甲", "rowspan=2"), "1"), "2", "乙|3"), [["甲", "1"], ["甲", "2"], ["乙", "3"]]),
    "down to the end": (
        table(tr(td("甲", "rowspan=0"), "1"), "2", "3"),
        [["甲", "1"], ["甲", "2"], ["甲", "3"]],
    ),
    "down to the end of its group": (
        f"<table><tbody>{tr(td('甲', 'rowspan=0'), '1')}{tr('2')}</tbody>{tr('乙', '3')}</table>",
        [["甲", "1"], ["甲", "2"], ["乙", "3"]],
    ),
    "beyond its group": (
        f"<table><thead>{tr(td('甲', 'rowspan=9'), '1')}</thead><tbody>{tr('乙', '2')}</tbody></table>",
        [["甲", "1"], ["乙", "2"]],
    ),
    "beyond the table": (table(tr(td("甲", "rowspan=99999999999"), "1"), "2"), [["甲", "1"], ["甲", "2"]]),
    "across nothing": (table(tr(td("题", "colspan=0"), "x"), "1|2"), [["题", "x"], ["1", "2"]]),
    "endless": (table(tr(td("题", "colspan=100000000")), "1|2"), [["题", "题"], ["1", "2"]]),
    "negative": (table(tr(td("a", "colspan=-2 rowspan=-1"), "b"), "1|2"), [["a", "b"], ["1", "2"]]),
    "garbage": (table(tr(td("a", "colspan='x' rowspan='１'"), "b"), "1|2"), [["a", "b"], ["1", "2"]]),
    "with a unit": (table(tr(td("题", "colspan='2px'")), "1|2"), [["题", "题"], ["1", "2"]]),
    "two down side by side": (
        table(tr(td("a", "rowspan=2"), td("b", "rowspan=3"), "1"), "2", "c|3"),
        [["a", "b", "1"], ["a", "b", "2"], ["c", "b", "3"]],
    ),
    "both ways": (
        table(tr(td("a", "rowspan=2 colspan=2"), "1"), "2", "x|y|3"),
        [["a", "a", "1"], ["a", "a", "2"], ["x", "y", "3"]],
    ),
    "one over another": (
        table(tr("1", td("下", "rowspan=2"), "2", "3"), tr(td("横", "colspan=3"), "尾"), "a|b|c|d"),
        [["1", "下", "2", "3"], ["横", "下", None, "尾"], ["a", "b", "c", "d"]],
    ),
    "ragged": (table("1|2|3", "4"), [["1", "2", "3"], ["4", None, None]]),
    "empty row within": (table("1|2", "<tr></tr>", "3|4"), [["1", "2"], [None, None], ["3", "4"]]),
    "nothing but wide cells": (table(tr(td("1", "colspan=3"), td("2", "colspan=2"))), [["1", "2"]]),
}


@pytest.mark.parametrize(("given", "then"), SPANS.values(), ids=SPANS)
def test_cells_are_where_browsers_put_them(given, then):
    assert only(at(given)) == then


def test_a_merged_cell_is_one_object_with_its_measures():
    (grid,) = grids(at(table("序号|a|b", tr("1", td("甲", "rowspan=5 colspan=9")), "2")))
    cell = grid.rows[1][1]
    assert all(grid.rows[row][column] is cell for row in (1, 2) for column in (1, 2))
    assert (cell.rows, cell.columns, cell.place) == (2, 2, Place(table="表1", row=2, column=2))
    assert grid.rows[2][0].place == Place(table="表1", row=3, column=1)


SHAPES = {
    "nothing closed": "<table><tr><td>1<td>甲<tr><td>2<td>乙</table>",
    "table not closed": "<table><tr><td>1<td>甲<tr><td>2<td>乙",
    "heads": "<table><tr><th>1<th>甲</tr><tr><td>2<td>乙</tr></table>",
    "groups out of order": (
        "<table><tfoot><tr><td>2<td>乙</tfoot><tbody></tbody><thead><tr><td>1<td>甲</thead></table>"
    ),
    "form within": "<table><form><tr><td>1<td>甲</tr><tr><td>2<td>乙</tr></form></table>",
    "cells without a row": "<table><td>1<td>甲<tr><td>2<td>乙</tr></table>",
    "columns": "<table><colgroup><col width=1><col></colgroup><tr><td>1<td>甲<tr><td>2<td>乙</table>",
    "in a frame": f"<table><tr><td>{table('1|甲', '2|乙')}</table>",
    "in frames": f"<table><tr><td><div><table><tr><td>{table('1|甲', '2|乙')}</table></div></table>",
    "upper case": "<TABLE><TR><TD>1<TD>甲<TR><TD>2<TD>乙</TABLE>",
    "namespaces": (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><table><tr><td>1</td>'
        "<td><o:p>甲</o:p></td></tr><tr><td>2</td><td>乙</td></tr></table></html>"
    ),
}


@pytest.mark.parametrize("given", SHAPES.values(), ids=SHAPES)
def test_rows_are_found_in_whatever_is_written(given):
    (grid,) = grids(read(given.encode()))
    assert shown(grid) == [["1", "甲"], ["2", "乙"]]


def test_rows_after_a_group_are_not_of_it():
    given = f"<table><thead>{tr(td('a', 'rowspan=3'), 'b')}</thead>{tr('1', '2')}{tr('3', '4')}</table>"
    assert only(at(given)) == [["a", "b"], ["1", "2"], ["3", "4"]]


TEXTS = {
    "blanks": ("<p>  6月\t底 \n before  </p>", ["6月 底 before"]),
    "a line of the source": ("<p>推进政务\n  公开 in\n2026</p>", ["推进政务公开 in 2026"]),
    "breaks": ("一<br>二<br/>三<p>四<div>五</div>六", ["一", "二", "三", "四", "五", "六"]),
    "blank that stays": ("<p>&nbsp;单&nbsp;&nbsp;位&nbsp;</p>", ["单  位"]),
    "entities": ("<p>A&amp;B&lt;95&#37;&#x6708;</p>", ["A&B<95%月"]),
    "unseen": ("<p>6\u200b月&shy;底&#8203;前</p>", ["6月底前"]),
    "inline": ("<p><b>一、</b><span>加<i>强</i></span>公开<u></u></p>", ["一、加强公开"]),
    "left out": (
        "<p>见</p><script>var x='<p>不</p>'</script><style>p{}</style><noscript>不</noscript><!-- 不 -->"
        "<template><p>不</p></template><select><option>不</select><textarea>不</textarea>后",
        ["见", "后"],
    ),
    "deleted": ("<p>9月<del>底</del><ins>末</ins></p>", ["9月末"]),
    "as typed": ("<pre>一 二\n三\n\n四</pre>", ["一 二", "三", "四"]),
    "as typed by style": ("<p style='white-space: pre-wrap'>一\n二</p>", ["一", "二"]),
    "ordered list": (
        "<ol><li>甲<li>乙<ol type=a><li>丙</ol><li value=9>丁</ol>",
        ["1. 甲", "2. 乙", "a. 丙", "9. 丁"],
    ),
    "list from five": ("<ol start=5><li>甲</ol>", ["5. 甲"]),
    "list backwards": ("<ol reversed><li>甲<li>乙</ol>", ["2. 甲", "1. 乙"]),
    "list of nonsense": ("<ol start=x><li value=y>甲</ol>", ["1. 甲"]),
    "list without numbers": ("<ol style='list-style:none'><li>甲</ol><ul><li>乙</ul>", ["甲", "乙"]),
    "Word's number": (
        "<p><![if !supportLists]><span style='mso-list:Ignore'>一、<span>&nbsp;</span></span><![endif]>标题"
        "<o:p></o:p></p>",
        ["一、 标题"],
    ),
    "Word's comments and notes": (
        "<p>正文</p><div style='mso-element:comment-list'>批注</div>"
        "<div style='mso-element:footnote-list'>脚注</div>",
        ["正文"],
    ),
    "for Word alone": ("<!--[if gte mso 9]><p>不</p><![endif]-->见", ["见"]),
    "left open for the whole page": ("".join("<font><b>行<br>" for _ in range(3000)), ["行"] * 3000),
    "deep": ("<div>" * 1500 + "深" + "</div>" * 1500 + "后", ["深", "后"]),
    "control characters": ("<p>6月\x01底\x1f前</p>", ["6月底前"]),
    "cells without a table": ("<td>一<td>二", ["一", "二"]),
    "frame": (table("框<br>内"), ["框", "内"]),
    "caption": ("<table><caption>表题</caption><tr><td>1<td>2</table>", ["表题"]),
    "stray text in a table": ("<table>漏<tr>网<td>1<td>2</tr><p>之鱼</table>", ["漏", "网", "之鱼"]),
}  # fmt: skip


@pytest.mark.parametrize(("given", "then"), TEXTS.values(), ids=TEXTS)
def test_text_is_as_shown(given, then):
    assert lines(at(given)) == then


def test_a_cell_has_lines():
    assert only(at(table(tr("1", "一<br>二<p>三</p><p>四</p>\n")))) == [["1", "一\n二\n三\n四"]]


def test_blocks_are_in_order_with_places():
    found = read(page(f"前<p>言</p>{table('1|2')}<p>中</p>{table('|')}{table('3|4')}后")).blocks
    assert [str(one.place) if isinstance(one, Paragraph) else one.name for one in found] == [
        "第1段", "第2段", "表1", "第3段", "表2", "第4段",
    ]  # fmt: skip
    assert str(found[4].rows[0][1].place) == "表2第1行第2列"


def test_the_title_is_the_name_and_no_line():
    found = read(page("<h2>标题</h2><p>正文</p>", head="<title> 题\n二</title>"))
    assert (lines(found), found.name) == (["标题", "正文"], "题 二")


class TestTablesInTables:
    def test_layout_goes_what_it_lays_out_stays(self):
        body = table(
            tr("导航", "首页"), tr("左栏", f"正文{table('1|甲', '2|乙')}{table('3|丙')}"), tr("页脚")
        )
        found = read(page(body)).blocks
        assert [one.text if isinstance(one, Paragraph) else shown(one) for one in found] == [
            "导航", "首页", "左栏", "正文", [["1", "甲"], ["2", "乙"]], [["3", "丙"]], "页脚",
        ]  # fmt: skip

    def test_a_small_table_in_a_cell_of_a_large_one_is_its_text(self):
        rows = [f"{i}|落实第{i}项任务|区某局|6月" for i in range(1, 5)]
        body = table(*rows, tr("5", f"落实{table('甲|乙', '|丙')}", "区某局", "7月"))
        assert only(at(body))[4] == ["5", "落实\n甲 乙\n丙", "区某局", "7月"]

    def test_a_table_that_says_it_is_layout(self):
        rows = [f"{i}|落实第{i}项任务|区某局|6月" for i in range(1, 5)]
        body = table(*rows, tr("5", table("甲|乙"), "b", "c"), more="role=presentation")
        assert [shown(one) for one in grids(at(body))] == [[["甲", "乙"]]]


HIDDEN = {
    "display": ("<p style='color:red; DISPLAY : none'>不见</p>见", ["见"], 1),
    "attribute": ("<div hidden><p>不</p><p>见</p></div>见", ["见"], 1),
    "Word's": ("<p>见<span style='mso-hide:all'>不见</span></p>", ["见"], 1),
    "dress": ("见<font style='display:none'>不见</font>", ["见"], 1),
    "table": (f"见<div>{table('1|2', more='hidden')}</div>", ["见"], 1),
    "nothing in it": ("<p style='display:none'> <br></p>见", ["见"], 0),
    "what follows it": ("<span hidden>不</span>见", ["见"], 1),
}


@pytest.mark.parametrize(("given", "then", "count"), HIDDEN.values(), ids=HIDDEN)
def test_hidden_text_is_left_out_and_said(given, then, count):
    data = page(given)
    assert lines(read(data)) == then
    said = [note.message for note in read(data).notes if note.code == "hidden-text"]
    assert len(said) == (count > 0)
    assert all(f" {count} 处" in one for one in said)


def test_hidden_rows_and_cells_are_no_part_of_the_table():
    row = tr("x", "y", more="style='display:none'")
    data = page(
        table("1|甲", row, tr(td("x", "hidden"), "2", "乙"))
        + table(f"<tbody hidden>{tr('x')}</tbody>", "3|丙")
    )
    assert [shown(one) for one in grids(read(data))] == [[["1", "甲"], ["2", "乙"]], [["3", "丙"]]]
    assert " 3 处" in read(data).notes[0].message


TEXT = "<p>各单位6月底前完成䶮㙍任务</p>"
ENCODED = {
    "as declared": page(TEXT, encoding="gb18030"),
    "GB2312 declared, more than that": page(TEXT, encoding="gb2312"),
    "nothing declared, UTF-8": TEXT.encode(),
    "nothing declared, GB18030": TEXT.encode("gb18030"),
    "UTF-8, another declared": f"<meta charset=gb2312>{TEXT}".encode(),
    "GB18030, UTF-8 declared": f"<meta charset=utf-8>{TEXT}".encode("gb18030"),
    "GB18030, Latin declared": f"<meta charset=iso-8859-1>{TEXT}".encode("gb18030"),
    "http-equiv": f'<meta http-equiv=Content-Type content="text/html; charset=GBK">{TEXT}'.encode("gb18030"),
    "XML's way": f'<?xml version="1.0" encoding="GB18030"?>{TEXT}'.encode("gb18030"),
    "no such encoding": f"<meta charset=hex>{TEXT}".encode(),
    "mark": TEXT.encode("utf-8-sig"),
    "UTF-16 with its mark": f"<meta charset=unicode>{TEXT}".encode("utf-16"),
    "UTF-16 without": TEXT.encode("utf-16-le"),
}


@pytest.mark.parametrize("data", ENCODED.values(), ids=ENCODED)
def test_encodings(data):
    assert lines(read(data)) == ["各单位6月底前完成䶮㙍任务"]


def test_big5_as_declared():
    assert lines(read(page("<p>各單位六月底前完成</p>", encoding="big5"))) == ["各單位六月底前完成"]


@pytest.mark.parametrize("data", [b"<p>\xff\xff\xff\xff", b"<p>" + "完成".encode("utf-16-be") + b"\0\xff"])
def test_text_in_no_encoding_is_refused(data):
    with pytest.raises(BrokenText):
        read(data)


@pytest.mark.parametrize("way", ["quoted-printable", "base64"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "utf-16"])
def test_web_archives(way, encoding):
    data = mhtml(("x.htm", page(table("1|甲", "2|乙"), encoding=encoding)), way=way, charset=encoding)
    (grid,) = grids(read(data))
    assert shown(grid) == [["1", "甲"], ["2", "乙"]]


def test_an_archive_of_a_workbook_has_a_page_for_each_sheet():
    frames = b"<html><frameset><frame src=sheet001.htm><noframes></noframes></frameset></html>"
    sheets = [(f"sheet00{i}.htm", page(table(f"{i}|甲"))) for i in (1, 2)]
    data = mhtml(("x.htm", frames), ("tabstrip.htm", page("表一")), *sheets)
    found = [(one.name, shown(one)) for one in grids(read(data))]
    assert found == [("表1", [["1", "甲"]]), ("表2", [["2", "甲"]])]
    assert lines(read(data)) == []


def test_the_header_of_a_page_in_an_archive_says_where_it_is():
    data = mhtml(("x.htm", page("<p>正文")), ("header.htm", page("<p>秘密★1年")))
    assert [(one.text, str(one.place)) for one in read(data).blocks] == [
        ("正文", "第1段"),
        ("秘密★1年", "页眉第1段"),
    ]


def test_a_page_of_one_part_with_mail_headers():
    data = b"From: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + TEXT.encode()
    assert lines(read(data)) == ["各单位6月底前完成䶮㙍任务"]


def test_excel_under_the_name_of_a_page():
    data = page(
        "<table x:str border=0><col width=72 style='mso-width-source:userset'><tr height=18>"
        "<td class=xl65 x:num>1</td><td colspan=2 style='mso-ignore:colspan'>甲</td></tr>"
        "<tr><td>2</td><td>乙</td><td>6月</td></tr>"
        "<![if supportMisalignedColumns]><tr height=0 style='display:none'><td width=72></td></tr><![endif]>"
        "</table>"
    )
    assert [shown(one) for one in grids(read(data))] == [[["1", "甲", "甲"], ["2", "乙", "6月"]]]
    assert read(data).notes == ()


@pytest.mark.parametrize(
    "data", [b"", b"  ", b"<!-- x -->", b"<html></html>", b"<table></table>", page(table("|"))]
)
def test_nothing_is_nothing(data):
    assert read(data).blocks == ()


BROKEN = {
    "deeper than the parser goes": ("<div>" * 3000 + "深").encode(),
    "tables as deep": ("<table><tr><td>" * 600 + "深").encode(),
    "an archive of pictures": b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n"
    b"Content-Type: image/png\n\nx\n--x--\n",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_would_be_lost_is_refused(data):
    with pytest.raises(Broken, match="网页"):
        read(data)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (table(*["1|2"] * 20_001), "行"),
        (table("|".join(["1"] * 201)), "列"),
        ("<p>" + "字" * 5_000_001, "字"),
        ("<b>" * 4_000_001, "个标签"),
    ],
)
def test_too_much_is_refused_in_time(body, what):
    data = page(body)
    with no_hang(), pytest.raises(TooMuch) as error:
        read(data)
    assert error.value.facts["what"] == what


@pytest.mark.parametrize(
    "body",
    [
        table(*["1" + "|" * 9] * 1001),
        table(*[tr(*[td("1", "rowspan=65534")] * 10)] * 100),
        table(*["1|2"] * 2000) + table(*["1|2|3|4"] * 2000),
    ],
)
def test_slots_are_counted_before_they_are_filled(body, monkeypatch):
    monkeypatch.setattr(limits, "SLOTS", 10_000)
    with pytest.raises(TooMuch) as error:
        read(page(body))
    assert error.value.facts["what"] == "格"


@pytest.mark.parametrize("n", [1, 4])
def test_wide_cells_cost_nothing(n):
    def of_width(columns):
        return page(table(*[tr(*[td("题", f"colspan={columns} rowspan=2")] * n)] * 2000))

    assert grids(read(of_width(1000)))[0].width <= 2 * n
    no_growth(of_width, read, size=1000)


MUTATED = {
    "page": page(
        f"<h1>题</h1><ol><li>甲</ol><pre>一\n二</pre><p hidden>x</p>"
        f"{table(tr(td('甲', 'rowspan=2 colspan=3'), '1'), '2|3', tr(table('a|b'), 'c'))}"
    ),
    "GBK": page(f"<title>题</title>{table('序号|任务|单位', '1|完成|某局')}", encoding="gb2312"),
    "archive": mhtml(("x.htm", page(table("1|甲"))), ("header.htm", page("页眉"))),
    "archive in base64": mhtml(("x.htm", page(table("1|甲"))), way="base64"),
    "UTF-16": page(table("1|甲"), encoding="utf-16"),
}


@pytest.mark.parametrize("data", MUTATED.values(), ids=MUTATED)
def test_mutations_end_in_a_document_or_a_read_error(data):
    ends = []
    with no_hang():
        for seed in range(300):
            try:
                ends.append(len(read(mutated(data, seed)).blocks))
            except ReadError as error:
                ends.append(str(error))
    assert len(ends) == 300
    assert any(ends)


def test_speed():
    def of_rows(count):
        return page(table(*["|".join(f"{i}-{j}内容" for j in range(10)) for i in range(count)]))

    no_square(of_rows, read, size=4000)
