"""Alembic's environment. `migrate` hands in the connection; there is no alembic.ini."""

from __future__ import annotations

from alembic import context

from duban.ledger.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew
    compare_type=True,
    transaction_per_migration=False,
    user_module_prefix="tables.",
)
with context.begin_transaction():
    context.run_migrations()
