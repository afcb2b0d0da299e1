"""The instants at which the process is killed, from the engine's own tables of moves and calls.

A move is seen where it becomes true: at the commit. So each has two instants, before its commit and after
it; each call to a chat has two as well, before the request and after it.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from duban.ledger import inbox, outbox
from duban_bot.transports.base import Transport

Moves = Mapping[StrEnum, frozenset[StrEnum]]

TABLES: Mapping[str, Moves] = {"outbox": outbox.MOVES, "inbox": inbox.MOVES}
CHAT = "chat"
WHEN = ("before", "after")


@dataclass(frozen=True, slots=True)
class Happening:
    """A move of a table ("queued→claimed"; "→queued" is its beginning), or a call to the chat ("send")."""

    where: str
    what: str

    @classmethod
    def move(cls, table: str, old: str | None, new: str) -> Happening:
        return cls(table, f"{old or ''}→{new}")

    def __str__(self) -> str:
        return f"{self.where}:{self.what}"


# where the engine cannot be killed, because another process does it, before any engine starts
ELSEWHERE = {
    Happening("outbox", f"{state}→held"): "`duban restore` holds back; it is killed in test_one_machine.py"
    for state in ("queued", "claimed", "sending")
}


def moves(tables: Mapping[str, Moves] = TABLES) -> Iterator[Happening]:
    """Every move that a table allows; a row begins in the first state."""
    for table, allowed in tables.items():
        yield Happening.move(table, None, next(iter(allowed)))
        yield from (
            Happening.move(table, old, new) for old, nexts in allowed.items() for new in sorted(nexts)
        )


def calls() -> Iterator[Happening]:
    """Every request that a transport can make."""
    for name, _ in inspect.getmembers(Transport, inspect.iscoroutinefunction):
        yield Happening(CHAT, name)
