"""A disk that can lose its power: what is recorded is played on it, and only what was synced is sure to stay.

The rules are POSIX's, not a file system's: a file's bytes stay once that file was synced, a name once its
folder was; of the rest anything may be there or not, in any order, torn at any sector.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HEAD = struct.Struct("<BBHQQI")
SECTOR = 512


@dataclass(frozen=True, slots=True)
class Note:
    """One thing done: o(pen) w(rite) t(runcate) s(ync) u(nlink) r(ename) l(ink)."""

    op: str
    flag: int
    path: str
    inode: int
    offset: int
    data: bytes


def notes(record: Path) -> Iterator[Note]:
    """What record.c wrote, in order."""
    body, at = record.read_bytes(), 0
    while at < len(body):
        op, flag, path, inode, offset, data = HEAD.unpack_from(body, at)
        at += HEAD.size
        name, bytes_ = body[at : at + path].decode(), body[at + path : at + path + data]
        at += path + data
        yield Note(chr(op), flag, name, inode, offset, bytes_)


@dataclass
class File:
    """The bytes that are sure, and what was done since."""

    sure: bytearray = field(default_factory=bytearray)
    since: list[Note] = field(default_factory=list)

    def sync(self) -> None:
        self.sure = self.now()
        self.since.clear()

    def now(self) -> bytearray:
        """As the process sees it."""
        body = bytearray(self.sure)
        for note in self.since:
            _do(body, note)
        return body

    def torn(self, chance: random.Random) -> bytearray:
        """What may be found after the cut: some of what was done since, in any order, whole or in part."""
        body, kept = bytearray(self.sure), [note for note in self.since if chance.random() < 0.5]
        chance.shuffle(kept)
        for note in kept:
            part = note.data[: SECTOR * chance.randint(0, -(-len(note.data) // SECTOR))]
            _do(body, Note(note.op, note.flag, note.path, note.inode, note.offset, part))
        return body


def _do(body: bytearray, note: Note) -> None:
    if note.op == "t":
        del body[note.offset :]
        body.extend(bytes(note.offset - len(body)))
    elif note.data:
        body.extend(bytes(max(0, note.offset - len(body))))
        body[note.offset : note.offset + len(note.data)] = note.data


@dataclass
class Disk:
    """One folder on it. `names`: as the process sees them; `sure`: as of the folder's last sync."""

    folder: Path
    names: dict[str, File] = field(default_factory=dict)
    sure: dict[str, File] = field(default_factory=dict)
    inodes: dict[int, File] = field(default_factory=dict)
    _folder: int = 0

    def __post_init__(self) -> None:
        """What lies in the folder at the beginning is there for sure."""
        for path in self.folder.iterdir():
            self.names[path.name] = self.inodes[path.stat().st_ino] = File(bytearray(path.read_bytes()))
        self.sure = dict(self.names)

    def play(self, note: Note) -> None:
        """Go on by one."""
        name = note.path.removeprefix(f"{self.folder}").lstrip("/")
        match note.op:
            case "o" if not name:
                self._folder = note.inode
            case "o":
                self._open(name, note)
            case "w" | "t":
                self.inodes[note.inode].since.append(note)
            case "s" if note.inode == self._folder:
                self.sure = dict(self.names)
            case "s":
                self.inodes[note.inode].sync()
            case "u":
                self.names.pop(name, None)
            case "r" | "l":
                file = self.names[name] if note.op == "l" else self.names.pop(name)
                self.names[Path(note.data.decode()).name] = file

    def _open(self, name: str, note: Note) -> None:
        if note.flag & 1 or name not in self.names:
            self.names[name] = self.inodes[note.inode] = File()
        if note.flag & 2:
            self.inodes[note.inode].since.append(Note("t", 0, "", note.inode, 0, b""))

    def cut(self, where: Path, chance: random.Random | None = None) -> None:
        """The power is gone: what is found afterwards. `chance`: of what was not synced, too."""
        where.mkdir()
        names = self.sure
        if chance is not None:
            either = sorted({*self.sure, *self.names})
            drawn = {name: chance.choice((self.sure, self.names)).get(name) for name in either}
            names = {name: file for name, file in drawn.items() if file is not None}
        for name, file in names.items():
            (where / name).write_bytes(file.torn(chance) if chance is not None else file.sure)
