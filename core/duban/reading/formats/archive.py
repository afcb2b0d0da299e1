"""The guard before any zip is opened: what it would become is looked at first, and no header is believed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from duban.model import Problem
from duban.reading.errors import Bomb, Broken, Protected

MEMBERS = 2000
EACH = 64 << 20  # bytes, expanded
SUM = 200 << 20
RATIO = 200
_SMALL = 1 << 20  # a member that is no larger expanded harms nobody, however well it is packed
_ENTRY = b"PK\x01\x02"  # an entry of the directory; APPNOTE.TXT 4.3.12
_ENCRYPTED = 0x1  # of the general purpose flags; APPNOTE.TXT 4.4.4
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    RuntimeError,
    KeyError,
    IndexError,
)  # fmt: skip - what zipfile raises on mutated files; NotImplementedError is a RuntimeError


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip that may be read. Names are as OPC has them: with / and without a difference of case."""

    what: str
    _zip: zipfile.ZipFile = field(repr=False)
    _members: Mapping[str, zipfile.ZipInfo] = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names as written."""
        return tuple(_name(info) for info in self._members.values())

    @property
    def size(self) -> int:
        """Bytes in all, expanded, as declared."""
        return sum(info.file_size for info in self._members.values())

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What is in it and is not read: macros."""
        if not any(key.endswith("vbaproject.bin") for key in self._members):
            return ()
        return (Problem(code="macros", message="文件里带有宏：没有运行，也没有读取，只读了文字和表格。"),)

    def read(self, name: str) -> bytes | None:
        """A member's bytes, None where there is none. Raises Broken where it is not as it was declared."""
        info = self._members.get(name.lower())
        if info is None:
            return None
        try:
            with self._zip.open(info) as member:
                data = member.read(info.file_size + 1)
        except _FAULTS as error:
            raise Broken(what=self.what) from error
        if len(data) != info.file_size:
            raise Broken(what=self.what)
        return data


def members(data: bytes, *, what: str = "Office 文档") -> Archive:
    """The members of a zip. `what` names the file in errors. Raises Bomb, Broken or Protected."""
    if data.count(_ENTRY) > MEMBERS * 5:  # zips within the zip have entries too; zipfile would read them all
        raise Bomb(what=f"超过 {MEMBERS} 个文件")
    try:
        opened = zipfile.ZipFile(io.BytesIO(data))
        infos = opened.infolist()
    except _FAULTS as error:
        raise Broken(what=what) from error
    _measure(infos)
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise Protected
    keys = Counter(_name(info).lower() for info in infos)
    if any(count > 1 for count in keys.values()) or not all(map(_decent, infos)):
        raise Broken(what=what)
    files = {_name(info).lower(): info for info in infos if not _name(info).endswith("/")}
    return Archive(what, opened, files)


def _measure(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MEMBERS:
        raise Bomb(what=f"有 {len(infos)} 个文件")
    total = sum(info.file_size for info in infos)
    if total > SUM or any(info.file_size > EACH for info in infos):
        raise Bomb(what=f"有 {total >> 20} MB")
    for info in infos:
        if info.file_size > _SMALL and info.file_size > RATIO * info.compress_size:
            raise Bomb(what=f"是原来的 {info.file_size // max(info.compress_size, 1)} 倍")


def _decent(info: zipfile.ZipInfo) -> bool:
    """A relative name, and a method whose output zipfile bounds (that of bzip2 and LZMA it does not)."""
    name = _name(info)
    plain = not name.startswith("/") and ":" not in name and ".." not in name.split("/") and "\0" not in name
    return plain and info.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def _name(info: zipfile.ZipInfo) -> str:
    return info.filename.replace("\\", "/")
