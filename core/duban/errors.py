"""Errors that a user may see. The docstring is the sentence: what, where, what to do."""

from __future__ import annotations


class DubanError(Exception):
    """操作没有完成。"""

    exit_code = 2

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(facts)

    def __str__(self) -> str:
        return (type(self).__doc__ or "").strip().format(**self.facts)


class EnvironmentNotThere(DubanError):
    """{what}不可用：{why}。"""

    exit_code = 3
