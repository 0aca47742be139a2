"""How the desk is configured."""
