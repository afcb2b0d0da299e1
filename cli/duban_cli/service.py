"""One serving process: standing jobs, courier, receiver, pages; or the same on a stepping clock."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from duban.clock import RealClock, StepClock, monotonic
from duban.errors import DubanError
from duban.ledger import backup, desk, figures, housekeeping, meta, outbox, retention
from duban.ledger.database import LedgerUnavailable, Session
from duban.ledger.engines import dsn
from duban.ledger.leading import lead_of
from duban_bot import alarms
from duban_bot.courier import Courier
from duban_bot.listener import Listener
from duban_bot.receiver import Receiver
from duban_bot.transports.base import Transport
from duban_bot.world import World
from duban_cli import health
from duban_cli.duties import IDLE, STOP_WITHIN, Duties, Wakes
from duban_cli.health import Pulse
from duban_cli.notify import notify, watchdog_seconds
from duban_cli.trouble import Trouble
from duban_cli.wiring import Office
from duban_scheduler import planning
from duban_scheduler.engine import Engine

if TYPE_CHECKING:
    from duban_scheduler.cluster import Cluster

log = logging.getLogger(__name__)
LEAD = 1.0  # seconds between two tries to take the lead, or looks whether it is still ours
DAILY = timedelta(hours=25)


class Players(Protocol):
    """People who act by themselves on a stepping clock."""

    async def act(self, now: datetime) -> bool:
        """Do what is due; True: something was said."""

    def next_moment(self) -> datetime | None:
        """When they act next."""


class Service:
    """Everything that runs while Duban serves."""

    def __init__(self, office: Office, transports: Mapping[str, Transport]) -> None:
        self.office = office
        self.transports = dict(transports)
        self._wakes = Wakes()
        self._stopping = asyncio.Event()
        self.lead = lead_of(office.ledger, office.settings.telegram.secret() or "")
        self.courier = self._courier()
        self.listener = Listener(office.ledger, office.clock, self.wake)
        self.receiver = Receiver(office.ledger, self.transports, office.clock, self.world, self.wake)
        self.pulse = Pulse()
        self.trouble = Trouble(office, self.transports, self.lead)

    def world(self, transport: str) -> World:
        """The outside, with the links of one chat."""
        return self.office.make_world(self.transports[transport].link)

    def _courier(self) -> Courier:
        return Courier(self.office.ledger, self.transports, self.office.clock, self.world, self.lead)

    def wake(self) -> None:
        """Something came in or was decided: look now."""
        self._wakes.all()

    def stop(self) -> None:
        """End soon, with nothing in doubt."""
        self._stopping.set()
        self.courier.stop()
        self.wake()

    async def tick(self) -> None:
        """Plan what is due now."""
        office = self.office
        self.pulse.tried = monotonic()
        now = office.now()
        if await office.ledger.read(planning.anything_due, now=now):
            written = await office.ledger.run(
                self._plan, now=now, remember=office.clock.virtual and not isinstance(office.clock, StepClock)
            )
            if written:
                self.wake()
        if office.path is None:  # who shares the ticks asks the ledger for the last
            await office.ledger.run(meta.put, meta.TICKED, RealClock().now().isoformat())
        self.pulse.tick = monotonic()

    def _plan(self, session: Session, *, now: datetime, remember: bool) -> int:
        office = self.office
        written = planning.tick(
            session, now=now, zone=office.zone, policy=office.settings.policy, calendar=office.calendar
        )
        if (written or remember) and office.clock.virtual:
            meta.remember_clock(session, now)
        return written

    async def housekeeping(self) -> None:
        """The day's copy first, then put away what nobody waits for any more."""
        await self._daily_copy()
        await self._sweep()

    async def _daily_copy(self) -> None:
        """A backup that fails is told, and stops nothing else."""
        try:
            await self.copy()
        except DubanError as error:
            log.error("backup failed: %s", type(error).__name__)
            world = self.office.make_world()
            await self.office.ledger.run(alarms.no_backup, world, why=str(error))

    async def _sweep(self) -> None:
        """What nobody waits for goes; then what is over its time, a batch a transaction."""
        await self.office.ledger.run(housekeeping.sweep, now=self.office.now())
        kept, ledger, now = self.office.settings.retention, self.office.ledger, self.office.now()
        while (batch := await ledger.read(retention.find, now=now, kept=kept)) is not None:
            await ledger.run(retention.put_away, *batch, now=now)
        if self.office.path is not None and kept.copies_days:
            before = RealClock().now() - timedelta(days=kept.copies_days)
            for old in backup.spare(self.office.path, before=before):
                with contextlib.suppress(OSError):
                    old.unlink()

    async def copy(self) -> None:
        """The daily backup, where it is on; it holds nobody up."""
        file, wanted = self.office.path, self.office.settings.backup
        if file is None or not wanted.keep:
            return
        folder = backup.folder_of(file, wanted.folder)
        now = RealClock().now().astimezone(self.office.zone)
        made = await asyncio.to_thread(backup.rotated, file, folder, keep=wanted.keep, now=now)
        log.info("backup: %d bytes, %d plans, %d tasks", made.size, made.plans, made.tasks)

    def _patiently(self, job: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """A standing job that a database out of reach only puts off; self.trouble says so."""

        async def patient() -> None:
            with contextlib.suppress(LedgerUnavailable):
                await job()

        return patient

    async def _missed(self) -> None:
        """A machine that is off each night has its housekeeping done when it is on."""
        if self.office.clock.virtual:
            return
        with contextlib.suppress(LedgerUnavailable):
            if await self._copy_is_old():
                await self._daily_copy()
            await self._sweep()

    async def _copy_is_old(self) -> bool:
        file, wanted = self.office.path, self.office.settings.backup
        if file is None or not await self.office.ledger.read(desk.plans):
            return False
        age = backup.age(file, backup.folder_of(file, wanted.folder), now=RealClock().now())
        return age is None or age >= DAILY

    async def health(self) -> Mapping[str, Any]:
        """Plain figures for /healthz and /metrics, without a name; `problems`: codes of what is wrong."""
        office, now = self.office, self.office.now()
        fault = office.ledger.fault or self.trouble.code
        try:
            waiting = await office.ledger.read(figures.queues, now=now)
            ticked = await office.ledger.read(meta.get, meta.TICKED)
        except LedgerUnavailable as error:
            waiting, ticked, fault = None, None, error.code
        told = self.pulse.ages(sent=self.courier.last_sent, polled=self.listener.polled)
        if ticked is not None:
            age = (RealClock().now() - datetime.fromisoformat(ticked)).total_seconds()
            told["tick_age_seconds"] = min(told["tick_age_seconds"], round(max(age, 0), 1))
        told |= health.figures_of(waiting, now=now) | await asyncio.to_thread(self._files)
        return {"problems": health.problems(told, fault)} | told

    def _files(self) -> dict[str, float | None]:
        file = self.office.path
        if file is None:
            return {}
        folder = backup.folder_of(file, self.office.settings.backup.folder)
        age = backup.age(file, folder, now=RealClock().now())
        size = file.stat().st_size if file.exists() else None
        return {
            "backup_age_seconds": round(age.total_seconds()) if age is not None else None,
            "database_bytes": size,
        }

    async def serve(self) -> None:
        """Run until stop(). Raises what a loop could not mend."""
        standing = self._standing()
        leading = asyncio.create_task(self._lead())
        loops = [leading, asyncio.create_task(self._missed()), asyncio.create_task(self.trouble.watch())]
        loops += [asyncio.create_task(self._watchdog())]
        stopping = asyncio.create_task(self._stopping.wait())
        standing.start()
        notify("READY=1")
        try:
            await self._watch(loops, stopping)
        finally:
            notify("STOPPING=1")
            await standing.stop()
            await asyncio.wait({leading}, timeout=STOP_WITHIN)
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            await asyncio.to_thread(self.lead.leave)

    def _standing(self) -> Engine | Cluster:
        """What runs by itself: in this process alone, or once among all that serve this database."""
        jobs = {
            "tick": self._patiently(self.tick),
            "digest": self._patiently(self.tick),
            "housekeeping": self._patiently(self.housekeeping),
        }
        office = self.office
        if office.path is not None:
            hour = office.settings.policy.digest_time()
            return Engine(jobs, zone=office.zone, hour=hour, virtual=office.clock.virtual)
        from duban_scheduler.cluster import Cluster  # noqa: PLC0415 - an extra brings what it stands on

        cluster = Cluster(
            dsn(office.ledger.url), jobs, errand=self.receiver.handle_document, zone=office.zone,
            now=RealClock().now(),
        )  # fmt: skip
        self.receiver.hand_out = cluster.hand_out
        return cluster

    async def _lead(self) -> None:
        """While the lead is ours, speak and listen; else wait for it."""
        while not self._stopping.is_set():
            if not await self._mine():
                await self._pause(LEAD)
                continue
            await Duties(
                self.office.ledger, self.transports, self.courier, self.listener, self.receiver, self._wakes
            ).until(self._gone())
            self.courier = self._courier()
            self.listener.polled.clear()  # another's now

    async def _gone(self) -> None:
        """Returns when the lead is lost, or when we stop."""
        while not self._stopping.is_set():
            await self._pause(LEAD)
            if not await self._mine():
                log.warning("the lead is lost")
                return

    async def _mine(self) -> bool:
        if self.office.path is None:  # others may do the ticks: that we ask shows that we live
            self.pulse.tried = monotonic()
        return await asyncio.to_thread(self.lead.mine)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _watch(self, loops: list[asyncio.Task[None]], stopping: asyncio.Task[bool]) -> None:
        pending: set[asyncio.Task[Any]] = {*loops, stopping}
        while True:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if task is stopping:
                    return
                if task.exception() is not None:
                    self.stop()
                    task.result()

    async def _watchdog(self) -> None:
        """Tell systemd that we live, while the tick is tried; a process that hangs is begun anew by it."""
        within = watchdog_seconds()
        while within is not None:
            if self.pulse.alive:
                notify("WATCHDOG=1")
            await asyncio.sleep(within / 3)

    async def settle(self) -> None:
        """On a stepping clock: until nothing is due, queued or unhandled at this moment, or until stop()."""
        while not self._stopping.is_set():
            handled = await self._take()
            handled += await self.receiver.handle_waiting()
            await self.tick()
            if handled + await self.courier.drain():
                continue
            if not await self.office.ledger.read(outbox.any_due, now=self.office.now()):
                return
            await asyncio.sleep(self.courier.rests() or 0)

    async def _take(self) -> int:
        taken = 0
        for transport in self.transports.values():
            if transport.caps.polls:
                taken += await self.listener.poll_once(transport)
        return taken

    async def step(self, until: datetime | None, cast: Players | None = None) -> None:
        """Settle, then jump to the next moment at which something is due, up to `until` or stop().

        `cast`: people who act on their own at their own moments.
        """
        clock = self.office.clock
        assert isinstance(clock, StepClock)  # noqa: S101 - the caller chose this clock
        await self.courier.recover()
        while not self._stopping.is_set():
            await self.settle()
            if cast is not None and await cast.act(clock.now()):
                continue
            coming = await self._coming(clock.now(), cast)
            if coming is None or (until is not None and coming > until):
                if until is not None:
                    clock.jump(until)
                await self.office.ledger.run(meta.remember_clock, clock.now())
                if until is not None:
                    return
                self._wakes.came_in.clear()
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._wakes.came_in.wait(), IDLE)
                continue
            clock.jump(max(coming, clock.now() + timedelta(microseconds=1)))
            await self.office.ledger.run(meta.remember_clock, clock.now())

    async def _coming(self, now: datetime, cast: Players | None) -> datetime | None:
        moments = [await self.office.ledger.read(planning.next_moment, now=now)]
        moments.append(cast.next_moment() if cast is not None else None)
        return min((one for one in moments if one is not None), default=None)
