"""Imports go one way. The contracts stand in pyproject.toml; here they are kept, and shown to bite."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROOMS = ("core", "scheduler", "bot", "web", "cli")
LINT = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over a tree."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        check=False,
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(root / room) for room in ROOMS)},
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the code, to be broken."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_imports_go_one_way():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("core/duban/hours.py", "import duban_cli"),
        ("core/duban/ledger/meta.py", "import duban_bot"),
        ("bot/duban_bot/pace.py", "import duban_scheduler"),
        ("web/duban_web/door.py", "import duban_bot"),
        ("scheduler/duban_scheduler/policy.py", "import duban_web"),
        ("core/duban/deadlines/counting.py", "import duban.clock"),
        ("core/duban/units/cell.py", "import duban.settings"),
        ("core/duban/reading/tidy.py", "import duban.ledger.people"),
    ],
)
def test_an_import_against_the_way_is_found(tree: Path, file: str, line: str):
    with (tree / file).open("a", encoding="utf-8") as code:
        code.write(f"\n{line}\n")
    done = lint(tree)
    assert done.returncode == 1, done.stdout
    assert "BROKEN" in done.stdout
