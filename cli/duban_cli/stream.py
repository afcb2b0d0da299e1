"""`--jsonl`: one JSON object a line in, one a line out, in order; a bad line never stops the stream."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from duban.clock import YEARS
from duban.errors import DubanError
from duban_cli.reading import day

Facts = Mapping[str, Any]


class BadLine(DubanError):
    """这一行不是合法的 JSON 对象，应写成 {{"id": 1, "text": "…"}} 的样子。"""


class BadLineFact(DubanError):
    """这一行的 {key} 缺少或写得不对，应是{form}。"""


class Unreadable(DubanError):
    """这一行没能读懂，程序内部出错（{what}），请把它发给维护者。"""


class BadFact(Exception):
    """A line's value under this key is of no use."""


def answers(
    lines: Iterable[bytes], explain: Callable[[str, Facts], dict[str, Any]], facts: Facts
) -> Iterator[str]:
    """Each line's answer, in order, with its id; `facts` hold where a line says nothing else."""
    return (_written(_line(raw, explain, facts)) for raw in lines if raw.strip())


def _line(raw: bytes, explain: Callable[[str, Facts], dict[str, Any]], defaults: Facts) -> dict[str, Any]:
    """One line in, one line out; a bad one says why and the stream goes on."""
    try:
        given = json.loads(raw)
    except (ValueError, RecursionError):
        return {"id": None, "error": str(BadLine())}
    if not isinstance(given, dict):
        return {"id": None, "error": str(BadLine())}
    name = given.get("id")
    try:
        facts = dict(defaults) | {key: _fact(key, value) for key, value in given.items() if value is not None}
        return {"id": name} | explain(facts["text"], facts) if "text" in facts else _wrong(name, "text")
    except BadFact as error:
        return _wrong(name, error.args[0])
    except DubanError as error:
        return {"id": name, "error": str(error)}
    except Exception as error:  # one line's trouble must not stop the others
        return {"id": name, "error": str(Unreadable(what=type(error).__name__))}


def _wrong(name: object, key: str) -> dict[str, Any]:
    return {"id": name, "error": str(BadLineFact(key=key, form=FORMS[key]))}


def _written(line: dict[str, Any]) -> str:
    """JSON as it is read by people; escaped where no encoding can hold it (half a surrogate pair)."""
    words = json.dumps(line, ensure_ascii=False)
    try:
        words.encode()
    except UnicodeEncodeError:
        return json.dumps(line)
    return words


def _fact(key: str, value: Any) -> Any:
    """A line's value as its key needs it. Raises BadFact."""
    try:
        right = READ.get(key, lambda it: it)(value)
    except (ValueError, TypeError, OverflowError, DubanError):
        raise BadFact(key) from None
    return right


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError
    return int(value)


def _year(value: Any) -> int:
    year = _number(value)
    if year not in YEARS:
        raise ValueError
    return year


def _numbers(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(map(_number, value))


READ: Mapping[str, Callable[[Any], Any]] = {
    "text": _text,
    "year": _year,
    "issued": lambda value: day(_text(value)),
    "on": lambda value: day(_text(value)),
    "column": bool,
    "open": _numbers,
    "focus": _number,
}
FORMS = {
    "text": "要解释的文字",
    "year": "像 2026 这样的年份",
    "issued": "像 2026-03-16 这样的日期",
    "on": "像 2026-03-16 这样的日期",
    "open": "像 [3, 7] 这样的一列序号",
    "focus": "像 7 这样的序号",
}
