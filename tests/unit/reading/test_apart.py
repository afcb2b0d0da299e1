"""Reading in a child process: the same plan, the same errors, and bounds that hold."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from duban.model import Plan
from duban.reading import apart
from duban.reading.columns import NO_HEADS
from duban.reading.document import read_here
from duban.reading.errors import NotAPlan, Protected, ReadError, Scanned, SecretDocument, TookTooLong
from duban.reading.formats.sniff import kind_of
from growth import no_hang
from papers.pdf import GRID, document, drawn, picture, table, text

ROWS = [
    ["序号", "工作任务", "责任单位", "完成时限"],
    ["1", "修缮校舍，更新课桌椅", "县教育局", "8月底前"],
    ["2", "打通断头路", "县交通运输局", "12月31日前"],
]
PLAN = document(text("桐山县2026年重点任务分工方案"), table(ROWS, *GRID))


def read(data: bytes, seconds: float = 30) -> Plan:
    return apart.read_apart(data, name="方案.pdf", year=None, issued=None, heads=NO_HEADS, seconds=seconds)


@pytest.fixture
def posing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets a shell script stand for the child's Python."""

    def pose(script: str) -> None:
        file = tmp_path / "python"
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(file))

    return pose


def test_the_same_plan_as_in_this_process() -> None:
    assert read(PLAN) == read_here(PLAN, kind_of(PLAN), name="方案.pdf")


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (drawn(picture, picture), Scanned, "2 页图片"),
        (document(text("方案"), password="secret"), Protected, "密码"),
        (document(text("今天天气很好。")), NotAPlan, "没有在文件里找到"),
        (document(text("机密★1年"), text("方案"), table(ROWS, *GRID)), SecretDocument, "机密"),
    ],
)
def test_the_same_errors_with_their_facts(data: bytes, error: type[ReadError], says: str) -> None:
    with pytest.raises(error, match=says):
        read(data)


def test_a_child_that_takes_too_long_is_ended_with_all_that_it_started(
    posing: Callable[[str], None], tmp_path: Path
) -> None:
    posing(f"sleep 60 & echo $$ $! > {tmp_path}/pids; wait")
    with no_hang(30), pytest.raises(TookTooLong, match="1 秒"):
        read(PLAN, seconds=1)
    for pid in (tmp_path / "pids").read_text().split():
        _wait_for_end(int(pid))


def _wait_for_end(pid: int) -> None:
    for _ in range(100):
        status = Path(f"/proc/{pid}/status")
        try:
            os.kill(pid, 0)
            if "\nState:\tZ" in status.read_text():
                return
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.02)
    raise AssertionError(f"{pid} still runs")


@pytest.mark.parametrize(
    "script",
    ["kill -SEGV $$", "kill -KILL $$", "exit 1", "echo nonsense", "cat >/dev/null; printf '\\200\\004'"],
)
def test_a_child_that_dies_is_a_read_error(posing: Callable[[str], None], script: str) -> None:
    posing(script)
    with pytest.raises(ReadError):
        read(PLAN)


def test_no_secret_and_no_folder_of_ours_is_handed_on(
    posing: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBAN_TELEGRAM_TOKEN", "1234:geheim")
    posing(f"env > {tmp_path}/env; pwd >> {tmp_path}/env; ls -A > {tmp_path}/ls")
    with pytest.raises(ReadError):
        read(PLAN)
    handed = (tmp_path / "env").read_text()
    assert "geheim" not in handed
    assert f"HOME={os.environ.get('HOME', '/')}\n" not in handed
    assert (tmp_path / "ls").read_text() == ""


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    read(PLAN)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="bounds as Linux knows them")
def test_memory_is_bounded() -> None:
    assert isinstance(_child("d.read_here = lambda *_, **__: bytearray(600 << 20)"), apart.TooMuchMemory)


def test_a_fault_of_our_own_is_a_read_error_without_the_file_s_words() -> None:
    error = _child("d.read_here = lambda *_, **__: {}['机密内容']")
    assert type(error) is ReadError
    assert "KeyError" in str(error.__cause__)
    assert "机密内容" not in str(error.__cause__)


def _child(change: str) -> BaseException:
    """What the parent raises after a child in which something was changed."""
    code = f"import duban.reading.document as d, duban.reading.apart as a\n{change}\na.main()"
    request = pickle.dumps((PLAN, {}))
    ran = subprocess.run([sys.executable, "-c", code], input=request, capture_output=True, check=False)
    with pytest.raises(ReadError) as caught:
        apart._plan(ran.stdout)
    return caught.value


@pytest.mark.parametrize("what", [os.system, subprocess.Popen, eval, Path("/")])
def test_an_answer_can_name_nothing_but_our_own_values(what: object) -> None:
    with pytest.raises(ReadError) as caught:
        apart._plan(pickle.dumps(("plan", what, {})))
    assert isinstance(caught.value.__cause__, pickle.UnpicklingError)
