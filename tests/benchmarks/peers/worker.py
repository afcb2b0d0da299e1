"""The child's side: `python worker.py ADAPTER` in the reader's own environment, JSON lines in and out.

{"do": "load", "lines": [...]}        -> {"ready": true}
{"do": "read"}                        -> {"found": [[[start, end, due], ...], ...]}   a list for each text
{"do": "time", "seconds": 0.5}        -> {"rate": texts a second, over whole passes}
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import time
from typing import Any

WARM = 2  # passes before anything is timed


class Reader:
    """One adapter with the corpus: `prepare` and `days` are never timed, `find` is."""

    def __init__(self, adapter: str) -> None:
        sys.path.append(sys.path.pop(0))  # this folder last: no name of ours hides one of the library's
        self.adapter = importlib.import_module(f"read_{adapter}")
        self.subjects: list[tuple[str, Any]] = []

    def load(self, lines: list[dict[str, Any]]) -> dict[str, Any]:
        """Keep the texts, each with what the library is told besides, and warm up."""
        self.subjects = [(line["text"], self.adapter.prepare(line)) for line in lines]
        for _ in range(WARM):
            self.one_pass()
        return {"ready": True}

    def one_pass(self) -> list[Any]:
        """Each text once; a text at which the library fails is one in which it finds nothing."""
        find = self.adapter.find
        raw = []
        for text, context in self.subjects:
            try:
                raw.append(find(text, context))
            except Exception:  # a peer's own
                raw.append(None)
        return raw

    def read(self) -> dict[str, Any]:
        """The days found, as ISO dates."""
        found = []
        for raw, (_, context) in zip(self.one_pass(), self.subjects, strict=True):
            days = self.adapter.days(raw, context) if raw is not None else []
            found.append([[day and day.isoformat() for day in three] for three in days])
        return {"found": found}

    def time(self, seconds: float) -> dict[str, Any]:
        """Whole passes until `seconds` are over."""
        done, began = 0, time.perf_counter()
        while (spent := time.perf_counter() - began) < seconds:
            self.one_pass()
            done += len(self.subjects)
        return {"rate": done / spent}


def main() -> None:
    """Answer each line of standard input; what a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    logging.disable(logging.CRITICAL)  # JioNLP logs a traceback for each try that fails: not counted
    reader = Reader(sys.argv[1])
    for order in sys.stdin:
        told = json.loads(order)
        answer = getattr(reader, told.pop("do"))(**told)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
