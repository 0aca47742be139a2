"""Events of the core bank, the signals they and colleagues raise, and the rules in between."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from tenure.contracts import codes
from tenure.desk.kit.choices import choices


class Event(models.Model):
    """What the core bank reported, kept for 35 days so that changed rules can be tried out."""

    event_id = models.CharField(max_length=80, unique=True, help_text="the sender's; the same again changes nothing")
    kind = models.CharField(max_length=20, choices=choices(codes.EVENT_KINDS))
    at = models.DateTimeField()
    account_id = models.CharField(max_length=40)
    party_id = models.CharField(max_length=40, help_text="whose account it is, as published when the event came")
    amount = models.BigIntegerField(null=True, blank=True, help_text="minor units of currency")
    currency = models.CharField(max_length=3)
    same_name = models.BooleanField(default=False)
    category = models.CharField(max_length=30, blank=True)
    received_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    delivery = models.UUIDField(help_text="the request that brought it")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0), name="an_event_s_amount_has_no_sign"
            )
        ]
        indexes = [
            models.Index(fields=["party_id", "at"], name="event_party_idx"),
            models.Index(fields=["at"], name="event_at_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.kind}"


class RuleSet(models.Model):
    """A version of the rules; the highest is in force. Before the first, the defaults are (version 0)."""

    version = models.PositiveIntegerField(unique=True)
    content = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    since = models.DateTimeField()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(condition=models.Q(version__gte=1), name="versions_of_rules_begin_at_one"),
            models.CheckConstraint(
                condition=~models.Q(made_by=models.F("approved_by")), name="rules_are_approved_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"rules {self.version}"


class Signal(models.Model):
    """Something a colleague should know of a customer now: who saw it, who acted, what came of it."""

    class State(models.TextChoices):
        NEW = "new"
        CLAIMED = "claimed"
        ESCALATED = "escalated"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cause = models.CharField(max_length=160, unique=True, help_text="one for one occasion; the same again is the same")
    party_id = models.CharField(max_length=40)
    org_path = models.CharField(max_length=200)
    rule = models.CharField(max_length=30, help_text="a rule's name, or “hand”")
    rule_version = models.PositiveIntegerField(default=0)
    event_id = models.CharField(max_length=80, blank=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    goes_to = models.CharField(max_length=40, blank=True, help_text="employee number; empty: the branch's pool")
    escalates_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="claimed_signals"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True, choices=choices(codes.SIGNAL_OUTCOMES))
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_words = models.CharField(max_length=500, blank=True)
    led_to = models.UUIDField(null=True, blank=True, unique=True, help_text="the opportunity that came of it")
    settled_with = models.CharField(max_length=120, blank=True, help_text="key of the entry that ended with it")
    before = models.JSONField(null=True, blank=True, help_text="how a closed one stood, for taking back")
    version = models.PositiveIntegerField(default=1, help_text="grows with every change")
    changed_at = models.DateTimeField()
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        ordering = ["-at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(state__in=("new", "escalated"), claimed_by=None, claimed_at=None)
                    | models.Q(state__in=("claimed", "closed"), claimed_by__isnull=False, claimed_at__isnull=False)
                ),
                name="a_signal_is_claimed_by_one",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(state="closed", closed_at__isnull=False) & ~models.Q(outcome="")
                    | ~models.Q(state="closed") & models.Q(closed_at=None, outcome="")
                ),
                name="a_closed_signal_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(state="closed") | models.Q(settled_with="", before=None),
                name="an_open_signal_ended_with_nothing",
            ),
            models.CheckConstraint(
                condition=~models.Q(rule="hand") | models.Q(seen_by__isnull=False), name="a_hand_signal_says_who_saw_it"
            ),
        ]
        indexes = [
            models.Index(fields=["goes_to", "-at"], name="signal_goes_to_idx", condition=~models.Q(state="closed")),
            models.Index(fields=["org_path", "-at"], name="signal_org_idx", condition=~models.Q(state="closed")),
            models.Index(fields=["party_id", "-at"], name="signal_party_idx"),
            models.Index(fields=["claimed_by", "state", "-at"], name="signal_claimed_idx"),
            models.Index(fields=["changed_at"], name="signal_changed_idx"),
            models.Index(fields=["settled_with"], name="signal_settled_with_idx", condition=~models.Q(settled_with="")),
            models.Index(fields=["escalates_at"], name="signal_escalates_idx", condition=models.Q(state="new")),
        ]

    def __str__(self) -> str:
        return f"{self.rule} of {self.party_id}: {self.state}"


class Listening(models.Model):
    """How a person wants to be told: with a sound or without (without, unless they ask for it)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    sound = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.user}: {'sound' if self.sound else 'no sound'}"
