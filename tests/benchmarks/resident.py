"""The memory of a whole `duban run` with nothing to do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

CALM = 5.0  # seconds
PATIENCE = 300.0


def idle_mb(database: Path) -> float:
    """Resident MB of a serving process on this database, once its start and the copy of the day are over."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "duban_cli.main", "run"]
    environ = {
        **{key: value for key, value in os.environ.items() if not key.startswith("DUBAN_")},
        "DUBAN_DATABASE__URL": f"sqlite:///{database}",
        "DUBAN_WEB__PORT": str(port),
    }
    process = subprocess.Popen(
        command, env=environ, cwd=database.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _until_idle(process, port)
        return _resident(process.pid)
    finally:
        process.terminate()
        process.wait()


def _until_idle(process: subprocess.Popen[bytes], port: int) -> None:
    """Its pages answer, and of CALM seconds it was busy for less than a tenth. Raises RuntimeError."""
    until, before = time.monotonic() + PATIENCE, float("-inf")
    while not _answers(port) or _busy(process.pid) - before > CALM / 10:
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"duban run is not idle: {process.poll()}")
        before = _busy(process.pid)
        time.sleep(CALM)


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _busy(pid: int) -> float:
    """Processor seconds so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
