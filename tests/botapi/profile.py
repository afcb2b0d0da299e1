"""The methods about the bot itself and its chats: who it is, menus, descriptions, webhook, updates."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botapi.chats import Chat, World
from botapi.refusal import bad
from botapi.wire import Params

Json = dict[str, Any]
Method = Callable[["Profile", Params], Any]
Scope = tuple[str, int, int, str]  # type, chat, user, language

MAX_COMMANDS = 100
MAX_ABOUT = {"description": 512, "short_description": 120, "name": 64}
BUTTONS = frozenset({"default", "commands", "web_app"})
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_PLAIN_SCOPES = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})
_CHAT_SCOPES = frozenset({"chat", "chat_administrators"})


@dataclass
class Profile:
    """Each method takes a call's parameters under the world's lock and gives the answer's `result`."""

    world: World
    commands: dict[Scope, list[Json]] = field(default_factory=dict)
    about: dict[tuple[str, str], str] = field(default_factory=dict)  # (what, language) → words
    menu_button: Json = field(default_factory=lambda: {"type": "default"})

    def get_me(self, params: Params) -> Json:
        """getMe."""
        return self.world.bot | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def get_updates(self, params: Params) -> list[Json]:
        """getUpdates: the only method that waits, with the lock given back meanwhile."""
        limit = params.number("limit", 100)
        if not 1 <= limit <= 100:
            limit = 100
        allowed = params.json("allowed_updates")
        return self.world.updates.get(
            params.number("offset"),
            limit,
            params.number("timeout"),
            None if allowed is None else frozenset(allowed),
        )

    def set_webhook(self, params: Params) -> bool:
        """setWebhook: remembered with its secret; who hands the updates over is the test."""
        url = params.text("url")
        if url and not url.startswith("https://"):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        secret = params.text("secret_token")
        if not _SECRET.fullmatch(secret):
            raise bad("secret token contains unallowed characters")
        return self._webhook(url, params, secret)

    def delete_webhook(self, params: Params) -> bool:
        """deleteWebhook."""
        return self._webhook("", params)

    def get_webhook_info(self, params: Params) -> Json:
        """getWebhookInfo."""
        updates = self.world.updates
        return {
            "url": updates.webhook,
            "has_custom_certificate": False,
            "pending_update_count": updates.pending,
        }

    def set_commands(self, params: Params) -> bool:
        """setMyCommands."""
        commands = params.json("commands")
        if not isinstance(commands, list):
            raise bad("can't parse commands: Array of BotCommand expected")
        if len(commands) > MAX_COMMANDS:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not isinstance(command, dict):
                raise bad("can't parse BotCommand: expected an Object")
            if not _COMMAND.fullmatch(str(command.get("command", "")).removeprefix("/")):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(str(command.get("description", "")).strip()) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands[self._scope(params)] = commands
        return True

    def get_commands(self, params: Params) -> list[Json]:
        """getMyCommands: of exactly this scope and language."""
        return self.commands.get(self._scope(params), [])

    def delete_commands(self, params: Params) -> bool:
        """deleteMyCommands."""
        self.commands.pop(self._scope(params), None)
        return True

    def get_chat(self, params: Params) -> Json:
        """getChat: the ChatFullInfo object."""
        chat = self.world.chat(params.raw("chat_id"))
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
        return chat.json() | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), False),
        }

    def set_menu_button(self, params: Params) -> bool:
        """setChatMenuButton, for a chat or for all."""
        button = params.json("menu_button") or {"type": "default"}
        if not isinstance(button, dict) or button.get("type") not in BUTTONS:
            raise bad("MenuButton has unsupported type")
        chat = self._private(params)
        if chat is None:
            self.menu_button = button
        else:
            chat.menu_button = button
        return True

    def get_menu_button(self, params: Params) -> Json:
        """getChatMenuButton."""
        chat = self._private(params)
        return self.menu_button if chat is None else chat.menu_button

    def menu(self, chat_id: int, language: str = "zh") -> list[tuple[str, str]]:
        """(command, words) as that person's client shows them: the narrowest scope that has any
        (core.telegram.org/bots/api#determining-list-of-commands)."""
        chat = self.world.chats[chat_id]
        wide = "all_group_chats" if chat.group else "all_private_chats"
        for kind, where in (("chat", chat_id), (wide, 0), ("default", 0)):
            for said in (language, ""):
                if found := self.commands.get((kind, where, 0, said)):
                    return [(command["command"], command["description"]) for command in found]
        return []

    def _webhook(self, url: str, params: Params, secret: str = "") -> bool:
        self.world.updates.webhook, self.world.updates.secret = url, secret
        if params.flag("drop_pending_updates"):
            self.world.updates.drop()
        self.world.changed.notify_all()
        return True

    def _scope(self, params: Params) -> Scope:
        scope = params.json("scope") or {"type": "default"}
        kind, language = scope.get("type"), params.text("language_code")
        if kind in _PLAIN_SCOPES:
            return kind, 0, 0, language
        if kind in _CHAT_SCOPES:
            return kind, self.world.chat(scope.get("chat_id")).id, 0, language
        if kind == "chat_member":
            user = int(scope.get("user_id") or 0)
            return kind, self.world.chat(scope.get("chat_id")).id, user, language
        raise bad("BotCommandScope has unsupported type")

    def _private(self, params: Params) -> Chat | None:
        return None if params.raw("chat_id") is None else self.world.chat(params.raw("chat_id"))


def _setter(what: str) -> Method:
    def method(profile: Profile, params: Params) -> bool:
        said = params.text(what)
        if len(said) > MAX_ABOUT[what]:
            raise bad(f"{what} is too long")
        profile.about[what, params.text("language_code")] = said
        return True

    return method


def _getter(what: str) -> Method:
    def method(profile: Profile, params: Params) -> Json:
        return {what: profile.about.get((what, params.text("language_code")), "")}

    return method


METHODS: dict[str, Method] = {
    "getMe": Profile.get_me,
    "getUpdates": Profile.get_updates,
    "setWebhook": Profile.set_webhook,
    "deleteWebhook": Profile.delete_webhook,
    "getWebhookInfo": Profile.get_webhook_info,
    "setMyCommands": Profile.set_commands,
    "getMyCommands": Profile.get_commands,
    "deleteMyCommands": Profile.delete_commands,
    "getChat": Profile.get_chat,
    "setChatMenuButton": Profile.set_menu_button,
    "getChatMenuButton": Profile.get_menu_button,
    "setMyDescription": _setter("description"),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description"),
    "getMyShortDescription": _getter("short_description"),
    "setMyName": _setter("name"),
    "getMyName": _getter("name"),
}
