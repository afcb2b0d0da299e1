"""A calendar as iCalendar (RFC 5545): all-day events, no METHOD, so that it is a file and no invitation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from duban.exports.calendar import Entry
from duban.exports.texts import printable

_WIDTH = 75  # octets of a line, without its break (§3.1)
_ESCAPED = re.compile(r"[\\;,\n]")  # §3.3.11


def written(entries: Iterable[Entry], *, name: str, product: str, now: datetime) -> bytes:
    """The calendar. `now`: aware, when it was written."""
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_text(product)}//ZH",
        f"X-WR-CALNAME:{_text(name)}",
    ]
    for entry in entries:
        lines += _event(entry, stamp)
    lines.append("END:VCALENDAR")
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line))


def _event(entry: Entry, stamp: str) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}",
        f"SUMMARY:{_text(entry.title)}",
        f"DESCRIPTION:{_text(entry.text)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _text(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\\n" if found[0] == "\n" else "\\" + found[0], printable(text))


def _folded(line: str) -> Iterator[bytes]:
    """A line in parts of at most 75 octets, each after the first begun with a blank; no character is torn."""
    part = b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > _WIDTH:
            yield part
            part = b" "
        part += octets
    yield part
