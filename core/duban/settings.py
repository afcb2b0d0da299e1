"""Settings: a TOML file over the defaults, the environment over both. An unknown key is an error."""

from __future__ import annotations

import os
import re
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import time
from pathlib import Path
from typing import Any, Literal, Self

from duban import resources
from duban.errors import DubanError

PREFIX = "DUBAN_"
HOOK = "/telegram"  # what the address that Telegram is given ends with
SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")  # core.telegram.org/bots/api#setwebhook
NOT_SETTINGS = frozenset({"DUBAN_CLOCK", "DUBAN_SPEED", "DUBAN_CONFIG"})


class SettingsError(DubanError):
    """配置有误：{where} {why}。请对照 config.example.toml 改正。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Whose bot this is."""

    name: str = "督办室"
    zone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Where the ledger is. Empty: the default place."""

    url: str = ""
    wait_seconds: int = 15  # SQLite: how long a write waits for another's

    def resolved(self) -> str:
        """The URL in use: data/local in a checkout, else $XDG_DATA_HOME/duban; never the working folder."""
        return self.url or f"sqlite:///{default_folder() / 'duban.sqlite3'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    """The Telegram bot. With neither token nor token_file the local chat serves."""

    token: str = field(default="", repr=False)
    token_file: str = ""
    base_url: str = "https://api.telegram.org/bot"
    webhook_url: str = ""  # where Telegram hands updates over; empty: it is asked for them
    webhook_secret: str = field(default="", repr=False)  # empty: a new one at each start

    def secret(self) -> str:
        """The token, or "" where there is none. Raises SettingsError for a file that cannot be read."""
        if self.token or not self.token_file:
            return self.token
        try:
            return Path(self.token_file).read_text(encoding="utf-8").strip()
        except OSError:
            raise SettingsError(where="telegram.token_file", why="指向的文件读不了") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """The pages: the local chat."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = 8600
    behind_proxy: bool = False
    url: str = ""  # the address that people see, where a proxy stands before
    health_token: str = field(default="", repr=False)  # who may ask for /healthz and /metrics from outside

    def address(self) -> str:
        """The address that links begin with."""
        return (self.url or f"http://{self.host}:{self.port}").rstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """When and how often people are asked. Each plan and item may override single keys."""

    hour: str = "09:00"
    quiet: str = "20:00-08:00"
    before: tuple[int, ...] = (30, 15, 7, 3, 1, 0)
    late_every: int = 3
    late_max: int = 5
    copy_from: int = 3  # the first late reminder on or after this working day is copied to the leader
    report_before: tuple[int, ...] = (7, 0)
    report_late_max: int = 3
    first_period_workdays: int = 15
    cadence: Literal["monthly", "quarterly", "half-yearly", "yearly", "none"] = "quarterly"
    cadence_day: str = "last-workday"  # or a day of the month, "25"
    escalate: Literal["dated", "ask", "all"] = "dated"
    warn_days: int = 7  # a light is yellow from so many days before
    blocked_rest: int = 5  # working days that 有困难 rests the late reminders
    remind_interval_hours: int = 4
    unsigned_after: int = 3  # working days after which a missing 签收 is shown

    def digest_time(self) -> time:
        """`hour` as a time of day."""
        return time.fromisoformat(self.hour)

    def quiet_hours(self) -> tuple[time, time]:
        """`quiet` as (from, to); it may cross midnight."""
        start, _, end = self.quiet.partition("-")
        return time.fromisoformat(start), time.fromisoformat(end)

    def with_overrides(self, *overrides: Mapping[str, Any] | None) -> Self:
        """This policy with a plan's and an item's own keys over it, the last one strongest."""
        merged: dict[str, Any] = {}
        for one in overrides:
            merged |= one or {}
        if not merged:
            return self
        values: Any = {k: tuple(v) if isinstance(v, list) else v for k, v in merged.items()}
        return replace(self, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """The daily copy of an SQLite ledger."""

    folder: str = ""  # empty: beside the database
    keep: int = 14  # the newest ones; 0: no daily copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """After how many days things are put away. 0: never."""

    messages_days: int = 400  # bodies of what was sent and heard; the local chat's messages
    uploads_days: int = 400  # files sent in chat; documents of plans that are not active
    people_days: int = 90  # after who left is only their post
    copies_days: int = 90  # copies made before an upgrade or a restore


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What is written to stderr. Never a secret, a link or a message's body."""

    level: Literal["debug", "info", "warning", "error"] = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of it."""

    office: Office = Office()
    database: Database = Database()
    telegram: Telegram = Telegram()
    web: Web = Web()
    policy: Policy = Policy()
    backup: Backup = Backup()
    retention: Retention = Retention()
    log: Log = Log()


def default_folder() -> Path:
    """The folder that holds a database when nobody says another."""
    checkout = resources.checkout()
    if checkout is not None:
        return checkout / "data" / "local"
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "duban"


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises SettingsError naming the place and the mend."""
    chosen = path or (Path(environ["DUBAN_CONFIG"]) if "DUBAN_CONFIG" in environ else None)
    file = chosen or Path("config.toml")
    tree: dict[str, Any] = {}
    if chosen is not None or file.is_file():
        try:
            tree = tomllib.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SettingsError(where=f"文件 {file}", why="不存在") from None
        except OSError:
            raise SettingsError(where=f"文件 {file}", why="读不了") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(where=f"文件 {file}", why=f"不是合法的 TOML（{error}）") from None
    for name, text in environ.items():
        if name.startswith(PREFIX) and name not in NOT_SETTINGS:
            section, _, key = name[len(PREFIX) :].lower().partition("__")
            if not key:
                raise SettingsError(where=f"{section}（{name}）", why="不是已知的配置项")
            branch = tree.setdefault(section, {})
            if not isinstance(branch, dict):
                raise SettingsError(where=section, why="应当是一节")
            branch[key] = _Text(text)
    settings: Settings = _build(Settings, tree, "")
    _check(settings)
    return settings


class _Text(str):
    """A value from the environment: it is turned into what its key asks for."""


def _build(cls: Any, tree: Mapping[str, Any], where: str) -> Any:
    hints = typing.get_type_hints(cls)
    known = {f.name for f in fields(cls)}
    values = {}
    for key, value in tree.items():
        place = f"{where}.{key}" if where else key
        if key not in known:
            raise SettingsError(where=place, why="不是已知的配置项")
        values[key] = _value(hints[key], value, place)
    return cls(**values)


def _value(kind: Any, value: Any, where: str) -> Any:
    if is_dataclass(kind):
        if not isinstance(value, Mapping):
            raise SettingsError(where=where, why="应当是一节")
        return _build(kind, value, where)
    origin = typing.get_origin(kind)
    if origin is Literal:
        choices = typing.get_args(kind)
        if value not in choices:
            raise SettingsError(where=where, why=f"只能是 {'、'.join(choices)} 之一")
        return str(value)
    if isinstance(value, _Text):
        value = _from_text(kind, value, where)
    if origin is tuple:
        if not isinstance(value, list) or not all(type(v) is int for v in value):
            raise SettingsError(where=where, why="应当是一列整数，如 [7, 0]")
        return tuple(value)
    if isinstance(kind, types.UnionType) or type(value) is not kind:
        raise SettingsError(where=where, why=f"应当是{_NAMES.get(kind, str(kind))}")
    return value


_NAMES = {str: "文字", int: "整数", bool: "true 或 false"}


def _from_text(kind: Any, text: str, where: str) -> Any:
    if kind is str:
        return str(text)
    try:
        return tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        raise SettingsError(where=where, why=f"的值“{text}”写法不对") from None


def _check_webhook(settings: Settings) -> None:
    said = settings.telegram
    if said.webhook_url and not (said.webhook_url.startswith("https://") and said.webhook_url.endswith(HOOK)):
        raise SettingsError(where="telegram.webhook_url", why=f"应写成 https://域名{HOOK} 的样子")
    if said.webhook_url and not settings.web.enabled:
        raise SettingsError(where="telegram.webhook_url", why="要和 web.enabled = true 一起用")
    if not SECRET.fullmatch(said.webhook_secret):
        raise SettingsError(
            where="telegram.webhook_secret", why="只能用字母、数字、下划线和减号，最多 256 个"
        )


RANGES: Mapping[str, tuple[int, int]] = {
    "web.port": (1, 65535),
    "policy.before": (0, 3660),
    "policy.late_every": (1, 366),
    "policy.late_max": (0, 1000),
    "policy.copy_from": (1, 366),
    "policy.report_before": (0, 366),
    "policy.report_late_max": (0, 1000),
    "policy.first_period_workdays": (0, 366),
    "policy.warn_days": (0, 3660),
    "policy.blocked_rest": (0, 366),
    "policy.remind_interval_hours": (0, 8760),
    "policy.unsigned_after": (0, 366),
    "database.wait_seconds": (1, 600),
    "backup.keep": (0, 3660),
    "retention.messages_days": (0, 36500),
    "retention.uploads_days": (0, 36500),
    "retention.people_days": (0, 36500),
    "retention.copies_days": (0, 36500),
}


def _check(settings: Settings) -> None:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - costs time that --help should not pay

    try:
        ZoneInfo(settings.office.zone)
    except (ValueError, OSError, KeyError):
        raise SettingsError(where="office.zone", why="不是已知的时区") from None
    try:
        settings.policy.digest_time()
        settings.policy.quiet_hours()
    except ValueError:
        raise SettingsError(
            where="policy.hour 或 policy.quiet", why="应写成 09:00 和 20:00-08:00 的样子"
        ) from None
    _check_webhook(settings)
    day = settings.policy.cadence_day
    if day != "last-workday" and not (day.isdigit() and 1 <= int(day) <= 31):  # noqa: PLR2004
        raise SettingsError(where="policy.cadence_day", why="只能是 last-workday 或 1 到 31 的日子")
    for where, (least, most) in RANGES.items():
        section, _, key = where.partition(".")
        said = getattr(getattr(settings, section), key)
        numbers = said if isinstance(said, tuple) else (said,)
        if not all(least <= number <= most for number in numbers):
            raise SettingsError(where=where, why=f"应在 {least} 到 {most} 之间")
