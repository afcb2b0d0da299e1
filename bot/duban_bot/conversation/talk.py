"""One exchange: who did what, and the ways to answer. Answers are outbox rows of the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from duban.ledger import outbox
from duban.ledger.database import Session
from duban.ledger.tables import PersonRow
from duban_bot.incoming import Incoming
from duban_bot.messages import Keys, facts_of
from duban_bot.transports.base import Button
from duban_bot.words import Words
from duban_bot.world import World


@dataclass(slots=True)
class Talk:
    """What a handler gets. It reads the ledger, changes it, and says something; it never commits."""

    session: Session
    incoming: Incoming
    world: World
    inbox_id: int
    person: PersonRow | None
    _said: int = field(default=0)

    @property
    def now(self) -> datetime:
        """This moment, aware, UTC."""
        return self.world.now

    @property
    def today(self) -> date:
        """The office's date."""
        return self.world.today

    @property
    def words(self) -> Words:
        """The renderer."""
        return self.world.words

    @property
    def me(self) -> PersonRow:
        """The person, where the table of access lets nobody else through."""
        assert self.person is not None, "a stranger came through the access table"  # noqa: S101
        return self.person

    @property
    def actor(self) -> str:
        """The person as the audit writes it."""
        return f"person:{self.me.id}"

    def label(self, name: str, data: str, **facts: Any) -> Button:
        """A button with a label from the words."""
        return Button(self.words.label(name, **facts), data)

    def say(self, template: str, /, buttons: Sequence[Sequence[Button]] = (), **facts: Any) -> None:
        """Answer at once with a template of templates/chat."""
        self.say_html(self.words.render(f"chat/{template}.html.j2", today=self.today, **facts), buttons)

    def say_html(
        self, html: str, buttons: Sequence[Sequence[Button]] = (), *, listed: Sequence[int] = ()
    ) -> None:
        """Answer at once with what is rendered already; behind its button (more) are `listed`, tasks' ids."""
        self._put("text", facts_of(html, buttons) | ({"listed": list(listed)} if listed else {}))

    def say_later(self, kind: str, facts: dict[str, Any]) -> None:
        """Answer with a message that is rendered as it is sent."""
        self._put(kind, facts)

    def replace(self, template: str, /, buttons: Sequence[Sequence[Button]] = (), **facts: Any) -> None:
        """Put the answer where the pressed button was; where nothing was pressed, say it."""
        ref = self.incoming.message_ref
        if not self.incoming.data or ref is None:
            self.say(template, buttons, **facts)
            return
        html = self.words.render(f"chat/{template}.html.j2", today=self.today, **facts)
        self._put("edit", {"ref": ref, **facts_of(html, buttons)})

    def say_pages(self, pages: Sequence[tuple[str, Keys]]) -> None:
        """Answer with the first page; the others wait behind its button (more)."""
        if not pages:
            return
        html, buttons = pages[0]
        behind = [[text, facts_of("", keys)["buttons"]] for text, keys in pages[1:]]
        self._put("text", facts_of(html, buttons) | ({"pages": behind} if behind else {}))

    def _put(self, kind: str, facts: dict[str, Any]) -> None:
        known = self.person is not None
        outbox.put(
            self.session,
            key=f"re:{self.inbox_id}:{self._said}",
            kind=kind,
            facts=facts,
            person=self.person,
            transport=None if known else self.incoming.transport,
            chat=None if known else self.incoming.chat,
            due_at=self.now,
            now=self.now,
            urgent=True,
        )
        self._said += 1
