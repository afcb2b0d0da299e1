"""Where the ledger lies and which processes serve it: what the harness runs on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

Engine = Callable[[Path], tuple[str, Sequence[Sequence[str]]]]  # a folder → (url, each process's arguments)


def sqlite(folder: Path) -> tuple[str, Sequence[Sequence[str]]]:
    """One machine: everything in one process."""
    return f"sqlite:///{folder / 'duban.sqlite3'}", [["run"]]


ENGINES: dict[str, Engine] = {"sqlite": sqlite}
