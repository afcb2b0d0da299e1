"""Dates and times in cells: a serial number of days, written with the parts that its format shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_WEEK = "一二三四五六日"
_DAY = 86_400  # seconds
_LAST = 2_958_466  # the serial after 9999-12-31
_LEAP = 60  # 1900-02-29, which never was; serials before it are a day off
_NOON = 12
_BY_NAME = 3  # letters from which on a month or a day of the week is named


@dataclass(frozen=True, slots=True)
class Moment:
    """A serial number taken apart: the day, the seconds into it, and all seconds since serial 0."""

    day: date
    seconds: int
    elapsed: int

    @classmethod
    def of(cls, serial: float, *, since_1904: bool) -> Moment | None:
        """Days since 1899-12-30, or since 1904-01-01; rounded to seconds. None beyond 0 … 9999-12-31."""
        if not 0 <= serial < _LAST:
            return None
        elapsed = round(serial * _DAY)
        days, seconds = divmod(elapsed, _DAY)
        start = date(1904, 1, 1) if since_1904 else date(1899, 12, 30 if days >= _LEAP else 31)
        try:
            return cls(start + timedelta(days=days), seconds, elapsed)
        except OverflowError:
            return None


def write(tokens: Sequence[tuple[str, str]], moment: Moment) -> str:
    """The moment by its format's tokens: as they stand where there is Chinese among them, else in our way."""
    parts = _parts(tokens)
    if any(kind in ("word", "half") and _CHINESE.search(word) for kind, word in tokens):
        halves = any(kind == "half" for kind, _ in tokens)
        parts = parts if moment.seconds else _without_midnight(parts)
        return "".join(_written(part, moment, halves=halves) for part in parts).strip()
    return _ours(parts, moment)


def _parts(tokens: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Tokens with m told apart: a minute after an hour or before a second, else a month."""
    parts = list(tokens)
    timed = [i for i, (kind, _) in enumerate(parts) if kind in ("moment", "elapsed")]
    for at, i in enumerate(timed):
        kind, word = parts[i]
        before = parts[timed[at - 1]][1][0] if at else ""
        after = parts[timed[at + 1]][1][0] if at + 1 < len(timed) else ""
        if kind == "moment" and word[0] == "m" and len(word) < _BY_NAME and (before == "h" or after == "s"):
            parts[i] = ("minute", word)
    return parts


def _without_midnight(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """2026年6月30日 0:00 without its time, where nothing in Chinese follows."""
    kinds = [word[0] if kind == "moment" else kind for kind, word in parts]
    if "h" not in kinds or not {"d", "m"} & set(kinds[: kinds.index("h")]):
        return parts
    at = kinds.index("h")
    return parts if any(_CHINESE.search(word) for _, word in parts[at:]) else parts[:at]


def _written(part: tuple[str, str], moment: Moment, *, halves: bool) -> str:  # noqa: PLR0911 - one part a line
    kind, word = part
    if kind == "word":
        return word
    if kind == "half":
        return "上午" if moment.seconds < _NOON * 3600 else "下午"
    if kind == "elapsed":
        return str(moment.elapsed // {"h": 3600, "m": 60, "s": 1}[word[0]]).zfill(len(word))
    if kind == "minute":
        return str(moment.seconds // 60 % 60).zfill(len(word))
    if kind != "moment":
        return ""
    day, hour = moment.day, moment.seconds // 3600
    if word[0] in "ye":
        return str(day.year)
    if word[0] == "a" or (word[0] == "d" and len(word) >= _BY_NAME):
        return _WEEK[day.weekday()] if word == "aaa" else f"星期{_WEEK[day.weekday()]}"
    if word[0] == "s":
        return str(moment.seconds % 60).zfill(min(len(word), 2))
    if word[0] == "h":
        return str((hour - 1) % _NOON + 1 if halves else hour).zfill(min(len(word), 2))
    return str({"m": day.month, "d": day.day}[word[0]]).zfill(len(word) if len(word) < _BY_NAME else 1)


def _ours(parts: Sequence[tuple[str, str]], moment: Moment) -> str:
    """2026年6月30日 17:30 with the parts that are shown. Midnight is not said: the cell holds a day."""
    shows = {word[0] if kind == "moment" else kind for kind, word in parts if kind != "word"}
    weekday = any(kind == "moment" and word[0] in "ad" and len(word) >= _BY_NAME for kind, word in parts)
    dated = any(kind == "moment" and word[0] == "d" and len(word) < _BY_NAME for kind, word in parts)
    day = f"{moment.day.year}年" if shows & {"y", "e"} else ""
    day += f"{moment.day.month}月" if "m" in shows else ""
    day += f"{moment.day.day}日" if dated else ""
    day += f"{'（' if day else ''}星期{_WEEK[moment.day.weekday()]}{'）' if day else ''}" if weekday else ""
    if not shows & {"h", "s", "minute", "elapsed"} or (day and not moment.seconds):
        return day
    hours = moment.elapsed // 3600 if "elapsed" in shows else moment.seconds // 3600
    time = f"{hours}:{moment.seconds // 60 % 60:02}" + (
        f":{moment.seconds % 60:02}" if moment.seconds % 60 else ""
    )
    return f"{day} {time}".strip()
