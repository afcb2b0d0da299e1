"""The command menu, set per role where the chat has one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from duban.ledger import people
from duban.ledger.database import Ledger
from duban_bot.conversation import router
from duban_bot.transports.base import Transport


@runtime_checkable
class HasMenu(Protocol):
    """A chat that shows a menu of commands."""

    async def set_menu(self, commands: Sequence[tuple[str, str]], chat: str | None = None) -> None:
        """For everybody, or for one chat."""


async def set_menus(transport: Transport, ledger: Ledger) -> None:
    """Contacts' commands for everybody, all of them for each coordinator."""
    if not isinstance(transport, HasMenu):
        return
    await transport.set_menu(router.menu(coordinator=False))
    for person in await ledger.read(people.coordinators):
        if person.transport == transport.name:
            await transport.set_menu(router.menu(coordinator=True), person.chat)
