"""Telegram hands updates over to a real `duban run`: kept before they are answered, once in effect."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from botapi import Server
from botapi.updates import FIRST_ID
from e2e.process import Machine

pytestmark = pytest.mark.slow

USER = 100
HEADER = "X-Telegram-Bot-Api-Secret-Token"
SAID = {
    "DUBAN_TELEGRAM__WEBHOOK_URL": "https://duban.example/telegram",
    "DUBAN_WEB__BEHIND_PROXY": "true",
    "DUBAN_LOG__LEVEL": "debug",
}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def machine(server: Server, tmp_path: Path) -> Iterator[Machine]:
    made = Machine(
        tmp_path, DUBAN_TELEGRAM__TOKEN=server.token, DUBAN_TELEGRAM__BASE_URL=server.base_url,
        DUBAN_DATABASE__WAIT_SECONDS="1", **SAID,
    )  # fmt: skip
    yield made
    made.close()


def started(machine: Machine) -> None:
    machine.start()
    machine.until(lambda: "?start=" in (machine.folder / "out").read_text(), "the first coordinator's link")


def post(machine: Machine, body: object, secret: str, **headers: str) -> int:
    """The status with which an update is answered."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    said = {"Host": "duban.example", HEADER: secret} | headers
    return httpx.post(f"http://127.0.0.1:{machine.port}/telegram", content=content, headers=said).status_code


def deliver(machine: Machine, server: Server) -> int:
    """Hand over what waits, as Telegram would; the last status."""
    return [post(machine, one, server.world.updates.secret) for one in server.world.updates.unconfirmed()][-1]


def kept(machine: Machine) -> list[Any]:
    with sqlite3.connect(machine.database) as database:
        return database.execute("SELECT update_key FROM inbox ORDER BY id").fetchall()


def test_what_is_handed_over_is_kept_and_answered_once(machine: Machine, server: Server) -> None:
    started(machine)
    updates = server.world.updates
    assert updates.webhook == SAID["DUBAN_TELEGRAM__WEBHOOK_URL"]
    assert len(updates.secret) > 30, "made anew where none is set"
    user = server.user(USER)
    user.start("no-such-invite")
    assert deliver(machine, server) == 200
    assert kept(machine) == [(str(FIRST_ID),)], "kept before it was answered"
    machine.until(user.received, "the answer")
    assert deliver(machine, server) == 200, "once more: known"
    user.start("another")
    assert deliver(machine, server) == 200
    machine.until(lambda: len(user.received()) == 2, "the second answer")
    assert len(kept(machine)) == 2
    assert machine.stop() == 0
    assert len(user.received()) == 2
    assert updates.secret not in machine.log
    assert updates.webhook, "Telegram keeps what comes while we are away"


def test_what_is_not_telegrams_is_refused(machine: Machine, server: Server) -> None:
    started(machine)
    secret = server.world.updates.secret
    update = {"update_id": 1, "message": {}}
    for other in ("", "x", secret[:-1], secret + "x", secret.swapcase()):
        assert post(machine, update, other) == 401
    assert post(machine, update, secret, Host="elsewhere.example") == 400
    assert post(machine, b"{" + b" " * 2**20, secret) == 413
    for body in (b"", b"{", b"\xff", [], {"a": 1}, {"update_id": "7"}, None):
        assert post(machine, body, secret) == 400
    assert machine.get("/telegram")[0] == 405
    assert kept(machine) == []


def test_a_ledger_that_takes_nothing_is_no_answer(machine: Machine, server: Server) -> None:
    started(machine)
    user = server.user(USER)
    user.start("no-such-invite")
    lock = sqlite3.connect(machine.database, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    assert deliver(machine, server) == 503
    lock.execute("ROLLBACK")
    lock.close()
    assert kept(machine) == []
    machine.until(lambda: deliver(machine, server) == 200, "it is repeated")
    machine.until(user.received, "the answer")


def test_whoever_asks_for_updates_takes_the_webhook_away(machine: Machine, server: Server) -> None:
    server.world.updates.webhook = "https://old.example/telegram"
    machine.env["DUBAN_TELEGRAM__WEBHOOK_URL"] = ""
    started(machine)
    user = server.user(USER)
    user.start("no-such-invite")
    machine.until(user.received, "the answer")
    assert not server.world.updates.webhook
    assert post(machine, {"update_id": 1}, "", Host="127.0.0.1") == 404


def test_a_secret_of_ones_own(machine: Machine, server: Server) -> None:
    machine.env["DUBAN_TELEGRAM__WEBHOOK_SECRET"] = "of-our-own_1"
    started(machine)
    assert server.world.updates.secret == "of-our-own_1"
    assert post(machine, {"update_id": 1}, "of-our-own_1") == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"TELEGRAM__WEBHOOK_URL": "http://duban.example/telegram"}, "telegram.webhook_url"),
        ({"TELEGRAM__WEBHOOK_URL": "https://duban.example/"}, "https://域名/telegram"),
        ({"WEB__ENABLED": "false"}, "web.enabled"),
        ({"TELEGRAM__WEBHOOK_SECRET": "秘密"}, "telegram.webhook_secret"),
    ],
)
def test_settings_that_cannot_be(machine: Machine, changes: dict[str, str], words: str) -> None:
    machine.env |= {f"DUBAN_{name}": value for name, value in changes.items()}
    done = machine.command("run")
    assert done.returncode == 2
    assert words in done.stderr


def test_two_on_one_token(server: Server, tmp_path: Path) -> None:
    """The one that came last stops with a sentence; the first goes on."""
    said = {
        "DUBAN_TELEGRAM__TOKEN": server.token, "DUBAN_TELEGRAM__BASE_URL": server.base_url,
        "DUBAN_WEB__ENABLED": "false",
    }  # fmt: skip
    machines = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        machines.append(Machine(tmp_path / name, **said))
    first, second = machines
    user = server.user(USER)
    try:
        first.start()
        user.start("no-such-invite")
        first.until(user.received, "the first listens")
        second.start()
        assert second.process is not None
        assert second.process.wait(60) == 3
        assert "同一令牌只能有一个在收消息" in second.log
        user.start("another")
        first.until(lambda: len(user.received()) == 2, "the first goes on")
        assert first.stop() == 0
    finally:
        for machine in machines:
            machine.close()
