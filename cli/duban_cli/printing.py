"""What commands print: JSON to stdout alone, words from templates/cli."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import click
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from duban import resources

STATES = {
    "open": "未签收",
    "received": "已签收",
    "in_progress": "推进中",
    "reported_done": "已报完成待核查",
    "closed": "已销号",
    "not_ours": "申请改派",
    "suspended": "挂起",
    "cancelled": "已取消",
    "reported": "已反馈",
    "missed": "未报",
}
LIGHTS = {"green": "正常", "yellow": "临近", "red": "逾期", "grey": "办结"}
ROLES = {"lead": "牵头", "responsible": "责任", "cooperate": "配合"}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resources.templates()), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, autoescape=False,  # noqa: S701 - a terminal, not a page
    )  # fmt: skip
    environment.globals.update(states=STATES, lights=LIGHTS, roles=ROLES)
    return environment


def show(template: str, **facts: Any) -> None:
    """Print a template of templates/cli to stdout."""
    click.echo(_environment().get_template(f"cli/{template}.txt.j2").render(**facts).rstrip("\n"))


def note(template: str, **facts: Any) -> None:
    """The same to stderr."""
    click.echo(_environment().get_template(f"cli/{template}.txt.j2").render(**facts).rstrip("\n"), err=True)


def as_json(data: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))


def either(data: Any, *, json_wanted: bool, template: str, **facts: Any) -> None:
    """JSON where it was asked for, else words."""
    if json_wanted:
        as_json(data)
    else:
        show(template, data=data, **facts)
