"""What a chat must be able to do, as one small protocol; what it can and its limits are data."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from duban_bot.incoming import Incoming

TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a chat can do; its limits (text in characters after entities, data in bytes, times in s)."""

    buttons: bool = True
    edit: bool = True
    files_in: bool = True
    files_out: bool = True
    polls: bool = True  # updates are asked for; False: they are handed over
    max_text: int = 4096
    max_button_data: int = 64
    max_file: int = 20 * 1024 * 1024
    per_chat_interval: float = 1.0
    per_second: int = 30
    per_group_minute: int = 0
    group_sign: str = "-"  # what a group's chat begins with

    def is_group(self, chat: str) -> bool:
        """Whether a chat is a group's."""
        return chat.startswith(self.group_sign)


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message. `data` comes back when it is pressed."""

    label: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that goes out."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message. `html` is Telegram's subset; `buttons` are rows; with a document `html` is its caption.

    `plain`: the chat would not take the markup: the words go without it.
    """

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    document: Document | None = None
    plain: bool = False

    @property
    def words(self) -> str:
        """The text without markup."""
        return entities.unescape(TAG.sub("", self.html))


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """An update as the chat gave it. `key` is unique in its transport and never changes."""

    key: str
    body: Mapping[str, Any]  # JSON


class TransportError(Exception):
    """A request to a chat that did not go through."""


class Refused(TransportError):
    """For good: this message cannot be sent, to anybody or to this chat."""


class Unreachable(Refused):
    """The chat refuses this person for good: blocked, deleted, never started."""


class RetryLater(TransportError):
    """Surely not sent; try again after `seconds` (None: as you like)."""

    def __init__(self, why: str, seconds: float | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds


class InDoubt(TransportError):
    """Perhaps sent: the connection broke after the request had left."""


class Gone(TransportError):
    """The message to edit, or the callback to answer, is no longer there: nothing to do."""


class Moved(TransportError):
    """Not sent: the chat (a group that became a supergroup) has another number now."""

    def __init__(self, chat: str) -> None:
        super().__init__("moved")
        self.chat = chat


class TwoPollers(TransportError):
    """Another process asks for this bot's updates."""


class Transport(Protocol):
    """One chat service."""

    name: str
    caps: Capabilities

    async def send(self, chat: str, message: Outgoing) -> str:
        """Send and return the message's reference. Raises TransportError."""

    async def edit(self, chat: str, ref: str, message: Outgoing) -> None:
        """Replace a message's text and buttons. Raises TransportError."""

    async def answer(self, callback_ref: str, note: str = "") -> None:
        """Tell the chat that a pressed button was heard; `note` is shown shortly. Raises TransportError."""

    async def fetch(self, file_ref: str, limit: int) -> bytes:
        """A file that somebody sent, `limit` bytes at most. Raises TransportError."""

    async def poll(self, offset: int | None) -> Sequence[Raw]:
        """Wait for updates; asking with an offset confirms everything before it. Raises TransportError."""

    def parse(self, body: Mapping[str, Any]) -> Incoming | None:
        """What an update's body says, or None where it is nothing for us. Pure."""

    def link(self, token: str) -> str:
        """The address that opens the chat with /start and the token."""
