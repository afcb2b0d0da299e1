"""A mended line cut into pieces: names with role words, and labels; a name's own separators do not cut."""

from __future__ import annotations

import re
from collections.abc import Iterator

from duban.units.forms import LONGEST, apart, is_vague, looks_like_unit
from duban.units.mend import CLOSE, OPEN, SEPARATORS, depth_of
from duban.units.words import LABEL, NUMBER, OTHER_LABEL

GROUP = "；"
_IN_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")
_SHORT = 24
_AND = re.compile(r"以及|[和与及](?!其(?![他它余]))")
# 社区与物业管理科: what stands first is a matter of the section's, of a kind and without a name, and no unit.
_MATTER = re.compile(r"(?:实验室|校园|社团|社区|村镇|园区|景区|基地|企业|机关)")
_OF_SECTION = re.compile(r"(?![省市区县旗州])[^、，,；;和与及]{2,10}(?:[处科股部]|中心)(?:[（(].*)?")
_THEMES = (
    r"(?![省市区县旗州各全])(?:[\u4e00-\u9fff]{2,6}、){0,8}"
    r"[\u4e00-\u9fff]{2,6}(?:等)?(?:主管|行政)?(?:部门|单位)(?![\u4e00-\u9fff]{2})"
)
_BOTH = r".{0,6}[省市区县旗州]政府(?!办(?:公室)?(?:[、，,；;牵负配]|$))[^、，,；;]{1,8}[室局办处组心]"
_WHOLE = "局委办部院室处所站队镇乡街道心会村区县市旗园位门关府构司校业团体）)"
# What goes on behind a separator although it looks done: (the piece so far, what follows).
_GOES_ON = (
    # 县委、县政府督查室: one office of both
    (re.compile(r"(?:中共)?.{0,6}[省市区县旗州]委"), re.compile(_BOTH)),
    # 各乡镇党委、政府
    (re.compile(r".{1,10}委"), re.compile(r"(?:人民)?政府(?:$|[、，,；;]|按|分别|负|牵|配|落|具|承|主)")),
    # 各街道党工委、办事处
    (
        re.compile(r"各.{1,10}(?:党工委|党[（(]工[)）]委|工委)"),
        re.compile(r"(?:办事处|管委会|管理委员会)(?:$|[、，,；;]|按|分别|负|牵|配|落|具|承)"),
    ),
    # 各市、县（区）人民政府
    (
        re.compile(r"各(?:自治)?[省市区县旗州](?:[（(][^（()）]*[)）])?"),
        re.compile(r"[市区县旗州](?:[（(]|(?:人民)?政府|[、，,；;]|$)"),
    ),
    # 市、县两级教育部门
    (re.compile(r"[省市区县旗州镇乡](?:、[省市区县旗州镇乡])*"), re.compile(r"[市区县旗州镇乡村]")),
    # 市直各委、办、局
    (re.compile(r".{0,6}各[部委](?:、[委办厅部])*"), re.compile(r"[委办厅局](?![^、，,；;（(])")),
    # 各区县教育、财政部门
    (re.compile(rf"各.{{1,8}}(?<![{_WHOLE}])(?:、[\u4e00-\u9fff]{{2,6}})*"), re.compile(_THEMES)),
)  # fmt: skip


def pieces(text: str) -> Iterator[str | re.Match[str]]:
    """The text cut at separators; labels come as matches. Separators inside brackets do not cut.

    Where 、 parts names and ； parts groups of them, GROUP comes between two groups.
    """
    outside = _IN_BRACKETS.sub("", text)
    groups = bool(re.search("[；;]", outside) and re.search("[、，,]", outside))
    balanced = sum(text.count(c) for c in OPEN) == sum(text.count(c) for c in CLOSE)
    start, depth, i = 0, 0, 0
    while i < len(text):
        c = text[i]
        if i == start and depth == 0 and (found := _at_start(text, i)):
            if found.re is not NUMBER:
                yield found
            start = i = found.end()
            continue
        depth += (c in OPEN) - (c in CLOSE)
        if c in SEPARATORS and (depth <= 0 or not balanced) and not _goes_on(text, start, i):
            yield text[start:i]
            if groups and c in "；;":
                yield GROUP
            start = i + 1
        i += 1
    yield text[start:]


def _at_start(text: str, i: int) -> re.Match[str] | None:
    return NUMBER.match(text, i) or OTHER_LABEL.match(text, i) or LABEL.match(text, i)


def _goes_on(text: str, start: int, i: int) -> bool:
    if text[i] != "、" or i - start > _SHORT:
        return False
    left, right = text[start:i], text[i + 1 : i + 61]
    return any(so_far.fullmatch(left) and rest.match(right) for so_far, rest in _GOES_ON)


def parted(body: str) -> Iterator[str]:
    """县教育局和县财政局 is two names; 县发展和改革局 is one."""
    start = 0
    if len(body) <= LONGEST:
        for found in _AND.finditer(body):
            left, right = body[start : found.start()], body[found.end() :]
            nobody = is_vague(right) and looks_like_unit(left)
            one = _MATTER.fullmatch(left) and _OF_SECTION.fullmatch(right)
            if depth_of(left) == 0 and not one and (nobody or apart(left, right)):
                yield left
                start = found.end()
    if start < len(body):
        yield body[start:]
