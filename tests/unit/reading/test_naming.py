"""What a document is called and when it was issued, among letterhead, portal, form and chat."""

from __future__ import annotations

from datetime import date

import pytest

from duban.reading.issue import issued_on
from duban.reading.naming import title_of
from duban.reading.pasted import without_pasted

TITLE = "桐山县2026年重点任务分工方案"


@pytest.mark.parametrize(
    ("before", "page"),
    [
        (["桐山县人民政府文件", TITLE], ""),
        (["桐山县防汛抗旱指挥部文件资料", TITLE], ""),
        (["桐山县河长制办公室会议材料", TITLE], ""),
        (["桐山县2026年重点任务", "分工方案"], ""),
        ([TITLE, "（征求意见稿）"], ""),
        ([TITLE + "（送审稿）"], ""),
        ([TITLE, "（第二稿）"], ""),
        (["分工方案(2).docx", TITLE], ""),
        ([TITLE, "表一　民生类"], ""),
        ([TITLE, "一、重点任务"], ""),
        (["首页 > 政务公开 > 工作方案", TITLE], ""),
        (["您的位置：首页 / 政务公开 / 计划方案", TITLE], ""),
        (["索 引 号：TS01-2026　主题分类：工作方案", TITLE], ""),
        (["名　　称：" + TITLE, "发布机构：县政府办"], ""),
        (["主题：" + TITLE, "发件人：县督查室"], ""),
        (["督查室小孟", "3月2日 9:30", "@所有人 任务清单定稿了，请看", TITLE], ""),
        (["大家好，今年的任务清单如下，请对照抓好落实", TITLE], ""),
        (["小孟 2026-03-02 09:30:12", TITLE], ""),
        ([TITLE], "任务(3)改"),
        (["通知公告", "政策文件", "计划总结", "工作方案", TITLE], ""),
        (["首页", "要闻", "通知公告", TITLE], ""),
        (["通知公告 | 政策解读 | 规划计划 | 任务清单", TITLE], ""),
        (["全县任务清单系统", "", TITLE], TITLE + "_桐山县政府网"),
        (["桐山县", "2026年", "重点任务", "分工方案"], ""),
        ([TITLE, "目　录", "一、道路建设……………3"], ""),
        ([TITLE, "县政府督查室　2026年3月1日"], ""),
        (["县政府办公室"], TITLE + "_桐山县人民政府"),
        (["县政府办公室"], "桐山县人民政府 - " + TITLE),
    ],
)
def test_the_title(before: list[str], page: str) -> None:
    assert title_of(before, page) == TITLE


@pytest.mark.parametrize(
    "title",
    ["桐山县落实惠企政策若干措施任务分工（2026年版）", "桐山县养老服务管理办法任务分解（试行）"],
)
def test_what_is_part_of_a_title(title: str) -> None:
    assert title_of([title, "（2026年3月1日）"]) == title


def test_a_sentence_is_a_title_where_nothing_else_is() -> None:
    assert title_of(["转作风，优服务，县直机关2026年任务清单"]) == "转作风，优服务，县直机关2026年任务清单"


@pytest.mark.parametrize(
    ("lines", "issued"),
    [
        (["（2026年3月1日）"], date(2026, 3, 1)),
        (["发布时间：2026-03-09 10:12", "桐山县政府办公室", "2026年3月1日"], date(2026, 3, 1)),
        (["发布时间：2026-03-09", "（县政府办公室2026年3月1日印发）"], date(2026, 3, 1)),
        (["发布日期：2026年3月9日　成文日期：2026年3月1日"], date(2026, 3, 1)),
        (["成文日期：2026年3月1日　发布日期：2026年3月9日"], date(2026, 3, 1)),
        (
            ["发布时间：2026-03-09 10:12    来源：县政府办    浏览次数：12    【字体：大 中 小】  打印"],
            date(2026, 3, 9),
        ),
        (["发布时间：", "2026-03-09", "桐山县政府办公室", "2026年3月1日"], date(2026, 3, 1)),
        (["发布日期", "", "2026-03-09", "2026年3月1日"], date(2026, 3, 1)),
        (["发布日期", "2026-03-09"], date(2026, 3, 9)),
        (["更新于2026年3月9日", "2026年3月1日"], date(2026, 3, 1)),
        (["发布时间：2026-03-09", "成文日期：", "2026年3月1日"], date(2026, 3, 1)),
        (["2026-03-09 10:12"], date(2026, 3, 9)),
        (["2026-03-09 10:12", "二〇二六年三月一日"], date(2026, 3, 1)),
        (["填表单位：县应急局      2026年3月1日      单位：项"], date(2026, 3, 1)),
        (["填报科室：质控办　填报人：吴某　2026年3月1日"], date(2026, 3, 1)),
        (["制表日期：2026.3.1"], date(2026, 3, 1)),
        (["填报日期：2026年2月20日", "桐山县应急管理局", "2026年3月1日"], date(2026, 3, 1)),
        (["县应急管理局 2026-03-09 10:12:00"], None),  # a message
        (["完成时间：2026年3月1日"], None),
        (["根据2026年3月1日会议精神，制定本方案"], None),
        (["2026年2月30日"], None),
    ],
)
def test_the_day_of_issue(lines: list[str], issued: date | None) -> None:
    assert issued_on(lines) == issued


CHAT = [
    "督查室小孟",
    "3月2日 9:30",
    "@所有人 清单定稿了，有出入的私聊我[抱拳]",
    "",
    "桐山县2026年任务清单",
    "1.修路。（县交通局）",
    "2.架桥。（县交通局）",
    "",
    "县交通局老周",
    "3月2日 9:41",
    "收到",
    "县水利局",
    "3月2日 9:50",
    "收到，3月5日前先报一版",
]


def test_what_was_said_around_a_plan_in_a_chat() -> None:
    left = without_pasted(CHAT)
    assert len(left) == len(CHAT)
    assert [line for line in left if line] == CHAT[4:7]


def test_cells_with_a_time_are_no_chat() -> None:
    cells = [
        "序号",
        "任务",
        "单位",
        "时限",
        "",
        "1",
        "修路",
        "县交通局",
        "3月2日 9:30",
        "",
        "2",
        "架桥",
        "县水利局",
    ]
    assert without_pasted(cells) == cells


def test_the_lines_of_a_web_page() -> None:
    own = ["一、任务", "1.修路。（县交通局）", "打印机采购", "首页图片更换"]
    web = [
        "首页 > 公开",
        "【打印本页】【关闭窗口】",
        "上一篇：关于放假的通知",
        "网站地图",
        "桐ICP备05000137号",
    ]
    assert [line for line in without_pasted([web[0], *own, *web[1:]]) if line] == own
