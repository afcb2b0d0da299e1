"""Files that cannot be read as a plan. Each is one sentence: what it is, and what to send instead."""

from __future__ import annotations

from duban.errors import DubanError


class ReadError(DubanError):
    """文件无法读取，请另存为 docx、xlsx 或 txt 后重发。"""


class EmptyFile(ReadError):
    """文件是空的，没有可读的内容，请核对后重发。"""


class WrongKind(ReadError):
    """这是“{what}”，不能读，请把方案另存为 docx、xlsx、pdf（文字版）、html、csv 或 txt 后重发。"""


class Broken(ReadError):
    """文件“{what}”已损坏或没有传完，请在原来的软件里打开核对，另存后重发。"""


class Protected(ReadError):
    """文件设了打开密码，请去掉密码、另存后重发。"""


class Scanned(ReadError):
    """这份 PDF 是扫描件（{pages} 页图片，没有文字），请发文字版的 docx、xlsx 或 pdf。"""


class Bomb(ReadError):
    """文件压缩得异常（解开后{what}），已拒收；请在原来的软件里打开，另存后重发。"""


class BrokenText(ReadError):
    """文件的文字编码无法识别，请另存为 UTF-8 编码后重发。"""


class TooLarge(ReadError):
    """文件有 {size} MB，超过 {limit} MB 的上限，请只保留任务表后重发。"""


class TooMuch(ReadError):
    """文件里有 {count} {what}，超过 {limit} {what}的上限，请只保留任务表后重发。"""


class TookTooLong(ReadError):
    """文件在 {seconds} 秒内没有读完，请只保留任务表，或另存为 docx、xlsx 后重发。"""


class NeedsExtra(ReadError):
    """读“{what}”要另装一个组件：pip install "duban[{extra}]"；或者请把文件另存为 docx 后重发。"""


class NotAPlan(ReadError):
    """没有在文件里找到任务表或编号的任务，请确认这是分工方案、责任分解表或台账。"""


class SecretDocument(ReadError):
    """文件带有密级标志“{mark}”，已拒收且未保存任何内容，请立即从聊天中删除该文件，改走涉密渠道办理。"""
