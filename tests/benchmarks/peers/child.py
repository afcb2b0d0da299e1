"""The parent's side of a reader in a process of its own: JSON lines on pipes."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

WORKER = Path(__file__).with_name("worker.py")


class Died(Exception):
    """The reader's process ended; says the last line that it wrote."""


class Child:
    """A reader that waits for orders. It is alone in being busy while it is asked."""

    def __init__(self, python: str, adapter: str) -> None:
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            [python, "-W", "ignore", str(WORKER), adapter],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            encoding="utf-8",
        )

    def ask(self, **order: Any) -> dict[str, Any]:
        """The answer to one order. Raises Died."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Died(self._last()) from None
        answer = self._process.stdout.readline()
        if not answer:
            raise Died(self._last())
        said: dict[str, Any] = json.loads(answer)
        return said

    def close(self) -> None:
        """End the process and wait for it."""
        self._process.kill()
        self._process.communicate()
        self._said.close()

    def _last(self) -> str:
        self._process.wait()
        self._said.seek(0)
        lines = self._said.read().strip().splitlines()
        return lines[-1] if lines else f"exit code {self._process.returncode}"
