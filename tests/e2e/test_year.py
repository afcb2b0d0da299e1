"""The real plan through its whole year: import, stepping clock, strict Bot API, answers back, summary."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from botapi.people import User
from duban.ledger import directory, making, plans, summary
from duban.ledger.summary import View
from duban_cli.simulate import Answer, copied, plain, simulate
from e2e.conftest import ZONE, Year, at

END = at("2019-07-31T23:00")
ITEM = re.compile(r"第(\d+)项")
BEFORE = ["2018-11-30", "2018-12-14", "2018-12-24", "2018-12-28", "2018-12-29"]
LATE = ["2019-01-02", "2019-01-07", "2019-01-10", "2019-01-15", "2019-01-18"]

pytestmark = pytest.mark.slow


def days_naming(year: Year, user: User, no: int) -> list[str]:
    """The days on which somebody's chat names an item, without the notice of the first day."""
    said = [(minute[:10], text) for minute, text in year.heard(user)]
    return [day for day, text in said if day > "2018-07-23" and str(no) in ITEM.findall(text)]


def view(year: Year) -> View:
    return View(today=year.clock.now().astimezone(ZONE).date())


async def test_nobody_answers(open_year: Callable[..., Any]) -> None:
    async with open_year() as year:
        with copied(year.office) as copy:
            foreseen = list(simulate(copy, at("2018-07-20T10:00"), END))
        lead, audit = year.contacts["区行政服务中心"], year.contacts["区审计局"]
        welcome = {user.id: len(user.received()) for user in year.contacts.values()}
        await year.until(END)

        # one notice a contact, on the Monday
        notices = [year.heard(user)[welcome[user.id]][0] for user in year.contacts.values()]
        assert notices == ["2018-07-23 09:00"] * 48

        # item 54's lead, and the copy to the unit's leader
        assert days_naming(year, lead, 54) == BEFORE + LATE
        chief = year.leaders["区行政服务中心"]
        assert [m[:10] for m, text in year.heard(chief) if "54" in ITEM.findall(text)] == ["2019-01-07"]

        # the periods' reports, one message for all of them
        talk = year.heard(audit)
        reports = [(minute, text) for minute, text in talk if "47 项" in text and minute > "2018-08"]
        assert [minute for minute, _ in reports][:2] == ["2018-09-21 09:00", "2018-09-30 09:00"]
        assert "2018-12-21 09:00" in [minute for minute, _ in talk]

        # at most one message a person and day that nobody asked for
        for user in year.contacts.values():
            days = Counter(minute[:10] for minute, _ in year.heard(user)[welcome[user.id] :])
            assert max(days.values()) == 1

        # simulate said so before, message by message
        assert sent_after(year, "2018-07-20 10:00", welcome) == sorted(
            (local(one["at"]), one["contact"], one["text"].strip()) for one in foreseen
        )
        assert not year.server.refused, "nothing was refused: no bad text, no pace broken"


def local(iso: str) -> str:
    return datetime.fromisoformat(iso).astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def everyone(year: Year) -> dict[str, User]:
    return {
        "督办员": year.boss,
        **{f"{name}联络员": user for name, user in year.contacts.items()},
        **{f"{name}领导": user for name, user in year.leaders.items()},
    }


def sent_after(year: Year, minute: str, skip: dict[int, int]) -> list[tuple[str, str, str]]:
    """(minute, person, text) of all that was sent from a minute on."""
    return sorted(
        (when, name, text.strip())
        for name, user in everyone(year).items()
        for when, text in year.heard(user)[skip.get(user.id, 0) :]
        if when >= minute
    )


async def test_the_quarter_answered_in_one_tap_and_in_one_sentence(open_year: Callable[..., Any]) -> None:
    async with open_year(leaders=False) as year:
        await year.until(at("2018-09-21T09:30"))
        audit, town = year.contacts["区审计局"], year.contacts["会城街道"]
        year.press(audit, "全部按计划推进")
        town.say("除3、30项外都按计划推进；30项有困难：经费没有到位")
        await year.answer()
        with year.office.reading() as session:
            mine = summary.unit(session, directory.unit_named(session, "区审计局").id, view=view(year))
            theirs = summary.unit(session, directory.unit_named(session, "会城街道").id, view=view(year))
            queue = summary.queue(session, view=view(year))
        assert Counter(task["state"] for task in mine) == {"reported": 47, "open": 1}
        by_item = {task["item"]: task for task in theirs}
        assert by_item[3]["state"] == "open"
        assert by_item[30]["blocked"]
        assert Counter(task["state"] for task in theirs if task["item"] not in {3, 54}) == {"reported": 42}
        assert [(row["kind"], row["item"], row["unit"]) for row in queue] == [("blocked", 30, "会城街道")]
        # and the day itself asks only for what is left
        before = len(audit.received()), len(town.received())
        await year.until(at("2018-09-30T12:00"))
        assert len(audit.received()) == before[0]
        assert len(town.received()) == before[1] + 1
        assert "第3项" in year.newest(town).text


async def test_an_event_starts_its_deadline_at_once(open_year: Callable[..., Any]) -> None:
    async with open_year(leaders=False) as year:
        await year.until(at("2018-09-28T10:00"))
        unit = "区住房城乡建设局"
        with year.office.writing() as session:
            now = year.clock.now()
            item, row = plans.find_item(session, 41), directory.unit_named(session, unit)
            (task,) = making.record_event(
                session, item=item, unit=row, at=now, now=now, actor="test",
                calendar=year.office.calendar, zone=ZONE,
            )  # fmt: skip
            assert task.due.isoformat() == "2018-09-29"
        before = len(year.contacts[unit].received())
        await year.answer()
        told = year.contacts[unit].received()[before:]
        assert len(told) == 1
        assert year.heard(year.contacts[unit])[-1][0] == "2018-09-28 10:00"
        assert "第41项" in told[0].text
        assert "9月29日" in told[0].text


async def test_from_reminder_to_struck_off(open_year: Callable[..., Any]) -> None:
    """A contact answers in words, takes it back, asks for time, finishes; the coordinator decides."""
    async with open_year(leaders=False) as year:
        lead = year.contacts["区行政服务中心"]
        await year.until(at("2018-12-14T09:30"))
        assert "第54项" in year.newest(lead).text
        lead.say("第54项推进中，约60%")
        await year.answer()
        receipt = year.newest(lead)
        assert "54" in receipt.text
        assert "60%" in receipt.text
        year.press(lead, "撤销")
        await year.answer()
        task = await item_task(year, 54, "区行政服务中心")
        assert (task["state"], task["percent"]) == ("open", None)
        lead.say("54项 财政资金没到位，申请延到2019年1月31日")
        await year.answer()
        assert "1月31日" in year.newest(lead).text
        year.boss.say("/queue")
        await year.answer()
        year.press(year.boss, "同意")
        await year.answer()
        task = await item_task(year, 54, "区行政服务中心")
        assert task["due"] == "2019-01-31"
        await year.until(at("2019-01-25T10:00"))
        lead.say("第54项已完成，链接 https://example.org/54")
        await year.answer()
        assert (await item_task(year, 54, "区行政服务中心"))["state"] == "reported_done"
        year.boss.say("/verify 54 销号")
        await year.answer()
        assert (await item_task(year, 54, "区行政服务中心"))["state"] == "closed"
        before = len(lead.received())
        await year.until(at("2019-03-31T10:00"))
        later = [text for _, text in year.heard(lead)[before:]]
        assert not [text for text in later if "第54项" in text and "销号" not in text]
        year.boss.say("汇总")
        await year.answer()
        assert "2281" in year.newest(year.boss).text or "销号" in year.newest(year.boss).text


async def item_task(year: Year, no: int, unit: str) -> dict[str, Any]:
    with year.office.reading() as session:
        found = summary.item(session, plans.find_item(session, no), view=view(year))
    return next(task for task in found["tasks"] if task["unit"] == unit)


async def test_simulate_told_the_same_answers_foresees_the_same_year(open_year: Callable[..., Any]) -> None:
    """Silent, prompt and late contacts, and a coordinator: the same answers at the same moments twice."""
    async with open_year() as year:
        script = answers(year)
        with copied(year.office) as copy:
            foreseen = list(simulate(copy, at("2018-07-20T10:00"), END, script))
        welcome = {user.id: len(user.received()) for user in everyone(year).values()}
        cast = Script(year, script)
        await year.until(END, cast)
        assert cast.done == len(script)
        assert year.server.refused == []
        new = [one for one in foreseen if one["kind"] != "edit"]
        # what was edited later shows as it stands now, so texts are compared with what was accepted as sent
        assert sorted(accepted(year, welcome)) == sorted(
            (local(one["at"]), one["contact"], one["text"].strip()) for one in new
        )


def accepted(year: Year, skip: dict[int, int]) -> list[tuple[str, str, str]]:
    """(minute, person, text) of every message as it was when it was sent, but for the welcomes."""
    names = {user.id: name for name, user in everyone(year).items()}
    counts: dict[int, int] = defaultdict(int)
    dates = {
        (user.id, seen.message_id): seen.date for user in everyone(year).values() for seen in user.received()
    }
    found = []
    for call in year.server.accepted:
        if call["method"] != "sendMessage":
            continue
        chat = int(call["chat_id"])
        counts[chat] += 1
        if counts[chat] > skip[chat]:
            when = datetime.fromtimestamp(dates[chat, call["message_id"]], ZONE).strftime("%Y-%m-%d %H:%M")
            found.append((when, names[chat], plain(call["html"]).strip()))
    return found


def answers(year: Year) -> list[Answer]:
    """Every third contact is prompt, every third late, the others are silent."""
    made = []
    names = list(year.contacts)
    for number, name in enumerate(names):
        user = str(year.contacts[name].id)
        if number % 3 == 0:
            made += [
                _press(user, "2018-07-23T10:05", "签收"),
                _press(user, "2018-09-21T11:00", "全部按计划推进"),
                _say(user, "2018-12-24T15:00", "第54项已完成"),
            ]
        elif number % 3 == 1:
            made += [
                _press(user, "2018-10-09T16:30", "全部按计划推进"),
                _say(user, "2019-01-03T10:00", "54项推进中，约80%，申请延到2月底"),
                _say(user, "2019-01-03T10:30", "啊？"),
            ]
    boss = str(year.boss.id)
    made += [_say(boss, "2018-12-25T10:00", "/verify 54 销号"), _say(boss, "2019-01-04T09:30", "/summary")]
    return made


def _press(user: str, when: str, label: str) -> Answer:
    return Answer(at=at(when), user=user, transport="telegram", press=label)


def _say(user: str, when: str, words: str) -> Answer:
    return Answer(at=at(when), user=user, transport="telegram", say=words)


class Script:
    """Plays the answers through the server."""

    def __init__(self, year: Year, script: list[Answer]) -> None:
        self._year = year
        self._left = sorted(script, key=lambda one: one.at)
        self._users = {str(user.id): user for user in everyone(year).values()}
        self.done = 0

    def next_moment(self) -> datetime | None:
        return self._left[0].at if self._left else None

    async def act(self, now: datetime) -> bool:
        acted = False
        while self._left and self._left[0].at <= now:
            one = self._left.pop(0)
            user = self._users[one.user]
            if one.press:
                self._year.press(user, one.press)
            else:
                user.say(one.say)
            self.done += 1
            acted = True
        return acted
