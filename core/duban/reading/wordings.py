"""How the heads of columns are worded. A new wording is one more entry here; the first that fits wins."""

from __future__ import annotations

import re
from enum import StrEnum


class Column(StrEnum):
    """What stands in a column."""

    NUMBER = "number"
    HEADING = "heading"
    SUBHEADING = "subheading"
    REQUIREMENT = "requirement"
    LEAD = "lead"
    RESPONSIBLE = "responsible"
    COOPERATE = "cooperate"
    TIME = "time"
    START = "start"  # when it begins, beside the time by which it is done
    PERIOD = "period"  # a month, a quarter, a year: marked, or with what is done in it
    PERSON = "person"
    NOTE = "note"
    UNKNOWN = "unknown"


UNIT_COLUMNS = (Column.LEAD, Column.RESPONSIBLE, Column.COOPERATE)
TASK = "task"  # a heading where another column holds the requirement, else the requirement itself
PROBLEM = "problem"  # what is to be put right: a heading, and the requirement where nothing else can be

_WHO = r"(?:单位|部门|科室|股室|处室|机构|机关|镇街|乡镇|镇办|主体)"
_ALSO = r"(?:及|和|与|、|/)"
_FEW = r"[^、，,。；0-9]{0,6}"
_SHARE = r"(?:责任|承办|落实|负责|配合|协办|参与|参加)"
_PEOPLE = r"(?:责任人|负责人|联系人|联络员|责任领导|分管领导)"
_MONTH = r"(?:0?[1-9]|1[0-2]|[一二三四五六七八九十]|十[一二])月份?"
_STRETCH = rf"(?:{_MONTH}|[0-9]{{1,2}}[-—－–~～至][0-9]{{1,2}}月份?|第?[一二三四1-4]季度|[上下]半年)"
PERIOD = re.compile(
    rf"(?P<when>(?:20[0-9]{{2}}年度?)?{_STRETCH})(?:工作|阶段)?(?:目标|任务|计划|安排|进度)?"
    r"|(?P<year>20[0-9]{2}年)度?"
)

_WORDINGS: tuple[tuple[Column | str, str], ...] = (
    (
        Column.NUMBER,
        r"(?:任务|问题|事项|整改|措施|项目|总|分|子)?(?:序号|编号)|序|项次|NO\.?|№",
    ),
    (Column.PERIOD, re.sub(r"\?P<\w+>", "?:", PERIOD.pattern)),
    (Column.REQUIREMENT, r"预期(?:成效|效果|成果|目标)|(?:年度)?形象进度"),
    (Column.LEAD, rf"(?:牵头|主办|主责){_WHO}{_ALSO}{_PEOPLE}"),
    (Column.RESPONSIBLE, rf"{_FEW}{_WHO}{_ALSO}{_PEOPLE}|{_FEW}{_PEOPLE}{_ALSO}(?:责任|牵头|承办)?{_WHO}"),
    (
        Column.PERSON,
        rf"{_FEW}(?:领导|责任人|联系人|联络员|负责人|包联人|牵头人|经办人|电话|联系方式|承办人|督办人)(?:姓名|及.*)?"
        r"|姓名|职务|(?:手机|电话)(?:号码)?|(?:姓名|职务)(?:及|和|、)?(?:职务|电话)",
    ),
    (
        Column.NOTE,
        r".{0,4}(?:协调|困难).{0,8}|领导批示|.{0,4}(?:性质|等级|级别)|(?:报送|佐证|印证|支撑)材料"
        r"|(?:交办|下达|立项|签发|发现|接收|印发|发文|受理|登记|填报|填表|更新|反馈问题|实际完成|实际办结|批示|会议|检查|督查|移交|销号)(?:时间|日期)",
    ),
    (
        Column.START,
        r"(?:计划|预计|拟)?(?:启动|开始|开工|起始)(?:时间|日期|时限|节点|年月|月份)?|起(?:时间|日期)",
    ),
    (
        Column.TIME,
        rf"{_FEW}(?:时限|时间|期限|日期|时间表)(?:要求|安排|节点)?(?:及要求)?"
        r"|(?:完成|时间|推进|工作|关键)?节点|(?:计划)?完成(?:时点|年月|月份)|.{0,4}频次|.{0,2}(?:起止)?年限|起止(?:时间|年月)|(?:工作|时间|序时|推进)?进度(?:安排|要求|计划)|时间进度|(?:何时|什么时候|几时).{0,3}(?:完成|办结|做完)?",
    ),
    (
        Column.RESPONSIBLE,
        rf"{_FEW}(?:牵头|主办|主责|配合|责任|承办)(?:{_WHO}{_ALSO}?|{_ALSO}){_SHARE}{_WHO}|责任清单",
    ),
    (
        Column.LEAD,
        rf"(?:总|第一|主要|责任|整改|任务|[省市县区]级)?(?:牵头|主办|主责|主要责任|主管)(?:责任)?{_WHO}?",
    ),
    (
        Column.COOPERATE,
        rf"(?:主要)?(?:配合|协办|参与|协助|协同|参加|会办|协作|支持)(?:责任)?{_WHO}|配合|协办|参与|协助|会办",
    ),
    (
        Column.RESPONSIBLE,
        rf"{_FEW}(?:责任|承办|落实|负责|实施|承担|执行|整改|分管|成员|办理|建设|项目|业主|属地){_WHO}(?:[及和与].{{0,6}})?"
        rf"|{_WHO}(?:名称)?|责任分工|任务分工|分工|职责分工|责任|(?:项目)?业主|责任(?:村|社区|企业|园区)",
    ),
    (
        Column.NOTE,
        rf"备注|说明|附注|{_FEW}(?:进展|完成情况|落实情况|整改情况|成效|状态|评价|得分|分值|权重|依据|来源|出处|销号|完成率)(?:情况)?"
        r"|(?:整改|验收|核查|督查|考核)(?:情况|结果)|(?:评分|计分|考评)标准"
        r"|(?:计量|数量)单位|是否.{1,6}|.{0,4}(?:投资|资金|经费|预算|金额)(?:额|来源|概算)?|(?:建设|实施|项目|隐患)?地点|文号"
        r"|(?:基期|基准|上年|去年)(?:值|数|完成|实际)?|20[0-9]{2}年(?:完成|实际|实绩|基期|基数).{0,3}",
    ),
    (
        Column.HEADING,
        r"(?:任务|工作|项目|事项|指标|领域|重点|问题|目标)?(?:类别|分类|类型|板块|领域|方面|大类|门类)|一级(?:任务|指标|目录|分类|事项)|专项(?:名称)?",
    ),
    (Column.SUBHEADING, r"(?:二级|三级)(?:任务|指标|目录|分类|事项)|子类|小类"),
    (
        PROBLEM,
        r"[^0-9]{0,6}问题(?:描述|表现|内容|表述|情况|概述|清单|名称|点位)?|(?:具体|主要|突出)表现|.{0,4}隐患(?:描述|内容|情况|名称)?"
        r"|风险(?:点|描述|隐患)?|短板(?:弱项|不足)?|反馈意见",
    ),
    (
        Column.REQUIREMENT,
        r"(?:具体|主要|重点|工作|整改|任务|推进|改革|落实|实施|创建|保障|目标|细化|年度|督办|交办|完成|建设|考核|治理|质量|标准)*"
        r"(?:要求|任务分解|目标要求|事项内容)(?:及.*|和.*)?"
        r"|[^0-9年、]{0,6}(?:措施|举措|内容|做法|职责)(?:及.*|和.*|清单)?"
        r"|(?:具体|细化|分解|子)(?:任务|事项|工作|项目)|任务(?:描述|细化)|(?:年度)?[^0-9年、]{0,4}目标(?:值|要求|成效|清单)?|指标值"
        r"|(?:工作|标志性)成果|成果形式|(?:完成|验收|工作|整改|考核|创建|测评)(?:标准|标志)|(?:年度|工作|推进|实施)(?:计划|步骤)",
    ),
    (
        TASK,
        r"(?:年度)?[^0-9年]{0,6}(?:任务|工作|事项|项目|要点|工程|指标|实事)(?:名称|安排)?|.{0,2}(?:任务|事项|项目)清单",
    ),
)
TABLE = tuple((meaning, re.compile(rf"(?:{wording})", re.IGNORECASE)) for meaning, wording in _WORDINGS)
