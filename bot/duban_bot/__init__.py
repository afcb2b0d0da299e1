"""Talk: what people say and press, what they are answered, and how it reaches a chat."""
