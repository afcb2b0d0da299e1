"""The coordinator's acts on the command line do what the chat's do, and the units hear of them the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from duban.ledger import backup, meta
from duban.ledger.database import Ledger
from duban.ledger.tables import CollectiveRow, OutboxRow
from duban_cli.main import cli
from duban_cli.units import WhichMembers
from office import Office, local, populate

EVENING = "2026-06-12T21:00"  # a Friday


@pytest.fixture
def ledger(sqlite_ledger: Ledger) -> Ledger:
    """What is asked here is asked of a file."""
    return sqlite_ledger


@pytest.fixture
def office(ledger: Ledger) -> Office:
    office = Office(ledger)
    populate(office)
    office.says("jia", "第1项已完成")
    office.says("yi", "第1项申请延期到8月31日，等批复")
    office.now = local(EVENING)
    with ledger.writing() as session:
        meta.claim_clock(session, "virtual")
        meta.remember_clock(session, office.now)
    return office


def duban(office: Office, *words: str) -> Result:
    """Run a command on the office's ledger at its moment. Raises what the command raises."""
    config = Path(str(office.ledger.path)).with_name("none.toml")
    config.write_text(f'[database]\nurl = "{office.ledger.url}"\n', encoding="utf-8")
    done = CliRunner().invoke(cli, ["--config", str(config), *words], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done


def told(office: Office) -> list[tuple[str, Any, Any]]:
    """What units were told of decisions: key without ids, text, moment."""
    return [
        (row.key.partition(":")[0], row.facts["html"], row.due_at)
        for row in office.rows(OutboxRow)
        if row.key.startswith(("verdict:", "extension:", "due:"))
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("verify", "1"), "/verify 1 销号"),
        (("verify", "1", "--return", "缺材料"), "/verify 1 退回 缺材料"),
        (("extend", "1", "2026-08-31", "--unit", "乙局"), "/extend 1 8月31日 乙局"),
        (("extend", "1", "2026-09-20"), "/extend 1 9月20日"),
        (("deadline", "1", "2026-09-20", "--unit", "乙局"), None),
    ],
)
def test_units_hear_the_same_by_either_door(
    office: Office, tmp_path: Path, words: tuple[str, ...], said: str | None
) -> None:
    assert office.ledger.path is not None
    backup.copy_to(office.ledger.path, tmp_path / "twin.sqlite3")
    twin = Office(Ledger(f"sqlite:///{tmp_path / 'twin.sqlite3'}"), now=office.now)
    duban(office, *words)
    heard = told(office)
    assert heard
    assert {at for _, _, at in heard} == {local("2026-06-15T08:00")}
    if said is not None:
        twin.says("du", said)
        assert heard == told(twin)
    twin.ledger.close()


@pytest.mark.parametrize("words", [(), ("甲局", "--ignore")])
def test_a_collective_is_never_emptied_by_half_a_sentence(office: Office, words: tuple[str, ...]) -> None:
    with pytest.raises(WhichMembers):
        duban(office, "units", "members", "各单位", *words)
    assert not office.rows(CollectiveRow)
