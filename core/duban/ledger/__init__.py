"""The ledger: tables, and plain functions that take a Session. The use case owns the transaction."""
