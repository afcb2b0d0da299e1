"""Rates and a failing network, as the real library meets them."""

from __future__ import annotations

import time
from datetime import timedelta

import httpx
import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from botapi import Server
from botapi.limits import Limits
from growth import no_hang

CONTACT = 1001
STRANGER = 1009


async def test_the_rate_of_a_chat(bot: Bot, server: Server) -> None:
    server.limits.chat_interval = Limits.chat_interval
    for user_id in (CONTACT, STRANGER):
        server.user(user_id).start()
    sent = await bot.send_message(CONTACT, "一")
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(CONTACT, "二")
    assert caught.value.retry_after == timedelta(seconds=1)
    assert server.refused[-1]["parameters"] == {"retry_after": 1}
    await bot.edit_message_text("一改", CONTACT, sent.message_id)  # edits are free
    await bot.send_message(STRANGER, "一")  # and so are others
    time.sleep(0.96)  # noqa: ASYNC251 – real time is what is measured
    await bot.send_message(CONTACT, "二")


async def test_the_rate_of_a_group(bot: Bot, server: Server) -> None:
    group = server.group(-5001, "督办群", [server.user(CONTACT)])
    for number in range(20):
        await bot.send_message(group, str(number))
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(group, "多")
    assert isinstance(caught.value.retry_after, timedelta)
    assert 55 <= caught.value.retry_after.total_seconds() <= 60


FAULTS = [  # kind, the error that the library raises, whether the message is there
    ("429", RetryAfter, 0),
    ("429-bare", TelegramError, 0),
    ("400", BadRequest, 0),
    ("409", Conflict, 0),
    ("500", NetworkError, 0),
    ("502", NetworkError, 0),
    ("garbage", TelegramError, 1),
    ("reset-before", NetworkError, 0),
    ("reset-after", NetworkError, 1),
]


@pytest.mark.parametrize(("kind", "error", "taken"), FAULTS, ids=[kind for kind, *_ in FAULTS])
async def test_a_fault_is_spent_on_one_send(
    bot: Bot, server: Server, kind: str, error: type[TelegramError], taken: int
) -> None:
    user = server.user(CONTACT)
    user.start()
    server.faults.add(kind, 2, seconds=7)
    await bot.get_me()  # is no send
    for turn in (1, 2):
        with pytest.raises(error) as caught:
            await bot.send_message(CONTACT, "一")
        assert len(user.received()) == len(server.accepted) == taken * turn
    if isinstance(caught.value, RetryAfter):
        assert caught.value.retry_after == timedelta(seconds=7)
    await bot.send_message(CONTACT, "二")
    assert user.received()[-1].text == "二"


@pytest.mark.parametrize(("kind", "at_once"), [("delay", 0), ("delay-after", 1)])
async def test_a_slow_answer(server: Server, kind: str, at_once: int) -> None:
    user = server.user(CONTACT)
    user.start()
    server.faults.add(kind, seconds=0.6)
    async with Bot(
        server.token, base_url=server.base_url, request=HTTPXRequest(read_timeout=0.2)
    ) as impatient:
        with pytest.raises(TimedOut):
            await impatient.send_message(CONTACT, "慢")
        assert len(user.received()) == at_once
        await server.wait(lambda: len(user.received()) == 1, timeout=2)


async def test_an_answer_that_says_nothing(bot: Bot, server: Server) -> None:
    user = server.user(CONTACT)
    user.start()
    server.faults.add("nonsense")
    with pytest.raises(AttributeError):  # the library takes it for a message
        print((await bot.send_message(CONTACT, "一")).message_id)
    assert len(user.received()) == 1


async def test_who_blocks_stays_away(bot: Bot, server: Server) -> None:
    user = server.user(CONTACT)
    user.start()
    server.faults.add("403")
    for _ in range(2):
        with pytest.raises(Forbidden, match="blocked by the user"):
            await bot.send_message(CONTACT, "一")
    user.start()
    await bot.send_message(CONTACT, "二")
    assert [seen.text for seen in user.received()] == ["二"]


async def test_a_group_becomes_a_supergroup(bot: Bot, server: Server) -> None:
    one = server.user(CONTACT)
    group = server.group(-5001, "督办群", [one])
    one.start()
    server.faults.add("migrate", 2)
    await bot.send_message(CONTACT, "私聊")  # is no group
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(group, "一")
    new = caught.value.new_chat_id
    assert str(new).startswith("-100")
    await bot.send_message(new, "二")
    assert [seen.text for seen in one.received(new)] == ["二"]
    assert server.migrate(group) == server.migrate(new) == new
    said = [u.message for u in await bot.get_updates(timeout=0) if u.message]
    told = [(m.chat.id, m.migrate_to_chat_id, m.migrate_from_chat_id) for m in said]
    assert told[-2:] == [(group, new, None), (new, None, group)]


async def test_faults_at_random_are_the_same_for_a_seed(server: Server) -> None:
    def drawn(seed: int) -> list[str | None]:
        server.faults.clear()
        server.faults.mix({"429": 20, "reset-after": 10}, seed=seed, seconds={"429": 3})
        taken = [server.faults.take("sendMessage") for _ in range(1000)]
        assert {fault.seconds for fault in taken if fault and fault.kind == "429"} == {3}
        assert server.faults.take("getMe") is None
        return [fault and fault.kind for fault in taken]

    first = drawn(1)
    assert first == drawn(1) != drawn(2)
    assert 150 < first.count("429") < 250
    assert 60 < first.count("reset-after") < 140
    with pytest.raises(ValueError, match="none of"):
        server.faults.mix({"flood": 1}, seed=1)


async def test_faults_of_other_methods(bot: Bot, server: Server) -> None:
    server.user(CONTACT).say("在")
    server.faults.add("reset-after", methods={"getUpdates"})
    with pytest.raises(NetworkError):
        await bot.get_updates(timeout=0)
    assert len(await bot.get_updates(timeout=0)) == 1
    with pytest.raises(ValueError, match="none of"):
        server.faults.add("flood")
    server.faults.add("500")
    server.faults.clear()
    assert len(server.faults) == 0


def test_ends_at_once_though_somebody_polls(server: Server) -> None:
    with httpx.Client() as http:
        url = f"{server.base_url}{server.token}/getUpdates?timeout=50"
        with pytest.raises(httpx.ReadTimeout):
            http.get(url, timeout=0.2)
        with no_hang(20):
            server.stop()
        with pytest.raises(httpx.ConnectError):
            http.get(server.url)
