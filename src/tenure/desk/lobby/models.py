"""Who came in: queue tickets as the machine at the door tells them, and what was done with whom (S2, S26)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from tenure.contracts import codes


class Ticket(models.Model):
    """A queue ticket, as it arrived; who took it may be known, known by a phone's tail alone, or not at all."""

    ticket_id = models.CharField(max_length=60, primary_key=True, help_text="the queue machine's own id")
    org_path = models.CharField(max_length=200)
    number = models.CharField(max_length=20, help_text="what the slip of paper says: A017")
    taken_at = models.DateTimeField()
    service = models.CharField(max_length=20, choices=[(code, name.en) for code, name in codes.TICKET_SERVICES.items()])
    party_id = models.CharField(max_length=40, blank=True)
    phone_tail = models.CharField(max_length=4, blank=True)
    state = models.CharField(
        max_length=10, choices=[(code, name.en) for code, name in codes.TICKET_STATES.items()], default="waiting"
    )
    called_at = models.DateTimeField(null=True, blank=True, help_text="when it was called, or taken from the queue")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when the service ended, or they left")
    arrived_at = models.DateTimeField(help_text="when the desk was told of it")
    changed_at = models.DateTimeField()
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        ordering = ["taken_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(org_path__startswith="/") & models.Q(org_path__endswith="/"),
                name="a_ticket_is_of_a_branch",
            )
        ]
        indexes = [models.Index(fields=["org_path", "taken_at"], name="ticket_branch_idx")]

    def __str__(self) -> str:
        return f"{self.number} {self.taken_at:%Y-%m-%d %H:%M} {self.state}"


class Reception(models.Model):
    """What was done with somebody who came in, and what had been advised: the fit of diversion is counted from it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=60, null=True, blank=True, unique=True, help_text="the caller's own id")
    party_id = models.CharField(max_length=40)
    org_path = models.CharField(max_length=200, help_text="where they were received")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="receptions")
    outcome = models.CharField(max_length=10, choices=[(code, name.en) for code, name in codes.RECEPTIONS.items()])
    advice = models.CharField(max_length=16, blank=True, help_text="what the rule said: self_service or counter")
    because = models.CharField(max_length=20, blank=True, help_text="the rule's reason")
    business = models.CharField(
        max_length=10, blank=True, choices=[(code, name.en) for code, name in codes.LOBBY_BUSINESS.items()]
    )
    tier = models.CharField(max_length=20, blank=True, help_text="of that day")
    waiting = models.PositiveIntegerField(default=0, help_text="how many others waited")
    at = models.DateTimeField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="undone by its author")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=models.Q(withdrawn_at=None, ticket__isnull=False),
                name="a_ticket_is_received_once",
            ),
            models.CheckConstraint(
                condition=models.Q(advice="", because="") | (~models.Q(advice="") & ~models.Q(because="")),
                name="advice_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["party_id", "-at"], name="reception_party_idx"),
            models.Index(fields=["org_path", "-at"], name="reception_branch_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.at:%Y-%m-%d %H:%M} {self.outcome}"
