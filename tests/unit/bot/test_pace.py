"""The pacer on a clock of its own: an even grid, no burst after a hold, each chat in its turn."""

from __future__ import annotations

import asyncio

import pytest

from duban_bot import pace
from duban_bot.pace import Pacer, Stopped
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
        async with pacer.turn(chat):
            moments.append(time())
    return moments


async def test_never_more_than_the_rate_in_any_second(time: Time) -> None:
    pacer = Pacer(Capabilities(per_second=30, per_chat_interval=1.0), time)
    moments = await run(pacer, time, [f"chat{n}" for n in range(300)])
    assert worst_second(moments) <= 30
    assert 299 / 30 < moments[-1] - moments[0] < 299 / 29


async def test_a_chat_waits_its_second_from_the_end_of_the_last_send(time: Time) -> None:
    pacer = Pacer(Capabilities(per_second=30, per_chat_interval=1.0), time)
    async with pacer.turn("a"):
        time.now += 5  # the request took long
    assert pacer.rests() == pytest.approx(1.0)
    began = time()
    await run(pacer, time, ["a"])
    assert time() - began == pytest.approx(1.0)


async def test_an_edit_costs_its_chat_no_pause(time: Time) -> None:
    pacer = Pacer(Capabilities(per_second=0, per_chat_interval=1.0), time)
    async with pacer.turn("a") as turn:
        turn.sent = False
    assert pacer.busy() == set()
    assert pacer.rests() is None


async def test_slow_answers_put_none_too_many_into_a_second(time: Time) -> None:
    """Each request takes 2 s and may be taken at its very end: together with the next ones."""
    pacer = Pacer(Capabilities(per_second=4, per_chat_interval=0.0), time)
    began, ended = [], []
    flying: list[tuple[float, object]] = []
    for n in range(40):
        while flying and (len(flying) == 4 or flying[0][0] <= time()):
            at, one = flying.pop(0)
            time.now = max(time(), at)
            await one.__aexit__(None, None, None)  # type: ignore[attr-defined]
            ended.append(time())
        one = pacer.turn(f"chat{n}")
        await one.__aenter__()
        began.append(time())
        flying.append((time() + 2, one))
    assert worst_second(ended) <= 4
    for start in ended:  # whatever overlaps a second, the server may have taken in it
        assert sum(b < start + 1 and e >= start for b, e in zip(began, ended, strict=False)) <= 4


async def test_a_group_has_its_quota_a_minute_and_others_go_on(time: Time) -> None:
    pacer = Pacer(Capabilities(per_second=30, per_chat_interval=1.0, per_group_minute=20), time)
    moments = await run(pacer, time, ["-100"] * 45)
    assert max(sum(start <= one < start + 60 for one in moments) for start in moments) <= 20
    assert pacer.busy() == {"-100"}
    began = time()
    await run(pacer, time, ["7"])
    assert time() - began < 0.1


async def test_no_request_during_a_hold_and_no_burst_after_it(time: Time) -> None:
    pacer = Pacer(Capabilities(per_second=30, per_chat_interval=1.0), time)
    pacer.hold("a", 7)
    moments = await run(pacer, time, [f"chat{n}" for n in range(90)])
    assert moments[0] == pytest.approx(107.0)
    assert worst_second(moments) <= 30


async def test_a_hold_that_comes_while_one_waits_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Time()

    async def sleep(seconds: float) -> None:
        made.now += seconds
        if not held:
            held.append(True)
            pacer.hold("b", 9)

    held: list[bool] = []
    monkeypatch.setattr(pace.asyncio, "sleep", sleep)
    pacer = Pacer(Capabilities(per_second=30, per_chat_interval=1.0), made)
    moments = await run(pacer, made, ["a", "a"])
    assert moments[1] - moments[0] >= 9


async def test_a_hold_of_one_group_leaves_the_others_alone(time: Time) -> None:
    pacer = Pacer(Capabilities(per_second=0, per_chat_interval=1.0, per_group_minute=20), time)
    pacer.hold("-1", 60)
    assert pacer.busy() == {"-1"}
    assert await run(pacer, time, ["b"]) == [100.0]
    assert await run(pacer, time, ["-1"]) == [pytest.approx(160.0)]


async def test_no_turn_comes_after_the_end(time: Time) -> None:
    pacer = Pacer(Capabilities(per_second=30, per_chat_interval=1.0), time)
    pacer.hold("a", 3600)
    pacer.stop()
    with pytest.raises(Stopped):
        await run(pacer, time, ["a"])
    assert time() < 101


async def test_waiting_is_real() -> None:
    pacer = Pacer(Capabilities(per_second=100, per_chat_interval=0.0))
    loop = asyncio.get_running_loop()
    began = loop.time()
    for n in range(6):
        async with pacer.turn(str(n)):
            pass
    assert loop.time() - began >= 0.045
