"""What contacts type, read as updates of their items. Pure: no database, network or clock."""
