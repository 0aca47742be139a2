"""The customers' voice: what they are asked, what they answer, and what is done about it (S20–S23)."""
