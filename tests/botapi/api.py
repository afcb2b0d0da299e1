"""The methods about messages (core.telegram.org/bots/api#available-methods)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from botapi import html, keyboard
from botapi.chats import Chat, World
from botapi.limits import Limits
from botapi.refusal import Refusal, bad
from botapi.wire import Params

Json = dict[str, Any]
Method = Callable[["Messages", Params], Any]

MAX_TEXT = 4096  # UTF-16 units, after entity parsing
MAX_CAPTION = 1024
MAX_NOTE = 200
MAX_UPLOAD = 50 * 2**20
MAX_DOWNLOAD = 20 * 2**20
DELETABLE = 48 * 3600  # seconds
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


class Messages:
    """Each method takes a call's parameters under the world's lock and gives the answer's `result`."""

    def __init__(self, world: World, limits: Limits) -> None:
        self.world = world
        self.limits = limits

    def send_message(self, params: Params) -> Json:
        """sendMessage."""
        chat = self.world.open_chat(params.raw("chat_id"))
        content = self._text(params, "text", MAX_TEXT)
        if not content["text"]:
            raise bad("message text is empty")
        content = self._dressed(chat, params, content)
        self.limits.take(chat.id, group=chat.group)
        return self.world.post(chat, self.world.bot, content)

    def send_document(self, params: Params) -> Json:
        """sendDocument: a file by upload, or one known already by its file_id."""
        chat = self.world.open_chat(params.raw("chat_id"))
        content = self._text(params, "caption", MAX_CAPTION)
        if not content["caption"]:
            content = {}
        content = self._dressed(chat, params, content)
        upload, known = params.upload("document"), self.world.files.get(params.text("document"))
        if upload is None and known is None:
            raise bad(
                "wrong remote file identifier specified: Wrong string length"
                if params.text("document")
                else "there is no document in the request"
            )
        if upload is not None and not upload.body:
            raise bad("file must be non-empty")
        if upload is not None and len(upload.body) > MAX_UPLOAD:
            raise Refusal(413, "Request Entity Too Large")
        self.limits.take(chat.id, group=chat.group)
        file = self.world.keep(upload.name, upload.body, upload.mime) if upload else known
        assert file is not None
        return self.world.post(chat, self.world.bot, {"document": file.json()} | content)

    def edit_text(self, params: Params) -> Json:
        """editMessageText. A keyboard that is not sent again is gone."""
        chat, message = self._mine(params)
        content = self._text(params, "text", MAX_TEXT)
        if not content["text"]:
            raise bad("message text is empty")
        if "text" not in message:
            raise bad("there is no text in the message to edit")
        return self._change(
            chat, message, content, keyboard.parse(params.raw("reply_markup"), inline_only=True)
        )

    def edit_markup(self, params: Params) -> Json:
        """editMessageReplyMarkup."""
        chat, message = self._mine(params)
        markup = keyboard.parse(params.raw("reply_markup"), inline_only=True)
        kept: Json = {name: message[name] for name in ("text", "entities") if name in message}
        return self._change(chat, message, kept, markup)

    def delete(self, params: Params) -> bool:
        """deleteMessage, within 48 hours."""
        chat = self.world.open_chat(params.raw("chat_id"))
        message = chat.messages.get(params.number("message_id"))
        if message is None:
            raise bad("message to delete not found")
        if self.world.now() - message["date"] > DELETABLE:
            raise bad("message can't be deleted for everyone")
        del chat.messages[message["message_id"]]
        return True

    def answer(self, params: Params) -> bool:
        """answerCallbackQuery: once for each press, and soon."""
        note = params.text("text")
        press = self.world.presses.get(params.text("callback_query_id"))
        late = press is not None and time.monotonic() - press.at > self.world.press_seconds
        if press is None or press.answered or late:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if html.units(note) > MAX_NOTE:
            raise bad("MESSAGE_TOO_LONG")
        press.answered, press.note = True, note
        return True

    def get_file(self, params: Params) -> Json:
        """getFile: what may be downloaded, up to 20 MB."""
        file = self.world.files.get(params.text("file_id"))
        if file is None:
            raise bad("invalid file_id")
        if len(file.body) > MAX_DOWNLOAD:
            raise bad("file is too big")
        known = file.json()
        return {name: known[name] for name in ("file_id", "file_unique_id", "file_size")} | {
            "file_path": file.path
        }

    def action(self, params: Params) -> bool:
        """sendChatAction."""
        chat = self.world.open_chat(params.raw("chat_id"))
        if params.text("action") not in ACTIONS:
            raise bad("wrong parameter action in request")
        chat.actions.append(params.text("action"))
        return True

    def _text(self, params: Params, name: str, limit: int) -> Json:
        raw, mode = params.text(name), params.text("parse_mode").lower()
        entities_name = "entities" if name == "text" else f"{name}_entities"
        if mode == "html":
            text, entities = html.parse(raw)
        elif mode:
            raise bad("unsupported parse_mode")  # Markdown is not for us: 18 characters to escape
        else:
            text, entities = html.trim(raw, params.json(entities_name) or [])
        if html.units(text) > limit:
            raise bad("message is too long" if name == "text" else "message caption is too long")
        return {name: text} | ({entities_name: entities} if entities else {})

    def _dressed(self, chat: Chat, params: Params, content: Json) -> Json:
        markup = keyboard.parse(params.raw("reply_markup"))
        if markup is not None:
            content = content | {"reply_markup": markup}
        if reply := params.json("reply_parameters"):
            replied = chat.messages.get(reply.get("message_id"))
            if replied is not None:
                content = content | {"reply_to_message": replied}
            elif not reply.get("allow_sending_without_reply"):
                raise bad("message to be replied not found")
        return content

    def _mine(self, params: Params) -> tuple[Chat, Json]:
        chat = self.world.open_chat(params.raw("chat_id"))
        message = chat.messages.get(params.number("message_id"))
        if message is None:
            raise bad("message to edit not found")
        if message["from"]["id"] != self.world.bot["id"]:
            raise bad("message can't be edited")
        return chat, message

    def _change(self, chat: Chat, message: Json, content: Json, markup: Json | None) -> Json:
        fresh = {
            name: value
            for name, value in message.items()
            if name not in ("text", "entities", "reply_markup", "edit_date")
        } | content
        if markup is not None:
            fresh["reply_markup"] = markup
        if fresh == {name: value for name, value in message.items() if name != "edit_date"}:
            raise bad(NOT_MODIFIED)
        fresh["edit_date"] = self.world.now()
        chat.messages[message["message_id"]] = fresh
        return fresh


METHODS: dict[str, Method] = {
    "sendMessage": Messages.send_message,
    "sendDocument": Messages.send_document,
    "editMessageText": Messages.edit_text,
    "editMessageReplyMarkup": Messages.edit_markup,
    "deleteMessage": Messages.delete,
    "answerCallbackQuery": Messages.answer,
    "getFile": Messages.get_file,
    "sendChatAction": Messages.action,
}
