"""People at the other end: what a test does in a person's place, and what that person sees."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import asdict, dataclass
from typing import Any

from botapi.chats import BLOCKED, Chat, World, commands_in, pieces
from botapi.keyboard import buttons

Json = dict[str, Any]

MAX_TEXT = 4096
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it stands in the chat now."""

    message_id: int
    from_bot: bool
    text: str  # without markup; of a document: its caption
    buttons: tuple[tuple[Json, ...], ...]  # rows of {"text", "callback_data" | "url" …}
    document: Json | None  # the Document object
    entities: tuple[Json, ...]
    date: int
    edited: bool

    @property
    def labels(self) -> list[str]:
        """What the buttons say, in order."""
        return [button["text"] for row in self.buttons for button in row]

    def json(self) -> Json:
        """Plain values, for the /test/ routes."""
        return asdict(self)


class User:
    """One person. Every act returns at once: the bot hears of it at its next getUpdates."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self._chat = chat
        self.id = chat.id

    def start(self, payload: str = "") -> int:
        """Press Start, perhaps by a deep link; the message's id. Raises ValueError for a payload that
        no link can carry."""
        if not _PAYLOAD.fullmatch(payload):
            raise ValueError("a deep link carries at most 64 of A-Z a-z 0-9 _ -")
        self.unblock()
        return self.say(f"/start {payload}".rstrip())

    def say(self, text: str, chat_id: int | None = None, *, reply_to: int | None = None) -> int:
        """Type something; the id of the message (the last, where the client has to split it).

        Raises ValueError for blank text, and after block().
        """
        if not text.strip():
            raise ValueError("a client does not send a blank message")
        last = 0
        for piece in pieces(text, MAX_TEXT):
            content: Json = {"text": piece}
            if found := commands_in(piece):
                content["entities"] = found
            last = self._say(content, chat_id, reply_to)
        return last

    def send_document(
        self,
        name: str,
        body: bytes,
        caption: str = "",
        chat_id: int | None = None,
        mime: str | None = None,
    ) -> int:
        """Send a file; the message's id."""
        guessed = mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = self._world.keep(name, body, guessed)
        content: Json = {"document": file.json()}
        if caption:
            content["caption"] = caption
        return self._say(content, chat_id, None)

    def press(self, message_id: int, button: str, chat_id: int | None = None) -> str:
        """Press a button that the message carries now, named by its words or its data; the query's id.

        Raises LookupError where there is no such button to press.
        """
        with self._world.changed:
            message = self._where(chat_id).messages.get(message_id, {})
            for there in buttons(message):
                if button in (there["text"], there.get("callback_data")) and "callback_data" in there:
                    return self.forge(message_id, there["callback_data"], chat_id)
            labels = [there["text"] for there in buttons(message)]
        raise LookupError(f"message {message_id} has no button {button!r}, but {labels}")

    def forge(self, message_id: int, data: str, chat_id: int | None = None) -> str:
        """Press a button that is not (or no longer) there, as an old or a false client can."""
        with self._world.changed:
            chat = self._where(chat_id)
            gone: Json = {"message_id": message_id, "chat": chat.json(), "date": 0}  # InaccessibleMessage
            return self._world.press(chat, self._chat, chat.messages.get(message_id, gone), data)

    def answer(self, query_id: str) -> str | None:
        """What answerCallbackQuery said to a press: "" for no words, None where it has not yet."""
        with self._world.changed:
            press = self._world.presses[query_id]
            return press.note if press.answered else None

    def block(self) -> None:
        """Stop the bot."""
        with self._world.changed:
            if not self._chat.refuses:
                self._chat.refuses = BLOCKED
                self._world.member(self._chat, self._chat, "member", "kicked")

    def unblock(self) -> None:
        """Let the bot write again."""
        with self._world.changed:
            if self._chat.refuses == BLOCKED:
                self._chat.refuses = ""
                self._world.member(self._chat, self._chat, "kicked", "member")

    def messages(self, chat_id: int | None = None) -> list[Seen]:
        """All that is visible in the chat, oldest first."""
        with self._world.changed:
            return [_seen(message) for message in self._where(chat_id).messages.values()]

    def received(self, chat_id: int | None = None) -> list[Seen]:
        """The bot's messages alone."""
        return [seen for seen in self.messages(chat_id) if seen.from_bot]

    def download(self, seen: Seen) -> bytes:
        """The body of a message's document."""
        if seen.document is None:
            raise LookupError(f"message {seen.message_id} has no document")
        return self._world.files[seen.document["file_id"]].body

    def actions(self) -> list[str]:
        """The chat actions that the bot showed ("typing", …)."""
        return list(self._chat.actions)

    def _where(self, chat_id: int | None) -> Chat:
        if chat_id is None or chat_id == self.id:
            return self._chat
        chat = self._world.chats[chat_id]
        if self.id not in chat.members:
            raise LookupError(f"{self.id} is not in {chat_id}")
        return chat

    def _say(self, content: Json, chat_id: int | None, reply_to: int | None) -> int:
        with self._world.changed:
            chat = self._where(chat_id)
            if chat.refuses == BLOCKED:
                raise ValueError("who has blocked the bot has to start it again")
            if reply_to is not None:
                content = content | {"reply_to_message": chat.messages[reply_to]}
            return self._world.say(chat, self._chat, content)


def _seen(message: Json) -> Seen:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return Seen(
        message_id=message["message_id"],
        from_bot=message["from"]["is_bot"],
        text=message.get("text") or message.get("caption") or "",
        buttons=tuple(tuple(row) for row in rows),
        document=message.get("document"),
        entities=tuple(message.get("entities") or message.get("caption_entities") or ()),
        date=message["date"],
        edited="edit_date" in message,
    )
