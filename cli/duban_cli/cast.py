"""People of the demo: each answers the messages that they get by their habit, through the real local chat."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from duban_bot.transports.local import LocalTransport

HOUR = timedelta(hours=1)
NUMBER = re.compile(r"第\s*(\d+)\s*项")
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Habit:
    """How somebody answers. Hours count from the message; `skip` messages go unanswered first."""

    name: str
    hours: int = 1
    skip: int = 0
    report: str = "press"  # press the button, "words", or "never"
    dated: str = "done"  # done, extend, stuck, words, never


HABITS = (
    Habit("立行立改", hours=1),
    Habit("用文字回复", hours=3, report="words", dated="words"),
    Habit("拖到催办", hours=5, skip=2),
    Habit("申请延期", hours=2, dated="extend"),
    Habit("立行立改", hours=2),
    Habit("遇到困难", hours=4, dated="stuck"),
    Habit("一直不回", report="never", dated="never"),
    Habit("立行立改", hours=6),
)


@dataclass
class Player:
    """One person in the local chat."""

    user: str
    habit: Habit
    queue: asyncio.Queue[dict[str, Any]]
    skipped: int = 0
    answered: set[str] = field(default_factory=set)


class Cast:
    """All of them: `act` is asked whenever the clock stands still."""

    def __init__(self, local: LocalTransport, zone: ZoneInfo) -> None:
        self._local = local
        self._zone = zone
        self._players: list[Player] = []
        self._agenda: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = []
        self._order = itertools.count()
        self._stack = AsyncExitStack()
        self.heard: Counter[str] = Counter()
        self.said = 0

    async def join(self, token: str, name: str, habit: Habit) -> Player:
        """Spend an invite and begin to listen."""
        secret = await self._local.enter(token, name=name)
        user = await self._local.who(secret)
        assert user is not None  # noqa: S101 - it was just made
        queue = await self._stack.enter_async_context(self._local.subscribe(user))
        player = Player(user, habit, queue)
        self._players.append(player)
        return player

    def at(self, moment: datetime, do: Callable[[], Awaitable[None]]) -> None:
        """Have something done at a moment."""
        heapq.heappush(self._agenda, (moment, next(self._order), do))

    def next_moment(self) -> datetime | None:
        """When somebody acts next."""
        return self._agenda[0][0] if self._agenda else None

    async def act(self, now: datetime) -> bool:
        """Read what came, do what is due. True: something was said."""
        for player in self._players:
            while not player.queue.empty():
                shown = player.queue.get_nowait()
                if shown["side"] == "bot":
                    self.heard[now.astimezone(self._zone).date().isoformat()] += 1
                    self._plan(player, shown, now)
        acted = False
        while self._agenda and self._agenda[0][0] <= now:
            await heapq.heappop(self._agenda)[2]()
            self.said += 1
            acted = True
        return acted

    async def leave(self) -> None:
        """Listen no more."""
        await self._stack.aclose()

    def _plan(self, player: Player, shown: Shown, now: datetime) -> None:
        verbs: dict[str, str] = {}
        for row in shown["buttons"]:
            for button in row:
                verbs.setdefault(button["data"].partition(":")[0], button["data"])
        when = now + HOUR * player.habit.hours
        if "ack" in verbs and player.habit.report != "never":
            self._press(player, shown, verbs["ack"], when)
        for reaction in (_report, _dated, _reason):
            reaction(self, player, shown, verbs, when)

    def _press(self, player: Player, shown: Shown, data: str, when: datetime) -> None:
        async def do() -> None:
            await self._local.press(player.user, int(shown["id"]), data)

        self.at(when, do)

    def say(self, player: Player, text: str, when: datetime) -> None:
        """Have somebody write."""

        async def do() -> None:
            await self._local.say(player.user, text)

        self.at(when, do)

    def press(self, player: Player, shown: Shown, data: str, when: datetime) -> None:
        """Have somebody press a button."""
        self._press(player, shown, data, when)


def _report(cast: Cast, player: Player, shown: Shown, verbs: Mapping[str, str], when: datetime) -> None:
    """A period's report, or the year's last one."""
    button = verbs.get("alldone") or verbs.get("course")
    if button is None or player.habit.report == "never":
        return
    if player.skipped < player.habit.skip:
        player.skipped += 1
        return
    player.skipped = 0
    if player.habit.report == "words":
        cast.say(player, "全部已完成" if "alldone" in verbs else "全部按计划推进，都在正常办理", when)
    else:
        cast.press(player, shown, button, when)


def _dated(cast: Cast, player: Player, shown: Shown, verbs: Mapping[str, str], when: datetime) -> None:
    """Work with a date, told by a button, in words, or put off."""
    task = verbs.get("done")
    if task is None or task in player.answered or player.habit.dated == "never" or "undo" in verbs:
        return
    if player.skipped < player.habit.skip:
        player.skipped += 1
        return
    player.skipped = 0
    player.answered.add(task)
    wish = player.habit.dated
    if wish == "words":
        number = NUMBER.search(shown["html"])
        cast.say(player, f"第{number[1]}项已完成，材料见附件" if number else "已完成", when)
    elif wish in {"extend", "stuck"} and wish in verbs:
        cast.press(player, shown, verbs[wish], when)
    else:
        cast.press(player, shown, verbs["done"], when)


def _reason(cast: Cast, player: Player, _shown: Shown, verbs: Mapping[str, str], when: datetime) -> None:
    """The bot asks for a reason, or a date and a reason."""
    if "cancel" not in verbs:
        return
    if player.habit.dated == "extend":
        until = (when + timedelta(days=75)).date()
        cast.say(player, f"财政评审还没有结束，申请延到{until.month}月{until.day}日", when)
    elif player.habit.dated == "stuck":
        cast.say(player, "系统对接需要上级开放接口，正在协调", when)
