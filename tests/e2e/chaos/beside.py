"""The Bot API server in a process of its own, with its record on the disk: `python -m botapi --log FILE`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from e2e.chaos.launch import TESTS

Json = dict[str, Any]


class Api:
    """The server as another process sees it."""

    def __init__(self, base_url: str, token: str, log: Path) -> None:
        self.base_url = base_url
        self.token = token
        self._log = log

    def act(self, name: str, /, **said: Any) -> Any:
        """One of the handles for tests (botapi/outside.py)."""
        return self._ask(self.base_url.removesuffix("/bot") + f"/test/{name}", said)

    def call(self, method: str, /, **said: Any) -> Any:
        """A call of the bot's own."""
        return self._ask(f"{self.base_url}{self.token}/{method}", said)

    def record(self) -> list[Json]:
        """Every call that it took, in order."""
        text = self._log.read_text("utf-8") if self._log.exists() else ""
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def _ask(self, url: str, said: Json) -> Any:
        request = Request(url, json.dumps(said).encode(), {"Content-Type": "application/json"})
        with urlopen(request, timeout=20) as answer:
            return json.load(answer)["result"]


@contextmanager
def served(folder: Path, users: range | list[int]) -> Iterator[Api]:
    """The server, to which these have talked before; nothing of that waits to be heard."""
    log = folder / "record.jsonl"
    command = [sys.executable, "-m", "botapi", "--log", str(log)]
    with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            api = Api(*process.stdout.readline().split(), log)
            for user in users:
                api.act("user", id=user)
                api.act("start", id=user)
            api.call("deleteWebhook", drop_pending_updates=True)
            yield api
        finally:
            process.terminate()
