"""What several wordings about one item amount to: one status, or none where they contradict each other.

The strongest request wins, so that one answer is one report: "推进中，约60%，申请延到11月底" is one request
for more time, with 60 % and its date. Being done is believed only where nothing else speaks against it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from duban.model import Status
from duban.replies.senses import Sense

WHOLE = 100
_UNDER_WAY = (Sense.GOING, Sense.PART, Sense.PROMISE, Sense.UNDONE, Sense.FIGURE)
_STRONGEST = (  # the first sense that is there names the status
    (Sense.NOT_OURS, Status.NOT_OURS),
    (Sense.EXTENSION, Status.EXTENSION),
    (Sense.BLOCKED, Status.BLOCKED),
    (Sense.PART, Status.IN_PROGRESS),  # 一期已完成，二期未开工
    (Sense.NOT_STARTED, Status.NOT_STARTED),
    *((sense, Status.IN_PROGRESS) for sense in (*_UNDER_WAY, Sense.PREPARING)),
    (Sense.PLANNED, Status.NOT_STARTED),
    (Sense.DONE, Status.DONE),
    (Sense.TIDYING, Status.IN_PROGRESS),
    (Sense.RECEIVED, Status.RECEIVED),
)
_CONTRARY = (  # never of one item in one reply
    (Sense.NOT_STARTED, Sense.GOING),
)
_AGAINST_DONE = frozenset(
    {
        Sense.NOT_OURS,
        Sense.EXTENSION,
        Sense.BLOCKED,
        Sense.NOT_STARTED,
        Sense.UNDONE,
        Sense.GOING,
        Sense.PROMISE,
    }
)


def settle(senses: Collection[Sense], *, whole: bool, percents: Sequence[int]) -> tuple[Status, int | None]:
    """The status and percentage of one item. `whole`: the item itself is called done, no step of it.

    100 % with nothing said against it is done: it says so by any reading, and is checked like every other.
    """
    said = frozenset(senses) - {Sense.NOTHING, Sense.QUESTION}
    percent = percents[0] if len(set(percents)) == 1 else None
    if any(set(pair) <= said for pair in _CONTRARY) or len(set(percents)) > 1:
        return Status.UNCLEAR, None
    against = said & _AGAINST_DONE
    if Sense.DONE in said and whole and Sense.PART not in said:
        contrary = against or (percent is not None and percent < WHOLE)
        return (Status.UNCLEAR, None) if contrary else (Status.DONE, percent)
    if percent == WHOLE and not against:
        return Status.DONE, percent
    if percent == 0 and said <= {Sense.FIGURE, Sense.GOING}:
        return Status.NOT_STARTED, percent
    return next((status for sense, status in _STRONGEST if sense in said), Status.UNCLEAR), percent
