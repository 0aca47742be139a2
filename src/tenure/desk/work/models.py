"""The day's work: what the night proposes, and what people did about it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from tenure.contracts import codes
from tenure.contracts.published import PROPOSAL
from tenure.desk.publication.slots import slots

Proposal = slots(PROPOSAL, __name__, indexes=[("staff_id", "rank"), ("party_id",), ("org_path", "-value_at_stake")])


class Progress(models.Model):
    """Where a work-list entry stands. It outlives the night: a snoozed entry stays snoozed."""

    class State(models.TextChoices):
        DONE = "done"
        SNOOZED = "snoozed"
        HANDED_OVER = "handed_over"

    proposal_key = models.CharField(max_length=120, primary_key=True)
    party_id = models.CharField(max_length=40, db_index=True)
    state = models.CharField(max_length=12, choices=State.choices)
    outcome = models.CharField(
        max_length=20, blank=True, choices=[(code, name.en) for code, name in codes.OUTCOMES.items()]
    )
    snoozed_until = models.DateField(null=True, blank=True)
    handed_to = models.CharField(max_length=40, blank=True, help_text="employee number")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    before = models.JSONField(null=True, blank=True, help_text="what stood here before, for undoing; null: nothing")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="snoozed") | models.Q(snoozed_until__isnull=False),
                name="a_snoozed_entry_says_until_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="handed_over") | ~models.Q(handed_to=""),
                name="a_handed_over_entry_says_to_whom",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done") | ~models.Q(outcome=""), name="a_done_entry_has_an_outcome"
            ),
        ]
        indexes = [models.Index(fields=["handed_to", "state"], name="progress_handed_to_idx")]

    def __str__(self) -> str:
        return f"{self.proposal_key}: {self.state}"


class Contact(models.Model):
    """A contact with a customer, logged at the desk; the next night writes it back to the lake."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=60, null=True, blank=True, unique=True, help_text="the caller's own id")
    party_id = models.CharField(max_length=40)
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=[(code, name.en) for code, name in codes.INTERACTION_KINDS.items()])
    staff_id = models.CharField(max_length=40, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contacts")
    purpose = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=20, choices=[(code, name.en) for code, name in codes.OUTCOMES.items()])
    words = models.TextField(max_length=2000, blank=True)
    next_step_on = models.DateField(null=True, blank=True)
    proposal_key = models.CharField(max_length=120, blank=True)
    logged_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="undone by its author")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")
    written_back_in = models.CharField(max_length=80, blank=True, help_text="the lake's batch that took it over")

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["party_id", "-at"], name="contact_party_idx"),
            models.Index(fields=["staff_id", "at"], name="contact_staff_idx"),
            models.Index(fields=["written_back_at", "logged_at"], name="contact_written_back_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.at:%Y-%m-%d} {self.kind}"
