"""Telegram by `telegram.Bot` alone, with our own get_updates loop (core.telegram.org/bots/api)."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
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
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from duban.errors import EnvironmentNotThere
from duban_bot.incoming import Incoming
from duban_bot.transports.base import (
    Button,
    Capabilities,
    Gone,
    InDoubt,
    Moved,
    Outgoing,
    Raw,
    Refused,
    RetryLater,
    TransportError,
    TwoPollers,
    Unreachable,
)
from duban_bot.transports.telegram_updates import parse_update, raw_update

ALLOWED_UPDATES = ["message", "callback_query"]
RAW_UPDATES = "get_Updates"  # getUpdates, by a spelling for which the library does not point to its own
LONG_POLL = 25  # seconds
READ_TIMEOUT = 15.0  # seconds
HANDS = 4  # connections at which Telegram may hand updates over
SURELY_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
GONE_WORDS = ("chat not found", "user is deactivated", "bot was kicked", "chat_id is empty")
NO_MESSAGE_WORDS = ("message to edit not found", "message can't be edited")

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

    def __init__(
        self, token: str, base_url: str, *, long_poll: int | None = None, read_timeout: float = READ_TIMEOUT
    ) -> None:
        """`long_poll`, `read_timeout`: seconds to wait for updates, and for an answer."""
        self._long_poll = LONG_POLL if long_poll is None else long_poll
        self._read_timeout = read_timeout
        self.username = ""
        self._bot = Bot(
            token,
            base_url=base_url,
            base_file_url=_file_url(base_url),
            request=HTTPXRequest(
                connection_pool_size=8, connect_timeout=5, read_timeout=read_timeout, pool_timeout=5
            ),
            get_updates_request=HTTPXRequest(connection_pool_size=1, connect_timeout=5),
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

    async def be_called(self, url: str, secret: str) -> None:
        """From now on Telegram hands updates over, at `url`. Raises ChatNotThere."""
        self.caps = replace(self.caps, polls=False)
        await self._arrange(url, secret)

    async def be_asked(self) -> None:
        """From now on updates are asked for: a webhook that is still set would keep us away."""
        await self._arrange("", "")

    async def _arrange(self, url: str, secret: str) -> None:
        try:
            if url:
                await self._bot.set_webhook(
                    url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, max_connections=HANDS
                )
            elif (await self._bot.get_webhook_info()).url:
                await self._bot.delete_webhook()
        except TelegramError as error:
            raise ChatNotThere(why=type(error.__cause__ or error).__name__) from None

    async def stop(self) -> None:
        """Give the connections back."""
        await self._bot.shutdown()

    def link(self, token: str) -> str:
        """The deep link that presses /start with this token."""
        return f"https://t.me/{self.username}?start={token}"

    async def send(self, chat: str, message: Outgoing) -> str:
        """Send; returns the message's ref. Raises TransportError."""
        markup = _keyboard(message.buttons)
        with _faults():
            if message.document is not None:
                file = InputFile(BytesIO(message.document.body), filename=message.document.name)
                sent = await self._bot.send_document(
                    int(chat),
                    file,
                    caption=_text(message) or None,
                    parse_mode=_mode(message),
                    reply_markup=markup,
                )
            else:
                sent = await self._bot.send_message(
                    int(chat),
                    _text(message),
                    parse_mode=_mode(message),
                    reply_markup=markup,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )
            return str(sent.message_id)

    async def edit(self, chat: str, ref: str, message: Outgoing) -> None:
        """Change a sent message. One that is as asked already is no fault."""
        with _faults(), _no_fault("message is not modified"):
            await self._bot.edit_message_text(
                _text(message),
                int(chat),
                int(ref),
                parse_mode=_mode(message),
                reply_markup=_keyboard(message.buttons),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )

    async def answer(self, callback_ref: str, note: str = "") -> None:
        """Stop a button's spinner; too old a press is no fault."""
        with _faults(), _no_fault("query is too old", "query id is invalid"):
            await self._bot.answer_callback_query(callback_ref, text=note or None)

    async def fetch(self, file_ref: str, limit: int) -> bytes:
        """A file that somebody sent, at most `limit` bytes. Raises Refused for a larger one."""
        with _faults():
            file = await self._bot.get_file(file_ref)
            if (file.file_size or 0) > limit:
                raise Refused("file too large")
            return bytes(await file.download_as_bytearray())

    async def poll(self, offset: int | None) -> list[Raw]:
        """Wait for updates from `offset` on: asking with an offset acknowledges all before it.

        As they came: the library would parse them, and one that it cannot parse would keep all others away.
        """
        asked = {"offset": offset, "timeout": self._long_poll, "allowed_updates": ALLOWED_UPDATES}
        with _faults():
            updates: Any = await self._bot.do_api_request(
                RAW_UPDATES,
                {name: value for name, value in asked.items() if value is not None},
                read_timeout=self._read_timeout + self._long_poll,
            )
            made = [raw for one in updates if (raw := raw_update(one)) is not None]
        if updates and not made:
            raise InDoubt("updates without a number")  # nothing that could be acknowledged
        return made

    async def set_menu(self, commands: Sequence[tuple[str, str]], chat: str | None = None) -> None:
        """The command menu, for everybody or for one chat."""
        scope = BotCommandScopeChat(int(chat)) if chat is not None else BotCommandScopeDefault()
        with _faults():
            await self._bot.set_my_commands([BotCommand(name, said) for name, said in commands], scope=scope)

    def parse(self, body: Mapping[str, Any]) -> Incoming | None:
        """An update as it was kept → what somebody said or pressed, or None for what we do not take."""
        return parse_update(body)


def _text(message: Outgoing) -> str:
    return message.words if message.plain else message.html


def _mode(message: Outgoing) -> str | None:
    return None if message.plain else "HTML"


def _keyboard(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.label, callback_data=b.data) for b in row] for row in rows]
    )


@contextmanager
def _faults() -> Iterator[None]:
    """Whatever goes wrong within is a TransportError: an answer that is none leaves us in doubt."""
    try:
        yield
    except TransportError:
        raise
    except TelegramError as error:
        raise _fault(error) from error
    except Exception as error:
        raise InDoubt(type(error).__name__) from error


@contextmanager
def _no_fault(*signs: str) -> Iterator[None]:
    """A refusal in one of these words is no fault."""
    try:
        yield
    except BadRequest as error:
        if not any(sign in str(error).lower() for sign in signs):
            raise


def _fault(error: TelegramError) -> TransportError:
    """What an error of the library says about the message."""
    words = str(error)
    if isinstance(error, RetryAfter):
        after = error.retry_after
        return RetryLater("429", after if isinstance(after, int) else after.total_seconds())
    if isinstance(error, ChatMigrated):
        return Moved(str(error.new_chat_id))
    if isinstance(error, Forbidden) or _says(error, GONE_WORDS):
        return Unreachable(words)
    if isinstance(error, BadRequest):
        return Gone(words) if _says(error, NO_MESSAGE_WORDS) else Refused(words)
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


def _says(error: TelegramError, signs: Sequence[str]) -> bool:
    words = str(error).lower()
    return isinstance(error, BadRequest) and any(sign in words for sign in signs)


def _file_url(base_url: str) -> str:
    """Files lie beside the methods: …/bot → …/file/bot."""
    head, _, tail = base_url.rstrip("/").rpartition("/")
    return f"{head}/file/{tail}"
