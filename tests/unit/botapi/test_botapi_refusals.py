"""What the strict server refuses, and how a network fails, as the real library sees it."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from telegram import Bot, BotCommand, BotCommandScopeChat, InputFile
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
)

from botapi import Server

CONTACT = 1001
STRANGER = 1009
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def bad_request(words: str) -> pytest.RaisesExc[BadRequest]:
    """The library writes the first letter large."""
    return pytest.raises(BadRequest, match=re.compile(re.escape(words), re.IGNORECASE))


def button(**said: Any) -> str:
    """A keyboard with one button, as it goes over the wire."""
    return json.dumps({"inline_keyboard": [[said]]})


def call(server: Server, method: str, **said: Any) -> tuple[int, str]:
    """(error_code, description) of a call that the library itself would not let through; (0, "")."""
    got = httpx.post(f"{server.base_url}{server.token}/{method}", data=said)
    body = got.json()
    if body["ok"]:
        return 0, ""
    assert body["error_code"] == got.status_code
    return body["error_code"], body["description"]


@pytest.mark.parametrize(
    ("token", "status", "said"),
    [
        ("4242424242:AAE-another-token-of-the-right-form-x", 401, "Unauthorized"),
        ("nonsense", 404, "Not Found"),
        ("4242424242:short", 404, "Not Found"),
    ],
)
def test_a_bad_token(server: Server, token: str, status: int, said: str) -> None:
    for path in (f"/bot{token}/getMe", f"/file/bot{token}/documents/x.bin"):
        got = httpx.get(server.url + path)
        assert (got.status_code, got.json()) == (
            status,
            {"ok": False, "error_code": status, "description": said},
        )


async def test_a_bad_token_as_the_library_says_it(server: Server) -> None:
    bot = Bot(server.token[:-1] + "y", base_url=server.base_url)
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()


def test_an_unknown_method(server: Server) -> None:
    assert call(server, "sendMesage") == (404, "Not Found: method not found")
    assert call(server, "SENDmessage")[0] == 400  # names are not case-sensitive


@pytest.mark.parametrize(
    ("said", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "字" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "<b>a", "parse_mode": "HTML"}, "can't parse entities: Can't find end tag"),
        ({"text": "1 < 2", "parse_mode": "html"}, "can't parse entities: Unsupported start tag"),
        ({"text": "a", "parse_mode": "Wiki"}, "unsupported parse_mode"),
        ({"text": "a", "chat_id": ""}, "chat_id is empty"),
        ({"text": "a", "chat_id": "77"}, "chat not found"),
        ({"text": "a", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "a", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"text": "a", "reply_markup": "[]"}, "object expected as reply markup"),
        ({"text": "a", "reply_markup": '{"other": 1}'}, "can't parse reply keyboard markup JSON object"),
        ({"text": "a", "reply_markup": '{"inline_keyboard": {}}'}, 'field "inline_keyboard" of the'),
        ({"text": "a", "reply_markup": '{"inline_keyboard": [{}]}'}, 'field "inline_keyboard" of the'),
        ({"text": "a", "reply_markup": '{"inline_keyboard": [[1]]}'}, "can't parse inline keyboard button"),
        ({"text": "a", "reply_markup": button(callback_data="x")}, "can't parse inline keyboard button"),
        ({"text": "a", "reply_markup": button(text=" ", callback_data="x")}, "inline keyboard button text"),
        ({"text": "a", "reply_markup": button(text="x")}, "can't parse inline keyboard button: Text buttons"),
        ({"text": "a", "reply_markup": button(text="x", callback_data="")}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": button(text="x", callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": button(text="x", callback_data="字" * 22)}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": button(text="x", callback_data=5)}, "can't parse inline keyboard"),
        ({"text": "a", "reply_markup": button(text="x", url="无")}, "inline keyboard button URL '无'"),
        (
            {"text": "a", "reply_markup": button(text="x", url="https://a.cn/", callback_data="x")},
            "can't parse inline keyboard button",
        ),
        (
            {"text": "a", "reply_markup": json.dumps({"inline_keyboard": [[{}] * 101]})},
            "REPLY_MARKUP_TOO_LONG",
        ),
        ({"text": "a", "reply_parameters": '{"message_id": 99}'}, "message to be replied not found"),
        ({"text": "a", "reply_parameters": "{"}, "can't parse reply_parameters JSON object"),
    ],
)
def test_a_send_that_is_refused(server: Server, said: dict[str, str], description: str) -> None:
    server.user(CONTACT).start()
    code, words = call(server, "sendMessage", **({"chat_id": str(CONTACT)} | said))
    assert code == 400
    assert words.startswith(f"Bad Request: {description}")
    assert server.accepted == []
    assert server.user(CONTACT).received() == []
    assert server.refused[0]["description"] == words


@pytest.mark.parametrize(
    "said",
    [
        {"text": "字" * 4096},
        {"text": "😀" * 2048},
        {"text": f"<b>{'&lt;' * 4096}</b>", "parse_mode": "HTML"},
        {"text": f"{'字' * 4096}\n\n"},
        {"text": "<b>as it stands"},
        {"text": "a", "reply_markup": button(text="x", callback_data="字" * 21 + "a")},
        {"text": "a", "reply_markup": button(text="x", url="https://a.cn/")},
        {"text": "a", "reply_markup": '{"inline_keyboard": []}'},
        {"text": "a", "reply_markup": '{"keyboard": [["好", {"text": "不"}]]}'},
        {"text": "a", "reply_markup": '{"remove_keyboard": true}'},
        {"text": "a", "reply_parameters": '{"message_id": 99, "allow_sending_without_reply": true}'},
    ],
)
def test_a_send_just_within_bounds(server: Server, said: dict[str, str]) -> None:
    server.user(CONTACT).start()
    assert call(server, "sendMessage", chat_id=str(CONTACT), **said) == (0, "")


async def test_who_cannot_be_written_to(bot: Bot, server: Server) -> None:
    user = server.user(CONTACT)
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(CONTACT, "早")
    user.start()
    sent = await bot.send_message(CONTACT, "早")
    user.block()
    for attempt in (
        bot.send_message(CONTACT, "在吗"),
        bot.send_document(CONTACT, InputFile(b"x", filename="x.txt")),
        bot.edit_message_text("改", CONTACT, sent.message_id),
        bot.send_chat_action(CONTACT, "typing"),
    ):
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await attempt
    with pytest.raises(ValueError, match="start it again"):
        user.say("在")
    user.start()
    await bot.send_message(CONTACT, "回来了")
    server.refuse(CONTACT, "user is deactivated")
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(CONTACT, "在吗")
    standings = [u.my_chat_member for u in await bot.get_updates(timeout=0) if u.my_chat_member]
    assert [change.new_chat_member.status for change in standings] == ["kicked", "member"]


async def test_edits_that_are_refused(bot: Bot, server: Server) -> None:
    user = server.user(CONTACT)
    theirs = user.start()
    sent = await bot.send_message(CONTACT, "<b>问</b>", parse_mode="HTML")
    file = await bot.send_document(CONTACT, InputFile(b"x", filename="x.txt"), caption="附件")
    edits: list[tuple[Any, str]] = [
        (bot.edit_message_text("改", CONTACT, 999), "Message to edit not found"),
        (bot.edit_message_text("改", CONTACT, theirs), "Message can't be edited"),
        (bot.edit_message_text("<b>问</b>", CONTACT, sent.message_id, parse_mode="HTML"), "is not modified"),
        (bot.edit_message_reply_markup(CONTACT, sent.message_id), "Message is not modified"),
        (bot.edit_message_text("改", CONTACT, file.message_id), "There is no text in the message to edit"),
        (bot.edit_message_text("<b>", CONTACT, sent.message_id, parse_mode="HTML"), "Can't parse entities"),
        (bot.edit_message_text("x" * 4097, CONTACT, sent.message_id), "Message is too long"),
        (bot.edit_message_text(" ", CONTACT, sent.message_id), "Message text is empty"),
        (bot.edit_message_text("改", 77, sent.message_id), "Chat not found"),
        (bot.delete_message(CONTACT, 999), "Message to delete not found"),
    ]
    for attempt, words in edits:
        with bad_request(words):
            await attempt
    await bot.edit_message_text("问", CONTACT, sent.message_id)  # less markup is a change
    said = {"chat_id": CONTACT, "message_id": sent.message_id, "reply_markup": '{"force_reply": true}'}
    assert call(server, "editMessageText", text="改", **said)[1] == "Bad Request: inline keyboard expected"


async def test_what_is_too_old_to_be_deleted() -> None:
    now = [0.0]
    with Server(clock=lambda: now[0]) as server:
        message_id = server.user(CONTACT).say("旧")
        now[0] += 48 * 3600 + 1
        said = {"chat_id": CONTACT, "message_id": message_id}
        assert call(server, "deleteMessage", **said) == (
            400,
            "Bad Request: message can't be deleted for everyone",
        )


async def test_answers_that_are_refused(bot: Bot, server: Server) -> None:
    user = server.user(CONTACT)
    user.start()
    sent = await bot.send_message(CONTACT, "问")
    query_id = user.forge(sent.message_id, "x")
    with bad_request("MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(query_id, text="字" * 201)
    await bot.answer_callback_query(query_id)
    for wrong in (query_id, "12345"):
        with bad_request(TOO_OLD):
            await bot.answer_callback_query(wrong)
    server.world.press_seconds = 0.0
    late = user.forge(sent.message_id, "x")
    with bad_request(TOO_OLD):
        await bot.answer_callback_query(late)


def test_a_file_that_is_not_there(server: Server) -> None:
    assert httpx.get(f"{server.base_file_url}{server.token}/documents/none.bin").status_code == 404


async def test_files_that_are_refused(bot: Bot, server: Server) -> None:
    user = server.user(CONTACT)
    user.start()
    with bad_request("file must be non-empty"):
        await bot.send_document(CONTACT, InputFile(b"", filename="x.txt"))
    with bad_request("message caption is too long"):
        await bot.send_document(CONTACT, InputFile(b"x", filename="x.txt"), caption="字" * 1025)
    with bad_request("wrong remote file identifier"):
        await bot.send_document(CONTACT, "no-such-file")
    assert (
        call(server, "sendDocument", chat_id=CONTACT)[1] == "Bad Request: there is no document in the request"
    )
    assert server.world.files == {}
    with bad_request("invalid file_id"):
        await bot.get_file("no-such-file")
    user.send_document("大.docx", b"x" * (20 * 2**20 + 1))
    with bad_request("file is too big"):
        await bot.get_file(next(iter(server.world.files)))


@pytest.mark.parametrize(
    ("method", "said", "description"),
    [
        ("setMyCommands", {"commands": '[{"command": "汇总", "description": "x"}]'}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": '[{"command": "Mine", "description": "x"}]'}, "BOT_COMMAND_INVALID"),
        (
            "setMyCommands",
            {"commands": '[{"command": "mine", "description": ""}]'},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        ("setMyCommands", {"commands": json.dumps([{}] * 101)}, "BOT_COMMANDS_TOO_MUCH"),
        ("setMyCommands", {}, "can't parse commands: Array of BotCommand expected"),
        ("setMyCommands", {"commands": "[1]"}, "can't parse BotCommand: expected an Object"),
        ("getMyCommands", {"scope": '{"type": "moon"}'}, "BotCommandScope has unsupported type"),
        ("setChatMenuButton", {"menu_button": '{"type": "moon"}'}, "MenuButton has unsupported type"),
        ("setMyDescription", {"description": "x" * 513}, "description is too long"),
        ("setWebhook", {"url": "http://a.cn/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ("sendChatAction", {"chat_id": "1001", "action": "dance"}, "wrong parameter action in request"),
        ("getChat", {"chat_id": "77"}, "chat not found"),
        ("getUpdates", {"offset": "x"}, "invalid offset specified"),
    ],
)
def test_other_calls_that_are_refused(
    server: Server, method: str, said: dict[str, str], description: str
) -> None:
    server.user(CONTACT).start()
    assert call(server, method, **said) == (400, f"Bad Request: {description}")


async def test_a_menu_for_a_chat_that_is_not_there(bot: Bot) -> None:
    with bad_request("chat not found"):
        await bot.set_my_commands([BotCommand("mine", "我的")], scope=BotCommandScopeChat(STRANGER))
