"""What a name looks like: unit, collective, or words that name nobody. By form, never by a list."""

from __future__ import annotations

import re
from functools import lru_cache

_LEVEL = "[省市区县州旗盟镇乡]"
_ENDING = (
    r"[局委办部厅署院室处所站队镇乡街会馆社团校村园台股联]|科(?![技学])|中心|街道|社区|集团|公司|政府|机关|机构|单位|部门|分局|支行|分行"
    r"|银行|大学|中学|小学|学院|基地|公安|电信|移动|联通|邮政|海关|海事|税务|法制|政协|人大|党委|纪委|妇联|残联|文联|侨联|台联|工商联"
    r"|科协|园区|开发区|新区|新城|示范区|试验区|专班|领导小组|工作组|专项小组|协调小组|小组|企业|林场|农场|电厂|水厂|车站|码头|机场"
    r"|水库|景区|灌区|苏木|法庭|军分区|商行|分公司|铁塔|党组织|支部"
)
# These end like a unit and are none: a name that breaks here goes on in the next line.
_NOT_YET = (
    r"(?<!社会)(?<!机会)(?<!干部)(?<!内部)(?<!全部)(?<!国务院)(?<!城乡)(?<!城镇)(?<!主办)(?<!创办)"
    r"(?<!科学园)(?<!农村)"
)
_UNIT = re.compile(rf".*(?:{_ENDING}){_NOT_YET}(?:[（(][^（()）]*[)）])?$")
_WHOLE = re.compile(
    r".+(?:[局委办部厅署院室处所站队镇乡街]|中心|街道|委员会|协会|商会|联合会|总会|集团|公司|政府|银行|支行|分行|大学|中学|小学|学院|妇联"
    r"|残联|文联|侨联|台联|工商联|科协|海关|供销社|合作社|联社|融媒体|指挥部|专班|领导小组|机关|总工会"
    rf"|红十字会){_NOT_YET}(?:[（(][^（()）]*[)）])?$"
)
_STUMP = re.compile(r"^[省市区县旗州镇乡党]{0,2}[省市区县旗州镇乡党]委$")
_GENERIC = re.compile(
    r"^(?:道(?:办事处|办)?|监委(?:机关)?|监察委员会|中心|公司|集团|银行|学院|大学|学校|医院|协会|办公室|委员会|管理委员会|管委会|管理局|监督管理局|服务中心|管理中心|分局|支队|大队|办事处|人民政府|保障局|事务局|监管局|服务局"
    r"|管理处|组织部|宣传部|统战部|政法委|社会工作部|社工部|党校|编办|政研室|研究室|督查室|老干部局|机要局|保密局|信访局|巡察办|各部门|各单位"
    r"|各工作部门|各组成部门|各直属机构|各直属单位|各直属部门|各机关|各办局|各委办局)(?:[（(].*)?$"
)
# 市公安局 + 云溪分局, 县公安局 + 交警大队: the second line has no level of its own.
_SYSTEM = r"公安|税务|自然资源|规划|生态环境|环保|市场监管|烟草|气象|供电|海关"
_BRANCH = re.compile(
    rf"^(?![省市区县旗州])(?!(?:{_SYSTEM})[^、，,；;]+分局)[^、，,；;]{{0,6}}(?:分局|支队|大队|中队|派出所)$"
)
# 各乡镇 + 党委, 各乡镇（街道） + 党（工）委, 城关镇 + 党支部: the second line is the place's own.
_PARTY = re.compile(r"^党(?:委|工委|[（(]工[)）]委|组织?|总支|支部|委政府)(?:[（(].*)?$")
_PLACE = re.compile(r"(?:[镇乡村]|街道|社区|园区|开发区)(?:[（(][^（()）]*[)）])?$")
# Two names of one kind: 柳桥社区 + 北塘社区, 石门村 + 上坝村
_ALIKE = re.compile(r".(村|社区|组|班|园|馆|场)$")
# Two sections of a house: 放射科 + 检验科, 医务科 + 护理部; but 县科 + 学技术局, 省社会科 + 学院
_SECTION = re.compile(r"..[科股]$")
_SECTIONS = re.compile(r"^(?![学技研教普协]).+(?:[科股办部室站队]|中心)$")
# Two names of one level: 县教育局 + 县卫生健…
_LEVELLED = re.compile(r"^[省市区县旗州].")
_PLACES = (
    r"(?:镇街|街镇|乡镇|镇乡|镇|乡|街道|村|社区|园区|功能区|开发区|县区|区县|县市|市县|县|区|市|旗|地|政府"
    r"|人民政府)"
)
_PART = r"(?:[省市县区镇乡街旗园村居场]|街道|园区|社区|开发区|林场|农场)"
_COLLECTIVE = re.compile(
    r"各"
    rf"|^(?:毗邻|相邻|邻近|周边|接壤|交界)的?{_PLACES}(?:[（(][^（()）]*[)）])?.{{0,14}}$"
    rf"|(?:所在地?|涉及|属地|沿线|沿江|沿河|沿湖|试点|事发地?|承担任务)的?{_PLACES}(?:[（(].*[)）]|人民政府|政府|管委会)?$"
    r"|[省市区县旗州镇][管直]?属.{0,4}(?:企业|国企|院校|高校|学校|医院|平台公司)$|[两三四]级"
    r"|^(?:党政机关|机关|(?:企?事业|直属|驻区|驻县|驻市)单位|国有企业|国企|(?:人民|群众)团体|群团组织|(?:中小)?学校|幼儿园|高校"
    r"|医疗机构|医疗卫生机构|金融机构)$"
    r"|^(?:全体|所有|全部)|成员单位(?:（.*）)?$"
    r"|^(?:全?[省市区县])?(?:镇街|街镇|乡镇|镇乡|镇办)(?:道|街道)?$"
    r"|^(?:乡|镇|街|乡镇|镇街|街道|村|社区|园区|开发区)(?:人民政府|政府|办事处|办)?$"
    r"|[省市区县旗州][（(][^（()）]+[)）](?:人民)?政府$"
    r"|^(?:[省市区县旗州]级|(?:乡镇|镇街|县区|区县|市县|县市)(?:[（(][^（()）]+[)）])?级?)(?:人民)?政府$"
    rf"|(?:^|[全区市县省])(?:[省市县区镇乡街村]|街道|乡镇|镇街)[（(]{_PART}(?:[、,，/]{_PART})*[)）]"
    r"|[直级属](?:机关|单位|部门|机构|党政机关)(?:（.*）)?$|^全[省市区县旗州](?!域)"
)
_WHOM = (
    r"(?:部门|单位|机构|方面|企业|人员|科室|处室|部室|股室|站所|院系|系部|镇街|镇|街道|园区|乡镇|地区|地方"
    r"|成员|责任|职能|主管|监管|业务|行政|行业|领域|涉及|牵头|配合|承办|执法)"
)
_WHICH_OF = rf"(?:全?{_LEVEL}[直级属]?|[直级委属]|政府|党委|本级|上级|下级|直属|其他|其它|其余)"
_NOBODY = r"(?:部门|单位|机构|方面|企业|人员|科室|处室|部室|股室|站所|院系|系部|主体|责任人)"
_VAGUE = re.compile(
    rf"^(?:以及|[及和与])?{_WHICH_OF}*"
    rf"(?:有关|相关|职能|主管|行业|业务|行政|其他|其它|其余|涉及|对应|责任|牵头|配合|承办|落实|监管|实施)(?:有关|相关|的|{_WHICH_OF}|{_WHOM})*"
    rf"{_NOBODY}(?:[（(、和及或](?:部门|单位|机构|企业|人员)[)）]?)?$"
)
_MANY = (
    r"(?:部门|单位|机构|方面|企业|科室|处室|部室|股室|站所|院系|系部|镇街|镇|街道|园区|乡镇|地区|地方|责任|职能|主管|监管|业务|行业|领域"
    r"|学校|医院|高校|院校)"
)
# 各有关单位, 相关镇（街道）: some of many, others for each item
_SOME = re.compile(
    rf"^(?:以及|[及和与])?(?:{_WHICH_OF}|全?{_LEVEL}?各级)*各?(?:有关|相关)(?:各?级?政府)?"
    rf"(?:{_PLACES}|{_PART}|{_MANY}|[\u4e00-\u9fff]{{2,4}}(?:机构|企业|公司|银行|协会|商会))(?:{_MANY}|[（(][^（()）]*[)）]|人民政府|政府|管委会|办事处|党组织)*$"
)
_ELSEWHERE = re.compile(
    r"^(?:(?:相关|有关|项目|各?自)?(?:业主|建设|施工|产权|权属|代建|管护|用人)(?:单位|企业|主体)|同上|同前|同左|〃|待定|待明确|待确定|另行通知|另行确定|另行明确|详?见(?:附件|附表|附后|下表|上表|分工表|任务清单)[0-9一二三四五六七八九十]{0,2}"
    r"|按(?:职责|任务|责任)?分工(?:落实)?)$"
)
_AND_OTHERS = re.compile(
    rf"(?<![高中初平均同])等(?:(?:[0-9一二三四五六七八九十两多几]+[个家]?|各|有关|相关|其他|的|和|及|、|{_WHICH_OF}|{_WHOM})*"
    r"(?:部门|单位|机构|方面|企业|人员|科室|处室|部室|股室|站所|院系|系部|镇街|街道|园区|乡镇|地区|地方|学校|医院|镇)(?:[（(](?:单位|部门|机构)[)）])?)?$"
)
LONGEST = 120  # characters; what is longer is a text and no name


def looks_like_unit(name: str) -> bool:
    """Whether a name ends as names of organs do. 县教育局, 各镇（街、区） yes; 加强统筹 no."""
    return bool(1 < len(name) <= LONGEST and (is_collective(name) or _UNIT.match(name)))


@lru_cache(maxsize=8192)
def is_collective(name: str) -> bool:
    """Whether a name stands for many units: 各…, 全区各…, …成员单位, 市直单位."""
    return len(name) <= LONGEST and bool(_COLLECTIVE.search(name)) and not is_vague(name)


@lru_cache(maxsize=8192)
def is_vague(name: str) -> bool:
    """Whether the words name nobody that could be asked: 有关部门, 各有关单位, 行业主管部门, 同上."""
    return len(name) <= LONGEST and any(form.match(name) for form in (_VAGUE, _SOME, _ELSEWHERE))


def split_vague(chunk: str) -> tuple[str, str]:
    """A name and the vague words after it: 甲局等有关部门 -> (甲局, 等有关部门)."""
    if is_vague(chunk):
        return "", chunk
    found = _AND_OTHERS.search(chunk) if len(chunk) <= LONGEST else None
    return (chunk[: found.start()], found[0]) if found else (chunk, "")


def _of_the_state(left: str, right: str) -> bool:
    """国家税务总局 + 云溪县税务局 is one office."""
    head = re.fullmatch(r"国家(.{2,6})总局", left)
    return bool(head and head[1] in right and not right.startswith("国家"))


def _of_the_place(left: str, right: str) -> bool:
    """各乡镇 + 党委 is one name."""
    return bool(_PARTY.match(right) and _PLACE.search(left))


def goes_on(right: str) -> bool:
    """Whether what stands behind a break is the end of a name and never a name: 管理局, 办公室, 中心."""
    return bool(_GENERIC.match(right))


def _alike(left: str, right: str) -> bool:
    """Whether two names are of one kind: 柳桥社区, 北塘社区."""
    one, other = _ALIKE.search(left), _ALIKE.search(right)
    same = one is not None and other is not None and one[1] == other[1] and looks_like_unit(left)
    return same or bool(_SECTION.search(left) and _SECTIONS.match(right))


def apart(left: str, right: str) -> bool:
    """Whether two pieces parted by blanks or a line break are two names, and not one name that was broken."""
    if (
        right.startswith(("（", "("))
        or right in ("部门", "单位", "机构", "政府", "人民政府")
        or goes_on(right)
        or _STUMP.match(left)
    ):
        return False
    if right.startswith(("各", "全区各", "全市各", "全县各")):
        return looks_like_unit(left)
    if (
        (left.endswith("局") and _BRANCH.match(right))
        or _of_the_state(left, right)
        or _of_the_place(left, right)
    ):
        return False
    if not (1 < len(left) <= LONGEST and len(right) > 1):
        return False
    many = left.endswith(("单位", "部门", "机构", "企业", "国企")) and is_collective(left)
    if not (many or _WHOLE.match(left) or _alike(left, right)):
        return False
    return looks_like_unit(right) or bool(_LEVELLED.match(right) and left[0] == right[0])
