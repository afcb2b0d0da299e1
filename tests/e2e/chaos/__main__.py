"""`make chaos`: kill -9 at random moments, while sending and while receiving, and a table of what came of it.

The kills are spread over lanes, each a world of its own; a lane waits more than it works, so that there are
two at a time for each processor.
The moment of a kill is uniform between the process's readiness and the end of its work, as a round that
nobody disturbs has it on this machine. Exit code 1 where a promise was broken.
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from duban.ledger import summary
from duban.ledger.summary import View
from e2e.chaos.engines import CROWDED as ENGINES
from e2e.chaos.launch import Launch, cold, warm
from e2e.chaos.stage import FIRST, MORNING, UNITS, put_letters
from e2e.chaos.world import World, opened

LANE = 25  # kills in one world
LETTERS = 32  # that wait when a process starts: about a second's work
FAR = (("delay", 0.03), ("delay-after", 0.12))  # seconds: how far away the chat is, before and after taking
HEADS = ("engine", "while", "kills", "messages", "updates", "in flight at a kill", "taken twice, marked",
         "twice in doubt, in the queue", "broken promises")  # fmt: skip


@dataclass
class Lane:
    """What is done in one world, and what came of it."""

    act: str  # sending | receiving
    kills: int
    seed: str
    messages: int = 0
    updates: int = 0
    in_flight: int = 0
    twice: int = 0
    in_doubt: int = 0
    complaints: list[str] = field(default_factory=list)


class Work:
    """What the process is busy with, as much of it at each start."""

    def __init__(self, world: World, act: str, dice: random.Random) -> None:
        self._world = world
        self._act = act
        self._dice = dice
        self._letters = 0
        self.said: list[str] = []

    def put(self) -> None:
        """Fill up what waits, and place the chat some way off."""
        for kind, seconds in self._dice.choices(FAR, k=LETTERS):
            self._world.api.act("fault", kind=kind, seconds=seconds)
        if self._act == "receiving":
            if self._world.heard().get("new", 0) + self._world.api.act("pending") < UNITS:
                self._speak()
            return
        states = self._world.states()
        waiting = sum(states.get(state, 0) for state in ("queued", "claimed", "sending"))
        more = range(self._letters, self._letters + LETTERS - waiting)
        self._letters = more.stop
        with self._world.office.writing() as session:
            put_letters(session, more, now=MORNING)

    def _speak(self) -> None:
        """Each contact reports, in words that nobody used before."""
        turn = len(self.said) // UNITS + 1
        for n in range(1, UNITS + 1):
            words = f"第{n}项推进中，大概{turn % 100}%，https://example.org/{turn}"
            self._world.api.act("say", id=FIRST + n - 1, text=words)
            self.said.append(words)


def run(lane: Lane, engine: str, launch: Launch) -> Lane:
    """Kill as often as was said, then let it end and judge. What breaks is a complaint."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with opened(ENGINES[engine], Path(folder), launch) as world:
                _run(lane, world)
        except (AssertionError, OSError) as error:
            lane.complaints.append(str(error))
    print(lane, file=sys.stderr, flush=True)
    return lane


def _run(lane: Lane, world: World) -> None:
    dice = random.Random(lane.seed)
    work = Work(world, lane.act, dice)
    busy = _undisturbed(world, work)
    while len(world.flights) < lane.kills:
        work.put()
        world.start()
        world.until(world.ready, "it is ready")
        moment = dice.uniform(0, busy)
        time.sleep(moment)
        if world.quiet():  # a process that has nothing to do is not killed at its work
            busy = max(moment, 0.9 * busy)
        else:
            world.kill(dice.randrange(len(world.commands)))
    world.start()
    world.until(world.quiet, "the end")
    world.end()
    told, lane.complaints = world.sent()
    if lane.act == "receiving":
        lane.complaints += world.received(work.said)
    lane.complaints += _queue(world, told.in_doubt)
    lane.messages, lane.in_flight, lane.twice, lane.in_doubt = (
        told.messages, told.in_flight, told.twice, told.in_doubt
    )  # fmt: skip
    lane.updates = len(work.said)


def _undisturbed(world: World, work: Work) -> float:
    """Seconds from readiness to the end of the work."""
    work.put()
    world.start()
    world.until(world.ready, "it is ready")
    began = time.monotonic()
    world.until(world.quiet, "the round's end")
    return time.monotonic() - began


def _queue(world: World, in_doubt: int) -> list[str]:
    """What is in doubt twice stands in the coordinator's queue."""
    with world.office.reading() as session:
        rows = summary.queue(session, view=View(today=MORNING.date()))
    shown = sum(row["kind"] == "unknown-message" for row in rows)
    return [] if shown == in_doubt else [f"{in_doubt} in doubt twice, {shown} in the queue"]


def lanes(act: str, kills: int, seed: int) -> list[Lane]:
    """So many kills, at most LANE in one world."""
    parts = [min(LANE, kills - done) for done in range(0, kills, LANE)]
    return [Lane(act, part, f"{seed}-{act}-{n}") for n, part in enumerate(parts)]


def table(engine: str, ran: Sequence[Lane]) -> list[str]:
    """The table of docs/reliability.md."""
    lines = ["| " + " | ".join(HEADS) + " |", "|" + "---|" * len(HEADS)]
    for act in dict.fromkeys(lane.act for lane in ran):
        of = [lane for lane in ran if lane.act == act]
        figures = [
            sum(getattr(lane, name) for lane in of)
            for name in ("kills", "messages", "updates", "in_flight", "twice", "in_doubt")
        ]
        figures.append(sum(len(lane.complaints) for lane in of))
        lines.append("| " + " | ".join([engine, act, *map(str, figures)]) + " |")
    return lines


def main() -> int:
    """Print the table; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m e2e.chaos")
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--sending", type=int, default=200)
    parser.add_argument("--receiving", type=int, default=100)
    parser.add_argument("--warm", action="store_true", help="fork the program instead of starting it anew")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    said = parser.parse_args()
    logging.disable(logging.WARNING)
    processors, launch = os.cpu_count() or 1, warm if said.warm else cold
    broken = False
    for engine in said.engine or ENGINES:
        began = time.monotonic()
        jobs = lanes("sending", said.sending, said.seed) + lanes("receiving", said.receiving, said.seed)
        with ThreadPoolExecutor(2 * processors) as pool:
            ran = list(pool.map(lambda lane, engine=engine: run(lane, engine, launch), jobs))
        day = datetime.now(UTC).date()
        print(f"{day}, {platform.platform()}, {processors} processors, seed {said.seed}, ", end="")
        print(f"{time.monotonic() - began:.0f} s")
        print(*table(engine, ran), sep="\n", flush=True)
        for lane in ran:
            for complaint in lane.complaints:
                broken = True
                print(f"{lane.seed}: {complaint}")
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
