"""${message}"""

# ruff: noqa: PLR0915 - written by alembic

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from duban.ledger import tables
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Go on to this state."""
    ${upgrades if upgrades else "pass"}
