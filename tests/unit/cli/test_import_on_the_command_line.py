"""`duban import` on a terminal: one doubt after the other, back, stopped, gone on with; heads are kept."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from duban.ledger.database import Ledger
from duban.ledger.tables import DeadlineRow, DraftRow, DutyRow, HeadRow, ItemRow, PlanRow
from duban_cli import deciding, files
from duban_cli.main import cli

ROOMS = ("core", "scheduler", "bot", "web", "cli")
ROOT = Path(__file__).parents[3]
HEADS = ("序号", "工作任务", "督导组", "责任单位", "完成时限")
ROWS = (
    ("办好第一件事，形成清单。", "乙局", "甲局", "尽快"),
    ("办好第二件事，2月30日前完成。", "乙局", "甲局", "6月\n底前"),
)


def document(title: str = "某区2026年工作方案", mark: str = "主动公开") -> bytes:
    lines = [title, "", *(f"\t{head}" for head in HEADS), ""]
    for no, cells in enumerate(ROWS, 1):
        lines += [f"\t{no}", *(f"\t{cell}" for cell in cells), ""]
    return "\n".join([*lines, mark]).encode()


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    file = tmp_path / "方案.txt"
    file.write_bytes(document())
    return file


@pytest.fixture
def duban(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "{ledger.url}"\n', encoding="utf-8")
    monkeypatch.setattr("duban_cli.plans.interactive", lambda: True)

    def run(*words: str | Path, typed: str = "", code: int = 0) -> Result:
        arguments = ["--config", str(config), *map(str, words)]
        done = CliRunner().invoke(cli, arguments, input=typed, catch_exceptions=False)
        assert done.exit_code == code, done.output
        return done

    return run


def rows(ledger: Ledger, table: type[Any]) -> list[Any]:
    with ledger.reading() as session:
        return list(session.scalars(select(table)))


def test_one_by_one_with_place_and_words(duban: Callable[..., Result], plan: Path, ledger: Ledger) -> None:
    said = duban("import", plan, typed="牵头单位\n2\n9月底前\n3月2日\n").stderr
    assert said.index("表头“督导组”不认识") < said.index("读到 2 项")
    assert "文件中的位置：第13行" in said
    assert "原文：【尽快】" in said
    assert "【2月30日前】" in said
    assert "已导入" in said
    assert {duty.role for duty in rows(ledger, DutyRow)} == {"lead", "responsible"}
    assert {str(one.due) for one in rows(ledger, DeadlineRow)} >= {"2026-03-02", "2026-06-30"}
    assert not rows(ledger, DraftRow)
    assert [(head.plain, head.meaning, head.by) for head in rows(ledger, HeadRow)] == [
        ("督导组", "lead", "cli")
    ]


def test_enter_takes_the_safest(duban: Callable[..., Result], plan: Path, ledger: Ledger) -> None:
    duban("import", plan, typed="\n\n\n")
    assert {duty.name for duty in rows(ledger, DutyRow)} == {"甲局"}
    assert rows(ledger, HeadRow)[0].meaning == "skip"


@pytest.mark.parametrize(("end", "code"), [("q\n", 0), ("", 130)])
def test_stopped_and_gone_on_with(
    duban: Callable[..., Result], plan: Path, ledger: Ledger, end: str, code: int
) -> None:
    said = duban("import", plan, typed="4\n\n" + end, code=code).stderr
    assert "已定 2 处，还有 1 处没有定" in said
    assert f"duban import {plan}" in said
    assert not rows(ledger, PlanRow)
    (draft,) = rows(ledger, DraftRow)
    assert (draft.body, draft.person_id, len(draft.decisions)) == (None, None, 2)
    again = duban("import", plan, typed="\n").stderr
    assert "上次已定 2 处" in again
    assert "督导组" not in again
    assert rows(ledger, PlanRow)


def test_back_one_and_begun_anew(duban: Callable[..., Result], plan: Path, ledger: Ledger) -> None:
    said = duban("import", plan, typed="b\n4\nb\n3\n\nb\nb\n\nq\n").stderr
    assert "已经是第一处" in said
    assert "4. 是“牵头单位”（现在定的）" in said
    assert rows(ledger, HeadRow)[0].meaning == "responsible"
    anew = duban("import", plan, "--again", typed="1\nq\n").stderr
    assert "表头“督导组”不认识" in anew
    assert rows(ledger, HeadRow)[0].meaning == "skip"
    assert "已定 1 处" in anew


def test_what_cannot_be_taken_is_asked_again(duban: Callable[..., Result], plan: Path) -> None:
    said = duban("import", plan, typed="99\n哪一列\n时限\n2\n不知道\nq\n").stderr
    assert "“哪一列”不是能用的列" in said
    assert "没有读出日期" in said


def test_the_rest_the_safest_way(duban: Callable[..., Result], plan: Path, ledger: Ledger) -> None:
    duban("import", plan, typed="3\na\n")
    assert rows(ledger, PlanRow)


def test_a_head_that_was_said_is_asked_in_no_other_document(
    duban: Callable[..., Result], plan: Path, tmp_path: Path
) -> None:
    duban("import", plan, typed="4\na\n")
    other = tmp_path / "另一份.txt"
    other.write_bytes(document(title="某区2026年另一项工作"))
    read = json.loads(duban("read", other, "--json").stdout)
    assert {unit["role"] for unit in read["items"][0]["units"]} == {"lead", "responsible"}
    assert "unknown-column" not in {problem["code"] for problem in read["problems"]}
    assert "督导组" not in duban("import", other, typed="q\n").stderr


def test_read_makes_no_database(duban: Callable[..., Result], plan: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/new/d.sqlite3"\n', encoding="utf-8")
    assert "督导组" in duban("read", plan).stdout
    assert not (tmp_path / "new").exists()


def test_a_year_that_nobody_wrote_is_asked_before_any_date(
    duban: Callable[..., Result], plan: Path, ledger: Ledger
) -> None:
    plan.write_bytes(document(title="某区工作方案"))
    said = duban("import", plan, typed="1\n2027\na\n").stderr
    assert "读到 2 项，2027 年度" in said
    assert {str(one.due) for one in rows(ledger, DeadlineRow)} >= {"2027-06-30"}


def test_yes_keeps_what_was_decided_and_takes_the_safest_for_the_rest(
    duban: Callable[..., Result], plan: Path, ledger: Ledger
) -> None:
    duban("import", plan, typed="4\nq\n")
    said = duban("import", plan, "--yes").stderr
    assert "上次已定 1 处" in said
    assert {duty.role for duty in rows(ledger, DutyRow)} == {"lead", "responsible"}


def test_an_amended_file_says_what_it_changes(
    duban: Callable[..., Result], plan: Path, ledger: Ledger
) -> None:
    duban("import", plan, "--yes")
    plan.write_bytes(document().replace("第二件事".encode(), "第二件大事".encode()))
    said = duban("import", plan, "--yes").stderr
    assert "不变 1 项，改动 1 项" in said
    (first, second) = rows(ledger, ItemRow)
    assert ["requirement", "办好第二件大事，2月30日前完成。", "第16行"] in second.origins
    assert first.origins


def test_the_source_of_an_item(duban: Callable[..., Result], plan: Path) -> None:
    duban("import", plan, typed="4\na\n")
    said = duban("item", "2", "--source").stdout
    assert "出处：方案.txt，第15—20行" in said
    assert "要求（第16行）：办好第二件事，2月30日前完成。" in said
    assert "第16行：办好第二件事，【2月30日前】完成。" in said
    assert "第19—20行：【6月\n    底前】" in said
    assert "单位“乙局”的出处：第17行\n  【乙局】" in said
    came = json.loads(duban("item", "2", "--source", "--json").stdout)["source"]
    assert {one["field"] for one in came["fields"]} == {"number", "requirement", "units", "time"}
    (mark,) = came["deadlines"][1]["marks"]
    assert mark["text"][mark["start"] : mark["end"]] == "6月\n底前"
    assert "source" not in json.loads(duban("item", "2", "--json").stdout)


@pytest.mark.parametrize("size", [files.LIMIT << 20, 5 << 30])
def test_a_file_too_large_is_told_before_it_is_read(tmp_path: Path, size: int) -> None:
    file = tmp_path / "big.docx"
    with file.open("wb") as body:
        body.truncate(size + 1)
    with pytest.raises(files.TooLarge, match=f"有 {(size >> 20) + 1} MB"):
        files.file_bytes(file)


@pytest.mark.parametrize("path", ["/dev/zero", "pipe", "."])
def test_what_is_no_file_is_not_opened(tmp_path: Path, path: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(files.NoSuchFile, match="文件"):
        files.file_bytes(tmp_path / path)


def test_a_terminal_is_told_when_reading_takes_long(
    plan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(files, "_PATIENCE", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with files.said_while_reading(plan):
        while "正在读 方案.txt" not in capsys.readouterr().err:
            pass


@pytest.mark.parametrize("words", [("read", "--strict"), ("import", "--strict", "--yes")])
def test_strict_ends_with_four(plan: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    plan.write_bytes(document().replace("甲局".encode(), "各镇（街）".encode()))
    env = {"PATH": os.environ["PATH"], "DUBAN_DATABASE__URL": f"sqlite:///{tmp_path}/d/d.sqlite3",
           "PYTHONPATH": os.pathsep.join(str(ROOT / room) for room in ROOMS)}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "duban_cli.main", *words, str(plan)],
        check=False, capture_output=True, text=True, env=env, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 4, done.stderr


def test_somebody_can_be_asked_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        assert deciding.interactive()
    os.close(ours)
    monkeypatch.setattr(sys, "stdin", None)
    assert not deciding.interactive()
