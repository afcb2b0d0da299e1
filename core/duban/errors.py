"""Errors that a user may see. The docstring is the sentence: what, where, what to do."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Final


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


_WHY: Final[Mapping[int | None, str]] = {
    errno.ENOENT: "不存在",
    errno.EISDIR: "是文件夹，不是文件",
    errno.EEXIST: "路径中有一段是文件，不是文件夹",
    errno.ENOTDIR: "路径中有一段是文件，不是文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "那里是只读的",
    errno.ENOSPC: "磁盘已满",
    errno.EIO: "读写出错",
    errno.ENAMETOOLONG: "名字太长",
    errno.ELOOP: "链接绕成了圈",
    errno.EADDRNOTAVAIL: "不是这台机器的地址",
}


def why(error: OSError) -> str:
    """What the system says of a file or an address, in Chinese where it is a usual thing."""
    return _WHY.get(error.errno, error.strerror or type(error).__name__)
