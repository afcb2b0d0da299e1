"""Ledgers of earlier commits: one dump for each state that the tables have had, with rows in every table."""
