"""Chromium and a served Duban: what the tests of the local chat and its picture stand on."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
DUBAN = Path(sys.executable).with_name("duban")
LINK = re.compile(r"http://\S+/start/\S+")
PATIENCE = 10_000  # milliseconds in which an answer has to be there


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's browser, without a window and without a word to anybody outside."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Served:
    """`duban run` as a process of its own, on a database and a port that outlive it."""

    def __init__(self, folder: Path, *, office: str = "督办室") -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._env = {key: value for key, value in os.environ.items() if not key.startswith("DUBAN_")} | {
            "DUBAN_DATABASE__URL": f"sqlite:///{folder / 'duban.sqlite3'}",
            "DUBAN_WEB__PORT": str(self.port),
            "DUBAN_OFFICE__NAME": office,
        }

    @property
    def out(self) -> str:
        """What the terminal saw."""
        return (self.folder / "out").read_text("utf-8")

    @property
    def log(self) -> str:
        """What a log would keep."""
        return (self.folder / "err").read_text("utf-8")

    def links(self) -> list[str]:
        """The one-time links that were printed."""
        return LINK.findall(self.out)

    def command(self, *arguments: str) -> str:
        """Another command on the same database; its standard output."""
        done = subprocess.run(
            [DUBAN, *arguments], env=self._env, cwd=self.folder, capture_output=True, check=True, text=True
        )
        return done.stdout

    def start(self, clock: str) -> float:
        """Serve from a moment on. Returns the seconds until the first page was there."""
        began = time.monotonic()
        with (self.folder / "out").open("wb") as out, (self.folder / "err").open("ab") as err:
            self._process = subprocess.Popen(
                [DUBAN, "--clock", clock, "run"], env=self._env, cwd=self.folder, stdout=out, stderr=err
            )
        while time.monotonic() < began + 20:
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=1):
                    return time.monotonic() - began
            except OSError:
                assert self._process.poll() is None, self.log
                time.sleep(0.05)
        raise AssertionError(self.log)

    def stop(self) -> tuple[int, float]:
        """SIGTERM. Returns the exit code and the seconds that it took."""
        assert self._process is not None
        began = time.monotonic()
        self._process.terminate()
        code = self._process.wait(timeout=30)
        self._process = None
        return code, time.monotonic() - began

    def close(self) -> None:
        """Leave nothing running."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Chat:
    """One person's page."""

    def __init__(self, context: BrowserContext, link: str, name: str) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._note)
        self.page.goto(link)
        self.page.fill("[name=name]", name)
        self.page.click("main button")
        self.page.wait_for_url("**/chat/*")
        self._seen = 0

    def _note(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(message.text)

    def say(self, words: str) -> None:
        """Type and send."""
        self._seen = self._newest()
        self.page.fill("#text", words)
        self.page.press("#text", "Enter")

    def send(self, file: Path) -> None:
        """Hand a file over."""
        self._seen = self._newest()
        self.page.set_input_files("#file", file)

    def press(self, label: str) -> None:
        """Press the newest button whose label begins so."""
        self._seen = self._newest()
        self.page.locator(
            "#messages .buttons button", has_text=re.compile(f"^{re.escape(label)}")
        ).last.click()

    def hear(self, *words: str) -> str:
        """Wait for a message of the bot, newer than what one did last, that has all these words. Its text."""
        handle = self.page.wait_for_function(
            """([seen, words]) => [...document.querySelectorAll("#messages li.bot")].reverse()
                .filter(one => Number(one.id.slice(1)) > seen).map(one => one.innerText)
                .find(text => words.every(word => text.includes(word)))""",
            arg=[self._seen, words],
            timeout=PATIENCE,
        )
        return str(handle.json_value())

    def changed(self, words: str) -> None:
        """Wait until a message, old or new, has these words."""
        self.page.locator("#messages li.bot", has_text=words).last.wait_for(timeout=PATIENCE)

    def texts(self) -> list[str]:
        """All that is on the page."""
        return self.page.locator("#messages .bubble").all_inner_texts()

    def _newest(self) -> int:
        return int(
            self.page.evaluate(
                "Math.max(0, ...[...document.querySelectorAll('#messages li')].map(one => +one.id.slice(1)))"
            )
        )
