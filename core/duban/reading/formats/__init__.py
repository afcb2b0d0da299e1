"""Readers, one a format: bytes become a Document. Nothing here knows what a plan is."""
