"""What was promised, held against the server's own record. Pure: values in, complaints out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

MARK = "<i>（补发：如已收到请忽略）</i>\n"
IN_FLIGHT = 4  # the engine's promise
ENDS = {"sent", "unknown", "failed", "dropped"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A message as the outbox has it when all is settled."""

    id: int
    kind: str
    chat: str
    html: str  # as sent, with the mark
    state: str
    again: bool
    ref: str | None


@dataclass(frozen=True, slots=True)
class Taken:
    """A message as the server took it."""

    chat: str
    html: str
    id: int
    edit: bool = False

    @property
    def plain(self) -> tuple[str, str]:
        return self.chat, self.html.removeprefix(MARK)

    @property
    def marked(self) -> bool:
        return self.html.startswith(MARK)


@dataclass(slots=True)
class Told:
    """The figures of the table."""

    messages: int = 0
    in_flight: int = 0
    twice: int = 0
    in_doubt: int = 0


def sending(
    rows: Collection[Row],
    taken: Sequence[Taken],
    flights: Sequence[frozenset[int]],
    doubts: Mapping[int, int] = MappingProxyType({}),
) -> tuple[Told, list[str]]:
    """`flights`: rows that were `sending` at each kill. `doubts`: how often each was in doubt otherwise."""
    flown = Counter(id_ for flight in flights for id_ in flight)
    told = Told(len(rows), flown.total(), 0, sum(row.state == "unknown" for row in rows))
    complaints = [f"{len(one)} in flight at once" for one in flights if len(one) > IN_FLIGHT]
    by_words: dict[tuple[str, str], list[Taken]] = defaultdict(list)
    for one in taken:
        by_words[one.plain].append(one)
    for row in sorted(rows, key=lambda row: row.id):
        copies = by_words.get((row.chat, row.html.removeprefix(MARK)), [])
        told.twice += len(copies) > 1
        complaints += [
            f"row {row.id}: {why}" for why in _row(row, copies, flown[row.id] + doubts.get(row.id, 0))
        ]
    ours = {(row.chat, row.html.removeprefix(MARK)) for row in rows if row.state not in {"failed", "dropped"}}
    complaints += [f"nobody decided to send {one}" for one in taken if one.plain not in ours]
    said = Counter((row.chat, row.html.removeprefix(MARK)) for row in rows if row.html)
    complaints += [
        f"{n} rows say {words}, and nobody can tell them apart" for words, n in said.items() if n > 1
    ]
    return told, complaints


def _row(row: Row, copies: Sequence[Taken], doubts: int) -> Iterator[str]:
    if row.state not in ENDS:
        yield f"is {row.state} for ever"
    if row.state == "sent" and not any(str(copy.id) == row.ref and copy.html == row.html for copy in copies):
        yield f"was sent, and the chat has no message {row.ref}"
    if row.state == "unknown" and doubts < 2:
        yield "is in doubt without a reason"
    if row.again and not doubts:
        yield "is marked without a reason"
    if len(copies) > 1 and not doubts:
        yield "was taken twice, and was in flight at no kill"
    if len(copies) > 2:
        yield f"was taken {len(copies)} times"
    if sum(not copy.marked for copy in copies) > 1:
        yield "was repeated without a word"
    if any(not copy.marked for copy in copies[1:]):
        yield "the first copy is marked and a later one is not"


def receiving(
    said: Sequence[str], keys: Sequence[tuple[str, str]], answers: Sequence[str], receipts: Sequence[str]
) -> list[str]:
    """`said`: the words of each update. `keys`: (update, state) of the inbox. `answers`: the words that the
    ledger took down. `receipts`: the update that each receipt answers."""
    complaints = [f"update {key} is {state}" for key, state in keys if state != "done"]
    if len(keys) != len(said) or len(set(keys)) != len(keys):
        complaints.append(f"{len(said)} updates were said, {len(keys)} are in the inbox")
    lost, invented = Counter(said) - Counter(answers), Counter(answers) - Counter(said)
    complaints += [f"lost: {words}" for words in lost.elements()]
    complaints += [f"handled twice: {words}" for words in invented.elements()]
    answered = Counter(receipts)
    complaints += [f"update {key} has {answered[key]} receipts" for key, _ in keys if answered[key] != 1]
    return complaints
