"""What Telegram's side knows: people and groups, their messages, files, presses of buttons."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from botapi.html import units
from botapi.refusal import bad, forbidden, moved
from botapi.updates import Updates

Json = dict[str, Any]

BLOCKED = "bot was blocked by the user"
_COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")


@dataclass
class Chat:
    """A private chat has its user's id; a group's is negative."""

    id: int
    kind: str  # private | group
    title: str  # a person's first name, a group's title
    username: str = ""
    started: bool = False  # a bot cannot begin a private chat
    refuses: str = ""  # why nothing can be sent here, in Telegram's words
    members: frozenset[int] = frozenset()
    moved_to: int = 0  # the supergroup that it became
    messages: dict[int, Json] = field(default_factory=dict)  # what is visible, by message_id
    actions: list[str] = field(default_factory=list)  # "typing …"
    menu_button: Json = field(default_factory=lambda: {"type": "default"})

    @property
    def group(self) -> bool:
        """Whether it is one of many people."""
        return self.kind != "private"

    def json(self) -> Json:
        """The Chat object."""
        if self.group:
            return {"id": self.id, "type": self.kind, "title": self.title}
        return {"id": self.id, "type": "private", "first_name": self.title} | self._name()

    def person(self) -> Json:
        """The User object of a private chat."""
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.title,
            "language_code": "zh-hans",
        } | self._name()

    def _name(self) -> Json:
        return {"username": self.username} if self.username else {}


@dataclass
class Press:
    """One pressed button: what answerCallbackQuery is about."""

    id: str
    user_id: int
    at: float  # monotonic seconds
    answered: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file as getFile knows it."""

    id: str
    name: str
    body: bytes
    mime: str

    @property
    def path(self) -> str:
        """The file_path, to be appended to …/file/bot<token>/."""
        return f"documents/{self.id}.bin"

    def json(self) -> Json:
        """The Document object."""
        return {
            "file_id": self.id,
            "file_unique_id": f"u{self.id}",
            "file_name": self.name,
            "mime_type": self.mime,
            "file_size": len(self.body),
        }


class World:
    """The whole state, behind one lock; `changed` is notified whenever something happened."""

    def __init__(self, bot: Json, clock: Callable[[], float]) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.bot = bot
        self.clock = clock
        self.updates = Updates(self.changed)
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.files: dict[str, File] = {}
        self.press_seconds = 60.0  # how long a press may be answered
        self._message_ids = count(1)
        self._numbers = count(1)

    def now(self) -> int:
        """The moment as messages carry it: whole seconds since 1970, UTC."""
        return int(self.clock())

    def chat(self, raw: Any) -> Chat:
        """The chat that a call names. Raises Refusal 400."""
        if raw in (None, ""):
            raise bad("chat_id is empty")
        try:
            return self.chats[int(raw)]
        except (KeyError, ValueError):
            raise bad("chat not found") from None

    def open_chat(self, raw: Any) -> Chat:
        """The same, where the bot may write. Raises Refusal 400 or 403."""
        chat = self.chat(raw)
        if chat.moved_to:
            raise moved(chat.moved_to)
        if chat.refuses:
            raise forbidden(chat.refuses)
        if not chat.group and not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def post(self, chat: Chat, sender: Json, content: Json) -> Json:
        """A new message in a chat."""
        message: Json = {
            "message_id": next(self._message_ids),
            "from": sender,
            "chat": chat.json(),
            "date": self.now(),
        } | content
        chat.messages[message["message_id"]] = message
        self.changed.notify_all()
        return message

    def say(self, chat: Chat, person: Chat, content: Json) -> int:
        """A person's message; its id. In a group the bot hears only what is meant for it (privacy mode)."""
        with self.changed:
            chat.started = True
            message = self.post(chat, person.person(), content)
            if not chat.group or self._meant_for_bot(message):
                self.updates.put("message", message)
            return int(message["message_id"])

    def press(self, chat: Chat, person: Chat, message: Json, data: str) -> str:
        """A callback query; its id."""
        with self.changed:
            press = Press(f"{person.id}{next(self._numbers):08d}", person.id, time.monotonic())
            self.presses[press.id] = press
            query = {
                "id": press.id,
                "from": person.person(),
                "message": message,
                "chat_instance": str(-7_000_000_000 - abs(chat.id)),
                "data": data,
            }
            self.updates.put("callback_query", query)
            return press.id

    def migrate(self, chat: Chat) -> int:
        """A group becomes a supergroup; both tell of it by service messages."""
        if chat.moved_to or chat.kind == "supergroup":
            return chat.moved_to or chat.id
        new = Chat(
            int(f"-100{abs(chat.id):010d}"), "supergroup", chat.title, started=True, members=chat.members
        )
        self.chats[new.id] = new
        chat.moved_to = new.id
        by = self.chats[min(chat.members)].person()
        for where, said in ((chat, {"migrate_to_chat_id": new.id}), (new, {"migrate_from_chat_id": chat.id})):
            self.updates.put("message", self.post(where, by, said))
        return new.id

    def member(self, chat: Chat, person: Chat, old: str, new: str) -> None:
        """my_chat_member: the bot's own standing in a chat changed."""
        with self.changed:
            self.updates.put(
                "my_chat_member",
                {
                    "chat": chat.json(),
                    "from": person.person(),
                    "date": self.now(),
                    "old_chat_member": self._standing(old),
                    "new_chat_member": self._standing(new),
                },
            )
            self.changed.notify_all()

    def keep(self, name: str, body: bytes, mime: str) -> File:
        """A file from now on."""
        file = File(f"BQACAgUAAx{next(self._numbers):06d}", name, body, mime)
        self.files[file.id] = file
        return file

    def _standing(self, status: str) -> Json:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"status": status, "user": self.bot} | until

    def _meant_for_bot(self, message: Json) -> bool:
        mention = f"@{self.bot['username']}".lower()
        replied = message.get("reply_to_message", {}).get("from", {}).get("id")
        text = message.get("text", "") + message.get("caption", "")
        command = any(entity["type"] == "bot_command" for entity in message.get("entities", []))
        return command or mention in text.lower() or replied == self.bot["id"]


def commands_in(text: str) -> list[Json]:
    """The bot_command entities of what a person typed."""
    return [
        {"type": "bot_command", "offset": units(text[: found.start()]), "length": units(found.group())}
        for found in _COMMAND.finditer(text)
    ]


def pieces(text: str, size: int) -> Iterable[str]:
    """A long text as a Telegram client sends it: in several messages."""
    return (text[at : at + size] for at in range(0, max(len(text), 1), size))
