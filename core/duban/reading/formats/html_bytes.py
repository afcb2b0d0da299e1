"""HTML files as text: which encoding they have, and the pages within a web archive (MHTML, RFC 2557)."""

from __future__ import annotations

import codecs
import email
import re
from dataclasses import dataclass
from email.message import Message

from duban.reading.errors import Broken
from duban.reading.formats.text import decode

_ARCHIVE = re.compile(rb"\s*(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?(?:MIME-Version|Content-Type):", re.I)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_HEAD = 4096  # bytes in which an encoding is declared
_ENCODINGS = {  # what pages declare, as Python decodes it; gb18030 holds all that GBK and GB2312 have
    "utf8": "utf-8", "gb2312": "gb18030", "gb231280": "gb18030", "gbk": "gb18030", "xgbk": "gb18030",
    "cp936": "gb18030", "windows936": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs",
    "xxbig5": "big5hkscs", "big5hkscs": "big5hkscs",
}  # fmt: skip
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NEVER = re.compile("[\x00-\x08\x0e-\x1f]")
_FAULTS = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)  # of email


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a file. `name` is its part's name in an archive."""

    text: str
    name: str = ""


def pages(data: bytes, *, what: str) -> list[Page]:
    """The pages in a file. Raises Broken for an archive without any, BrokenText for an unknown encoding."""
    if not _ARCHIVE.match(data[: _HEAD * 2]):
        return [Page(text_of(data))]
    try:
        parts = [
            one for one in email.message_from_bytes(data).walk() if one.get_content_type() == "text/html"
        ]
        found = [(_payload(one), one.get_content_charset() or "", _name(one)) for one in parts]
    except _FAULTS as error:
        raise Broken(what=what) from error
    if not found:
        raise Broken(what=what)
    return [Page(text_of(body, charset), name) for body, charset, name in found if body.strip()]


def text_of(data: bytes, charset: str = "") -> str:
    """The text of a page: by its byte order mark, as UTF-8 where it is that, as it says, else as it looks."""
    if not data.startswith(_BOMS) and b"\0" not in data:
        said = charset or (found[1].decode() if (found := _DECLARED.search(data[:_HEAD])) else "")
        known = _ENCODINGS.get(re.sub(r"[^a-z0-9]", "", said.lower()))
        for encoding in ("utf-8", known):
            try:
                return _NEVER.sub("", data.decode(encoding)) if encoding else decode(data)
            except UnicodeDecodeError:
                continue
    return _NEVER.sub("", decode(data))


def _payload(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""


def _name(part: Message) -> str:
    """The last piece of its address: sheet001.htm, header.htm."""
    return re.split(r"[/\\]", str(part.get("Content-Location", "")).strip())[-1].lower()
