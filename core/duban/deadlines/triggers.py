"""The event that a period runs from, in the text's own words: 自收到函件之日起 runs from 收到函件."""

from __future__ import annotations

import re
from types import MappingProxyType

from duban.deadlines.rules import Scan

_BOUNDARY = frozenset("。,;:!?\n")
_ATOMS = MappingProxyType({"》": "《", ")": "(", "”": "“", "’": "‘", "〕": "〔"})
LOOK_BACK = 60
_MARK = re.compile(
    r"自(?![然主愿治动身行查评我有建])(?<![各独亲来擅]自)|从(?![业事严重快轻容])(?<![服]从)"
    r"|(?<![存正现所潜内实])在(?![线建职校岗册编途研押地场内此])|待(?![遇办定])(?<![等接招对期看]待)|俟"
    r"|(?<![关由对高低大小多少基始终介优劣])(?<![^单]位)于|(?<![相中同平高初何上下])等(?![级候待])(?=[^,]*$)"
)
_MODAL = re.compile(
    r"(?:应当|必须|(?<![相适供反对响])应(?![急用对届])|(?<![重主需必])要(?![求素点件闻])|(?<!必)须|将|并(?!网)|且|再|凡是?"
    r"|最[晚迟]|不(?:得)?[晚迟]于|不(?:得)?超过)"
)
_GOT = re.compile(r"(?:收到|接到|接收到|收悉|接报|得知|获悉|发现|(?:完成|受理)(?=..))")
_TRIMS = re.compile(r"(?:之日|之时|之后|以后|的?次日|的?当日|当天|之|以|的)+$")


_STOP = re.compile(r"[。,;:!?\n《(“‘〔]")
_CLOSER = re.compile("[》)”’〕]")


def _clause_start(text: str, floor: int, end: int) -> int:
    """Where the clause before `end` begins, brackets taken whole."""
    if not _CLOSER.search(text, floor, end):
        stops = [m.end() for m in _STOP.finditer(text, floor, end)]
        return stops[-1] if stops else floor
    at, closing = end, ""
    while at > floor:
        c = text[at - 1]
        if closing:
            closing = "" if c == closing else closing
        elif c in _BOUNDARY or c in _ATOMS.values():
            break
        elif c in _ATOMS and _ATOMS[c] in text[floor : at - 1]:
            closing = _ATOMS[c]
        at -= 1
    return at


def trigger(scan: Scan, end: int) -> tuple[int, int, int] | None:
    """The event's own words before `end`: (where the phrase begins, where the words begin, where they end).

    They begin after the clause's 自, 从, 在, 于, 待, else after its 应, 须, 要, else with the clause.
    """
    text = scan.text
    at = _clause_start(text, max(scan.end, end - LOOK_BACK), end)
    clause = text[at:end]
    plain = _BRACKETS.sub(lambda b: "〓" * len(b[0]), clause)
    tail = _TRIMS.search(plain)
    stop = tail.start() if tail else len(plain)
    mark = _MARK.search(plain, 0, stop)
    begin = words = 0
    if mark:
        begin = mark.start() if mark[0] in "自从待俟等" else mark.end()
        words = mark.end()
    else:
        for modal in _MODAL.finditer(plain, 0, stop):
            begin = words = modal.end()
        got = _GOT.search(plain, words, stop)
        if got:
            begin = words = got.start()
    while words < stop and plain[words] in "、":
        words += 1
        begin = max(begin, words)
    return (at + begin, at + words, at + stop) if words < stop else None


_BRACKETS = re.compile(r"《[^》]*》|“[^”]*”|\([^)]*\)")
