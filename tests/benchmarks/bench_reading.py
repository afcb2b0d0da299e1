"""`duban read` of larger files, as whole processes: `python tests/benchmarks/bench_reading.py`.

Medians of RUNS runs, beside a bare interpreter in the same run; memory is the peak with all children.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hostile.measure import run
from papers.drawing import Drawing, Table
from papers.drawing_files import to_docx, to_xlsx
from papers.pdf import GRID, document, table, text

RUNS = 5
DUBAN = [sys.executable, "-m", "duban_cli.main", "read"]
TITLE = "桐山县2026年重点工作任务分工方案"
HEAD = ["序号", "工作任务", "责任单位", "完成时限"]
PAGES = 30


@dataclass(frozen=True)
class Row:
    """What is read, how it is made, and its bounds; 0 where there is none."""

    name: str
    make: Callable[[], bytes] | None
    seconds: float = 0
    megabytes: float = 0


def tasks(count: int) -> list[list[str]]:
    """A header and so many tasks, no two alike."""
    units = ("县教育局", "县交通运输局、县财政局", "县住房城乡建设局", "各镇（街道）")
    months = ("6月底前", "9月30日前", "12月31日前", "每季度末")
    made = [
        [str(n), f"完成第{n}批项目的前期工作，{months[n % 4]}形成清单。", units[n % 4], months[n % 4]]
        for n in range(1, count + 1)
    ]
    return [HEAD, *made]


def drawn(count: int) -> Drawing:
    """A title and a table."""
    return Drawing((TITLE, Table(tasks(count))))


def pages() -> bytes:
    """A PDF of a table over PAGES pages."""
    made = document(text(TITLE), table(tasks(PAGES * 19), *GRID))
    count = made.count(b"/Type /Page\n") or made.count(b"/Type /Page ")
    assert abs(count - PAGES) <= 3, count
    return made


ROWS = (
    Row("a bare interpreter", None),
    Row("a docx of 30 items", lambda: to_docx(drawn(30)), 1),
    Row("an xlsx of 10,000 rows", lambda: to_xlsx(drawn(10_000)), 15, 400),
    Row(f"a pdf of {PAGES} pages", pages),
)


def measured(row: Row, folder: Path) -> tuple[float, float]:
    """Median seconds, and the highest peak in MB, after one run to warm up."""
    file = folder / "plan"
    file.write_bytes(row.make() if row.make else b"")
    command = [*DUBAN, str(file), "--json"] if row.make else [sys.executable, "-c", "pass"]
    costs = [run(command, folder=folder, environ=dict(os.environ), seconds=120) for _ in range(RUNS + 1)][1:]
    assert all(cost.code == 0 for cost in costs), costs[0].err
    return statistics.median(cost.seconds for cost in costs), max(cost.peak for cost in costs)


def main(rows: Sequence[Row] = ROWS) -> None:
    """Print the table."""
    print(f"duban read: medians of {RUNS} runs after one to warm up")
    with tempfile.TemporaryDirectory() as folder:
        for row in rows:
            seconds, peak = measured(row, Path(folder))
            bounds = [f"{row.seconds:g} s"] if row.seconds else []
            bounds += [f"{row.megabytes:g} MB"] if row.megabytes else []
            said = f"(at most {', '.join(bounds)})" if bounds else ""
            print(f"{row.name:<42}{seconds:7.2f} s {peak:6.0f} MB   {said}")


if __name__ == "__main__":
    main()
