"""Talking: one conversation over any transport, the courier out, the inbox in."""
