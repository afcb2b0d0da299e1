"""The rates, on a clock that a test turns."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from botapi.limits import Limits
from botapi.refusal import Refusal


@dataclass
class Hand:
    at: float = 100.0

    def __call__(self) -> float:
        return self.at


def outcome(limits: Limits, chat: int, *, group: bool = False) -> int:
    """0 where the send is taken, else retry_after."""
    try:
        limits.take(chat, group=group)
    except Refusal as refusal:
        return refusal.parameters["retry_after"]
    return 0


@pytest.mark.parametrize(("pause", "retry"), [(0.0, 1), (0.9, 1), (0.94, 1), (0.951, 0), (1.0, 0)])
def test_a_private_chat_takes_one_a_second(pause: float, retry: int) -> None:
    now = Hand()
    limits = Limits(now=now)
    assert outcome(limits, 1) == 0
    now.at += pause
    assert outcome(limits, 1) == retry


def test_what_was_refused_does_not_count() -> None:
    now = Hand()
    limits = Limits(now=now)
    outcome(limits, 1)
    now.at += 0.9
    assert outcome(limits, 1) == 1
    now.at += 0.06
    assert outcome(limits, 1) == 0


def test_thirty_a_second_over_all_chats() -> None:
    now = Hand()
    limits = Limits(now=now)
    assert [outcome(limits, chat) for chat in range(31)] == [0] * 30 + [1]
    now.at += 0.999
    assert outcome(limits, 99) == 1
    now.at += 0.001
    assert outcome(limits, 99) == 0


def test_twenty_a_minute_in_a_group() -> None:
    now = Hand()
    limits = Limits(now=now)
    for _ in range(20):
        assert outcome(limits, -1, group=True) == 0
        now.at += 1
    assert outcome(limits, -1, group=True) == 40
    now.at += 39.5
    assert outcome(limits, -1, group=True) == 1
    now.at += 0.5
    assert outcome(limits, -1, group=True) == 0


def test_each_limit_can_be_turned_off() -> None:
    limits = Limits(per_second=0, chat_interval=0, group_minute=0, now=Hand())
    assert not any(outcome(limits, 1) for _ in range(100))
    assert not any(outcome(limits, -1, group=True) for _ in range(100))
