"""When a document was issued: the day under its title, of its signature, of its printing; else a portal's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from duban.deadlines.numerals import to_int
from duban.units.forms import looks_like_unit

CN_YEAR = r"[〇○零一二三四五六七八九]{4}"
_DAY = re.compile(
    rf"(?P<y>(?:19|20)[0-9]{{2}}|{CN_YEAR})\s*[年./-]\s*(?P<m>[0-9]{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*[月./-]\s*"
    r"(?P<d>[0-9]{1,2}|[一二三四五六七八九十廿卅]{1,3})\s*日?"
)
_DATED = re.compile(rf"[（(].*{_DAY.pattern}.*[）)]")  # （2026年2月9日印发） beneath a title
_CLOCK = re.compile(r"\s*[0-9]{1,2}[:：][0-9]{2}(?:[:：][0-9]{2})?")
_WHEN = r"\s*[时日]\s*[间期]\s*[：:]?\s*$"
_OWN = re.compile(rf"(?:成文|发文|签发|生成|印发|制发|制定){_WHEN}|(?:^|[\s　])日\s*期\s*[：:]\s*$")
_OTHERS = re.compile(
    rf"(?:发布|公布|公开|更新|上传|录入|填表|填报|填写|制表|编制|报送|报表|上报|统计|打印|发送){_WHEN}"
    r"|(?:发布|更新|录入|上传|公布)[于在]\s*[：:]?\s*$"
)
_SAYS = re.compile(r"印发|发布|公布|成文|发文|签发")
_LABEL = re.compile(rf"(?:{_OWN.pattern}|{_OTHERS.pattern})")
_FORM = re.compile(
    r"(?:填表|填报|填写|制表|编制|报送|上报|统计)\s*(?:单位|科室|部门|处室|股室|机关|人)?\s*[：:]"
)
_SENTENCE = re.compile(r"[，,《；;]|[^发]。")
_LONGEST = 60
_LONGEST_LABEL = 12


def issued_on(lines: Sequence[str]) -> date | None:
    """The date of issue: the document's own first, a portal's or a form's only where there is no other."""
    found = [dated for line in _with_labels(lines) for dated in _dates(line)]
    return next((day for day, own in sorted(found, key=lambda pair: not pair[1])), None)


def _with_labels(lines: Sequence[str]) -> Iterator[str]:
    """The filled lines; a label that stands alone (发布时间：, in a portal's table) with its value."""
    label = ""
    for line in lines:
        text = line.strip()
        if not text:
            continue
        alone = len(text) <= _LONGEST_LABEL and not _DAY.search(text) and _LABEL.search(text)
        if alone:
            label = text
        else:
            yield label + line
            label = ""


def is_dated(text: str) -> bool:
    """Whether a line is a date and nothing else, one in brackets, or one behind who signs."""
    day = _DAY.search(text)
    if day and day.start() and day.end() == len(text) and looks_like_unit(text[: day.start()].strip()):
        return True
    return bool(_DAY.fullmatch(text.strip("（）()")) or _DATED.fullmatch(text))


def _dates(line: str) -> Iterator[tuple[date, bool]]:
    """The dates of a line that can be those of issue, and whether they are the document's own."""
    text = line.strip().strip("（）()")
    plain = " ".join(text.split())
    for m in _DAY.finditer(text):
        before, clock = text[: m.start()], _CLOCK.match(text, m.end())
        rest = (before + text[clock.end() if clock else m.end() :]).strip()
        own = _OWN.search(before) is not None
        others = _OTHERS.search(before) is not None or (clock is not None and not rest)
        if not (own or others):
            if len(plain) > _LONGEST or _SENTENCE.search(plain):
                continue
            others = _FORM.search(text) is not None
            own = not clock and (not rest or bool(_SAYS.search(text)) or looks_like_unit(rest))
        if (own or others) and (day := _day(m)):
            yield day, own and not others


def _day(m: re.Match[str]) -> date | None:
    try:
        return date(to_int(m["y"]), to_int(m["m"]), to_int(m["d"]))
    except ValueError:
        return None
