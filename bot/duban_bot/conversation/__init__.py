"""One conversation, whatever the chat: tables of commands and buttons, each with whom it is for."""
