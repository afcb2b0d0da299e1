"""docx files that are broken, too large, or made to harm; and how long good ones take."""

from __future__ import annotations

import io
import zipfile

import docx as python_docx
import pytest

from duban.reading.errors import Bomb, Broken, ReadError, TooMuch
from duban.reading.formats import limits
from duban.reading.formats.docx import read
from growth import no_hang, no_square
from papers.docx import abstract, box, docx, field, level, num, p, part, sdt, style, tbl, tc, tr
from papers.look import grids, lines, only
from papers.zips import mutated, packed

NUMBERING = abstract("0", level(0, "%1."), level(1, "（%2）")) + num("1", "0")


def made_by_python_docx(rows: int = 6, columns: int = 4) -> bytes:
    document = python_docx.Document()
    document.add_heading("某区2026年重点工作分工方案", 0)
    document.add_paragraph("第一项", style="List Number")
    table = document.add_table(rows, columns)
    for i, row in enumerate(table.rows):
        for j, cell in enumerate(row.cells):
            cell.text = f"{i}行{j}列"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "合并"
    document.add_paragraph("第二项", style="List Number")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_a_document_by_another_hand():
    found = read(made_by_python_docx())
    assert lines(found) == ["某区2026年重点工作分工方案", "1.第一项", "2.第二项"]
    assert only(found)[1:3] == [
        ["合并", "1行1列", "1行2列", "1行3列"],
        ["合并", "2行1列", "2行2列", "2行3列"],
    ]


BROKEN = {
    "no zip": b"PK\x03\x04 nothing more",
    "cut off": docx(p("甲"))[:-30],
    "no document": packed({"word/other.xml": "<a/>"}),
    "no body": packed({"word/document.xml": part("document", "")}),
    "no XML": packed({"word/document.xml": "not XML"}),
    "empty part": packed({"word/document.xml": ""}),
    "broken numbering": docx(p("甲"), numbering="<w:num"),
    "document type": packed(
        {"word/document.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]>" + part("document", "<w:body/>").split("?>")[1]}
    ),
    "too deep": docx("<w:sdt><w:sdtContent>" * 400 + "</w:sdtContent></w:sdt>" * 400),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_said_to_be(data):
    with pytest.raises(Broken, match="Word 文档"):
        read(data)


def test_a_bomb_of_entities_is_refused():
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "ha">{entities}]><d>&e11;</d>'
    with pytest.raises(Broken):
        read(packed({"word/document.xml": bomb}))


def test_tables_as_deep_as_xml_may_be():
    inner = p("底")
    for _ in range(75):
        inner = tbl(tr("x", tc(inner)))
    assert only(read(docx(inner))) == [["x", " ".join(["x"] * 74 + ["底"])]]


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([tr("a", "b")] * 20_001, "行"),
        ([tr(*["a"] * 201)], "列"),
        ([tr("一" * 2_500_000, "二" * 2_500_001)], "字"),
    ],
)
def test_too_much_is_refused(rows, what):
    with pytest.raises(TooMuch, match=f"{what}，超过") as error:
        read(packed({"word/document.xml": part("document", f"<w:body>{tbl(*rows)}</w:body>")}, method=0))
    assert error.value.facts["what"] == what


def test_slots_are_counted_before_they_are_filled(monkeypatch):
    monkeypatch.setattr(limits, "SLOTS", 1000)
    with pytest.raises(TooMuch, match="1001 格，超过"):
        read(docx(tbl(*[tr("a")] * 1001)))
    with pytest.raises(TooMuch, match="格，超过"):
        read(docx(tbl(*[tr(tc(span=3), "b") if i else tr("a", "b", "c", "d") for i in range(300)])))


def test_a_table_at_the_limit_is_read():
    data = packed(
        {"word/document.xml": part("document", f"<w:body>{tbl(*[tr('a', 'b')] * 20_000)}</w:body>")}, method=0
    )
    assert len(grids(read(data))[0].rows) == 20_000


def test_a_packed_bomb_is_refused():
    with pytest.raises(Bomb):
        read(packed({"word/document.xml": part("document", f"<w:body>{p(' ' * 3_000_000)}</w:body>")}))


MUTATED = {
    "by hand": docx(
        p("甲", num="1"),
        p(field("DATE", "x"), box(p("框")), style="a"),
        tbl(
            tr(tc("题", span=2)),
            sdt(tr(tc("1", merge="restart"), "2")),
            tr(tc(merge=""), tc(tbl(tr("a", "b")))),
        ),
        numbering=NUMBERING,
        styles=style("a", ppr='<w:numPr><w:numId w:val="1"/></w:numPr>'),
        headers=(p("秘密"),),
    ),
    "python-docx": made_by_python_docx(),
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


@pytest.mark.parametrize("name", ["document", "numbering", "styles", "header1"])
def test_mutations_within_a_part_end_alike(name):
    """A zip's checksums catch most mutations: these are made before packing."""
    with zipfile.ZipFile(io.BytesIO(MUTATED["by hand"])) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    ends: list[object] = []
    for seed in range(300):
        wrong = parts | {f"word/{name}.xml": mutated(parts[f"word/{name}.xml"], seed)}
        try:
            ends.append(read(packed(wrong, method=0)))
        except ReadError as error:
            ends.append(str(error))
    assert sum(not isinstance(one, str) for one in ends) > 10


def of_rows(count):
    rows = [tr(*[f"{i}行{j}列" for j in range(8)]) for i in range(count)]
    body = p("第一项", num="1") * count + tbl(*rows)
    return packed({"word/document.xml": part("document", f"<w:body>{body}</w:body>")}, method=0)


def test_speed():
    no_square(of_rows, read, size=4000)
