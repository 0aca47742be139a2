"""Hand-overs of customers: what was proposed, what became of each customer, and whether they were told."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Handover(models.Model):
    """Customers of one employee that others take over, once a second person has approved it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        REFUSED = "refused"
        MOVING = "moving"
        DONE = "done"
        UNDOING = "undoing"
        UNDONE = "undone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(
        max_length=60, unique=True, help_text="the caller's or form's own id: sent twice it is proposed once"
    )
    from_staff = models.CharField(max_length=40)
    to_staff = models.JSONField(help_text="employee numbers, in the order in which they were named")
    rule = models.JSONField(default=dict, help_text="which customers: tier, branch, kind, value, one number")
    split = models.CharField(max_length=8, choices=[("number", "number"), ("value", "value")])
    credit_from = models.DateField(help_text="from this day on the new manager's share of serving gives them credit")
    reason = models.CharField(max_length=500)
    org_path = models.CharField(max_length=200, help_text="posts at this branch or above approve it and see it")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    changed_at = models.DateTimeField()
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="a_hand_over_says_why"),
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "refused")) | models.Q(approved_by__isnull=False),
                name="customers_move_when_a_second_person_approved",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("made_by")),
                name="a_hand_over_is_approved_by_another",
            ),
        ]
        indexes = [models.Index(fields=["org_path", "-made_at"], name="handover_org_idx")]

    def __str__(self) -> str:
        return f"{self.from_staff} → {', '.join(self.to_staff)} ({self.state})"


class HandoverLine(models.Model):
    """One customer of a hand-over: who takes over, what became of it, and whether the customer was told."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        HINDERED = "hindered"
        UNDONE = "undone"
        STAYS = "stays"

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="lines")
    party_id = models.CharField(max_length=40)
    role = models.CharField(max_length=8, choices=[("lead", "lead"), ("support", "support")])
    to_staff = models.CharField(max_length=40)
    value = models.BigIntegerField(default=0, help_text="monthly average assets when it was proposed, minor units")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    hindered = models.CharField(max_length=300, blank=True)
    moved = models.JSONField(default=dict, help_text="how much of what moved with the customer")
    done_at = models.DateTimeField(null=True, blank=True)
    to_tell = models.BooleanField(default=False, help_text="the customer is to be told who looks after them now")
    told_how = models.CharField(max_length=8, blank=True, choices=[("letter", "letter"), ("call", "call")])
    told_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    changed_at = models.DateTimeField(null=True, blank=True, help_text="moved, hindered, taken back or told at")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        ordering = ["-value", "party_id"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "party_id"], name="a_customer_stands_once_in_a_hand_over"),
            models.CheckConstraint(
                condition=~models.Q(state="hindered") | ~models.Q(hindered=""), name="what_was_hindered_says_by_what"
            ),
            models.CheckConstraint(
                condition=models.Q(told_at__isnull=True, told_how="", told_by__isnull=True)
                | (models.Q(told_at__isnull=False, told_by__isnull=False, to_tell=False) & ~models.Q(told_how="")),
                name="who_was_told_says_how_when_and_by_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["handover", "state", "id"], name="line_state_idx"),
            models.Index(fields=["to_staff", "party_id"], condition=models.Q(to_tell=True), name="line_to_tell_idx"),
            models.Index(fields=["party_id"], name="line_party_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} → {self.to_staff}: {self.state}"
