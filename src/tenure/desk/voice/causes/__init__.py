"""Causes: themes and their correction, improvements and innovations with what they changed (S22, S29, S34)."""
