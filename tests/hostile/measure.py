"""Runs one command and says what it cost: `python measure.py SECONDS FILE COMMAND…` (FILE gets the JSON).

A process of its own, so that what is counted is this command's and no other's. `Warm` is `python measure.py`
alone: it has `duban` loaded and forks for each command that it gets, which leaves out the start and no more.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

PAGE = os.sysconf("SC_PAGE_SIZE")
LONGEST = 40  # seconds
WARM = (
    "duban_cli.main", "duban_cli.reading", "duban_cli.plans", "duban.reading.document",
    "duban.reading.formats.docx", "duban.reading.formats.xlsx", "duban.reading.formats.html",
    "duban.ledger.database", "duban.ledger.migrations.migrate", "duban.ledger.plans",
)  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """What a command did and took. `code` is -9 where it had to be killed, `peak` is in MB."""

    code: int
    out: str
    err: str
    seconds: float
    peak: float


def run(command: list[str], *, folder: Path, environ: dict[str, str], seconds: float = LONGEST) -> Cost:
    """Run a command in a folder and measure it with all its children."""
    with tempfile.TemporaryDirectory() as kept:
        file = Path(kept) / "cost.json"
        runner = [sys.executable, "-S", __file__, str(seconds), str(file), *command]
        subprocess.run(runner, cwd=folder, env=environ, check=True, stdin=subprocess.DEVNULL)
        return Cost(**json.loads(file.read_text("utf-8")))


def _resident(pid: int) -> int:
    """Bytes that a process and its descendants hold now. What they share counts for each."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        tasks = Path(f"/proc/{pid}/task").iterdir()
        below = [child for task in tasks for child in (task / "children").read_text().split()]
    except OSError:  # it ended meanwhile
        return 0
    return pages * PAGE + sum(_resident(int(child)) for child in below)


class Warm:
    """A process that has imported what `duban` reads and stores with; each command is a child of it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(
        self, arguments: list[str], *, folder: Path, environ: dict[str, str], seconds: float = 40
    ) -> Cost:
        """`duban` with arguments, as `run` would run it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([arguments, str(folder), environ]), file=self._process.stdin, flush=True)
        return Cost(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def _measured(start: Callable[[int, int], int], limit: float) -> dict[str, Any]:
    """What becomes of the child that `start` starts, given two files for what it says."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = start(out.fileno(), err.fileno())
        peak = 0
        while True:
            ended, status, usage = os.wait4(child, os.WNOHANG)
            if ended:
                break
            if time.monotonic() - began > limit:
                os.killpg(child, 9)
            peak = max(peak, _resident(child))
            time.sleep(0.01)
        seconds = time.monotonic() - began
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read(200_000).decode("utf-8", "replace"))
    return {
        "code": os.waitstatus_to_exitcode(status), "out": said[0], "err": said[1], "seconds": seconds,
        "peak": max(peak, usage.ru_maxrss * 1024) / (1 << 20),
    }  # fmt: skip


def _spawned(command: list[str], out: int, err: int) -> int:
    return subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True).pid


def _serve() -> None:
    """Answer each line with a cost. In a child this returns, with all set as for a command of its own."""
    for line in sys.stdin:
        arguments, folder, environ = json.loads(line)

        def fork(out: int, err: int) -> int:
            child = os.fork()
            if child == 0:
                os.setsid()
                for stream, is_now in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
                    os.dup2(stream, is_now)
                raise _InChild
            return child

        try:
            cost = _measured(fork, LONGEST)
        except _InChild:
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(environ)
            sys.argv = ["duban", *arguments]
            return
        print(json.dumps(cost), flush=True)
    sys.exit()


class _InChild(Exception):
    """This is the child now."""


if __name__ == "__main__":
    if len(sys.argv) > 1:
        cost = _measured(partial(_spawned, sys.argv[3:]), float(sys.argv[1]))
        Path(sys.argv[2]).write_text(json.dumps(cost), encoding="utf-8")
    else:
        for name in WARM:
            importlib.import_module(name)
        gc.freeze()
        _serve()
        sys.modules["duban_cli.main"].main()
