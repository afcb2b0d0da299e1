"""The items that a reply names: 第54项, 3、7项, 3-7项, #54, 54：…; no counts or days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from duban.deadlines.numerals import to_int
from duban.replies.marks import CLASS, Marks

LAST_DAY = 31
WIDEST = 300  # items in a range; a wider one is no range of items
_HAN = "一二三四五六七八九十百零〇两"
_N = rf"(?:[0-9]{{1,4}}|[{_HAN}]{{1,6}})"
_MEASURED = "%年月日天周个万亿元成半份人家次分点时岁期季批轮阶步户种类条件级号项方倍米亩公吨届名位处场篇章"
_NO_UNIT = rf"(?![{_HAN}0-9{_MEASURED}])"
_LEAD = r"(?:第|#|事项|任务|序号|编号|项目|no\.?|nos\.?)"
_ONE = rf"(?:{_LEAD}\s?:?\s?)?{_N}(?:号?事项|号任务|[项号#]|(?<=[0-9])条|{_NO_UNIT})"
_SEP = (
    r"\s?(?:[、/&+和及与跟]|(?<![项号条])[,，\s]|以及|[-到至])\s?"  # 完成3项，7项…: a comma parts what has 项
)
_MENTION = re.compile(  # a Chinese number inside a word (统一、第3项) begins none
    rf"(?<![0-9.])(?<![0-9]:)(?:(?={_LEAD}|[0-9])|"
    rf"(?<![^\s，,。；;:、!！?？（(]))(?:{_ONE})(?:{_SEP}{_ONE})*",
    re.I,
)
_PART = re.compile(
    rf"(?P<sep>{_SEP})?(?P<lead>{_LEAD}\s?:?\s?)?(?P<no>{_N})(?P<unit>号?事项|号任务|[项号条#]|)", re.I
)
_OPENING = re.compile(
    r"(?:^|[✅✔√☑❌✗，,。；;:、\n!！?？（(\s]|\.(?=.)|其中|另外?|还有|但是?|而|请问|关于|报告|汇报|局|办|"
    r"镇|我们|除[了开去]?)$"
)
_HOW_MANY = re.compile(r"(?:共|总计|合计|还有|余|剩下?|余下|每|各|等)$")
_PARTS_OF_ONE = re.compile(r"措施|指标|内容|子任务|小项|以上|左右")
_COUNTED = re.compile(
    r"(?:有|[这那前后了已]|其中|全部|所有|上述|以上|完成|推进|落实|办结|启动|开展|报送|任务|工作|中)$"
)
_COUNTS = re.compile(r"中|里|工作|任务|[都均]|全部")
_DAY_BEFORE = re.compile(r"(?:[月到至前]|本月|预计|争取|计划|定于|[于在])$")
_DAY_AFTER = re.compile(r"之?以?前|左右|文|令|楼|能|可以?|会|应该?|上午|下午|晚|开会|再|就|才|开始|启动")
_ARTICLE_OF = re.compile(r"(?:[例法则定]|办法|意见|通知)$")
SAYS = (  # how a status begins: what may follow a bare number
    r"[怎什请已未没还正在完办推搞做弄落收签知有受卡延申基预争力不非按全都均约大差快顺暂无尚缺资✅√✔"
    + "".join(CLASS[k][1:-1] for k in ("percent", "proof"))
    + r"]|进[行展度]|启动|开始|ok|done|[之以]?外|[❌✗]"
)
_BARE = re.compile(rf"(?P<mark>\s?[:.、\-)）|]\s?|\s*)(?={SAYS})", re.I)
_COLON = re.compile(r"\s?:(?![0-9])")
_LISTED = re.compile(r"(?m)(?:^|(?<=[。；;\n]))[ \t]*(?P<no>[0-9]{1,2})[、.)）][ \t]*(?=第|#|事项)")
_POINTS = re.compile(r"(?m)(?:^|(?<=[。；;:，,\n]))[ \t]*(?P<no>[0-9]{1,2})[、.)）][ \t]*(?![0-9])")
_NAMED = re.compile(rf"第[0-9{_HAN}]{{1,5}}项|[0-9]项|#[0-9]|事项[0-9]")
_ORDINAL = re.compile(
    rf"(?m)(?:^|(?<=[。；;\n]))[ \t]*(?:[{_HAN}]{{1,3}}、(?![{_HAN}0-9]{{1,4}}[项号、])|"
    rf"[（(][{_HAN}0-9]{{1,3}}[)）]|[①-⑳]|[-*•·]+[ \t])"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Numbers as named, in order, once each."""

    items: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One number of a mention, and how it is written."""

    no: int
    ranged: bool
    lead: str  # 第, #, 事项 … or ""
    unit: str
    digits: bool
    end: int


def fold_items(text: str, marks: Marks, open_items: Sequence[int]) -> str:
    """Each mention of items as one sign (value: Mention), each count of items as another (value: int)."""
    text = _ORDINAL.sub("", _without_list_numbers(text))
    known = frozenset(open_items)
    pieces: list[str] = []
    at = 0
    for m in _MENTION.finditer(text):
        used, kind, value = _meant(text, m, _parts(m), known, len(open_items))
        if kind:
            pieces += [text[at : m.start()], marks.put(kind, text[m.start() : used], value)]
            at = used
    return "".join([*pieces, text[at:]])


def _without_list_numbers(text: str) -> str:
    """1、第54项… 2、第7项…; 第54项有困难：1.缺资金；2.缺人手: such numbers count lines, not items."""
    points = list(_POINTS.finditer(text))
    if _NAMED.search(text) and _running(points):
        return _POINTS.sub("", text)
    running = _running(list(_LISTED.finditer(text)))
    return _LISTED.sub(lambda m: "" if running or "、" not in m[0] else m[0], text)


def _running(found: Sequence[re.Match[str]]) -> bool:
    """Whether the numbers go 1, 2 and on."""
    return len(found) > 1 and all(int(m["no"]) == i for i, m in enumerate(found, start=1))


def _parts(m: re.Match[str]) -> list[Part]:
    parts = []
    for p in _PART.finditer(m[0]):
        try:
            no = to_int(p["no"])
        except ValueError:
            break
        sep = (p["sep"] or "").strip()
        lead, digits = (p["lead"] or "").strip(), p["no"].isascii()
        parts.append(Part(no, sep in {"-", "到", "至"}, lead, p["unit"], digits, m.start() + p.end()))
    return parts


def _meant(
    text: str, m: re.Match[str], parts: list[Part], known: frozenset[int], how_many: int
) -> tuple[int, str, object]:
    """Where the mention ends, its kind ("item", "count", or "" for neither) and its value.

    A last number that does not belong (第54项、11月) is given back to the text.
    """
    marked = max((i + 1 for i, part in enumerate(parts) if part.unit or part.lead), default=1)
    for size in sorted({len(parts), marked, 1} if parts else (), reverse=True):
        said = parts[:size]
        before, end = text[max(0, m.start() - 6) : m.start()], said[-1].end
        after = text[end : end + 8]
        if size == 1 and _is_bare_item(said[0]) and _is_count(said[0], before, after, known, how_many):
            return end, "count", said[0].no
        if _names(said, before, after) and (numbers := _numbers(said, known)):
            return end, "item", Mention(numbers)
    return m.end(), "", None


def _is_bare_item(part: Part) -> bool:
    return not part.lead and part.unit == "项"


def _names(parts: list[Part], before: str, after: str) -> bool:
    """Whether the numbers, written so and between these words, are items."""
    first, last = parts[0], parts[-1]
    begins = bool(_OPENING.search(before)) and bool(_COLON.match(after) or _BARE.match(after))
    digits = all(p.digits for p in parts)
    if first.lead == "第" and any(p.unit for p in parts):
        article = last.unit == "条" and _ARTICLE_OF.search(before)
        return bool(last.unit or last.lead) and not article
    if first.lead and first.lead != "第":
        return digits
    if not last.unit or first.lead:
        return begins and digits
    opening = bool(_OPENING.search(before))
    if last.unit == "号":
        is_day = _DAY_BEFORE.search(before) or _DAY_AFTER.match(after)
        return not is_day and (opening or last.no > LAST_DAY)
    return opening or (digits and last.unit != "条")


def _is_count(part: Part, before: str, after: str, known: frozenset[int], how_many: int) -> bool:
    """还有3项, 三项都完成了, 其中3项 count; 12项有困难 names. A count is no more than there are."""
    if _PARTS_OF_ONE.match(after) or _HOW_MANY.search(before):
        return True
    if part.no in known and part.no > how_many:
        return False
    if known and part.no not in known and not _OPENING.search(before):
        return True  # 检查发现问题12项
    return not part.digits or bool(_COUNTED.search(before) or _COUNTS.match(after))


def _numbers(parts: list[Part], known: frozenset[int]) -> tuple[int, ...]:
    numbers: dict[int, None] = {}
    for i, part in enumerate(parts):
        if not part.ranged or not i:
            numbers[part.no] = None
            continue
        low, high = sorted((parts[i - 1].no, part.no))
        if high - low > WIDEST:
            return ()
        both = {low, high} <= known
        numbers.update((n, None) for n in range(low, high + 1) if not both or n in known)
    return tuple(numbers)
