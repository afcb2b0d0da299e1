"""`duban run` as a process of its own, and commands beside it: what the tests of one machine stand on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from e2e.browser import free_port

PATIENCE = 20.0  # seconds


class Machine:
    """One folder with a database, the process that serves it, and a terminal beside it."""

    def __init__(self, folder: Path, *, database: Path | None = None, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.database = database or folder / "duban.sqlite3"
        self.process: subprocess.Popen[bytes] | None = None
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("DUBAN_")} | {
            "DUBAN_DATABASE__URL": f"sqlite:///{self.database}",
            "DUBAN_WEB__PORT": str(self.port),
        }
        self.env |= settings

    def command(self, *arguments: str, words: str | None = None) -> subprocess.CompletedProcess[str]:
        """A command on the same database, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "duban_cli.main", *arguments], env=self.env, cwd=self.folder,
            capture_output=True, text=True, check=False, timeout=60, input=words,
        )  # fmt: skip

    def start(self, *options: str) -> None:
        """Serve, and wait for the first page (or the process's end)."""
        self.port = free_port()
        self.env["DUBAN_WEB__PORT"] = str(self.port)
        with (self.folder / "out").open("ab") as out, (self.folder / "err").open("ab") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "duban_cli.main", *options, "run"],
                env=self.env, cwd=self.folder, stdout=out, stderr=err,
            )  # fmt: skip
        if self.env.get("DUBAN_WEB__ENABLED") != "false":
            self.until(lambda: self.get("/healthz")[0], "the first page")

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """(status, body) of a page; (0, "") where nobody answers."""
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def health(self) -> tuple[int, dict[str, Any]]:
        """/healthz."""
        status, body = self.get("/healthz")
        return status, json.loads(body) if body else {}

    @property
    def log(self) -> str:
        return (self.folder / "err").read_text("utf-8")

    def until(self, done: Callable[[], Any], what: str, patience: float = PATIENCE) -> None:
        """Wait for something to come true while the process lives."""
        end = time.monotonic() + patience
        while not done():
            assert time.monotonic() < end, f"{what}\n{self.log[-3000:]}"
            assert self.process is None or self.process.poll() is None, self.log[-3000:]
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(20)

    def close(self) -> None:
        """Leave nothing running."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
