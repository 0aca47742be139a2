"""Business opportunities, every step they took, and the shares of credit agreed on them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from tenure.contracts import codes
from tenure.desk.kit.choices import choices


class Opportunity(models.Model):
    """Business that may be won with a customer. While it is open it has a next step with a date, always."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=60, null=True, blank=True, unique=True, help_text="the caller's own id")
    party_id = models.CharField(max_length=40)
    org_path = models.CharField(max_length=200, help_text="the customer's branch when it was opened")
    kind = models.CharField(max_length=20, choices=choices(codes.BUSINESS_KINDS))
    title = models.CharField(max_length=120)
    amount = models.BigIntegerField(help_text="minor units of currency; what it is of, codes.BUSINESS_AMOUNTS says")
    currency = models.CharField(max_length=3)
    stage = models.CharField(max_length=20, choices=choices(codes.OPPORTUNITY_STAGES))
    state = models.CharField(max_length=5, choices=choices(codes.OPPORTUNITY_STATES), default="open")
    owner = models.CharField(max_length=40, help_text="employee number")
    source = models.CharField(max_length=10, choices=choices(codes.OPPORTUNITY_SOURCES), default="own")
    source_key = models.CharField(max_length=120, blank=True, help_text="which need, entry or referrer")
    next_step = models.CharField(max_length=200, blank=True)
    next_step_on = models.DateField(null=True, blank=True)
    stale_on = models.DateField(null=True, blank=True, help_text="the first day on which it is stale; null when closed")
    expected_close_on = models.DateField(null=True, blank=True)
    lost_reason = models.CharField(max_length=15, blank=True, choices=choices(codes.LOST_REASONS))
    won_amount = models.BigIntegerField(null=True, blank=True)
    credit_until = models.DateField(null=True, blank=True, help_text="from this day on it gives nobody credit")
    spread_ppm = models.PositiveIntegerField(
        null=True, blank=True, help_text="transfer-price spread a year when it was won, in millionths of won_amount"
    )
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True, help_text="closed_at as a day at the bank")
    version = models.PositiveIntegerField(default=1, help_text="goes up with every change")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="an_opportunity_is_worth_something"),
            models.CheckConstraint(
                condition=~models.Q(state="open")
                | (models.Q(next_step_on__isnull=False, stale_on__isnull=False) & ~models.Q(next_step="")),
                name="an_open_opportunity_has_a_dated_next_step",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at__isnull=True, closed_on__isnull=True)
                | models.Q(
                    state__in=("won", "lost"), closed_at__isnull=False, closed_on__isnull=False, stale_on__isnull=True
                ),
                name="a_closed_opportunity_says_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="lost") | ~models.Q(lost_reason=""), name="a_lost_opportunity_says_why"
            ),
            models.CheckConstraint(
                condition=models.Q(state="won", won_amount__gt=0, credit_until__isnull=False, spread_ppm__isnull=False)
                | (~models.Q(state="won") & models.Q(won_amount__isnull=True, credit_until__isnull=True)),
                name="a_won_opportunity_says_how_much",
            ),
        ]
        indexes = [
            # Every order of the list ends in the key, so that paging by position works.
            models.Index(fields=["stale_on", "id"], name="opportunity_stale_idx"),
            models.Index(fields=["-amount", "id"], name="opportunity_amount_idx"),
            models.Index(fields=["-changed_at", "id"], name="opportunity_changed_idx"),
            models.Index(fields=["expected_close_on", "id"], name="opportunity_expected_idx"),
            models.Index(fields=["party_id", "-opened_at"], name="opportunity_party_idx"),
            models.Index(fields=["owner", "state", "stale_on"], name="opportunity_owner_idx"),
            models.Index(
                fields=["kind", "stage", "stale_on"], condition=models.Q(state="open"), name="opportunity_board_idx"
            ),
            models.Index(
                fields=["closed_on", "credit_until"], condition=models.Q(state="won"), name="opportunity_won_idx"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.kind}, {self.stage}, {self.state})"


class Step(models.Model):
    """One thing that happened to an opportunity: from which stage to which, by whom, with which words."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    from_stage = models.CharField(max_length=20, blank=True, help_text="empty: it was opened")
    to_stage = models.CharField(max_length=20)
    state = models.CharField(max_length=5, default="open", help_text="the opportunity's state after it")
    words = models.TextField(max_length=2000, blank=True)
    next_step = models.CharField(max_length=200, blank=True)
    next_step_on = models.DateField(null=True, blank=True)
    contact_id = models.UUIDField(null=True, blank=True, help_text="the contact logged with it")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["opportunity", "at"], name="step_opportunity_idx")]

    def __str__(self) -> str:
        return f"{self.from_stage or '·'} → {self.to_stage} ({self.state})"


class StageRecord(models.Model):
    """How many of the opportunities that closed in a month had stood at a stage, and how many of them were won.

    Written when an opportunity closes, so that a board reads some hundred rows and not the history of years.
    """

    kind = models.CharField(max_length=20)
    stage = models.CharField(max_length=20)
    month = models.DateField(help_text="its first day")
    closed = models.PositiveIntegerField(default=0)
    won = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "stage", "month"], name="a_stage_has_one_record_a_month"),
            models.CheckConstraint(condition=models.Q(won__lte=models.F("closed")), name="no_more_won_than_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.stage} {self.month:%Y-%m}: {self.won} of {self.closed}"


class Agreement(models.Model):
    """Who found, won and serves (S18): shares proposed as one, in force when everybody named has agreed to them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    opportunity = models.ForeignKey(Opportunity, on_delete=models.PROTECT, related_name="agreements")
    number = models.PositiveIntegerField(help_text="1 for the first on this opportunity")
    state = models.CharField(max_length=10, choices=choices(codes.AGREEMENT_STATES), default="proposed")
    weights = models.JSONField(help_text="of found, won and serves, as configured when it was proposed")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    words = models.CharField(max_length=500, blank=True)
    in_force_from = models.DateField(null=True, blank=True)
    in_force_until = models.DateField(null=True, blank=True, help_text="from this day on another is in force")
    settled_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True, help_text="since when it stands as it does")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "number"], name="agreements_are_counted_once"),
            models.UniqueConstraint(
                fields=["opportunity"],
                condition=models.Q(state__in=("proposed", "objected", "disputed")),
                name="an_opportunity_has_one_agreement_under_way",
            ),
            models.UniqueConstraint(
                fields=["opportunity"], condition=models.Q(state="in_force"), name="an_opportunity_has_one_in_force"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("in_force", "replaced")) | models.Q(in_force_from__isnull=False),
                name="what_is_in_force_says_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"agreement {self.number} ({self.state})"


class Share(models.Model):
    """One person's percentage of one part of the credit."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="shares")
    staff_id = models.CharField(max_length=40)
    part = models.CharField(max_length=6, choices=choices(codes.CREDIT_PARTS))
    percent = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "part", "staff_id"], name="a_person_has_one_share_of_a_part"),
            models.CheckConstraint(
                condition=models.Q(percent__gte=1, percent__lte=100), name="a_share_is_one_to_a_hundred_percent"
            ),
        ]
        indexes = [models.Index(fields=["staff_id", "agreement"], name="share_staff_idx")]

    def __str__(self) -> str:
        return f"{self.staff_id}: {self.percent} % of {self.part}"


class Answer(models.Model):
    """What one of those named said to an agreement: yes, or no and why."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="answers")
    staff_id = models.CharField(max_length=40)
    agrees = models.BooleanField()
    words = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "staff_id"], name="a_person_answers_an_agreement_once"),
            models.CheckConstraint(condition=models.Q(agrees=True) | ~models.Q(words=""), name="an_objection_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id}: {'yes' if self.agrees else 'no'}"
