"""What looks like a deadline and is none. A trap consumes its characters: no rule reads inside them."""

from __future__ import annotations

from duban.deadlines.points import NO_YEAR, YEAR
from duban.deadlines.relative import AMOUNT
from duban.deadlines.rules import DIGIT, NUM, NUM2, NUMERAL, Rule, pairs

# a measure that work is brought to: 压缩至3个工作日
_BROUGHT = (
    "压缩|缩短|减少|控制|缩减|精简|压减|降低|提速|限定|确定|延长|规定|限制|缩|减|降|压|保持|稳定|承诺|设定"
    "|明确|调整|优化|提升|提高"
)
_DAY = "[一二三四五六日天]"
_HOUR = rf"{NUM2}(?::[0-9]{{2}}|[时点](?:半|{NUM2}分?)?)"
_TITLE = r"《[^《》]{0,120}(?:《[^》]{0,120}》[^《》]{0,120}){0,4}》"
# what 每 only measures: 每人每年, 每月3000元, 每天8小时, 每年可减排, 每月工资
_RATES = (
    r"(?:人|户|亩|吨|平方米|件|次|名|位|家|村|镇|校|班|千|万|百|车|床)(?:每?[年月日天周])?",
    r"[年月日天](?:均|平均|新增|增长|递增|递减|增加|减少|提高|下降|降低|不少于|至少|不低于)?[0-9.]+(?:亿|万)?(?:元|%|吨|小时|立方)",
    r"(?:年|月)(?:平均)?(?:增长|递增|递减|下降)",
    r"[年月日天季周]度?(?:将|预计|大约|平均)?(?:可|约|能|吸引|节约|节省|减少|减排|新增|增加|接待|带动|产生|创造|人均|户均|惠及|受益)",
    rf"[日天周](?:工作|学习|运动|锻炼|睡眠|开放|营业|服务)?(?:不少于|不超过|至少)?{NUM}个?(?:小时|班)",
    r"[年月周日天](?:都(?![要须应])|工资|薪|租金|津贴|补贴|补助|生活费|养老金|的?收入)",
)
RULES = (
    Rule("title", "《", _TITLE, None),
    Rule("document-number", "〔[【(", r"[〔\[【(](?:19|20)[0-9]{2}[〕\]】)]第?[0-9]+(?:号|期)?", None),
    Rule("document-number-plain", DIGIT + "第", rf"(?:{YEAR}年)?第{NUM}[号期届次批章条款项轮](?!前)", None),
    Rule(
        "no-such-year",
        DIGIT,
        rf"{NO_YEAR}(?:{NUM2}月(?:份|{NUM2}[日号]|[底末初]|[上中下]旬)?|年?[底末终中]|第?[一二三四1-4]季度|[上下]半年)?"
        r"(?:之?前|以前|之?内)?",
        None,
    ),
    Rule("anniversary", NUMERAL, rf"{NUM}周[年岁]", None),
    Rule(
        "five-year-plan",
        "“\"'‘十",
        r"[“\"'‘]?十[一二三四五六七八九][”\"'’]?五[”\"'’]?(?:规划|时期|期间|期末|末)?(?!日|月|号|个|天|年|周)",
        None,
    ),
    Rule(
        "five-year-quoted", "“\"'‘", r"[“\"'‘]十[一二三四五六七八九]五[”\"'’](?:规划|时期|期间|期?末)?", None
    ),
    Rule("most-once", "", rf"最多(?:跑|只跑)?{NUM}[次地]", None, heads="最多"),
    Rule(
        "round-the-clock",
        DIGIT + "七",
        r"(?:7|七)[×xX*✕乘](?:24|二十四)(?:小时|h|H)?(?:之?内)?|全天候?24小时|24小时(?:值班|值守|在线|服务|热线|自助|开放|监测|营业|不间断|备勤|响应)",
        None,
        heads="全天",
    ),
    Rule("limited-time", "", r"限时(?:办结|办理|答复|完成|整改|反馈)?", None, heads="限时"),
    Rule(
        "length",
        "",
        rf"(?:(?:{_BROUGHT})(?:为|至|到|在|了|成)(?:不超过|最多|最长)?|不(?:得)?超过|不多于|平均(?:用时)?|由|从)"
        rf"{AMOUNT}(?:之?内|以内|左右|办结)?",
        None,
        heads=_BROUGHT.replace("|", " ").replace(" 缩 减 降 压 ", " ")
        + " 不超 不得 不多 平均 "
        + pairs("缩减降压", "为至到在了成")
        + " "
        + pairs("由从", NUMERAL + "半"),
    ),
    Rule(
        "length-of",
        "",
        r"(?:期限|时限|时间|时长|周期|工期|期|用时)(?:一般|最长|最多|原则上|平均|全部|均)?"
        rf"(?:为|是|不超过|不多于|不得超过){AMOUNT}(?:之?内|以内)?",
        None,
        heads="期限 时限 时间 时长 周期 工期 用时 " + pairs("期", "一最原平全均为是不"),
    ),
    # 毕业2年内的, 三年内免征: a period that says of whom or of what, not when
    Rule(
        "length-of-standing",
        "",
        rf"(?:毕业|离校|退役|退伍|成立|注册|登记|创业|开业|入职|设立|在校)(?:不超过|未满|满)?{AMOUNT}(?:之?内|以内|及?以上|以下)",
        None,
        heads="毕业 离校 退役 退伍 成立 注册 登记 创业 开业 入职 设立 在校",
    ),
    Rule(
        "promise",
        "",
        rf"承诺(?:时限|期限)?(?:为|在|于|:)?(?:不超过)?{AMOUNT}(?:之?内|以内)?",
        None,
        heads="承诺",
    ),
    Rule(
        "opening-hours",
        "每",
        rf"(?:每个?)?(?:(?:周|星期){_DAY}(?:至|到|-)(?:周|星期)?{_DAY}|[日天]|工作日|周末)的?(?:全天)?"
        rf"(?:(?:上午|下午|早上|晚上|早|晚)?{_HOUR}(?:-|至|到)|(?:正常|对外|延时|错时)?(?:开放|办公|服务|营业|上班))",
        None,
        heads="星期 工作 " + pairs("周", "一二三四五六日天末"),
    ),
    Rule(
        "recent",
        "",
        rf"(?:最近|近|过去|此前)(?:的)?{AMOUNT}(?:之?内|以内|来|以来|间)",
        None,
        heads="最近 过去 此前 " + pairs("近", NUMERAL + "半的"),
    ),
    Rule(
        "forbidden-period",
        NUMERAL + "半",
        rf"{AMOUNT}(?:之?内|以内)(?:均|都|仍|累计|连续)?(?:的|不得|不再|不予|不能|未|无|没有|禁止|免费|免予|免征|免收|减征|减免|享受|保持|不变|有效|两次|再次|多次|发生)",
        None,
    ),
    Rule(
        "rate",
        "每",
        "|".join(f"每{rate}" for rate in _RATES),
        None,
    ),
    Rule(
        "yearly-paper",
        "",
        r"年度(?:工作)?(?:报告|计划|总结|考核|目标|任务|预算|决算|要点|评估|重点)|年报|年终(?:总结|考核|奖|评比)|年中(?:总结|会)",
        None,
        heads="年度 年报 年终 年中",
    ),
    Rule(
        "past-year",
        "",
        rf"(?:去年|前年|往年|历年|上一?年)度?(?:的?(?:{NUM2}月份?(?:{NUM2}[日号]|[底末])?|年?[底末终内中初]))?前?",
        None,
        heads="去年 前年 往年 历年 上年 上一",
    ),
    Rule("history", "", r"截[止至]目前|截[止至]现在", None, heads="截止 截至"),
    Rule("half-less", "", r"减少?一半|减半", None, heads="减少 减一 减半"),
    Rule("this-month-of-event", "当", r"当[月日天周季](?:底|末|内|前)?", None),
    Rule(
        "nearness",
        "",
        rf"目前|(?<![节假生])日前(?!{NUM}(?:个|日|天|小时|周|月|年))|岁末年初|以前年度|此前|事前|空前|史前|生前|提前介入|提前谋划|提前部署|提前预警",
        None,
        heads="目前 日前 岁末 以前 此前 事前 空前 史前 生前 提前",
    ),
    Rule(
        "since-then",
        "",
        r"今后|此后|然后|最后|先后|前后|落后|背后|事后|课后|售后|产后|灾后|随后|其后|善后",
        None,
        heads="今后 此后 然后 最后 先后 前后 落后 背后 事后 课后 售后 产后 灾后 随后 其后 善后",
    ),
)
