"""The server: routes, faults, the log of what was taken, and the handles for tests."""

from __future__ import annotations

import asyncio
import json
import os
import re
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from botapi import api, outside, profile, wire
from botapi.chats import Chat, World
from botapi.faults import Fault, Faults
from botapi.limits import Limits
from botapi.listener import Answer, Listener, Request
from botapi.people import User
from botapi.refusal import Refusal, bad, too_many
from botapi.updates import CONFLICT

Json = dict[str, Any]
T = TypeVar("T")

TOKEN = "4242424242:AAE-no-real-token-of-any-real-bot-x"
USERNAME = "duban_test_bot"
QUIET = frozenset(
    {"getme", "getupdates", "getfile", "getwebhookinfo"}
)  # calls that only read: not in the log
GLANCE = 0.05  # seconds
_CALL = re.compile(r"/bot(?P<token>[^/]+)/(?P<method>[A-Za-z]+)")
_FILE = re.compile(r"/file/bot(?P<token>[^/]+)/(?P<path>.+)")
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")
_PROXY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class Server:
    """`with Server() as server:` – then `telegram.Bot(server.token, base_url=server.base_url, …)`.

    `clock` gives the seconds since 1970 that messages carry, `limits` the rates, `log` a file to which
    every accepted call is appended as a line of JSON, on the disk before it is answered.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        token: str = TOKEN,
        clock: Callable[[], float] = time.time,
        limits: Limits | None = None,
        log: Path | None = None,
    ) -> None:
        self.token = token
        self.limits = limits or Limits()
        self.faults = Faults()
        self.accepted: list[Json] = []  # method, chat_id, text, html, message_id, at …
        self.refused: list[Json] = []  # method, chat_id, error_code, description, at
        self.asked: list[Json] = []  # every call that does not only read: method, chat_id, at, fault
        bot = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Duban",
            "username": USERNAME,
        }
        self.world: World = World(bot, clock)
        self.profile: profile.Profile = profile.Profile(self.world)
        self._messages = api.Messages(self.world, self.limits)
        self._log = log
        self._stopping = threading.Event()
        self._methods: dict[str, tuple[str, Callable[[wire.Params], Any]]] = {
            name.lower(): (name, method.__get__(self.profile)) for name, method in profile.METHODS.items()
        } | {name.lower(): (name, method.__get__(self._messages)) for name, method in api.METHODS.items()}
        self._listener = Listener(self._handle, port)
        self.url = f"http://127.0.0.1:{self._listener.port}"
        self.base_url = f"{self.url}/bot"
        self.base_file_url = f"{self.url}/file/bot"

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if error is None and self._listener.crashes:  # a fault of this fake, not of who calls it
            raise self._listener.crashes[0]

    def stop(self) -> None:
        """End all; whoever polls is cut off."""
        self._stopping.set()
        self.world.updates.close()
        self._listener.close()

    # -- people

    def user(self, user_id: int, first_name: str = "", username: str = "") -> User:
        """A person, new or known."""
        with self.world.changed:
            chat = self.world.chats.get(user_id)
            if chat is None:
                chat = Chat(user_id, "private", first_name or f"U{user_id}", username)
                self.world.chats[user_id] = chat
            return User(self.world, chat)

    def group(self, chat_id: int, title: str, members: Collection[User]) -> int:
        """A group that the bot was just added to by its first member; its id, below 0."""
        with self.world.changed:
            ids = frozenset(member.id for member in members)
            chat = Chat(chat_id, "group", title, started=True, members=ids)
            self.world.chats[chat_id] = chat
            for member in list(members)[:1]:
                self.world.member(chat, self.world.chats[member.id], "left", "member")
            return chat_id

    def migrate(self, chat_id: int) -> int:
        """A group becomes a supergroup, and both chats say so; its new id, also where it did already."""
        with self.world.changed:
            return self.world.migrate(self.world.chats[chat_id])

    def refuse(self, chat_id: int, why: str) -> None:
        """From now on a chat answers 403 with these words ("user is deactivated"); "" ends it."""
        with self.world.changed:
            self.world.chats[chat_id].refuses = why

    # -- waiting

    def wait_for(self, predicate: Callable[[], T], timeout: float = 5.0) -> T:
        """Wait until the predicate is true, and give what it gave. Raises TimeoutError.

        The predicate is asked at every change here, and now and then for changes elsewhere. It blocks:
        in a test on an event loop use wait().
        """
        until = time.monotonic() + timeout
        with self.world.changed:
            while not (got := predicate()):
                if time.monotonic() >= until:
                    raise TimeoutError(f"not within {timeout} s; taken last: {self.accepted[-3:]}")
                self.world.changed.wait(GLANCE)
        return got

    async def wait(self, predicate: Callable[[], T], timeout: float = 5.0) -> T:  # noqa: ASYNC109
        """wait_for() for tests on an event loop."""
        return await asyncio.to_thread(self.wait_for, predicate, timeout)

    # -- calls

    def _handle(self, request: Request) -> Answer:
        if request.path.startswith("/test/"):
            return outside.answer(self, request.path.removeprefix("/test/"), request.body)
        if file := _FILE.fullmatch(request.path):
            return self._file(file["token"], file["path"])
        call = _CALL.fullmatch(request.path)
        if call is None:
            return _refusal(Refusal(404, "Not Found"))
        try:
            self._check_token(call["token"])
            params = wire.read(request.query, request.content_type, request.body)
        except Refusal as refusal:
            return _refusal(refusal)
        with self.world.changed:
            entry = self._entry(call["method"], params)
            fault = self.faults.take(call["method"], entry["chat_id"])
            if call["method"].lower() not in QUIET:
                self.asked.append(entry | {"fault": fault.kind if fault is not None else None})
        return self._fare(fault, call["method"], params) if fault else self._call(call["method"], params)

    def _fare(self, fault: Fault, method: str, params: wire.Params) -> Answer:
        if fault.kind in _INSTEAD:
            return _INSTEAD[fault.kind](fault.seconds)
        if fault.kind == "delay":
            self._stopping.wait(fault.seconds)
        if fault.kind in _BEFORE:
            _BEFORE[fault.kind](self, params.raw("chat_id"))
        answer = self._call(method, params)
        if fault.kind == "delay-after":
            self._stopping.wait(fault.seconds)
        return _AFTER.get(fault.kind, answer)

    def _block(self, chat_id: Any) -> None:
        with self.world.changed:
            if not self.world.chat(chat_id).group:
                self.user(int(chat_id)).block()

    def _call(self, method: str, params: wire.Params) -> Answer:
        known = self._methods.get(method.lower())
        if known is None:
            return _refusal(Refusal(404, "Not Found: method not found"))
        name, act = known
        with self.world.changed:
            try:
                result = act(params)
            except Refusal as refusal:
                self.refused.append(self._entry(name, params) | refusal.body())
                self.world.changed.notify_all()
                return _refusal(refusal)
            if name.lower() not in QUIET:
                self._accept(name, params, result)
            body = {"ok": True, "result": result}
            return Answer(200, json.dumps(body, ensure_ascii=False).encode())

    def _entry(self, name: str, params: wire.Params) -> Json:
        chat = params.raw("chat_id")
        known = isinstance(chat, int) or str(chat or "").lstrip("-").isdigit()
        return {"method": name, "chat_id": int(chat) if known else chat, "at": self.world.clock()}

    def _accept(self, name: str, params: wire.Params, result: Any) -> None:
        entry = self._entry(name, params)
        entry["html"] = params.text("text") or params.text("caption")
        entry["text"] = entry["html"]
        entry["parse_mode"] = params.text("parse_mode")
        if isinstance(result, dict):
            entry["message_id"] = result.get("message_id")
            entry["text"] = result.get("text", result.get("caption", entry["html"]))
            entry["document"] = result.get("document", {}).get("file_name")
            entry["reply_markup"] = result.get("reply_markup")
        elif params.raw("message_id") is not None:
            entry["message_id"] = params.number("message_id")
        self.accepted.append(entry)
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(entry, ensure_ascii=False) + "\n")
                log.flush()
                os.fsync(log.fileno())
        self.world.changed.notify_all()

    def _file(self, token: str, path: str) -> Answer:
        try:
            self._check_token(token)
        except Refusal as refusal:
            return _refusal(refusal)
        with self.world.changed:
            file = next((file for file in self.world.files.values() if file.path == path), None)
        if file is None:
            return _refusal(Refusal(404, "Not Found"))
        return Answer(200, file.body, "application/octet-stream")

    def _check_token(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise Refusal(404, "Not Found")
        if token != self.token:
            raise Refusal(401, "Unauthorized")


def _refusal(refusal: Refusal) -> Answer:
    return Answer(refusal.code, json.dumps(refusal.body(), ensure_ascii=False).encode())


_INSTEAD: dict[str, Callable[[float], Answer]] = {  # faults that keep a call from being taken
    "429": lambda seconds: _refusal(too_many(max(1, round(seconds)))),
    "429-bare": lambda seconds: _refusal(Refusal(429, "Too Many Requests")),
    "500": lambda seconds: _refusal(Refusal(500, "Internal Server Error")),
    "502": lambda seconds: Answer(502, _PROXY_PAGE, "text/html"),
    "400": lambda seconds: _refusal(bad("can't parse entities: Can't find end of the entity")),
    "409": lambda seconds: _refusal(Refusal(409, CONFLICT)),
    "reset-before": lambda seconds: Answer(reset=True),
}
_BEFORE: dict[str, Callable[[Server, Any], Any]] = {  # what happens just before a call
    "403": Server._block,
    "migrate": lambda server, chat_id: server.migrate(int(chat_id)) if int(chat_id) < 0 else None,
}
_AFTER = {  # what becomes of the answer to a call that was taken
    "reset-after": Answer(reset=True),
    "garbage": Answer(200, b'{"ok":true,"result":{"message_id":7,"da'),
    "nonsense": Answer(200, b'{"ok":true,"result":null}'),
}
