"""A document as a plan: title, year, date of issue, mark of disclosure, items, doubts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any

from duban.deadlines.numerals import to_int
from duban.model import Choice, Plan, PlanContext, Problem
from duban.reading.columns import NO_HEADS, Heads
from duban.reading.error_values import without_error_values
from duban.reading.errors import EmptyFile, NotAPlan, TooLarge
from duban.reading.files import LIMIT, costly, read_file
from duban.reading.formats.asides import asides
from duban.reading.formats.sniff import Kind, kind_of
from duban.reading.grid import Document, Paragraph
from duban.reading.header import distinct
from duban.reading.hidden import with_hidden
from duban.reading.issue import CN_YEAR, issued_on
from duban.reading.items import Reader, read_entries
from duban.reading.layout import lay_out
from duban.reading.marks import mark_of, refuse_secrets
from duban.reading.naming import file_title, title_of

_YEAR = re.compile(
    rf"(?<![0-9])((?:19|20)[0-9]{{2}}|{CN_YEAR})(?=\s*年|\s*[—–－~～至-]\s*(?:20[0-9]{{2}}|{CN_YEAR})\s*年)"
)


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
    document = without_error_values(read_file(data, kind))
    disclosure, mark = mark_of(_marked(document))
    refuse_secrets(chain(_cells(document), asides(data, kind, having="密")))
    laid, notes = with_hidden(document, lay_out(document, heads), heads)
    if laid is None:
        raise NotAPlan
    title = title_of(laid.before, document.name) or file_title(name)
    issued = issued or issued_on([*laid.before, *laid.after])
    years = sorted({to_int(y) for y in _YEAR.findall(title)})
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
    yield document.name
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
