"""Seeded mutations: of bytes, of lines, and of XML in a zip that is closed again with a right checksum."""

from __future__ import annotations

import base64
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from hostile.seeds import Seed
from papers.zips import packed

Element = etree._Element
NASTY = (
    *(
        "",
        "0",
        "-1",
        "1",
        "2",
        "3",
        "7",
        "99",
        "32767",
        "2147483648",
        "1E999",
        "x",
        "二",
        "continue",
        "restart",
    ),
    *("s", "str", "inlineStr", "b", "e", "d", "A1", "A1:B9", "XFD1048576", "ZZZZ1", "hidden", "none", "&lt;"),
)
BOOK = ("xl/sharedStrings.xml", "xl/workbook.xml")
PARTS = {
    "docx": ("word/document.xml", "word/document.xml", "word/styles.xml", "word/numbering.xml"),
    "xlsx": ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml", *BOOK),
}
SEPARATORS = (
    ",",
    "，",
    "\t",
    ";",
    "|",
    '"',
    "、",
    "\n",
    "\n\n",
    "（",
    "《",
    "。",
    "1.",
    "一、",
    "\u3000",
    "\u200b",
)
ENCODINGS = ("gb18030", "utf-16", "utf-8-sig", "utf-16-le", "big5", "utf-7", "utf-32")


@dataclass(frozen=True)
class Mutation:
    """A file with something wrong. `known`: what it says can still be told by simple means (rawtext)."""

    data: bytes
    known: bool
    how: str


def mutation(seed: Seed, number: int) -> Mutation:
    """The `number`th mutation of a seed."""
    chance = random.Random(f"{seed.name}:{number}")
    if seed.format in PARTS and chance.random() < 0.7:
        return _within(seed, chance)
    if seed.format in ("html", "mhtml") and chance.random() < 0.7:
        root = etree.fromstring(seed.data, etree.HTMLParser(encoding="utf-8"))
        how, known = _tree(root, chance)
        page = etree.tostring(root, method="html", encoding="utf-8")
        return Mutation(_wrapped(page, chance) if seed.format == "mhtml" else page, known, how)
    data = _wrapped(seed.data, chance) if seed.format == "mhtml" else seed.data
    if seed.format in ("txt", "csv") and chance.random() < 0.8:
        return _lines(data.decode("utf-8-sig"), chance)
    return Mutation(_bytes(data, chance), False, "bytes")


def _wrapped(page: bytes, chance: random.Random) -> bytes:
    head = b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n'
    head += b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    made = head + base64.encodebytes(page) + b"\n--b--\n"
    return _bytes(made, chance) if chance.random() < 0.2 else made


def _bytes(data: bytes, chance: random.Random) -> bytes:
    """Bits turned, blocks left out, doubled, moved or cut off."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at, size = chance.randrange(len(made)), chance.choice((1, 2, 8, 64, 512, 4096))
        block = made[at : at + size]
        match chance.randrange(6):
            case 0:
                made[at] ^= 1 << chance.randrange(8)
            case 1:
                made[at : at + 4] = chance.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f"))
            case 2:
                del made[at : at + size]
            case 3:
                made[at:at] = block
            case 4:
                del made[at : at + size]
                there = chance.randrange(len(made) + 1)
                made[there:there] = block
            case 5 if chance.random() < 0.3:
                del made[max(at, 1) :]
        if not made:
            return b"\0"
    return bytes(made)


def _within(seed: Seed, chance: random.Random) -> Mutation:
    with zipfile.ZipFile(io.BytesIO(seed.data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = chance.choice([name for name in PARTS[seed.format] if name in parts])
    if chance.random() < 0.1:
        parts[part] = _bytes(parts[part], chance)
        return Mutation(packed(parts, method=zipfile.ZIP_STORED), False, f"bytes of {part}")
    root = etree.fromstring(parts[part])
    how, known = _tree(root, chance)
    parts[part] = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return Mutation(packed(parts, method=zipfile.ZIP_STORED), known, f"{part}: {how}")


Change = Callable[[list[Element], random.Random], str]


def _tree(root: Element, chance: random.Random) -> tuple[str, bool]:
    """One to three changes of elements. Known is what no renaming and no strange value made a riddle."""
    done = []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        elements = [one for one in root.iter() if isinstance(one.tag, str) and one is not root]
        if not elements:
            break
        change = chance.choice((_delete, _double, _swap, _attribute, _attribute, _words, _rename, _move))
        done.append((change, change(elements, chance)))
    known = all(change in (_delete, _double, _swap, _words) for change, _ in done)
    return "; ".join(how for _, how in done), known


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _delete(elements: list[Element], chance: random.Random) -> str:
    one = chance.choice(elements)
    parent = one.getparent()
    if parent is not None:
        parent.remove(one)
    return f"delete {_name(one)}"


def _double(elements: list[Element], chance: random.Random) -> str:
    one = chance.choice(elements)
    for _ in range(chance.choice((1, 1, 3))):
        one.addnext(etree.fromstring(etree.tostring(one, with_tail=False)))
    return f"double {_name(one)}"


def _swap(elements: list[Element], chance: random.Random) -> str:
    """Two siblings of a name change their places."""
    one = chance.choice(elements)
    like = list(one.itersiblings(one.tag)) or [one]
    other = chance.choice(like)
    parent = one.getparent()
    if other is not one and parent is not None:
        marks = etree.Element("x"), etree.Element("x")
        one.addprevious(marks[0])
        other.addprevious(marks[1])
        marks[0].addnext(other)
        marks[1].addnext(one)
        for mark in marks:
            parent.remove(mark)
    return f"swap {_name(one)}"


def _move(elements: list[Element], chance: random.Random) -> str:
    one, into = chance.choice(elements), chance.choice(elements)
    if one not in into.iterancestors() and one is not into:
        into.append(one)
    return f"move {_name(one)} into {_name(into)}"


def _attribute(elements: list[Element], chance: random.Random) -> str:
    with_some = [one for one in elements if one.attrib] or elements
    one = chance.choice(with_some)
    key = chance.choice(list(one.attrib) or ["x"])
    value = chance.choice(NASTY)
    if chance.random() < 0.2 and key in one.attrib:
        del one.attrib[key]
    else:
        one.set(key, value)
    return f"{_name(one)} {key.rpartition('}')[2]}={value}"


def _words(elements: list[Element], chance: random.Random) -> str:
    one = chance.choice([each for each in elements if each.text and each.text.strip()] or elements)
    one.text = chance.choice(("", " ", "办", "2", "—", "=1+1", "序号", "责任单位", "\n", "1月", "九" * 500))
    return f"words of {_name(one)}"


def _rename(elements: list[Element], chance: random.Random) -> str:
    one, like = chance.choice(elements), chance.choice(elements)
    how = f"rename {_name(one)} {_name(like)}"
    one.tag = like.tag
    return how


def _lines(text: str, chance: random.Random) -> Mutation:
    """Lines dropped, doubled, swapped with the next; separators put in; other encodings."""
    lines = text.split("\n")
    how, known = [], True
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(lines))
        other = min(
            at + 1, len(lines) - 1
        )  # farther away a sentence may leave the table, and is no task there
        match chance.randrange(6):
            case 0:
                how.append("drop")
                del lines[at]
                lines = lines or [""]
            case 1:
                how.append("double")
                lines.insert(at, lines[at])
            case 2:
                how.append("swap")
                lines[at], lines[other] = lines[other], lines[at]
            case 3 | 4:
                sign, place = chance.choice(SEPARATORS), chance.randrange(len(lines[at]) + 1)
                how.append(f"{sign!r}")
                known = known and sign not in (
                    '"',
                    "（",
                    "《",
                )  # a bracket or quote without end joins or hides
                lines[at] = lines[at][:place] + sign + lines[at][place:]
            case 5:
                how.append("cut")
                lines[at] = lines[at][: len(lines[at]) // 2]
    data = "\n".join(lines).encode()
    if chance.random() < 0.2:
        codec = chance.choice(ENCODINGS)
        how.append(codec)
        data, known = "\n".join(lines).encode(codec, "replace"), known and codec != "big5"
    return Mutation(data, known, " ".join(how))
