"""Rules for words without a date: soft ones (尽快) and, in a time column, lasting ones (持续推进)."""

from __future__ import annotations

import re

from duban.deadlines.points import YEAR
from duban.deadlines.rules import Draft, Rule, Scan
from duban.model import Kind

_NEGATED = re.compile(r"(?:[不未没欠]|不够|不太|不能|未能|没有|没能|是否|能否|不尽)$")


def _soft(m: re.Match[str], scan: Scan) -> Draft | None:
    """A word of haste. 报告不及时的 is a fault that the text punishes, no time for doing anything."""
    if _NEGATED.search(scan.left(m.start(), 4)):
        return None
    return Draft(kind=Kind.SOFT, start=m.start(), end=m.end())


def _soft_in_column(m: re.Match[str], scan: Scan) -> Draft | None:
    return _soft(m, scan) if scan.context.column else None


def _lasting(m: re.Match[str], scan: Scan) -> Draft | None:
    return Draft(kind=Kind.CONTINUOUS, start=m.start(), end=m.end()) if scan.context.column else None


_GOES_ON = (
    r"(?:性|化)?(?:地|的)?(?:坚持|推进|推动|开展|实施|落实|进行|保持|做好|抓好|更新|跟进|执行|管理|管控"
    r"|整治|整改|治理|巩固|深化|提升|监管|监测|排查|督导|持续|长期|常态|工作|任务|抓|有效|完善|优化|加强)*"
)
RULES = (
    Rule(
        "soft",
        "",
        r"尽快|尽早|尽速|抓紧|及时(?![性率雨])|适时|立即|立刻|即刻|马上|从速|第一时间|择机|择期|立行立改|即知即改|即行即改",
        _soft,
        heads="尽快 尽早 尽速 抓紧 及时 适时 立即 立刻 即刻 马上 从速 第一 择机 择期 立行 即知 即行",
    ),
    Rule(
        "soft-in-column",
        "",
        r"近期|早日|即时|即办|限期|适当时候|适当时机",
        _soft_in_column,
        heads="近期 早日 即时 即办 限期 适当",
    ),
    Rule(
        "continuous",
        "12二",
        rf"(?:(?:{YEAR}年|今年|本年度?)(?:内|度)?)?(?:贯穿)?(?:持续|长期|长效|常态|常年|全年度?|全过程|全程|始终|经常|日常|随时|不间断|滚动|动态|永久|贯穿始终){_GOES_ON}",
        _lasting,
        heads="持续 长期 长效 常态 常年 全年 全过 全程 始终 贯穿 经常 日常 随时 不间 滚动 动态 永久 今年"
        " 本年",
    ),
)
