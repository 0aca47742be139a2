"""What a person keeps of the desk for themselves: the views of a list they come back to."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SavedView(models.Model):
    """A list's filter, sort and columns under a name, for oneself or for everybody at and below one's branch."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=30, help_text="which list, e.g. customers")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, help_text="as it stands in the address")
    shared_at = models.CharField(max_length=200, blank=True, help_text="branch path; empty: the owner's alone")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="a_person_names_a_view_once"),
        ]
        indexes = [models.Index(fields=["page", "shared_at"], name="saved_view_shared_idx")]

    def __str__(self) -> str:
        return f"{self.page}: {self.name}"
