"""Clauses of units that go on with words of time: the time is the clause's, and nobody's name."""

from __future__ import annotations

import pytest

from duban.reading.clauses import clause_of


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("年内完成", "年内完成"),
        ("年内", "年内"),
        ("今年完工", "今年完工"),
        ("力争国庆节前投用", "力争国庆节前投用"),
        ("汛期前完成", "汛期前完成"),
        ("限期整改", "限期整改"),
        ("立行立改", "立行立改"),
        ("按序时进度推进", "按序时进度推进"),
        ("与主体工程同步实施", "与主体工程同步实施"),
        ("6月底前完成", "6月底前完成"),
        ("按上述节点完成", ""),
        ("均按以上时限办结", ""),
        ("按期完成", ""),
        ("完成时限见正文", ""),
    ],
)
def test_the_time_behind_the_units(said: str, time: str) -> None:
    clause = clause_of(f"县司法局牵头，县信访局配合，{said}")
    assert clause is not None
    assert (clause.units, clause.time) == ("县司法局牵头，县信访局配合", time)


@pytest.mark.parametrize("said", ["县年鉴社参与", "县节能中心参与", "按职责分工落实", "各镇同步配合"])
def test_what_is_no_time_stays_with_the_units(said: str) -> None:
    clause = clause_of(f"县司法局牵头，{said}")
    assert clause is not None
    assert clause.units.endswith(said)
    assert not clause.time
