"""Pages of care: calendar, statements, events, balances."""
