"""The pages' addresses. POST alone changes anything; GET may be opened by any preview."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from duban import resources
from duban.ledger.database import LedgerUnavailable
from duban_web.door import ChatDoor, Health
from duban_web.webhook import PATH, Webhook

COOKIE = "duban_"
YEAR = 365 * 24 * 3600
MAX_TEXT = 10_000
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser hides the Origin of our own forms too
}
NO_STORE = {"Cache-Control": "no-store"}
Handler = Callable[[Request], Awaitable[Response]]
KEEP_ALIVE = 20.0  # seconds between two comments on an idle stream


class Guard:
    """Our headers on every answer; a POST from another site is refused."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        origin = request.headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
        if request.method == "POST" and foreign:
            await Response(status_code=403)(scope, receive, send)
            return

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] += [(k.lower().encode(), v.encode()) for k, v in HEADERS.items()]
            await send(message)

        await self._app(scope, receive, with_headers)


class Pages:
    """The handlers, with what they need."""

    def __init__(
        self,
        door: ChatDoor,
        *,
        office: str,
        zone: str,
        health: Health,
        max_file: int,
        secure: bool,
        health_token: str | None,
    ) -> None:
        self._door = door
        self._office = office
        self._zone = zone
        self._health = health
        self._health_token = health_token
        self._max_file = max_file
        self._secure = secure
        self._templates = Environment(
            loader=FileSystemLoader(resources.templates()), autoescape=True, undefined=StrictUndefined
        )

    def _page(self, name: str, status: int = 200, **facts: Any) -> HTMLResponse:
        html = self._templates.get_template(f"web/{name}").render(office=self._office, **facts)
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})

    async def _user(self, request: Request) -> str | None:
        """The user of this address, if the browser keeps its secret."""
        user = request.path_params["user"]
        known = await self._door.who(request.cookies.get(COOKIE + user))
        return user if known == user else None

    async def index(self, request: Request) -> Response:
        """Which chats this browser is in."""
        secrets = [(k.removeprefix(COOKIE), v) for k, v in request.cookies.items() if k.startswith(COOKIE)]
        users = [user for user, secret in secrets if await self._door.who(secret) == user]
        return self._page("index.html.j2", chats=[(user, await self._door.called(user)) for user in users])

    async def invited(self, request: Request) -> Response:
        """An invite's page: it is spent by its button, never by being opened."""
        return self._page("start.html.j2", token=request.path_params["token"])

    async def enter(self, request: Request) -> Response:
        """Spend an invite and go to the chat."""
        form = await request.form()
        token, name = str(form.get("token", ""))[:200], str(form.get("name", "")).strip()[:40]
        secret = await self._door.enter(token, name=name)
        user = await self._door.who(secret)
        answer = RedirectResponse(f"/chat/{user}", 303)
        answer.set_cookie(
            f"{COOKIE}{user}", secret, max_age=YEAR, httponly=True, samesite="strict", secure=self._secure
        )
        return answer

    async def chat(self, request: Request) -> Response:
        """The chat."""
        user = await self._user(request)
        if user is None:
            return self._page("stranger.html.j2", 403)
        return self._page("chat.html.j2", user=user, zone=self._zone)

    async def events(self, request: Request) -> Response:
        """One stream a browser: first what there is, then what is new or changed."""
        user = await self._user(request)
        if user is None:
            return Response(status_code=403)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._stream(user), media_type="text/event-stream", headers=headers)

    async def _stream(self, user: str) -> AsyncIterator[str]:
        name = ""
        async with self._door.subscribe(user) as queue:
            yield _event("history", await self._door.history(user))
            while True:
                if not name and (name := await self._door.called(user)):
                    yield _event("name", name)
                try:
                    shown = await asyncio.wait_for(queue.get(), KEEP_ALIVE)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if not shown:  # the chat closes
                    return
                yield _event("message", shown)

    async def say(self, request: Request) -> Response:
        """The user wrote."""
        user = await self._user(request)
        if user is None:
            return Response(status_code=403)
        text = str((await request.form()).get("text", "")).strip()
        if text:
            await self._door.say(user, text[: MAX_TEXT + 1])
        return Response(status_code=204)

    async def press(self, request: Request) -> Response:
        """The user pressed a button."""
        user = await self._user(request)
        if user is None:
            return Response(status_code=403)
        form = await request.form()
        message, data = str(form.get("message", "")), str(form.get("data", ""))
        if not message.isdecimal() or not 0 < len(data.encode()) <= 64:  # noqa: PLR2004 - as Telegram's own limit
            return Response(status_code=400)
        await self._door.press(user, int(message), data)
        return Response(status_code=204)

    async def upload(self, request: Request) -> Response:
        """The user sent a file."""
        user = await self._user(request)
        if user is None:
            return Response(status_code=403)
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > self._max_file:
            return Response(status_code=413)
        file = (await request.form(max_files=1)).get("file")
        if file is None or isinstance(file, str):
            return Response(status_code=400)
        await self._door.upload(user, Path(file.filename or "file").name[:120], await file.read())
        return Response(status_code=204)

    async def file(self, request: Request) -> Response:
        """A file of one's own chat, always as a download."""
        user = await self._user(request)
        found = await self._door.file(user, int(request.path_params["message"])) if user is not None else None
        if found is None:
            return Response(status_code=404)
        name, body = found
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return Response(body, media_type="application/octet-stream", headers=headers)

    async def healthz(self, _: Request) -> Response:
        """Whether the bot lives: 200, or 503 with what is wrong."""
        figures = await self._health()
        status = 503 if figures["problems"] else 200
        return JSONResponse(dict(figures), status, headers=NO_STORE)

    async def metrics(self, _: Request) -> Response:
        """The same for Prometheus."""
        from duban_web.metrics import CONTENT_TYPE, exposition  # noqa: PLC0415 - few ask

        return Response(exposition(await self._health()), headers=NO_STORE, media_type=CONTENT_TYPE)

    def guarded(self, answer: Handler) -> Handler:
        """On loopback for everybody; behind a proxy, where all come from loopback, with the token alone."""

        async def asked(request: Request) -> Response:
            if self._health_token is None:
                return await answer(request)
            if not self._health_token:
                return Response(status_code=404)
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, f"Bearer {self._health_token}".encode()):
                return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
            return await answer(request)

        return asked


async def _out_of_reach(_request: Request, _error: Exception) -> Response:
    """The database cannot be written to for a while: whoever asks tries again."""
    return Response(status_code=503, headers={"Retry-After": "10"} | NO_STORE)


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def make_app(
    door: ChatDoor,
    *,
    office: str,
    zone: str,
    hosts: Sequence[str],
    health: Health,
    max_file: int,
    secure: bool = False,
    health_token: str | None = None,
    webhook: Webhook | None = None,
) -> Starlette:
    """The pages of one local chat. `hosts`: the Host names that are answered; `zone`: of the times shown.

    `health_token`: what a monitor has to know; "": nobody is answered; None: everybody is. `webhook`: where
    Telegram hands its updates over, if it does.
    """
    hooks = [Route(PATH, webhook.take, methods=["POST"])] if webhook is not None else []
    pages = Pages(
        door, office=office, zone=zone, health=health, max_file=max_file, secure=secure,
        health_token=health_token,
    )  # fmt: skip
    return Starlette(
        routes=[
            *hooks,
            Route("/", pages.index),
            Route("/start/{token}", pages.invited),
            Route("/start", pages.enter, methods=["POST"]),
            Route("/chat/{user}", pages.chat),
            Route("/chat/{user}/events", pages.events),
            Route("/chat/{user}/say", pages.say, methods=["POST"]),
            Route("/chat/{user}/press", pages.press, methods=["POST"]),
            Route("/chat/{user}/upload", pages.upload, methods=["POST"]),
            Route("/chat/{user}/file/{message:int}", pages.file),
            Route("/healthz", pages.guarded(pages.healthz)),
            Route("/metrics", pages.guarded(pages.metrics)),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        exception_handlers={LedgerUnavailable: _out_of_reach},
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts)), Middleware(Guard)],
    )
