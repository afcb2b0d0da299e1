"""One process at a time speaks for a bot: an advisory lock on PostgreSQL, held by a connection of its own.

The server lets go of it when the connection ends, however it ends. A machine that vanishes without a word is
noticed by keepalives within 20 s.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import Final, Protocol

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from duban.ledger import engines
from duban.ledger.database import Ledger

BOT: Final = 0x0D0BA  # the namespace of these locks among a database's
# libpq's keepalives are ours for the server's death; these, by the server, for ours (PostgreSQL, 20.3.2)
_NOTICED: Final = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2"


class Lead(Protocol):
    """Who speaks now."""

    def mine(self) -> bool:
        """Take it, or see whether it is still ours. Blocks for a moment; never raises."""

    def leave(self) -> None:
        """Let go."""


class Alone:
    """A database that one process serves (its file is locked): the lead is always ours."""

    def mine(self) -> bool:
        """Always."""
        return True

    def leave(self) -> None:
        """Nobody waits for it."""


class Advisory:
    """The lead among processes on one PostgreSQL database."""

    def __init__(self, ledger: Ledger, bot: str) -> None:
        """`bot`: what is spoken for, such as a token; only its hash is used."""
        digest = hashlib.sha256(bot.encode()).digest()
        self._key = int.from_bytes(digest[:4], "big", signed=True)
        self._engine: Engine = create_engine(
            ledger.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={
                "options": _NOTICED,
                "application_name": "duban lead",
                "connect_timeout": engines.REACH,
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 2,
            },
        )
        self._held: Connection | None = None

    def mine(self) -> bool:
        """Take it where nobody has it; False also where the connection is gone: then it is not ours."""
        try:
            if self._held is not None:
                self._held.exec_driver_sql("SELECT 1")
                return True
            return self._take()
        except DBAPIError:
            self.leave()
            return False

    def _take(self) -> bool:
        connection = self._engine.connect()
        taken = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({BOT}, {self._key})").scalar()
        if taken:
            self._held = connection
        else:
            connection.close()
        return bool(taken)

    def leave(self) -> None:
        """The connection ends, and the lock with it."""
        held, self._held = self._held, None
        if held is not None:
            with contextlib.suppress(DBAPIError):
                held.close()


def lead_of(ledger: Ledger, bot: str) -> Lead:
    """How the lead is taken on this ledger."""
    return Alone() if ledger.path is not None else Advisory(ledger, bot)
