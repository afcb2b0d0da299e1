"""A document as a plan: title, year, date of issue, mark of disclosure, items, doubts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import PurePath
from typing import Any

from duban.deadlines.numerals import to_int
from duban.model import Choice, Plan, PlanContext, Problem
from duban.reading.columns import NO_HEADS, Heads
from duban.reading.errors import EmptyFile, NotAPlan, TooLarge
from duban.reading.files import LIMIT, costly, read_file
from duban.reading.formats.asides import asides
from duban.reading.formats.sniff import Kind, kind_of
from duban.reading.grid import Document, Paragraph
from duban.reading.header import distinct
from duban.reading.hidden import with_hidden
from duban.reading.items import Reader, read_entries
from duban.reading.layout import lay_out
from duban.reading.marks import is_closing, mark_of, refuse_secrets
from duban.reading.tidy import tidy
from duban.units.forms import looks_like_unit

_CN_YEAR = r"[〇○零一二三四五六七八九]{4}"
_YEAR = re.compile(
    rf"(?<![0-9])((?:19|20)[0-9]{{2}}|{_CN_YEAR})(?=\s*年|\s*[—–－~～至-]\s*(?:20[0-9]{{2}}|{_CN_YEAR})\s*年)"
)
_DAY = re.compile(
    rf"(?P<y>(?:19|20)[0-9]{{2}}|{_CN_YEAR})\s*[年./-]\s*(?P<m>[0-9]{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*[月./-]\s*"
    r"(?P<d>[0-9]{1,2}|[一二三四五六七八九十廿卅]{1,3})\s*日?"
)
_ISSUE_LINE = re.compile(r"印发|发布|成文|发文|签发|制定日期|日期[：:]")
_NAME = re.compile(
    r"方案|分工|台账|要点|任务|分解|清单|计划|一览表|责任表|举措|措施|通知|意见|安排|汇总表|明细表"
)
_NO_TITLE = re.compile(
    r"^(?:附\s*件\s*[0-9一二三四五六七八九十]*[：:.]?|.{0,16}[〔\[［（(]\s*(?:19|20)\d{2}\s*[〕\]］）)]\s*\d+\s*号|.*[：:]|.*。|页.*)$"
)
_HEAD = re.compile(r"^.{2,30}文件$|^签发人|^(?:特急|加急|平急|特提)$")  # of the paper, not of the document
_DATED = re.compile(rf"^[（(].*{_DAY.pattern}.*[）)]$")  # （2026年2月9日印发） beneath a title
_FURNITURE = re.compile(
    r"(?:发布|更新)(?:时间|日期)[：:]|(?:浏览|阅读|点击)(?:次数|量)|来源[：:]|[>＞»]|^首页|^(?:现将|经.{0,20}(?:同意|批准))"
)
_LETTER = re.compile(r"(?:印发|下发|转发|公布|报送).*(?:的?通知|的?函|的?报告)$|的?通知$")
_SENTENCE = re.compile(r"[，,《；;]|[^发]。")
_LONGEST_TITLE = 80
_LONGEST_ISSUE_LINE = 60


def read_plan(
    data: bytes,
    *,
    name: str = "",
    year: int | None = None,
    issued: date | None = None,
    heads: Heads = NO_HEADS,
    reader: Reader | None = None,
) -> Plan:
    """What a document says. `year` and `issued` go before what the text says; `name` stands in for a title;
    `heads` are the meanings that coordinators gave to heads which no wording fits.

    Raises a ReadError for what cannot be read as a plan, SecretDocument for one that bears a mark of secrecy.
    What can cost much time or memory is read in a child process with bounds (apart).
    """
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise EmptyFile
    if len(data) > LIMIT << 20:
        raise TooLarge(size=len(data) >> 20, limit=LIMIT)
    kind = kind_of(data)
    if reader is None and costly(kind, data):
        from duban.reading.apart import read_apart  # noqa: PLC0415 - for few files

        return read_apart(data, name=name, year=year, issued=issued, heads=heads)
    return read_here(data, kind, name=name, year=year, issued=issued, heads=heads, reader=reader)


def read_here(
    data: bytes,
    kind: Kind,
    *,
    name: str = "",
    year: int | None = None,
    issued: date | None = None,
    heads: Heads = NO_HEADS,
    reader: Reader | None = None,
) -> Plan:
    """read_plan in this process, whatever it costs."""
    document = read_file(data, kind)
    disclosure, mark = mark_of(_marked(document))
    refuse_secrets(chain(_cells(document), asides(data, kind, having="密")))
    laid, notes = with_hidden(document, lay_out(document, heads), heads)
    if laid is None:
        raise NotAPlan
    title = _title(laid.before) or _named(name)
    issued = issued or _issued([*laid.before, *laid.after])
    years = sorted({_number(y) for y in _YEAR.findall(title)})
    if year is None:
        year = years[0] if len(years) == 1 else issued.year if issued else None
    context = PlanContext(year=year, issued=issued)
    items, problems = read_entries(laid.entries, context=context, reader=reader or _grammar())
    return Plan(
        title=title,
        year=year,
        issued=issued,
        items=items,
        problems=(*_no_year(year, years), *notes, *laid.problems, *problems),
        disclosure=disclosure,
        mark=mark,
    )


def _marked(document: Document) -> Iterator[str]:
    """The lines on which a mark can stand: running text, and cells that are alone in their row."""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield from block.text.split("\n")
            continue
        for row in block.rows:
            filled = [cell for cell in distinct(row) if not cell.empty]
            if len(filled) == 1:
                yield from filled[0].text.split("\n")


def _cells(document: Document) -> Iterator[str]:
    """Whatever is read, in the smallest pieces: cells, and what separators part in running text."""
    for block in document.blocks:
        cells = (block,) if isinstance(block, Paragraph) else [c for row in block.rows for c in distinct(row)]
        for cell in cells:
            if "密" in cell.text:
                yield from re.split(r"[\n\t,;|]", cell.text)


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """A plan as `duban read --json` prints it."""
    from duban.deadlines.explain import to_json as deadline_to_json  # noqa: PLC0415 - for output alone
    from duban.units.cell import to_json as duty_to_json  # noqa: PLC0415

    return {
        "title": plan.title,
        "year": plan.year,
        "issued": plan.issued.isoformat() if plan.issued else None,
        "items": [
            {
                "no": item.no,
                "heading": item.heading,
                "subheading": item.subheading,
                "requirement": item.requirement,
                "units": [duty_to_json(duty) for duty in item.units],
                "deadlines": [deadline_to_json(deadline) for deadline in item.deadlines],
            }
            for item in plan.items
        ],
        "problems": [
            {"code": p.code, "message": p.message, "item": p.item, "where": p.where} for p in plan.problems
        ],
    }


def _grammar() -> Reader:
    from duban.deadlines.grammar import read_deadlines  # noqa: PLC0415 - its rules cost time that errors should not

    return read_deadlines


def _title(lines: Sequence[str]) -> str:
    """The first lines that belong together and name a document; broken over lines they are joined.

    Where a letter hands on the document, the document's own title, not the letter's.
    """
    runs: list[list[str]] = [[]]
    for line in lines:
        text = tidy(line).lstrip("#").strip()
        if not text or _no_title(text):
            runs.append([])
        elif len(text) <= _LONGEST_TITLE:
            runs[-1].append(text)
    titles = ["".join(run) for run in runs if run]
    named = [title for title in titles if _NAME.search(title) and len(title) <= _LONGEST_TITLE * 2]
    if named and _LETTER.search(named[0]):
        named.sort(key=lambda title: bool(_LETTER.search(title)))
    return next(iter(named or titles), "")


def _no_title(text: str) -> bool:
    dated = _DAY.fullmatch(text.strip("（）()")) or _DATED.match(text)
    return bool(
        _NO_TITLE.match(text) or is_closing(text) or _HEAD.match(text) or _FURNITURE.search(text) or dated
    )


def _named(file: str) -> str:
    """A file's name as a title: on one line, without its extension and without marks that turn text round."""
    return " ".join(
        re.sub(
            r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", " ", PurePath(file).stem
        ).split()
    )


def _issued(lines: Sequence[str]) -> date | None:
    """The date on a line that says nothing else, who issued the document, or that it was issued then."""
    for line in lines:
        text = line.strip().strip("（）()")
        found = _DAY.search(text) if len(text) <= _LONGEST_ISSUE_LINE else None
        if not found or _SENTENCE.search(text):
            continue
        rest = (text[: found.start()] + text[found.end() :]).strip()
        if not rest or _ISSUE_LINE.search(text) or looks_like_unit(rest):
            try:
                return date(_number(found["y"]), _number(found["m"]), _number(found["d"]))
            except ValueError:
                continue
    return None


def _number(text: str) -> int:
    return to_int(text)


def _no_year(year: int | None, years: Sequence[int]) -> tuple[Problem, ...]:
    if year is not None:
        return ()
    why = f"标题里有{'、'.join(map(str, years))}几个年份" if years else "标题和印发日期里都没有年份"
    return (
        Problem(
            code="no-year",
            message=f"{why}，请用 --year 说明方案的年度，否则没写年份的时限无法确定。",
            choices=tuple(Choice(value=str(y), label=f"{y}年") for y in years),
        ),
    )
