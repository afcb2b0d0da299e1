"""The pacer on a clock of its own: an even grid, no burst after a hold."""

from __future__ import annotations

import asyncio

import pytest

from duban_bot import pace
from duban_bot.pace import Pacer
from duban_bot.transports.base import Capabilities


class Time:
    """Seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(pace.asyncio, "sleep", made.sleep)
    return made


def worst_second(moments: list[float]) -> int:
    return max(sum(start <= one < start + 1 for one in moments) for start in moments)


async def run(pacer: Pacer, time: Time, chats: list[str]) -> list[float]:
    moments = []
    for chat in chats:
        await pacer.wait(chat)
        moments.append(time())
        pacer.sent(chat)
    return moments


async def test_never_more_than_the_rate_in_any_second(time: Time) -> None:
    pacer = Pacer(Capabilities(per_second=30, per_chat_interval=1.0), time)
    moments = await run(pacer, time, [f"chat{n}" for n in range(300)])
    assert worst_second(moments) <= 30
    assert moments[-1] - moments[0] == pytest.approx(299 / 30, rel=0.01)


async def test_a_chat_waits_its_second_from_the_end_of_the_last_send(time: Time) -> None:
    pacer = Pacer(Capabilities(per_second=30, per_chat_interval=1.0), time)
    await pacer.wait("a")
    time.now += 5  # the request took long
    pacer.sent("a")
    began = time()
    await pacer.wait("a")
    assert time() - began == pytest.approx(1.0)


async def test_no_burst_after_a_hold_of_everything(time: Time) -> None:
    pacer = Pacer(Capabilities(per_second=30, per_chat_interval=1.0), time)
    pacer.hold(None, 7)
    moments = await run(pacer, time, [f"chat{n}" for n in range(90)])
    assert moments[0] == pytest.approx(107.0)
    assert worst_second(moments) <= 30


async def test_a_hold_of_one_chat_leaves_the_others_alone(time: Time) -> None:
    pacer = Pacer(Capabilities(per_second=0, per_chat_interval=1.0), time)
    pacer.hold("a", 60)
    assert pacer.busy() == {"a"}
    await pacer.wait("b")
    assert time() == 100.0
    await pacer.wait("a")
    assert time() == pytest.approx(160.0)


async def test_waiting_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    del monkeypatch
    pacer = Pacer(Capabilities(per_second=100, per_chat_interval=0.0))
    loop = asyncio.get_running_loop()
    began = loop.time()
    for n in range(6):
        await pacer.wait(str(n))
    assert loop.time() - began >= 0.045
