"""Bytes to lines: what kind of file it is, told by its content, and which encoding its text has."""

from __future__ import annotations

import codecs
import re

from duban.reading.errors import BrokenText, EmptyFile, NotText, TooLarge

LIMIT = 20  # MB; a plan of a thousand items has less than one
_MAGIC = (  # what the bytes begin with, and what that is
    (b"%PDF", "PDF 文件"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 或 WPS 文件（doc、xls、wps）"),
    (b"{\\rtf", "RTF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"II*\0", "图片"),
    (b"MM\0*", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
)
_ZIPS = ((b"word/", "Word 文档（docx）"), (b"xl/", "Excel 表格（xlsx）"), (b"ppt/", "演示文稿（pptx）"))
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HTML = re.compile(rb"\s*<(?:!doctype html|html|\?xml)", re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What every plan says somewhere; text in another encoding that happens to decode does not.
_WORDS = re.compile(r"单位|部门|负责|牵头|完成|工作|任务|方案|落实|要求|推进|[年月日]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def decode(data: bytes) -> str:
    """The text of a file. Raises EmptyFile, TooLarge, NotText or BrokenText.

    Tried in order: a byte order mark, UTF-8, UTF-16 without a mark, GB18030; all strict.
    """
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise EmptyFile
    if len(data) > LIMIT << 20:
        raise TooLarge(size=len(data) >> 20, limit=LIMIT)
    if what := _kind(data):
        raise NotText(what=what)
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


def _kind(data: bytes) -> str | None:
    if data.startswith(b"PK\x03\x04"):
        return next((what for part, what in _ZIPS if part in data), "压缩包")
    if _HTML.match(data):
        return "网页或 XML 文件"
    found = next((what for magic, what in _MAGIC if data.startswith(magic)), None)
    return None if found and data.startswith(b"BM") and b"\0" not in data else found


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
