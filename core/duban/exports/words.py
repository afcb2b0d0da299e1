"""The words of the exports: templates/documents, and the single words that every part shares."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

from duban import resources

Words = Mapping[str, Mapping[str, str]]  # section → key → word
_FILES = ("chat/words.toml", "documents/ledger.toml", "documents/calendar.toml")


@cache
def shipped() -> Words:
    """All of them."""
    found: dict[str, Mapping[str, str]] = {}
    for name in _FILES:
        found |= tomllib.loads((resources.templates() / name).read_text(encoding="utf-8"))
    return found
