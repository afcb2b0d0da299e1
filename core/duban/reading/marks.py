"""What a document says of its own disclosure: a mark stands on a line of its own, never inside a sentence.

Secrecy: GB/T 9704-2012, section 7.2.2 (秘密★1年). Ways of disclosure: 政府信息公开条例.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from duban.model import Disclosure
from duban.reading.errors import SecretDocument

_BLANK = re.compile(r"\s+")
_SECRET = re.compile(
    r"^(?:(?:份号|No\.?|№)?[：:]?\d{1,8})?(?:文件)?(?:密级|秘密等级|保密级别)?(?:和保密期限|及保密期限)?[：:]?[（(【\[〔]?"
    r"(?:绝密|机密|秘密)级?(?:[★☆*＊·:：]+\s*(?:长期|启封前|启用前|解密前|[0-9０-９一二三四五六七八九十]+(?:年|个月|天|日)?)?"
    r"|[0-9０-９一二三四五六七八九十]+(?:年|个月))?[）)】\]〕]?(?:特急|加急|平急|紧急|特提)?$"
)
_TERMED = re.compile(r"密级?[★☆*＊·:：]|密级?[0-9０-９一二三四五六七八九十]+(?:年|个月)")
_WAY = (
    r"主动公开|依申请公开|不予公开|不公开|免予公开|部分公开"
    r"|此件(?:公开(?:发布)?|主动公开|不公开|依申请公开|删减后公开)"
)
_LABEL = (
    r"(?:公开(?:方式|属性|类别|形式|选项|类型)|(?:政府)?信息公开(?:选项|类别|属性|形式|方式)|是否公开)[：:]"
)
_INSIDE = (
    r"内部资料(?:[，,·]?(?:注意保存|请勿外传|不得外传|妥善保管|免费交流))*|内部文件(?:[，,]?(?:注意保存|请勿外传|不得外传))*"
    r"|仅供内部使用|内部使用|工作秘密(?:[，,]?(?:注意保存|请勿外传|不得外传))*|内部事项|限内部使用"
)
_MARK = re.compile(
    rf"^[（(【\[]?(?:{_LABEL}(?P<labelled>.{{1,10}}?)|(?P<way>{_WAY})|(?P<inside>{_INSIDE}))[）)】\]]?[。]?$"
)
_OPEN = frozenset({"主动公开", "此件公开发布", "此件公开", "此件主动公开", "公开", "是"})
_CLOSING = re.compile(
    r"^(?:附件|附[：:]|附?注[：:]|备注[：:]|说明[：:]|抄送|主送|联系人|联系电话|联系方式|印发|发文机关|主办[：:]|校对|拟稿|共印|填表|制表|审核|报送|(?:经办|复核|制单|填写|录入|上报|记录|编制)人?[：:]|.{0,8}(?:签字|签名|签章|盖章|审签)[：:（(])"
    r"|印发[。]?$|^[（(]?[0-9〇○零一二三四五六七八九]{4}年[0-9一二三四五六七八九十]{1,3}月[0-9一二三四五六七八九十]{1,3}日[）)]?$|^[（(]?此件"
)


def mark_of(lines: Iterable[str]) -> tuple[Disclosure | None, str | None]:
    """The way of disclosure and the line that says so; the stricter one where two lines disagree.

    Raises SecretDocument for a mark of secrecy on any line.
    """
    found: tuple[Disclosure | None, str | None] = (None, None)
    for line in lines:
        plain = _BLANK.sub("", line)
        if not plain:
            continue
        if _SECRET.match(plain):
            raise SecretDocument(mark=plain)
        if match := _MARK.match(plain):
            said = match["labelled"] or match["way"] or match["inside"]
            way = Disclosure.OPEN if said in _OPEN else Disclosure.INTERNAL
            if found[0] is None or (found[0] is Disclosure.OPEN and way is Disclosure.INTERNAL):
                found = (way, line.strip())
    return found


def refuse_secrets(lines: Iterable[str]) -> None:
    """Raises SecretDocument for a mark with its term (机密★5年), wherever it stands: beside other cells, in a
    note, in hidden text. A bare 机密 there may be no mark but a choice of a list."""
    for line in lines:
        plain = _BLANK.sub("", line)
        if _TERMED.search(plain) and _SECRET.match(plain):
            raise SecretDocument(mark=plain)


def is_closing(text: str) -> bool:
    """Whether a line closes a document (marks, contacts, who printed it when) and is no cell of its table."""
    plain = _BLANK.sub("", text)
    return bool(_CLOSING.search(plain) or _MARK.match(plain))
