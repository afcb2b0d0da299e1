"""Telegram's webhook (core.telegram.org/bots/api#setwebhook): an update is kept before it is answered."""

from __future__ import annotations

import hmac
import json

from starlette.requests import Request
from starlette.responses import Response

from duban_web.door import UpdateDoor

PATH = "/telegram"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BODY = 1024 * 1024  # bytes; an update is a few thousand


class Webhook:
    """One address. Whoever knows the secret is Telegram; a ledger out of reach answers 503, and Telegram
    repeats what was not answered with 200."""

    def __init__(self, door: UpdateDoor, secret: str) -> None:
        self._door = door
        self._secret = secret.encode()

    async def take(self, request: Request) -> Response:
        """Take one update."""
        given = request.headers.get(HEADER, "").encode()
        if not hmac.compare_digest(given, self._secret):
            return Response(status_code=401)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = json.loads(body)
        except ValueError:
            return Response(status_code=400)
        return Response(status_code=200 if await self._door(update) else 400)


async def _body(request: Request) -> bytes | None:
    """The body, or None for one that is too large: it is not read to its end."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)
