"""The real process, killed: at each named instant (pytest), and at random moments (`make chaos`)."""
