"""Zips that lie, swell or reach out: what no zip library should be trusted with."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable

from hostile.words import document

MAIN = "word/document.xml"
MB = 1 << 20


def zipped(*parts: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of named parts, in their order, names twice too."""
    return _joined([_entry(name, content, method=method) for name, content in parts])


def _entry(
    name: str, content: bytes, *, method: int = zipfile.ZIP_DEFLATED, size: int | None = None, flags: int = 0
) -> tuple[bytes, bytes]:
    """A local record and the rest of its directory record. `size` is the size that is claimed."""
    if method == zipfile.ZIP_DEFLATED:
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush()
    else:
        packed = content
    raw = name.encode()
    size = len(content) if size is None else size
    shared = struct.pack(
        "<HHHHHIIIHH", 20, flags, method, 0, 33, zlib.crc32(content), len(packed), size, len(raw), 0
    )
    return b"PK\3\4" + shared + raw + packed, raw + shared


def _joined(entries: Iterable[tuple[bytes, bytes]]) -> bytes:
    body, directory, count = bytearray(), bytearray(), 0
    for local, record in entries:
        shared, name = record[-26:], record[:-26]
        directory += b"PK\1\2" + struct.pack("<H", 20) + shared
        directory += struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
        body += local
        count += 1
    end = struct.pack("<HHHHIIH", 0, 0, count & 0xFFFF, count & 0xFFFF, len(directory), len(body), 0)
    return bytes(body + directory) + b"PK\5\6" + end


def bomb() -> bytes:
    """250 MB of blanks in 250 KB."""
    return zipped((MAIN, b" " * (250 * MB)))


def bombs() -> bytes:
    """Ten parts of 60 MB, each allowed by itself."""
    one = _entry(MAIN, bytes(60 * MB))
    return _joined([one, *((one[0], f"word/{i}.xml".encode() + one[1][-26:]) for i in range(9))])


def quine_like() -> bytes:
    """A zip in a zip in a zip, five deep, beside a document that is well."""
    inner = b"x" * MB
    for depth in range(5):
        inner = zipped((f"{depth}.zip", inner))
    return zipped(*document_parts(), ("word/embeddings/1.zip", inner))


def nested() -> bytes:
    """Zips within zips, and nothing else."""
    inner = b"x" * MB
    for depth in range(5):
        inner = zipped((f"{depth}.zip", inner), (f"{depth}b.zip", inner))
    return inner


def many() -> bytes:
    """100,000 members."""
    nothing = _entry("", b"")
    names = (f"word/{i}.xml".encode() for i in range(100_000))
    entries = []
    for name in names:
        shared = nothing[1][:-4] + struct.pack("<HH", len(name), 0)
        entries.append((b"PK\3\4" + shared + name + nothing[0][30:], name + shared))
    return _joined(entries)


def lying() -> bytes:
    """A directory that claims ten bytes for what unfolds to 100 MB."""
    return _joined([_entry(MAIN, b" " * (100 * MB), size=10)])


def short() -> bytes:
    """A directory that claims more than there is."""
    return _joined([_entry(MAIN, document().encode(), size=40 * MB)])


def overlapping() -> bytes:
    """A hundred names over the same 60 MB: a bomb without recursion (Fifield)."""
    data = _joined([_entry(MAIN, b" " * (60 * MB))])
    at = data.rindex(b"PK\1\2")
    record = data[at : data.rindex(b"PK\5\6")]
    made = data[:at] + b"".join(
        record.replace(MAIN.encode(), f"word/documen{i:02}.xml".encode()[-17:]) for i in range(100)
    )
    end = struct.pack("<HHHHIIH", 0, 0, 100, 100, len(made) - at, at, 0)
    return made + b"PK\5\6" + end


def encrypted() -> bytes:
    """Marked as encrypted."""
    return _joined([_entry(MAIN, document().encode(), flags=1)])


def strange_method(method: int) -> bytes:
    """A document packed by another method than Office's."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(MAIN, document())
    return buffer.getvalue()


def named(name: str) -> bytes:
    """A document with one more member of a name."""
    return zipped(*document_parts(), (name, b"x"))


def document_parts() -> list[tuple[str, bytes]]:
    """The smallest docx: a main part alone."""
    return [(MAIN, document().encode())]
