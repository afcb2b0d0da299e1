"""Word 97–2003 documents (.doc, also WPS's .wps): turned into docx, and read as that.

By msdoc2docx (extra `doc`), in pure Python; by LibreOffice where only that is there. Both want files, and get
a folder of their own that is gone afterwards. Called in a child process with bounds (duban.reading.apart).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from duban.reading.errors import Broken, NeedsExtra, Protected, WrongKind
from duban.reading.formats.ole import root_names
from duban.reading.grid import Document

KIND = "旧版 Word/WPS 文档"
_KINDS = (  # a name at the file's root, and what such a file is
    ("Workbook", "旧版 Excel 表格（xls）"),
    ("Book", "旧版 Excel 表格（xls）"),
    ("PowerPoint Document", "旧版演示文稿（ppt）"),
    ("__properties_version1.0", "邮件（msg）"),
    ("VisioDocument", "Visio 图（vsd）"),
)
_LONGEST = 60  # seconds that LibreOffice may take


def read(data: bytes) -> Document:
    """A document in the old Word format. Raises Protected, WrongKind, Broken or NeedsExtra."""
    from duban.reading.formats import docx  # noqa: PLC0415 - most runs read no such file

    try:
        names = root_names(data)
    except ValueError as error:
        raise Broken(what=KIND) from error
    if "EncryptedPackage" in names:
        raise Protected
    if "WordDocument" not in names:
        raise WrongKind(what=next((what for name, what in _KINDS if name in names), "旧版 Office 文件"))
    with tempfile.TemporaryDirectory(prefix="duban-") as folder:
        source, target = Path(folder, "in.doc"), Path(folder, "in.docx")
        source.write_bytes(data)
        _convert(source, target)
        converted = target.read_bytes()
    return docx.read(converted)


def _convert(source: Path, target: Path) -> None:
    if find_spec("doc2docx"):
        return _by_doc2docx(source, target)
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office:
        return _by_office(office, source, target)
    raise NeedsExtra(what=KIND, extra="doc")


def _by_doc2docx(source: Path, target: Path) -> None:
    from doc2docx import convert  # noqa: PLC0415 - an extra
    from doc2docx.errors import EncryptedDocumentError  # noqa: PLC0415

    try:
        convert(source, target)
    except EncryptedDocumentError as error:
        raise Protected from error
    except MemoryError:
        raise
    except Exception as error:  # whatever a broken file makes of a young library
        raise Broken(what=KIND) from error


def _by_office(office: str, source: Path, target: Path) -> None:
    command = [
        office,
        f"-env:UserInstallation={(source.parent / 'profile').as_uri()}",
        *("--headless", "--norestore", "--infilter=MS Word 97", "--convert-to", "docx:MS Word 2007 XML"),
        *("--outdir", str(target.parent), str(source)),
    ]
    try:
        subprocess.run(  # noqa: S603 - nothing of the file is in the command
            command,
            check=True,
            timeout=_LONGEST,
            capture_output=True,
            preexec_fn=_unbound if sys.platform != "win32" else None,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise Broken(what=KIND) from error
    if not target.exists():
        raise Broken(what=KIND)


def _unbound() -> None:
    """The child's bounds on memory are too narrow for an office; its time is bounded all the same."""
    import resource  # noqa: PLC0415 - POSIX

    for what in (resource.RLIMIT_DATA, resource.RLIMIT_AS):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (hard, hard))
