"""Whether a piece of a clause of units says when and names nobody: 年内完成, 节前投用, 按上述节点完成."""

from __future__ import annotations

import re

from duban.reading.align import fit, names_units
from duban.reading.columns import Column

_EDGES = "；;，,。、 \u3000\n\x1f"
_LONGEST = 26
_DONE = (
    r"(?:全面|全部|基本|如期|按时|组织|分步|分批|有序|深入|协同|建成|并|投入|提前|及时|开始|正式)*"
    r"(?:完成|完工|竣工|投用|投产|使用|建成|见效|实施|落实|推进|办结|办理|到位|整改|销号|开展|启动|开工|交付|运行|执行|报送|上报|反馈|通车|达标"
    r"|出台|印发|清零|解决|兑现|抓好|坚持|验收|整治|治理|改)?"
)
_NEAR = r"(?:[今明本当]年度?|全年|[本当]月|[本当]季度?|年度|年)"
_PART = r"(?:之?内|以内|底|末|终|初|中|前|上旬|中旬|下旬|上半年|下半年)"
_FEAST = (
    r"(?:元旦|春节|元宵节?|清明节?|[“\"]?五一[”\"]?|端午节?|中秋节?|国庆节?|[“\"]?十一[”\"]?|两节|汛期|入汛|主汛期|开学"
    r"|入冬|采暖期|供暖期|秋收|春耕|年关|岁末)"
)
_SOON = r"(?:尽快|抓紧|立即|即刻|马上|适时|及早|尽早|近期|限期|定期|不定期|随时|逐年|逐步|分期|分年|分阶段)"
_PACE = r"(?:时序|序时|时间|计划|进度|合同|工期|既定|规定|约定|各自|节点|时限|期限|工程)"
_AIM = r"(?:力争|确保|争取|务必|须|应|要|于|在|到|原则上)*"
_WORDS = re.compile(
    rf"{_AIM}(?:{_NEAR}{_PART}{{0,2}}|{_FEAST}(?:之?前|期间|后)?|{_SOON}|岁末|(?:上|下)半年(?:之?前|底|末|内)?"
    rf"|按照?{_PACE}+(?:要求|安排|进度|节点|推进表)?|与?.{{2,8}}同步|立[行说][立即]改|立整立改|即[知查]即改|边查边改|立[整查][立即]改"
    rf"|贯穿(?:全年|始终)|{_NEAR}?常年|一贯){_DONE}"
)
_WHAT = re.compile(rf"{_AIM}{_NEAR}{_PART}(?:完成|办结|解决|实现|建成|启动|开展).{{2,12}}")  # 年内完成整治
_SAYS = re.compile(
    r"[年月日季周旬节期时前同步]|[0-9０-９]|持续|长期|常态|全程|立|尽|马上|适|及早|逐|按|贯|即|抓|近|一贯|岁末"
)
# the text's own times, meant once more
_REFERS = re.compile(
    r"(?:均|各项?工作|各)?(?:按照?|依照?|见|同)(?:上述|以上|上列|前述|所列|所述|文中|正文|上面|本条|各|相应|对应)+"
    r"(?:的|时间|时限|期限|节点|日期|进度|要求|安排|阶段|目标|明确)+"
    + _DONE
    + r"|(?:按[期时]|如期|按要求)"
    + _DONE
    + r"|各?(?:项|有关)?(?:完成|办理)?(?:时间|时限|期限|节点)+"
    + r"(?:详?见|同|以|按)(?:上述|正文|上文|文中|前述)(?:为准|执行)?"
)


def may_say_when(text: str) -> bool:
    """Whether any letter of a text is one of a time: what has none need not be cut into pieces."""
    return bool(_SAYS.search(text))


def is_time(piece: str) -> bool:
    """Whether a piece says when: 6月底前完成, 持续推进, 年内; and no unit's name."""
    plain = piece.strip(_EDGES)
    if not plain or len(plain) > _LONGEST or names_units(plain):
        return False
    return bool(_WORDS.fullmatch(plain) or _WHAT.fullmatch(plain)) or (
        may_say_when(plain) and fit(plain, Column.TIME) > 0
    )


def refers(piece: str) -> bool:
    """Whether a piece says no time, but that the times said in the text count: 按上述节点完成."""
    return bool(_REFERS.fullmatch(piece.strip(_EDGES)))
