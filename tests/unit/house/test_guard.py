"""The tests' own house: nothing beyond this machine is reached, and what is locked is locked whole."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError
from sqlalchemy import text

from duban.ledger.database import Ledger

ROOT = Path(__file__).parents[3]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.M)


@pytest.mark.filterwarnings("ignore:A test tried")  # here the error itself is looked at
def test_a_test_cannot_reach_the_network():
    with socket.socket() as outside, pytest.raises(SocketConnectBlockedError, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 443))  # RFC 5737: an address that is nobody's


def test_a_test_can_reach_its_own_machine():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()[:2]) as inside,
    ):
        server.accept()[0].close()
        assert inside.recv(1) == b""


def test_each_ledger_is_empty_and_its_own(ledger: Ledger, tmp_path: Path):
    assert ledger.path in {None, tmp_path / "duban.sqlite3"}
    with ledger.writing() as session:
        assert session.scalar(text("SELECT count(*) FROM plans")) == 0


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_no_address_and_no_path(name):
    body = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|^-|^/|\s@\s|file:", body, re.M)


@pytest.mark.parametrize("name", LOCKS)
def test_each_locked_package_has_its_hashes(name):
    body = (ROOT / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", body.strip())
    assert len(entries) > 20
    assert [e.split()[0] for e in entries if not PIN.match(e) or "--hash=sha256:" not in e] == []


def test_the_two_locks_agree_and_hold_all_that_is_declared():
    import tomllib

    run, dev = (dict(PIN.findall((ROOT / name).read_text(encoding="utf-8"))) for name in LOCKS)
    assert run.items() <= dev.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = lambda lines: {re.match(r"[A-Za-z0-9._-]+", line)[0].lower() for line in lines}  # noqa: E731
    assert named(project["dependencies"]) <= run.keys()
    assert named(project["optional-dependencies"]["dev"]) <= dev.keys()


def test_set_up_again_is_nothing_to_do_and_a_python_too_old_is_one_sentence(tmp_path: Path):
    """The script alone in an empty folder: it must speak before it changes anything."""
    (tmp_path / "tools").mkdir()
    script = tmp_path / "tools" / "setup.sh"
    script.write_text((ROOT / "tools/setup.sh").read_text(encoding="utf-8"), encoding="utf-8")
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    def run(**environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", str(script), "run"],
            check=False,
            capture_output=True,
            text=True,
            env={"PATH": "/usr/bin:/bin", **environ},
        )

    refused = run(PYTHON=str(old))
    assert refused.returncode != 0
    assert "Python 3.11" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not (tmp_path / ".venv").exists()

    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "requirements.lock").touch()
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / ".run.stamp").write_text(str(tmp_path))
    warm = run(PYTHON=str(old))
    assert (warm.returncode, warm.stderr) == (0, "")


def test_no_file_of_the_project_knows_this_machine():
    """Tracked files hold no absolute path of a home or work folder; what is packed is not looked into."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=False, capture_output=True, text=True
    ).stdout.split("\0")
    if listed == [""]:
        pytest.skip("no git here")
    machine = re.compile(rb"/(?:work|root|opt)/[a-z]|/home/(?!a/|duban/)[a-z]+/")
    found = []
    for name in filter(None, listed):
        file = ROOT / name
        if file.suffix in {".doc", ".docx", ".xlsx", ".png", ".lock"} or not file.is_file():
            continue
        found += [name] if machine.search(file.read_bytes()) else []
    assert [name for name in found if name != "tests/unit/house/test_guard.py"] == []
