"""A server of its own and a real telegram.Bot for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from telegram import Bot
from telegram.request import HTTPXRequest

from botapi import Server
from botapi.limits import Limits


@pytest.fixture(autouse=True)
def _new_style(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this the library warns, and here warnings are errors, whenever it raises RetryAfter."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
def server() -> Iterator[Server]:
    """Without the interval of a private chat, so that tests of other things need not wait."""
    with Server(limits=Limits(chat_interval=0), clock=lambda: 1_532_052_000.75) as server:
        yield server


def make_bot(server: Server, **changes: Any) -> Bot:
    """The library's bot, pointed at the server."""
    said: dict[str, Any] = {
        "token": server.token,
        "base_url": server.base_url,
        "base_file_url": server.base_file_url,
        "request": HTTPXRequest(connection_pool_size=4, read_timeout=3),
        "get_updates_request": HTTPXRequest(connection_pool_size=2, read_timeout=3),
    }
    return Bot(**(said | changes))


@pytest_asyncio.fixture
async def bot(server: Server) -> AsyncIterator[Bot]:
    """Initialized: it has asked getMe."""
    async with make_bot(server) as bot:
        yield bot
