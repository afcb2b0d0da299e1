"""The documents say what there is: commands, settings, templates, links; and both READMEs say the same."""

from __future__ import annotations

import dataclasses
import importlib
import re
import subprocess
from pathlib import Path

import click
import pytest

from duban import resources
from duban.ledger import tasks
from duban.settings import Settings
from duban_bot.conversation import router
from duban_cli.main import COMMANDS, HELP

ROOT = Path(__file__).parents[3]
READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = sorted(
    file.relative_to(ROOT).as_posix()
    for file in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").glob("[!l]*/*.md"))
)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
COMING = {"docs/chat.png"} if not (ROOT / "docs" / "chat.png").exists() else set()


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def skeleton(name: str) -> list[str]:
    """What must be the same in both languages: levels of headings, tables' rows, code, pictures, links."""
    kept, fenced = [], False
    for line in read(name).splitlines():
        if line.startswith("```"):
            fenced = not fenced
        if heading := re.match(r"#+ ", line):
            kept.append(heading[0])
        elif line.startswith("|"):
            kept.append("row " + str(line.count("|")))
        elif line.startswith("- ") or re.match(r"\d+\. ", line):
            kept.append("point")
        elif fenced or line.startswith("```"):
            kept.append("code " + line[:12].strip())
    return kept + sorted(target for target in LINK.findall(read(name)) if not target.startswith("README"))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_relative_link_leads_somewhere(document):
    folder = (ROOT / document).parent
    broken = [
        target
        for target in LINK.findall(read(document))
        if not re.match(r"https?:|mailto:", target)
        and not (folder / target).exists()
        and (folder / target).resolve().relative_to(ROOT).as_posix() not in COMING
    ]
    assert broken == []


def test_the_links_are_found_at_all():
    assert {"LICENSE", "docs/architecture.md", "docs/chat.png"} <= set(LINK.findall(read("README.md")))


def test_both_readmes_are_built_alike():
    assert skeleton("README.md") == skeleton("README.zh-CN.md")


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_in_the_readme(readme, command):
    assert re.search(rf"`duban {command}[ `]", read(readme))


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_loads_and_shows_an_example(command):
    found = getattr(importlib.import_module(f"duban_cli.{COMMANDS[command]}"), f"{command}_command")
    assert isinstance(found, click.Command)
    assert HELP[command]
    leaves = found.commands.values() if isinstance(found, click.Group) else [found]
    assert leaves
    for leaf in leaves:
        assert leaf.help, leaf.name
        assert f"例：duban {command}" in (leaf.epilog or ""), leaf.name


def ways(command: click.Command) -> list[str]:
    """What goes behind the command's name: its own commands, or the choices of its first argument."""
    if isinstance(command, click.Group):
        return list(command.commands)
    first = next(one for one in command.params if isinstance(one, click.Argument))
    assert isinstance(first.type, click.Choice)
    return list(first.type.choices)


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize("group", ["units", "db", "explain"])
def test_each_command_of_a_group_is_in_the_readme(readme, group):
    found = getattr(importlib.import_module(f"duban_cli.{COMMANDS[group]}"), f"{group}_command")
    row = next(line for line in read(readme).splitlines() if line.startswith(f"| `duban {group}"))
    assert [name for name in ways(found) if not re.search(rf"[` ]{name}[` ]", row)] == []


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize("command", [command.name for command in router.COMMANDS])
def test_each_command_in_chat_is_in_the_readme(readme, command):
    assert re.search(rf"`/{command}[ `]", read(readme))


def test_no_readme_names_a_command_that_is_not_there():
    for readme in READMES:
        assert set(re.findall(r"`duban ([a-z]+)", read(readme))) <= COMMANDS.keys()
        assert set(re.findall(r"`/([a-z]+)", read(readme))) <= set(router.BY_NAME) | {"newbot"}


@pytest.mark.parametrize("section", [one.name for one in dataclasses.fields(Settings)])
def test_each_section_of_settings_is_in_the_readme(section):
    for readme in READMES:
        assert f"`[{section}]`" in read(readme)


def test_a_setting_that_a_document_names_is_there():
    known = {
        f"{section.name}.{one.name}"
        for section in dataclasses.fields(Settings)
        for one in dataclasses.fields(getattr(Settings(), section.name))
    }
    sections = "|".join(one.name for one in dataclasses.fields(Settings))
    named = {
        name for document in DOCUMENTS for name in re.findall(rf"`((?:{sections})\.[a-z_]+)", read(document))
    }
    assert named - known - {"database.py"} == set()
    assert "telegram.token_file" in named


@pytest.mark.parametrize("folder", sorted({one.parent.name for one in resources.templates().glob("*/*")}))
def test_each_folder_of_templates_is_in_the_architecture(folder):
    assert f"`{folder}/`" in read("docs/architecture.md")


@pytest.mark.parametrize("room", ["core", "scheduler", "bot", "web", "cli", "templates", "data", "tests"])
def test_each_room_is_in_the_architecture(room):
    assert f"| `{room}/` |" in read("docs/architecture.md")


def test_the_glossary_has_every_state_and_where_it_leads():
    rows = {cells[1].strip(): cells[3] for line in read("docs/glossary.md").splitlines()
            if len(cells := line.split("|")) == 5}  # fmt: skip
    for state, moves in tasks.MOVES.items():
        assert state in rows
        for to in moves - {"not_ours", "suspended", "cancelled"}:
            if state in {"open", "received", "in_progress"}:
                assert to in rows[state], (state, to)


def test_each_decision_is_listed():
    listed = set(LINK.findall(read("docs/decisions/README.md")))
    there = {file.name for file in (ROOT / "docs/decisions").glob("*.md")} - {"README.md"}
    assert listed == there


@pytest.mark.parametrize("readme", READMES)
def test_the_commands_of_make_are_there(readme):
    done = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for target in set(re.findall(r"make ([a-z]+) {2,}|`make ([a-z]+)`", read(readme))):
        assert f"make {''.join(target)} " in done


def test_ci_runs_the_readmes_test_command():
    commands = [line for line in read(".ci/run").splitlines() if line and not line.startswith("#")]
    assert "make test" in commands
    assert "make test " in read("README.md")
