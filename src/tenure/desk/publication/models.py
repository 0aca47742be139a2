"""What has been published, and which of it is current."""

from __future__ import annotations

from django.db import models


class PublicationManager(models.Manager["Publication"]):
    """Adds the one question everybody asks."""

    def current(self) -> Publication | None:
        """The publication readers see, or None before the first."""
        return self.filter(state=Publication.State.CURRENT).first()


class Publication(models.Model):
    """One night's tables in one slot. Exactly one is current; moving that mark is the swap."""

    class State(models.TextChoices):
        LOADING = "loading"
        CURRENT = "current"
        PAST = "past"
        FAILED = "failed"

    run_id = models.CharField(max_length=60)
    slot = models.CharField(max_length=1, choices=[("a", "A"), ("b", "B")])
    state = models.CharField(max_length=10, choices=State.choices, default=State.LOADING)
    lake_id = models.CharField(max_length=40)
    bank = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3)
    as_of = models.DateField()
    began_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    rows = models.JSONField(default=dict)
    tiers = models.JSONField(default=dict, help_text="tier → threshold in minor units, as the night used it")

    objects = PublicationManager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="current"), name="one_publication_is_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.as_of} ({self.state})"
