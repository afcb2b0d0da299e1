"""/healthz and /metrics: what they say, to whom, and that nothing of anybody is in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from duban.ledger.figures import Queues
from duban_cli.health import LIMITS, Pulse, figures_of, problems
from duban_web.app import make_app
from duban_web.metrics import GAUGES, exposition
from office import local

NOW = local("2026-06-10T10:00")
QUEUES = Queues(
    outbox=3, outbox_due=local("2026-06-10T09:59"), sending=1, unknown=2, held=4, inbox=1,
    inbox_since=local("2026-06-10T09:58"), set_aside=5,
)  # fmt: skip


def figures(**more: Any) -> dict[str, Any]:
    """What a serving process says."""
    told = Pulse().ages(sent=None, polled={"telegram": 0.0}) | figures_of(QUEUES, now=NOW)
    told |= {"poll_age_seconds": {"telegram": 2.5}, "backup_age_seconds": 60, "database_bytes": 4096} | more
    return {"problems": problems(told, None)} | told


def client(told: Mapping[str, Any], token: str | None = None) -> TestClient:
    async def health() -> Mapping[str, Any]:
        return told

    door: Any = None  # these pages ask it nothing
    app = make_app(
        door, office="督办室", zone="Asia/Shanghai", hosts=["127.0.0.1"], health=health, max_file=1,
        health_token=token,
    )  # fmt: skip
    return TestClient(app, base_url="http://127.0.0.1")


def test_healthy() -> None:
    answer = client(figures()).get("/healthz")
    assert answer.status_code == 200
    told = answer.json()
    assert told["problems"] == []
    assert (told["outbox"], told["outbox_oldest_due_seconds"], told["inbox_oldest_seconds"]) == (3, 60, 120)
    assert (told["outbox_unknown"], told["outbox_held"], told["inbox_set_aside"]) == (2, 4, 5)
    assert told["send_age_seconds"] is None


@pytest.mark.parametrize("figure", LIMITS)
def test_each_limit_is_a_problem(figure: str) -> None:
    code, limit = LIMITS[figure]
    for value, wrong in ((limit - 1, []), (limit + 1, [code])):
        age: Any = {"telegram": value} if figure == "poll_age_seconds" else value
        answer = client(figures(**{figure: age})).get("/healthz")
        assert (answer.json()["problems"], answer.status_code) == (wrong, 503 if wrong else 200)


def test_a_database_that_cannot_be_asked_is_a_problem() -> None:
    told = Pulse().ages(sent=None, polled={}) | figures_of(None, now=NOW)
    assert problems(told, "full") == ["database-full"]
    assert told["outbox"] is None


def test_metrics_are_the_same_figures() -> None:
    answer = client(figures(tick_age_seconds=61)).get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.status_code == 200, "a scrape that fails tells less than one that says what is wrong"
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert found[("duban_outbox",)] == 3
    assert found[("duban_poll_age_seconds", "telegram")] == 2.5
    assert found[("duban_problem", "tick-late")] == 1
    assert found[("duban_healthy",)] == 0
    assert ("duban_send_age_seconds",) not in found, "what is not known is not told"


def test_every_figure_has_its_gauge() -> None:
    assert set(figures()) - {"problems"} == set(GAUGES)
    assert exposition(figures()).count(b"# TYPE duban_") >= len(GAUGES)


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
@pytest.mark.parametrize(
    ("token", "given", "status"),
    [
        (None, "", 200),  # pages that only loopback reaches
        ("", "", 404),  # behind a proxy, no token is set
        ("", "Bearer ", 404),
        ("s3cret", "", 401),
        ("s3cret", "Bearer wrong", 401),
        ("s3cret", "Basic s3cret", 401),
        ("s3cret", "Bearer s3cret", 200),
    ],
)
def test_who_is_answered(path: str, token: str | None, given: str, status: int) -> None:
    answer = client(figures(), token).get(path, headers={"Authorization": given} if given else {})
    assert answer.status_code == status
    assert (status == 200) == bool(answer.content)


def test_only_numbers_and_codes_are_told() -> None:
    def plain(value: Any) -> bool:
        if isinstance(value, Mapping):
            return all(plain(one) for one in value.values())
        return value is None or isinstance(value, int | float)

    assert all(plain(value) for name, value in figures().items() if name != "problems")
