"""The chat of our own: no account, no token. Messages are rows; pages subscribe to what changes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from duban.clock import Clock
from duban.ledger import inbox, local_chat, people
from duban.ledger.database import Ledger, LedgerUnavailable, Session
from duban.ledger.tables import LocalMessageRow
from duban_bot.incoming import Did, Incoming
from duban_bot.transports.base import Button, Capabilities, Gone, Outgoing, Raw, Refused

FOLLOW = 1.0  # seconds between two looks at what other processes wrote
Shown = dict[str, Any]  # {"id", "side", "html", "buttons": [[{"label", "data"}]], "file", "at", "version"}


class LocalTransport:
    """Chats in the browser. A user's id is also the chat's; a message's ref is its row's id."""

    name = "local"
    caps = Capabilities(per_chat_interval=0.0, per_second=0, polls=False)

    def __init__(self, ledger: Ledger, clock: Clock, *, address: str) -> None:
        self._ledger = ledger
        self._clock = clock
        self._address = address
        self.on_received: Callable[[], None] = lambda: None  # somebody wrote
        self._pages: dict[str, set[asyncio.Queue[Shown]]] = {}
        self._others = ledger.path is None  # other processes may write into a chat too

    # -- what the courier and the receiver ask for ------------------------------------------------

    def link(self, token: str) -> str:
        """The page on which an invite is spent (by a button: a preview that opens it spends nothing)."""
        return f"{self._address}/start/{token}"

    async def send(self, chat: str, message: Outgoing) -> str:
        """Show a message in a chat; returns its row's id."""
        shown = await self._ledger.run(self._write, chat, "bot", message)
        self._publish(chat, shown)
        return str(shown["id"])

    async def edit(self, chat: str, ref: str, message: Outgoing) -> None:
        """Change a shown message. Raises Gone for one that is not there."""
        shown = await self._ledger.run(_rewrite, chat, int(ref), message)
        if shown is None:
            raise Gone(ref)
        self._publish(chat, shown)

    async def answer(self, callback_ref: str, note: str = "") -> None:
        """Nothing turns in the browser: the answer is the next message."""

    async def fetch(self, file_ref: str, limit: int) -> bytes:
        """A file that somebody sent, by its message's id."""
        row = await self._ledger.read(local_chat.message, int(file_ref))
        if row is None or row.file_body is None or len(row.file_body) > limit:
            raise Refused(file_ref)
        return row.file_body

    async def forget(self, file_ref: str) -> None:
        """A file that must not be kept: its content goes, its line in the chat stays."""
        await self._ledger.run(local_chat.drop_file, int(file_ref))

    async def poll(self, offset: int | None) -> Sequence[Raw]:  # noqa: ARG002 - the pages push instead
        """Never asked: caps.polls is False."""
        return ()

    def parse(self, body: Mapping[str, Any]) -> Incoming | None:
        """What a page handed over. Pure."""
        return Incoming(
            transport=self.name,
            user=body["user"],
            chat=body["user"],
            name=body["name"],
            kind=Did(body["kind"]),
            text=body.get("text", ""),
            data=body.get("data", ""),
            message_ref=body.get("message"),
            file_ref=body.get("message") if body["kind"] == Did.FILE else None,
            file_name=body.get("file_name"),
            file_size=body.get("file_size"),
        )

    # -- what the pages ask for -------------------------------------------------------------------

    async def enter(self, token: str, *, name: str, secret: str | None = None) -> str:
        """Press /start with an invite; returns the secret that the browser keeps."""
        user = await self.who(secret)
        fresh = secret if user and secret else secrets.token_urlsafe(32)

        def start(session: Session) -> tuple[str, Shown]:
            who = user or local_chat.add_user(session, fresh, now=self._clock.now())
            return who, self._accept(
                session, who, name, {"kind": "text", "text": f"/start {token}"}, "/start"
            )

        who, shown = await self._ledger.run(start)
        self._publish(who, shown)
        self.on_received()
        return fresh

    async def who(self, secret: str | None) -> str | None:
        """The user whose browser keeps this secret."""
        if not secret:
            return None
        return await self._ledger.read(local_chat.user_of, secret)

    async def called(self, user: str) -> str:
        """The name that the user gave, or "" for somebody who is bound to nothing."""
        return await self._ledger.read(_name, self.name, user)

    async def say(self, user: str, text: str, *, name: str = "") -> None:
        """The user wrote."""
        await self._hand_over(user, name, {"kind": "text", "text": text}, text)

    async def press(self, user: str, message: int, data: str, *, name: str = "") -> None:
        """The user pressed a button under a message; what it may do is checked when it is handled."""
        label = await self._ledger.read(_label, user, message, data)
        body = {"kind": "button", "data": data, "message": str(message)}
        await self._hand_over(user, name, body, f"〔{label or data}〕")

    async def upload(self, user: str, file_name: str, content: bytes, *, name: str = "") -> None:
        """The user sent a file."""
        body = {"kind": "file", "file_name": file_name, "file_size": len(content)}
        await self._hand_over(user, name, body, file_name, content)

    async def _hand_over(
        self, user: str, name: str, body: dict[str, Any], text: str, content: bytes | None = None
    ) -> None:
        shown = await self._ledger.run(self._accept, user, name, body, text, content)
        self._publish(user, shown)
        self.on_received()

    def _accept(  # noqa: PLR0917 - called through the ledger's doorway, which hands arguments on
        self,
        session: Session,
        user: str,
        name: str,
        body: dict[str, Any],
        text: str,
        content: bytes | None = None,
    ) -> Shown:
        """The message and the inbox row in one transaction."""
        row = local_chat.write(
            session,
            chat=user,
            side="user",
            html=_escape(text),
            buttons=[],
            at=self._clock.now(),
            file_name=body.get("file_name"),
            file_body=content,
        )
        full = {"user": user, "name": name or "本机用户", "message": str(row.id)} | body
        inbox.take(session, self.name, [(f"m{row.id}", full)], now=self._clock.now())
        return _shown(row)

    async def history(self, user: str) -> list[Shown]:
        """The newest messages of a chat, oldest first."""
        return [_shown(row) for row in await self._ledger.read(local_chat.recent, user)]

    async def file(self, user: str, message: int) -> tuple[str, bytes] | None:
        """A file in one's own chat: its name and content."""
        row = await self._ledger.read(local_chat.message, message)
        if row is None or row.chat != user or row.file_body is None:
            return None
        return row.file_name or "file", row.file_body

    @asynccontextmanager
    async def subscribe(self, user: str) -> AsyncIterator[asyncio.Queue[Shown]]:
        """Every message of the chat that is new or changed from now on; an empty one last, on hang_up."""
        queue: asyncio.Queue[Shown] = asyncio.Queue()
        self._pages.setdefault(user, set()).add(queue)
        known = await self._versions(user) if self._others else {}
        following = asyncio.create_task(self._follow(user, queue, known)) if self._others else None
        try:
            yield queue
        finally:
            self._pages[user].discard(queue)
            if following is not None:
                following.cancel()

    async def _versions(self, user: str) -> dict[int, int]:
        return {shown["id"]: shown["version"] for shown in await self.history(user)}

    async def _follow(self, user: str, queue: asyncio.Queue[Shown], known: dict[int, int]) -> None:
        """What another process wrote or changed, for as long as the page is open."""
        while True:
            await asyncio.sleep(FOLLOW)
            with suppress(LedgerUnavailable):
                for shown in await self.history(user):
                    if known.get(shown["id"]) != shown["version"]:
                        known[shown["id"]] = shown["version"]
                        queue.put_nowait(shown)

    def hang_up(self) -> None:
        """End every open page's stream: it would never end by itself."""
        for queues in self._pages.values():
            for queue in queues:
                queue.put_nowait({})

    def _publish(self, chat: str, shown: Shown) -> None:
        for queue in self._pages.get(chat, ()):
            queue.put_nowait(shown)

    def _write(self, session: Session, chat: str, side: str, message: Outgoing) -> Shown:
        document = message.document
        row = local_chat.write(
            session,
            chat=chat,
            side=side,
            html=message.html,
            buttons=_rows(message.buttons),
            at=self._clock.now(),
            file_name=document.name if document else None,
            file_body=document.body if document else None,
        )
        return _shown(row)


def _rewrite(session: Session, chat: str, row_id: int, message: Outgoing) -> Shown | None:
    row = local_chat.rewrite(session, chat, row_id, html=message.html, buttons=_rows(message.buttons))
    return _shown(row) if row is not None else None


def _name(session: Session, transport: str, user: str) -> str:
    person = people.person_of(session, transport, user)
    return person.name if person is not None else ""


def _label(session: Session, user: str, message: int, data: str) -> str | None:
    row = local_chat.message(session, message)
    if row is None or row.chat != user:
        return None
    return next((b["label"] for line in row.buttons for b in line if b["data"] == data), None)


def _rows(buttons: Sequence[Sequence[Button]]) -> list[list[dict[str, str]]]:
    return [[{"label": b.label, "data": b.data} for b in line] for line in buttons]


def _shown(row: LocalMessageRow) -> Shown:
    return {
        "id": row.id,
        "side": row.side,
        "html": row.html,
        "buttons": row.buttons,
        "file": row.file_name,
        "at": row.at.isoformat(),
        "version": row.version or 1,
    }


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
