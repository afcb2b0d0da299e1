"""Chats behind one protocol (base.py): Telegram, and our own in the browser."""
