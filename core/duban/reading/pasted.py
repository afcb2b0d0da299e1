"""What stands around a text that was copied out of a chat, a mail or a web page, and is no part of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_CLOCK = r"(?:上午|下午|中午|晚上|凌晨)?\s*[0-9]{1,2}[:：][0-9]{2}(?:[:：][0-9]{2})?"
_DATE = (
    r"(?:(?:20)?[0-9]{2}[-/年.][0-9]{1,2}[-/月.][0-9]{1,2}日?|[0-9]{1,2}[-/月][0-9]{1,2}日?"
    r"|昨天|今天|前天|(?:星期|周)[一二三四五六日天])"
)
_NAME = r"[^\s，。；、：:！？]{1,20}"
_SENT_AT = re.compile(rf"{_DATE}\s*{_CLOCK}")
_SENT = re.compile(rf"(?:{_NAME}\s+)?{_DATE}\s*{_CLOCK}(?:\s+{_NAME})?|{_NAME}\s+{_CLOCK}")
_SENDER = re.compile(rf"{_NAME}\s*[:：]?")
_CALL = re.compile(r"[@＠]\S|.{0,12}[@＠]所有人")
_SIGN = re.compile(r"\[[\u4e00-\u9fffA-Za-z]{1,6}\]|[\U0001f300-\U0001faff]")  # [抱拳]
_ANSWER = re.compile(r"(?:已?收到|好的?|明白|知道了|[Oo][Kk]|谢谢|辛苦了|[+＋]1|1)(?:[\[，,。！!～~\s].*)?")
_WEB = re.compile(
    r"(?:您?(?:现在|当前|目前)?(?:的|所在)*位置|现在位置)\s*[:：]|首页\s*(?:$|[>＞›»/|-])|今天是"
    r"|(?:上|下)一[篇条页]\s*[:：]|相关(?:附件|链接|文章|阅读|信息)\s*(?:$|[:：])|扫一?扫|分享到|字体\s*[:：]|(?:政府)?网站标识码"
    r"|[【\[〔]\s*(?:字体|打印|关闭|收藏|返回|我要)|(?:打印|关闭)(?:本页|窗口|此页|\s*$)|返回(?:顶部|首页|列表)|网站地图|版权所有"
    r"|\S{0,4}ICP备|\S{0,2}公网安备|技术支持\s*[:：]|责任编辑\s*[:：]|无障碍浏览|(?:浏览|阅读|点击)(?:次数|量)\s*[:：]|建议使用.{0,12}分辨率|附件下载"
)
_FIRST = 3  # filled lines within which a copied chat shows whose message comes
_SHORT = 3  # filled lines: a message no longer is a greeting or an answer, and no plan


def is_around(line: str) -> bool:
    """Whether a line is a web page's or a chat's and surely no document's own."""
    text = line.strip()
    return bool(text) and bool(
        _WEB.match(text) or _CALL.match(text) or _SIGN.search(text) or _SENT.fullmatch(text)
    )


def without_pasted(lines: Sequence[str]) -> list[str]:
    """The lines, those of a web page and of a chat left blank, so that each keeps its place."""
    kept = ["" if _WEB.match(line.strip()) or _CALL.match(line.strip()) else line for line in lines]
    sent = _sent(lines)
    if not _is_chat(lines, sent):
        return kept
    bounds = [*sent, len(lines)]
    messages = [range(0, bounds[0]), *(range(at, end) for at, end in pairwise(bounds))]
    plan = max(messages, key=lambda message: _filled(kept, message))
    for message in messages:
        for i in message:
            said = message is plan or _filled(kept, message) > _SHORT + 1
            if not said or i in sent or i + 1 in sent or _SIGN.search(lines[i]):
                kept[i] = ""
    return kept


def _sent(lines: Sequence[str]) -> list[int]:
    """The lines that say when somebody sent a message: beside the name, or beneath it."""
    found = []
    for i, line in enumerate(lines):
        if _SENT.fullmatch(line.strip()):
            above = lines[i - 1].strip() if i else ""
            alone = _SENT_AT.fullmatch(line.strip())
            if not alone or _SENDER.fullmatch(above):
                found.append(i)
    return found


def _is_chat(lines: Sequence[str], sent: Sequence[int]) -> bool:
    """Whether a text was copied out of a chat: it begins with a sender, or ends with somebody's answer."""
    if not sent:
        return False
    first = [i for i, line in enumerate(lines) if line.strip()][:_FIRST]
    return sent[0] in first or any(_ANSWER.fullmatch(line.strip()) for line in lines[sent[-1] + 1 :][:_SHORT])


def _filled(lines: Sequence[str], message: range) -> int:
    return sum(bool(lines[i].strip()) for i in message)
