"""Stages of a piece of work: 第一阶段（1—3月）, 动员部署（3月）. The brackets hold the stage's own time."""

from __future__ import annotations

import re

_WORDS = (
    "动员|部署|发动|启动|筹备|准备|摸底|排查|自查|自纠|检查|督查|抽查|核查|整治|整改|攻坚|实施|推进|推广|推开|试点"
    "|提升|提高|完善|收官|巩固|总结|验收|评估|考核|销号|回头看"
)
_NTH = r"第[一二三四五六七八九十0-9]{1,2}(?:步|期|批次|批|轮)"
_LABEL = r"(?:时间|时限|期限)?(?:为|:)?"
_IN_BRACKETS = re.compile(
    rf"(?:(?:阶段|环节|步骤|{_NTH}|[近中远]期(?:目标)?|(?:^|[。;:、,.)])[^。;:、,.()]{{0,8}}(?:{_WORDS})期?)\({_LABEL}"
    rf"|阶段{_LABEL}[,:为是]|{_NTH}{_LABEL}[,:为是])[自从]?$"
)


def opens(left: str) -> bool:
    """Whether what follows `left` is a stage's time: （2024—2026年） behind a plan's name is not."""
    return bool(_IN_BRACKETS.search(left))
