"""docx files that swell, loop or hide something: the smallest ones that do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from xml.sax.saxutils import escape

from papers.docx import abstract, box, docx, num, p, part, r, relations, style, tbl, tc, tr
from papers.docx import field as fld

HEADER = tr("序号", "工作任务", "责任单位", "完成时限")
SECRET = "机密★5年"


def task(no: int, text: str = "编制目录", unit: str = "甲局") -> str:
    """A row of the table."""
    return tr(str(no), f"{text}{no}，6月30日前完成。", unit, "6月30日")


def rows(count: int) -> str:
    """So many rows of tasks."""
    return "".join(task(no) for no in range(1, count + 1))


def body(table: str = "", *more: str) -> tuple[str, ...]:
    """A plan of two items as a document has it."""
    return (p("某区2026年重点工作任务分工方案"), tbl(HEADER, rows(2), table), *more)


def document(*more: str) -> str:
    """word/document.xml of a good plan."""
    return part("document", f"<w:body>{''.join(body('', *more))}</w:body>")


def good(*more: str) -> bytes:
    """A good plan."""
    return docx(*body("", *more))


def large() -> bytes:
    """A document.xml of some 60 MB of rows that are all right."""
    return docx(p("某区2026年重点工作任务分工方案"), tbl(HEADER, rows(150_000)))


def bare_rows(count: int) -> bytes:
    """So many rows, as short as rows can be."""
    rows_ = (f"<w:tr>{_cell(str(no))}{_cell(f'办{random(no)}')}</w:tr>" for no in range(count))
    return docx(p("某区2026年重点工作任务分工方案"), tbl(tr("序号", "工作任务"), "".join(rows_)))


def _cell(text: str) -> str:
    return f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def random(seed: int, size: int = 12) -> str:
    """Letters that pack badly, so that a file is no bomb by its ratio alone."""
    return hashlib.sha256(str(seed).encode()).hexdigest()[:size]


def wide(count: int) -> bytes:
    """A table of so many columns."""
    cells = [tc(f"列{i}") for i in range(count)]
    return docx(*body(), tbl(tr("序号", "工作任务", *cells), tr("1", "办", *cells)))


def spans(value: str) -> bytes:
    """Cells that say they cover `value` columns, and rows that begin behind them."""
    before = f'<w:gridBefore w:val="{value}"/>'
    return docx(*body(tr("3", tc("办事", span=value), "甲局") + tr("4", "办会", props=before) * 50))


def nested_tables(depth: int) -> bytes:
    """Tables within tables."""
    inner = p("办")
    for _ in range(depth):
        inner = f"<w:tbl><w:tr><w:tc>{inner}</w:tc><w:tc/></w:tr></w:tbl>"
    return docx(*body(), inner)


def nested_inline(depth: int) -> bytes:
    """Tracked insertions within tracked insertions."""
    opened = "".join(f'<w:ins w:id="{random(n, 4)}">' for n in range(depth))
    return docx(*body(), f"<w:p>{opened}{r('办')}{'</w:ins>' * depth}</w:p>")


def laughs(tag: str = "p") -> bytes:
    """A billion laughs."""
    steps = "".join(
        f'<!ENTITY l{i} "{"&l" + str(i - 1) + ";" if i else "哈"}{f"&l{i - 1};" * 9 if i else "哈" * 9}">'
        for i in range(10)
    )
    xml = document(f"<w:{tag}><w:r><w:t>&l9;</w:t></w:r></w:{tag}>")
    return with_document(xml.replace("?>", f"?><!DOCTYPE w:document [{steps}]>", 1))


def outside(what: str) -> bytes:
    """An entity from outside: a file of this machine, an address of the network."""
    xml = document(p("<w:r><w:t>&x;</w:t></w:r>"))
    return with_document(xml.replace("?>", f'?><!DOCTYPE w:document [<!ENTITY x SYSTEM "{what}">]>', 1))


def with_document(xml: str | bytes) -> bytes:
    """A docx with this as its main part."""
    return docx(parts={"word/document.xml": xml})


def encoded(name: str, codec: str) -> bytes:
    """A main part that says one encoding and has one."""
    return with_document(document().replace("UTF-8", name, 1).encode(codec))


def paragraph(size: int) -> bytes:
    """One paragraph of so many characters."""
    text = "".join(f"完善{random(n, 8)}制度，推进落实，" for n in range(size // 19))
    return docx(p("某区2026年重点工作任务分工方案"), p(text))


def ring() -> bytes:
    """Styles based on one another, lists that lead to themselves, counters at the end of all numbers."""
    styles = "".join(
        style(f"s{i}", based=f"s{(i + 1) % 3}", ppr='<w:numPr><w:numId w:val="1"/></w:numPr>')
        for i in range(3)
    )
    level = (
        '<w:lvl w:ilvl="0"><w:start w:val="2147483647"/><w:numFmt w:val="{}"/>'
        f'<w:lvlText w:val="{"%1%2%9" * 500}"/></w:lvl>'
    )
    kinds = ("chineseCounting", "lowerLetter", "upperRoman", "ideographTraditional", "cardinalText")
    lists = "".join(abstract(str(i), level.format(kind)) for i, kind in enumerate(kinds, 1))
    lists += "".join(num(str(i), str(i)) for i in range(1, len(kinds) + 1))
    more = [p("办", num=str(i % 5 + 1), level=0, style="s1") for i in range(300)]
    return docx(*body(), *more, styles=styles, numbering=lists)


def included(target: str) -> bytes:
    """A document that takes in another part, or itself."""
    chunk = '<w:altChunk r:id="rId1"/>'
    rels = relations(("aFChunk", f"/{target}"))
    return docx(*body(), chunk * 100, parts={"word/_rels/document.xml.rels": rels})


def macros() -> bytes:
    """With macros in it."""
    return docx(*body(), parts={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"Shell(calc)" * 100})


def formulas() -> bytes:
    """Cells and fields that a program of tables, or Word, would run."""
    texts = ("=cmd|' /C calc'!A0", "@SUM(1+1)*cmd", "+1+1", '-2+3+HYPERLINK("http://x")')
    made = "".join(tr(str(no), text, "甲局", "6月30日") for no, text in enumerate(texts, 3))
    field = fld("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe", None)
    return docx(*body(made), f"<w:p>{field}</w:p>")


def markup() -> bytes:
    """Names with the markup of everything that shows them."""
    texts = ("<b>甲</b>&amp;局", "{{7*7}}局", "{% raw %}局", "<script>alert(1)</script>", "{0.__class__}%s局")
    made = "".join(
        tr(str(no), f"办好{t}的事，6月30日前完成。", t, "6月30日") for no, t in enumerate(texts, 3)
    )
    return docx(*body(made))


def _note(kind: str) -> bytes:
    """A secret in a part of notes, with the relation that Word writes."""
    tag = {"footnotes": "footnote", "endnotes": "endnote", "comments": "comment"}[kind]
    xml = part(kind, f'<w:{tag} w:id="1">{p(SECRET)}</w:{tag}>')
    parts = {f"word/{kind}.xml": xml, "word/_rels/document.xml.rels": relations((kind, f"{kind}.xml"))}
    return docx(*body("", p(f'<w:r><w:{tag}Reference w:id="1"/></w:r>')), parts=parts)


def _watermark() -> str:
    shape = f'<w:pict><v:shape><v:textpath string="{escape(SECRET)}"/></v:shape></w:pict>'
    return p(f"<w:r>{shape}</w:r>")


SECRETS: dict[str, Callable[[], bytes]] = {
    "a line": lambda: docx(p(SECRET), *body()),
    "a header": lambda: docx(*body(), headers=(p(SECRET),)),
    "a footer": lambda: docx(*body(), footers=(p(SECRET),)),
    "a text box": lambda: docx(p(box(p(SECRET))), *body()),
    "a text box of a header": lambda: docx(*body(), headers=(p(box(p(SECRET))),)),
    "a watermark": lambda: docx(*body(), headers=(_watermark(),)),
    "a footnote": lambda: _note("footnotes"),
    "an endnote": lambda: _note("endnotes"),
    "a comment": lambda: _note("comments"),
    "hidden text": lambda: docx(p(r(SECRET, "<w:vanish/>")), *body()),
    "a cell": lambda: docx(tbl(tr(SECRET)), *body()),
    "a cell beside others": lambda: docx(tbl(tr("000001", SECRET, "特急")), *body()),
    "a control": lambda: docx(f"<w:sdt><w:sdtContent>{p(SECRET)}</w:sdtContent></w:sdt>", *body()),
    "a title over the table": lambda: docx(*body(tr(tc(SECRET, span=4)))),
    "split over runs": lambda: docx(p(*(r(one) for one in SECRET)), *body()),
}
