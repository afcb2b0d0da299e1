"""Who comes in: binding by a one-time link, help, and one polite line for everyone else."""

from __future__ import annotations

from duban.ledger import outbox, people, reports
from duban_bot.conversation.talk import Talk


def start(talk: Talk, _row: object, token: str) -> None:
    """/start with a token binds; without one it greets."""
    incoming = talk.incoming
    if not token:
        if talk.person is None:
            stranger(talk)
        else:
            help_(talk, None, "")
        return
    bound = people.bind(
        talk.session, token=token, transport=incoming.transport, chat_user=incoming.user,
        chat=incoming.chat, name=incoming.name, now=talk.now,
    )  # fmt: skip
    talk.person = bound.person
    talk.say(
        "bound",
        office=talk.world.settings.office.name,
        name=bound.person.name,
        unit=bound.unit.name if bound.unit else None,
        post=bound.post,
        tasks=len(bound.tasks),
        in_hand=len(reports.open_tasks(talk.session, bound.person)),
    )
    people.hand_over(talk.session, bound, now=talk.now)


def help_(talk: Talk, _row: object, _rest: str) -> None:
    """What one can do here, by what one is."""
    if talk.person is None:
        stranger(talk)
        return
    units = [unit.name for unit in people.units_of(talk.session, talk.me)]
    boss_of = [unit.name for unit in people.units_of(talk.session, talk.me, people.LEADER)]
    talk.say(
        "help",
        office=talk.world.settings.office.name,
        units=units,
        boss_of=boss_of,
        coordinator=talk.me.coordinator,
    )


def stranger(talk: Talk) -> None:
    """One line, at most once a day for a chat's user."""
    incoming = talk.incoming
    html = talk.words.render("chat/stranger.html.j2", office=talk.world.settings.office.name)
    outbox.say(
        talk.session,
        key=f"stranger:{incoming.transport}:{incoming.user}:{talk.today.isoformat()}",
        html=html,
        now=talk.now,
        transport=incoming.transport,
        chat=incoming.chat,
    )


def group(talk: Talk) -> None:
    """In a group nobody's affairs are spoken of: one line a day, and only to a command."""
    incoming = talk.incoming
    if incoming.text.startswith("/"):
        outbox.say(
            talk.session,
            key=f"group:{incoming.transport}:{incoming.chat}:{talk.today.isoformat()}",
            html=talk.words.render("chat/group.html.j2"),
            now=talk.now,
            transport=incoming.transport,
            chat=incoming.chat,
        )
