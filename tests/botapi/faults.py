"""What a network and a service can do to a call: ordered by a test for the next few calls, or at random."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final

SENDS: Final = frozenset({"sendmessage", "senddocument"})
KINDS: Final = {
    "429": "refused, with retry_after = seconds",
    "429-bare": "refused, without saying for how long",
    "500": "an internal error, as JSON",
    "502": "a proxy's page, as HTML",
    "400": "refused: the text's markup cannot be parsed",
    "403": "the person blocks the bot just before the call",
    "409": "refused: somebody else asks for the same updates",
    "migrate": "the group becomes a supergroup just before the call",
    "reset-before": "the connection is reset, and the call was not taken",
    "reset-after": "the call was taken, and the connection is reset before the answer",
    "garbage": "the call was taken, and answered in JSON that breaks off",
    "nonsense": "the call was taken, and answered in JSON that says nothing",
    "delay": "the call is taken `seconds` late",
    "delay-after": "the call is taken at once and answered `seconds` late",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One call's misfortune."""

    kind: str
    seconds: float
    methods: frozenset[str]


@dataclass(frozen=True, slots=True)
class Weather:
    """Misfortunes at random: of each kind so many in a hundred calls of these methods."""

    chances: Mapping[str, float]  # percent
    seconds: Mapping[str, float]
    methods: frozenset[str]
    sparing: frozenset[int]  # chats that nothing befalls
    random: Random

    def fault(self, chat_id: object) -> Fault | None:
        """What the next call meets."""
        if chat_id in self.sparing:
            return None
        drawn = self.random.uniform(0, 100)
        for kind, percent in self.chances.items():
            drawn -= percent
            if drawn < 0:
                return Fault(kind, self.seconds.get(kind, 1.0), self.methods)
        return None


@dataclass
class Faults:
    """A queue: the first one that names the called method is spent on it; then what the weather brings."""

    spent: Counter[str] = field(default_factory=Counter)  # by kind
    _queue: list[Fault] = field(default_factory=list)
    _weathers: list[Weather] = field(default_factory=list)

    def add(
        self, kind: str, times: int = 1, *, seconds: float = 1.0, methods: Collection[str] = SENDS
    ) -> None:
        """The next `times` calls of these methods (by default: sends) fare so. Raises ValueError."""
        fault = Fault(_known(kind), seconds, _lower(methods))
        self._queue += [fault] * times

    def mix(
        self,
        chances: Mapping[str, float],
        *,
        seed: int | str,
        seconds: Mapping[str, float] | None = None,
        methods: Collection[str] = SENDS,
        sparing: Collection[int] = (),
    ) -> None:
        """From now on each call of these methods, but for the chats `sparing`, fares so at random: {kind:
        percent}. Raises ValueError."""
        known = {_known(kind): percent for kind, percent in chances.items()}
        self._weathers.append(
            Weather(known, seconds or {}, _lower(methods), frozenset(sparing), Random(seed))
        )

    def take(self, method: str, chat_id: object = None) -> Fault | None:
        """The misfortune of this call, if any."""
        fault = self._next(method.lower(), chat_id)
        if fault is not None:
            self.spent[fault.kind] += 1
        return fault

    def _next(self, method: str, chat_id: object) -> Fault | None:
        for place, fault in enumerate(self._queue):
            if method in fault.methods:
                return self._queue.pop(place)
        return next((one.fault(chat_id) for one in self._weathers if method in one.methods), None)

    def clear(self) -> None:
        """Fair weather again."""
        self._queue.clear()
        self._weathers.clear()

    def __len__(self) -> int:
        return len(self._queue)


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
    return kind


def _lower(methods: Collection[str]) -> frozenset[str]:
    return frozenset(map(str.lower, methods))
