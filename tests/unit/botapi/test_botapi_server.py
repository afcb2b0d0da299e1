"""The strict server, driven by the real library over HTTP: every method, what a person sees of it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    MenuButtonCommands,
    ReplyParameters,
    Update,
)

from botapi import Server

CONTACT = 1001
DATE = 1_532_052_000


def keyboard(*rows: dict[str, str]) -> InlineKeyboardMarkup:
    """Rows of label → data."""
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=data) for label, data in row.items()] for row in rows]
    )


async def poll(bot: Bot, offset: int | None = None, **said: float) -> list[Update]:
    return list(await bot.get_updates(offset=offset, **({"timeout": 0} | said)))  # type: ignore[arg-type]


async def test_who_the_bot_is(bot: Bot, server: Server) -> None:
    assert (await bot.get_me()).username == "duban_test_bot"
    assert server.accepted == []  # asking is not logged


async def test_start_with_a_payload_opens_the_chat(bot: Bot, server: Server) -> None:
    message_id = server.user(CONTACT, "甲").start("abc_123-XYZ")
    (update,) = await poll(bot)
    message = update.message
    assert message is not None
    assert message.from_user is not None
    assert (message.text, message.message_id) == ("/start abc_123-XYZ", message_id)
    assert (message.chat.id, message.chat.type, message.from_user.is_bot) == (CONTACT, "private", False)
    assert message.from_user.first_name == "甲"
    assert [(e.type, e.offset, e.length) for e in message.entities] == [("bot_command", 0, 6)]
    assert message.date.timestamp() == DATE  # whole seconds, from the clock that was handed in


@pytest.mark.parametrize("payload", ["a b", "x" * 65, "中", "a=b"])
def test_a_link_cannot_carry_this(server: Server, payload: str) -> None:
    with pytest.raises(ValueError, match="64"):
        server.user(CONTACT).start(payload)


async def test_send_and_see(bot: Bot, server: Server) -> None:
    user = server.user(CONTACT)
    user.start()
    sent = await bot.send_message(
        CONTACT,
        "第<b>5</b>项 &lt;急&gt;",
        parse_mode="HTML",
        reply_markup=keyboard({"签收": "r:1", "完成": "d:1"}),
    )
    (seen,) = user.received()
    assert (seen.message_id, seen.text, seen.labels) == (sent.message_id, "第5项 <急>", ["签收", "完成"])
    assert seen.buttons[0][1] == {"text": "完成", "callback_data": "d:1"}
    assert [e.type for e in sent.entities] == ["bold"]
    assert not seen.edited
    (entry,) = server.accepted
    assert (entry["method"], entry["chat_id"], entry["text"]) == ("sendMessage", CONTACT, "第5项 <急>")
    assert entry["html"] == "第<b>5</b>项 &lt;急&gt;"
    assert (entry["at"], entry["message_id"]) == (DATE + 0.75, sent.message_id)


async def test_a_reply_points_to_its_message(bot: Bot, server: Server) -> None:
    asked = server.user(CONTACT).say("问")
    sent = await bot.send_message(CONTACT, "答", reply_parameters=ReplyParameters(asked))
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "问"


async def test_press_edit_answer(bot: Bot, server: Server) -> None:
    user = server.user(CONTACT)
    user.start()
    sent = await bot.send_message(CONTACT, "请签收", reply_markup=keyboard({"签收": "r:1"}))
    await poll(bot)
    query_id = user.press(sent.message_id, "签收")
    query = (await poll(bot))[-1].callback_query
    assert query is not None
    assert query.message is not None
    assert (query.id, query.data, query.from_user.id) == (query_id, "r:1", CONTACT)
    assert (query.message.message_id, query.message.chat.id) == (sent.message_id, CONTACT)
    assert query.chat_instance
    assert user.answer(query_id) is None
    await bot.answer_callback_query(query_id, text="已签收")
    assert user.answer(query_id) == "已签收"
    edited = await bot.edit_message_text("已签收", CONTACT, sent.message_id)
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    (seen,) = user.received()
    assert (seen.text, seen.labels, seen.edited) == ("已签收", [], True)  # the keyboard was not sent again
    with pytest.raises(LookupError, match="has no button '签收'"):
        user.press(sent.message_id, "签收")
    user.forge(sent.message_id, "r:1")
    assert [u.callback_query.data for u in (await poll(bot))[-1:] if u.callback_query] == ["r:1"]


async def test_a_button_is_named_by_its_data_too(bot: Bot, server: Server) -> None:
    user = server.user(CONTACT)
    user.start()
    sent = await bot.send_message(CONTACT, "两个", reply_markup=keyboard({"甲": "a"}, {"乙": "b"}))
    user.press(sent.message_id, "b")
    assert [u.callback_query.data for u in await poll(bot) if u.callback_query] == ["b"]


async def test_a_new_keyboard_alone(bot: Bot, server: Server) -> None:
    user = server.user(CONTACT)
    user.start()
    sent = await bot.send_message(CONTACT, "<b>问</b>", parse_mode="HTML", reply_markup=keyboard({"甲": "a"}))
    await bot.edit_message_reply_markup(CONTACT, sent.message_id, reply_markup=keyboard({"乙": "b"}))
    (seen,) = user.received()
    assert (seen.text, seen.labels, len(seen.entities)) == ("问", ["乙"], 1)
    await bot.edit_message_reply_markup(CONTACT, sent.message_id)
    assert user.received()[0].labels == []


async def test_a_deleted_message_is_gone(bot: Bot, server: Server) -> None:
    user = server.user(CONTACT)
    user.start()
    sent = await bot.send_message(CONTACT, "误发")
    assert await bot.delete_message(CONTACT, sent.message_id)
    assert user.received() == []


async def test_a_document_goes_out_and_can_be_sent_again(bot: Bot, server: Server) -> None:
    user = server.user(CONTACT)
    user.start()
    body = b"PK\r\n--x\r\n\x00\xff" * 1000
    sent = await bot.send_document(
        CONTACT,
        InputFile(body, filename="台账 7月.xlsx"),
        caption="<b>台账</b>",
        parse_mode="HTML",
        reply_markup=keyboard({"收到": "ok"}),
    )
    (seen,) = user.received()
    assert seen.document is not None
    assert (seen.text, seen.labels, seen.document["file_name"]) == ("台账", ["收到"], "台账 7月.xlsx")
    assert user.download(seen) == body
    assert sent.document is not None
    await bot.send_document(CONTACT, sent.document.file_id)
    assert user.download(user.received()[1]) == body
    assert [entry["document"] for entry in server.accepted] == ["台账 7月.xlsx"] * 2


async def test_a_document_comes_in(bot: Bot, server: Server) -> None:
    body = bytes(range(256)) * 50
    server.user(CONTACT).send_document("分工方案.docx", body, caption="请导入")
    (update,) = await poll(bot)
    message = update.message
    assert message is not None
    assert message.document is not None
    assert (message.document.file_name, message.caption) == ("分工方案.docx", "请导入")
    assert message.document.file_size == len(body)
    file = await bot.get_file(message.document.file_id)
    assert bytes(await file.download_as_bytearray()) == body


async def test_the_menu_of_each(bot: Bot, server: Server) -> None:
    for user_id in (CONTACT, 1002):
        server.user(user_id).start()
    await bot.set_my_commands([BotCommand("help", "帮助")])
    await bot.set_my_commands([BotCommand("mine", "我的事项")], scope=BotCommandScopeAllPrivateChats())
    await bot.set_my_commands([BotCommand("plans", "方案")], scope=BotCommandScopeChat(1002))
    assert server.profile.menu(CONTACT) == [("mine", "我的事项")]
    assert server.profile.menu(1002) == [("plans", "方案")]
    assert [c.command for c in await bot.get_my_commands()] == ["help"]
    assert [c.command for c in await bot.get_my_commands(scope=BotCommandScopeChat(1002))] == ["plans"]
    await bot.delete_my_commands(scope=BotCommandScopeChat(1002))
    assert server.profile.menu(1002) == [("mine", "我的事项")]


async def test_what_the_bot_says_of_itself(bot: Bot, server: Server) -> None:
    server.user(CONTACT, "甲").start()
    await bot.set_my_description("督办机器人")
    await bot.set_my_short_description("督办")
    await bot.set_my_name("督办")
    assert (await bot.get_my_description()).description == "督办机器人"
    assert (await bot.get_my_short_description()).short_description == "督办"
    assert (await bot.get_my_name()).name == "督办"
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (await bot.get_chat_menu_button()).type == "commands"
    assert (await bot.get_chat_menu_button(CONTACT)).type == "default"
    chat = await bot.get_chat(CONTACT)
    assert (chat.id, chat.first_name) == (CONTACT, "甲")
    await bot.send_chat_action(CONTACT, "typing")
    assert server.user(CONTACT).actions() == ["typing"]


async def test_waiting_for_something_to_be_seen(bot: Bot, server: Server) -> None:
    user = server.user(CONTACT)
    user.start()
    waiting = asyncio.create_task(server.wait(user.received))
    await asyncio.sleep(0.05)
    await bot.send_message(CONTACT, "来了")
    assert [seen.text for seen in await waiting] == ["来了"]
    with pytest.raises(TimeoutError, match="来了"):
        server.wait_for(lambda: len(user.received()) > 1, timeout=0.1)


def test_another_process_can_play_the_person(server: Server) -> None:
    with httpx.Client(base_url=server.url) as http:

        def act(name: str, **said: object) -> object:
            return http.post(f"/test/{name}", json=said).json()["result"]

        act("user", id=CONTACT, first_name="甲")
        act("start", id=CONTACT, payload="t0ken")
        call = {"chat_id": CONTACT, "text": "问", "reply_markup": {"inline_keyboard": []}}
        call["reply_markup"] = {"inline_keyboard": [[{"text": "好", "callback_data": "ok"}]]}
        sent = http.post(f"/bot{server.token}/sendMessage", json=call).json()["result"]
        query = act("press", id=CONTACT, message_id=sent["message_id"], button="好")
        assert act("answer", id=CONTACT, query_id=query) is None
        seen = act("messages", id=CONTACT)
        assert isinstance(seen, list)
        assert [(m["text"], m["from_bot"]) for m in seen] == [("/start t0ken", False), ("问", True)]
        assert [entry["text"] for entry in act("accepted") or []] == ["问"]  # type: ignore[attr-defined]
        assert act("pending") == 2
        assert act("fault", kind="500", times=3) == 3
        wrong = http.post("/test/press", json={"id": CONTACT, "message_id": 99, "button": "x"})
        assert (wrong.status_code, "has no button" in wrong.json()["error"]) == (400, True)
        assert http.post("/test/nothing", json={}).status_code == 400


def test_the_log_outlives_the_server(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    for text in ("一", "二"):
        with Server(log=log) as server:
            server.user(CONTACT).start()
            ask = {"chat_id": str(CONTACT), "text": text}
            assert httpx.post(f"{server.base_url}{server.token}/sendMessage", data=ask).status_code == 200
    written = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [(entry["chat_id"], entry["text"]) for entry in written] == [(CONTACT, "一"), (CONTACT, "二")]
