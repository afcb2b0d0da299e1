"""Files made to do harm, sent to the bot: one sentence, nothing kept, and nobody else waits meanwhile."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import duban.reading.heads
from duban.ledger import inbox
from duban.ledger.database import Ledger
from duban.ledger.tables import DraftRow, LocalMessageRow, PlanRow
from duban.model import Plan
from duban.reading.document import read_plan
from duban_bot.receiver import Receiver
from duban_bot.transports.local import LocalTransport
from hostile import sheets, texts, words
from hostile.cases import CASES
from office import Office, populate

SENT = (
    *("zip: a bomb", "zip: 100,000 members", "zip: a size that lies, too small", "zip: encrypted"),
    *(
        "zip: a member named ../../x",
        "docx: a billion laughs",
        "docx: cut off at 50 %",
        "xlsx: 10,000 columns",
    ),
    *("xlsx: a billion laughs in a sheet", "xlsx: one sheet listed 2,000 times, hidden", "txt: 50 MB"),
    *("txt: UTF-16 of odd length", "txt: one line of 1 MB of '《'", "csv: 10,000 columns", "xls of old"),
    *("html: 10,000 columns", "mhtml: no page in it", "pdf: a page tree that is a ring", "pdf: a picture"),
    *("pdf: with a password", "doc: a ring of sectors", "docx with a password"),
)
SECRETS: dict[str, Callable[[], bytes]] = {
    "a footnote": words.SECRETS["a footnote"],
    "a hidden sheet": sheets.SECRETS["a hidden sheet"],
    "a cell of a csv": texts.SECRETS["csv: a cell beside others"],
}


class Clock:
    """The office's time, which stands."""

    virtual = True

    def __init__(self, office: Office) -> None:
        self._office = office

    def now(self) -> object:
        return self._office.now


class Chat:
    """A receiver on a real ledger, with the office's people."""

    def __init__(self, ledger: Ledger) -> None:
        self.office = Office(ledger)
        populate(self.office)
        clock = Clock(self.office)
        self.transport = LocalTransport(ledger, clock, address="http://127.0.0.1")  # type: ignore[arg-type]
        transports = {"local": self.transport}
        self.woken = 0
        self.receiver = Receiver(ledger, transports, clock, lambda _: self.office.world(), self._wake)  # type: ignore[arg-type]

    def _wake(self) -> None:
        self.woken += 1

    def writes(self, user: str, text: str, kind: str = "text") -> int:
        """Somebody writes, or sends a file with a caption; the number of the update."""
        body = {"user": user, "name": user, "kind": kind, "message": "1", "text": text}
        with self.office.ledger.writing() as session:
            inbox.take(session, "local", [(f"w{next(self.office.count)}", body)], now=self.office.now)
            session.flush()
            return inbox.waiting(session, limit=100)[-1]

    def answers(self, prefix: str = "re:") -> list[str]:
        return [one.html for one in self.office.sent(prefix)]


@pytest.fixture
def chat(ledger: Ledger) -> Chat:
    return Chat(ledger)


def kept(chat: Chat) -> tuple[int, int]:
    rows = chat.office.rows
    return len(rows(DraftRow)), len(rows(PlanRow))


def one_sentence(said: str) -> None:
    assert len(said.splitlines()) == 1, said
    assert re.search(r"[\u4e00-\u9fff]", said), said
    assert not re.search(r"Error|Traceback|Exception|[<>{}]", said), said


@pytest.mark.slow
@pytest.mark.parametrize("name", SENT)
async def test_a_bad_file_is_answered_and_the_next_person_too(chat: Chat, name: str) -> None:
    (case,) = (case for case in CASES if case.name == name)
    before = kept(chat)
    await chat.transport.upload("du", "<b>{{7*7}}</b>\n\u202e.docx", case.build())
    number = chat.writes("jia", "第1项推进中，约60%")
    await chat.receiver.handle_waiting()
    (sentence,) = [said for said in chat.answers() if said not in chat.answers(f"re:{number}:")]
    one_sentence(sentence)
    assert kept(chat) == before
    (receipt,) = chat.answers(f"re:{number}:")
    assert "60%" in receipt


@pytest.mark.parametrize("where", SECRETS)
async def test_a_secret_file_leaves_nothing(chat: Chat, where: str) -> None:
    before = kept(chat)
    await chat.transport.upload("du", "x", SECRETS[where]())
    await chat.receiver.handle_waiting()
    (sentence,) = chat.answers()
    assert "请立即从聊天中删除该文件" in sentence
    assert kept(chat) == before
    assert [row.file_body for row in chat.office.rows(LocalMessageRow) if row.file_name] == [None]


async def test_markup_in_a_file_is_only_text(chat: Chat) -> None:
    await chat.transport.upload("du", "<i>x</i>.docx", words.markup())
    await chat.receiver.handle_waiting()
    said = "".join(chat.answers())
    assert "<script>" not in said
    assert "<i>" not in said
    assert "49" not in said
    assert len(chat.office.rows(DraftRow)) == 1


class Gate:
    """Documents are read when it opens."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.began = self.now = self.most = 0

    def read(self, data: bytes, **frame: Any) -> Plan:
        self.began += 1
        self.now += 1
        self.most = max(self.most, self.now)
        assert self.open.wait(30)
        self.now -= 1
        return read_plan(data, **frame)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Readings that take as long as the test likes."""
    made = Gate()
    monkeypatch.setattr(duban.reading.heads, "read_plan", made.read)
    duban.reading.heads._read.cache_clear()
    yield made
    made.open.set()


async def test_while_a_file_is_read_the_others_are_answered_and_the_ledger_is_free(
    chat: Chat, gate: Gate
) -> None:
    await chat.transport.upload("du", "x.docx", words.good())
    numbers = [chat.writes("jia", "第1项推进中，约60%")]
    await chat.receiver.handle_ready()
    numbers.append(chat.writes("yi", "第1项推进中，约30%"))  # a write of this process, and of any other
    await chat.receiver.handle_ready()
    for number, said in zip(numbers, ("60%", "30%"), strict=True):
        assert said in "".join(chat.answers(f"re:{number}:"))
    assert kept(chat)[0] == 0

    woken = chat.woken
    gate.open.set()
    await chat.receiver.handle_waiting()
    assert kept(chat)[0] == 1
    assert gate.began == 1, "what was read before the transaction is found read in it"
    assert chat.woken > woken, "whoever sends what is due has to know"


async def test_files_are_read_one_after_the_other(chat: Chat, gate: Gate) -> None:
    for name, content in (("x.docx", words.good()), ("y.docx", words.markup())):
        await chat.transport.upload("du", name, content)
    await chat.receiver.handle_ready()
    gate.open.set()
    await chat.receiver.handle_waiting()
    assert kept(chat)[0] == 2
    assert gate.most == 1, "each may take 400 MB"


async def test_a_contact_s_picture_is_heard_in_its_order(chat: Chat) -> None:
    """A file that is not read is no reason to be answered later than what was said after it."""
    chat.writes("jia", "第1项推进中，约60%", "file")
    chat.writes("jia", "第1项推进中，约70%")
    await chat.receiver.handle_ready()
    said = chat.answers()
    assert "60%" in said[0]
    assert "70%" in said[-1]
