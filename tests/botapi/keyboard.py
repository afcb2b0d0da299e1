"""Reply markups: what Telegram takes (core.telegram.org/bots/api#inlinekeyboardmarkup)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from botapi.refusal import bad

Json = dict[str, Any]

MAX_DATA = 64  # bytes of callback_data
MAX_BUTTONS = 100
ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
FLAGS = {"keyboard": list, "remove_keyboard": bool, "force_reply": bool}
_URL = re.compile(r"(?:https?://[^\s/.]+\.[^\s/]|tg://)\S*", re.IGNORECASE)


def parse(raw: Any, *, inline_only: bool = False) -> Json | None:
    """A reply_markup as it was sent → the object that a message carries, or None. Raises Refusal 400."""
    if raw in (None, ""):
        return None
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            raise bad("can't parse reply keyboard markup JSON object") from None
    if not isinstance(raw, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in raw:
        rows = _rows(raw["inline_keyboard"], "inline_keyboard")
        kept = [[_button(button) for button in row] for row in rows if row]
        return {"inline_keyboard": kept} if kept else None
    if inline_only:
        raise bad("inline keyboard expected")
    name = next((name for name in FLAGS if name in raw), None)
    if name is None or not isinstance(raw[name], FLAGS[name]):
        raise bad("can't parse reply keyboard markup JSON object")
    if name == "keyboard":
        for row in _rows(raw["keyboard"], "keyboard"):
            for button in row:
                _label(button if isinstance(button, dict) else {"text": button}, "keyboard")
    return None  # a reply keyboard belongs to the client: the message does not carry it


def buttons(message: Json) -> Iterator[Json]:
    """The inline buttons that a message carries."""
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        yield from row


def _rows(rows: Any, field: str) -> list[list[Any]]:
    if not isinstance(rows, list):
        raise bad(f'field "{field}" of the ReplyMarkup must be an Array of Arrays')
    if not all(isinstance(row, list) for row in rows):
        raise bad(f'field "{field}" of the ReplyMarkup must be an Array of Arrays of buttons')
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise bad("REPLY_MARKUP_TOO_LONG")
    return rows


def _label(button: Any, kind: str) -> str:
    if not isinstance(button, dict):
        raise bad(f"can't parse {kind} button: InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad(f'can\'t parse {kind} button: Field "text" must be of type String')
    if not text.strip():
        raise bad(f"{kind} button text must be non-empty")
    return text.strip()


def _button(button: Any) -> Json:
    label = _label(button, "inline keyboard")
    acts = [name for name in ACTIONS if name in button]
    if len(acts) != 1:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    act, value = acts[0], button[acts[0]]
    if act == "callback_data":
        if not isinstance(value, str):
            raise bad('can\'t parse inline keyboard button: Field "callback_data" must be of type String')
        if not 1 <= len(value.encode()) <= MAX_DATA:
            raise bad("BUTTON_DATA_INVALID")
    elif act == "url" and not (isinstance(value, str) and _URL.match(value)):
        raise bad(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    return {"text": label, act: value}
