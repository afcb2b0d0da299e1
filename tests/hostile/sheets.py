"""xlsx files that swell, loop or hide something, from XML by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

from hostile.words import SECRET, random
from papers.zips import packed

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
Q = '"'
HEAD = ("序号", "工作任务", "责任单位", "完成时限")


def letters(column: int) -> str:
    """28 → AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def row(number: int, texts: Sequence[str]) -> str:
    """A row of inline strings."""
    cells = "".join(
        f'<c r="{letters(i)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        for i, text in enumerate(texts, 1)
    )
    return f'<row r="{number}">{cells}</row>'


def tasks(count: int, first: int = 1) -> str:
    """A header and so many tasks."""
    made = [row(first, HEAD)]
    made += [
        row(first + no, (str(no), f"编制目录{no}，6月30日前完成。", "甲局", "6月30日"))
        for no in range(1, count + 1)
    ]
    return "".join(made)


def sheet(data: str, after: str = "", before: str = "") -> str:
    """A worksheet part."""
    return (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{REL}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'
    )


def links(*targets: tuple[str, str]) -> str:
    """A .rels part: (kind, target)."""
    items = "".join(
        f'<Relationship Id="rId{i}" Type="{REL}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{items}</Relationships>'


def book(
    *sheets: str,
    names: Sequence[str] = (),
    states: Mapping[int, str] | None = None,
    strings: str = "",
    styles: str = "",
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A workbook of sheets; the first is 台账 where it has no name."""
    named = [*names, *("台账" if i == 0 else f"表{i + 1}" for i in range(len(names), len(sheets)))]
    listed = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{i}" r:id="rId{i}"'
        f"{f' state={chr(34)}{states[i]}{chr(34)}' if states and i in states else ''}/>"
        for i, name in enumerate(named, 1)
    )
    targets = [("worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)]
    made: dict[str, str | bytes] = {
        "_rels/.rels": links(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>{listed}</sheets></workbook>',
    }
    for kind, content in (("sharedStrings", strings), ("styles", styles)):
        if content:
            targets.append((kind, f"{kind}.xml"))
            made[f"xl/{kind}.xml"] = content
    made["xl/_rels/workbook.xml.rels"] = links(*targets)
    made |= {f"xl/worksheets/sheet{i}.xml": one for i, one in enumerate(sheets, 1)}
    return packed(made | dict(parts or {}))


def good(*more: str, count: int = 2, after: str = "") -> bytes:
    """A ledger of a few tasks, and more rows beneath."""
    return book(sheet(tasks(count) + "".join(more), after))


def shared(items: str, cells: str = "") -> bytes:
    """Cells that refer to shared strings."""
    return book(sheet(tasks(2) + cells), strings=f'<sst xmlns="{MAIN}">{items}</sst>')


def one_for_all() -> bytes:
    """One string of 30,000 characters in 300,000 cells: 9 GB, were each one made."""
    cells = [f"<c t={Q}s{Q} m={Q}{random(i, 4)}{Q}><v>0</v></c>" for i in range(300_000)]
    rows_ = (f'<row r="{n + 5}">{"".join(cells[n * 100 : n * 100 + 100])}</row>' for n in range(3000))
    return shared(f"<si><t>{'办' * 30_000}</t></si>", "".join(rows_))


def many_strings() -> bytes:
    """Shared strings of 60 MB."""
    return shared("".join(f"<si><t>{random(n, 8)}</t></si>" for n in range(2_400_000)))


def endless_string() -> bytes:
    """One shared string of 45 million characters, in one cell."""
    text = "".join(random(n, 30) for n in range(1_500_000))
    return shared(f"<si><t>{text}</t></si>", '<row r="5"><c r="A5" t="s"><v>0</v></c></row>')


def merged(*areas: str) -> bytes:
    """A ledger with merged areas."""
    return good(
        after=f"<mergeCells>{''.join(f'<mergeCell ref={chr(34)}{a}{chr(34)}/>' for a in areas)}</mergeCells>"
    )


def many_merges() -> bytes:
    """300,000 areas, all over the same cells."""
    return merged(*(f"A1:{letters(2 + i % 16000)}{2 + i}" for i in range(300_000)))


def same_sheet(count: int, state: str) -> bytes:
    """One sheet of 5,000 rows, listed many times."""
    one = sheet(tasks(5000))
    listed = "".join(
        f'<sheet name="s{i}" sheetId="{i}" r:id="rId1" state="{state}"/>' for i in range(1, count)
    )
    workbook = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="台账" sheetId="0" r:id="rId1"/>'
        f"{listed}</sheets></workbook>"
    )
    return book(one, parts={"xl/workbook.xml": workbook})


def laughs(name: str) -> bytes:
    """A billion laughs in a part."""
    steps = '<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
    )
    xml = f'<?xml version="1.0"?><!DOCTYPE x [{steps}]><x xmlns="{MAIN}"><si><t>&j;</t></si></x>'
    return book(sheet(tasks(2)), strings="x", parts={name: xml})


def deep() -> bytes:
    """A million elements within one another."""
    return book(sheet(tasks(2) + "".join(f'<row x="{random(n, 4)}"><c>' for n in range(500_000))))


def formulas() -> bytes:
    """Formulas with and without results, and texts that would be formulas elsewhere."""
    texts = ("=cmd|' /C calc'!A0", "@SUM(1+1)*cmd", "+1+1", "-2+3")
    rows = [row(4 + i, (str(3 + i), text, "甲局", "6月30日")) for i, text in enumerate(texts)]
    valued = '<row r="9"><c r="A9"><v>7</v></c><c r="B9" t="str"><f>HYPERLINK("http://x","办")</f><v>办公开</v></c>'
    valued += '<c r="C9" t="inlineStr"><is><t>甲局</t></is></c><c r="D9"><f>NOW()</f></c></row>'
    return good(*rows, valued)


def styled(code: str) -> bytes:
    """Numbers in a format."""
    quoted = escape(code, {'"': "&quot;"})
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="200" formatCode="{quoted}"/></numFmts>'
        '<cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>'
    )
    cells = "".join(f'<row r="{n}"><c r="A{n}" s="0"><v>4{n}</v></c></row>' for n in range(5, 500))
    return book(sheet(tasks(2) + cells), styles=styles)


def wide(count: int) -> bytes:
    """So many columns."""
    return book(sheet(row(1, [*HEAD, *(f"列{i}" for i in range(count))]) + row(2, ["1"] * count)))


def macros() -> bytes:
    """With macros in it."""
    return book(sheet(tasks(2)), parts={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"Shell" * 100})


def markup() -> bytes:
    """A sheet whose name is markup."""
    return book(sheet(tasks(2)), sheet(tasks(3)), names=("<b>{{7*7}}</b>", "{% raw %}&amp;"))


_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"


def _text_box() -> bytes:
    """A text box over the sheet, as Excel draws it."""
    drawing = (
        f'<xdr:wsDr xmlns:xdr="{_DRAWING}/spreadsheetDrawing" xmlns:a="{_DRAWING}/main"><xdr:sp><xdr:txBody>'
        f"<a:p><a:r><a:t>{SECRET}</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>"
    )
    return book(
        sheet(tasks(2), after='<drawing r:id="rId1"/>'),
        parts={
            "xl/drawings/drawing1.xml": drawing,
            "xl/worksheets/_rels/sheet1.xml.rels": links(("drawing", "../drawings/drawing1.xml")),
        },
    )


SECRETS: dict[str, Callable[[], bytes]] = {
    "a line": lambda: book(sheet(row(1, [SECRET]) + tasks(2, 2))),
    "a cell beside others": lambda: book(sheet(row(1, ["000001", SECRET, "特急"]) + tasks(2, 2))),
    "a sheet's name": lambda: book(sheet(tasks(2)), names=[SECRET]),
    "an empty sheet's name": lambda: book(sheet(tasks(2)), sheet(""), names=["台账", SECRET]),
    "a hidden sheet": lambda: book(sheet(tasks(2)), sheet(row(1, [SECRET])), states={2: "hidden"}),
    "a hidden sheet's name": lambda: book(
        sheet(tasks(2)), sheet(row(1, ["x"])), names=["台账", SECRET], states={2: "veryHidden"}
    ),
    "a header": lambda: book(
        sheet(
            tasks(2),
            after=f"<headerFooter><oddHeader>&amp;R&amp;&quot;宋体&quot;&amp;12{SECRET}</oddHeader></headerFooter>",
        )
    ),
    "a text box": _text_box,
    "a cell under a merged one": lambda: book(
        sheet(
            row(1, ["通知", SECRET]) + tasks(2, 2), after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
        )
    ),
}
