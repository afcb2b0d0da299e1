"""What SQLite forgives and PostgreSQL does not, put in at every door: the same answer on both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import BigInteger, Integer, Text

from duban.ledger import directory
from duban.ledger.database import Ledger
from duban.ledger.tables import (
    AliasRow,
    AnswerRow,
    Base,
    CollectiveRow,
    DocumentRow,
    InboxRow,
    ItemRow,
    UnitRow,
)
from duban_bot.receiver import Receiver
from duban_bot.transports.local import LocalTransport
from duban_cli.main import cli
from office import Office, populate
from papers.xlsx import book, rows_of

SAMPLE = (Path(__file__).parents[2] / "data/samples/plan-2026.txt").read_bytes()
HALF, NUL = "\ud83d", "\0"
LONG = "长" * 300


class Still:
    """The office's moment."""

    def __init__(self, office: Office) -> None:
        self.now = lambda: office.now


class Chat:
    """The local chat of an office, handled as in service."""

    def __init__(self, ledger: Ledger) -> None:
        self.office = Office(ledger)
        self.tasks = populate(self.office)
        clock: Any = Still(self.office)
        self.local = LocalTransport(ledger, clock, address="http://127.0.0.1")
        self.receiver = Receiver(ledger, {"local": self.local}, clock, lambda _: self.office.world())

    async def heard(self) -> list[str]:
        """What is answered, each of it sendable; nothing is set aside."""
        before = len(self.office.sent("re:"))
        await self.receiver.handle_waiting()
        assert {row.state for row in self.office.rows(InboxRow)} == {"done"}
        said = [one.html for one in self.office.sent("re:")[before:]]
        assert "\0" not in "".join(said)
        "".join(said).encode()
        return said


@pytest.fixture
def chat(ledger: Ledger) -> Chat:
    return Chat(ledger)


@pytest.mark.parametrize("odd", [NUL, HALF, "\udfff", NUL * 3])
async def test_words(chat: Chat, odd: str) -> None:
    await chat.local.say("jia", f"第1项已完成{odd}，链接 https://a.example/{odd}")
    (answer,) = await chat.heard()
    assert "1" in answer
    (kept,) = chat.office.rows(AnswerRow)
    assert kept.text.startswith("第1项已完成�")


@pytest.mark.parametrize("text", ["{}", "/unit {}", "/item {}", "/start {}", "/invite {}", "/event 1 {}"])
@pytest.mark.parametrize("who", ["du", "nobody"])
async def test_other_words(chat: Chat, text: str, who: str) -> None:
    await chat.local.say(who, text.format(f"{NUL}{HALF}"), name=f"某{NUL}{HALF}")
    await chat.heard()


async def test_names_and_files(chat: Chat) -> None:
    await chat.local.upload("du", f"方案{NUL}{HALF}.txt", SAMPLE, name=f"督{HALF}")
    assert await chat.heard()


@pytest.mark.parametrize("number", [2**31, 2**53, 999_999_999_999_999])
@pytest.mark.parametrize("verb", ["done", "close", "item", "imp", "undo", "page", "activate", "release"])
@pytest.mark.parametrize("who", ["jia", "du"])
async def test_numbers_on_buttons(chat: Chat, number: int, verb: str, who: str) -> None:
    await chat.local.press(who, 2**33, f"{verb}:{number}")
    await chat.heard()


async def test_numbers_in_addresses(chat: Chat) -> None:
    assert await chat.local.file("jia", 10**20) is None
    await chat.local.press("jia", 10**20, "done:1")
    assert await chat.heard()


NUMBERS = ("2147483648", "99999999999", "9223372036854775808", "9" * 30)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "words",
    [
        "/item {n}", "第{n}项已完成", "/activate {n}", "/verify {n} 销号", "/deadline {n} 9月30日",
        "/event {n} 6月1日", "/remind {n}", "/mine {n}", "/due {n}", "{n}", "第1项进度{n}%",
    ],
)  # fmt: skip
async def test_numbers_in_words(chat: Chat, words: str, number: str) -> None:
    for who in ("jia", "du"):
        await chat.local.say(who, words.format(n=number))
        await chat.heard()


def run(ledger: Ledger, *words: str, stdin: str | None = None) -> Result:
    env = {"DUBAN_DATABASE__URL": ledger.url.render_as_string(hide_password=False)}
    return CliRunner().invoke(cli, words, env=env, input=stdin)


def well(done: Result) -> None:
    """Done, or refused in a sentence: no fault of the program's own."""
    assert isinstance(done.exception, SystemExit | None) or hasattr(done.exception, "exit_code"), (
        done.exception
    )


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "words",
    [
        ("item", "{n}"), ("verify", "{n}"), ("extend", "{n}", "2026-09-30"), ("remind", "{n}"),
        ("deadline", "{n}", "2026-09-30"), ("event", "{n}", "2026-06-01"), ("assign", "{n}", "甲局"),
        ("activate", "{n}"), ("item", "1", "--plan", "{n}"), ("summary", "--plan", "{n}"),
    ],
)  # fmt: skip
def test_numbers_on_the_command_line(ledger: Ledger, words: tuple[str, ...], number: str) -> None:
    populate(Office(ledger))
    well(run(ledger, *(word.format(n=number) for word in words)))


@pytest.mark.parametrize(
    "words",
    [
        ("units", "alias", "甲局", LONG), ("units", "rename", "甲局", LONG),
        ("units", "members", LONG, "甲局"), ("units", "members", "各单位", LONG),
        ("unit", LONG), ("invite", LONG), ("assign", "1", "甲局", LONG),
    ],
)  # fmt: skip
def test_names_that_are_none(ledger: Ledger, words: tuple[str, ...]) -> None:
    populate(Office(ledger))
    done = run(ledger, *words)
    assert getattr(done.exception, "exit_code", None) == 2, done.output
    office = Office(ledger)
    assert all(
        len(row.name) < 99 for table in (UnitRow, AliasRow, CollectiveRow) for row in office.rows(table)
    )


def test_a_units_file(ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "units.toml"
    for body in (f'[[unit]]\nname = "{LONG}"', f'[[unit]]\nname = "某局"\naliases = ["{LONG}"]'):
        file.write_text(body, "utf-8")
        done = run(ledger, "units", "import", str(file))
        assert isinstance(done.exception, directory.NameTooLong)
        assert len(str(done.exception)) < 60
    file.write_text('[[unit]]\nname = "甲\\u0000局"', "utf-8")
    well(run(ledger, "units", "import", str(file)))


@pytest.mark.parametrize("words", [("verify", "1", "--return"), ("invite", "--coordinator"), ("unit",)])
def test_bytes_that_are_no_text_on_the_command_line(ledger: Ledger, words: tuple[str, ...]) -> None:
    populate(Office(ledger))
    well(run(ledger, *words, "理由\udcff"))


@pytest.mark.parametrize("number", ["20241231001", "9" * 18, "9" * 40])
def test_numbers_in_a_document(ledger: Ledger, tmp_path: Path, number: str) -> None:
    file = tmp_path / "plan\udcff.xlsx"
    head = ("序号", "工作任务", "责任单位")
    rows = rows_of(
        head, (number, "编制目录，12月31日前完成。", "甲局"), (f"{int(number) + 1}", "公布清单。", "乙局")
    )
    file.write_bytes(book(rows))
    done = run(ledger, "import", str(file), "--yes", "--year", "2026")
    assert done.exit_code == 0, done.output
    office = Office(ledger)
    assert [row.requirement for row in office.rows(ItemRow)] == ["编制目录，12月31日前完成。", "公布清单。"]
    assert [row.name for row in office.rows(DocumentRow)] == ["plan�.xlsx"]


def test_every_column_of_words_takes_any_text_and_every_number_is_wide() -> None:
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    assert [str(column) for column in columns if type(column.type) is Text] == []
    narrow = [
        one for one in columns if isinstance(one.type, Integer) and not isinstance(one.type, BigInteger)
    ]
    assert [str(column) for column in narrow] == []
