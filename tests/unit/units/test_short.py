"""Short forms and former names: what is sure, what is asked, and the best three guesses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.units.directory import Collective, Directory, Unit
from duban.units.short import form_of

ORGANS = {
    "发展和改革局": "发改局 发展改革局",
    "人力资源和社会保障局": "人社局 人力资源社会保障局",
    "住房和城乡建设局": "住建局 住房城乡建设局",
    "自然资源和规划局": "资规局 自规局 自然资源局",
    "市场监督管理局": "市监局 市场监管局",
    "卫生健康委员会": "卫健委 卫生健康委",
    "文化广电旅游局": "文旅局",
    "教育体育局": "教体局",
    "城市管理局": "城管局",
    "应急管理局": "应急局",
    "退役军人事务局": "退役军人局",
    "医疗保障局": "医保局",
    "农业农村局": "农业局",
    "经济和信息化局": "经信局",
    "商务局": "商务局",
    "行政审批服务局": "行政审批局 审批局",
    "政务服务和数据管理局": "政数局",
    "公共资源交易中心": "公资中心",
    "委机构编制委员会办公室": "编办 委编办",
    "委组织部": "组织部 委组织部",
    "委宣传部": "宣传部",
    "委政法委员会": "政法委 委政法委",
    "纪委监委机关": "纪委监委 纪委",
    "人民政府办公室": "府办 政府办 政府办公室",
    "民族宗教事务局": "民宗局",
    "审计局": "审计局",
    "统计局": "统计局",
    "金融工作办公室": "金融办",
    "信访局": "信访局",
    "供销合作社联合社": "供销社",
    "邮政管理局": "邮政局",
    "气象局": "气象局",
    "消防救援大队": "消防大队",
    "生态环境局": "生态环境局",
    "科学技术局": "科技局",
    "妇女联合会": "妇联",
    "残疾人联合会": "残联",
    "人民法院": "法院",
    "人民检察院": "检察院",
    "委统一战线工作部": "统战部 委统战部",
    "委网络安全和信息化委员会办公室": "网信办 委网信办",
}
SHORT = [(full, one) for full, said in ORGANS.items() for one in said.split()]


def book(place: str, level: str) -> Directory:
    names = [f"{place}{level}{organ}" for organ in ORGANS]
    more = [f"国家税务总局{place or '柳河'}{level}税务局", f"共青团{place}{level}委员会"]
    return Directory(units=tuple(Unit(name=name) for name in names + more))


BOOKS = {(place, level): book(place, level) for place in ("", "云溪") for level in "区县市"}


@pytest.mark.parametrize(("place", "level"), BOOKS, ids="".join)
def test_the_common_short_forms_are_known_with_level_without_and_with_a_place(place: str, level: str) -> None:
    here = BOOKS[place, level]
    for full, said in SHORT:
        for before in ("", level, place + level):
            found = here.short_form(before + said)
            assert (before + said, found.name if found else None) == (before + said, place + level + full)


@pytest.mark.parametrize("name", ["税务局", "县税务局"])
def test_offices_of_the_state_are_known_by_their_short_names(name: str) -> None:
    found = BOOKS["云溪", "县"].short_form(name)
    assert found is not None
    assert found.name == "国家税务总局云溪县税务局"


@pytest.mark.parametrize("name", ["团委", "团县委", "县团委", "共青团县委"])
def test_the_youth_league_has_many_names(name: str) -> None:
    found = BOOKS["", "县"].short_form(name)
    assert found is not None
    assert found.name == "共青团县委员会"


@pytest.mark.parametrize("level", ["", "县"])
@pytest.mark.parametrize(
    ("name", "today"),
    [
        ("环保局", "生态环境局"),
        ("环境保护局", "生态环境局"),
        ("国土局", "自然资源和规划局"),
        ("国土资源局", "自然资源和规划局"),
        ("规划局", "自然资源和规划局"),
        ("安监局", "应急管理局"),
        ("工商局", "市场监督管理局"),
        ("质监局", "市场监督管理局"),
        ("食药监局", "市场监督管理局"),
        ("卫计委", "卫生健康委员会"),
        ("卫生局", "卫生健康委员会"),
        ("旅游局", "文化广电旅游局"),
        ("文广局", "文化广电旅游局"),
        ("法制办", None),
        ("国税局", "国家税务总局柳河县税务局"),
        ("地税局", "国家税务总局柳河县税务局"),
        ("扶贫办", "农业农村局"),
        ("粮食局", "发展和改革局"),
        ("物价局", "发展和改革局"),
        ("建设局", "住房和城乡建设局"),
    ],
)
def test_a_former_name_is_asked_and_guessed_first(level: str, name: str, today: str | None) -> None:
    here = BOOKS["", "县"]
    assert here.short_form(level + name) is None
    if today:
        assert here.guesses(level + name)[0] in {today, f"县{today}"}


@pytest.mark.parametrize(
    ("name", "units"),
    [
        ("教育局", ["市教育局", "县教育局"]),  # two levels
        ("市教育局", ["县教育局"]),  # another level
        ("县教育局", ["云溪县教育局", "柳河县教育局"]),  # two places
        ("柳河县教育局", ["云溪县教育局"]),  # another place
        ("柳河县教育局", ["县教育局", "云溪县供电公司"]),  # our place is another
        ("县科技局", ["县教育体育局", "县科学技术协会"]),  # another ending
        ("县发改委", ["县发展和改革局"]),  # 局 or 委: asked
        ("县国资局", ["县国土资源局"]),
        ("县民政局", ["县民政务服务局"]),
        ("县体育局", ["县教育体育局"]),  # not from its first letter on
        ("县督查室", ["县委督查室", "县政府督查室"]),
        ("办公室", ["县委办公室", "县政府办公室"]),
        ("县政府办", ["县委办公室"]),
        ("柳河镇", ["柳河河镇", "柳河街道"]),
        ("公安分局", ["市公安局云溪分局", "市公安局柳河分局"]),
        ("农业局", ["县农业农村局", "县农业综合管理局"]),
        ("局", ["县局"]),
        ("", ["县教育局"]),
        ("云溪供电公司", ["柳河供电公司"]),
    ],
)
def test_what_could_be_another_is_asked(name: str, units: list[str]) -> None:
    assert Directory(units=tuple(Unit(name=one) for one in units)).short_form(name) is None


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("县公安分局", "市公安局云溪分局"),
        ("云溪公安分局", "市公安局云溪分局"),
        ("公安分局", "云溪公安分局"),
        ("自然资源和规划分局", "市自然资源和规划局云溪分局"),
        ("供电公司", "国网云溪县供电公司"),
        ("县供电公司", "国网云溪供电公司"),
        ("石桥镇人民政府", "石桥镇"),
        ("石桥街道", "石桥街道办事处"),
        ("县委县政府督查室", "县督查室"),
        ("县信访局", "县委县政府信访局"),
        ("县发改工信局", "县发展改革和工业信息化局"),
        ("县教育局", "县教育局（县体育局）"),
        ("县社工部", "中共云溪县委社会工作部"),
        ("县总工会", "云溪县总工会"),
        ("农业局", "县农业局"),
    ],
)
def test_one_organ_however_it_is_written(name: str, unit: str) -> None:
    found = Directory(units=(Unit(name=unit), Unit(name="县农业农村局"))).short_form(name)
    assert found is not None
    assert found.name == unit


@pytest.mark.parametrize(
    ("name", "guesses"),
    [
        ("水利局", ("区农业农村和水利局",)),
        ("区金融办", ("区财政金融局",)),
        ("市财政局", ("区财政金融局",)),
        ("区卫健委", ("区卫生健康局",)),
        ("区安监局", ("区应急管理局",)),
    ],
)
def test_the_best_guess_is_first(name: str, guesses: tuple[str, ...]) -> None:
    units = (
        "区农业农村和水利局",
        "区财政金融局",
        "区卫生健康局",
        "区应急管理局",
        "区商务和投资促进局",
        "区统计局",
    )
    found = Directory(units=tuple(Unit(name=one) for one in units)).guesses(name)
    assert found[: len(guesses)] == guesses
    assert len(found) <= 3


def test_a_collective_is_no_short_form() -> None:
    here = Directory(units=(Unit(name="县教育局"),), collectives=(Collective(name="教育局"),))
    assert here.short_form("教育局") is None


def test_names_of_a_plan_among_themselves() -> None:
    here = Directory(units=(Unit(name="县教育局"), Unit(name="县财政局")))
    assert here.short_forms(["发改局", "县发展和改革局", "县发改局", "教育局", "县水利局"]) == {
        "发改局": "县发展和改革局",
        "县发改局": "县发展和改革局",
        "教育局": "县教育局",
    }
    assert here.short_forms(["云溪县教育局", "柳河县教育局"]) == {}
    assert Directory(units=(Unit(name="教育局"),)).short_forms(["县教育局", "市教育局"]) == {}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("市市场监督管理局", ("", "市", "市场监督管理局")),
        ("市场监督管理局", ("", "", "市场监督管理局")),
        ("中共云溪县委机构编制委员会办公室", ("云溪", "县", "编办")),
        ("市公安局云溪分局", ("云溪", "", "公安分局")),
        ("县 教育局(县体育局)", ("", "县", "教育局")),
    ],
)
def test_a_name_in_its_parts(name: str, parts: tuple[str, str, str]) -> None:
    form = form_of(name)
    assert (form.place, form.level, form.core) == parts


NAMES = st.text(
    "云溪县市区教育民政发展改革人力资源社会保障局委办公室分（）()的 ", min_size=1, max_size=14
).filter(str.strip)


@given(st.lists(NAMES, min_size=1, max_size=8, unique_by=lambda name: "".join(name.split())), NAMES)
def test_full_names_resolve_and_guesses_are_units(names: list[str], other: str) -> None:
    here = Directory(units=tuple(Unit(name=name) for name in names))
    for name in names:
        found = here.resolve(name)
        assert found is not None
        assert here.short_form(name) == found
    for name in (other, *names):
        guesses = here.guesses(name)
        assert len(guesses) <= 3
        assert len(set(guesses)) == len(guesses)
        assert set(guesses) <= set(names)
    short = here.short_forms([other])
    assert set(short.values()) <= set(names)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_has_a_form(one: str, other: str) -> None:
    form_of(one)
    Directory(units=(Unit(name=one or "甲"),)).short_form(other)


def test_a_number_in_a_name_is_never_shortened() -> None:
    book = Directory(units=(Unit(name="实12局"), Unit(name="县第十二小学")))
    assert [book.short_form(name) for name in ("实2局", "县第二小学")] == [None, None]
