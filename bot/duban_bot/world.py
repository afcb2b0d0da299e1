"""What an answer may depend on besides the ledger: the moment, the settings, the words; handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from duban.deadlines.workdays import Calendar
from duban.settings import Settings
from duban_bot.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The outside, as one event sees it."""

    now: datetime  # aware, UTC
    zone: ZoneInfo
    settings: Settings
    calendar: Calendar
    words: Words
    link: Callable[[str], str]  # an invite's token -> the address that opens the chat with it
    file: bytes | None = None  # what a person sent

    @property
    def today(self) -> date:
        """The office's date."""
        return self.now.astimezone(self.zone).date()
