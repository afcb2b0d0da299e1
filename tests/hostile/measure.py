"""Runs one command and says what it cost: `python measure.py SECONDS FILE COMMAND…` (FILE gets the JSON).

A process of its own, so that getrusage counts this command's processes and no other's.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cost:
    """What a command did and took. `code` is -9 where it had to be killed, `peak` is in MB."""

    code: int
    out: str
    err: str
    seconds: float
    peak: float


def run(command: list[str], *, folder: Path, environ: dict[str, str], seconds: float = 40) -> Cost:
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


def _measured(command: list[str], limit: float) -> dict[str, object]:
    began = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        running = subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True)
        peak = 0
        while running.poll() is None:
            if time.monotonic() - began > limit:
                os.killpg(running.pid, 9)
            peak = max(peak, _resident(running.pid))
            time.sleep(0.01)
        seconds = time.monotonic() - began
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read(200_000).decode("utf-8", "replace"))
    peak = max(peak, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
    return {
        "code": running.returncode, "out": said[0], "err": said[1], "seconds": seconds,
        "peak": peak / (1 << 20),
    }  # fmt: skip


if __name__ == "__main__":
    cost = _measured(sys.argv[3:], float(sys.argv[1]))
    Path(sys.argv[2]).write_text(json.dumps(cost), encoding="utf-8")
