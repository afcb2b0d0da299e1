"""Small repairs of text: breaks and stray blanks inside Chinese, numbers before headings."""

from __future__ import annotations

import re

from duban.deadlines.numerals import CHINESE, to_int

# Han, Chinese punctuation and full-width forms: a blank between two of these was never meant.
_HAN = r"\u2014\u2018-\u201d\u2026\u3001-\u303f\u3400-\u9fff\uff00-\uffef"
_STRAY = re.compile(rf"(?<=[{_HAN}])[ \t\u3000]+(?=[{_HAN}])")
_BREAK = re.compile(r"[ \t\u3000]*\n[ \t\u3000]*")
_CLOSING = "：:。；;"
_LATIN = re.compile(r"[A-Za-z]")

_CN = rf"[{CHINESE}]{{1,6}}"
_DIGITS = r"[0-9０-９]{1,4}"
_ENCLOSED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_NUMBER = re.compile(
    rf"^(?:第?[（(\[【]?(?P<n>{_DIGITS}|{_CN})[)）\]】]?(?:[.．、。)）]|项|条|号)?|(?P<o>[{_ENCLOSED}]))$"
)
_AMOUNT = (
    rf"\s*(?:{_DIGITS}|{_CN})\s*(?:大?[项件条个类款宗点]|方面)"
    r"(?:任务|措施|举措|问题|事项|工作|内容|指标|隐患|清单|项目)?"
)
_HEADING = re.compile(
    rf"^(?:第{_CN}(?:部分|章|节|项|篇)[、：:\s]*|{_CN}[、.．]\s*|[（(](?:{_CN}|{_DIGITS})[)）][、.．]?\s*"
    rf"|{_DIGITS}(?:[.．][0-9]+)*[、.．)）](?![0-9])\s*|[{_ENCLOSED}]\s*)"
)
_COUNT = re.compile(
    rf"\s*(?:[（(【\[](?:共计?|合计|小?计|含|有)?{_AMOUNT}[)）】\]]|[，,、：:\s]共计?{_AMOUNT})$"
)
_TOP = re.compile(rf"^(?:第?{_CN}(?:部分|章|篇)?)$|^(?:第{_CN}(?:部分|章|篇)|{_CN}[、.．])")
_SECOND = re.compile(rf"^[（(]{_CN}[)）]|^第{_CN}节")


def tidy(text: str) -> str:
    """A text as one line: breaks joined, blanks between Chinese characters gone, the rest as it was."""
    pieces = text.split(None, 1)
    if len(pieces) == 1:  # as in most cells: there is nothing inside to be mended
        return pieces[0].rstrip()
    parts = _BREAK.split(text.strip())
    joined = parts[0]
    for part in parts[1:]:
        both = joined and part and _LATIN.match(joined[-1]) and _LATIN.match(part[0])
        joined += (" " if both else "") + part
    return _STRAY.sub("", joined)


def number_of(text: str) -> int | None:
    """The item number that a cell holds and nothing else: 1, １, 1., （一）, 第3项, ①; else None."""
    found = _NUMBER.match(text.strip())
    if not found:
        return None
    if found["o"]:
        return _ENCLOSED.index(found["o"]) + 1
    try:
        return to_int(found["n"]) or None
    except ValueError:
        return None


def heading_of(text: str) -> str:
    """A heading without its number (一、 （一） 第一部分), without closing punctuation and the count of
    what stands beneath it (（共5项）)."""
    plain = tidy(text)
    words = (_HEADING.sub("", plain, count=1).strip() or plain).rstrip(_CLOSING)
    counted = "共" in words or words.endswith(("）", ")", "】", "]"))
    return (_COUNT.sub("", words).rstrip(_CLOSING) or words) if counted else words


def level_of(text: str) -> int | None:
    """1 for 一、 and 第一部分, 2 for （一）, None for a text whose beginning is no heading's number."""
    plain = text.strip()
    return 1 if _TOP.match(plain) else 2 if _SECOND.match(plain) else None
