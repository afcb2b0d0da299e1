"""`duban run`: chat, scheduler and pages in one process."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import click
import uvicorn

from duban.clock import StepClock, parse_moment
from duban.errors import DubanError, EnvironmentNotThere, why
from duban.ledger import people
from duban.ledger.engines import dsn
from duban.settings import SettingsError, Web
from duban_bot.transports.base import Transport
from duban_bot.transports.local import LocalTransport
from duban_bot.transports.telegram_updates import raw_update
from duban_cli.service import Service
from duban_cli.wiring import Office, _loopback, office
from duban_web.app import make_app
from duban_web.webhook import Webhook

# who talks of their own affairs; the chats silence what would tell of people's
QUIET = ("alembic", "apscheduler", "asyncio", "procrastinate", "psycopg", "sqlalchemy", "uvicorn")


class PortTaken(EnvironmentNotThere):
    """端口 {port} 已被别的程序占用；请先停掉它，或在配置里改 web.port（也可设 DUBAN_WEB__PORT）。"""


class NobodyCanTalk(DubanError):
    """没有聊天可用：请填 telegram.token，或把 web.enabled 设为 true。"""


class OneMachine(DubanError):
    """SQLite 只能由一个进程提供服务，请用 duban run；要多个进程，请把 database.url 指向 PostgreSQL。"""


class NotLoopback(SettingsError):
    """web.host 是 {host}，不是本机地址；前面有反向代理时请把 web.behind_proxy 设为 true。"""


@click.command("run", short_help="启动", epilog="例：duban run")
@click.option("--demo", is_flag=True, help="演示：样例方案，单独的数据库")
@click.option("--until", help="step 时钟走到这个时刻就停，如 2019-01-31T00:00+08:00")
@click.pass_context
def run_command(ctx: click.Context, until: str | None, demo: bool) -> None:
    """启动：聊天、定时提醒和网页。没有 Telegram 令牌时用本机聊天。Ctrl+C 停止。"""
    here = office(ctx)
    if demo:
        from duban_cli import demo as stage  # noqa: PLC0415 - only the demo needs it

        serve(stage.prepared(here.settings), greet=stage.greet_visitor)
    else:
        serve(here, until=parse_moment(until) if until else None)


@click.command("worker", short_help="再加一个工作进程", epilog="例：duban worker")
@click.pass_context
def worker_command(ctx: click.Context) -> None:
    """再加一个工作进程（PostgreSQL），没有网页；数量不限，收发消息的始终只有一个。Ctrl+C 停止。"""
    here = office(ctx)
    if here.path is not None:
        raise OneMachine
    serve(here, pages=False, greet=_greet_worker)


def serve(here: Office, *, until: datetime | None = None, greet: Any = None, pages: bool = True) -> None:
    """Serve until a signal. `greet(service)` prints what people need to begin; `pages`: with the pages."""
    logging.basicConfig(
        level=here.settings.log.level.upper(),
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    for quiet in QUIET:
        logging.getLogger(quiet).setLevel(logging.WARNING)
    if here.path is None:
        from duban_scheduler import queue_tables  # noqa: PLC0415 - an extra brings what it stands on

        queue_tables.check(dsn(here.ledger.url))
    with here.alone("serve"):
        here.claim_clock()
        asyncio.run(_serve(here, until, greet or _greet, with_pages=pages))


async def _serve(here: Office, until: datetime | None, greet: Any, *, with_pages: bool) -> None:
    async with opened(here) as (service, local):
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, service.stop)
        with _pages(here, service, local if with_pages else None) as pages:
            running = [asyncio.create_task(pages[0].serve([pages[1]]))] if pages is not None else []
            await asyncio.to_thread(greet, service)
            try:
                if isinstance(here.clock, StepClock):
                    await service.step(until)
                else:
                    await service.serve()
            finally:
                if pages is not None and local is not None:
                    pages[0].should_exit = True
                    local.hang_up()
                await asyncio.gather(*running, return_exceptions=True)


@asynccontextmanager
async def opened(here: Office) -> Any:
    """The service with its transports started, and the local one where there are pages."""
    transports: dict[str, Transport] = {}
    local = None
    web = here.settings.web
    if web.enabled:
        local = LocalTransport(here.ledger, here.clock, address=web.address())
        transports["local"] = local
    token = here.settings.telegram.secret()
    telegram = None
    if token:
        from duban_bot.transports.telegram import TelegramTransport  # noqa: PLC0415 - heavy, and often not needed

        poll = 0 if isinstance(here.clock, StepClock) else None
        telegram = TelegramTransport(token, here.settings.telegram.base_url, long_poll=poll)
        await telegram.start()
        if url := here.settings.telegram.webhook_url:
            await telegram.be_called(url, here.webhook_secret)
        else:
            await telegram.be_asked()
        transports["telegram"] = telegram
    if not transports:
        raise NobodyCanTalk
    service = Service(here, transports)
    if local is not None:
        local.on_received = service.wake
    try:
        yield service, local
    finally:
        if telegram is not None:
            await telegram.stop()


@contextmanager
def _pages(
    here: Office, service: Service, local: LocalTransport | None
) -> Iterator[tuple[uvicorn.Server, socket.socket] | None]:
    if local is None:
        yield None
        return
    web = here.settings.web
    app = make_app(
        local,
        office=here.settings.office.name,
        zone=here.settings.office.zone,
        hosts=_hosts(web, here.settings.telegram.webhook_url),
        webhook=_webhook(here, service),
        health=service.health,
        max_file=local.caps.max_file,
        secure=web.url.startswith("https://"),
        health_token=web.health_token if web.behind_proxy else None,
    )
    with contextlib.closing(_bind(web)) as listening:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
            proxy_headers=web.behind_proxy,
        )
        yield QuietServer(config), listening


def _webhook(here: Office, service: Service) -> Webhook | None:
    telegram = service.transports.get("telegram")
    if telegram is None or telegram.caps.polls:
        return None

    async def hand_over(update: object) -> bool:
        raw = raw_update(update)
        if raw is not None:
            await service.listener.take(telegram, raw)
        return raw is not None

    return Webhook(hand_over, here.webhook_secret)


class QuietServer(uvicorn.Server):
    """A server that leaves the signals to us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing is captured."""
        yield


def _hosts(web: Web, *urls: str) -> list[str]:
    if not _loopback(web.host) and not web.behind_proxy:
        raise NotLoopback(host=web.host)
    names = {"127.0.0.1", "localhost", "[::1]", web.host}
    names |= {urlsplit(url).hostname or "" for url in (web.url, *urls)}
    return sorted(names - {""})


def _bind(web: Web) -> socket.socket:
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((web.host, web.port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port=web.port) from None
        raise EnvironmentNotThere(what=f"地址 {web.host}:{web.port}", why=why(error)) from None
    listening.listen(128)
    return listening


def _greet(service: Service) -> None:
    """What the terminal says; the first coordinator's link is printed to a terminal only, never to a log."""
    here = service.office
    click.echo(f"数据库：{here.ledger.name}")
    if here.settings.web.enabled:
        click.echo(f"本机聊天：{here.settings.web.address()}")
    _greet_telegram(service)
    with here.ledger.reading() as session:
        known = people.any_coordinator(session)
    if known:
        return
    with here.writing() as session:
        invited = people.invite(session, post=people.COORDINATOR, name="", now=here.now(), actor="cli")
    click.echo("还没有督办员。请用下面的一次性链接进入（7 天内有效，只能用一次）：")
    for transport in service.transports.values():
        click.echo(f"  {transport.link(invited.token)}")


def _greet_worker(service: Service) -> None:
    click.echo(f"数据库：{service.office.ledger.name}")
    _greet_telegram(service)


def _greet_telegram(service: Service) -> None:
    if "telegram" in service.transports:
        click.echo(f"Telegram：@{getattr(service.transports['telegram'], 'username', '')}")
