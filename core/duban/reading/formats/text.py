"""Text files: which encoding the bytes have, and the lines."""

from __future__ import annotations

import codecs
import re

from duban.reading.errors import BrokenText
from duban.reading.grid import Document, Paragraph, Place

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What every plan says somewhere; text in another encoding that happens to decode does not.
_WORDS = re.compile(r"单位|部门|负责|牵头|完成|工作|任务|方案|落实|要求|推进|[年月日]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def read(data: bytes) -> Document:
    """A paragraph a line, blank ones too: they part the rows of a flattened table. Raises BrokenText."""
    lines = lines_of(decode(data))
    return Document(blocks=tuple(Paragraph(line, Place(line=i)) for i, line in enumerate(lines, 1)))


def decode(data: bytes) -> str:
    """The text of a file. Raises BrokenText.

    Tried in order: a byte order mark, UTF-8, UTF-16 without a mark, GB18030; all strict.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding) or _broken()
    guesses = ("utf-16-le", "utf-16-be") if b"\0" in data else ("utf-8", "gb18030", "utf-16-le")
    for encoding in guesses:
        text = _strictly(data, encoding)
        if text is not None and _is_chinese(text, sure=encoding == "utf-8"):
            return text
        if text is not None and encoding == "utf-8":
            return text  # UTF-8 never decodes by chance: no Chinese in it, so it is no plan
    return _broken()


def lines_of(text: str) -> list[str]:
    """The lines of a text, whichever way they end; zero-width characters are gone, odd blanks are blanks."""
    text = re.sub(r"[\u200b-\u200d\u2060\ufeff]", "", text).replace("\xa0", " ")
    return re.split(r"\r\n|[\r\n\f\v\u2028\u2029]", text)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) else text


def _is_chinese(text: str, *, sure: bool) -> bool:
    return bool(_CHINESE.search(text) if sure else _WORDS.search(text))


def _broken() -> str:
    raise BrokenText
