"""Rules for a period from an event (收到通知后5日内) or before one, and for an event alone (条例出台后)."""

from __future__ import annotations

import re
from types import MappingProxyType

from duban.deadlines.rules import BEFORE, CLOCK, INSIDE, NUM, NUMERAL, Draft, Rule, Scan, clock, number
from duban.deadlines.triggers import LOOK_BACK, trigger
from duban.model import Amount, Kind

_UNITS = MappingProxyType(
    {
        "工作日": Amount.WORKDAY, "工作天": Amount.WORKDAY, "自然日": Amount.DAY, "日历日": Amount.DAY,
        "小时": Amount.HOUR, "钟头": Amount.HOUR, "日": Amount.DAY, "天": Amount.DAY, "周": Amount.WEEK,
        "星期": Amount.WEEK, "礼拜": Amount.WEEK, "月": Amount.MONTH, "季度": Amount.MONTH, "年": Amount.YEAR,
    }
)  # fmt: skip
_MONTHS = MappingProxyType({"季度": 3})
AMOUNT = (
    rf"(?!(?:19|20)[0-9]{{2}}年|二[〇零])(?:(?P<n>{NUM})(?:\({NUM}\))?(?:(?:-|至|到|或)(?P<n2>{NUM}))?|(?P<half>半))"
    r"(?:个?(?P<u>工作日|工作天|自然日|日历日|小时|钟头|星期|礼拜|日(?!历|均)|天|周|年(?!度))"
    r"|个(?P<v>半?月|季度))(?P<more>半)?(?:\((?:(?P<work>工作日)|自然日|日历日|含(?:节假|休息)日)\))?"
)
WITHIN = rf"(?:的?时间|时限)?(?:之内|以内|{INSIDE})"
_MODALS = r"[应须要需将并]|应当|必须|限(?:在|于|期)?|至少|不超过|不迟于|最迟|最晚|最长"
_GAP = rf"[,的]?(?:[^,。;:!?、0-9《》]{{0,14}}?(?:在|于)|{_MODALS})?"


def amount(m: re.Match[str]) -> tuple[int, Amount] | None:
    """What AMOUNT matched: the number (a range's upper end) and its unit; halves in smaller ones."""
    name = m["work"] or m["u"] or m["v"]
    half_month = name == "半月"
    unit = Amount.MONTH if half_month else _UNITS[name]
    scale = _MONTHS.get(name, 1)
    if m["half"]:
        return _HALVES.get(unit)
    if _ABOUT.fullmatch(m["n"]):
        return None
    count = number(m["n2"] or m["n"]) * scale
    if count < 1 and not (count == 0 and unit is Amount.HOUR):
        return None
    if half_month:  # 两个半月 is told by its own half; 1个半月 is a month and a half
        return count * 30 + 15, Amount.DAY
    if m["more"]:
        whole = _WHOLES.get(unit)
        return (count * whole[0] + whole[0] // 2, whole[1]) if whole else None
    return count, unit


_ABOUT = re.compile("[一二三四五六七八九两]{2}")  # 三五天, 两三个月: nobody can say how many
_HALVES = MappingProxyType(
    {Amount.YEAR: (6, Amount.MONTH), Amount.MONTH: (15, Amount.DAY), Amount.DAY: (12, Amount.HOUR)}
)
_WHOLES = MappingProxyType({Amount.YEAR: (12, Amount.MONTH), Amount.DAY: (24, Amount.HOUR)})


_ALLOWED = re.compile(r",?(?:可(?!靠|持|研)|有权|不得|不能|不予|禁止|严禁|停止)")  # a right or a bar, no duty


def _after(m: re.Match[str], scan: Scan) -> Draft | None:
    """后N日内, 起N日内: the words before it are the event."""
    found, counted = trigger(scan, m.start()), amount(m)
    if counted is None or _ALLOWED.match(scan.text, m.end()):
        return None
    if found is None or scan.text[m.start() - 1 : m.start()] in "今此然最前":
        start = m.start("n") if m["n"] else m.start("half")
        return Draft(kind=Kind.RELATIVE, start=start, end=m.end(), amount=counted[0], unit=counted[1])
    begin, words, stop = found
    return Draft(
        kind=Kind.RELATIVE,
        start=begin,
        end=m.end(),
        amount=counted[0],
        unit=counted[1],
        trigger=(words, stop),
    )


_SINCE = re.compile(r"(?:之日起(?:算|计算|计)?|后),[^。;,0-9]{1,12}$")
_ALIKE = re.compile(r"[、,;][^。;,、0-9]{1,10}")


_AT_MOST = re.compile(r"(?:最[晚迟]|不得?[晚迟]于|不得?超过)[^,。;]{1,12}$")


def _limited(m: re.Match[str], scan: Scan) -> Draft | None:
    """最晚不超过批复后60日: the limit is said before the event."""
    return _after(m, scan) if _AT_MOST.search(scan.left(m.start())) else None


def _within(m: re.Match[str], scan: Scan) -> Draft | None:
    counted = amount(m)
    if counted is None:
        return None
    words, got = _shared(m.start(), scan), _GOT.search(scan.left(m.start(), LOOK_BACK))
    start, name = m.start(), "within-shared" if words else ""
    if words is None and got:
        start, name = m.start() - len(got["event"]), "within-event"
        words = (start, m.start())
    return Draft(
        kind=Kind.RELATIVE,
        start=start,
        end=m.end(),
        amount=counted[0],
        unit=counted[1],
        trigger=words,
        name=name,
    )


# 发现疑似病例24小时内: something that comes to notice, right before its limit, with nothing done between
_GOT = re.compile(
    r"(?:^|[,;。:、自从在]|一旦|凡是?|[如若])(?P<event>(?:发现|收到|接到|接报|获悉|得知)"
    r"(?:(?!上报|及时|马上|当场)[^,;。:、0-9的应须需要将并即在于者]){1,14})$"
)


def _shared(at: int, scan: Scan) -> tuple[int, int] | None:
    """The event that several kinds share: 自交办之日起，一般问题7日内、复杂问题15日内."""
    last = scan.carried(at)
    shared = last is not None and last.name == "within-shared"
    if last is not None and shared and _ALIKE.fullmatch(_work(scan.text[last.end : at])):
        return last.trigger
    left = scan.text[max(scan.end, at - LOOK_BACK) : at]
    since = _SINCE.search(left)
    found = trigger(scan, at - len(left) + since.start()) if since else None
    return (found[1], found[2]) if found else None


def _work(between: str) -> str:
    """What stands between two limits without the first one's verb: 办结、复杂问题 is 、复杂问题."""
    return between[max(between.find("、"), 0) :]


def _length(m: re.Match[str], scan: Scan) -> Draft | None:
    """A time column's 3个月, 15个工作日; 15日 alone may be a day of the month."""
    alone = m.start() == 0 or scan.text[m.start() - 1] in ",;、。:("
    if not scan.context.column or not alone or m["u"] == "日":
        return None
    return _within(m, scan)


def _ahead(m: re.Match[str], scan: Scan) -> Draft | None:
    """会议召开前3个工作日: the amount is negative."""
    found, counted = trigger(scan, m.start()), amount(m)
    if found is None or counted is None or _ALLOWED.match(scan.text, m.end()):
        return None
    begin, words, stop = found
    if _NO_EVENT.search(scan.text, words, stop):
        return None
    return Draft(
        kind=Kind.RELATIVE,
        start=begin,
        end=m.end(),
        amount=-counted[0],
        unit=counted[1],
        trigger=(words, stop),
    )


_NO_EVENT = re.compile(
    r"(?:[0-9一二三四五六七八九十][年月日]|[年月此目以之提当从几数多]|(?<![入开上])学|(?<![投生停])产|[婚孕餐饭])$"
)


def _days_before(m: re.Match[str], scan: Scan) -> Draft | None:
    """会议召开5日前: as 召开前5日, where an event stands right before the number."""
    found = trigger(scan, m.start())
    if found is None or not _HELD.search(scan.text, found[1], found[2]):
        return None
    return _ahead(m, scan)


def _next_day(m: re.Match[str], scan: Scan) -> Draft:
    found = trigger(scan, m.start())
    words = (found[1], found[2]) if found and _HELD.search(scan.text, found[1], found[2]) else None
    start = found[0] if found and words else m.start()
    return Draft(
        kind=Kind.RELATIVE,
        start=start,
        end=m.end(),
        amount=1,
        unit=Amount.DAY,
        trigger=words,
        time=clock(m),
    )


def _early(m: re.Match[str], scan: Scan) -> Draft | None:
    counted = amount(m)
    if counted is None or _COMPARED.search(scan.left(m.start())):
        return None
    found = trigger(scan, m.start())
    words = (found[1], found[2]) if found and _HELD.search(scan.text[found[1] : found[2]]) else None
    start = found[0] if found and words else m.start()
    return Draft(
        kind=Kind.RELATIVE, start=start, end=m.end(), amount=-counted[0], unit=counted[1], trigger=words
    )


_COMPARED = re.compile(r"(?:较|比)[^,。;]{1,8}$")  # 较上年提前1天送达: a comparison
_HELD = re.compile(
    r"(?:召开|举行|举办|开始|到期|届满|期满|开工|开业|施行|实施|结束|验收|活动|会议|节日|期满)$"
)


def _event(m: re.Match[str], scan: Scan) -> Draft | None:
    """条例出台后: an event that something waits for. 后 alone is no event (今后, 课后, 售后)."""
    found = trigger(scan, m.start())
    if found is None:
        return None
    begin, words, stop = found
    own = (
        scan.text[begin] in "把将"
        or scan.text[begin - 1 : begin] in ("把", "将")
        or (scan.last is not None and scan.end == begin)
    )
    limit = _LIMIT.match(scan.text, m.end())
    if limit and _ALLOWED.match(scan.text, limit.end()):
        return None  # 答复送达后30日内可申请复查: a right of others
    if own and not scan.context.column:
        return None  # 6月底前报市政府批准后印发, 把数据核准后提交: steps of the work itself
    waited = scan.text[begin] in "待俟等" and begin != words
    # 建成后每年可减少排放: what comes of it, no work that waits for it
    if not waited and (not _HAPPENS.search(scan.text, words, stop) or _EFFECT.match(scan.text, m.end())):
        return None
    if stop - words < 2 or _DATED.search(scan.text, words, stop):  # noqa: PLR2004 - one character names no event
        return None
    return Draft(kind=Kind.EVENT, start=begin, end=m.end(), trigger=(words, stop))


_HAPPENS = re.compile(
    r"(?:出台|印发|颁布|公布|发布|下发|颁发|印制|施行|生效|通过|批准|批复|核准|审定|审批|获批|立项|下达|成立|组建|挂牌|到位|修订|修改"
    r"|结束|闭幕|召开|落地|上线|投产|竣工|完工|建成|换届|签订|签署|签约|交付|开通|投用|使用|确定|敲定|完成|完毕|验收|合格|实施|定稿|备案"
    r"|届满|期满|到期|终了|公示|移交|销号|备案"
    r"|(?<!优化)(?<!经)调整|变更|更名|更新|划转|合并|撤销|撤并|搬迁|交办|转办|送达|认定|解除|恢复|到货|进场|定标|中标|挂网|复工|复产|退出|启用|停用"
    r"|关停|拆除|腾退|揭牌|选定|明确|公告|归并|设立|撤离|开园|开学)$"
    r"|^(?:完成|收到|接到)"
)
_LIMIT = re.compile(rf"{_GAP}{AMOUNT}{WITHIN}")
_EFFECT = re.compile(
    r"(?:再|继续|自动)(?:延长|延续|顺延|有效)|"
    r",?(?:预计|预期)?(?:每[年月日天]|年)?(?:均|将|还)?(?:可|能|能够|可以|有望|预计)(?:再|新增|年)?[^,。;]{0,4}"
    r"(?:增加|新增|减少|节约|节省|形成|带动|提供|实现|容纳|满足|服务|解决|提升|达到|产|处理|覆盖|惠及|创造)"
)
_DATED = re.compile(r"(?:[0-9]+[年月日]|[年月]底?)$")
_AFTER = r"(?:之|以)?后"
_START = r"(?:之日|之时|之|次日)?起(?:算|计算|计)?"
RULES = (
    Rule("length-in-column", NUMERAL + "半", rf"{AMOUNT}(?=$|[,;。(])", _length),
    Rule("after-event", "后之以", rf"{_AFTER}{_GAP}{AMOUNT}{WITHIN}", _after),
    Rule("limit-after-event", "后之以", rf"{_AFTER}的?{AMOUNT}", _limited),
    Rule("from-event-day", "起之次", rf"{_START}{_GAP}{AMOUNT}(?:{WITHIN})?(?!之?后|以后)", _after),
    Rule("on-event-day", "之", rf"之日{AMOUNT}{WITHIN}", _after),
    Rule("within", NUMERAL + "半今未", rf"(?:今后|未来)?{AMOUNT}{WITHIN}", _within),
    Rule(
        "before-event",
        "前之以",
        rf"(?:之|以)?前的?(?:至少|不少于|提前)?{AMOUNT}(?:{WITHIN})?(?![的后])",
        _ahead,
    ),
    Rule(
        "in-advance",
        "提",
        rf"提前(?:至少|不少于)?{AMOUNT}(?:以上)?(?=[^。,;]{{0,4}}(?:报|通知|告知|提交|申请|公告|公示|送|发布|预约|书面|印发|下发|函|提出|申报|报检))",
        _early,
    ),
    Rule("days-before-event", NUMERAL, rf"{AMOUNT}(?:之|以)?前", _days_before),
    Rule("next-day", "次翌第", rf"(?:次日|翌日|第二天)(?:{CLOCK})?(?:{BEFORE}|之?内)", _next_day),
    Rule(
        "event",
        "后之以",
        rf"{_AFTER}(?![^,。;]{{0,4}}(?:{NUM}分钟|半个?小时|一刻钟))(?![的续勤期备台盾果面方代进置移世援])",
        _event,
    ),
)
