"""The words of a units cell: what gives a role, labels it, marks it, or says nothing. Tables alone."""

from __future__ import annotations

import re

from duban.model import Role

LEAD = r"牵头|主抓|主办|主责|负总责|总负责|抓总"
# 人大常委会办公室 and 政协办 are names, not 会办 and 协办.
COOPERATE = (
    r"配合|(?<!政)协办(?!公)|协助|协同|协作|参与|参加|支持|(?<![委员协联商总])会办(?!公|事)|支撑|为辅"
    r"|保障到位"
)
RESPONSIBLE = (
    r"负责|落实|承办|实施|责任|承担|办理|执行|推进|统筹|协调|督促|推动|跟进|监督|指导|督导|督办|督查|为主|兜底|各负其责|各司其职"
    r"|各尽其责"
)
ANY = rf"{LEAD}|{COOPERATE}|{RESPONSIBLE}"
_ROLES = ((Role.LEAD, re.compile(LEAD)), (Role.COOPERATE, re.compile(COOPERATE)))
ROLE_WORD = re.compile(ANY)

HOW = (
    r"(?:(?:按照?|根据|依照?|依据|依|结合|对照)"
    r"(?:各自|部门|工作|本部门|本单位|有关|相关|的|其|自身|法定|行业|业务|领域|主管|监管|管理|管辖|分管|属地)*"
    r"(?:职责|职能|职权|分工|任务|权限|要求)(?:和|与|及|、)?(?:分工|职责|范围|权限|任务)?(?:以?内)?(?:要求|规定)?)"
)
MANNER = (
    r"(?:分别|分工|共同|第[一二三]|首要|主|联合|具体|各自|统一|总|主要|积极|(?<![党团会业济层织作])组织|统筹|全面|分头|认真|密切|予以|给予|直接|主动|要"
    r"|做好|抓好|抓|为|作为|是|落实|各负其责|协调|指导|负|主体|监管|属地|领导|督促|共|一并|同步|全力)"
)
# 配合 and 会办 never stand inside a name; 支持, 参与, 落实 may, so they count at the end of a piece alone.
# 有关责任单位 is nobody's role: the words before it say so.
_NO_WHO = rf"(?<!相关)(?<!有关)(?<!其他)(?<!其它)(?<!各)(?<!级)(?<!涉及)(?<!等)(?=(?:{ANY})(?:单位|部门))"
TAIL = re.compile(
    rf"(?:{MANNER}{{0,2}}{HOW}{MANNER}{{0,4}}(?:{ANY})?|{MANNER}{{0,4}}(?:{_NO_WHO}|(?!(?:{ANY})(?:单位|部门)))(?:{ANY}))"
    rf"(?:{ANY}|{MANNER}|单位|部门|主体|工作|相关|好|抓|本项|此项|该项|任务|到位|、(?={ANY})|并(?={ANY})){{0,8}}$"
)
MIDDLE = re.compile(
    rf"(?:{HOW})?{MANNER}{{0,4}}(?:牵头|负责|配合|主责|(?<!政)协办(?!公)|(?<![委员协联商总])会办(?!公|事)|主办(?!方))"
    rf"(?:{ANY}|组织){{0,4}}(?!单位|部门|及|、)"
)
WITH = re.compile(
    r"(?:会同|协同|联合(?!社|会|国|体|大学|公司|银行|工会|总会|党|支部)|(?<=.{3})商(?!务|业|会|贸|投|标))(?=.{2})"
)
BY = re.compile(r"^.*(?<!自)由(?=.)|^以(?=.{2,40}为主$)")
# 县财政局做好资金保障: what a unit does, without a role word.
DEED = re.compile(
    r"^(?P<unit>.{2,40}?(?:[局委办部厅署院室处所站队镇乡街会）)]|中心|街道|公司|集团|政府|银行|支行|分行|妇联|残联|单位|部门))(?:要|应|应当|须|负)?"
    r"(?:做好|抓好|研究|提出|制定|拟定|出台|开展|加强|提供|强化|完善|加大|安排|建立|组织|编制|牵好|会商|汇总|解决|保障|给予|定期|及时|每[年月季周日]|报送|审核|印发|发布|审批"
    r"|验收|跟踪|考核|通报|收集).*$"
)
SAYS = re.compile(r"^(?P<unit>[^:：]{2,40})[:：](?P<what>.*)$")

_WHO = r"(?:责任)?(?:单位|部门|机关|科室|处室|机构|市区|镇街|主体|组织|方)"
_WHICH = (
    r"(?:总|主要|主|第[一二三]|首要|直接|具体|其他|其它|共同|主体|监管|行业|[省市区县州旗镇乡][直级]|各级"
    r"|本级|项目)"
)
_KIND = (
    rf"{_WHICH}{{0,2}}(?:{LEAD}|{COOPERATE}|负责|落实|承办|实施|责任|协同|成员|主管|监管|完成|承担|执行|建设)"
)
_PERSON = (
    r"(?:(?:(?!单位|部门)[\u4e00-\u9fff]){0,6}(?:领导|责任人|负责人|联系人|联络员)|经办人|牵头人|承办人)"
)
LABEL = re.compile(
    rf"(?P<role>{_KIND}(?:[（(]{_KIND}[)）])?{_WHO}?(?:[（(](?:{_KIND}?{_WHO}|{_KIND})[)）])?"
    rf"(?:[及和与、/／]{{1,2}}(?:{_KIND}{_WHO}?|{_PERSON})){{0,3}})"
    r"(?:[:：]|(?<=单位|部门|主体)[为是](?!主)(?=.{2})|(?<!成员单位)(?<=单位|部门)(?!按|分别|共同|配合|负责|落实|参与|牵头)(?=[^、，,；;。:：）)]{2}))"
)
# A label that stands alone on its line: what follows the break is its names.
BARE_LABEL = re.compile(rf"{_WHICH}?(?:{LEAD}|{COOPERATE}|承办|实施|责任){_WHO}(?:[（(]{_KIND}?{_WHO}[)）])?")
# Labels of what is no unit: what stands after them, up to the next label, is left alone.
OTHER_LABEL = re.compile(
    rf"(?:{_PERSON}|(?:联系)?电话|联系方式|手机|完成时限|完成时间|完成期限|时限要求|时限|时间要求|时间节点|备注|工作目标|目标任务)"
    r"(?:及(?:联系)?电话|和(?:联系)?电话|姓名)?[:：]"
)
NUMBER = re.compile(
    r"(?:[0-9０-９]{1,2}[.．)）](?![0-9])|[a-h][.．)）]|[（(](?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})[)）]|[①-⑳]|[⑴-⒇]"
    r"|(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})、(?=[^0-9、])|[一二三四五六七八九]是)"
)
# The same inside a line, behind the end of a name: there a new name begins.
NEXT_NUMBER = re.compile(
    r"(?<=[^\s、，,；;。:：①-⑳])(?=[①-⑳⑴-⒇])|(?<=[局委办部厅院室处所站队镇乡街心校司会道）)])(?=[0-9]{1,2}[.．、][^0-9])"
    r"|(?<=[局委办部厅院室处所站队镇乡街心校司会道])(?=[（(][0-9一二三四五六七八九十]{1,2}[)）])"
)
ROLE_IN_BRACKETS = re.compile(
    rf"[（(](?P<role>(?:总|主要|具体)?(?:{LEAD}|{COOPERATE}|负责|责任|承办|落实)(?:责任)?(?:单位|部门|负责|方|落实)?)[)）]$"
)
# A（牵头）B（配合）, without a separator.
AFTER_ROLE = re.compile(
    rf"(?<=[（(](?:牵头|配合|负责|主办|协办|主责|承办)[)）])(?=[^、，,；;。:：])(?!{ANY}|按)"
)
ALL_IN_BRACKETS = re.compile(rf"[（(](?P<words>(?:{HOW}|分别|共同|各自)[^（()）]*)[)）]$")

MARK = re.compile(r"^[*＊★☆※▲△]+|[*＊★☆※▲△]+$")
# 排在第一位的为牵头单位, and what says that a marked one leads: read, then taken out.
FIRST_LEADS = re.compile(
    r"[，,、；;。]?(?:[（(【\[])?(?:注[:：])?(?:其中)?[，,]?(?:排[名序列]?|列|位列|排列)?(?:在|于|居)?(?:第一|首)(?:位|个|名|家)?[的者]?"
    r"(?:责任)?(?:单位|部门)?(?:为|是|系)(?:总?牵头|主责|主办|第一责任)(?:责任)?(?:单位|部门)?(?:[，,](?:下同|其[他余余]为[^）)]{2,8}))?[)）】\]]?"
)
MARK_LEADS = re.compile(
    r"[（(【\[]?(?:注[:：])?(?:带|标|加|标注|标有|加注)?[“\"]?[*＊★☆※▲△][”\"]?(?:号|符号)?的?(?:责任)?(?:单位|部门)?(?:为|是|系|表示)"
    r"(?:总?牵头|主责|主办)(?:责任)?(?:单位|部门)?(?:[，,]下同)?[)）】\]]?"
)
# （排名不分先后）, （设在县水利局）: a remark, and no second name.
ASIDE_IN_BRACKETS = re.compile(
    r"[（(](?:以上)?(?:(?:排名|排序|顺序)?不分先后|[^（()）]{0,10}(?:设在|设于|挂靠在?)[^（()）]*"
    r"|[^（()）]{0,8}(?:按[^（()）]{2,10}排序)|详?见[^（()）]+|(?:人员|名单)[^（()）]*|如[^（()）]+)[)）]"
)
# （找李师傅）, （请提前预约）, （待改革后确定）: what to do, no part of the name; 应急办, 报社 are names.
REMARK_IN_BRACKETS = re.compile(
    r"[（(](?P<inner>(?:找|请|咨询|致电|拨打|须|需|拟|待|俟|已|将|暂|尚|未|正在|有事|如有|若|另行"
    r"|(?P<maybe>问|联系|洽|可|应|要|先|不|具体|转|报|归口))[^（()）]+)[)）]"
)
# （登记由县登记中心具体负责）: a part of it is another's
PART_IN_BRACKETS = re.compile(
    r"[（(][^（()）由]*由(?P<who>[^（()）]+?(?:具体|共同|分别)?(?:负责|承担|办理|实施))[)）]"
)
PERSONS_IN_BRACKETS = re.compile(rf"[（(](?:{_PERSON}|责任[科处]室)[:：][^（()）]*[)）]")
# 县教育局、县财政局两部门: the count of those just named.
COUNT = re.compile(r"(?<=[局委办部厅院室队会心])(?:以上)?[两二三四五六七八九十0-9]{1,2}个?(?:部门|单位)$")
# 扬尘治理：县住建局: what it is about stands before the names.
THEME = re.compile(r"^[^：:、，,；;（()）]{2,20}[：:](?=.{2})")
# What is no name at all: when it is to be done.
WHEN = re.compile(
    r"(?:长期(?:坚持|推进)?|持续(?:推进|实施|用力|开展|改进)?|常态化(?:推进|开展|实施)?|全年(?:推进)?|立行立改|即知即改"
    r"|(?:20[0-9]{2}年)?(?:年?底|[0-9]{1,2}月(?:底|[0-9]{1,2}日)?|[一二三四]季度)前?(?:完成)?|20[0-9]{2}年(?:底前?)?)"
)
NOTHING = re.compile(
    r"(?:[/／\\\-—–－―─_…·.．*×〇○\s]*|[无空略]|暂无|没有|无需?(?:牵头|配合|责任|协办|承办)?(?:单位|部门)?|N/?A|n/?a)"
)


def role_of(words: str) -> Role:
    """The role that a phrase gives: 牵头负责 is lead, 协同配合 cooperate, everything else responsible."""
    return next((role for role, pattern in _ROLES if pattern.search(words)), Role.RESPONSIBLE)


def role_of_label(words: str, mixed: Role) -> Role:
    """A label's role, 配合责任单位 cooperate; `mixed` where it names two (牵头及责任单位)."""
    parts = re.split(r"(?:[及和、/／]|(?<!参)与)+|[（(]", words)
    roles = {role_of(part) for part in parts if ROLE_WORD.search(part) and not re.match(_PERSON, part)}
    return roles.pop() if len(roles) == 1 else mixed
