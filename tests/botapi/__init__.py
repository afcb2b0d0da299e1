"""A strict Bot API (core.telegram.org/bots/api) over real HTTP on loopback, for tests."""

from botapi.people import Seen, User
from botapi.refusal import Refusal
from botapi.server import TOKEN, Server

__all__ = ["TOKEN", "Refusal", "Seen", "Server", "User"]
