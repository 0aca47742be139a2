"""The desk: what the bank's people work in. It reads what the night published and keeps what they do."""
