"""The directory: look-ups, guesses, kinds, proposals, and its file."""

from __future__ import annotations

import tomllib
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.units.directory import Collective, Directory, Unit
from duban.units.kinds import kind_of, kinds, propose_membership
from duban.units.toml import UnitsFileError, from_toml, to_toml

DIRECTORY = Directory(
    units=(
        Unit(name="县发展改革局", aliases=("县粮食局",)),
        Unit(name="县人力资源社会保障局"),
        Unit(name="县教育局（县体育局）"),
        Unit(name="县农业农村局"),
        Unit(name="县林业局"),
    ),
    collectives=(Collective(name="各镇（街、区）", members=("柳河镇",)),),
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("县发展改革局", "县发展改革局"),
        ("县 发展\n改革局", "县发展改革局"),
        ("县粮食局", "县发展改革局"),
        ("县教育局(县体育局)", "县教育局（县体育局）"),
        ("各镇(街、区)", "各镇（街、区）"),
        ("发改局", None),
        ("县城管局", None),
        ("", None),
    ],
)
def test_resolve(name: str, found: str | None) -> None:
    hit = DIRECTORY.resolve(name)
    assert (hit.name if hit else None) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("发改局", "县发展改革局"),
        ("人社局", "县人力资源社会保障局"),
        ("农业局", "县农业农村局"),
        ("粮食局", "县发展改革局"),
        ("业局", None),  # two units fit
        ("局", None),
        ("县发展改革", None),  # another ending
        ("环保局", None),
    ],
)
def test_short_form(name: str, found: str | None) -> None:
    hit = DIRECTORY.short_form(name)
    assert (hit.name if hit else None) == found


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("发改局", "县发展改革局"),
        ("县林业和草原局", "县林业局"),
        ("县农业局", "县农业农村局"),
    ],
)
def test_guesses(name: str, first: str) -> None:
    assert DIRECTORY.guesses(name)[0] == first
    assert len(DIRECTORY.guesses("县局", n=2)) <= 2


def test_what_resembles_nothing_has_no_guess() -> None:
    assert DIRECTORY.guesses("文工团") == ()


def test_a_guess_is_a_unit_and_three_are_had_for_the_asking() -> None:
    names = {unit.name for unit in DIRECTORY.units}
    assert set(DIRECTORY.guesses("各镇（街）", likeness=0.1)) <= names
    assert len(DIRECTORY.guesses("县教师局", likeness=0.1)) == 3


def test_members() -> None:
    assert DIRECTORY.members_of("各镇（街、区）") == ("柳河镇",)
    assert DIRECTORY.members_of("县林业局") == DIRECTORY.members_of("各单位") == ()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("柳河镇", "town"),
        ("石桥街道", "town"),
        ("石桥街道办事处", "town"),
        ("临湖乡人民政府", "town"),
        ("高新区管委会", "zone"),
        ("县委宣传部", "party"),
        ("县纪委监委", "party"),
        ("县委办公室", "party"),
        ("县委政法委", "party"),
        ("县政府办公室", "office"),
        ("县委县府办", "office"),
        ("县教育局", "department"),
        ("县发展改革委", "department"),
        ("县编办", "department"),
        ("云溪公安分局", "department"),
        ("县政务服务中心", "affiliated"),
        ("县气象局", "affiliated"),
        ("县妇联", "group"),
        ("县法院", "judicial"),
        ("县供电公司", "enterprise"),
        ("县人大办", "congress"),
        ("某某", "other"),
    ],
)
def test_kind_of(name: str, kind: str) -> None:
    assert kind_of(name) == kind
    assert kind in kinds()


NAMED = (
    "县教育局",
    "柳河镇",
    "县政务服务中心",
    "市财政局",
    "县政府办公室",
    "石桥街道",
    "县委宣传部",
    "各镇（街、区）",
    "县教育局",
)


@pytest.mark.parametrize(
    ("collective", "members"),
    [
        ("各镇（街、区）", ("柳河镇", "石桥街道")),
        ("县政府各部门", ("县教育局", "县政府办公室")),
        ("各直属机构", ("县政务服务中心",)),
        ("县委各部门", ("县委宣传部",)),
        ("县委县政府各部门", ("县教育局", "县政府办公室")),
        ("县直各单位", ("县教育局", "县政务服务中心", "县政府办公室", "县委宣传部")),
        ("各行政执法单位", ()),
        ("各成员单位", ()),
        ("有关镇街", ()),
        ("各级", ()),
    ],
)
def test_propose_membership(collective: str, members: tuple[str, ...]) -> None:
    assert propose_membership(collective, NAMED) == members


def test_from_toml() -> None:
    read = from_toml(
        """
        [[unit]]
        name = "县发展改革局"
        aliases = ["县粮食局"]
        [[unit]]
        name = "柳河镇"
        kind = "department"
        [[collective]]
        name = "各镇"
        members = ["柳河镇", "临湖镇", "县粮食局", "临湖镇"]
        """
    )
    assert [(u.name, u.kind) for u in read.units] == [
        ("县发展改革局", "department"),
        ("柳河镇", "department"),
        ("临湖镇", "town"),
    ]
    assert read.members_of("各镇") == ("柳河镇", "临湖镇", "县发展改革局")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[unit]", "TOML"),
        ("[[units]]\nname='甲'", "units"),
        ("unit = 3", "unit"),
        ("unit = [3]", "第 1 个"),
        ("[[unit]]\nname='甲局'\nalias=['乙局']", "alias"),
        ("[[unit]]\nname=3", "name"),
        ("[[unit]]\naliases=[]", "缺少 name"),
        ("[[unit]]\nname='甲局'\naliases=[3]", "aliases"),
        ("[[unit]]\nname='甲局'\nkind='bureau'", "bureau"),
        ("[[unit]]\nname='甲局'\n[[unit]]\nname='甲 局'", "甲 局"),
        ("[[unit]]\nname='甲局'\naliases=['丙局']\n[[unit]]\nname='乙局'\naliases=['丙局']", "丙局"),
        ("[[unit]]\nname='各镇'\n[[collective]]\nname='各镇'", "各镇"),
        ("[[collective]]\nname='各镇'\n[[collective]]\nname='全体'\nmembers=['各镇']", "泛称"),
    ],
)
def test_a_bad_file_is_one_sentence(text: str, says: str) -> None:
    with pytest.raises(UnitsFileError) as caught:
        from_toml(text)
    message = str(caught.value)
    assert says in message
    assert "\n" not in message
    assert message.endswith("重新导入。")


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(lambda s: s.strip())


@given(st.lists(names, max_size=4, unique_by=lambda s: s.strip()))
def test_to_toml_is_always_toml(found: list[str]) -> None:
    text = to_toml(Directory(units=tuple(Unit(name=n, aliases=(f"{n}'\"\\",)) for n in found)))
    assert [u["name"] for u in tomllib.loads(text).get("unit", [])] == found


def test_there_and_back() -> None:
    whole = Directory(units=(*DIRECTORY.units, Unit(name="柳河镇")), collectives=DIRECTORY.collectives)
    assert from_toml(to_toml(whole)) == whole
    assert from_toml("") == Directory()
    assert to_toml(Directory()) == ""


def test_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        DIRECTORY.units[0].name = "改了"  # type: ignore[misc]
