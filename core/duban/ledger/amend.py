"""What an amended document changes: items matched by text first and number last. Pure: values in and out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from duban.model import Deadline, Duty, Item

SIMILAR = 0.85  # of the characters of two texts that are one text, amended
AKIN = 0.3  # the least likeness of two texts that share only their number
LOOKED_AT = 3  # candidates compared in full for each text: bounds the work
MOST = 0.5  # of a document's texts, from which on it is the same document amended


class Fate(StrEnum):
    """What becomes of an item."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"  # its words, units or dates
    MOVED = "moved"  # its number alone
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """An item as the ledger has it: `id` is the ledger's."""

    id: int
    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One item of the old or the new document. `id` None: new. `item` None: gone."""

    fate: Fate
    id: int | None
    old: Item | None
    item: Item | None
    fields: tuple[str, ...] = ()  # no, heading, subheading, requirement, units, deadlines
    dates: tuple[tuple[date | None, date | None], ...] = ()  # (was, is) of each date that differs


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """All of it, in the order of the new document, the gone ones last."""

    changes: tuple[Change, ...] = field(default=())

    def of(self, fate: Fate) -> tuple[Change, ...]:
        """The changes of one fate."""
        return tuple(change for change in self.changes if change.fate is fate)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each fate."""
        found = Counter(str(change.fate) for change in self.changes)
        return {str(fate): found[fate] for fate in Fate}


def compare(old: Sequence[Before], new: Sequence[Item]) -> Diff:
    """Match two documents' items and say what became of each."""
    pairs = match(old, new)
    changes = [_change(old[pairs[n]] if n in pairs else None, item) for n, item in enumerate(new)]
    kept = set(pairs.values())
    gone = (before for n, before in enumerate(old) if n not in kept)
    changes += [Change(fate=Fate.GONE, id=before.id, old=before.item, item=None) for before in gone]
    return Diff(changes=tuple(changes))


def match(old: Sequence[Before], new: Sequence[Item]) -> dict[int, int]:
    """Index in `new` → index in `old`: the same text, then the likest text, then the same number."""
    texts_old = [bare(before.item.requirement) for before in old]
    texts_new = [bare(item.requirement) for item in new]
    pairs: dict[int, int] = {}
    _by_text(old, new, texts_old, texts_new, pairs)
    _by_likeness(old, new, texts_old, texts_new, pairs)
    _by_number(old, new, texts_old, texts_new, pairs)
    return pairs


def bare(text: str | None) -> str:
    """A text as compared: without blanks."""
    return "".join((text or "").split())


def _free(n: int, taken: Iterable[int]) -> list[int]:
    used = set(taken)
    return [i for i in range(n) if i not in used]


def _by_text(
    old: Sequence[Before],
    new: Sequence[Item],
    texts_old: list[str],
    texts_new: list[str],
    pairs: dict[int, int],
) -> None:
    same: dict[str, list[int]] = defaultdict(list)
    for o, text in enumerate(texts_old):
        if text:
            same[text].append(o)
    for n, text in enumerate(texts_new):
        if same.get(text):  # of equal texts the one with the same number, else the first
            found = min(same[text], key=lambda o: (old[o].item.no != new[n].no, o))
            same[text].remove(found)
            pairs[n] = found


def _by_likeness(
    old: Sequence[Before],
    new: Sequence[Item],
    texts_old: list[str],
    texts_new: list[str],
    pairs: dict[int, int],
) -> None:
    grams: dict[str, list[int]] = defaultdict(list)
    for o in _free(len(old), pairs.values()):
        for gram in _grams(texts_old[o]):
            grams[gram].append(o)
    scored: list[tuple[float, bool, int, int]] = []
    for n in _free(len(new), pairs):
        shared = Counter(o for gram in _grams(texts_new[n]) for o in grams.get(gram, ()))
        for o, _ in shared.most_common(LOOKED_AT):
            ratio = _likeness(texts_old[o], texts_new[n], SIMILAR)
            if ratio >= SIMILAR:
                scored.append((ratio, old[o].item.no == new[n].no, o, n))
    scored.sort(key=lambda s: (-s[0], not s[1], s[2], s[3]))
    taken = set(pairs.values())
    for _, _, o, n in scored:
        if o not in taken and n not in pairs:
            pairs[n] = o
            taken.add(o)


def _by_number(
    old: Sequence[Before],
    new: Sequence[Item],
    texts_old: list[str],
    texts_new: list[str],
    pairs: dict[int, int],
) -> None:
    numbers = {old[o].item.no: o for o in reversed(_free(len(old), pairs.values()))}
    for n in _free(len(new), pairs):
        o = numbers.get(new[n].no)
        # a text that was lost, or is now, can be told by its number alone; two texts must be akin
        if o is not None and (
            not texts_old[o] or not texts_new[n] or _likeness(texts_old[o], texts_new[n], AKIN) >= AKIN
        ):
            pairs[n] = o
            del numbers[new[n].no]


def _grams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _likeness(a: str, b: str, least: float) -> float:
    """difflib's ratio, or 0.0 as soon as it is clear that it stays under `least`."""
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    return matcher.ratio()


def _change(before: Before | None, item: Item) -> Change:
    if before is None:
        return Change(fate=Fate.NEW, id=None, old=None, item=item)
    old = before.item
    fields = tuple(name for name, differs in _differences(old, item) if differs)
    fate = Fate.UNCHANGED if not fields else Fate.MOVED if fields == ("no",) else Fate.CHANGED
    dates = tuple(
        (was.due if was else None, now.due if now else None)
        for was, now in pair_deadlines(old.deadlines, item.deadlines)
        if (was.due if was else None) != (now.due if now else None)
    )
    return Change(fate=fate, id=before.id, old=old, item=item, fields=fields, dates=dates)


def _differences(old: Item, new: Item) -> Iterable[tuple[str, bool]]:
    yield "no", old.no != new.no
    yield "heading", bare(old.heading) != bare(new.heading)
    yield "subheading", bare(old.subheading) != bare(new.subheading)
    yield "units", [_duty(d) for d in old.units] != [_duty(d) for d in new.units]
    if new.requirement is not None:  # a document that lost a text takes nothing back that is known
        yield "requirement", bare(old.requirement) != bare(new.requirement)
        yield "deadlines", [says(d) for d in old.deadlines] != [says(d) for d in new.deadlines]


def _duty(duty: Duty) -> tuple[str, str]:
    return bare(duty.name), str(duty.role)


def says(deadline: Deadline) -> tuple[object, ...]:
    """What a deadline means, apart from where it stands in its text and how it is worded."""
    d = deadline
    return (d.kind, d.due, d.time, d.start, d.amount, d.unit, bare(d.trigger), d.rrule)


def pair_deadlines(
    old: Sequence[Deadline], new: Sequence[Deadline]
) -> list[tuple[Deadline | None, Deadline | None]]:
    """An item's deadlines, before and after: what says the same first, then those of one kind in order."""
    left, pairs = list(old), []
    rest: list[Deadline] = []
    for deadline in new:
        twin = next((was for was in left if says(was) == says(deadline)), None)
        if twin is None:
            rest.append(deadline)
        else:
            left.remove(twin)
            pairs.append((twin, deadline))
    found: list[tuple[Deadline | None, Deadline | None]] = [*pairs]
    for deadline in rest:
        was = next((d for d in left if d.kind is deadline.kind), None)
        if was is not None:
            left.remove(was)
        found.append((was, deadline))
    return found + [(was, None) for was in left]


# what a title says of its revision, not of its subject
_WORDS = "修订|修改|修正|调整|更新|补充|完善|征求意见|送审|讨论|正式|试行|定|终"
_REVISION = re.compile(
    rf"[（(\[【][^（()）\[\]【】]*(?:{_WORDS}|稿|版)[^（()）\[\]【】]*[）)\]】]"
    rf"|(?:{_WORDS})(?:版|稿|本|后的?)|修订|[Vv]\d+(?:\.\d+)*$"
    r"|^关于(?:印发|转发|修改|修正|调整|补充|完善)?|^(?:印发|转发)|的?通知$"
    r"|20\d\d年度?|二[〇○零]..年|[《》〈〉“”\"'（）()\[\]【】]"
)


def subject(title: str) -> str:
    """A title without its year, revision words and wrapping: the same for a document and its amendments."""
    return _REVISION.sub("", bare(title))


def amends(
    title: str,
    year: int | None,
    items: Sequence[Item],
    *,
    old_title: str,
    old_year: int | None,
    old: Sequence[Before],
) -> bool:
    """Whether a document is another one amended: its title but for revision words, or most of its texts.

    Not where both say a year and not the same: that is the next year's plan.
    """
    if year is not None and old_year is not None and year != old_year:
        return False
    if bare(title) and subject(title) == subject(old_title):
        return True
    texts = [text for item in items if (text := bare(item.requirement))]
    known = {bare(before.item.requirement) for before in old}
    return bool(texts) and sum(text in known for text in texts) > MOST * max(len(texts), len(known - {""}))
