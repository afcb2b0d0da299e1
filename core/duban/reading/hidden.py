"""Hidden sheets: read and said. Their tasks count only where no visible sheet has any."""

from __future__ import annotations

from dataclasses import replace

from duban.model import Problem
from duban.reading.columns import Heads
from duban.reading.grid import Document
from duban.reading.layout import lay_out
from duban.reading.tables import Laid


def with_hidden(
    document: Document, laid: Laid | None, heads: Heads
) -> tuple[Laid | None, tuple[Problem, ...]]:
    """What a document says, its hidden sheets looked at, and the document's notes with what they hold.

    A hidden sheet is mostly an old version or a list of choices, so its tasks beside visible ones would be
    given twice; where there are no others, they are what the file has.
    """
    notes = list(document.notes)
    used = laid
    for grid in document.hidden:
        behind = lay_out(Document(blocks=(grid,)), heads)
        if behind is None:
            continue
        if laid is None and used is None:
            used, said = behind, "已按它读入（别的工作表里没有任务），请核对"
        else:
            said = f"其中有 {len(behind.entries)} 项任务，没有计入；需要的话请取消隐藏后重发"
        for i, note in enumerate(notes):
            if note.code == "hidden-sheet" and note.where == grid.name:
                begin = note.message.split("，没有读入", 1)[0]
                notes[i] = replace(note, message=f"{begin}，{said}。")
    return used, tuple(notes)
