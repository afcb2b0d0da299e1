"""One conversation, whatever the chat: a table of commands and a table of buttons, each with whom it is for."""
