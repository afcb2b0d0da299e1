"""What comes in and cannot be handled, or not yet: set aside after three tries, or waited for."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from duban.ledger.tables import DraftRow, InboxRow
from duban_bot import receiver
from duban_bot.listener import AnotherPoller
from duban_bot.transports.base import InDoubt
from duban_bot.transports.telegram import TelegramTransport
from duban_bot.transports.telegram_updates import parse_update
from telegram_office import BOSS, JIA, Desk, desk

GROUP = -5001
PLAN = "某区2026年重点工作任务分工方案\n\n\t序号\n\t工作任务\n\t责任单位\n\n\t1\n\t办好一件实事。\n\t甲局\n"


@pytest_asyncio.fixture
async def here(_new_database: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    shutil.copy(_new_database, tmp_path / "duban.sqlite3")
    async with desk(tmp_path / "duban.sqlite3") as made:
        yield made


NO_MESSAGES = [  # bodies that no library and no reader of ours can make sense of
    {"message": {"text": 7}},
    {"message": {"chat": {"id": 1, "type": "private"}, "from": {}}},
    {"message": []},
    {"callback_query": {"id": "1"}},
    {"callback_query": "x"},
]


@pytest.mark.parametrize("body", NO_MESSAGES)
async def test_an_update_that_cannot_be_read_is_set_aside_and_told_once(
    here: Desk, body: dict[str, object]
) -> None:
    ((kind, content),) = body.items()
    here.server.world.updates.put(kind, content)
    here.user(JIA).say("/help")
    await here.settle()
    poison, other = here.rows(InboxRow)
    assert (poison.state, poison.tries, other.state) == ("set_aside", 3, "done")
    assert len(here.heard(JIA)) == 1, "the others are answered"
    (told,) = here.heard(BOSS)
    assert f"来信编号 {poison.id}" in told
    here.server.world.updates.redeliver(2)
    await here.settle(seconds=60)
    assert (len(here.heard(JIA)), len(here.heard(BOSS))) == (1, 1)


async def test_an_update_that_cannot_be_handled_is_set_aside_and_its_sender_told(
    here: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def handle(session: object, incoming: receiver.Incoming, *_: object) -> None:
        tries.append(incoming.text)
        raise RuntimeError

    monkeypatch.setattr(receiver.conversation, "handle", handle)
    here.user(JIA).say("第1项推进中")
    await here.settle()
    assert tries == ["第1项推进中"] * 3
    assert here.heard(JIA) == ["您刚才发来的内容没有处理成功，已原样留存并告知督办员，不用重发。"]
    assert len(here.heard(BOSS)) == 1
    (kept,) = here.rows(InboxRow)
    assert (kept.state, kept.body["message"]["text"]) == ("set_aside", "第1项推进中"), "word for word"


@pytest.mark.parametrize("what", [[], [{"update_id": "x"}], [7], {"a": 1}, None, 7])
async def test_updates_without_a_number_are_no_updates(
    here: Desk, monkeypatch: pytest.MonkeyPatch, what: object
) -> None:
    monkeypatch.setattr(here.server.world.updates, "get", lambda *_: what)
    if what == []:
        assert await here.transport.poll(None) == []
    else:
        with pytest.raises(InDoubt):
            await here.transport.poll(None)


async def test_a_file_is_asked_for_until_it_comes_and_is_known_by_its_hash(
    here: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "FIRST_REST", 0.0)
    here.server.faults.add("502", 5, methods={"getFile"})
    here.user(BOSS).send_document("plan.txt", PLAN.encode())
    for _ in range(6):
        await here.settle(seconds=1)
    (kept,) = here.rows(InboxRow)
    assert (kept.state, kept.tries) == ("done", 0)
    assert len(here.server.faults) == 0
    (draft,) = here.rows(DraftRow)
    assert draft.sha256 == hashlib.sha256(PLAN.encode()).hexdigest()
    here.user(BOSS).send_document("again.txt", PLAN.encode())
    await here.settle(seconds=1)
    assert [one.id for one in here.rows(DraftRow)] == [draft.id], "the same bytes are the same file"


async def test_others_are_answered_while_a_file_cannot_be_fetched(here: Desk) -> None:
    here.server.faults.add("reset-before", 100, methods={"getFile"})
    here.user(BOSS).send_document("plan.txt", PLAN.encode())
    here.user(JIA).say("/help")
    await here.settle()
    assert [one.state for one in here.rows(InboxRow)] == ["new", "done"]
    assert len(here.heard(JIA)) == 1


@pytest.mark.parametrize(("slow", "said"), [(0.0, 1), (1000.0, 0)])
async def test_a_file_that_takes_long_is_acknowledged_once(
    here: Desk, monkeypatch: pytest.MonkeyPatch, slow: float, said: int
) -> None:
    monkeypatch.setattr(receiver, "SLOW", slow)
    monkeypatch.setattr(receiver, "FIRST_REST", 0.0)
    here.server.faults.add("502", 2, methods={"getFile"})
    here.user(BOSS).send_document("plan.txt", PLAN.encode())
    for _ in range(4):
        await here.settle(seconds=1)
    told = here.heard(BOSS)
    assert sum("《plan.txt》" in text and "正在读" in text for text in told) == said
    assert len(told) == said + 1, "and what was read"


async def test_a_file_that_is_gone_is_told(here: Desk) -> None:
    here.user(BOSS).send_document("plan.txt", PLAN.encode())
    here.server.world.files.clear()
    await here.settle()
    assert [one.state for one in here.rows(InboxRow)] == ["set_aside"]
    assert any("没有处理成功" in text for text in here.heard(BOSS))


async def test_in_a_group_there_is_one_line_a_day_and_nothing_else(here: Desk) -> None:
    here.server.group(GROUP, "督办群", [here.user(JIA), here.user(BOSS)])
    here.user(JIA).say("/mine@duban_test_bot", GROUP)
    here.user(BOSS).say("/summary@duban_test_bot", GROUP)
    here.user(BOSS).send_document("plan.txt", PLAN.encode(), "@duban_test_bot", GROUP)
    here.server.world.files.clear()  # nobody asks for it
    await here.settle()
    assert len(here.heard(JIA, GROUP)) == 1
    assert "私聊" in here.heard(JIA, GROUP)[0]
    assert not here.heard(JIA)
    assert not here.rows(DraftRow)
    assert {one.state for one in here.rows(InboxRow)} == {"done"}


def test_a_channel_and_a_service_message_are_nothing_for_us() -> None:
    channel = {"message_id": 1, "chat": {"id": -1, "type": "channel"}, "from": {"id": 1}}
    assert parse_update({"message": channel}) is None
    assert parse_update({"message": channel | {"from": None}, "edited_message": {}}) is None
    assert parse_update({"my_chat_member": {}}) is None


async def test_of_two_on_one_token_the_one_that_came_last_stops(
    here: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = TelegramTransport(here.server.token, here.server.base_url, long_poll=20)
    second = TelegramTransport(here.server.token, here.server.base_url, long_poll=20)
    for transport in (first, second):
        await transport.start()
    here.user(JIA).say("/help")
    sleep = asyncio.sleep
    monkeypatch.setattr(receiver.asyncio, "sleep", lambda seconds: sleep(seconds / 20))
    running = asyncio.create_task(here.service.listener.listen(first))
    await here.server.wait(lambda: here.server.world.updates.confirmed > 700_000_000, 20)
    with pytest.raises(AnotherPoller) as caught:
        await asyncio.wait_for(here.service.listener.listen(second), 60)
    assert caught.value.exit_code == 3
    assert "同一令牌" in str(caught.value)
    assert not running.done(), "who was there first goes on"
    here.user(JIA).say("/help")
    await here.server.wait(lambda: here.server.world.updates.confirmed > 700_000_001, 20)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    for transport in (first, second):
        await transport.stop()
