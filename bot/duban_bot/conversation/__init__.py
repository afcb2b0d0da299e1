"""One conversation, whatever the chat: tables of commands and buttons, each with whom it is for."""

from duban_bot.conversation.imports import foresee
from duban_bot.conversation.router import handle, menu

__all__ = ["foresee", "handle", "menu"]
