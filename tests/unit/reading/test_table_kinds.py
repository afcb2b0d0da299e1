"""Habits of those who draw tables: colloquial heads, counts, captions, numbers in cells, notes."""

from __future__ import annotations

import pytest

from duban.model import Plan
from duban.reading.columns import Column, meaning_of, settle
from duban.reading.document import read_plan
from duban.reading.habits import habits_of
from duban.reading.marks import is_closing
from duban.reading.tidy import heading_of
from duban.reading.wordings import PROBLEM, RESULT, TASK
from duban.units.forms import apart

TITLE = "<p>栗溪县2026年重点工作任务清单</p>"


def page(*parts: str) -> Plan:
    """A page of paragraphs and tables: the rows of a table by lines, its cells by bars, ^ for one merged."""
    return read_plan(("<html><body>" + TITLE + "".join(map(drawn, parts)) + "</body></html>").encode())


def drawn(part: str) -> str:
    if "|" not in part:
        return f"<p>{part}</p>"
    rows = [[cell.strip() for cell in line.split("|")] for line in part.strip().split("\n")]
    lines = []
    for i, row in enumerate(rows):
        cells = []
        for j, cell in enumerate(row):
            if cell == "^":
                continue
            down = next((k for k in range(i + 1, len(rows)) if rows[k][j : j + 1] != ["^"]), len(rows)) - i
            wide = max(map(len, rows)) if len(row) == 2 and not row[1] else 1
            if wide == 1 or not j:
                cells.append(f'<td rowspan="{down}" colspan="{wide}">{cell.replace("/", "<br>")}</td>')
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(lines)}</table>"


def said(plan: Plan) -> list[tuple[int, str, str, str | None]]:
    return [(i.no, i.heading, i.subheading, i.requirement) for i in plan.items]


def units(plan: Plan) -> list[list[str]]:
    return [[duty.name for duty in item.units] for item in plan.items]


@pytest.mark.parametrize(
    ("heads", "meaning"),
    [
        ("谁来负责 归谁管 由谁落实 哪个部门负责 责任班组", Column.RESPONSIBLE),
        ("谁牵头 由谁主办", Column.LEAD),
        ("谁配合 谁来协助", Column.COOPERATE),
        ("啥时候办完 几月份完成 哪天前做完 截止", Column.TIME),
        (
            "处理意见 化解方案 整改思路 怎么做 具体做法 办理要求 材料要求 目标要求",
            Column.REQUIREMENT,
        ),
        ("达到目标 达标标准 交付成果 量化要求 工作标准 年度目标 预期成效 质量要求", RESULT),
        ("要办的事 干什么 做哪些工作", TASK),
        ("信访诉求 投诉内容 案由 检查发现 审计意见 薄弱环节", PROBLEM),
        ("攻坚方向 工作条线 所属板块 整治片区 点位类型 会议议题", Column.HEADING),
        ("4月底前 6月30日前 上半年前 第三季度末 年底前 到9月底前 12月底前完成", Column.PERIOD),
        ("满意度 回访结果 答复情况 整改类型 整改进度 提案者 提案号 工单编号", Column.NOTE),
        ("包保人 网格员 科长 记录人员", Column.PERSON),
    ],
)
def test_heads_as_they_are_said(heads: str, meaning: Column | str) -> None:
    assert {head: meaning_of(head) for head in heads.split()} == dict.fromkeys(heads.split(), meaning)


@pytest.mark.parametrize(
    "text", ["负责人牵头推进落实", "谁", "年内完成", "经费要求", "填报要求", "加强统筹", "配合县直部门"]
)
def test_other_words_are_no_heads(text: str) -> None:
    assert meaning_of(text) is None or meaning_of(text) is Column.PERSON


def test_a_problem_behind_the_units_is_noted() -> None:
    behind = (Column.REQUIREMENT, Column.RESPONSIBLE, PROBLEM)
    assert settle(behind) == [Column.REQUIREMENT, Column.RESPONSIBLE, Column.NOTE]
    assert settle((PROBLEM, *behind[:2])) == [Column.HEADING, Column.REQUIREMENT, Column.RESPONSIBLE]


def test_what_is_said_in_sentences_behind_the_measures_comes_of_them() -> None:
    table = "序号|具体措施|重点项目|责任单位\n1|扩建泵站。|{}|县水务局\n2|修补渠道。|{}|县农业农村局"
    sentences = page(table.format("新增流量2立方米每秒。", "恢复灌溉面积800亩。"))
    assert [item.requirement for item in sentences.items] == [
        "扩建泵站。\n新增流量2立方米每秒。",
        "修补渠道。\n恢复灌溉面积800亩。",
    ]
    words = page(table.format("东泵站", "西干渠"))
    assert said(words) == [(1, "东泵站", "", "扩建泵站。"), (2, "西干渠", "", "修补渠道。")]


CLEAR = """序号|赛道|具体措施|看点|责任单位|交账
1|种植|建大棚40座。|年产菜300吨以上。|县农业农村局|6月底前
2|^|修机耕路9公里。|雨天能通车。|县交通运输局|9月底前
3|养殖|建冷库2座。|库容达到500吨。|县供销社|8月底前"""
UNCLEAR = """序号|来路|具体措施|动态|责任单位|包联组|时间
1|省级|建大棚40座。|已完工12座。|县农业农村局|一组|6月底前
2|市级|修机耕路9公里。|正在勘察。|县交通运输局|二组|9月底前
3|省级|建冷库2座。|尚未开工。|县供销社|一组|8月底前"""


def test_a_head_that_nobody_knows_is_read_by_its_cells_where_they_are_clear() -> None:
    plan = page(CLEAR)
    assert said(plan)[1] == (2, "种植", "", "修机耕路9公里。\n雨天能通车。")
    assert [item.deadlines[0].text for item in plan.items] == ["6月底前", "9月底前", "8月底前"]
    asked = [p.choices[0].value for p in plan.problems if p.code == "unknown-column"]
    assert asked == ["heading", "requirement", "time"]


def test_a_head_that_nobody_knows_is_left_out_where_its_cells_could_be_a_remark() -> None:
    plan = page(UNCLEAR)
    assert said(plan)[0] == (1, "", "", "建大棚40座。")
    asked = [p.choices[0].value for p in plan.problems if p.code == "unknown-column"]
    assert asked == ["skip", "skip", "skip"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("一、水利设施（共6项）", "水利设施"),
        ("二、乡村道路（12件）", "乡村道路"),
        ("（三）供热 【计3条】", "供热"),
        ("四、供气，共9项任务。", "供气"),
        ("县水务局（两项）", "县水务局"),
        ("推进“三项改革”（2026年）", "推进“三项改革”（2026年）"),
        ("老旧管网（30公里）", "老旧管网（30公里）"),
        ("（3项）", "（3项）"),
    ],
)
def test_a_heading_is_without_the_count_of_what_stands_beneath_it(text: str, words: str) -> None:
    assert heading_of(text) == words


def test_a_blank_measures_cell_is_a_lost_text_and_not_its_task_again() -> None:
    plan = page("序号|工作任务|具体措施|责任单位\n1|路灯|装灯60盏。|县城管局\n2|护栏||县公安局")
    assert said(plan) == [(1, "路灯", "", "装灯60盏。"), (2, "护栏", "", None)]
    assert [(p.code, p.item) for p in plan.problems] == [("lost-text", 2)]


@pytest.mark.parametrize("caption", ["表{n}：{}", "附表{n} {}", "{n}、{}"])
def test_captions_of_several_tables_are_headings(caption: str) -> None:
    table = "序号|工作任务|责任单位\n{n}|{}|县住建局"
    captions = caption.format("城区", n="一"), caption.format("集镇", n="二")
    one, two = table.format("修路。", n=1), table.format("通水。", n=2)
    plan = page(captions[0], one, captions[1], two)
    assert plan.title == "栗溪县2026年重点工作任务清单"
    assert said(plan) == [(1, "城区", "", "修路。"), (2, "集镇", "", "通水。")]


def test_the_caption_of_the_only_table_is_no_heading() -> None:
    assert said(page("表1：城区", "序号|工作任务|责任单位\n1|修路。|县住建局")) == [(1, "", "", "修路。")]


def test_items_numbered_in_their_own_cells() -> None:
    table = (
        "事项|工作要求|责任单位\n1.食堂|公示菜单。|后勤科\n2.车队|清查油卡。|车管科\n3.门岗|登记来访。|保卫科"
    )
    assert said(page(table)) == [
        (1, "食堂", "", "公示菜单。"),
        (2, "车队", "", "清查油卡。"),
        (3, "门岗", "", "登记来访。"),
    ]
    alone = page("工作任务|责任单位\n（1）公示菜单。|后勤科\n（2）清查油卡。|车管科")
    assert said(alone) == [(1, "", "", "公示菜单。"), (2, "", "", "清查油卡。")]


def test_points_inside_cells_are_no_numbers_of_items() -> None:
    plan = page("工作任务|责任单位\n1.公示菜单。2.留样。|后勤科\n1.清查油卡。2.验车。|车管科")
    assert [item.requirement for item in plan.items] == ["1.公示菜单。2.留样。", "1.清查油卡。2.验车。"]


def test_a_table_without_numbers_among_others_is_counted_as_they_are() -> None:
    numbered = "序号|工作任务|责任单位\n1|修路。|县住建局\n2|通水。|县水务局"
    bare = "工作任务|责任科室|完成时限\n种树。|绿化科|3月底前\n补草。|绿化科|4月底前"
    plan = page("一、建设", numbered, "二、绿化", bare, "三、其他", numbered)
    assert [(item.no, item.heading) for item in plan.items] == [
        *((n, "建设") for n in (1, 2)),
        *((n, "绿化") for n in (3, 4)),
        *((n, "其他") for n in (5, 6)),
    ]


def test_a_goal_over_several_items_is_their_groups_and_one_of_its_own_is_content() -> None:
    plan = page(
        "序号|具体措施|年度目标|责任单位|完成时限\n1|建站。|新增3站。|县水务局|6月底前\n"
        "2|铺管。|^|县住建局|7月底前\n3|换表。|换表2万只。|县水务局|8月底前"
    )
    assert [item.requirement for item in plan.items] == ["建站。", "铺管。", "换表。\n换表2万只。"]


SHEET = """栗溪县2026年信访事项办理台账,,,,
序号,信访诉求,办理意见,责任单位,办结时限
1,路面坑洼,填补坑洼。,县交通运输局,4月底前
2,,清理边沟。,,5月底前
3,夜间噪声,限时施工。,"县住建局
县城管局",6月底前
{}
"""


@pytest.mark.parametrize(
    "end",
    [
        "注：1.“信访诉求”“责任单位”栏没填的，同上一行。,,,,\n    2.办理结果当月报县信访局。,,,,\n"
        "县长签字：,,经办人：小丁,,",
        "说明：信访诉求、责任单位栏空着的与上一行一致。,,,,\n②逾期的要说明原因。,,,,\n"
        "填表人：小丁,,审核人：老余,,",
        "备注：与上一行相同的责任单位留空。,,,,\n县信访局,,,,\n2026年3月1日,,,,",
    ],
)
def test_notes_and_signatures_in_a_sheet_are_no_rows_and_hold(end: str) -> None:
    plan = read_plan(SHEET.format(end).encode())
    assert said(plan) == [
        (1, "路面坑洼", "", "填补坑洼。"),
        (2, "路面坑洼", "", "清理边沟。"),
        (3, "夜间噪声", "", "限时施工。"),
    ]
    assert units(plan) == [["县交通运输局"], ["县交通运输局"], ["县住建局", "县城管局"]]


def test_a_note_on_blanks_is_of_no_column_that_it_does_not_name() -> None:
    plan = read_plan(SHEET.format("注：“信访诉求”栏空白的，同上一行。,,,,").encode())
    assert units(plan)[1] == []
    assert habits_of(["协办单位栏空白的，由主办单位独自完成。"]) == habits_of([])


def test_a_blank_measure_says_what_the_one_above_says_where_the_document_says_so() -> None:
    table = "序号|工作任务|具体措施|责任单位\n1|东片|清淤。|甲镇\n2|西片||乙镇"
    assert [i.requirement for i in page("注：具体措施栏空白的，同上。", table).items] == ["清淤。", "清淤。"]


@pytest.mark.parametrize("line", ["镇长签字：", "经办人：小丁", "分管领导签名：", "复核人：老余"])
def test_who_signs_a_form_closes_it(line: str) -> None:
    assert is_closing(line)


@pytest.mark.parametrize("line", ["签字背书，层层压实责任。", "记录台账", "编制规划：完成初稿。"])
def test_other_lines_close_nothing(line: str) -> None:
    assert not is_closing(line)


@pytest.mark.parametrize(
    ("left", "right", "two"),
    [
        ("放射科", "检验科", True),
        ("医务科", "护理部", True),
        ("县科", "学技术局", False),
        ("省社会科", "学联合会", False),
        ("东门社区", "西门社区", True),
        ("上坝村", "下坝村", True),
        ("县公安局", "交警大队", False),
        ("上坝村", "村民委员会", False),
        ("东门社区", "服务中心", False),
        ("市生态环境局", "栗溪分局", False),
    ],
)
def test_two_names_by_a_line_break_alone(left: str, right: str, two: bool) -> None:
    assert apart(left, right) is two


def test_a_case_number_beside_the_count_numbers_nothing() -> None:
    plan = page(
        "序号|编号|建议标题|办理要求|主办单位|会办单位|类别\n"
        "1|第8号|关于修缮栗溪古桥的建议|完成古桥勘测并公布修缮方案。|县文化和旅游局|县财政局|A\n"
        "2|第15号|关于增设夜间急诊的建议|夜间急诊增加两个班次。|县卫生健康局|县医院|B\n"
        "3|第40号|关于整治河道采砂的建议|取缔无证采砂点并复绿。|县水利局|县公安局|A"
    )
    assert said(plan) == [
        (1, "关于修缮栗溪古桥的建议", "", "完成古桥勘测并公布修缮方案。"),
        (2, "关于增设夜间急诊的建议", "", "夜间急诊增加两个班次。"),
        (3, "关于整治河道采砂的建议", "", "取缔无证采砂点并复绿。"),
    ]
    assert [problem.code for problem in plan.problems] == []


def test_case_numbers_alone_are_the_numbers() -> None:
    plan = page("编号|整改措施|责任单位\n3|更换老化电线。|县教育局\n7|补齐灭火器。|县民政局")
    assert [item.no for item in plan.items] == [3, 7]


def test_of_two_counts_the_finer_one_numbers() -> None:
    plan = page(
        "总序号|分序号|整改措施|责任单位\n"
        "1|1|更换老化电线。|县教育局\n2|2|补齐灭火器。|县民政局\n3|1|拆除违建。|县城管局\n4|2|清理通道。|县住建局"
    )
    assert [item.requirement for item in plan.items] == [
        "更换老化电线。",
        "补齐灭火器。",
        "拆除违建。",
        "清理通道。",
    ]


@pytest.mark.parametrize("head", ["工作标准", "质量要求", "达到标准", "预期成效"])
def test_a_task_that_says_what_is_done_is_content_beside_its_standard(head: str) -> None:
    plan = page(
        f"序号|实事内容|{head}|责任单位|完成时限\n"
        "1|新建村级养老站12个，配齐助浴设备。|床位使用率不低于六成。|县民政局|10月底前\n"
        "2|改造农贸市场2座，增设公厕。|符合星级市场规范。|县商务局|年底前"
    )
    assert [(item.heading, item.requirement) for item in plan.items] == [
        ("", "新建村级养老站12个，配齐助浴设备。\n床位使用率不低于六成。"),
        ("", "改造农贸市场2座，增设公厕。\n符合星级市场规范。"),
    ]


@pytest.mark.parametrize("head", ["工作措施", "具体内容", "目标要求"])
def test_it_is_a_heading_beside_measures(head: str) -> None:
    plan = page(
        f"序号|工作任务|{head}|责任单位\n"
        "1|新建村级养老站12个，配齐助浴设备。|分三批公开招标。|县民政局\n"
        "2|改造农贸市场2座，增设公厕。|先搭临时市场再拆旧棚。|县商务局"
    )
    assert [item.requirement for item in plan.items] == ["分三批公开招标。", "先搭临时市场再拆旧棚。"]


def test_a_task_that_is_only_named_is_a_heading_beside_its_goal() -> None:
    plan = page(
        "序号|重点任务|年度目标|责任单位\n"
        "1|养老服务|新建养老站12个。|县民政局\n2|市场改造|改造农贸市场2座。|县商务局"
    )
    assert [(item.heading, item.requirement) for item in plan.items] == [
        ("养老服务", "新建养老站12个。"),
        ("市场改造", "改造农贸市场2座。"),
    ]


def test_short_words_before_the_measures_are_headings_one_a_row_or_merged() -> None:
    plan = page(
        "攻坚篇目|序号|工作措施|责任单位\n"
        "校园周边|1|清理流动摊贩。|县城管局\n^|2|增设减速带。|县公安局\n河湖岸线|3|拆除违建码头。|县水利局\n"
        "城乡绿道|4|补栽行道树。|县林业局"
    )
    assert [item.heading for item in plan.items] == ["校园周边", "校园周边", "河湖岸线", "城乡绿道"]
    assert [item.requirement for item in plan.items][2] == "拆除违建码头。"


def test_words_that_come_again_are_marks_and_no_headings() -> None:
    plan = page(
        "色标|序号|工作措施|责任单位\n"
        "黄色|1|清理流动摊贩。|县城管局\n红色|2|增设减速带。|县公安局\n黄色|3|拆除违建码头。|县水利局"
    )
    assert [item.heading for item in plan.items] == ["", "", ""]
    assert "unknown-column" in [problem.code for problem in plan.problems]


def test_stages_headed_by_the_day_by_which_are_deadlines() -> None:
    plan = page(
        "序号|建设内容|5月底前|8月底前|12月20日前|责任单位\n"
        "1|新建水厂1座。|完成招标。||通水。|县水利局\n2|改造泵站3座。||改造完工。||县住建局"
    )
    days = [[(d.text, str(d.due), d.source.value) for d in item.deadlines] for item in plan.items]
    assert days == [
        [("5月底前", "2026-05-31", "column"), ("12月20日前", "2026-12-20", "column")],
        [("8月底前", "2026-08-31", "column")],
    ]
    assert "通水。" in (plan.items[0].requirement or "")


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("县委组织部、各乡镇/党委", ["县委组织部", "各乡镇党委"]),
        ("柳桥镇/党委/县总工会", ["柳桥镇党委", "县总工会"]),
        ("县教育局/县委宣传部", ["县教育局", "县委宣传部"]),
        ("实验室与安全管理处、后勤处", ["实验室与安全管理处", "后勤处"]),
        ("社区与物业管理科", ["社区与物业管理科"]),
        ("教务处与学生处", ["教务处", "学生处"]),
        ("教务处、相关部室", ["教务处"]),
    ],
)
def test_names_that_go_on_in_a_cell(cell: str, names: list[str]) -> None:
    plan = page(f"序号|工作措施|责任单位\n1|开展自查自纠。|{cell}\n2|公开监督电话。|县政务服务中心")
    assert units(plan)[0] == names
