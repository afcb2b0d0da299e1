"""Every table of the ledger. Times are stored in UTC, dates stay dates."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeEngine


class Moment(TypeDecorator[dt.datetime]):
    """An aware datetime, kept in UTC on every engine (SQLite has no zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Aware in; naive UTC for SQLite, aware UTC elsewhere."""
        if value is None:
            return None
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Always aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


WIDEST = 2**63 - 1  # the largest number that a column takes
_NEVER = re.compile("[\0\ud800-\udfff]")


def holdable(text: str) -> str:
    """A text with � for what no database's text can hold: NUL, half a surrogate pair."""
    return _NEVER.sub("\N{REPLACEMENT CHARACTER}", text)


class Words(TypeDecorator[str]):
    """Text of whatever origin, kept as every engine can hold it."""

    impl: TypeEngine[Any] | type[TypeEngine[Any]] = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text, or what is left of it."""
        return value if value is None else holdable(value)


class Name(Words):
    """The same, short enough for an index."""

    impl = String(200)
    cache_ok = True


class Base(DeclarativeBase):
    """Named constraints, so that a migration can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        dt.datetime: Moment,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        int: BigInteger().with_variant(Integer, "sqlite"),  # as wide as SQLite's own
    }


def _some(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows of a condition alone, on either engine."""
    return Index(name, *columns, unique=unique, sqlite_where=sql(where), postgresql_where=sql(where))


def _once(name: str, *columns: str, where: str) -> Index:
    return _some(name, *columns, where=where, unique=True)


class Meta(Base):
    """Single facts of the database itself: the clock's kind, the transport's offset, the pages' secret."""

    __tablename__ = "meta"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Words)


class PlanRow(Base):
    """方案. State: draft, active, closed."""

    __tablename__ = "plans"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Words)
    year: Mapped[int | None]
    issued: Mapped[dt.date | None]
    state: Mapped[str] = mapped_column(String(16), default="draft")
    quotable: Mapped[bool] = mapped_column(Boolean, default=False)  # may messages quote its text
    disclosure: Mapped[str | None] = mapped_column(String(16))
    cadence: Mapped[str] = mapped_column(String(16), default="quarterly")
    policy: Mapped[dict[str, Any]] = mapped_column(default=dict)
    imported_at: Mapped[dt.datetime]
    activated_at: Mapped[dt.datetime | None]
    items: Mapped[list[ItemRow]] = relationship(back_populates="plan", order_by="ItemRow.position")


class DocumentRow(Base):
    """A file that a plan was read from: the first, and each that amended it."""

    __tablename__ = "documents"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Words)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[dt.datetime]
    by: Mapped[str] = mapped_column(Words)


class ItemRow(Base):
    """事项. State: active, cancelled. `requirement` is NULL while the document's text is lost."""

    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))
    no: Mapped[int]
    position: Mapped[int]
    heading: Mapped[str] = mapped_column(Words, default="")
    subheading: Mapped[str] = mapped_column(Words, default="")
    requirement: Mapped[str | None] = mapped_column(Words)
    given: Mapped[bool] = mapped_column(default=False)  # the text is the coordinator's, not the document's
    place: Mapped[str] = mapped_column(Words, default="")
    state: Mapped[str] = mapped_column(String(16), default="active")
    reason: Mapped[str | None] = mapped_column(Words)
    policy: Mapped[dict[str, Any]] = mapped_column(default=dict)
    origins: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")  # [[field, text, where], …]
    plan: Mapped[PlanRow] = relationship(back_populates="items")
    duties: Mapped[list[DutyRow]] = relationship(order_by="DutyRow.position", cascade="all, delete-orphan")
    deadlines: Mapped[list[DeadlineRow]] = relationship(order_by="DeadlineRow.id")
    __table_args__ = (
        Index(None, "plan_id", "no"),
        _some("ix_items_lost", "plan_id", where="requirement IS NULL"),
    )


class UnitRow(Base):
    """单位."""

    __tablename__ = "units"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    kind: Mapped[str | None] = mapped_column(String(32))


class AliasRow(Base):
    """Another name of a unit."""

    __tablename__ = "aliases"
    name: Mapped[str] = mapped_column(Name, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), index=True)


class CollectiveRow(Base):
    """泛称单位. `ignored`: the coordinator said 不督办."""

    __tablename__ = "collectives"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Name, unique=True)
    ignored: Mapped[bool] = mapped_column(default=False)


class MemberRow(Base):
    """A unit in a collective."""

    __tablename__ = "members"
    collective_id: Mapped[int] = mapped_column(
        ForeignKey("collectives.id", ondelete="CASCADE"), primary_key=True
    )
    unit_id: Mapped[int] = mapped_column(
        ForeignKey("units.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class DutyRow(Base):
    """责任: item × unit as written × role. Points at a unit or at a collective."""

    __tablename__ = "duties"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Words)
    role: Mapped[str] = mapped_column(String(16))
    collective: Mapped[bool] = mapped_column(default=False)
    alias: Mapped[str | None] = mapped_column(Words)


class DeadlineRow(Base):
    """时限, as read. `span` counts in the item's requirement or in `column_text`."""

    __tablename__ = "deadlines"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Words)
    span_start: Mapped[int]
    span_end: Mapped[int]
    source: Mapped[str] = mapped_column(String(16))
    rule: Mapped[str] = mapped_column(String(64))
    due: Mapped[dt.date | None]
    time: Mapped[dt.time | None]
    start: Mapped[dt.date | None]
    amount: Mapped[int | None]
    unit: Mapped[str | None] = mapped_column(String(16))
    trigger: Mapped[str | None] = mapped_column(Words)
    rrule: Mapped[str | None] = mapped_column(Words)
    was_due: Mapped[dt.date | None]  # the date before an amending document moved it
    gone: Mapped[bool] = mapped_column(default=False)  # an amending document no longer says it


class PeriodRow(Base):
    """报告期: one turn of a plan's cadence, or of one item's own recurring deadline."""

    __tablename__ = "periods"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))
    deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadlines.id", ondelete="CASCADE"))
    due: Mapped[dt.date]
    closing: Mapped[bool] = mapped_column(default=False)
    opens_at: Mapped[dt.datetime]
    opened_at: Mapped[dt.datetime | None]
    __table_args__ = (
        UniqueConstraint("plan_id", "deadline_id", "due"),
        _once("uq_periods_cadence", "plan_id", "due", where="deadline_id IS NULL"),
        _some("ix_periods_waiting", "opens_at", where="opened_at IS NULL"),
    )


class EventRow(Base):
    """起算事由: what starts a relative deadline, at a moment, for a unit (or for all)."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadlines.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    at: Mapped[dt.datetime]
    recorded_at: Mapped[dt.datetime]
    by: Mapped[str] = mapped_column(Words)


class TaskRow(Base):
    """督办任务: what one unit has to do by one date.

    kind: dated (a date of the text), period (a turn of the cadence), closing (the year's last turn).
    """

    __tablename__ = "tasks"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    role: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadlines.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    period_id: Mapped[int | None] = mapped_column(ForeignKey("periods.id"))
    due: Mapped[dt.date]
    time: Mapped[dt.time | None]
    ask_by: Mapped[dt.date | None]
    original_due: Mapped[dt.date]
    state: Mapped[str] = mapped_column(String(16), default="open")
    percent: Mapped[int | None]
    blocked: Mapped[bool] = mapped_column(default=False)
    blocked_at: Mapped[dt.datetime | None]
    extension_requested: Mapped[bool] = mapped_column(default=False)
    awaiting_signoff: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime]
    received_at: Mapped[dt.datetime | None]
    announced_at: Mapped[dt.datetime | None]  # first mentioned to the unit
    reported_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    next_at: Mapped[dt.datetime | None]  # when the scheduler looks at it next
    said_until: Mapped[dt.date | None]  # reminders up to this day are said
    copied_on: Mapped[dt.date | None]  # the day that the unit's leader got a copy
    item: Mapped[ItemRow] = relationship()
    unit: Mapped[UnitRow] = relationship()
    __table_args__ = (
        # one task for a unit and a turn, an event, or a date of the text: NULLs are never equal, hence three
        _once("uq_tasks_turn", "item_id", "unit_id", "period_id", where="period_id IS NOT NULL"),
        _once("uq_tasks_event", "item_id", "unit_id", "event_id", where="event_id IS NOT NULL"),
        _once(
            "uq_tasks_date",
            "item_id",
            "unit_id",
            "deadline_id",
            where="event_id IS NULL AND period_id IS NULL",
        ),
        _some("ix_tasks_next", "next_at", where="next_at IS NOT NULL"),
        # the figures of a plan and of everything are read from these two alone
        Index(None, "item_id", "unit_id", "state", "due"),
        Index(None, "unit_id", "state", "due", "item_id"),
        _some("ix_tasks_turn", "period_id", where="period_id IS NOT NULL"),
        # the coordinator's queue
        _some("ix_tasks_to_decide", "state", where="state IN ('reported_done', 'not_ours') OR blocked"),
        _some("ix_tasks_unsigned", "announced_at", where="state = 'open' AND announced_at > created_at"),
    )


class PersonRow(Base):
    """A person who talks to the bot: one account of one chat, with any number of roles and units."""

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Words)
    transport: Mapped[str] = mapped_column(String(16))
    chat_user: Mapped[str] = mapped_column(String(64))
    chat: Mapped[str] = mapped_column(String(64))
    coordinator: Mapped[bool] = mapped_column(default=False)
    reachable: Mapped[bool] = mapped_column(default=True)
    bound_at: Mapped[dt.datetime]
    left_at: Mapped[dt.datetime | None]
    posts: Mapped[list[PostRow]] = relationship(viewonly=True)
    dialog: Mapped[DialogRow | None] = relationship(cascade="all, delete-orphan")
    __table_args__ = (UniqueConstraint("transport", "chat_user"),)


class PostRow(Base):
    """A person's post in a unit: contact (联络员) or leader (分管领导). Lowest position comes first."""

    __tablename__ = "posts"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(
        ForeignKey("units.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    post: Mapped[str] = mapped_column(String(16), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class InviteRow(Base):
    """A one-time link. Only the hash of its token is kept."""

    __tablename__ = "invites"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    post: Mapped[str] = mapped_column(String(16))  # contact, leader, coordinator
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Words)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))


class AnswerRow(Base):
    """What one message or button press said in one go: the group that 撤销 takes back."""

    __tablename__ = "answers"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[dt.datetime]
    text: Mapped[str] = mapped_column(Words)
    undone_at: Mapped[dt.datetime | None]
    reports: Mapped[list[ReportRow]] = relationship(back_populates="answer", order_by="ReportRow.id")


class ReportRow(Base):
    """反馈: what a contact said of one task. `before` is the task as it was, for 撤销."""

    __tablename__ = "reports"
    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id"), index=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    percent: Mapped[int | None]
    date: Mapped[dt.date | None]
    text: Mapped[str] = mapped_column(Words, default="")
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answer: Mapped[AnswerRow] = relationship(back_populates="reports")
    task: Mapped[TaskRow] = relationship()


class ExtensionRow(Base):
    """延期: a request for a later date, verdict: NULL, granted, refused, withdrawn."""

    __tablename__ = "extensions"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"))
    asked: Mapped[dt.date | None]
    reason: Mapped[str] = mapped_column(Words, default="")
    asked_at: Mapped[dt.datetime]
    verdict: Mapped[str | None] = mapped_column(String(16))
    granted: Mapped[dt.date | None]
    old_due: Mapped[dt.date]
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Words)
    __table_args__ = (_some("ix_extensions_waiting", "id", where="verdict IS NULL"),)


class VerificationRow(Base):
    """核查: the coordinator's yes or no on work reported done. verdict: closed (销号), returned (退回)."""

    __tablename__ = "verifications"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    verdict: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Words, default="")
    at: Mapped[dt.datetime]
    by: Mapped[str] = mapped_column(Words)


class QuestionRow(Base):
    """What was said and not understood, or asked: kept for the coordinator until settled."""

    __tablename__ = "questions"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    kind: Mapped[str] = mapped_column(String(16))  # unclear, question, not_ours
    text: Mapped[str] = mapped_column(Words)
    at: Mapped[dt.datetime]
    settled_at: Mapped[dt.datetime | None]
    __table_args__ = (_some("ix_questions_waiting", "id", where="settled_at IS NULL"),)


class DialogRow(Base):
    """What the bot waits to hear from a person: at most one thing at a time."""

    __tablename__ = "dialogs"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[dt.datetime]


class DraftRow(Base):
    """A document on its way into the ledger, with what was decided of its doubts so far.

    A coordinator's in chat, or (no person) the command line's, which keeps no copy of the file.
    """

    __tablename__ = "drafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(Words)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    year: Mapped[int | None]
    issued: Mapped[dt.date | None]
    decisions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[dt.datetime]  # of the last answer
    __table_args__ = (
        UniqueConstraint("person_id", "sha256"),
        _once("uq_drafts_command_line", "sha256", where="person_id IS NULL"),
        {"sqlite_autoincrement": True},  # an old message's button never fits a later draft
    )


class HeadRow(Base):
    """What a coordinator said of a column head that no wording fits. meaning: a Column, or skip."""

    __tablename__ = "heads"
    plain: Mapped[str] = mapped_column(Name, primary_key=True)
    meaning: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(Words)
    at: Mapped[dt.datetime]


class OutboxRow(Base):
    """消息: written with the decision to send it; rendered and sent by the courier."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Name, unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    transport: Mapped[str | None] = mapped_column(String(16))  # for who is nobody we know
    chat: Mapped[str | None] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # ids to render from, or a ready text
    urgent: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(16), default="queued")
    due_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    again: Mapped[bool] = mapped_column(default=False)  # in doubt once already: sent marked 补发
    error: Mapped[str | None] = mapped_column(Words)
    text: Mapped[str | None] = mapped_column(Words)  # as sent
    message_ref: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    __table_args__ = (
        _some("ix_outbox_waiting", "urgent", "due_at", where="state IN ('queued', 'claimed', 'sending')"),
        _some("ix_outbox_aside", "state", where="state IN ('unknown', 'held')"),
        Index(None, "person_id", "kind"),
    )


class InboxRow(Base):
    """What a chat handed over, before it is acknowledged. state: new, done, set_aside."""

    __tablename__ = "inbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    transport: Mapped[str] = mapped_column(String(16))
    update_key: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(16), default="new")
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Words)
    handled_at: Mapped[dt.datetime | None]
    __table_args__ = (
        UniqueConstraint("transport", "update_key"),
        Index(None, "transport", "id"),
        _some("ix_inbox_new", "id", where="state = 'new'"),
        _some("ix_inbox_aside", "id", where="state = 'set_aside'"),
    )


class LocalMessageRow(Base):
    """A message as the local chat shows it. side: bot, user."""

    __tablename__ = "local_messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[str] = mapped_column(String(64))
    side: Mapped[str] = mapped_column(String(8))
    html: Mapped[str] = mapped_column(Words)
    buttons: Mapped[list[Any]] = mapped_column(default=list)
    file_name: Mapped[str | None] = mapped_column(Words)
    file_body: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)  # raised by every edit
    __table_args__ = (Index(None, "chat", "id"),)


class LocalUserRow(Base):
    """Someone in the local chat: known by a secret cookie, of which only the hash is kept."""

    __tablename__ = "local_users"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[dt.datetime]


class AuditRow(Base):
    """Who did what, when. Only ever appended to: a trigger refuses UPDATE and DELETE."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    actor: Mapped[str] = mapped_column(Words)  # person:ID, cli, scheduler
    act: Mapped[str] = mapped_column(String(32))
    object: Mapped[str] = mapped_column(String(64))  # task:ID, plan:ID …
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    __table_args__ = (Index(None, "object"),)
