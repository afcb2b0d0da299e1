"""What coordinators hear of the machine itself. Told once, in the hours for speaking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from duban import hours
from duban.errors import DubanError
from duban.ledger import people
from duban.ledger.database import Ledger, Session
from duban_bot import tidings
from duban_bot.transports.base import Outgoing, Transport, TransportError
from duban_bot.world import World


async def database_down(
    ledger: Ledger, transports: Mapping[str, Transport], world: World, *, code: str, since: datetime
) -> bool:
    """The database takes no message, so this one goes past the outbox. True where somebody was told.

    `code`: LedgerUnavailable's.
    """
    if not hours.allowed(world.now, world.settings.policy, world.zone, world.calendar):
        return False
    at = since.astimezone(world.zone)
    html = world.words.render("chat/trouble.html.j2", code=code, at=at, today=world.today)
    told = False
    try:
        for person in await ledger.read(people.coordinators):
            transport = transports.get(person.transport)
            if transport is not None:
                told = await _sent(transport, person.chat, html) or told
    except DubanError:
        return told
    return told


async def _sent(transport: Transport, chat: str, html: str) -> bool:
    try:
        await transport.send(chat, Outgoing(html=html))
    except (TransportError, DubanError):  # the local chat writes to the same database
        return False
    return True


def database_well(session: Session, world: World, *, code: str, since: datetime) -> None:
    """It is over: what waited goes on by itself."""
    for person in people.coordinators(session):
        tidings.tell(
            session, world, person, f"well:{since:%Y%m%dT%H%M%S}:{person.id}", "trouble_over",
            code=code, at=since.astimezone(world.zone), until=world.now.astimezone(world.zone),
        )  # fmt: skip


def no_backup(session: Session, world: World, *, why: str) -> None:
    """The daily backup failed; told once a day."""
    for person in people.coordinators(session):
        tidings.tell(
            session, world, person, f"no-backup:{world.today:%Y%m%d}:{person.id}", "no_backup", why=why
        )
