"""Two ways to start the program: as people do, and as a fork of a process that has imported it already.

A hundred starts in `make test` would import the same modules a hundred times; what runs is the same main().
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

TESTS = Path(__file__).resolve().parents[2]
PROGRAM, DYING = "duban_cli.main", "e2e.chaos.dying"
_ONE_AT_A_TIME = threading.Lock()  # a start looks after all children, and an exit code can be read once
PRELOAD = [DYING, "duban_cli.serve"]


class Process(Protocol):
    """One running program."""

    def poll(self) -> int | None: ...
    def wait(self, timeout: float) -> int | None: ...
    def kill(self) -> None: ...
    def send_signal(self, sign: int) -> None: ...


Launch = Callable[
    [Path, Mapping[str, str], str, Sequence[str]], Process
]  # folder, environment, module, arguments


def cold(folder: Path, environ: Mapping[str, str], module: str, arguments: Sequence[str]) -> Process:
    """`python -m module …`."""
    path = os.pathsep.join([str(TESTS), *filter(None, [environ.get("PYTHONPATH")])])
    with (folder / "out").open("ab") as out, (folder / "err").open("ab") as err:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env={**environ, "PYTHONPATH": path}, cwd=folder, stdout=out, stderr=err,
        )  # fmt: skip


class _Fork:
    def __init__(self, process: multiprocessing.process.BaseProcess) -> None:
        self._process = process
        self.kill = process.kill

    def send_signal(self, sign: int) -> None:
        if self._process.pid is not None:
            os.kill(self._process.pid, sign)

    def poll(self) -> int | None:
        with _ONE_AT_A_TIME:
            return self._process.exitcode

    def wait(self, timeout: float) -> int | None:
        end = time.monotonic() + timeout
        while self.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        return self.poll()


def warm(folder: Path, environ: Mapping[str, str], module: str, arguments: Sequence[str]) -> Process:
    """The same, forked."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    process = context.Process(target=_be, args=(folder, dict(environ), module, list(arguments)))
    with _ONE_AT_A_TIME:
        process.start()
    return _Fork(process)


def _be(folder: Path, environ: dict[str, str], module: str, arguments: list[str]) -> None:
    for name, stream in (("out", 1), ("err", 2)):
        file = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, stream)
        os.close(file)
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(folder)
    sys.argv = [module, *arguments]
    __import__(module, fromlist=["main"]).main()
