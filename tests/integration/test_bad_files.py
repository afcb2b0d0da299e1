"""Files made to do harm, each to `duban read` and `duban import`: what, exit code, a piece of what is said;
in bounded time and memory, in one sentence, and nothing of them in a ledger.

One of each kind is a whole process; the others are forks of one that has `duban` loaded: the same bounds.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hostile import pdfs, sheets, texts, words
from hostile.cases import CASES, Case
from hostile.measure import Cost, Warm, run

pytestmark = pytest.mark.slow
SECONDS, MEGABYTES = 20, 500
DEAR = 3  # seconds
ENGLISH = re.compile(r"Error|Usage|Traceback|Exception|invalid|File \"|内部出错")
DUBAN = [sys.executable, "-m", "duban_cli.main"]
WHOLE = {(case.name.partition(":")[0], case.code): case.name for case in CASES}.values()
SECRETS = {
    **{f"docx: {name}": build for name, build in words.SECRETS.items()},
    **{f"xlsx: {name}": build for name, build in sheets.SECRETS.items()},
    **texts.SECRETS,
    "pdf: a line": lambda: pdfs.with_line(words.SECRET),
}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A working folder; its ledger is not there yet."""
    yield tmp_path
    shutil.rmtree(tmp_path)  # some files are large, and pytest keeps folders


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    """`duban`, loaded."""
    served = Warm()
    yield served
    served.close()


def duban(place: Path, *arguments: str, warm: Warm | None = None) -> Cost:
    """One command, measured and found within its bounds."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUBAN_")}
    url = f"sqlite:///{place}/ledger/duban.sqlite3"
    environ = {**kept, "DUBAN_DATABASE__URL": url}
    if warm is None:
        cost = run([*DUBAN, *arguments], folder=place, environ=environ)
    else:
        cost = warm.run([*arguments], folder=place, environ=environ)
    assert cost.seconds <= SECONDS
    assert cost.peak <= MEGABYTES
    return cost


def refused(cost: Cost, piece: str) -> None:
    """Exit code 2, and one Chinese sentence on stderr that has a piece."""
    assert (cost.code, cost.out) == (2, "")
    lines = cost.err.strip().splitlines()
    assert len(lines) == 1, cost.err
    assert re.search(r"[\u4e00-\u9fff]", cost.err), cost.err
    assert not ENGLISH.search(cost.err), cost.err
    assert piece in cost.err


def stored(place: Path) -> list[tuple[str, int]]:
    """The tables of the ledger that have rows of plans."""
    file = place / "ledger" / "duban.sqlite3"
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as ledger:
        names = ("plans", "items", "documents", "units", "tasks")
        counts = [(name, ledger.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in names]
    return [(name, count) for name, count in counts if count]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_file(place: Path, warm: Warm, case: Case) -> None:
    (place / "bad").write_bytes(case.build())
    apart = None if case.name in WHOLE else warm
    read = duban(place, "read", "bad", warm=apart)
    if case.code == 2:
        refused(read, case.piece)
    else:
        assert read.code == 0, read.err
        assert case.piece in read.out
    assert not ENGLISH.search(read.err)
    if read.seconds > DEAR and apart:
        return  # import reads by the same function before it opens a ledger: the cheap and one a kind try it
    imported = duban(place, "import", "bad", "--yes", warm=apart)
    if case.code == 2:
        refused(imported, case.piece)
        assert not (place / "ledger").exists(), "no ledger is made for a file that cannot be read"
    else:
        assert imported.code == 0, imported.err
        assert not ENGLISH.search(imported.err)
        assert dict(stored(place))["items"] >= 2


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_refused_wherever_it_stands(place: Path, warm: Warm, name: str) -> None:
    (place / "bad").write_bytes(SECRETS[name]())
    for command in (["read", "bad"], ["read", "bad", "--json"], ["import", "bad", "--yes"]):
        refused(duban(place, *command, warm=warm), "已拒收且未保存任何内容")
    assert not (place / "ledger").exists()


OPEN = {  # what looks like a mark of secrecy and is none
    "docx: a sentence of it": lambda: words.docx(*words.body("", words.p("做好机密★5年等文件的清理工作。"))),
    "docx: a bare word in a note": lambda: words.docx(
        *words.body(), parts={"word/comments.xml": words.part("comments", words.p("机密"))}
    ),
    "xlsx: a hidden list of choices": lambda: sheets.book(
        sheets.sheet(sheets.tasks(2)),
        sheets.sheet(
            "".join(sheets.row(n, [one]) for n, one in enumerate(("绝密", "机密", "秘密", "公开"), 1))
        ),
        states={2: "hidden"},
    ),
    "csv: a column of 密级": lambda: texts.csv("3,做好秘密文件清退。,甲局,6月30日").encode(),
}


@pytest.mark.parametrize("name", OPEN)
def test_what_speaks_of_secrets_is_read(place: Path, warm: Warm, name: str) -> None:
    (place / "bad").write_bytes(OPEN[name]())
    assert duban(place, "read", "bad", warm=warm).code == 0


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("a folder", "是文件夹"),
        ("a fifo", "不是普通文件"),
        ("a device", "不是普通文件"),
        ("a ring of links", "绕成了圈"),
        ("a link to nothing", "不存在"),
        ("unreadable", "没有权限"),
        ("of 2 GB", "2048 MB"),
        ("bad\nname", "空的"),
        ("bad\u202ename\u202c.txt", "空的"),
        ("bad<b>{{7*7}}{0}%s.txt", "空的"),
        ("bad\x1b[31mname", "空的"),
    ],
)
def test_a_path_that_is_no_file(place: Path, warm: Warm, name: str, piece: str) -> None:
    file = place / (name if name.startswith("bad") else f"bad {name}")
    if name == "a folder":
        file = place
    elif name == "a fifo":
        os.mkfifo(file)
    elif name == "a device":
        file = Path("/dev/zero")
    elif name == "a ring of links":
        file.symlink_to(file)
    elif name == "a link to nothing":
        file.symlink_to(place / "nothing\nthere")
    elif name == "of 2 GB":
        with file.open("wb") as sparse:
            sparse.truncate(2 << 30)
    else:
        file.touch()
    if name == "unreadable":
        if os.geteuid() == 0:
            pytest.skip("root reads everything")
        file.chmod(0)
    refused(duban(place, "read", str(file)), piece)
    refused(duban(place, "import", str(file), "--yes", warm=warm), piece)
    assert not (place / "ledger").exists()


@pytest.mark.parametrize(
    "name", ["bad\nname.txt", "bad\u202etxt.exe", "bad<b>{{7*7}}{0}.txt", "bad\x1b]0;x\x07\x9b31m"]
)
def test_a_name_never_reaches_the_terminal_as_more_than_text(place: Path, name: str) -> None:
    body = texts.flat().removeprefix(texts.TITLE).encode()  # without a title: the name stands in for it
    (place / name).write_bytes(body)
    (place / (name + "x")).mkdir()
    for command in (["read", name, "--year", "2026"], ["import", name, "--yes", "--year", "2026"]):
        said = duban(place, *command)
        assert said.code == 0
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", said.out + said.err)
        assert "49" not in said.out + said.err
    refused(duban(place, "read", name + "x"), "是文件夹")
