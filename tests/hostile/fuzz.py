"""Mutations read in a worker process: `python -m hostile.fuzz FIRST STEP COUNT` prints what it found.

Each must end in a plan or in a sentence, within LONGEST seconds; and a plan must not have lost, without a
word, what the file still says (lost).
"""

from __future__ import annotations

import json
import re
import resource
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import FrameType

from duban.errors import DubanError
from duban.model import Item, Plan
from duban.reading.document import read_here
from duban.reading.errors import EmptyFile
from duban.reading.formats.sniff import kind_of
from hostile.mutate import Mutation, mutation
from hostile.rawtext import close, pieces
from hostile.seeds import Seed, seeds

LONGEST = 10.0  # seconds for one file
MEMORY = 700 << 20
SHORT = 4
# Doubts that say that something in the file was not taken, or may have been taken wrongly.
LEFT_OUT = frozenset(
    (
        *("skipped-table", "skipped-part", "skipped-column", "unknown-column", "no-header", "unlike-head"),
        *("hidden-text", "hidden-sheet", "covered-text", "text-behind", "lost-text", "cut-text"),
        *("stray-text", "embedded", "scanned-page", "unclosed-quote", "error-value", "no-value"),
    )
)


class Hang(BaseException):
    """A file that took longer than LONGEST; no except Exception catches it."""


def _alarm(_number: int, _frame: FrameType | None) -> None:
    raise Hang


def read(data: bytes) -> Plan | None:
    """A plan; None for a sentence. Raises what must not be."""
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
            raise EmptyFile
        kind = kind_of(data)
        try:
            return read_here(data, kind, year=2026)
        except MemoryError:  # apart makes a sentence of it
            return None
    except DubanError as error:
        said = str(error)
        if "\n" in said or "{" in said:
            raise ValueError(said) from error
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@lru_cache(maxsize=64)
def untouched(seed: Seed) -> Plan:
    """The good file's plan."""
    plan = read(seed.data)
    assert plan is not None, seed.name
    return plan


@lru_cache(maxsize=64)
def wanted(seed: Seed) -> tuple[str, ...]:
    """The sentences of the good file's requirements, for one may be made of several cells. Without blanks;
    short ones may stand anywhere by chance."""
    texts = {text for item in untouched(seed).items for text in _ENDS.split(close(item.requirement or ""))}
    return tuple(sorted(text for text in texts if len(text) > SHORT))


def left_out(plan: Plan) -> set[str]:
    """What a plan's doubts say was left out."""
    return {problem.message for problem in plan.problems if problem.code in LEFT_OUT}


def lost(seed: Seed, made: Mutation, plan: Plan) -> list[str]:
    """Sentences that the mutated file still says in one piece, and that no item of the plan has, where no
    doubt that the good file has not says that something was left out.

    A cell that moved to another column is still in its item, even as the name of a unit: that is wrong, not
    shorter.
    """
    if not made.known or left_out(plan) - left_out(untouched(seed)):
        return []
    said = pieces(made.data, seed.format)
    kept = close("\n".join(text for item in plan.items for text in _texts(item)))
    return [
        text
        for text in wanted(seed)
        if any(text in piece for piece in said) and not all(part in kept for part in _PARTS.findall(text))
    ]


_PARTS = re.compile(r"[^，。；、]+")
_ENDS = re.compile(r"[。；]")


def _texts(item: Item) -> Iterator[str]:
    yield from (text for text in (item.heading, item.subheading, item.requirement) if text)
    yield from (duty.name for duty in item.units)


def finding(seed: Seed, number: int) -> dict[str, object] | None:
    """What is wrong with how a mutation is read; None where nothing is. Its outcome goes to OUTCOMES."""
    made = mutation(seed, number)
    about = {"seed": seed.name, "number": number, "how": made.how}
    try:
        plan = read(made.data)
    except Hang:
        return about | {"what": "hang"}
    except Exception as error:
        where = "".join(traceback.format_tb(error.__traceback__)[-3:])
        return about | {"what": f"{type(error).__name__}: {error}"[:300], "where": where}
    OUTCOMES[f"{seed.format}: {'a plan' if plan else 'a sentence'}"] += 1
    if plan is not None and (gone := lost(seed, made, plan)):
        return about | {"what": "silently shorter", "lost": gone[:3], "items": len(plan.items)}
    return None


OUTCOMES: Counter[str] = Counter()


def findings(all_: Sequence[Seed], numbers: range) -> Iterator[dict[str, object]]:
    """Go round all seeds: mutation N is of seed N modulo their count."""
    for number in numbers:
        found = finding(all_[number % len(all_)], number // len(all_))
        if found is not None:
            yield found


def main() -> None:
    """Print the findings and the outcomes of some numbers."""
    first, step, count = map(int, sys.argv[1:4])
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _alarm)
    found = list(findings(list(seeds()), range(first, count, step)))
    print(json.dumps({"findings": found, "outcomes": OUTCOMES}, ensure_ascii=False))


if __name__ == "__main__":
    main()
