"""Duban (督办): work plans in, reminders out, replies back. This package is the core."""

__version__ = "0.1.0"
