"""Nightly: the day's run from the lake to the desk, and back."""
