"""What systemd hears, over a real socket."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from duban_cli.notify import notify, watchdog_seconds


@pytest.mark.parametrize("abstract", [False, True])
def test_a_word_arrives(tmp_path: Path, abstract: bool) -> None:
    name = f"@duban-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name[1:] if abstract else name)
        notify("READY=1", {"NOTIFY_SOCKET": name})
        assert systemd.recv(100) == b"READY=1"


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
def test_nobody_listens(environ: dict[str, str]) -> None:
    notify("READY=1", environ)


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "180000000"}, 180.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}, 3.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_how_often(environ: dict[str, str], seconds: float | None) -> None:
    assert watchdog_seconds(environ) == seconds
