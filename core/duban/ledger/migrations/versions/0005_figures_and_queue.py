"""What the coordinator asks is answered by indexes alone, however many tasks there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

GONE = (("ix_tasks_unit_id_state_due", "tasks"), ("ix_tasks_period_id", "tasks"))
NEW = (
    ("ix_tasks_item_id_unit_id_state_due", "tasks", ["item_id", "unit_id", "state", "due"], None),
    ("ix_tasks_unit_id_state_due_item_id", "tasks", ["unit_id", "state", "due", "item_id"], None),
    ("ix_tasks_turn", "tasks", ["period_id"], "period_id IS NOT NULL"),
    ("ix_tasks_to_decide", "tasks", ["state"], "state IN ('reported_done', 'not_ours') OR blocked"),
    ("ix_tasks_unsigned", "tasks", ["announced_at"], "state = 'open' AND announced_at > created_at"),
    ("ix_items_lost", "items", ["plan_id"], "requirement IS NULL"),
    ("ix_extensions_waiting", "extensions", ["id"], "verdict IS NULL"),
    ("ix_questions_waiting", "questions", ["id"], "settled_at IS NULL"),
    ("ix_inbox_transport_id", "inbox", ["transport", "id"], None),
)


def upgrade() -> None:
    """Go on to this state."""
    for name, table in GONE:
        op.drop_index(name, table_name=table)
    for name, table, columns, where in NEW:
        condition = sa.text(where) if where else None
        op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)
