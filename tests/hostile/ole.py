"""Compound files (.doc, .xls of old) whose chains bite their tails. [MS-CFB]."""

from __future__ import annotations

import struct

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")


def _header(*, directory: int, fats: int = 1, mini: int = END, more: int = END, shift: int = 9) -> bytes:
    head = MAGIC + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, shift, 6) + bytes(6)
    head += struct.pack(
        "<IIIIIIIII",
        0,
        fats,
        directory,
        0,
        4096,
        mini,
        0 if mini == END else 1,
        more,
        0 if more == END else 9,
    )
    return head + struct.pack("<109I", 0, *([FREE] * 108))


def _entry(
    name: str, kind: int, *, start: int = END, size: int = 0, left: int = FREE, child: int = FREE
) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    made = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
    made += struct.pack("<III", left, left, child) + bytes(36)
    return made + struct.pack("<IQ", start, size)


def _compound(fat: dict[int, int], directory: bytes, data: bytes, **header: int) -> bytes:
    table = struct.pack("<128I", *(fat.get(i, FREE) for i in range(128)))
    return _header(directory=1, **header) + table + directory.ljust(SECTOR, b"\0") + data


def _streams(name: str, size: int, **entry: int) -> bytes:
    root = _entry("Root Entry", 5, child=1)
    return root + _entry(name, 2, start=2, size=size, **entry) + _entry("1Table", 2, start=2, size=size)


def cyclic(name: str = "WordDocument") -> bytes:
    """A stream whose chain of sectors is a ring, and whose size is two gigabytes."""
    word = b"\xec\xa5\xc1\0".ljust(SECTOR, b"\1")
    return _compound({0: FAT, 1: END, 2: 3, 3: 2}, _streams(name, 1 << 31), word * 4)


def cyclic_directory() -> bytes:
    """A directory whose chain is a ring, and a tree whose child is itself."""
    return _compound(
        {0: FAT, 1: 1, 2: END}, _streams("WordDocument", 600, left=1, child=1), bytes(SECTOR * 4)
    )


def cyclic_difat() -> bytes:
    """A table of tables that goes on in itself."""
    again = struct.pack("<128I", *([0] * 127), 3)
    return _compound(
        {0: FAT, 1: END, 2: END}, _streams("WordDocument", 600), bytes(SECTOR) + again, more=3, fats=9999
    )


def huge_sectors() -> bytes:
    """Sectors of two to the power of 60 bytes."""
    return _compound({0: FAT, 1: END}, _streams("WordDocument", 600), bytes(SECTOR), shift=60)


def old_excel() -> bytes:
    """An .xls."""
    return _compound({0: FAT, 1: END, 2: END}, _streams("Workbook", 600), bytes(SECTOR * 4))


def locked() -> bytes:
    """An Office document with a password: a compound file around it."""
    return _compound({0: FAT, 1: END, 2: END}, _streams("EncryptedPackage", 600), bytes(SECTOR * 4))


def head_alone() -> bytes:
    """Nothing but the first bytes."""
    return MAGIC
