"""Files that cannot be read as a plan. Each is one sentence: what it is, and what to send instead."""

from __future__ import annotations

from duban.errors import DubanError


class ReadError(DubanError):
    """文件无法读取，请另存为 txt 文本后重发。"""


class EmptyFile(ReadError):
    """文件是空的，没有可读的内容，请核对后重发。"""


class NotText(ReadError):
    """这是“{what}”，目前只能读 txt 文本，请另存为 txt（UTF-8）后重发。"""


class BrokenText(ReadError):
    """文件的文字编码无法识别，请另存为 UTF-8 编码的 txt 后重发。"""


class TooLarge(ReadError):
    """文件有 {size} MB，超过 {limit} MB 的上限，请只保留任务表后重发。"""


class NotAPlan(ReadError):
    """没有在文件里找到任务表或编号的任务，请确认这是分工方案、责任分解表或台账。"""


class SecretDocument(ReadError):
    """文件带有密级标志“{mark}”，已拒收且未保存任何内容，请立即从聊天中删除该文件，改走涉密渠道办理。"""
