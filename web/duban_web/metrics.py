"""The figures of /healthz in Prometheus' text format.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_LATEST
# figure → (what it is, the label where it is a mapping); what is not here is not told
GAUGES: Mapping[str, tuple[str, str | None]] = {
    "uptime_seconds": ("Since this process serves.", None),
    "tick_age_seconds": ("Since the last look at what is due.", None),
    "poll_age_seconds": ("Since the chat was last heard, by chat.", "chat"),
    "send_age_seconds": ("Since the last message was accepted by a chat.", None),
    "outbox": ("Messages on their way.", None),
    "outbox_oldest_due_seconds": ("How long the oldest message that is due waits.", None),
    "outbox_unknown": ("Messages in doubt in the last 30 days.", None),
    "outbox_held": ("Messages of a restored backup that wait for a coordinator.", None),
    "inbox": ("Updates not handled yet.", None),
    "inbox_oldest_seconds": ("How long the oldest of them waits.", None),
    "inbox_set_aside": ("Updates set aside in the last 30 days.", None),
    "backup_age_seconds": ("Since the newest daily backup.", None),
    "database_bytes": ("Size of the database's file.", None),
}


class _Figures(Collector):
    def __init__(self, figures: Mapping[str, Any]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """One gauge a figure that is known, and 1 for each problem there is."""
        for name, (words, label) in GAUGES.items():
            value = self._figures.get(name)
            if value is None:
                continue
            gauge = GaugeMetricFamily(f"duban_{name}", words, labels=[label] if label else None)
            if label:
                for which, number in value.items():
                    gauge.add_metric([str(which)], number)
            else:
                gauge.add_metric([], value)
            yield gauge
        problems = GaugeMetricFamily("duban_problem", "1 for each thing that is wrong.", labels=["code"])
        for code in self._figures["problems"]:
            problems.add_metric([code], 1)
        yield problems
        yield GaugeMetricFamily("duban_healthy", "1: nothing is wrong.", value=not self._figures["problems"])


def exposition(figures: Mapping[str, Any]) -> bytes:
    """The text of /metrics. `figures`: as door.Health gives them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(figures))
    return generate_latest(registry)
