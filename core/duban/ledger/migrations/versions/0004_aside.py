"""What stands aside is counted without a look at all that was ever sent or heard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go on to this state."""
    for name, table, column, where in (
        ("ix_outbox_aside", "outbox", "state", "state IN ('unknown', 'held')"),
        ("ix_inbox_aside", "inbox", "id", "state = 'set_aside'"),
    ):
        op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
