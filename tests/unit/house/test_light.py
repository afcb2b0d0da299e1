"""What a command does not need it does not load: each runs alone, and its modules are listed at the end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROOMS = ("core", "scheduler", "bot", "web", "cli")
SAMPLE = "data/samples/plan-2026.txt"
CODE = """
import atexit, sys
tops = lambda: {name.partition(".")[0] for name in sys.modules}
atexit.register(lambda: print("\\nMODULES", *tops(), file=sys.stderr))
from duban_cli.main import main
sys.argv = ["duban", *sys.argv[1:]]
main()
"""
CHAT_AND_LEDGER = {"telegram", "sqlalchemy", "alembic", "apscheduler", "starlette", "uvicorn", "httpx"}
HEAVY = CHAT_AND_LEDGER | {"lxml", "openpyxl", "docx", "dateparser", "holidays", "jinja2"}


def loaded(*arguments: str) -> set[str]:
    """The top names of all modules that a command loads. The command must succeed."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(ROOT / room) for room in ROOMS)},
    )
    said, _, names = done.stderr.rpartition("\nMODULES ")
    assert done.returncode == 0, said
    return set(names.split())


@pytest.mark.parametrize(
    ("arguments", "never"),
    [
        (("--help",), HEAVY),
        (("--version",), HEAVY),
        (("read", "--help"), CHAT_AND_LEDGER),
        (("read", SAMPLE), CHAT_AND_LEDGER | {"dateparser"}),
        (("read", SAMPLE, "--json"), CHAT_AND_LEDGER | {"dateparser"}),
        (("export", "--help"), {"openpyxl", "lxml", "telegram", "dateparser"}),
        (("explain", "deadline", "年底前", "--year", "2026"), CHAT_AND_LEDGER),
        (("explain", "units", "区财政局、区审计局"), CHAT_AND_LEDGER),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_light_command_loads_nothing_heavy(arguments, never):
    assert loaded(*arguments) & never == set()


def test_the_list_of_modules_is_the_real_one():
    """Without this, a listing that came out empty would pass every test above."""
    assert {"duban", "duban_cli", "click"} <= loaded("--help")
    assert "sqlalchemy" in loaded("summary", "--help")
