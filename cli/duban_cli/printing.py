"""What commands print: JSON to stdout alone, words from templates/cli."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from typing import Any

import click
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from duban import resources
from duban_cli.terminal import harmless


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resources.templates()), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, autoescape=False,  # noqa: S701 - a terminal, not a page
    )  # fmt: skip
    words = _words()
    environment.globals.update(
        states=words["state"], lights=words["light"], roles=words["role"], fields=words["field"]
    )
    return environment


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((resources.templates() / "chat" / "words.toml").read_text(encoding="utf-8"))


def word(section: str, key: str) -> str:
    """A single word of templates/chat/words.toml. What has none is shown as it is."""
    return _words()[section].get(key, key)


def show(template: str, **facts: Any) -> None:
    """Print a template of templates/cli to stdout."""
    click.echo(_rendered(template, facts))


def note(template: str, **facts: Any) -> None:
    """The same to stderr."""
    click.echo(_rendered(template, facts), err=True)


def _rendered(template: str, facts: dict[str, Any]) -> str:
    return harmless(_environment().get_template(f"cli/{template}.txt.j2").render(**facts).rstrip("\n"))


def as_json(data: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))


def either(data: Any, *, json_wanted: bool, template: str, **facts: Any) -> None:
    """JSON where it was asked for, else words."""
    if json_wanted:
        as_json(data)
    else:
        show(template, data=data, **facts)
