"""What people ask about their own data (PIPL 44–50): requests, what is to be corrected, whom nothing may bring back."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from tenure.contracts import codes


class PersonRequest(models.Model):
    """A request of a person about their data. The number stays as proof that it was met; names and values do not."""

    class State(models.TextChoices):
        OPEN = "open"
        CHECKING = "checking"
        DOING = "doing"
        DONE = "done"
        ANSWERED = "answered"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_key = models.UUIDField(unique=True, help_text="the form that made it: sent twice it makes one")
    party_id = models.CharField(max_length=40)
    org_path = models.CharField(max_length=200, help_text="the customer's branch when it was received")
    kind = models.CharField(max_length=12, choices=[(code, name.en) for code, name in codes.REQUEST_KINDS.items()])
    way = models.CharField(max_length=12, choices=[(code, name.en) for code, name in codes.CONSENT_WAYS.items()])
    asked_by = models.CharField(max_length=16, choices=[(c, name.en) for c, name in codes.REQUEST_ASKERS.items()])
    representative = models.CharField(max_length=120, blank=True, help_text="who asks, where it is not the person")
    identity = models.CharField(max_length=16, choices=[(c, name.en) for c, name in codes.IDENTITY_CHECKS.items()])
    words = models.CharField(max_length=1000, blank=True, help_text="what is asked for, in the person's words")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    due_on = models.DateField(help_text="the last day to answer")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    ready_at = models.DateTimeField(null=True, blank=True, help_text="when the desk's part of the copy was written")
    lake_at = models.DateTimeField(null=True, blank=True, help_text="when the lake's part was written, or erased")
    expires_at = models.DateTimeField(null=True, blank=True, help_text="when the copy is deleted")
    erased = models.JSONField(default=list, help_text="[holding, rows erased, rows kept, kept until] as approved")
    outcome = models.CharField(
        max_length=10, choices=[(c, n.en) for c, n in codes.REQUEST_OUTCOMES.items()], blank=True
    )
    language = models.CharField(max_length=10, blank=True, help_text="of the letter")
    answer = models.CharField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="answered")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(outcome="")),
                name="an_answered_request_says_who_answered_what",
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=("refused", "partly")) | ~Q(answer=""), name="a_refused_request_says_why"
            ),
            models.CheckConstraint(
                condition=Q(asked_by="person") | ~Q(representative=""), name="a_representative_has_a_name"
            ),
            models.UniqueConstraint(
                fields=["party_id", "kind"],
                condition=~Q(state="answered"),
                name="a_person_has_one_open_request_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["org_path", "due_on", "id"], name="request_path_idx"),
            models.Index(fields=["party_id", "-received_at"], name="request_party_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.party_id}: {self.state}"


class Correction(models.Model):
    """An order to the core system: this value of the bank's file is wrong. It ends when the file says the right one."""

    class State(models.TextChoices):
        ASKED = "asked"
        DONE = "done"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(PersonRequest, on_delete=models.PROTECT, related_name="corrections")
    party_id = models.CharField(max_length=40)
    column = models.CharField(max_length=30, help_text="of the customer's contract")
    stood = models.CharField(max_length=255, blank=True)
    should_be = models.CharField(max_length=255)
    evidence = models.CharField(max_length=300, help_text="what shows it: identity card seen, letter of …")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "column"], condition=Q(state="asked"), name="one_correction_waits_a_column"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", ended_at=None) | (~Q(state="asked") & Q(ended_at__isnull=False)),
                name="an_ended_correction_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.column} of {self.party_id}: {self.state}"


class Suppressed(models.Model):
    """Somebody who was erased: a keyed hash of their number, so that no delivery brings them back. Nothing else."""

    digest = models.CharField(max_length=64, primary_key=True)
    since = models.DateField()
    lake_next = models.DateField(null=True, help_text="when something of them in the lake is due; null: nothing left")

    def __str__(self) -> str:
        return f"{self.digest[:8]}… since {self.since}"
