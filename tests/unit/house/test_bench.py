"""`make bench`: the peers, what is judged of each, and where its table stands."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
BENCHMARKS = ROOT / "tests" / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import bench_peers

    return bench_peers


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["dateparser", "JioNLP", "recognizers-text", "time-parser-zh"])
def test_each_peer_runs_in_an_environment_of_its_own(
    bench: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    from peers import environments

    ran: list[tuple[str, ...]] = []
    monkeypatch.setattr(environments, "FOLDER", tmp_path)
    monkeypatch.setattr(environments, "ROOT", tmp_path)
    monkeypatch.setattr(environments, "_run", lambda *command: ran.append(command))
    (peer,) = (one for one in bench.PEERS if one.name == name)
    (tmp_path / peer.adapter).mkdir()
    assert environments.python_of(peer) == str(tmp_path / peer.adapter / "bin" / "python")
    made, installed = ran
    assert made[:3] == (sys.executable, "-m", "venv")
    assert installed[0].startswith(str(tmp_path / peer.adapter))
    assert any("==" in package for package in installed)
    assert (BENCHMARKS / "peers" / f"read_{peer.adapter}.py").is_file()


def test_a_reading_is_judged_exact_wrong_missed_and_false_on_traps(bench: ModuleType) -> None:
    def want(*days: str) -> dict[str, object]:
        return {"expect": [{"kind": "fixed", "due": day} for day in days]}

    rows = [want("2026-06-30"), want("2026-06-30"), want("2026-06-30", "2026-07-31"), want(), want()]
    days = (["2026-06-30"], ["2026-06-29"], ["2026-06-30"], ["2026-01-01"], [])
    found = [[["text", None, day] for day in some] for some in days]
    assert bench.score(rows, found) == (3, 1, 1, 1, 2, 1)


def test_the_table_has_a_row_a_reader_with_its_rate(
    bench: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    told = bench.Score(fixed=10, exact=10, wrong=0, missed=0, traps=5, false=2)
    readers = [bench.Reader(name, f"{name} 1.0", told, None) for name in ("Duban", "JioNLP")]
    bench.show(bench.table(readers, {"Duban": [100.0, 300.0, 200.0], "JioNLP": [20.0]}))
    head, _, ours, theirs = capsys.readouterr().out.splitlines()
    assert [word.strip() for word in head.split("|")[2:6]] == ["exact", "wrong", "missed", "false on traps"]
    assert "clauses/s" in head
    assert "10 (100%)" in ours
    assert "200 (100–300)" in ours
    assert "10.0 times as fast (at least 5)" in theirs


def test_it_reads_our_own_corpus_in_five_rounds(bench: ModuleType) -> None:
    assert bench.ROUNDS == 5
    assert len(bench.lines()) == len(read("tests/corpus/deadlines.jsonl").splitlines())
    exact, rest = bench.rest_exact(bench.lines()[:200])
    assert exact == rest > 0


def test_make_bench_runs_every_bench() -> None:
    assert re.search(
        r"^bench:.*\n\t@for bench in tests/benchmarks/bench_\*\.py;", read("Makefile"), re.MULTILINE
    )
    assert (BENCHMARKS / "bench_peers.py").is_file()


def test_the_table_is_quoted_with_its_command_and_says_who_wrote_the_set() -> None:
    page = read("docs/performance.md")
    assert "`make bench` makes this table" in page
    for name in ("Duban", "time-parser-zh", "JioNLP", "dateparser", "recognizers-text"):
        assert re.search(rf"^\| {name} ", page, re.MULTILINE), name
    assert "made\nup by Duban's authors" in page


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_quotes_the_table(readme: str) -> None:
    assert "make bench" in read(readme)
    assert "JioNLP" in read(readme)


@pytest.mark.parametrize(
    ("found", "limit", "says"),
    [
        (1.5, {"most": 1.5}, "(at most 1.5): met"),
        (1.51, {"most": 1.5}, "(at most 1.5): NOT met"),
        (300, {"least": 300}, "(at least 300): met"),
        (299, {"least": 300}, "(at least 300): NOT met"),
        (7, {}, "times"),
    ],
)
def test_a_limit_says_whether_it_is_met(
    bench: ModuleType, found: float, limit: dict[str, float], says: str
) -> None:
    import bench_engine

    assert bench_engine.Limit("a tick", found, "times", **limit).line().endswith(says)


def test_the_engines_limits_stand_on_the_page_with_their_command() -> None:
    page = read("docs/performance.md")
    assert "`python tests/benchmarks/bench_engine.py`" in page
    source = read("tests/benchmarks/bench_engine.py")
    for number in re.findall(r"(?:most=|least=|\"ms\", |\"times\", |\"MB more\", )([0-9.]+)", source):
        assert re.search(rf"at (?:most|least) (?:5 ms, )?{re.escape(number)}\b", page), number
