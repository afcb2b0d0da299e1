"""A database that cannot be written to: told once, tried again until it can, and over by itself."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from duban.clock import monotonic
from duban.ledger import meta
from duban.ledger.database import LedgerUnavailable
from duban.ledger.leading import Lead
from duban_bot import alarms
from duban_bot.transports.base import Transport
from duban_cli.wiring import Office

log = logging.getLogger(__name__)
LOOK = 2.0  # seconds between two looks
TELL = 60.0  # seconds after which coordinators hear of it
CALM = 2  # looks without a fault after which it is over
ROOM = 32 << 10  # bytes, twice: on a full disk a smaller write may still find room in the log
PROBED = "probed"


class Trouble:
    """Looks at the ledger's last fault; while there is one, writes a little to see whether it is over."""

    def __init__(self, office: Office, transports: Mapping[str, Transport], lead: Lead) -> None:
        self._office = office
        self._transports = transports
        self._lead = lead  # of many processes in the same trouble, who has it tells
        self.code: str | None = None  # what is wrong now
        self._first = ""  # what it began with
        self._logged: set[str] = set()
        self._began = 0.0
        self._since: datetime | None = None
        self._told_at: float | None = None
        self._told = False
        self._calm = 0

    async def watch(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(LOOK)
            await self.look()

    async def look(self) -> None:
        """One look."""
        fault = self._office.ledger.fault
        if fault is None:
            self._calm += 1
            if self.code is not None and self._calm >= CALM:
                await self._over()
            return
        self._calm = 0
        if self.code is None:
            self._began, self._since, self._first = monotonic(), self._office.now(), fault
        self.code = fault
        if fault not in self._logged:
            self._logged.add(fault)
            log.error("the database cannot be written to (%s); all waits until it can", fault)
        await self._tell(fault)
        with suppress(LedgerUnavailable):
            await self._office.ledger.run(meta.put, PROBED, secrets.token_hex(ROOM))
            self._office.ledger.fault = None

    async def _tell(self, code: str) -> None:
        now = monotonic()
        if not self._lead.held:
            return
        if self._told or now - self._began < TELL or now - (self._told_at or 0) < TELL or not self._since:
            return
        self._told_at = now
        self._told = await alarms.database_down(
            self._office.ledger, self._transports, self._office.make_world(), code=code, since=self._since
        )

    async def _over(self) -> None:
        lasted, since = monotonic() - self._began, self._since
        try:
            await self._office.ledger.run(meta.put, PROBED, "")
            if lasted >= TELL and since is not None and self._lead.held:
                await self._office.ledger.run(
                    alarms.database_well, self._office.make_world(), code=self._first, since=since
                )
        except LedgerUnavailable:
            return  # not over yet
        log.warning("the database can be written to again, after %d s", lasted)
        self.code, self._since, self._told, self._told_at = None, None, False, None
        self._logged.clear()
