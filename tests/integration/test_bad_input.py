"""Bad luck and bad intent, as a table: what is put in → the exit code, a piece of the sentence, the ledger.

Commands run in this process (main() and all that it catches), so that there are many; starting a service is
tried in processes of its own. What is said in chat goes through the receiver, as it does in service.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from duban.ledger import inbox, people
from duban.ledger.database import Ledger
from duban.ledger.tables import AnswerRow, DraftRow, OutboxRow, PlanRow, QuestionRow, TaskRow
from duban_bot.receiver import Receiver
from duban_bot.transports.local import LocalTransport
from duban_cli import main
from office import Office, populate

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "samples" / "plan-2026.txt"
ENGLISH = re.compile(r"Error|Usage|Traceback|Exception|invalid|File \"")

PLAN = """某区2026年政务工作分工方案

\t序号
\t工作任务
\t责任单位

\t1
\t{requirement}
\t{units}

\t{second}
\t每季度更新办事指南。
\t乙局

{mark}
"""


def plan(
    requirement: str = "编制目录，12月31日前完成。",
    units: str = "甲局",
    second: int = 2,
    mark: str = "主动公开",
) -> bytes:
    return PLAN.format(requirement=requirement, units=units, second=second, mark=mark).encode()


@dataclass
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with bad files in it, and a ledger that is not there yet."""
    for name, body in {
        "good.txt": SAMPLE.read_bytes(),
        "gb.txt": SAMPLE.read_text("utf-8").encode("gb18030"),
        "empty.txt": b"",
        "blank.txt": b"\xef\xbb\xbf \r\n\t\n",
        "binary.txt": bytes(range(256)) * 20,
        "torn.txt": "甲局负责".encode()[:-1] + b"\xff\xff",
        "big5.txt": "各單位負責，年底前完成".encode("big5"),
        "picture.txt": b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        "pdf.txt": b"%PDF-1.7\n",
        "letter.txt": "今天天气很好。\n".encode(),
        "english.txt": b"hello world\n",
        "secret.txt": "机密★10年\n".encode() + SAMPLE.read_bytes(),
        "<b>x.txt": b"",
        "bad.toml": b"x",
        "unknown.toml": b"[policy]\nbefor = [1]\n",
        "section.toml": b"policy = 1\n",
        "latin.toml": b"\xff\xfe",
    }.items():
        (tmp_path / name).write_bytes(body)
    (tmp_path / "folder").mkdir()
    other = tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE theirs (a)")
        connection.commit()
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DUBAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DUBAN_DATABASE__URL", f"sqlite:///{tmp_path}/ledger/duban.sqlite3")
    return tmp_path


@pytest.fixture
def duban(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """Run one command line."""

    def run(*arguments: str, stdin: bytes | None = b"") -> Said:
        monkeypatch.setattr(sys, "argv", ["duban", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)) if stdin is not None else None)
        code: object = 0
        try:
            main.main()
        except SystemExit as left:
            code = left.code
        said = capsys.readouterr()
        assert isinstance(code, int)
        return Said(code, said.out, said.err)

    return run


def one_sentence(said: str) -> None:
    """Chinese, one line, nothing of the machinery."""
    lines = said.strip().splitlines()
    assert len(lines) == 1, said
    assert re.search(r"[\u4e00-\u9fff]", said), said
    assert not ENGLISH.search(said), said
    assert "{" not in said, said


FILES = (
    ("empty.txt", "空的"),
    ("blank.txt", "空的"),
    ("binary.txt", "编码"),
    ("torn.txt", "编码"),
    ("big5.txt", "编码"),
    ("picture.txt", "图片"),
    ("pdf.txt", "PDF"),
    ("letter.txt", "没有在文件里找到"),
    ("english.txt", "没有在文件里找到"),
    ("secret.txt", "机密"),
    ("folder", "是文件夹"),
    ("nosuch.txt", "不存在"),
    ("<b>x.txt", "空的"),
    ("good.txt/x", "不是文件夹"),
    ("x" * 300, "名字太长"),
)


@pytest.mark.parametrize(("file", "piece"), FILES)
@pytest.mark.parametrize("command", [["read"], ["read", "--json"], ["import", "--yes"]])
def test_a_bad_file_is_refused_and_nothing_is_made(
    duban: Callable[..., Said], place: Path, command: list[str], file: str, piece: str
) -> None:
    said = duban(command[0], file, *command[1:])
    assert (said.code, said.out) == (2, "")
    one_sentence(said.err)
    assert piece in said.err
    assert not (place / "ledger").exists(), "no ledger is made for a file that cannot be read"


LINES = (
    ("nosuch", "没有 nosuch 这个命令"),
    ("--nosuch", "没有 --nosuch 这个选项"),
    ("read", "没有给 参数 FILE"),
    ("read good.txt more", "多了“more”"),
    ("read --yera 5 good.txt", "是不是 --year"),
    ("read good.txt --year", "--year 后面少了值"),
    ("read good.txt --year x", "--year 的值不对"),
    ("read good.txt --year 1", "不小于 1949"),
    ("read good.txt --issued 2026-02-30", "2026-02-30"),
    ("read good.txt --issued 昨天", "昨天"),
    ("read good.txt --issued 9999-12-31", "9999-12-31"),
    ("explain nosuch x", "只能是"),
    ("explain deadline", "请给出"),
    ("explain deadline x --year 99999", "--year 的值不对"),
    ("explain date x --on x", "“x”"),
    ("simulate", "没有给 --from"),
    ("simulate --from x --to y", "“x”"),
    ("simulate --from 9999-12-31 --to 9999-12-31", "9999-12-31"),
    ("simulate --from 2026-02-02 --to 2026-02-01", "对调"),
    ("--clock x read good.txt", "时钟参数“x”"),
    ("--clock 2026-01-01 read good.txt", "时钟参数"),
    ("--clock 9999-12-31T00:00+08:00 read good.txt", "时钟参数"),
    ("--clock 0001-01-01T00:00+08:00 read good.txt", "时钟参数"),
    ("--speed 0 read good.txt", "时钟参数“0”"),
    ("--speed -1 read good.txt", "时钟参数“-1”"),
    ("--speed nan read good.txt", "时钟参数“nan”"),
    ("--speed inf read good.txt", "时钟参数“inf”"),
    ("--config nosuch.toml summary", "nosuch.toml"),
    ("--config folder summary", "folder"),
    ("--config bad.toml summary", "bad.toml"),
    ("--config unknown.toml summary", "policy.befor"),
    ("--config section.toml summary", "policy"),
    ("item 99999999999999999999", "参数 NO"),
    ("item x", "参数 NO"),
    ("item 0", "参数 NO"),
    ("due --days -1", "--days"),
    ("db nosuch", "没有 nosuch 这个命令"),
)  # fmt: skip


@pytest.mark.parametrize(("line", "piece"), LINES)
def test_a_bad_command_line_is_one_sentence_and_nothing_is_made(
    duban: Callable[..., Said], place: Path, line: str, piece: str
) -> None:
    said = duban(*line.split())
    assert (said.code, said.out) == (2, "")
    one_sentence(said.err)
    assert piece in said.err
    assert not (place / "ledger").exists() or line.startswith("simulate")


@pytest.mark.parametrize(
    ("url", "piece"),
    [
        ("sqlite:////proc/duban/x.sqlite3", "写不了"),
        ("sqlite:///{place}/good.txt/x.sqlite3", "不是文件夹"),
        ("sqlite:///{place}/good.txt", "不是数据库"),
        ("sqlite:///{place}/folder", "打不开"),
        ("sqlite:///{place}/other.sqlite3", "别的程序"),
        ("sqlite://", "没有文件"),
        ("foo", "地址写得不对"),
        ("bar://", "database.url"),
        ("postgresql://u:geheim@127.0.0.1:1/x", "postgresql"),
    ],
)
@pytest.mark.parametrize(
    "command", ["summary", "import good.txt --yes", "invite --coordinator 某某", "run", "db check"]
)
def test_a_database_that_is_not_there(  # noqa: PLR0917 - pytest hands them over by name
    duban: Callable[..., Said],
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    piece: str,
    command: str,
) -> None:
    before = {file: file.read_bytes() for file in place.glob("*.txt")}
    monkeypatch.setenv("DUBAN_DATABASE__URL", url.format(place=place))
    said = duban(*command.split())
    assert said.code == 3
    one_sentence(said.err)
    assert piece in said.err
    assert "geheim" not in said.err
    assert {file: file.read_bytes() for file in place.glob("*.txt")} == before
    with closing(sqlite3.connect(place / "other.sqlite3")) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]


@pytest.mark.parametrize(
    ("name", "value", "piece"),
    [
        ("DUBAN_NOSUCH__KEY", "1", "nosuch"),
        ("DUBAN_WEB__PORTT", "1", "web.portt"),
        ("DUBAN_WEB", "1", "DUBAN_WEB"),
        ("DUBAN_WEB__PORT", "99999", "web.port"),
        ("DUBAN_WEB__PORT", "-1", "web.port"),
        ("DUBAN_WEB__PORT", "x", "web.port"),
        ("DUBAN_OFFICE__ZONE", "Mars/Olympus", "office.zone"),
        ("DUBAN_POLICY__HOUR", "25:00", "policy.hour"),
        ("DUBAN_POLICY__BEFORE", "[-1]", "policy.before"),
        ("DUBAN_POLICY__LATE_MAX", "-5", "policy.late_max"),
        ("DUBAN_LOG__LEVEL", "loud", "log.level"),
        ("DUBAN_TELEGRAM__TOKEN_FILE", "/nosuch", "telegram.token_file"),
        ("DUBAN_WEB__HOST", "0.0.0.0", "behind_proxy"),
        ("DUBAN_WEB__ENABLED", "false", "telegram.token"),
    ],
)
def test_a_bad_setting_names_its_key(
    duban: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, name: str, value: str, piece: str
) -> None:
    monkeypatch.setenv(name, value)
    said = duban("run")
    assert said.code == 2
    told = [line for line in said.err.splitlines() if "已新建数据库" not in line]
    one_sentence("\n".join(told))
    assert piece in told[0]


def test_the_same_file_twice_and_one_that_is_still_a_draft(duban: Callable[..., Said], place: Path) -> None:
    assert duban("import", "good.txt", "--yes").code == 0
    before = figures(place)
    again = duban("import", "good.txt", "--yes")
    assert (again.code, "已经导入过" in again.err) == (0, True)
    assert figures(place) == before
    stopped = duban("activate")
    assert (stopped.code, figures(place)) == (2, before)
    assert ENGLISH.search(stopped.err) is None


def figures(place: Path) -> dict[str, int]:
    with closing(sqlite3.connect(place / "ledger" / "duban.sqlite3")) as ledger:
        names = [row[0] for row in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: ledger.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}


@pytest.mark.parametrize(
    ("body", "code", "piece"),
    [
        (plan("编制目录，2月30日前完成。"), "no-such-date", "2月30日"),
        (plan(second=1), "same-number", "1"),
        (plan().replace("2026年".encode(), b""), "no-year", "--year"),
        (plan(mark=""), "no-mark", "公开方式"),
        (plan(units="甲局、"), None, ""),
        (plan(units="'; DROP TABLE items; --、<b>甲局</b>"), None, ""),
    ],
)
def test_a_doubtful_plan_is_kept_with_its_doubt(
    duban: Callable[..., Said], place: Path, body: bytes, code: str | None, piece: str
) -> None:
    (place / "doubt.txt").write_bytes(body)
    said = duban("import", "doubt.txt", "--yes")
    assert said.code == 0, said.err
    assert piece in said.err
    assert figures(place)["items"] == 2, "no row is dropped"
    read = json.loads(duban("read", "doubt.txt", "--json").out)
    if code not in {None, "no-mark"}:
        assert piece in "".join(one["message"] for one in read["problems"])


def test_a_collective_without_members_stops_the_start(duban: Callable[..., Said], place: Path) -> None:
    (place / "all.txt").write_bytes(plan(units="各中小学校"))
    said = duban("import", "all.txt", "--yes", "--activate")
    assert said.code == 2
    assert "各中小学校" in said.err
    assert figures(place)["tasks"] == 0
    assert figures(place)["plans"] == 1


BAD_LINES: tuple[tuple[str, object, str | None], ...] = (  # a line in, its id out, a piece of the error
    ('{"id": 1, "text": "年底前", "year": 2026}', 1, None),
    ("garbage", None, "JSON"),
    ("[]", None, "JSON"),
    ("null", None, "JSON"),
    ("[" * 100_000, None, "JSON"),
    ("\x00", None, "JSON"),
    ('{"id": 2}', 2, "text"),
    ('{"id": 3, "text": 5}', 3, "text"),
    ('{"id": 4, "text": "年底前", "year": "x"}', 4, "year"),
    ('{"id": 5, "text": "年底前", "year": 1e400}', 5, "year"),
    ('{"id": 6, "text": "年底前", "year": 99999}', 6, "year"),
    ('{"id": 7, "text": "年底前", "issued": 5}', 7, "issued"),
    ('{"id": 8, "text": "年底前", "issued": "2026-02-30"}', 8, "2026-02-30|issued"),
    ('{"id": 9, "text": "3项推进中", "open": 5}', 9, "open"),
    ('{"id": "<b>", "text": "年底前", "year": "2026"}', "<b>", None),
    ('{"id": [1, {"a": null}], "text": ""}', [1, {"a": None}], None),
    ('{"id": 10, "text": "\\ud800 年底前"}', 10, None),
    ('{"id": 11, "text": "第' + "9" * 5000 + '项已完成"}', 11, None),
    ('{"id": 12, "text": "年底前", "year": 2026}', 12, None),
)


@pytest.mark.parametrize(
    ("subject", "key"),
    [("deadline", "deadlines"), ("units", "units"), ("date", "dates"), ("reply", "updates")],
)
def test_a_bad_line_never_stops_the_stream(duban: Callable[..., Said], subject: str, key: str) -> None:
    stream = "\n".join(line for line, _, _ in BAD_LINES).encode() + b"\n\xff\xfe\n"
    said = duban("explain", subject, "--jsonl", stdin=stream)
    assert said.code == 0, said.err
    answers = [json.loads(line) for line in said.out.splitlines()]
    assert [one["id"] for one in answers] == [*(id_ for _, id_, _ in BAD_LINES), None]
    for answer, (line, _, piece) in zip(answers, BAD_LINES, strict=False):
        if piece is None:
            assert key in answer, line
        else:
            assert re.search(piece, answer["error"]), line
            one_sentence(answer["error"].replace('{"id": 1, "text": "…"}', ""))


def test_without_an_input_it_says_so(duban: Callable[..., Said]) -> None:
    said = duban("explain", "deadline", "--jsonl", stdin=None)
    assert said.code == 2
    one_sentence(said.err)


# -- whole processes: what only the system can do to one


def process(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "duban_cli.main", *arguments], env={**os.environ, **environ},
        capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def test_the_port_is_taken(place: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = process("run", DUBAN_WEB__PORT=port)
    assert said.returncode == 3
    assert f"端口 {port} 已被别的程序占用" in said.stderr.splitlines()[-1]
    assert not ENGLISH.search(said.stderr)
    assert "alembic" not in said.stderr


@pytest.mark.parametrize(
    ("arguments", "code"), [(["read", "good.txt"], 3), (["read", "good.txt", "--json"], 3), (["--help"], 3)]
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_the_disk_is_full(place: Path, arguments: list[str], code: int) -> None:
    with Path("/dev/full").open("w") as full:
        said = subprocess.run(
            [sys.executable, "-m", "duban_cli.main", *arguments],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=30, check=False,
        )  # fmt: skip
    assert said.returncode == code
    one_sentence(said.stderr)


def test_whoever_reads_only_the_beginning_is_no_trouble(place: Path) -> None:
    line = b'{"id": 1, "text": "12\xe6\x9c\x8831\xe6\x97\xa5\xe5\x89\x8d", "year": 2026}\n'
    running = subprocess.Popen(
        [sys.executable, "-m", "duban_cli.main", "explain", "deadline", "--jsonl"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert running.stdout is not None
    assert running.stdin is not None
    assert running.stderr is not None
    with running:
        running.stdin.write(line * 10)
        running.stdin.flush()
        running.stdout.close()
        try:
            running.stdin.write(line * 5000)
            running.stdin.close()
        except BrokenPipeError:
            pass
        said = running.stderr.read()
        assert running.wait(20) == 0
    assert said == b""


def test_two_imports_at_once_store_it_once(place: Path) -> None:
    assert process("db", "upgrade").returncode == 0
    two = [
        subprocess.Popen(
            [sys.executable, "-m", "duban_cli.main", "import", name, "--yes"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("good.txt", "good.txt")
    ]
    said = [one.communicate(timeout=60)[1] for one in two]
    assert sum("已经导入过" in words for words in said) == 1
    assert not any(ENGLISH.search(words) for words in said)
    assert (figures(place)["plans"], figures(place)["documents"]) == (1, 1)


# -- in chat


@dataclass
class Chat:
    """A receiver on a real ledger, with the office's people."""

    office: Office
    receiver: Receiver
    tasks: dict[str, int]

    async def hears(self, user: str, **body: object) -> list[str]:
        """One event, through inbox and receiver; what was answered to it."""
        full = {"user": user, "name": user, "kind": "text", "message": "1"} | body
        with self.office.ledger.writing() as session:
            key = f"m{next(self.office.count)}"
            inbox.take(session, "local", [(key, full)], now=self.office.now)
            session.flush()
            (number,) = inbox.waiting(session)
        await self.receiver.handle_waiting()
        return [one.html for one in self.office.sent(f"re:{number}:")]

    def counts(self) -> dict[str, object]:
        """What the ledger holds of people's doing."""
        rows = self.office.rows
        return {
            "tasks": sorted((t.id, t.state, t.percent, t.due, t.ask_by) for t in rows(TaskRow)),
            "plans": [(p.id, p.state) for p in rows(PlanRow)],
            **{table.__name__: len(rows(table)) for table in (AnswerRow, QuestionRow, DraftRow)},
        }


class NoTime:
    virtual = True

    def __init__(self, office: Office) -> None:
        self._office = office

    def now(self) -> object:
        return self._office.now


@pytest.fixture
def chat(ledger: Ledger) -> Chat:
    office = Office(ledger)
    tasks = populate(office)
    clock = NoTime(office)
    transport = LocalTransport(ledger, clock, address="http://127.0.0.1")  # type: ignore[arg-type]
    receiver = Receiver(ledger, {"local": transport}, clock, lambda _: office.world())  # type: ignore[arg-type]
    return Chat(office, receiver, tasks)


PRESSED = (
    ("jia", "done:999999999999999", "不在您的办理范围内"),
    ("yi", "done:{1:甲局}", "不在您的办理范围内"),
    ("jia", "close:{1:甲局}", "不在您的办理范围内"),
    ("jia", "undo:1", "不在您的办理范围内"),
    ("jia", "", "失效"),
    ("jia", "done", "失效"),
    ("jia", "done:", "失效"),
    ("jia", "done:-1", "失效"),
    ("jia", "done:1e3", "失效"),
    ("jia", "done:1; DROP TABLE tasks", "失效"),
    ("jia", "done:" + "9" * 60, "失效"),
    ("jia", "完成:1", "失效"),
    ("jia", "done:１", "失效"),
    ("jia", "done:١", "失效"),
    ("jia", "\x00💥\ud7ff", "失效"),
    ("jia", "nosuch:1", "失效"),
    ("du", "imp:1:go", "失效"),
    ("du", "imp:1:99.99", "失效"),
    ("du", "activate:999", "不在您的办理范围内"),
)


@pytest.mark.parametrize(("user", "data", "piece"), PRESSED)
async def test_a_forged_button_says_why_and_changes_nothing(
    chat: Chat, user: str, data: str, piece: str
) -> None:
    before = chat.counts()
    named = re.sub(r"\{(.+?)\}", lambda found: str(chat.tasks[found[1]]), data)
    (answer,) = await chat.hears(user, kind="button", data=named)
    one_sentence(answer)
    assert re.search(piece, answer), answer
    assert chat.counts() == before


SAID = (
    ("jia", "/nosuch", "/help"),
    ("jia", "/<b>x</b>", "没有|/mine|看懂|第"),
    ("jia", "/item", "序号"),
    ("jia", "/item 9999", "没有第 9999 项"),
    ("jia", "/item 零", "第|序号"),
    ("jia", "第99项已完成", "没有第 99 项"),
    ("jia", "第" + "9" * 5000 + "项已完成", ""),
    ("jia", "x" * 10_001, "10000"),
    ("jia", "/summary", "督办员"),
    ("jia", "第1项延期到2020年1月1日，资金没有到位", "更晚的日期"),
    ("du", "/event 1 2月30日", ""),
    ("du", "/event 1 0001-01-01", ""),
    ("du", "/extend 1 9999-12-31", ""),
    ("du", "/deadline 1 99999999天后", ""),
    ("du", "/deadline 2 9999-12-31", "9999年不对"),
    ("du", "/unit '; DROP TABLE units; --", "名录里没有"),
    ("du", "/unit <script>", "名录里没有"),
    ("du", "/activate 99999999999999999999", "方案"),
    ("du", "/invite", "邀请谁"),
    ("du", "/invite <i>x", "名录里没有"),
    ("jia", "/start " + "x" * 5000, "无效"),
)


@pytest.mark.parametrize(("user", "text", "piece"), SAID)
async def test_bad_words_say_what_to_do_and_change_nothing(
    chat: Chat, user: str, text: str, piece: str
) -> None:
    before = chat.counts() | {"QuestionRow": None}
    (answer,) = await chat.hears(user, text=text)
    assert re.search(piece, answer), answer
    assert re.search(r"[\u4e00-\u9fff]", answer)
    assert "<script>" not in answer
    assert "<i>" not in answer
    assert chat.counts() | {"QuestionRow": None} == before
    assert len(answer) < 4096


async def test_ten_thousand_characters_are_kept_and_markup_is_only_text(chat: Chat) -> None:
    words = "第1项有困难：<script>alert(1)</script>&amp;{{7*7}}%s " + "原" * 9900
    (answer,) = await chat.hears("jia", text=words)
    assert "&lt;script&gt;" in answer
    assert "<script>" not in answer
    assert "49" not in answer
    assert len(answer) < 4096
    (kept,) = chat.office.rows(AnswerRow)
    assert kept.text == words


@pytest.mark.parametrize(
    ("text", "kept"), [("", False), ("   ", False), ("\x00", True), ("💥" * 5000, True), ("{{7*7}}", True)]
)
async def test_what_means_nothing_stops_nobody(chat: Chat, text: str, kept: bool) -> None:
    before = chat.counts()["tasks"]
    answers = await chat.hears("jia", text=text)
    assert bool(answers) == kept
    assert chat.counts()["tasks"] == before
    (receipt,) = await chat.hears("jia", text="第1项推进中，约60%")
    assert "60%" in receipt


@pytest.mark.parametrize("body", ["empty", "binary", "secret", "letter"])
async def test_a_bad_file_in_chat_keeps_no_draft(chat: Chat, body: str) -> None:
    content = {"empty": b"", "binary": bytes(range(256)), "secret": "秘密★5年\n".encode(), "letter": b"hi"}[
        body
    ]
    transport = chat.receiver._transports["local"]
    assert isinstance(transport, LocalTransport)
    before = chat.counts()
    await transport.upload("du", "<b>x</b>.txt", content)
    await chat.receiver.handle_waiting()
    sentence = chat.office.sent("re:")[-1].html
    one_sentence(sentence)
    assert "<b>x" not in sentence
    assert chat.counts() == before


@pytest.mark.parametrize(("spoiled", "piece"), [("used", "用过"), ("expired", "过期"), ("unknown", "无效")])
async def test_a_token_that_cannot_be_spent(chat: Chat, spoiled: str, piece: str) -> None:
    office = chat.office
    with office.ledger.writing() as session:
        made = people.invite(session, post="coordinator", name="某某", now=office.now, actor="test")
        if spoiled == "used":
            made.row.used_at = office.now
        if spoiled == "expired":
            made.row.expires_at = office.now
    token = "x" if spoiled == "unknown" else made.token
    (answer,) = await chat.hears("newcomer", text=f"/start {token}")
    one_sentence(answer)
    assert piece in answer
    with office.ledger.reading() as session:
        assert people.person_of(session, "local", "newcomer") is None


async def test_a_flood_of_strangers_gets_a_line_a_day_each(chat: Chat) -> None:
    for text in ("你好", "/mine", "/start", "第1项已完成", "'; DROP TABLE people; --") * 3:
        for user in ("x", "y"):
            await chat.hears(user, text=text)
            await chat.hears(user, kind="button", data=f"done:{chat.tasks['1:甲局']}")
    told = [row for row in chat.office.rows(OutboxRow) if row.key.startswith("stranger:")]
    assert len(told) == 2
    assert len(chat.office.rows(OutboxRow)) == 2


@pytest.fixture(autouse=True)
def _no_leftovers(tmp_path: Path) -> Iterator[None]:
    yield
    shutil.rmtree(tmp_path / "ledger", ignore_errors=True)
