"""The guard before any zip is opened."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from duban.reading.errors import Bomb, Broken, Protected, ReadError
from duban.reading.formats import archive
from duban.reading.formats.archive import members
from growth import no_hang
from papers.zips import mutated, packed

GOOD = {"word/document.xml": "<a/>" * 100, "[Content_Types].xml": "<b/>"}


def test_members_are_read_by_name():
    found = members(packed(GOOD | {"word/": b""}))
    assert found.names == ("word/document.xml", "[Content_Types].xml")
    assert found.size == 404
    assert found.read("word/document.xml") == b"<a/>" * 100
    assert found.read("Word/Document.XML") == b"<a/>" * 100  # names of parts know no case
    assert found.read("word/styles.xml") is None
    assert found.notes == ()


def test_names_with_backslashes_are_names():
    assert members(packed({"word\\document.xml": "x"})).read("word/document.xml") == b"x"


def test_macros_are_said():
    (note,) = members(packed(GOOD | {"word/vbaProject.bin": b"x"})).notes
    assert note.code == "macros"
    assert "宏" in note.message


def headers(data: bytes) -> list[int]:
    """Where the entries of the directory are."""
    return [at for at in range(len(data)) if data.startswith(b"PK\x01\x02", at)]


def changed(data: bytes, offset: int, value: int, fmt: str = "<I") -> bytes:
    """The first entry of the directory with another value at an offset (APPNOTE.TXT, 4.3.12)."""
    made = bytearray(data)
    struct.pack_into(fmt, made, headers(data)[0] + offset, value)
    return bytes(made)


PACKED, SIZE, FLAGS, METHOD = 20, 24, 8, 10


def twice() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("a", "1")
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("a", "2")
    return buffer.getvalue()


REFUSED = {
    "too many": (lambda: packed({f"{i}": "" for i in range(2001)}), Bomb, "有 2001 个文件"),
    "far too many": (lambda: b"PK\x01\x02" * 10_001, Bomb, "超过 2000 个文件"),
    "too large": (lambda: changed(packed(GOOD), SIZE, (64 << 20) + 1), Bomb, "有 64 MB"),
    "too large in sum": (
        lambda: packed({f"{i}": b"\0" * (51 << 20) for i in range(4)}, method=0),
        Bomb,
        "204 MB",
    ),
    "too well packed": (lambda: packed({"a": b" " * (2 << 20)}), Bomb, "是原来的 [0-9]+ 倍"),
    "twice": (twice, Broken, "损坏"),
    "twice but for case": (lambda: packed({"a": "", "A": ""}), Broken, "损坏"),
    "twice but for slashes": (lambda: packed({"a/b": "", "a\\b": ""}), Broken, "损坏"),
    "locked": (lambda: changed(packed(GOOD), FLAGS, 1, "<H"), Protected, "密码"),
    "absolute": (lambda: packed({"/etc/x": ""}), Broken, "损坏"),
    "of a drive": (lambda: packed({"C:/x": ""}), Broken, "损坏"),
    "upwards": (lambda: packed({"word/../../x": ""}), Broken, "损坏"),
    "upwards, backslashes": (lambda: packed({"word\\..\\x": ""}), Broken, "损坏"),
    "another method": (lambda: packed(GOOD, method=zipfile.ZIP_LZMA), Broken, "损坏"),
    "unknown method": (lambda: changed(packed(GOOD), METHOD, 77, "<H"), Broken, "损坏"),
    "no zip": (lambda: b"PK\x03\x04", Broken, "损坏"),
    "nothing": (lambda: b"", Broken, "损坏"),
    "cut off": (lambda: packed(GOOD)[:-40], Broken, "损坏"),
}


@pytest.mark.parametrize(("made", "error", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(made, error, words):
    with pytest.raises(error, match=words):
        members(made())


def test_the_limits_themselves_are_allowed():
    assert len(members(packed({f"{i}": "" for i in range(2000)})).names) == 2000
    assert members(packed({"a": b" " * (1 << 20)})).size == 1 << 20


@pytest.mark.parametrize(
    "data",
    [
        changed(packed({"a": "x" * 3000}), SIZE, 100),
        changed(packed({"a": "x" * 3000}), SIZE, 5000),
        changed(packed({"a": "x" * 3000}), PACKED, 3),
        packed({"a": "x" * 3000}, method=0).replace(b"xxx", b"xyx", 1),
    ],
    ids=["less declared", "more declared", "packed size", "checksum"],
)
def test_a_lying_header_ends_when_it_is_read(data):
    found = members(data)
    with pytest.raises(Broken):
        found.read("a")


def test_no_more_is_unpacked_than_declared():
    """A gigabyte that calls itself a kilobyte: zipfile stops at what was declared."""
    import tracemalloc

    data = changed(packed({"a": b"\0" * (60 << 20)}), SIZE, 1024)
    tracemalloc.start()
    with pytest.raises(Broken):
        members(data).read("a")
    assert tracemalloc.get_traced_memory()[1] < 2 << 20
    tracemalloc.stop()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_mutations_end_in_members_or_a_read_error(method):
    data = packed(GOOD | {"c.xml": "<c/>"}, method=method)
    ends = []
    with no_hang():
        for seed in range(1000):
            try:
                found = members(mutated(data, seed))
                ends.append([found.read(name) for name in found.names])
            except ReadError as error:
                ends.append(str(error))
    assert sum(isinstance(one, list) for one in ends) > 10


def test_the_directory_is_looked_at_before_it_is_read(monkeypatch):
    """zipfile makes an object for each entry: half a million of them would be half a gigabyte."""
    monkeypatch.setattr(archive.zipfile, "ZipFile", lambda *_: pytest.fail("opened"))
    with pytest.raises(Bomb):
        members(b"PK\x01\x02" * 400_000)
