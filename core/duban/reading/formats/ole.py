"""OLE2 compound files ([MS-CFB]): the names at their root tell Word from Excel from an encrypted docx."""

from __future__ import annotations

import struct

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_LAST_SECTOR = 0xFFFFFFF9  # what is greater marks the end of a chain
_NOTHING = 0xFFFFFFFF  # no sibling, no child
_ENTRY = 128
_MOST = 100_000  # entries; a real file has some dozens


def root_names(data: bytes) -> frozenset[str]:
    """The streams and storages directly beneath the root. Raises ValueError where the structure is broken."""
    entries = _directory(data)
    if not entries:
        raise ValueError("no directory")
    names: set[str] = set()
    waiting, seen = [_links(entries[0])[2]], set[int]()
    while waiting:
        at = waiting.pop()
        if at == _NOTHING or at in seen:
            continue
        if at >= len(entries):
            raise ValueError("an entry beyond the directory")
        seen.add(at)
        entry = entries[at]
        length = struct.unpack_from("<H", entry, 64)[0]
        names.add(entry[: min(length, 64)].decode("utf-16-le", "replace").rstrip("\0"))
        left, right, _ = _links(entry)
        waiting += [left, right]
    return frozenset(names)


def _links(entry: bytes) -> tuple[int, int, int]:
    left, right, child = struct.unpack_from("<III", entry, 68)
    return left, right, child


def _directory(data: bytes) -> list[bytes]:
    if len(data) < _HEADER or not data.startswith(MAGIC):
        raise ValueError("no compound file")
    shift = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        raise ValueError("no sector size")
    size = 1 << shift
    first = struct.unpack_from("<I", data, 48)[0]
    table = _allocation(data, size)
    entries: list[bytes] = []
    seen: set[int] = set()
    while first <= _LAST_SECTOR:
        if first in seen or first >= len(table) or len(entries) > _MOST:
            raise ValueError("a chain that leads nowhere")
        seen.add(first)
        sector = _sector(data, first, size)
        entries += [sector[i : i + _ENTRY] for i in range(0, size, _ENTRY)]
        first = table[first]
    return entries


def _allocation(data: bytes, size: int) -> list[int]:
    """The file allocation table: for each sector the next one. The header says where its own sectors are."""
    listed = list(struct.unpack_from("<109I", data, 76))
    beyond, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, len(data) // size)):
        if beyond > _LAST_SECTOR:
            break
        more = struct.unpack(f"<{size // 4}I", _sector(data, beyond, size))
        listed += more[:-1]
        beyond = more[-1]
    table: list[int] = []
    for sector in listed[: len(data) // size + 1]:
        if sector <= _LAST_SECTOR:
            table += struct.unpack(f"<{size // 4}I", _sector(data, sector, size))
    return table


def _sector(data: bytes, number: int, size: int) -> bytes:
    start = (number + 1) * size
    if start >= len(data):
        raise ValueError("a sector beyond the end")
    return data[start : start + size].ljust(size, b"\0")
