"""One small protocol, and a chat behind each module."""
