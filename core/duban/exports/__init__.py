"""The ledger as files that an office keeps: values in, bytes out. No database, no clock, no disk."""
