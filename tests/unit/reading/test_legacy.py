"""Old Office files: Word is read, the others are named, what is locked or broken is said."""

from __future__ import annotations

import importlib.util
import shutil
import struct
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

import papers
from duban.reading.errors import Broken, NeedsExtra, Protected, ReadError, WrongKind
from duban.reading.formats import legacy
from duban.reading.formats.legacy import read
from duban.reading.formats.ole import root_names
from duban.reading.grid import Grid, Paragraph
from growth import no_hang
from papers.ole import compound
from papers.zips import mutated

DOC = (Path(papers.__file__).parent / "fixtures" / "plan.doc").read_bytes()  # written by LibreOffice
ROWS = [
    ["序号", "工作任务", "责任单位", "完成时限"],
    ["1", "修缮校舍，更新课桌椅", "县教育局", "8月底前"],
    ["2", "打通断头路三条", "县交通运输局、县财政局", "12月31日前"],
    ["3", "改造老旧小区十二个", "县住建局", "9月底前"],
    ["3", "新增停车位两百个", "县公安局", "11月底前"],
]


def check(data: bytes) -> None:
    title, grid, last = read(data).blocks
    assert isinstance(last, Paragraph)
    assert last.text == "附则：每月25日前报送进展。"
    assert isinstance(title, Paragraph)
    assert title.text == "桐山县2026年重点任务分工方案"
    assert isinstance(grid, Grid)
    assert [[cell and cell.text for cell in row] for row in grid.rows] == ROWS
    assert grid.rows[3][0] is grid.rows[4][0]


def test_a_word_document_with_merged_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)  # by the extra, not by a LibreOffice that is there
    check(DOC)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
def test_libreoffice_where_the_extra_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "find_spec", lambda _: None)
    check(DOC)


def test_without_the_extra_and_without_libreoffice_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(NeedsExtra, match=r"duban\[doc\]"):
        read(DOC)
    assert importlib.util.find_spec("doc2docx")


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (compound("EncryptedPackage", "EncryptionInfo"), Protected, "密码"),
        (compound("Workbook"), WrongKind, "旧版 Excel 表格（xls）"),
        (compound("Book"), WrongKind, "旧版 Excel 表格（xls）"),
        (compound("PowerPoint Document", "Current User"), WrongKind, "旧版演示文稿（ppt）"),
        (compound("__properties_version1.0"), WrongKind, "邮件（msg）"),
        (compound("Contents"), WrongKind, "旧版 Office 文件"),
        (compound("Contents", within=["WordDocument"]), WrongKind, "旧版 Office 文件"),
        (compound(), WrongKind, "旧版 Office 文件"),
        (compound("WordDocument"), Broken, "损坏"),
        (DOC[:5000], Broken, "损坏"),
        (DOC[:300], Broken, "损坏"),
        (b"", Broken, "损坏"),
    ],
)
def test_what_cannot_be_read(data: bytes, error: type[ReadError], says: str) -> None:
    with pytest.raises(error, match=says):
        read(data)


def test_names_are_those_at_the_root() -> None:
    assert {"WordDocument", "1Table"} <= root_names(DOC)
    assert root_names(compound("A", "B", within=["C"])) == {"A", "B", "ObjectPool"}


def test_a_directory_that_runs_in_circles_ends() -> None:
    circle = bytearray(compound("A", "B", "C", "D", "E"))
    struct.pack_into("<I", circle, 512 + 8, 1)  # the directory's second sector leads back to the first
    with pytest.raises(ValueError, match="nowhere"):
        root_names(bytes(circle))


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    read(DOC)
    with pytest.raises(Broken):
        read(compound("WordDocument"))
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(0, 300, 30))
def test_mutated_files_end_in_a_read_error(seed: int) -> None:
    for n in range(seed, seed + 30):
        with no_hang(), suppress(ReadError):
            read(mutated(DOC, n))
