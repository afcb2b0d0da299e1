"""The same handles over HTTP, for another process: POST /test/<act> with a JSON object."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botapi.faults import SENDS
from botapi.listener import Answer

if TYPE_CHECKING:
    from botapi.server import Server

Json = dict[str, Any]
Act = Callable[["Server", Json], Any]


def _messages(server: Server, said: Json) -> list[Json]:
    return [seen.json() for seen in server.user(said["id"]).messages(said.get("chat_id"))]


def _document(server: Server, said: Json) -> int:
    body = base64.b64decode(said["body"])
    return server.user(said["id"]).send_document(said["name"], body, said.get("caption", ""))


def _download(server: Server, said: Json) -> str:
    return base64.b64encode(server.world.files[said["file_id"]].body).decode()


def _fault(server: Server, said: Json) -> int:
    methods = said.get("methods", SENDS)
    server.faults.add(said["kind"], said.get("times", 1), seconds=said.get("seconds", 1.0), methods=methods)
    return len(server.faults)


ACTS: dict[str, Act] = {
    "user": lambda server, said: server.user(said["id"], said.get("first_name", "")).id,
    "start": lambda server, said: server.user(said["id"]).start(said.get("payload", "")),
    "group": lambda server, said: server.group(
        said["id"], said.get("title", "群"), [server.user(one) for one in said["members"]]
    ),
    "say": lambda server, said: server.user(said["id"]).say(said["text"], said.get("chat_id")),
    "press": lambda server, said: server.user(said["id"]).press(said["message_id"], said["button"]),
    "forge": lambda server, said: server.user(said["id"]).forge(said["message_id"], said["data"]),
    "answer": lambda server, said: server.user(said["id"]).answer(said["query_id"]),
    "document": _document,
    "download": _download,
    "messages": _messages,
    "block": lambda server, said: server.user(said["id"]).block(),
    "unblock": lambda server, said: server.user(said["id"]).unblock(),
    "menu": lambda server, said: server.profile.menu(said["id"]),
    "migrate": lambda server, said: server.migrate(said["id"]),
    "accepted": lambda server, said: server.accepted[said.get("since", 0) :],
    "refused": lambda server, said: server.refused[said.get("since", 0) :],
    "pending": lambda server, said: server.world.updates.pending,
    "fault": _fault,
    "redeliver": lambda server, said: server.world.updates.redeliver(said.get("times", 1)),
}


def answer(server: Server, act: str, body: bytes) -> Answer:
    """{"result": …}, or 400 with {"error": …} for what cannot be done."""
    try:
        said = json.loads(body or b"{}")
        with server.world.changed:
            result = ACTS[act](server, said)
            return Answer(200, json.dumps({"result": result}, ensure_ascii=False).encode())
    except (LookupError, ValueError, TypeError) as error:
        wrong = {"error": f"{type(error).__name__}: {error}"}
        return Answer(400, json.dumps(wrong, ensure_ascii=False).encode())
