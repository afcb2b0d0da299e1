"""The parts of a docx, found as OPC says: by their relations, not by their usual names. ECMA-376 part 2."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from duban.reading.errors import Broken
from duban.reading.formats.archive import Archive
from duban.reading.formats.xml import Element, parse


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a part. `kind` is the last word of its type: styles, header, aFChunk."""

    id: str
    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Parts:
    """The main document of an archive and what it refers to."""

    archive: Archive
    main: str
    relations: tuple[Relation, ...]

    def root(self, target: str) -> Element | None:
        """A part parsed, None where it is not there. Raises Broken."""
        data = self.archive.read(target)
        return None if data is None else parse(data, what=self.archive.what)

    def document(self) -> Element:
        """The main document. Raises Broken where there is none."""
        root = self.root(self.main)
        if root is None:
            raise Broken(what=self.archive.what)
        return root

    def first(self, kind: str) -> Element | None:
        """The first part of a kind."""
        return next((self.root(one.target) for one in self.relations if one.kind == kind), None)

    def target(self, relation_id: str) -> str | None:
        """Where a relation of the main document leads."""
        return next((one.target for one in self.relations if one.id == relation_id), None)


def open_parts(archive: Archive) -> Parts:
    """The parts of a docx. Raises Broken."""
    mains = (one.target for one in _relations(archive, "_rels/.rels", "") if one.kind == "officeDocument")
    main = next((name for name in mains if archive.read(name) is not None), "word/document.xml")
    folder, name = posixpath.split(main)
    return Parts(archive, main, tuple(_relations(archive, f"{folder}/_rels/{name}.rels", folder)))


def _relations(archive: Archive, name: str, folder: str) -> Iterator[Relation]:
    data = archive.read(name)
    if data is None:
        return
    for one in parse(data, what=archive.what):
        target = (one.get("Target") or "").replace("\\", "/")
        if one.get("TargetMode") == "External" or not target:
            continue
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        yield Relation(one.get("Id") or "", (one.get("Type") or "").rpartition("/")[2], path)
