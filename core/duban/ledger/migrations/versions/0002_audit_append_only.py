"""The audit can only be appended to: the database itself refuses UPDATE and DELETE."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

REFUSED = "audit is append-only"
SQLITE = tuple(
    f"CREATE TRIGGER audit_no_{act.lower()} BEFORE {act} ON audit BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    for act in ("UPDATE", "DELETE")
)
POSTGRESQL = (
    "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$",
    "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
)


def upgrade() -> None:
    """Go on to this state. A later batch migration of `audit` on SQLite has to make the triggers anew."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
