"""The closed loop (S22, S23): every unhappy customer is called, heard, offered something fair, and not forgotten."""
