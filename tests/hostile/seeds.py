"""Real files of all formats, as what mutations begin with: the sample plan, the papers and the corpora."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import papers
from hostile import pdfs, texts
from papers.drawing import load
from papers.drawing_files import to_docx, to_html, to_xlsx

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "tests" / "corpus"
MAKERS = {"docx": to_docx, "xlsx": to_xlsx, "html": to_html}
# Named one by one, so that the numbers of mutations stay what they are when a corpus grows.
TEXTS = {
    "flat": (
        *("bars", "bars_headless", "blanks", "cells_headless", "glued_numbers", "leaders", "no_blank_lines"),
        *("no_indent", "no_numbers", "pages", "tabs", "tabs_torn", "two_tables", "wide_headings"),
    ),
    "prose": (
        *("articles", "bare", "brackets", "groups", "leaders_and_fields", "letter", "lines", "scars"),
        *("several_clauses", "title_lines", "units_before", "wrapped"),
    ),
}
PAPERS = ("ledger", "merged_units", "several_tables", "two_header_rows", "heading_rows", "months")


@dataclass(frozen=True)
class Seed:
    """A good file. `format` says which mutations fit it."""

    name: str
    format: str
    data: bytes


def seeds() -> Iterator[Seed]:
    """All seeds, those of a format one after the other."""
    samples = ROOT / "data" / "samples"
    yield Seed("sample docx", "docx", (samples / "plan-2026.docx").read_bytes())
    yield Seed("sample xlsx", "xlsx", (samples / "plan-2026.xlsx").read_bytes())
    for name in PAPERS:
        drawing = load(CORPUS / "papers" / f"{name}.txt")
        for kind, make in MAKERS.items():
            if kind in drawing.formats:
                yield Seed(f"{name} {kind}", kind, make(drawing))
    page = to_html(load(CORPUS / "papers" / "ledger.txt"))
    yield Seed("mhtml", "mhtml", page)
    yield Seed("csv", "csv", texts.long_csv(12).replace("。".encode(), "，办好，完善制度。".encode()))
    yield Seed(
        "quoted csv", "csv", texts.csv('3,"办会，\n办文。","丙局,丁局",7月31日', "4,办事。,甲局,").encode()
    )
    yield Seed("sample txt", "txt", (samples / "plan-2026.txt").read_bytes())
    for folder, names in TEXTS.items():
        for name in names:
            yield Seed(f"{folder} {name}", "txt", (CORPUS / folder / f"{name}.txt").read_bytes())
    yield Seed("ruled pdf", "pdf", pdfs.written(8))
    yield Seed("prose pdf", "pdf", pdfs.with_line("某区2026年重点工作任务分工方案"))
    yield Seed("doc", "doc", (Path(papers.__file__).parent / "fixtures" / "plan.doc").read_bytes())
