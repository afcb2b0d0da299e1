"""What the Bot API answers when it refuses (core.telegram.org/bots/api#making-requests)."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """One refusal: HTTP status and error_code, the description, and ResponseParameters if any."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON object of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = dict(self.parameters)
        return body


def bad(description: str) -> Refusal:
    """400, in Telegram's words."""
    return Refusal(400, f"Bad Request: {description}")


def moved(chat_id: int) -> Refusal:
    """400 with the number that a group has now."""
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    return Refusal(400, words, migrate_to_chat_id=chat_id)


def forbidden(description: str) -> Refusal:
    """403, in Telegram's words."""
    return Refusal(403, f"Forbidden: {description}")


def too_many(seconds: int) -> Refusal:
    """429 with the whole seconds to wait."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
