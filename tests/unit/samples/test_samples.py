"""The shipped sample plan: whole, its own, the same in every format, and read as its author meant it."""

from __future__ import annotations

import io
import json
import re
import tomllib
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from duban import resources
from samples_build import build

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = resources.data("samples")
EXPECTED: dict[str, Any] = json.loads((ROOT / "tests/corpus/sample_plan.json").read_text(encoding="utf-8"))
ITEMS: list[dict[str, Any]] = EXPECTED["items"]
DIRECTORY = tomllib.loads((SAMPLES / "units.toml").read_text(encoding="utf-8"))
REAL_PLANS = ROOT.parent / "shared" / "plans"
YEAR = (datetime(2026, 1, 1), datetime(2026, 12, 31))


def bare(text: str | None) -> str | None:
    """The text without white space, which flattening may add and a reader may take away."""
    return None if text is None else "".join(text.split())


def named() -> set[str]:
    return {unit["name"] for item in ITEMS for unit in item["units"]}


# what ships


@pytest.mark.parametrize("suffix", ["txt", "docx", "xlsx"])
def test_what_ships_is_what_the_script_makes(tmp_path: Path, suffix: str) -> None:
    build.build(tmp_path)
    made = (tmp_path / f"plan-2026.{suffix}").read_bytes()
    shipped = (SAMPLES / f"plan-2026.{suffix}").read_bytes()
    assert unpacked(made) == unpacked(shipped)


def unpacked(content: bytes) -> dict[str, bytes]:
    """The parts of a package, apart from how this machine's zlib squeezed them."""
    if not content.startswith(b"PK"):
        return {"": content}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {f"{entry.filename} {entry.date_time}": package.read(entry) for entry in package.infolist()}


def test_the_txt_is_large_enough_and_has_lost_one_number() -> None:
    text = (SAMPLES / "plan-2026.txt").read_text(encoding="utf-8")
    numbers = [int(n) for n in re.findall(r"^\t(\d+)$", text, re.MULTILINE)]
    assert len(numbers) >= 36
    assert [n for n in range(1, numbers[-1] + 1) if n not in numbers] == [12]


def test_it_names_enough_units() -> None:
    collectives = {unit["name"] for item in ITEMS for unit in item["units"] if unit["collective"]}
    assert len(named() - collectives) >= 24
    assert collectives == {collective["name"] for collective in DIRECTORY["collective"]}


# the units file


def test_each_unit_is_in_the_directory() -> None:
    known = {entry["name"] for entry in DIRECTORY["unit"] + DIRECTORY["collective"]}
    assert named() <= known
    assert {member for collective in DIRECTORY["collective"] for member in collective["members"]} <= known


def test_no_name_stands_for_two_units() -> None:
    names = [name for unit in DIRECTORY["unit"] for name in (unit["name"], *unit.get("aliases", []))]
    assert sorted(names) == sorted(set(names))


def test_each_alias_of_the_plan_is_known() -> None:
    known = {name for unit in DIRECTORY["unit"] for name in (unit["name"], *unit.get("aliases", []))}
    assert {unit["alias"] for item in ITEMS for unit in item["units"] if unit["alias"]} <= known


# docx and xlsx say the same


def docx_rows() -> list[list[str]]:
    table = docx.Document(str(SAMPLES / "plan-2026.docx")).tables[0]
    return [[cell.text for cell in row.cells] for row in table.rows]


def xlsx_rows() -> list[list[str]]:
    sheet = openpyxl.load_workbook(SAMPLES / "plan-2026.xlsx").worksheets[0]
    values = [["" if v is None else str(v) for v in row] for row in sheet.iter_rows(values_only=True)]
    for area in sheet.merged_cells.ranges:
        for row, column in area.cells:
            values[row - 1][column - 1] = values[area.min_row - 1][area.min_col - 1]
    closing = len(build.load()["closing"])
    return values[1:-closing]  # the title is above the table


@pytest.mark.parametrize("rows", [docx_rows, xlsx_rows])
def test_the_merged_cells_say_what_each_row_inherits(rows: Any) -> None:
    header, *body = rows()
    assert header == ["序号", "工作任务", "工作任务", "具体措施", "牵头及责任单位"]
    assert len(body) == len(ITEMS)
    for (no, heading, subheading, text, units), item in zip(body, ITEMS, strict=True):
        lost = item["requirement"] is None
        assert no == ("" if lost else str(item["no"]))
        assert heading.partition("、")[2] == item["heading"]
        assert subheading == (item["subheading"] or heading)  # one cell may cover both columns
        assert bare(text) == ("" if lost else bare(item["requirement"]))
        assert all(unit["name"] in (bare(units) or "") for unit in item["units"])


def test_title_and_closing_lines_stand_in_every_format() -> None:
    plan = build.load()
    around = [plan["title"], *plan["closing"]]
    document = docx.Document(str(SAMPLES / "plan-2026.docx"))
    assert [p.text for p in document.paragraphs if p.text] == around
    sheet = openpyxl.load_workbook(SAMPLES / "plan-2026.xlsx").worksheets[0]
    firsts = [row[0] for row in sheet.iter_rows(values_only=True)]
    assert [firsts[0], *firsts[-len(plan["closing"]) :]] == around
    lines = (SAMPLES / "plan-2026.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line in around] == around


# our own text


@pytest.fixture(scope="module")
def real_plan() -> str:
    found = sorted(REAL_PLANS.glob("*.txt"))
    if not found:
        pytest.skip("the real plan is not beside this checkout")
    return found[0].read_text(encoding="utf-8")


def test_it_names_no_unit_of_the_real_plan(real_plan: str) -> None:
    gold = json.loads((ROOT / "tests/corpus/real_plan.json").read_text(encoding="utf-8"))
    units = {
        name for item in gold["items"] for unit in item["units"] for name in (unit["name"], unit["alias"])
    }
    place = real_plan[: real_plan.index("区")]
    ours = "".join(path.read_text(encoding="utf-8") for path in SAMPLES.glob("*.t*"))
    assert len(units) > 24
    assert [name for name in {place, *units} - {None} if name in ours] == []


def test_it_copies_no_phrase_of_the_real_plan(real_plan: str) -> None:
    real = bare(real_plan) or ""
    size = 11  # characters; what all officials say alike is shorter
    ours = [text for item in ITEMS for key in ("subheading", "requirement") if (text := bare(item[key]))]
    pieces = [text[i : i + size] for text in ours for i in range(len(text) - size + 1)]
    assert len(pieces) > 1000
    assert [piece for piece in pieces if piece in real] == []


# what the reader makes of it


@pytest.fixture(scope="module", params=["txt", "docx", "xlsx"])
def read(request: pytest.FixtureRequest) -> Any:
    from duban.reading.document import read_plan

    name = f"plan-2026.{request.param}"
    return read_plan((SAMPLES / name).read_bytes(), name=name)


def test_the_document_is_read(read: Any) -> None:
    assert read.title == EXPECTED["title"]
    assert read.year == EXPECTED["year"]
    assert read.issued.isoformat() == EXPECTED["issued"]
    assert read.disclosure == EXPECTED["disclosure"]
    assert [item.no for item in read.items] == [item["no"] for item in ITEMS]


@pytest.mark.parametrize("problem", EXPECTED["problems"], ids=lambda problem: problem["code"])
def test_the_doubt_is_named(read: Any, problem: dict[str, Any]) -> None:
    assert problem in [{"code": p.code, "item": p.item} for p in read.problems]


@pytest.mark.parametrize("expected", ITEMS, ids=lambda item: f"item-{item['no']}")
def test_the_item_is_read(read: Any, expected: dict[str, Any]) -> None:
    item = {item.no: item for item in read.items}[expected["no"]]
    assert (item.heading, item.subheading) == (expected["heading"], expected["subheading"])
    assert bare(item.requirement) == bare(expected["requirement"])
    assert [as_unit(duty) for duty in item.units] == expected["units"]
    assert [as_expected(deadline) for deadline in item.deadlines] == [
        deadline if "rrule" not in deadline else deadline | {"rrule": days(deadline["rrule"])}
        for deadline in expected["deadlines"]
    ]
    for deadline in item.deadlines:
        assert item.requirement[slice(*deadline.span)] == deadline.text


def as_unit(duty: Any) -> dict[str, Any]:
    return {"name": duty.name, "role": duty.role, "collective": duty.collective, "alias": duty.alias}


def as_expected(deadline: Any) -> dict[str, Any]:
    """The fields that are said: kind, text and due always, the others where there is one."""
    fields = {
        "kind": deadline.kind,
        "text": deadline.text,
        "due": deadline.due and deadline.due.isoformat(),
    }
    maybe = {
        "time": deadline.time and deadline.time.strftime("%H:%M"),
        "amount": deadline.amount,
        "unit": deadline.unit,
        "trigger": deadline.trigger,
        "rrule": deadline.rrule and days(deadline.rrule),
    }
    return fields | {key: value for key, value in maybe.items() if value is not None}


def days(rule: str) -> list[str]:
    """The rule's days of 2026: two rules that say the same are the same."""
    first, last = YEAR
    return [day.date().isoformat() for day in rrulestr(rule, dtstart=first).between(first, last, inc=True)]
