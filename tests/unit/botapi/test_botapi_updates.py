"""getUpdates as the real library asks for them: the offset's meaning, waiting, two who poll."""

from __future__ import annotations

import asyncio
import time
from random import Random

import pytest
from telegram import (
    Bot,
    Update,
)
from telegram.error import Conflict

from botapi import Server
from growth import no_hang

CONTACT = 1001


async def poll(bot: Bot, offset: int | None = None, **said: float) -> list[Update]:
    return list(await bot.get_updates(offset=offset, **({"timeout": 0} | said)))  # type: ignore[arg-type]


async def test_the_offset_confirms_all_before_it(bot: Bot, server: Server) -> None:
    user = server.user(CONTACT)
    for text in ("一", "二", "三"):
        user.say(text)
    first = await poll(bot)
    assert [u.update_id for u in await poll(bot)] == [u.update_id for u in first]  # unconfirmed: again
    assert [u.update_id - first[0].update_id for u in first] == [0, 1, 2]
    rest = await poll(bot, first[1].update_id)
    assert [u.message.text for u in rest if u.message] == ["二", "三"]
    assert [u.update_id for u in await poll(bot)] == [u.update_id for u in rest]
    assert await poll(bot, first[2].update_id + 1) == []
    assert server.world.updates.confirmed == first[2].update_id
    assert server.world.updates.pending == 0


@pytest.mark.parametrize(
    ("said", "texts"),
    [({"limit": 2}, ["0", "1"]), ({"limit": 0}, list("01234")), ({"offset": -2}, ["3", "4"])],
)
async def test_a_part_of_the_queue(bot: Bot, server: Server, said: dict[str, int], texts: list[str]) -> None:
    for text in "01234":
        server.user(CONTACT).say(text)
    assert [u.message.text for u in await poll(bot, **said) if u.message] == texts


async def test_a_long_poll_waits_and_wakes(bot: Bot, server: Server) -> None:
    began = time.monotonic()
    with no_hang(20):
        assert await poll(bot, timeout=1) == []
    assert time.monotonic() - began > 0.9
    waiting = asyncio.create_task(poll(bot, timeout=50))
    await asyncio.sleep(0.1)
    server.user(CONTACT).say("到")
    with no_hang(20):
        assert [u.message.text for u in await waiting if u.message] == ["到"]


async def test_only_the_kinds_that_were_asked_for(bot: Bot, server: Server) -> None:
    await bot.get_updates(timeout=0, allowed_updates=["callback_query"])
    server.user(CONTACT).say("不要")
    assert await poll(bot) == []
    await bot.get_updates(timeout=0, allowed_updates=[])
    server.user(CONTACT).say("要")
    server.user(CONTACT).block()
    assert [bool(u.message) for u in await poll(bot)] == [True, False]


async def test_two_who_poll(bot: Bot, server: Server) -> None:
    first = asyncio.create_task(poll(bot, timeout=20))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(poll(bot, timeout=20))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first
    server.user(CONTACT).say("在")
    assert len(await second) == 1


async def test_a_webhook_keeps_pollers_away(bot: Bot, server: Server) -> None:
    server.user(CONTACT).say("等")
    await bot.set_webhook("https://duban.example/hook")
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == ("https://duban.example/hook", 1)
    with pytest.raises(Conflict, match="webhook is active"):
        await poll(bot)
    await bot.delete_webhook()
    assert len(await poll(bot)) == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert await poll(bot) == []


async def test_an_update_can_come_twice(bot: Bot, server: Server) -> None:
    for text in ("一", "二"):
        server.user(CONTACT).say(text)
    given = await poll(bot)
    assert await poll(bot, given[-1].update_id + 1) == []
    server.world.updates.redeliver(1)
    assert [u.update_id for u in await poll(bot, given[-1].update_id + 1)] == [given[-1].update_id]
    assert await poll(bot, given[-1].update_id + 1) == []


async def test_updates_out_of_order(bot: Bot, server: Server) -> None:
    for text in "0123456789":
        server.user(CONTACT).say(text)
    server.world.updates.disorder = Random(1)
    given = [u.message.text or "" for u in await poll(bot) if u.message]
    assert given != sorted(given) == list("0123456789")


async def test_a_group_hears_what_is_meant_for_the_bot(bot: Bot, server: Server) -> None:
    one, other = server.user(CONTACT), server.user(1002)
    group = server.group(-5001, "督办群", [one, other])
    sent = await bot.send_message(group, "本周情况")
    one.say("闲聊", group)
    one.say("/summary@duban_test_bot", group)
    other.say("@Duban_Test_Bot 汇总", group)
    other.say("收到", group, reply_to=sent.message_id)
    heard = [u.message.text for u in await poll(bot) if u.message]
    assert heard == ["/summary@duban_test_bot", "@Duban_Test_Bot 汇总", "收到"]
    assert other.received(group)[0].text == "本周情况"
    with pytest.raises(LookupError):
        server.user(1003).messages(group)


async def test_a_long_text_is_typed_in_pieces(bot: Bot, server: Server) -> None:
    server.user(CONTACT).say("长" * 10_000)
    assert [len(u.message.text or "") for u in await poll(bot) if u.message] == [4096, 4096, 1808]
