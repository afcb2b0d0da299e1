"""`python -m e2e.chaos.dying outbox:queued→claimed after run`: duban, killed by itself at that instant.

The product knows nothing of it: the commit of SQLAlchemy's dialects and the transport's calls are wrapped.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
from typing import Any

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine.default import DefaultDialect

from duban.ledger.engines import known
from duban_bot.transports.telegram import TelegramTransport
from duban_cli.main import main as duban
from e2e.chaos.instants import CHAT, TABLES, Happening

States = dict[tuple[str, int], str]
LOOKS = {table: f"SELECT id, state FROM {table}" for table in TABLES}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def at_commit(move: Happening, when: str) -> None:
    """Die before the commit of a transaction with this move in it, or after it."""
    committed = create_engine(known(os.environ["DUBAN_DATABASE__URL"]), poolclass=NullPool)
    real = DefaultDialect.do_commit

    def outside() -> States:
        with committed.connect() as connection:
            return {
                (table, id_): state
                for table, look in LOOKS.items()
                for id_, state in connection.execute(text(look))
            }

    def inside(connection: Any) -> States:
        cursor = connection.cursor()
        found = {}
        for table, look in LOOKS.items():
            cursor.execute(look)
            found |= {(table, id_): state for id_, state in cursor.fetchall()}
        cursor.close()
        return found

    def do_commit(self: DefaultDialect, connection: Any) -> None:
        made = moved(outside(), inside(connection))
        if move in made and when == "before":
            die()
        real(self, connection)
        if move in made:
            die()

    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]


def moved(old: States, new: States) -> set[Happening]:
    """What a transaction does to the rows' states."""
    return {
        Happening.move(table, old.get((table, id_)), state)
        for (table, id_), state in new.items()
        if old.get((table, id_)) != state
    }


def at_call(name: str, when: str) -> None:
    """Die before a request, or after its answer."""
    real = getattr(TelegramTransport, name)

    @functools.wraps(real)
    async def call(self: TelegramTransport, *args: Any, **kwargs: Any) -> Any:
        acknowledges = name != "poll" or args[0] is not None  # what was taken, or what is there to take
        if when == "before" and acknowledges:
            die()
        answer = await real(self, *args, **kwargs)
        if when == "after" and (name != "poll" or answer):
            die()
        return answer

    setattr(TelegramTransport, name, call)


def main() -> None:
    """Arm, and be duban."""
    happening, when, *argv = sys.argv[1:]
    where, _, what = happening.partition(":")
    if where == CHAT:
        at_call(what, when)
    else:
        at_commit(Happening(where, what), when)
    sys.argv = ["duban", *argv]
    duban()


if __name__ == "__main__":
    main()
