"""One process at a time speaks for a bot: an advisory lock on PostgreSQL, held by a connection of its own.

The server lets go of it when the connection ends, however it ends. A machine that vanishes without a word is
noticed by keepalives within 20 s.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from typing import Final, Protocol

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from duban.ledger import engines, meta
from duban.ledger.database import Ledger, Session

BOT: Final = 0x0D0BA  # the namespace of these locks among a database's
# libpq's keepalives are ours for the server's death; these, by the server, for ours (PostgreSQL, 20.3.2)
_NOTICED: Final = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2"


class Lead(Protocol):
    """Who speaks now."""

    held: bool  # as the last look found

    def mine(self) -> bool:
        """Take it, or see whether it is still ours. Blocks for a moment; never raises."""

    def begin(self, session: Session) -> None:
        """With the commit of this transaction, whoever had it before may send no more."""

    def holds(self, session: Session) -> bool:
        """Whether nobody has begun since we did."""

    def leave(self) -> None:
        """Let go."""


class Alone:
    """A database that one process serves (its file is locked): the lead is always ours."""

    held = True

    def mine(self) -> bool:
        """Always."""
        return True

    def begin(self, session: Session) -> None:
        """There was nobody before."""

    def holds(self, session: Session) -> bool:  # noqa: ARG002 - nobody else is there to ask about
        """Always."""
        return True

    def leave(self) -> None:
        """Nobody waits for it."""


class Advisory:
    """The lead among processes on one PostgreSQL database.

    Whose connection is cut learns of it later than the server, so the lock alone would let two send at once.
    Each that begins therefore raises a number in the ledger, and who sends compares it in the transaction
    that commits the intent to send.
    """

    def __init__(self, ledger: Ledger, bot: str) -> None:
        """`bot`: what is spoken for, such as a token; only its hash is used."""
        digest = hashlib.sha256(bot.encode()).digest()
        self._key = int.from_bytes(digest[:4], "big", signed=True)
        self._name = f"lead:{digest[:4].hex()}"  # of the number, in meta
        self._number: str | None = None
        self._engine: Engine = create_engine(
            ledger.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={
                "options": _NOTICED,
                "application_name": f"duban lead {os.getpid()}",  # in pg_stat_activity
                "connect_timeout": engines.REACH,
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 2,
                "tcp_user_timeout": 20_000,  # ms; keepalives say nothing of a question on its way
            },
        )
        self._connection: Connection | None = None
        self.held = False

    def mine(self) -> bool:
        """Take it where nobody has it; False also where the connection is gone: then it is not ours."""
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            if self.held:
                self._connection.exec_driver_sql("SELECT 1")
            else:
                asked = f"SELECT pg_try_advisory_lock({BOT}, {self._key})"
                self.held = bool(self._connection.exec_driver_sql(asked).scalar())
        except DBAPIError:
            self.leave()
        return self.held

    def begin(self, session: Session) -> None:
        """Raise the number; it is ours until another raises it."""
        self._number = str(int(meta.get(session, self._name) or 0) + 1)
        meta.put(session, self._name, self._number)

    def holds(self, session: Session) -> bool:
        """Whether the number is ours."""
        return self._number is not None and meta.get(session, self._name) == self._number

    def leave(self) -> None:
        """The connection ends, and the lock with it."""
        self.held = False
        gone, self._connection = self._connection, None
        if gone is not None:
            with contextlib.suppress(DBAPIError):
                gone.close()


def lead_of(ledger: Ledger, bot: str) -> Lead:
    """How the lead is taken on this ledger."""
    return Alone() if ledger.path is not None else Advisory(ledger, bot)
