"""What housekeeping puts away, and what it leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from duban.ledger import desk, drafts, housekeeping, people
from duban.ledger.database import Ledger
from duban.ledger.housekeeping import EXPIRED, UNCONFIRMED, Swept
from duban.reading.heads import File
from office import Office, populate


@pytest.mark.parametrize(
    ("age", "swept"),
    [
        (timedelta(hours=23), Swept(0, 0, 0)),
        (desk.FORGOTTEN + timedelta(minutes=1), Swept(0, 1, 0)),
        (UNCONFIRMED + timedelta(minutes=1), Swept(0, 1, 1)),
        (people.VALID_FOR + EXPIRED + timedelta(minutes=1), Swept(1, 1, 1)),
    ],
)
def test_what_is_swept_by_its_age(ledger: Ledger, age: timedelta, swept: Swept) -> None:
    office = Office(ledger)
    populate(office)
    with ledger.writing() as session:
        who = people.person_of(session, "local", "du")
        assert who is not None
        people.invite(session, post=people.COORDINATOR, name="王某", now=office.now, actor="cli")
        desk.wait_for(who, "return", {}, now=office.now)
        drafts.keep(session, File.of(b"x", "plan.txt"), person=who, now=office.now)
    with ledger.writing() as session:
        assert housekeeping.sweep(session, now=office.now + age) == swept
        assert housekeeping.sweep(session, now=office.now + age) == Swept(0, 0, 0)
