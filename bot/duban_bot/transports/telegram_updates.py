"""What Telegram's updates say (core.telegram.org/bots/api#update). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duban_bot.incoming import Did, Incoming
from duban_bot.transports.base import Raw

CHATS = ("private", "group", "supergroup")


def raw_update(body: Any) -> Raw | None:
    """An update as Telegram gave it, or None for what has no number."""
    number = body.get("update_id") if isinstance(body, Mapping) else None
    return Raw(key=str(number), body=body) if isinstance(number, int) else None


def parse_update(body: Mapping[str, Any]) -> Incoming | None:
    """Pure: the Bot API's Update object → Incoming. Channels, and what is no message of a person's, are
    passed over."""
    press = body.get("callback_query")
    if press is not None:
        message = press.get("message") or {}
        chat = message.get("chat") or {}
        return Incoming(
            transport="telegram",
            user=str(press["from"]["id"]),
            chat=str(chat.get("id", press["from"]["id"])),
            name=_name(press["from"]),
            kind=Did.BUTTON,
            data=press.get("data", ""),
            message_ref=str(message.get("message_id", "")),
            callback_ref=str(press["id"]),
            private=chat.get("type", "private") == "private",
        )
    message = body.get("message")
    if message is None:
        return None
    if moved := _moved(message):
        return moved
    if "from" not in message or message["chat"]["type"] not in CHATS:
        return None
    common: dict[str, Any] = {
        "transport": "telegram",
        "user": str(message["from"]["id"]),
        "chat": str(message["chat"]["id"]),
        "name": _name(message["from"]),
        "message_ref": str(message["message_id"]),
        "private": message["chat"]["type"] == "private",
    }
    document = message.get("document")
    if document is not None:
        return Incoming(
            **common,
            kind=Did.FILE,
            text=message.get("caption", ""),
            file_ref=document["file_id"],
            file_name=document.get("file_name", ""),
            file_size=document.get("file_size"),
        )
    return Incoming(**common, kind=Did.TEXT, text=message.get("text", ""))


def _moved(message: Mapping[str, Any]) -> Incoming | None:
    """A group became a supergroup: both of them say so, the old one and the new one."""
    here = message["chat"]["id"]
    new, old = message.get("migrate_to_chat_id"), message.get("migrate_from_chat_id")
    if new is None and old is None:
        return None
    return Incoming(
        transport="telegram",
        user="",
        chat=str(new or here),
        name="",
        kind=Did.MOVED,
        private=False,
        moved_from=str(old or here),
    )


def _name(user: Mapping[str, Any]) -> str:
    return " ".join(part for part in (user.get("first_name"), user.get("last_name")) if part) or str(
        user["id"]
    )
