"""The clauses of a reply, gathered by the items that they are about.

A clause that names items opens a group; those after it that name none belong to it. 全部 and 其他 open groups
of their own, which count for what is not named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from duban.replies.clauses import Clause, Scope
from duban.replies.senses import Sense

_OPEN_SCOPES = {Scope.ALL, Scope.REST}


@dataclass(slots=True)
class Group:
    """The clauses about the same items."""

    scope: Scope
    items: tuple[int, ...] = ()
    clauses: list[Clause] = field(default_factory=list)
    lone: bool = True  # it names items, and says nothing of them yet

    def add(self, clause: Clause) -> None:
        self.clauses.append(clause)
        self.lone = self.lone and clause.lone

    @property
    def says(self) -> bool:
        return any(clause.senses for clause in self.clauses)


def group_clauses(clauses: Sequence[Clause], focus: int | None) -> list[Group]:
    groups: dict[tuple[Scope, tuple[int, ...]], Group] = {}
    last: Group | None = None

    def enter(scope: Scope, items: tuple[int, ...] = ()) -> Group:
        return groups.setdefault((scope, items), Group(scope, items))

    for clause in _under_headings(clauses):
        if clause.scope is Scope.NAMED:
            joins = last is not None and last.scope is Scope.NAMED and (clause.same or last.lone)
            if last is not None and joins:  # 第3项，第7项均…; …，第7项也是
                last = _join(groups, last, clause.items)
            else:
                last = enter(Scope.NAMED, clause.items)
        elif clause.scope in _OPEN_SCOPES:
            last = enter(clause.scope)
        elif last is None:
            everyone = focus is None and clause.scope is Scope.EACH
            last = enter(Scope.ALL if everyone else Scope.SAME)
        last.add(clause)
    return _adopt(list(groups.values()))


def _join(groups: dict[tuple[Scope, tuple[int, ...]], Group], last: Group, items: tuple[int, ...]) -> Group:
    """`last` about more items; into the group that has them already, where there is one."""
    both = last.items + tuple(n for n in items if n not in last.items)
    if both == last.items:
        return last
    groups.pop((last.scope, last.items), None)
    there = groups.setdefault((last.scope, both), last)
    if there is not last:
        there.clauses += last.clauses
        there.lone = there.lone and last.lone
    there.items = both
    return there


def _under_headings(clauses: Sequence[Clause]) -> Iterator[Clause]:
    """已完成：3、7项；推进中：… What stands before a colon is said of the bare items after it."""
    heading: Clause | None = None
    used = False
    for clause in clauses:
        if heading is not None and clause.scope is Scope.NAMED and not clause.senses:
            used = True
            said = heading.text + clause.text
            yield replace(clause, text=said, found=heading.found, percents=heading.percents)
            continue
        if heading is not None and not used:
            yield heading
        heading, used = (clause if clause.heads else None), False
        if heading is None:
            yield clause
    if heading is not None and not used:
        yield heading


def _adopt(groups: list[Group]) -> list[Group]:
    """Words before the first number belong to it as its cause, or where it has none of its own."""
    if len(groups) < 2 or groups[0].scope is not Scope.SAME or groups[1].scope is not Scope.NAMED:  # noqa: PLR2004
        return groups
    first, second, *rest = groups
    causes = all(clause.senses <= {Sense.BLOCKED} for clause in first.clauses)
    if first.says and (causes or not second.says):
        second.clauses[:0] = first.clauses
        return [second, *rest]
    return groups


def alone(open_items: Sequence[int], focus: int | None) -> int | None:
    if focus is not None:
        return focus
    return open_items[0] if len(open_items) == 1 else None


def items_of(
    group: Group, open_items: Sequence[int], focus: int | None, named: set[int]
) -> Sequence[int | None]:
    if group.scope is Scope.NAMED:
        return group.items
    if group.scope in _OPEN_SCOPES:
        return [n for n in open_items if n not in named] if open_items else (None,)
    return (alone(open_items, focus),)
