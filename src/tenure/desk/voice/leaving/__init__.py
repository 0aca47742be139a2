"""Why customers left, in their own word, and winning back those worth it (S24): interviews, causes, a draw."""
