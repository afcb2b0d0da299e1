"""All bad files, as a table: what it is, how it is made, the exit code, a piece of what is said."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hostile import archives, ole, pdfs, sheets, texts, words
from hostile.texts import MB

FORMATS = tuple(
    one * (30_001 // len(one)) for one in ("0", "[", '"', "#,##", "yyyy", ";", "[>9", "\\", "*", "[$-")
)
SIGNS = (
    *("9", "12", "年", "1月", "2026年1月1日", "第1项", "《", "（", "（一）", "一", "、", "。"),
    *(" ", "\t", "\u3000", '"', ",", "|", "x", "甲局、", "责任单位："),
)
LINES = ("", "1", "一、", "（一）", "责任单位：甲局", "\t1", "1\t2\t3", "年底前", "甲局负责，年底前完成。")


@dataclass(frozen=True)
class Case:
    """A bad file. `code` 0: it is read, and what was left out is said."""

    name: str
    build: Callable[[], bytes]
    code: int
    piece: str


def _archives() -> Iterator[Case]:
    a = archives
    yield Case("zip: a bomb", a.bomb, 2, "压缩得异常")
    yield Case("zip: ten parts of 60 MB", a.bombs, 2, "")
    yield Case("zip: zips within beside a good document", a.quine_like, 0, "共 2 项")
    yield Case("zip: zips within zips alone", a.nested, 2, "压缩包")
    yield Case("zip: 100,000 members", a.many, 2, "个文件")
    yield Case("zip: a size that lies, too small", a.lying, 2, "损坏")
    yield Case("zip: a size that lies, too large", a.short, 2, "压缩得异常")
    yield Case("zip: a hundred names over the same bytes", a.overlapping, 2, "")
    yield Case("zip: encrypted", a.encrypted, 2, "密码")
    yield Case("zip: packed with bzip2", lambda: a.strange_method(zipfile.ZIP_BZIP2), 2, "损坏")
    yield Case("zip: packed with LZMA", lambda: a.strange_method(zipfile.ZIP_LZMA), 2, "损坏")
    for name in (
        "/etc/passwd",
        "../../x",
        "C:\\x",
        "word\\..\\..\\x",
        "word/document.xml",
        "WORD/DOCUMENT.XML",
    ):
        yield Case(f"zip: a member named {name}", lambda name=name: a.named(name), 2, "损坏")
    yield Case("zip: empty", lambda: b"PK\5\6" + bytes(18), 2, "压缩包")
    yield Case("zip: nothing but its beginning", lambda: b"PK\3\4", 2, "")
    yield Case("docx: without a main part", lambda: a.zipped(("word/x.xml", b"<x/>")), 2, "损坏")
    for share in (10, 50, 90, 99):
        yield Case(f"docx: cut off at {share} %", lambda s=share: _cut(words.good(), s), 2, "损坏")
        said = "压缩包" if share == 10 else "损坏"  # its names are not there yet
        yield Case(f"xlsx: cut off at {share} %", lambda s=share: _cut(sheets.good(), s), 2, said)


def _cut(data: bytes, share: int) -> bytes:
    return data[: len(data) * share // 100]


def _words() -> Iterator[Case]:
    w = words
    yield Case("docx: 60 MB of good rows", w.large, 2, "")
    yield Case("docx: 100,000 rows", lambda: w.bare_rows(100_000), 2, "100001 行")
    yield Case("docx: 10,000 columns", lambda: w.wide(10_000), 2, "列")
    yield Case(
        "docx: one paragraph of 4.9 million characters", lambda: w.paragraph(4_900_000), 2, "没有在文件里找到"
    )
    yield Case("docx: one paragraph of 5.1 million characters", lambda: w.paragraph(5_100_000), 2, "")
    for value in ("99999999", "2147483647", "99999999999999999999", "-5", "x"):
        yield Case(f"docx: spans of {value} columns", lambda v=value: w.spans(v), 0, "")
    yield Case("docx: 50 tables deep", lambda: w.nested_tables(50), 0, "共 2 项")
    yield Case("docx: 5,000 tables deep", lambda: w.nested_tables(5000), 2, "损坏")
    yield Case("docx: 100,000 insertions deep", lambda: w.nested_inline(100_000), 2, "损坏")
    yield Case("docx: a billion laughs", w.laughs, 2, "损坏")
    yield Case("docx: an entity from a file", lambda: w.outside("file:///etc/passwd"), 2, "损坏")
    yield Case("docx: an entity from the network", lambda: w.outside("http://127.0.0.1:9/x"), 2, "损坏")
    yield Case("docx: in UTF-16", lambda: w.encoded("UTF-16", "utf-16"), 0, "共 2 项")
    yield Case("docx: in GB18030", lambda: w.encoded("GB18030", "gb18030"), 0, "共 2 项")
    yield Case("docx: in UTF-7", lambda: w.encoded("UTF-7", "utf-7"), 0, "共 2 项")
    yield Case("docx: in an unknown encoding", lambda: w.encoded("nosuch", "utf-8"), 2, "损坏")
    yield Case("docx: in another encoding than it says", lambda: w.encoded("UTF-8", "gb18030"), 2, "损坏")
    yield Case("docx: styles and lists in rings", w.ring, 0, "共 2 项")
    yield Case("docx: takes itself in", lambda: w.included("word/document.xml"), 0, "共 2 项")
    yield Case("docx: with macros", w.macros, 0, "宏")
    yield Case("docx: formulas", w.formulas, 0, "=cmd|' /C calc'!A0")
    yield Case("docx: names with markup", w.markup, 0, "<b>甲</b>&amp;局")


def _sheets() -> Iterator[Case]:
    s = sheets
    yield Case("xlsx: 100,000 rows", lambda: s.good(count=100_000), 2, "100001 行")
    yield Case("xlsx: 10,000 columns", lambda: s.wide(10_000), 2, "列")
    yield Case("xlsx: 20,000 rows", lambda: s.good(count=19_999), 0, "共 19999 项")
    yield Case("xlsx: one long string in half a million cells", s.one_for_all, 2, "字")
    yield Case("xlsx: 2,400,000 shared strings", s.many_strings, 2, "")
    yield Case("xlsx: a string of 60 MB", s.endless_string, 2, "")
    yield Case("xlsx: a merged area over the whole sheet", lambda: s.merged("A1:XFD1048576"), 2, "")
    yield Case("xlsx: 300,000 merged areas", s.many_merges, 2, "")
    yield Case(
        "xlsx: merged areas that are none",
        lambda: s.merged("A0:B0", "ZZZZ1:A99999999", ":", "A1:A1:A1"),
        0,
        "共 2 项",
    )
    yield Case("xlsx: one sheet listed 2,000 times", lambda: s.same_sheet(2000, "visible"), 2, "损坏")
    yield Case("xlsx: one sheet listed 2,000 times, hidden", lambda: s.same_sheet(2000, "hidden"), 2, "损坏")
    yield Case("xlsx: a billion laughs in a sheet", lambda: s.laughs("xl/worksheets/sheet1.xml"), 2, "损坏")
    yield Case("xlsx: a billion laughs in the strings", lambda: s.laughs("xl/sharedStrings.xml"), 2, "损坏")
    yield Case("xlsx: a billion laughs in the styles", lambda: s.laughs("xl/workbook.xml"), 2, "损坏")
    yield Case("xlsx: a million elements deep", s.deep, 2, "损坏")
    yield Case("xlsx: formulas", s.formulas, 0, "=cmd|' /C calc'!A0")
    for code in FORMATS:
        name = f"xlsx: a format of {len(code)} {code[:4]}"
        yield Case(name, lambda c=code: s.styled(c), 0, "编制目录2")
    yield Case("xlsx: with macros", s.macros, 0, "宏")
    yield Case("xlsx: sheets named with markup", s.markup, 0, "共 5 项")
    yield Case("xlsx: a row 0", lambda: s.good('<row r="0"><c r="A0"><v>1</v></c></row>'), 2, "损坏")
    yield Case("xlsx: a row far away", lambda: s.good(s.row(1_048_576, ("9", "办会", "丙局"))), 0, "共 3 项")
    yield Case(
        "xlsx: a row beyond the last", lambda: s.good(s.row(1_048_577, ("9", "办会", "丙局"))), 2, "损坏"
    )
    yield Case(
        "xlsx: a string that is not there",
        lambda: s.shared("", '<row r="5"><c t="s"><v>5</v></c></row>'),
        2,
        "损坏",
    )


def _texts() -> Iterator[Case]:
    t = texts
    for sign in SIGNS:
        yield Case(f"txt: one line of 19 MB of {sign!r}", lambda s=sign: t.one_line(s), 2, "")
        yield Case(f"txt: one line of 1 MB of {sign!r}", lambda s=sign: t.one_line(s, 1_000_000), 2, "")
    for line in LINES:
        yield Case(f"txt: 300,000 lines of {line!r}", lambda n=line: t.lines(n, 300_000), 2, "")
    yield Case("txt: 10,000 columns by tabs", lambda: t.wide(10_000, "\t"), 2, "")
    yield Case("txt: 10,000 columns by bars", lambda: t.wide(10_000, "|"), 2, "")
    yield Case("txt: 50 MB", lambda: t.one_line("办", 50 * MB), 2, "超过 20 MB")
    yield Case("txt: two encodings in one", t.mixed, 2, "编码")
    yield Case("txt: UTF-7", lambda: t.flat().encode("utf-7"), 2, "")
    yield Case("txt: UTF-16 of odd length", lambda: t.flat().encode("utf-16")[:-1], 2, "编码")
    yield Case("txt: UTF-32", lambda: t.flat().encode("utf-32"), 2, "编码")
    yield Case("txt: zeros within", lambda: t.flat().encode().replace(b"\n", b"\0\n", 3), 2, "编码")
    yield Case("csv: an unclosed quote", t.unclosed, 0, "双引号")
    yield Case("csv: a million quotes", t.quotes, 2, "")
    yield Case("csv: 10,000 columns", lambda: t.wide(10_000, ","), 2, "列")
    yield Case("csv: 100,000 rows", lambda: t.long_csv(100_000), 2, "行")
    yield Case("csv: formulas", t.formulas, 0, "=cmd|' /C calc'!A0")


def _pages() -> Iterator[Case]:
    t = texts
    yield Case("html: a million divs deep", lambda: t.page("<div>" * 1_000_000, t.table()), 2, "")
    yield Case("html: 4,000 tables deep", lambda: t.page(t.table(), "<table><tr><td>" * 4000), 2, "")
    for name in ("colspan", "rowspan"):
        for value in ("99999999", "-1", "x", "9" * 5000):
            row = f"<tr><td>3</td><td {name}={value}>办会</td><td>丙局</td></tr>"
            yield Case(f"html: a {name} of {value[:9]}", lambda r=row: t.page(t.table(r)), 0, "")
    yield Case(
        "html: 50,000 wide cells",
        lambda: t.page(t.table("<tr><td colspan=1000 rowspan=1000>x</td></tr>" * 50_000)),
        2,
        "",
    )
    yield Case("html: 100,000 rows", lambda: t.page(t.table("<tr><td>3<td>办<td>局</tr>" * 100_000)), 2, "行")
    yield Case("html: 10,000 columns", lambda: t.page(t.table(f"<tr>{'<td>办' * 10_000}</tr>")), 2, "列")
    yield Case("html: 3,000,000 tags", lambda: t.page(t.table(), "<b>" * 3_000_000), 0, "共 2 项")
    yield Case("html: a billion laughs", t.html_laughs, 0, "共 2 项")
    yield Case("html: one attribute of 19 MB", lambda: t.page(t.table(), f"<p title={'x' * 19 * MB}>"), 0, "")
    yield Case("html: a comment that never ends", lambda: t.page(t.table(), "<!--" + "-" * 19 * MB), 0, "")
    yield Case(
        "html: a charset that is none", lambda: t.page(t.table(), head="<meta charset=nosuch>"), 0, "共 2 项"
    )
    yield Case(
        "html: scripts and a frame",
        lambda: t.page(t.table(), "<script>while(1);</script><iframe src=file:///etc/passwd>"),
        0,
        "共 2 项",
    )
    yield Case("mhtml: 2,000 multiparts deep", lambda: t.mhtml(t.page(t.table()), depth=2000), 2, "")
    yield Case("mhtml: 200,000 parts", lambda: t.many_parts(200_000), 0, "共 2 项")
    yield Case("mhtml: no page in it", lambda: t.mhtml(b"x", kind="image/png"), 2, "")
    yield Case("mhtml: base64 that is none", lambda: t.mhtml("办《》".encode(), coding="base64x"), 2, "")


def _pdfs() -> Iterator[Case]:
    p = pdfs
    yield Case("pdf: 5,000 pages", lambda: p.empty_pages(5000), 2, "")
    yield Case("pdf: a page tree that is a ring", p.cyclic_tree, 2, "")
    yield Case("pdf: forms that draw one another", p.cyclic_forms, 2, "")
    yield Case("pdf: a page of 300 MB of lines", lambda: p.swelling(300 * MB), 2, "")
    yield Case("pdf: a page packed three times", lambda: p.swelling(300 * MB, 3), 2, "")
    yield Case("pdf: a page of 20 MB of text", lambda: p.much_text(20 * MB), 2, "")
    yield Case("pdf: contents that lead to themselves", p.looping_xref, 2, "")
    yield Case("pdf: 100,000 arrays deep", lambda: p.nested_arrays(100_000), 2, "")
    yield Case("pdf: objects that refer to themselves", p.self_reference, 2, "")
    yield Case("pdf: a picture", p.scanned, 2, "扫描件")
    yield Case("pdf: with a password", p.locked, 2, "密码")
    yield Case("pdf: cut off", lambda: _cut(p.written(), 50), 2, "")
    yield Case("pdf: its beginning", lambda: b"%PDF-1.7\n", 2, "")


def _ole() -> Iterator[Case]:
    yield Case("doc: a ring of sectors", ole.cyclic, 2, "")
    yield Case("doc: a directory that is a ring", ole.cyclic_directory, 2, "")
    yield Case("doc: a table that is a ring", ole.cyclic_difat, 2, "")
    yield Case("doc: huge sectors", ole.huge_sectors, 2, "")
    yield Case("xls of old", ole.old_excel, 2, "")
    yield Case("docx with a password", ole.locked, 2, "密码")
    yield Case("doc: its first bytes", ole.head_alone, 2, "")


CASES = (*_archives(), *_words(), *_sheets(), *_texts(), *_pages(), *_pdfs(), *_ole())
