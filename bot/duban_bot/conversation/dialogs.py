"""What the bot waits to hear: the answer to its last question, if it still is one."""

from __future__ import annotations

from duban.ledger import desk
from duban_bot.conversation import decisions, imports, presses
from duban_bot.conversation.talk import Talk

DIALOGS = presses.DIALOGS | decisions.DIALOGS | imports.DIALOGS


def heard(talk: Talk, text: str) -> bool:
    """Take a text as the answer to what was asked. False: nothing was, or it is about something else."""
    row = talk.me.dialog
    if row is None:
        return False
    if talk.now - row.at > desk.FORGOTTEN or row.kind not in DIALOGS:
        desk.no_longer_waiting(talk.me)
        return False
    return DIALOGS[row.kind](talk, dict(row.facts), text)
