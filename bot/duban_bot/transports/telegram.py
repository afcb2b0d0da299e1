"""Telegram by `telegram.Bot` alone, with our own get_updates loop (core.telegram.org/bots/api)."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import httpx

os.environ.setdefault("PTB_TIMEDELTA", "true")  # the library's coming form of RetryAfter; read at its import

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
)
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from duban.errors import EnvironmentNotThere
from duban_bot.incoming import Did, Incoming
from duban_bot.transports.base import (
    Button,
    Capabilities,
    InDoubt,
    Outgoing,
    Raw,
    Refused,
    RetryLater,
    TransportError,
    TwoPollers,
    Unreachable,
)

ALLOWED_UPDATES = ["message", "callback_query"]
LONG_POLL = 25  # seconds
SURELY_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
GONE_WORDS = ("chat not found", "user is deactivated", "bot was kicked", "chat_id is empty")

# httpx logs every URL, and so the token, at INFO; the library a body that is no JSON, whole, as an error.
# What went wrong is told by who asked, in words without either.
for _talker, _level in {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.CRITICAL,
}.items():
    logging.getLogger(_talker).setLevel(_level)


class TokenRefused(EnvironmentNotThere):
    """Telegram 不接受这个机器人令牌，请向 @BotFather 核对后改正 telegram.token。"""


class ChatNotThere(EnvironmentNotThere):
    """连不上 Telegram（{why}），请检查网络或 telegram.base_url。"""


class TelegramTransport:
    """One bot. Chats and users are numbers as text; a message's ref is its message_id."""

    name = "telegram"
    caps = Capabilities(
        buttons=True,
        edit=True,
        files_in=True,
        files_out=True,
        max_text=4096,
        max_button_data=64,
        per_chat_interval=1.05,
        per_second=30,
        per_group_minute=20,
    )

    def __init__(self, token: str, base_url: str, *, long_poll: int | None = None) -> None:
        self._long_poll = LONG_POLL if long_poll is None else long_poll
        self.username = ""
        self._bot = Bot(
            token,
            base_url=base_url,
            base_file_url=_file_url(base_url),
            request=HTTPXRequest(connection_pool_size=8, connect_timeout=5, read_timeout=15, pool_timeout=5),
            get_updates_request=HTTPXRequest(connection_pool_size=1, connect_timeout=5, read_timeout=15),
        )

    async def start(self) -> None:
        """Ask who we are. Raises TokenRefused or ChatNotThere."""
        try:
            await self._bot.initialize()
            me = await self._bot.get_me()
        except (InvalidToken, Forbidden):
            raise TokenRefused from None
        except TelegramError as error:
            raise ChatNotThere(why=type(error.__cause__ or error).__name__) from None
        self.username = me.username or ""

    async def stop(self) -> None:
        """Give the connections back."""
        await self._bot.shutdown()

    def link(self, token: str) -> str:
        """The deep link that presses /start with this token."""
        return f"https://t.me/{self.username}?start={token}"

    async def send(self, chat: str, message: Outgoing) -> str:
        """Send; returns the message's ref. Raises TransportError."""
        markup = _keyboard(message.buttons)
        try:
            if message.document is not None:
                file = InputFile(BytesIO(message.document.body), filename=message.document.name)
                sent = await self._bot.send_document(
                    int(chat), file, caption=message.html or None, parse_mode="HTML", reply_markup=markup
                )
            else:
                sent = await self._bot.send_message(
                    int(chat),
                    message.html,
                    parse_mode="HTML",
                    reply_markup=markup,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )
        except TelegramError as error:
            raise _fault(error) from error
        return str(sent.message_id)

    async def edit(self, chat: str, ref: str, message: Outgoing) -> None:
        """Change a sent message. One that is as asked already is no fault."""
        try:
            await self._bot.edit_message_text(
                message.html,
                int(chat),
                int(ref),
                parse_mode="HTML",
                reply_markup=_keyboard(message.buttons),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except TelegramError as error:
            if "message is not modified" in str(error).lower():
                return
            raise _fault(error) from error

    async def answer(self, callback_ref: str, note: str = "") -> None:
        """Stop a button's spinner; too old a press is no fault."""
        try:
            await self._bot.answer_callback_query(callback_ref, text=note or None)
        except BadRequest:
            return
        except TelegramError as error:
            raise _fault(error) from error

    async def fetch(self, file_ref: str, limit: int) -> bytes:
        """A file that somebody sent, at most `limit` bytes. Raises Refused for a larger one."""
        try:
            file = await self._bot.get_file(file_ref)
            if (file.file_size or 0) > limit:
                raise Refused("file too large")
            return bytes(await file.download_as_bytearray())
        except TelegramError as error:
            raise _fault(error) from error

    async def poll(self, offset: int | None) -> list[Raw]:
        """Wait for updates from `offset` on: asking with an offset acknowledges all before it."""
        try:
            updates = await self._bot.get_updates(
                offset=offset, timeout=self._long_poll, allowed_updates=ALLOWED_UPDATES
            )
        except TelegramError as error:
            raise _fault(error) from error
        return [Raw(key=str(update.update_id), body=update.to_dict()) for update in updates]

    async def set_menu(self, commands: Sequence[tuple[str, str]], chat: str | None = None) -> None:
        """The command menu, for everybody or for one chat."""
        scope = BotCommandScopeChat(int(chat)) if chat is not None else BotCommandScopeDefault()
        try:
            await self._bot.set_my_commands([BotCommand(name, said) for name, said in commands], scope=scope)
        except TelegramError as error:
            raise _fault(error) from error

    def parse(self, body: Mapping[str, Any]) -> Incoming | None:
        """An update as it was kept → what somebody said or pressed, or None for what we do not take."""
        return parse_update(body)


def parse_update(body: Mapping[str, Any]) -> Incoming | None:
    """Pure: the Bot API's Update object → Incoming. Groups and channels are passed over."""
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
        )
    message = body.get("message")
    if message is None or "from" not in message or message["chat"].get("type") != "private":
        return None
    common: dict[str, Any] = {
        "transport": "telegram",
        "user": str(message["from"]["id"]),
        "chat": str(message["chat"]["id"]),
        "name": _name(message["from"]),
        "message_ref": str(message["message_id"]),
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


def _name(user: Mapping[str, Any]) -> str:
    return " ".join(part for part in (user.get("first_name"), user.get("last_name")) if part) or str(
        user["id"]
    )


def _keyboard(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.label, callback_data=b.data) for b in row] for row in rows]
    )


def _fault(error: TelegramError) -> TransportError:
    """What an error of the library says about the message."""
    words = str(error)
    if isinstance(error, RetryAfter):
        after = error.retry_after
        return RetryLater("429", after if isinstance(after, int) else after.total_seconds())
    if isinstance(error, Forbidden):
        return Unreachable(words)
    if isinstance(error, BadRequest):
        return Unreachable(words) if any(sign in words.lower() for sign in GONE_WORDS) else Refused(words)
    if "too many requests" in words.lower():  # a 429 that does not say how long
        return RetryLater("429")
    if isinstance(error, Conflict):
        return TwoPollers(words)
    if isinstance(error, InvalidToken):  # withdrawn or renewed meanwhile: nothing was taken, all waits
        return RetryLater("token refused")
    if isinstance(error.__cause__, SURELY_NOT_SENT):
        return RetryLater(type(error.__cause__).__name__)
    if isinstance(error, NetworkError):
        return InDoubt(type(error.__cause__ or error).__name__)
    return InDoubt(type(error).__name__)


def _file_url(base_url: str) -> str:
    """Files lie beside the methods: …/bot → …/file/bot."""
    head, _, tail = base_url.rstrip("/").rpartition("/")
    return f"{head}/file/{tail}"
