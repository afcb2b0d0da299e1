"""The ledger's tables as they grew. `migrate` is the door; alembic is imported only when there is work."""
