"""What looks like a deadline and is none. A trap consumes its characters: no rule reads inside them."""

from __future__ import annotations

from duban.deadlines.points import NO_YEAR, YEAR
from duban.deadlines.relative import AMOUNT
from duban.deadlines.rules import DIGIT, NUM, NUM2, NUMERAL, Rule

# a measure that work is brought to: 压缩至3个工作日
_BROUGHT = (
    "压缩|缩短|减少|控制|缩减|精简|压减|降低|提速|限定|确定|延长|规定|限制|缩|减|降|压|保持|稳定|承诺|设定"
    "|明确|调整|优化|提升|提高"
)
_TITLE = r"《[^《》]{0,120}(?:《[^》]{0,120}》[^《》]{0,120}){0,4}》"
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
    Rule("most-once", "最", rf"最多(?:跑|只跑)?{NUM}[次地]", None),
    Rule(
        "round-the-clock",
        DIGIT + "七全",
        r"(?:7|七)[×xX*✕乘](?:24|二十四)(?:小时|h|H)?(?:之?内)?|全天候?24小时|24小时(?:值班|值守|在线|服务|热线|自助|开放|监测|营业|不间断|备勤|响应)",
        None,
    ),
    Rule("limited-time", "限", r"限时(?:办结|办理|答复|完成|整改|反馈)?", None),
    Rule(
        "length",
        "压缩减控精降提限延规保稳承设明调优不平由从确",
        rf"(?:(?:{_BROUGHT})(?:为|至|到|在|了|成)(?:不超过|最多|最长)?|不(?:得)?超过|不多于|平均(?:用时)?|由|从)"
        rf"{AMOUNT}(?:之?内|以内|左右|办结)?",
        None,
    ),
    Rule(
        "length-of",
        "期时工周用",
        r"(?:期限|时限|时间|时长|周期|工期|期|用时)(?:一般|最长|最多|原则上|平均|全部|均)?"
        rf"(?:为|是|不超过|不多于|不得超过){AMOUNT}(?:之?内|以内)?",
        None,
    ),
    Rule("recent", "近最过此", rf"(?:最近|近|过去|此前)(?:的)?{AMOUNT}(?:之?内|以内|来|以来|间)", None),
    Rule(
        "forbidden-period",
        NUMERAL + "半",
        rf"{AMOUNT}(?:之?内|以内)(?:均|都|仍|累计|连续)?(?:不得|不再|不予|不能|未|无|没有|禁止|免费|免予|有效|两次|再次|多次|发生)",
        None,
    ),
    Rule(
        "rate",
        "每",
        r"每(?:人|户|亩|吨|平方米|件|次|名|位|家|村|镇|校|班|千|万|百|车|床)(?:每?[年月日天周])?|每[年月日天](?:均|平均|新增|增长|递增|递减|增加|减少|提高|下降|降低|不少于|至少|不低于)?[0-9.]+(?:亿|万)?(?:元|%|吨|小时|立方)|每(?:年|月)(?:平均)?(?:增长|递增|递减|下降)",
        None,
    ),
    Rule(
        "yearly-paper",
        "年季月半",
        r"年度(?:工作)?(?:报告|计划|总结|考核|目标|任务|预算|决算|要点|评估|重点)|年报|年终(?:总结|考核|奖|评比)|年中(?:总结|会)",
        None,
    ),
    Rule(
        "past-year",
        "去上往历前",
        rf"(?:去年|前年|往年|历年|上一?年)度?(?:的?(?:{NUM2}月份?(?:{NUM2}[日号]|[底末])?|年?[底末终内中初]))?前?",
        None,
    ),
    Rule("history", "截", r"截[止至]目前|截[止至]现在", None),
    Rule("half-less", "减", r"减少?一半|减半", None),
    Rule("this-month-of-event", "当", r"当[月日天周季](?:底|末|内|前)?", None),
    Rule(
        "nearness",
        "目日以此事空史生提",
        r"目前|(?<![节假生])日前|以前年度|此前|事前|空前|史前|生前|提前介入|提前谋划|提前部署|提前预警",
        None,
    ),
    Rule(
        "since-then",
        "今此然最先前落背事会课售产战灾随其善",
        r"今后|此后|然后|最后|先后|前后|落后|背后|事后|课后|售后|产后|灾后|随后|其后|善后",
        None,
    ),
)
