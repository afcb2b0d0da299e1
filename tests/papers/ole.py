"""Compound files by hand: a root with empty streams of given names ([MS-CFB], version 3)."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from duban.reading.formats.ole import MAGIC

_FREE, _END, _TABLE, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


def compound(*names: str, within: Sequence[str] = ()) -> bytes:
    """A file with these streams; `within` stand in a storage, as embedded objects do."""
    entries = [_entry("Root Entry", 5, child=1 if names or within else _NONE)]
    for at, name in enumerate(names, 1):
        last = at == len(names) and not within
        entries.append(_entry(name, 2, right=_NONE if last else at + 1))
    if within:
        entries.append(_entry("ObjectPool", 1, child=len(entries) + 1))
        entries += [
            _entry(name, 2, right=_NONE if name == within[-1] else len(entries) + 2) for name in within[:1]
        ]
    entries += [bytes(128)] * (-len(entries) % 4)
    sectors = len(entries) // 4
    chain = [_TABLE, *range(2, sectors + 1), _END]
    table = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII", MAGIC, 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0
    )
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    return header + table + b"".join(entries)


def _entry(name: str, kind: int, *, right: int = _NONE, child: int = _NONE) -> bytes:
    wide = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBBIII36xIQ", wide, len(wide), kind, 1, _NONE, right, child, _END, 0)
