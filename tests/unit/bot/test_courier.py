"""What becomes of a message that its chat refuses, loses or answers in riddles."""

from __future__ import annotations

import itertools
import logging
import shutil
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from duban.ledger import people
from duban.ledger.outbox import LONGEST_PAUSE, pause
from duban.ledger.tables import ItemRow, OutboxRow, PersonRow, PlanRow, TaskRow, UnitRow
from telegram_office import BOSS, JIA, YI, Desk, desk

GROUP = -5001


@pytest_asyncio.fixture
async def here(_new_database: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    shutil.copy(_new_database, tmp_path / "duban.sqlite3")
    async with desk(tmp_path / "duban.sqlite3") as made:
        yield made


async def test_a_text_whose_markup_is_refused_goes_plain(
    here: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    row = here.put("a", "<b>苹果树</b> 甲&amp;乙 <u>未关", JIA, buttons=[[["签收", "ack:1"]]])
    await here.settle()
    assert here.heard(JIA) == ["苹果树 甲&乙 未关"]
    assert here.user(JIA).received()[0].labels == ["签收"], "the buttons stay"
    assert here.row(row).state == "sent"
    assert len(here.server.refused) == 1
    assert f"message {row} (text): Refused" in caplog.text
    assert "苹果" not in caplog.text
    assert not here.heard(BOSS), "nobody has to do anything"


async def test_what_is_refused_plain_too_is_told_once(here: Desk) -> None:
    row = here.put("a", "好", JIA, buttons=[[["按钮", "x" * 65]]])  # no chat takes such data
    await here.settle()
    assert here.row(row).state == "failed"
    assert (here.row(row).error or "").lower() == "button_data_invalid"
    (told,) = here.heard(BOSS)
    assert "张三" in told
    assert f"消息编号 {row}" in told
    await here.settle(seconds=600)
    assert len(here.heard(BOSS)) == 1


async def test_a_refusal_to_the_last_coordinator_ends(here: Desk) -> None:
    here.server.faults.add("400", 100)
    row = here.put("a", "好", BOSS)
    await here.settle()
    await here.settle(seconds=600)
    assert here.row(row).state == "failed"
    assert {one.state for one in here.rows(OutboxRow)} == {"failed"}


async def test_what_no_text_can_be_made_of_is_told_once_and_holds_nobody_up(here: Desk) -> None:
    bad, good = here.put("a", "坏", JIA), here.put("b", "好", YI)
    with here.office.writing() as session:
        session.get_one(OutboxRow, bad).facts = {"buttons": []}  # a fault of ours: its words are gone
    await here.settle()
    assert (here.row(bad).state, here.row(good).state) == ("failed", "sent")
    assert here.row(bad).error == "KeyError"
    (told,) = here.heard(BOSS)
    assert f"张三 的一条消息没能发出（消息编号 {bad}）" in told
    await here.settle(seconds=600)
    assert len(here.heard(BOSS)) == 1


async def test_an_answer_to_a_message_that_is_gone_is_said_anew(here: Desk) -> None:
    with here.office.writing() as session:
        jia = people.person_of(session, "telegram", str(JIA))
        now = here.office.now()
        session.add(
            OutboxRow(
                key="e", kind="edit", facts={"ref": "4711", "html": "已撤销", "buttons": []}, urgent=True,
                person_id=jia.id if jia else None, due_at=now, created_at=now,
            )
        )  # fmt: skip
    await here.settle()
    assert here.heard(JIA) == ["已撤销"]
    assert [one.state for one in here.rows(OutboxRow)] == ["sent"]


async def test_a_group_that_became_a_supergroup_is_followed(here: Desk) -> None:
    here.server.group(GROUP, "督办群", [here.user(JIA)])
    new = here.server.migrate(GROUP)
    here.server.world.updates.drop()  # nobody says so but the refusal
    first, second = here.put("a", "一", GROUP), here.put("b", "二", GROUP)
    await here.settle()
    await here.settle(seconds=5)
    assert sorted(here.heard(JIA, new)) == ["一", "二"]
    assert [here.row(one).chat for one in (first, second)] == [str(new)] * 2
    assert [here.row(one).state for one in (first, second)] == ["sent"] * 2
    assert not any(here.row(one).again for one in (first, second)), "it surely was not sent"


async def test_a_group_that_says_it_moved_is_followed_before_anything_fails(here: Desk) -> None:
    here.server.group(GROUP, "督办群", [here.user(JIA)])
    row = here.put("a", "一", GROUP, due_at=here.office.now() + timedelta(hours=1))
    await here.settle()
    new = here.server.migrate(GROUP)
    await here.settle()
    assert here.row(row).chat == str(new)
    await here.settle(seconds=3600)
    assert here.heard(JIA, new) == ["一"]
    assert not here.server.refused


@pytest.mark.parametrize("kinds", [("digest",), ("digest", "assignment")], ids="+".join)
async def test_who_is_gone_is_told_of_once_and_the_reminders_wait_for_the_next(
    here: Desk, kinds: tuple[str, ...]
) -> None:
    now = here.office.now()
    with here.office.writing() as session:
        plan = PlanRow(title="方案", year=2026, state="active", quotable=True, imported_at=now)
        session.add(plan)
        session.flush()
        item = ItemRow(plan_id=plan.id, no=1, position=1, requirement="把事办好。")
        session.add(item)
        session.flush()
        unit = session.query(UnitRow).filter_by(name="甲局").one()
        jia = people.person_of(session, "telegram", str(JIA))
        assert jia is not None
        task = TaskRow(
            item_id=item.id, unit_id=unit.id, role="lead", kind="dated", due=date(2026, 6, 30),
            original_due=date(2026, 6, 30), created_at=now, announced_at=now,
            next_at=now + timedelta(days=9), said_until=date(2026, 6, 20),
        )  # fmt: skip
        session.add(task)
        session.flush()
        for n, kind in enumerate(kinds):
            session.add(
                OutboxRow(
                    key=f"t{n}", kind=kind, facts={"tasks": [[task.id, "soon", "2026-06-08"]]},
                    person_id=jia.id, due_at=now, created_at=now, urgent=True,
                )
            )  # fmt: skip
    here.user(JIA).block()
    await here.settle()
    (told,) = here.heard(BOSS)
    assert "张三" in told
    assert "甲局" in told
    waiting = here.rows(TaskRow)[0]
    assert (waiting.said_until, waiting.announced_at) == (None, None)
    assert waiting.next_at is not None
    assert waiting.next_at < now + timedelta(days=1), "looked at again at the next digest hour"
    with here.office.writing() as session:
        unit = session.query(UnitRow).filter_by(name="甲局").one()
        token = people.invite(session, post="contact", name="王五", unit=unit, now=now, actor="t").token
    here.user(YI + 1).start(token)
    await here.settle()
    heard = here.heard(YI + 1)
    assert any("把事办好" in text for text in heard), heard


@pytest.mark.parametrize("kind", ["garbage", "nonsense", "reset-after", "500", "502"])
async def test_an_answer_that_is_none_leaves_it_in_doubt(here: Desk, kind: str) -> None:
    row = here.put("a", "好", JIA)
    here.server.faults.add(kind)
    await here.settle()
    assert (here.row(row).state, here.row(row).again) == ("queued", True)
    await here.settle(seconds=5)
    taken = kind not in {"500", "502"}
    assert [text for text in here.heard(JIA) if "补发" not in text] == ["好"] * taken
    assert sum("补发" in text for text in here.heard(JIA)) == 1
    here.server.faults.add(kind, 2)
    other = here.put("b", "坏", YI)
    await here.settle()
    await here.settle(seconds=5)
    assert here.row(other).state == "unknown"


async def test_a_hold_for_one_group_lets_the_others_go_on(here: Desk) -> None:
    here.server.group(GROUP, "督办群", [here.user(JIA)])
    here.server.faults.add("429", seconds=3000)
    here.service.courier.stop()  # nothing waits for the hold's real seconds
    here.service.courier._stopping = False
    held = here.put("a", "一", GROUP)
    await here.service.courier.drain()  # alone: of two on their way either may meet the fault
    free = here.put("b", "二", JIA)
    await here.service.courier.drain()
    assert (here.row(held).state, here.row(free).state) == ("queued", "sent")
    assert here.row(held).due_at == here.office.now() + timedelta(seconds=3000)
    assert here.service.courier.rests() == pytest.approx(3000, abs=60)


@pytest.mark.parametrize(
    ("label", "state", "copies"),
    [("重发 1", "sent", 2), ("不再发 1", "dropped", 1)],
    ids=["again", "no more"],
)
async def test_what_is_in_doubt_is_decided_by_a_button(
    here: Desk, label: str, state: str, copies: int
) -> None:
    here.server.faults.add("reset-before")
    here.server.faults.add("reset-after")
    row = here.put("a", "好", JIA)
    await here.settle()
    await here.settle(seconds=5)
    assert (here.row(row).state, len(here.heard(JIA))) == ("unknown", 1)
    boss = here.user(BOSS)
    boss.say("/queue")
    await here.settle()
    queue = boss.received()[-1]
    assert "张三" in queue.text
    assert queue.labels == ["重发 1", "不再发 1"]
    here.user(JIA).forge(0, f"resend:{row}")  # the one whom it is for has no say
    await here.settle()
    assert here.row(row).state == "unknown"
    refusals = len(here.heard(JIA))
    boss.press(queue.message_id, label)
    await here.settle()
    assert here.row(row).state == state
    assert "张三" in here.heard(BOSS)[-1]
    assert len(here.heard(JIA)) == refusals + copies - 1
    assert all("补发" in text for text in here.heard(JIA)[refusals:])
    boss.press(queue.message_id, "重发 1")
    await here.settle()
    assert "可能已经处理过了" in here.heard(BOSS)[-1]
    assert here.row(row).state == state


@given(tries=st.integers(0, 60), row=st.integers(1, 10**9))
def test_pauses_grow_and_are_never_longer_than_five_minutes(tries: int, row: int) -> None:
    whole = min(timedelta(seconds=2) * 2 ** min(tries, 20), LONGEST_PAUSE)
    assert whole / 2 <= pause(tries, row) <= whole <= LONGEST_PAUSE
    assert pause(tries, row) == pause(tries, row)


def test_rows_that_failed_together_come_back_one_by_one() -> None:
    waits = sorted(pause(8, row).total_seconds() for row in range(1, 101))
    assert len(set(waits)) == 100
    gaps = [b - a for a, b in itertools.pairwise(waits)]
    assert max(gaps) < 150 / 100 * 3, "spread over the half, no two heaps"


def test_a_person_is_kept_by_the_number_of_a_chat_that_moved(here: Desk) -> None:
    with here.office.writing() as session:
        people.follow(session, "telegram", old=str(JIA), new="77")
        people.follow(session, "local", old=str(YI), new="78")
    assert [one.chat for one in here.rows(PersonRow)] == ["77", str(YI), str(BOSS)]
