"""A strict reader of RFC 5545 for the tests: what a calendar may refuse, it refuses."""

from __future__ import annotations

import re

LINE = re.compile(r"(?P<name>[A-Z-]+)(?P<parameters>(?:;[A-Z-]+=[A-Z0-9-]+)*):(?P<value>.*)", re.DOTALL)
ONCE = {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "DESCRIPTION", "TRANSP"}


def lines_of(body: bytes) -> list[str]:
    """Content lines, unfolded (§3.1)."""
    assert body.endswith(b"\r\n")
    assert not set(b"\r\n") & set(body.replace(b"\r\n", b"")), "every break is CRLF"
    lines: list[bytes] = []
    for line in body.removesuffix(b"\r\n").split(b"\r\n"):
        assert 0 < len(line) <= 75, line
        line.decode()  # no character is torn
        if line.startswith(b" "):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return [line.decode() for line in lines]


def text_of(value: str) -> str:
    """TEXT, unescaped (§3.3.11)."""
    assert re.fullmatch(r"(?:[^\\;,\x00-\x08\x0a-\x1f\x7f]|\\[\\;,nN])*", value), value
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def read(body: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """(the calendar's properties, each event's): names with parameters → values. Raises AssertionError."""
    calendar: dict[str, str] = {}
    events: list[dict[str, str]] = []
    within: list[str] = []
    for line in lines_of(body):
        match = LINE.fullmatch(line)
        assert match, line
        name, value = match["name"] + match["parameters"], match["value"]
        if name == "BEGIN":
            assert value == ("VEVENT" if within else "VCALENDAR")
            within.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert within.pop() == value
        else:
            target = events[-1] if within[-1] == "VEVENT" else calendar
            assert name not in target, f"{name} twice"
            is_text = match["name"] in {"SUMMARY", "DESCRIPTION", "X-WR-CALNAME", "PRODID"}
            target[name] = text_of(value) if is_text else value
    assert not within
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    assert events, "a calendar holds at least one component (§3.6)"
    for event in events:
        assert {name.partition(";")[0] for name in event} == ONCE
        assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"])
        assert re.fullmatch(r"\d{8}", event["DTSTART;VALUE=DATE"])
    assert len({event["UID"] for event in events}) == len(events)
    return calendar, events
