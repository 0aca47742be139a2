"""Messages to customers: an outbox on the database and senders that a bank plugs in."""
