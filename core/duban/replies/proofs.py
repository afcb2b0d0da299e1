"""What a reply offers as evidence: links, document numbers (文号), file names, 见附件. Titles apart."""

from __future__ import annotations

import re

from duban.replies.marks import Marks

_HAN = "一-鿿"
_LINK = re.compile(rf"(?:https?://|www\.)[^\s{_HAN}，。；、：！？（）《》【】“”‘’<>\"'…]{{1,2000}}", re.I)
_TAIL = ".,;:!?)]}'"
_NUMBERED = re.compile(  # 党政机关公文格式 GB/T 9704: 发文机关代字, 年份 in 〔〕, 发文顺序号
    rf"(?P<organ>[{_HAN}×xX*○]{{1,12}})\s?[〔［\[(（【]\s?(?:19|20)[0-9０-９]{{2}}\s?[〕］\])）】]\s?第?\s?"
    r"[0-9０-９×xX]{1,5}\s?号"
)
_BEFORE_ORGAN = re.compile(
    ".*(?:印发|下发|制发|转发|发布|公布|出台|报送|上报|文号|文件|附件|通知|方案|依据|根据|按照|以及|完成|"
    "详见|参见|[见是为以按即和与及由了的到])"
)
_FILE = re.compile(
    rf"[{_HAN}0-9A-Za-z_\-（）()]{{1,60}}\.(?:docx?|xlsx?|pptx?|pdf|wps|ofd|et|jpe?g|png|zip|rar|"
    r"mp4)(?![0-9A-Za-z])",
    re.I,
)
_ATTACHED = re.compile(
    r"(?:详情?|请|可|具体)?(?:见|参见|查看|看|参阅)(?:后面|所附|下面|下方|以下)?(?:的)?(?:附件|"
    r"附图|附表|链接|截图|照片)[0-9一二三四五六七八九十]{0,2}"
    r"|(?:附件|佐证材料|佐证|印证材料|截图|照片)(?:材料)?(?:已上传|已附上?|附后|附上|如下|在后)"
)
_TITLE = re.compile(r"《[^《》\n]{0,120}》")


def fold_proofs(text: str, marks: Marks) -> str:
    """Each piece of evidence as one sign, its value the words to keep; each 《title》 as another."""
    text = _LINK.sub(lambda m: _link(m, marks), text)
    text = _NUMBERED.sub(lambda m: _numbered(m, marks), text)
    text = marks.fold("title", _TITLE, text, lambda m: m[0])
    text = marks.fold("proof", _FILE, text, lambda m: m[0])
    return marks.fold("proof", _ATTACHED, text, lambda m: m[0])


def _link(m: re.Match[str], marks: Marks) -> str:
    url = m[0].rstrip(_TAIL)
    return marks.put("proof", url, url) + m[0][len(url) :]


def _numbered(m: re.Match[str], marks: Marks) -> str:
    """The number without the words that run into it: 已印发×政办〔2026〕3号 is ×政办〔2026〕3号."""
    lead = _BEFORE_ORGAN.match(m["organ"])
    cut = lead.end() if lead and lead.end() < len(m["organ"]) else 0
    return m[0][:cut] + marks.put("proof", m[0][cut:], re.sub(r"\s", "", m[0][cut:]))
