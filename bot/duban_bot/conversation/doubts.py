"""One doubt of a sent document as a message: its place, what was read, the choices, and the ways about."""

from __future__ import annotations

from duban.ledger import desk
from duban.ledger.decisions import DATES, in_words, of_document
from duban.ledger.importing import QUOTE
from duban.ledger.review import Review, mark_of
from duban.ledger.tables import DraftRow
from duban.model import Disclosure, Problem
from duban.reading.heads import UNKNOWN
from duban.reading.quoting import quote
from duban_bot.conversation.talk import Talk
from duban_bot.transports.base import Button
from duban_bot.words import cut

BACK = "back"
LONGEST_LABEL = 60
PICKED = "✓ "


def ask(talk: Talk, row: DraftRow, seen: Review, doubt: Problem) -> None:
    """Show one doubt, decided already or not, and listen for an answer in words."""
    typed = in_words(doubt) or doubt.code == UNKNOWN
    if typed:
        wait_for_words(talk, row, doubt)
    else:
        desk.no_longer_waiting(talk.me)
    about = quote(seen.plan, doubt)
    talk.replace(
        "doubt", keys(talk, row, seen, doubt), doubt=doubt, n=seen.asked.index(doubt) + 1,
        count=len(seen.asked), where=about.where, read=about.text if may_quote(seen) else "",
        how=how(talk, doubt) if typed else "", own=seen.own_words(doubt), head=doubt.code == UNKNOWN,
    )  # fmt: skip


def keys(talk: Talk, row: DraftRow, seen: Review, doubt: Problem) -> list[list[Button]]:
    """The choices, safest first, one a row; then back, later, and the rest the safe way."""
    mark, now = f"imp:{row.id}:{mark_of(doubt)}", seen.value(doubt)
    rows = [
        [Button(cut((PICKED if choice.value == now else "") + choice.label, LONGEST_LABEL), f"{mark}.{n}")]
        for n, choice in enumerate(doubt.choices)
    ]
    back = [talk.label("back", f"{mark}.{BACK}")] if seen.before(doubt) else []
    rows.append([*back, talk.label("stop", f"imp:{row.id}:later")])
    rows.append([talk.label("import_safe", f"imp:{row.id}:go")])
    return rows


def wait_for_words(talk: Talk, row: DraftRow, doubt: Problem) -> None:
    """The next words settle this doubt."""
    facts = {"draft": row.id, "mark": mark_of(doubt)}
    desk.wait_for(talk.me, "doubt", facts, now=talk.now)


def ask_for_words(talk: Talk, row: DraftRow, doubt: Problem) -> None:
    """A choice that needs words was pressed: say what to write."""
    wait_for_words(talk, row, doubt)
    talk.say("own_words", how=how(talk, doubt))


def how(talk: Talk, doubt: Problem) -> str:
    """How a doubt is settled in own words."""
    kind = "year" if of_document(doubt) else "date" if doubt.code in DATES else doubt.code
    return talk.words.word("own", kind)


def may_quote(seen: Review) -> bool:
    """Whether messages may carry the document's text: it says so itself, or the coordinator did."""
    said = seen.decisions.get("no-mark::")
    return said == QUOTE or (said is None and seen.plan.disclosure is Disclosure.OPEN)
