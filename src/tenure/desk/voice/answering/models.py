"""Links that there are not, by network address: all workers count together."""

from __future__ import annotations

from django.db import models


class LinkGuesses(models.Model):
    """Wrong links that came from one network address within the current window."""

    address = models.CharField(max_length=64, primary_key=True)
    guesses = models.PositiveIntegerField(default=0)
    window_began_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["window_began_at"], name="link_guesses_window_idx")]

    def __str__(self) -> str:
        return f"{self.address}: {self.guesses}"
