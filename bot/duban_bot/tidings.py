"""What a unit hears of a decision on its work, wherever it was taken: once, in the next allowed hour."""

from __future__ import annotations

from typing import Any

from duban import hours
from duban.ledger import desk, outbox, people
from duban.ledger.database import Session
from duban.ledger.tables import ExtensionRow, PersonRow, TaskRow, VerificationRow
from duban_bot.messages import facts_of
from duban_bot.world import World


def tell(session: Session, world: World, person: PersonRow, key: str, template: str, /, **facts: Any) -> None:
    """Say what the person did not just ask for, with a template of templates/chat; once for a key."""
    html = world.words.render(f"chat/{template}.html.j2", today=world.today, **facts)
    at = hours.next_allowed(world.now, world.settings.policy, world.zone, world.calendar)
    outbox.put(
        session, key=key, kind="text", facts=facts_of(html, ()), person=person, due_at=at, now=world.now
    )


def verdict(session: Session, world: World, task: TaskRow, made: VerificationRow) -> None:
    """销号, or 退回 with the reason."""
    _of_task(session, world, task, f"verdict:{made.id}", "told_verdict",
             verdict=made.verdict, reason=made.reason)  # fmt: skip


def extension(session: Session, world: World, task: TaskRow, row: ExtensionRow) -> None:
    """A request for more time was granted, or refused."""
    _of_task(session, world, task, f"extension:{row.id}", "told_extension", verdict=row.verdict)


def new_date(session: Session, world: World, task: TaskRow) -> None:
    """The date was moved though nobody asked."""
    _of_task(session, world, task, f"due:{task.id}:{world.now.isoformat()}", "told_date")


def resolved(session: Session, world: World, task: TaskRow) -> None:
    """A difficulty was dealt with."""
    _of_task(session, world, task, f"resolved:{task.id}:{world.now.isoformat()}", "told_resolved")


def _of_task(session: Session, world: World, task: TaskRow, key: str, template: str, /, **facts: Any) -> None:
    """To who spoke of the task last, else to the unit's contact; nobody there: nobody is told."""
    person = desk.who_reported(session, task) or people.contact_of(session, task.unit_id)
    if person is not None:
        quote = task.item.requirement if task.item.plan.quotable else None
        tell(
            session, world, person, f"{key}:{person.id}", template,
            no=task.item.no, text=quote, due=task.due, **facts,
        )  # fmt: skip
