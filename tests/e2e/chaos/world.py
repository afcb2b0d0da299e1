"""A ledger, the processes that serve it, the Bot API beside them, and what is found out about them."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from duban.ledger.outbox import ON_THE_WAY
from duban.ledger.tables import AnswerRow, InboxRow, OutboxRow, PersonRow
from duban_cli.wiring import Office
from e2e.chaos import judge
from e2e.chaos.beside import Api, served
from e2e.chaos.engines import Engine
from e2e.chaos.instants import Happening
from e2e.chaos.launch import DYING, PROGRAM, Launch, Process
from e2e.chaos.stage import BOSS, CROWD, FIRST, MORNING, filled

PATIENCE = 40.0  # seconds
READY = "Telegram："  # what a process prints when it begins to serve


@dataclass
class World:
    """One ledger from its first process to its last. The virtual clock never goes back."""

    folder: Path
    office: Office
    commands: list[list[str]]
    api: Api
    launch: Launch
    flights: list[frozenset[int]] = field(default_factory=list)  # what was in flight at each kill
    doubts: Counter[int] = field(default_factory=Counter)  # how often a row was in doubt for another reason
    not_ours: set[int] = field(default_factory=set)  # messages that were there before
    _running: dict[int, Process] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)

    @property
    def now(self) -> datetime:
        """The clock that the next process is to start with."""
        return MORNING + timedelta(seconds=time.monotonic() - self._began)

    def start(self, *, dying: tuple[Happening, str] | None = None) -> None:
        """Start the processes that do not run; the first dies at an instant, if one is named."""
        environ = {key: value for key, value in os.environ.items() if not key.startswith("DUBAN_")} | {
            "DUBAN_DATABASE__URL": self.office.settings.database.url,
            "DUBAN_TELEGRAM__TOKEN": self.api.token,
            "DUBAN_TELEGRAM__BASE_URL": self.api.base_url,
            "DUBAN_WEB__ENABLED": "false",
            "PYTHONUNBUFFERED": "1",
        }
        missing = [which for which in range(len(self.commands)) if which not in self._running]
        if missing:
            (self.folder / "out").write_bytes(b"")
        for which in missing:
            arguments = ["--clock", self.now.isoformat(), "--speed", "1", *self.commands[which]]
            module, first = (PROGRAM, ()) if dying is None else (DYING, map(str, dying))
            self._running[which] = self.launch(self.folder, environ, module, [*first, *arguments])
            dying = None

    def ready(self) -> bool:
        """Whether the process that was started last has begun to serve."""
        return READY in (self.folder / "out").read_text("utf-8")

    def dies(self) -> None:
        """Wait for the death that was asked for."""
        self._bury(0, PATIENCE)

    def kill(self, which: int = 0) -> None:
        """kill -9 one of the processes; the others stand still until it is seen what was in flight."""
        others = [process for one, process in self._running.items() if one != which]
        for process in others:
            process.send_signal(signal.SIGSTOP)
        self._running[which].kill()
        self._bury(which, 10)
        for process in others:
            process.send_signal(signal.SIGCONT)

    def _bury(self, which: int, patience: float) -> None:
        assert self._running.pop(which).wait(patience) == -signal.SIGKILL, self.log[-3000:]
        found = self.look(select(OutboxRow.id).where(ON_THE_WAY, OutboxRow.state == "sending"))
        self.flights.append(frozenset(id_ for (id_,) in found))

    def end(self) -> None:
        """Whoever still runs is killed, and does not count."""
        while self._running:
            _, process = self._running.popitem()
            process.kill()
            process.wait(10)

    @property
    def log(self) -> str:
        return (self.folder / "err").read_text("utf-8")

    def look(self, asked: Any) -> list[Any]:
        """A look into the ledger beside the process."""
        with self.office.reading() as session:
            return list(session.execute(asked).all())

    def states(self) -> dict[str, int]:
        """How many messages are in each state."""
        return dict(Counter(state for (state,) in self.look(select(OutboxRow.state))))

    def heard(self) -> dict[str, int]:
        """How many updates are in each state."""
        return dict(Counter(state for (state,) in self.look(select(InboxRow.state))))

    def quiet(self) -> bool:
        """Nothing is on its way, out or in."""
        ways = self.states().keys() & {"queued", "claimed", "sending"} or self.heard().keys() & {"new"}
        return not ways and not self.api.act("pending")

    def until(self, done: Callable[[], Any], what: str) -> None:
        """Wait for something to come true while all processes live, as long as anything moves on."""
        seen, end = (self.states(), self.heard()), time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > end:
                before, seen = seen, (self.states(), self.heard())
                assert seen != before, f"{what}: {self.states()} {self.heard()}\n{self.log[-3000:]}"
                end = time.monotonic() + PATIENCE
            assert all(one.poll() is None for one in self._running.values()), self.log[-3000:]
            time.sleep(0.02)

    def sent(self) -> tuple[judge.Told, list[str]]:
        """The promises about messages, when all is settled."""
        chat = dict(map(tuple, self.look(select(PersonRow.id, PersonRow.chat))))
        rows = [
            judge.Row(
                id=row.id,
                kind=row.kind,
                chat=row.chat or chat.get(row.person_id, ""),
                html=row.text or "",
                state=row.state,
                again=row.again,
                ref=row.message_ref,
            )
            for (row,) in self.look(select(OutboxRow))
        ]
        taken = [
            judge.Taken(str(one["chat_id"]), one["html"], one["message_id"], one["method"].startswith("edit"))
            for one in self.api.record()
            if one["method"] in {"sendMessage", "sendDocument", "editMessageText"}
        ]
        ours = [one for one in taken if one.edit or one.id not in self.not_ours]
        return judge.sending(rows, ours, self.flights, self.doubts)

    def received(self, said: list[str]) -> list[str]:
        """The promises about updates, all of them reports in a contact's own words."""
        rows = self.look(select(InboxRow.id, InboxRow.update_key, InboxRow.state))
        key = {id_: key for id_, key, _ in rows}
        receipts = [one for (one,) in self.look(select(OutboxRow.key).where(OutboxRow.key.startswith("re:")))]
        return judge.receiving(
            said,
            [(key, state) for _, key, state in rows],
            [words for (words,) in self.look(select(AnswerRow.text))],
            [key[int(one.split(":")[1])] for one in receipts],
        )


@contextmanager
def opened(engine: Engine, folder: Path, launch: Launch) -> Iterator[World]:
    """A world with its stage set and nobody on it."""
    with ExitStack() as stack:
        url, commands = stack.enter_context(engine(folder))
        office = filled(url)
        stack.callback(office.close)
        api = stack.enter_context(served(folder, [BOSS, *range(FIRST, FIRST + CROWD)]))
        world = World(folder, office, [list(one) for one in commands], api, launch)
        stack.callback(world.end)
        yield world
