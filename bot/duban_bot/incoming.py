"""What a person did in a chat: wrote, pressed a button or sent a file. The same for every transport."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Did(StrEnum):
    """What kind of thing came in."""

    TEXT = "text"
    BUTTON = "button"
    FILE = "file"
    MOVED = "moved"  # a group has another number now


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One event of a chat. `user` is the chat's own id of the person: the identity, never the name."""

    transport: str
    user: str
    chat: str
    name: str
    kind: Did
    text: str = ""  # what was written; a file's caption
    data: str = ""  # a button's callback data
    message_ref: str | None = None  # the message that was written, or whose button was pressed
    callback_ref: str | None = None  # to be answered, so that the button stops turning
    file_ref: str | None = None
    file_name: str | None = None
    file_size: int | None = None  # bytes, where the chat says
    private: bool = True  # False in a group
    moved_from: str | None = None  # the number that `chat` had before
