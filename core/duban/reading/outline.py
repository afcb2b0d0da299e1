"""How paragraphs are numbered, the outermost first: 第一章, 一、, （一）, 1., 1.1, （1）, ①, 一是, ——."""

from __future__ import annotations

import re
from dataclasses import dataclass

from duban.deadlines.numerals import to_int

_CN = r"[一二三四五六七八九十百]{1,4}"
_D = r"[0-9０-９]"
_NO_FIGURE = r"(?![0-9０-９])"
# 3 月, 2 个, 1.5万: a figure of the text, and no number of a paragraph
_MEASURED = (
    r"(?![年月日号个家项条次件名人处座所户亩元吨米%％‰万亿千百公平立倍度届期批轮类种岁周天小时分"
    r"层栋套台辆株口眼根盏门片段])"
)
# What begins a text right behind its number and can be no decimal's rest: 5.2024年, 9.4月15日, 3.50个, 1.9:30
_DATED = (
    rf"(?:(?:19|20|１９|２０){_D}{{2}}(?:年|[—－–~～至-]{_D})|(?:0?[1-9]|1[0-2]|[１-９]|１[０-２])月|{_D}{{1,2}}[:：]{_D}{{2}}"
    rf"|(?:7|７)[×xX*](?:24|２４)|(?:24|２４)小时|(?:100|１００)[%％])"
)
_WHOLE = rf"(?:{_D}{{1,6}}(?:个(?!百分点|月|小时)|[家项条次件名处座所户辆台套栋盏株门类期批])|{_D}{{1,3}}岁)"
# Behind 、 any figure can begin a text, but for pairs of numbers: 1、2号楼, 3、4年级
_COUNTED = rf"(?:{_D}+(?:[.．]{_D}+)?(?!(?:号|年级|层|单元|[楼班]))[%％‰\u4e00-\u9fff])"
_BEHIND = rf"(?:(?={_DATED}|{_WHOLE})|(?<=、)(?={_COUNTED}))"
_PATTERNS: tuple[tuple[str, int, str], ...] = (
    ("PART", 0, rf"第(?P<n>{_CN}|{_D}{{1,2}})(?:部分|章|篇|节|板块)[、：:\s]*"),
    ("TOP", 1, rf"(?P<n>{_CN})\s?[、.．]\s*"),
    (
        "ARTICLE",
        2,
        rf"(?:第(?P<n>{_CN}|{_D}{{1,3}})(?:条[、：:.．\s]*|项[、：:.．\s]+)"
        rf"|(?:任务|措施|举措|项目|事项|工程|行动)(?P<m>{_CN}|{_D}{{1,3}})[：:、.．\s]+)",
    ),
    ("SECOND", 3, rf"[（(]\s?(?P<n>{_CN})\s?[)）][、.．]?\s*"),
    ("DEEPEST", 6, rf"{_D}{{1,2}}(?:[.．]{_D}{{1,2}}){{1,2}}[.．](?P<n>{_D}{{1,2}}){_NO_FIGURE}[、.．]?\s*"),
    (
        "DOTTED",
        5,
        rf"{_D}{{1,2}}[.．](?!{_DATED})(?P<n>{_D}{{1,2}}){_NO_FIGURE}(?:[、.．]\s*|\s+|{_MEASURED})(?=[^\s0-9%])",
    ),
    (
        "ARABIC",
        4,
        rf"(?P<n>{_D}{{1,3}})(?:\s?[、．.](?:{_NO_FIGURE}|{_BEHIND})\s*|\s?[：:]\s?(?=[\u4e00-\u9fff“《])"
        rf"|[ \u3000\t]+{_MEASURED}(?=[\u4e00-\u9fff“《]))",
    ),
    ("BRACKETED", 7, rf"(?:[（(]\s?(?P<n>{_D}{{1,3}})\s?[)）][、.．]?|(?P<o>[⑴-⒇]))\s*"),
    ("HALF", 8, rf"(?P<n>{_D}{{1,3}})[)）]\s*"),
    ("CIRCLED", 9, r"(?P<o>[①-⑳])\s*"),
    ("FIRSTLY", 10, rf"(?P<n>{_CN})[是要](?=[^\s是、，。])"),
    ("DASH", 11, r"(?:——|--|－－|—)\s*(?=[\u4e00-\u9fff“《])"),
    ("BULLET", 12, r"(?:[●◆■★☆•·▪▲○◇□➢►✓◎]\s*|[-–*]\s+)(?=\S)"),
)
TOP, SECOND, ARABIC, DEEPEST, BRACKETED, CIRCLED, FIRSTLY, BARE = 1, 3, 4, 6, 7, 9, 10, 13
_NUMERALS = "一二三四五六七八九十百"
_BEGIN = (  # what a mark can begin with, and which can
    ("第", "PART ARTICLE"),
    (_NUMERALS, "TOP FIRSTLY"),
    ("任措举项事工行", "ARTICLE"),
    ("（(", "SECOND BRACKETED"),
    ("0123456789０１２３４５６７８９", "DEEPEST DOTTED ARABIC HALF"),
    ("".join(map(chr, range(ord("①"), ord("⑳") + 1))), "CIRCLED"),
    ("".join(map(chr, range(ord("⑴"), ord("⒇") + 1))), "BRACKETED"),
    ("—－", "DASH"),
    ("-–*", "DASH BULLET"),
    ("●◆■★☆•·▪▲○◇□➢►✓◎", "BULLET"),
)
_MARKS = {
    sign: tuple((rank, re.compile(pattern)) for name, rank, pattern in _PATTERNS if name in names.split())
    for signs, names in _BEGIN
    for sign in signs
}


@dataclass(frozen=True, slots=True)
class Mark:
    """The number that a paragraph begins with: its rank, its value, and where the words begin."""

    rank: int
    number: int | None
    end: int


def mark_of(text: str) -> Mark | None:
    """The mark at the beginning of a paragraph, or None."""
    for rank, pattern in _MARKS.get(text[:1], ()):
        if found := pattern.match(text):
            return Mark(rank, _value(found), found.end())
    return None


def _value(found: re.Match[str]) -> int | None:
    groups = found.groupdict()
    if said := groups.get("n") or groups.get("m"):
        try:
            return to_int(said)
        except ValueError:
            return None
    if enclosed := groups.get("o"):
        return ord(enclosed) - ord("①" if "①" <= enclosed <= "⑳" else "⑴") + 1
    return None


def is_title(text: str) -> bool:
    """Whether a text is a heading's words and no sentence: short, without a stop or a comma."""
    plain = text.strip()
    return 0 < len(plain) <= _LONGEST_TITLE and not _SENTENCE.search(plain)


_LONGEST_TITLE = 40
_SENTENCE = re.compile(r"[。；;，,：:！!]")
