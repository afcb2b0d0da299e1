"""Item numbers, mended from their neighbours where the document lost, doubled or misprinted them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from duban.model import Choice, Problem


def mend(
    numbers: Sequence[int | None], *, torn: Sequence[bool], begins: Sequence[bool]
) -> tuple[list[int | None], list[Problem]]:
    """A number for each row, and the doubts. None for a row that goes on the item above it.

    `numbers`: what the rows say; `torn`: rows that may have lost theirs. No number at all: those that begin
    an item are counted from 1.
    """
    if all(number is None for number in numbers):
        return _counted(begins), []
    if _restarts(numbers):
        return _renumbered(numbers, torn)
    problems: list[Problem] = []
    return _filled(_corrected(numbers, problems), torn, problems), problems


def whole(numbers: Sequence[int | None]) -> bool:
    """Whether the numbers that are there follow one another: there is no room between them for others."""
    known = [number for number in numbers if number is not None]
    return bool(known) and all(after == before + 1 for before, after in pairwise(known))


def _counted(begins: Sequence[bool]) -> list[int | None]:
    count, result = 0, []
    for one in begins:
        count += one
        result.append(count if one else None)
    return list(result)


def _restarts(numbers: Sequence[int | None]) -> bool:
    """Whether the numbering begins again, as it does under each heading: 1, 2, 3, 1, 2."""
    known = [number for number in numbers if number is not None]
    falls = [i for i in range(1, len(known)) if known[i] <= known[i - 1]]
    return bool(falls) and known[0] == 1 and all(known[i] == 1 for i in falls) and len(known) > len(falls) + 1


def _renumbered(
    numbers: Sequence[int | None], torn: Sequence[bool]
) -> tuple[list[int | None], list[Problem]]:
    """One count through all parts; a number that a part lost is found in the part's own count."""
    starts = [i for i, number in enumerate(numbers) if number == 1]
    own: list[int | None] = []
    gaps: list[Problem] = []
    for begin, end in pairwise([0, *starts[1:], len(numbers)]):
        said: list[Problem] = []
        own += _filled(_corrected(numbers[begin:end], said), torn[begin:end], said)
        gaps += [problem for problem in said if problem.code == "missing-number"]
    result = _counted([number is not None for number in own])
    lost = [_lost(n) for n, old in zip(result, numbers, strict=True) if old is None and n is not None]
    count = sum(number is not None for number in result)
    problem = Problem(
        code="restarted-numbers",
        message=f"文件里的序号分段重新编号，已按先后顺序统一编为1至{count}，请核对。",
        choices=(Choice(value="renumber", label="按先后顺序统一编号"),),
    )
    if gaps:
        problem = replace(problem, message=f"{problem.message.rstrip('。')}；各段里另有{len(gaps)}处缺号。")
    return result, [problem, *lost]


def _corrected(numbers: Sequence[int | None], problems: list[Problem]) -> list[int | None]:
    """Single numbers that their neighbours prove wrong: 4, 5, 5, 7 and 2, 33, 4."""
    result = list(numbers)
    seen: set[int | None] = set()
    for i, number in enumerate(numbers):
        seen.update(result[i - 1 : i] if i else ())
        before = result[i - 1] if i else 0
        after = numbers[i + 1] if i + 1 < len(numbers) else None
        if number is None or before is None or number == before + 1:
            continue
        meant = before + 1 if after == before + 2 else None
        doubled = number in seen
        if not doubled and number > before and meant is None:
            continue  # a gap: said by _filled
        if meant is not None:
            result[i] = meant
        problems.append(_misnumbered(number, meant, doubled=doubled))
    return result


def _misnumbered(number: int, meant: int | None, *, doubled: bool) -> Problem:
    what = f"序号{number}出现了两次" if doubled else f"序号{number}与前后不连续"
    keep = Choice(value=str(number), label=f"仍作第{number}项")
    choices: tuple[Choice, ...] = (keep,)
    then = "已照原样保留，请核对原文"
    if meant is not None:
        then = (
            f"后一处按前后顺序记为第{meant}项，请核对" if doubled else f"已按前后顺序记为第{meant}项，请核对"
        )
        choices = (Choice(value=str(meant), label=f"记为第{meant}项"), keep)
    return Problem(
        code="duplicate-number" if doubled else "number-order",
        message=f"{what}，{then}。",
        item=meant if meant is not None else number,
        choices=choices,
    )


def _filled(numbers: Sequence[int | None], torn: Sequence[bool], problems: list[Problem]) -> list[int | None]:
    """Numbers for rows without one where the count leaves room for them."""
    result = list(numbers)
    i, before = 0, 0
    while i < len(numbers):
        number = numbers[i]
        if number is not None:
            if number > before + 1 and before:
                problems.append(_missing(before + 1, number - 1))
            before, i = number, i + 1
            continue
        end = next((k for k in range(i, len(numbers)) if numbers[k] is not None), len(numbers))
        after = numbers[end] if end < len(numbers) else None
        room = after - before - 1 if after is not None else None
        for k in range(i, end):
            fits = room > 0 if room is not None else torn[k]
            if not fits:
                continue
            before += 1
            room = room - 1 if room is not None else None
            result[k] = before
            problems.append(_lost(before))
        i = end
    return result


def _lost(number: int) -> Problem:
    return Problem(
        code="lost-number",
        message=f"第{number}项在原文里没有序号，已按前后顺序补上，请核对。",
        item=number,
        choices=(Choice(value=str(number), label=f"记为第{number}项"),),
    )


def _missing(first: int, last: int) -> Problem:
    which = f"第{first}项" if first == last else f"第{first}至{last}项"
    return Problem(
        code="missing-number",
        message=f"原文里找不到{which}，请核对文件是否完整。",
        choices=(Choice(value="continue", label="原文如此，继续"),),
    )
