"""How much of a file is read: beyond this it is no task table, and memory would pay for it."""

from __future__ import annotations

from dataclasses import dataclass

from duban.reading.errors import TooMuch

ROWS = 20_000  # filled rows in a table
COLUMNS = 200  # filled columns in a table
SLOTS = 2_000_000  # in all tables of a file
CHARACTERS = 5_000_000  # in all of a file
TAGS = 4_000_000  # in one XML or HTML text: a tree of them takes about 100 bytes each


@dataclass(slots=True)
class Budget:
    """What a reader has spent on one file. Each call raises TooMuch instead of spending beyond the limit."""

    characters: int = 0
    slots: int = 0

    def text(self, text: str) -> str:
        """Count characters that are kept; gives them back."""
        self.characters += len(text)
        check(self.characters, CHARACTERS, "字")
        return text

    def room(self, slots: int) -> None:
        """Whether so many more slots may be filled."""
        check(self.slots + slots, SLOTS, "格")

    def take(self, slots: int) -> None:
        """Count slots that are about to be filled."""
        self.slots += slots
        self.room(0)


def check(count: int, limit: int, what: str) -> None:
    """Raises TooMuch where `count` is beyond the limit. `what` is the measure word: 行, 列, 格, 字."""
    if count > limit:
        raise TooMuch(count=count, what=what, limit=limit)
