"""Listening: surveys, the messages that carry them, and what is done about the answers."""
