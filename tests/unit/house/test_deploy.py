"""What deploys: the unit is one that systemd takes, the image has all that the wheel needs, and no secret."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


UNITS = ("duban.service", "duban-worker@.service")
COMPOSED = ("compose.yaml", "compose.many.yaml")


@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_the_unit(tmp_path: Path, name: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    unit = tmp_path / name.replace("@", "@1")
    unit.write_text(read(name).replace("/home/duban/venv/bin/duban", sys.executable))
    command = ["systemd-analyze", "verify", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "")


@pytest.mark.parametrize("name", UNITS)
def test_the_unit_waits_for_us_and_watches(name: str) -> None:
    unit = read(name)
    for line in ("Type=notify", "WatchdogSec=180", "RestartPreventExitStatus=2", "TimeoutStopSec=30"):
        assert f"\n{line}\n" in unit


def test_the_image_has_all_that_the_wheel_takes() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    needed = {path.partition("/")[0] for path in wheel["targets"]["wheel"]["packages"]}
    needed |= set(wheel["targets"]["wheel"]["force-include"])
    copied = set(re.findall(r"^COPY (\S+) \S+$", read("Dockerfile"), re.MULTILINE))
    assert needed <= copied
    let_in = set(re.findall(r"^!(\S+)$", read("Dockerfile.dockerignore"), re.MULTILINE))
    assert needed <= let_in
    assert read("Dockerfile.dockerignore").splitlines()[1] == "*", "nothing else: no ledger, no token"


def test_a_worker_is_the_same_service_without_pages_and_without_a_file() -> None:
    """What differs between the two units, line by line."""
    whole, worker = (set(read(name).splitlines()) for name in UNITS)
    assert {line.partition("=")[0] for line in worker - whole if not line.startswith("#")} == {
        "Description", "ExecStart", "Restart", "BindReadOnlyPaths",
    }  # fmt: skip
    assert {line.partition("=")[0] for line in whole - worker if not line.startswith("#")} == {
        "Description", "ExecStart", "Restart", "BindPaths", "ReadWritePaths",
    }  # fmt: skip


def test_the_image_can_speak_to_postgresql() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    for needed in extra["postgres"]:
        name = re.split(r"[\[>=<]", needed)[0]
        assert re.search(rf"^{name}==", lock, re.MULTILINE), name


def test_nobody_serves_as_root_and_no_secret_is_written_down() -> None:
    assert "\nUSER duban\n" in read("Dockerfile")
    for name in ("Dockerfile", *COMPOSED, *UNITS):
        assert not re.search(r"\d{6,}:[\w-]{20,}", read(name)), name
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {f"deploy/{secret}" for secret in ("telegram_token", "database_url", "database_password")} <= {
        *ignored
    }


@pytest.mark.parametrize("name", [*UNITS, "Dockerfile", *COMPOSED])
def test_each_is_in_the_page_on_deployment(name: str) -> None:
    assert f"deploy/{name}" in (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
