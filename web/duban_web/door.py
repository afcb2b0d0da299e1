"""What the pages need from the local chat: wiring joins the two."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol


class ChatDoor(Protocol):
    """The local transport, as seen from a browser."""

    async def enter(self, token: str, *, name: str, secret: str | None = None) -> str:
        """Press /start with an invite; the secret that the browser keeps."""

    async def who(self, secret: str | None) -> str | None:
        """The user behind a secret."""

    async def called(self, user: str) -> str:
        """What the user is called, or "" for somebody who is bound to nothing."""

    async def say(self, user: str, text: str, *, name: str = "") -> None:
        """The user wrote."""

    async def press(self, user: str, message: int, data: str, *, name: str = "") -> None:
        """The user pressed a button."""

    async def upload(self, user: str, file_name: str, content: bytes, *, name: str = "") -> None:
        """The user sent a file."""

    async def history(self, user: str) -> list[dict[str, Any]]:
        """The newest messages, oldest first."""

    async def file(self, user: str, message: int) -> tuple[str, bytes] | None:
        """A file of one's own chat."""

    def subscribe(self, user: str) -> AbstractAsyncContextManager[asyncio.Queue[dict[str, Any]]]:
        """What is new or changed from now on; an empty one last, when the chat closes."""


class UpdateDoor(Protocol):
    """A chat that hands its updates over."""

    async def __call__(self, update: object) -> bool:
        """Keep an update, committed; False for what is none. Raises LedgerUnavailable."""


class Health(Protocol):
    """What /healthz says."""

    async def __call__(self) -> Mapping[str, Any]:
        """Plain figures, no names: numbers, None, or mappings of numbers by a label; `problems`: codes."""
