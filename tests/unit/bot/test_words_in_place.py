"""Every word in its place: templates that are asked for are there, those that are there are asked for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from duban import resources
from duban_bot.conversation import menu, router
from duban_bot.words import shipped

ROOT = Path(__file__).parents[3]
CHAT = resources.templates() / "chat"
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "bot").rglob("*.py")))
ASKED = re.compile(
    r'(?:\b(?:say|replace|_list|_rows)\(\s*(?:talk,\s*)?|\b(?:tell|_of_task)\([^"]*?f"[^"]*",\s*|chat/)"?([a-z_]+)(?:\.html\.j2)?"'
)
BY_KIND = {"digest", "assignment", "reminder", "copy", "blocks"}  # named by an outbox row's kind, or imported


def test_templates_and_code_name_the_same() -> None:
    there = {path.name.removesuffix(".html.j2") for path in CHAT.glob("*.html.j2")}
    asked = set(ASKED.findall(SOURCES)) | BY_KIND
    assert there - asked == set()
    assert asked - there == set()


@pytest.mark.parametrize("path", sorted(CHAT.glob("*.j2")), ids=lambda path: path.name)
def test_a_template_compiles(path: Path) -> None:
    shipped()._env.get_template(f"chat/{path.name}")


def test_every_label_is_used_and_every_used_label_is_there() -> None:
    labels = set(tomllib.loads((CHAT / "words.toml").read_text(encoding="utf-8"))["label"])
    asked = set(re.findall(r'label\(\s*"([a-z_]+)"', SOURCES))
    verbs = {verb.verb for verb in router.VERBS}
    assert asked - labels == set()
    assert labels - asked - verbs <= {"pick_unit", "activate_again"}


@pytest.mark.parametrize("coordinator", [False, True])
def test_the_menu_says_what_each_command_is(coordinator: bool) -> None:
    found = menu(coordinator=coordinator)
    assert all(re.search(r"[一-鿿]", words) for _, words in found)
    assert ("queue" in dict(found)) is coordinator
    assert {"mine", "due", "item", "report", "help"} <= set(dict(found))


def test_no_two_commands_share_a_word() -> None:
    words = [word for command in router.COMMANDS for word in (command.name, *command.words)]
    assert len(words) == len(set(words))
