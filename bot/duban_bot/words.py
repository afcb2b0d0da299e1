"""Every word that people read in chat: the templates, and what they need to say dates and shorten texts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from duban import resources

ROOM = 3800  # characters of HTML in one message: under Telegram's 4096 after entities, with room for 补发
BLANKS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
PAUSE = re.compile(r"[。；;！!]")
BREATH = re.compile(r"[，、]|[,：:](?!\d)")  # not the colon of 18:00


class Words:
    """The renderer: Jinja2 over templates/, strict, autoescaped to Telegram's HTML."""

    def __init__(self, folder: Path) -> None:
        self._table = tomllib.loads((folder / "chat" / "words.toml").read_text(encoding="utf-8"))
        self._env = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.filters |= {"day": self.day, "clock": self.clock, "short": short, "cut": cut}
        self._env.globals["word"] = self.word

    def render(self, name: str, /, **facts: Any) -> str:
        """A template as HTML: outer blanks gone, never more than one empty line. Raises on a missing fact."""
        html = self._env.get_template(name).render(**facts)
        return BLANKS.sub("\n\n", html).strip(" \n")

    def block(self, name: str, /, *args: Any, **facts: Any) -> str:
        """One macro of chat/blocks.html.j2 as HTML."""
        macro = getattr(self._env.get_template("chat/blocks.html.j2").module, name)
        return BLANKS.sub("\n\n", str(macro(*args, **facts))).strip(" \n")

    def word(self, section: str, key: str) -> str:
        """A single word, such as a state's. What has none is shown as it is."""
        return str(self._table[section].get(key, key))

    def label(self, name: str, **facts: Any) -> str:
        """A button's label: plain text."""
        return str(self._table["label"][name]).format(**facts)

    def day(self, value: date, today: date | None = None) -> str:
        """12月31日 周一; with the year where it is not today's."""
        table = self._table["day"]
        form = table["plain"] if today is not None and today.year == value.year else table["year"]
        weekday = table["weekdays"][value.weekday()]
        return str(form.format(year=value.year, month=value.month, day=value.day, weekday=weekday))

    def clock(self, value: time) -> str:
        """18:00."""
        return str(self._table["day"]["time"].format(hour=value.hour, minute=value.minute))


def cut(text: str, room: int = 200) -> str:
    """The text's beginning, with a sign where it was cut; on one line."""
    line = " ".join(str(text).split())
    return line if len(line) <= room else line[: room - 1] + "…"


def short(text: str, room: int = 40) -> str:
    """A requirement's short form: its first sentence, else up to a pause, never over `room` characters."""
    line = PAUSE.split(" ".join(str(text).split()), maxsplit=1)[0]
    if len(line) <= room:
        return line
    pauses = [m.start() for m in BREATH.finditer(line[:room]) if m.start() >= room // 3]
    return line[: pauses[-1] if pauses else room - 1] + "…"


def in_pages(
    blocks: Iterable[str], *, head: str = "", tail: str = "", go_on: str = "", room: int = ROOM
) -> list[str]:
    """Blocks of HTML as messages, none over `room`: a block is never split.

    `head` opens the first; `tail` closes the first, after `go_on` where others follow.
    """
    pages: list[list[str]] = [[head] if head else []]
    left = room - len(head) - len(tail) - len(go_on) - 8
    for block in blocks:
        size = len(block) + 1
        if size > left and pages[-1]:
            pages.append([])
            left = room
        pages[-1].append(block)
        left -= size
    if head:
        pages[0][0] = head + "\n" if len(pages[0]) > 1 else head
    if len(pages) > 1:
        pages[0].append(go_on)
    if tail:
        pages[0].append("\n" + tail)
    return ["\n".join(part for part in page if part).strip("\n") for page in pages]


@lru_cache(maxsize=1)
def shipped() -> Words:
    """The words that ship with the program."""
    return Words(resources.templates())
