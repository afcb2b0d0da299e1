"""Pages: the local chat. They render what the local transport hands them and know no ledger."""
