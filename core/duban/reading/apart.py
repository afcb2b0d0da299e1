"""Reading in a child process with bounds on memory and time, for files that could take too much of either.

The child gets the file on its standard input and nothing else: no environment that could hold a secret, no
folder but an empty one that is gone afterwards. It gives back a pickled plan or the name of the error.
"""

from __future__ import annotations

import io
import logging
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import traceback
from contextlib import suppress
from datetime import date
from typing import Any

from duban.model import Plan
from duban.reading import errors
from duban.reading.columns import Heads
from duban.reading.errors import ReadError, TookTooLong, TooMuch

SECONDS = 18  # by the clock, and of the processor; with the parent's start less than 20
MEMORY = 400 << 20  # bytes of its own; with the parent, which holds the file, less than 500 MB
ADDRESSES = 2 << 30  # bytes, with what libraries map and never touch
_KEPT = ("PATH", "SYSTEMROOT")  # of the environment: where LibreOffice and Windows are


class TooMuchMemory(TooMuch):
    """文件展开后占用的内存超过 {limit} MB，请只保留任务表后重发。"""


def read_apart(
    data: bytes, *, name: str, year: int | None, issued: date | None, heads: Heads, seconds: float = SECONDS
) -> Plan:
    """duban.reading.document.read_plan in a child process; raises what it raises.

    And TookTooLong, TooMuchMemory, or a bare ReadError where a library brought the child down.
    """
    request = pickle.dumps((data, {"name": name, "year": year, "issued": issued, "heads": dict(heads)}))
    with tempfile.TemporaryDirectory(prefix="duban-") as folder:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "duban.reading.apart"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
        try:
            answer, _ = child.communicate(request, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise TookTooLong(seconds=int(seconds)) from None
        finally:
            _end(child)
    if child.returncode == -getattr(signal, "SIGXCPU", 0) != 0:
        raise TookTooLong(seconds=SECONDS)
    return _plan(answer)


def _environment(folder: str) -> dict[str, str]:
    return {
        **{key: os.environ[key] for key in _KEPT if key in os.environ},
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "LANG": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
    }


def _end(child: subprocess.Popen[bytes]) -> None:
    """What is left of it, and of what it started."""
    if child.poll() == 0:
        return
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.communicate()


def _plan(answer: bytes) -> Plan:
    try:
        kind, value, facts = _Answer(io.BytesIO(answer)).load()
    except Exception as error:  # cut off, or nothing at all: the child is dead
        raise ReadError from error
    if kind == "plan" and isinstance(value, Plan):
        return value
    if kind == "error" and value in _ERRORS:
        raise _ERRORS[value](**facts)
    raise ReadError from RuntimeError(str(value))


class _Answer(pickle.Unpickler):
    """Takes the values of our own model and dates; a child that a file took over can send nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        ours = module.startswith("duban.") and name[:1].isupper()
        if ours or (module, name) in {("datetime", "date"), ("datetime", "time"), ("datetime", "datetime")}:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


_ERRORS: dict[str, type[ReadError]] = {
    name: found
    for name, found in {**vars(errors), "TooMuchMemory": TooMuchMemory}.items()
    if isinstance(found, type) and issubclass(found, ReadError)
}


def _bound() -> None:
    """The child's own bounds; where the platform knows none (Windows) time is bounded by the parent alone."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - POSIX

        for what, soft in (
            (resource.RLIMIT_DATA, MEMORY),  # on Linux: all that is private and can be written
            (resource.RLIMIT_AS, ADDRESSES),
            (resource.RLIMIT_CPU, SECONDS),
            (resource.RLIMIT_CORE, 0),
        ):
            _, hard = resource.getrlimit(what)
            resource.setrlimit(what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _answer(request: bytes) -> tuple[str, object, dict[str, object]]:
    from duban.reading.document import read_here  # noqa: PLC0415 - it imports this module where it is needed
    from duban.reading.formats.sniff import kind_of  # noqa: PLC0415

    try:
        data, frame = pickle.loads(request)  # noqa: S301 - from our own parent
        return "plan", read_here(data, kind_of(data), **frame), {}
    except ReadError as error:
        return "error", type(error).__name__, error.facts
    except MemoryError:
        return "error", "TooMuchMemory", {"limit": MEMORY >> 20}
    except Exception as error:  # told to the parent, without a word of the file
        return "fault", f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}", {}


def main() -> None:
    """The child: a request on standard input, an answer on standard output, which libraries cannot reach."""
    _bound()
    logging.disable()
    request = sys.stdin.buffer.read()
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        out.write(pickle.dumps(_answer(request)))


if __name__ == "__main__":
    main()
