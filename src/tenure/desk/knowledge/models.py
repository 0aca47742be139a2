"""What people know of a customer beyond the bank's files, and what the customer answered when asked (S6, S32)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from tenure.contracts import codes
from tenure.desk.kit.choices import choices


class Fact(models.Model):
    """One thing known of a customer. Never overwritten: a newer fact replaces it, and both are kept."""

    class State(models.TextChoices):
        STANDING = "standing"
        REPLACED = "replaced"
        RETIRED = "retired"
        UNDONE = "undone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=60, null=True, blank=True, unique=True, help_text="the caller's own id")
    party_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=choices(codes.FACT_KINDS))
    code = models.CharField(max_length=24, choices=choices(codes.FACTS))
    words = models.CharField(max_length=500, blank=True)
    bank = models.CharField(max_length=80, blank=True, help_text="another bank's name, as it was heard")
    product = models.CharField(max_length=30, blank=True, choices=choices(codes.PRODUCT_CATEGORIES))
    amount = models.BigIntegerField(null=True, blank=True, help_text="as heard, in minor units of currency")
    currency = models.CharField(max_length=3, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True, help_text="when it is expected, or matures")
    source = models.CharField(max_length=16, choices=choices(codes.FACT_SOURCES))
    version = models.PositiveIntegerField(default=1, help_text="its place among those that replaced one another")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.STANDING)
    superseded_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    changed_at = models.DateTimeField(null=True, blank=True, help_text="since when it stands as it does")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        ordering = ["-noted_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="standing", ended_at=None, ended_by=None)
                | (~models.Q(state="standing") & models.Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="a_fact_that_ended_says_who_ended_it_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(state="replaced", superseded_by__isnull=False)
                | (~models.Q(state="replaced") & models.Q(superseded_by=None)),
                name="a_replaced_fact_names_its_successor",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="changing") | models.Q(until__isnull=False),
                name="a_changing_fact_has_an_expected_date",
            ),
            models.CheckConstraint(
                condition=(models.Q(code=codes.OTHER_BANK) & ~models.Q(bank="") & ~models.Q(product=""))
                | (~models.Q(code=codes.OTHER_BANK) & models.Q(bank="", product="", amount=None) & ~models.Q(words="")),
                name="a_fact_has_words_or_is_held_at_another_bank",
            ),
            models.CheckConstraint(
                condition=models.Q(amount=None, currency="") | (models.Q(amount__gt=0) & ~models.Q(currency="")),
                name="an_amount_heard_has_its_currency",
            ),
            models.CheckConstraint(
                condition=models.Q(since=None) | models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="a_fact_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="a_fact_has_a_version"),
        ]
        indexes = [models.Index(fields=["party_id", "state", "-noted_at"], name="fact_party_idx")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.code} ({self.state})"


class Answers(models.Model):
    """A questionnaire answered by a customer: the score, the rating it gives, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=60, null=True, blank=True, unique=True, help_text="the caller's own id")
    party_id = models.CharField(max_length=40)
    questionnaire = models.CharField(max_length=40)
    edition = models.CharField(max_length=20, help_text="which edition of the questionnaire was asked")
    answers = models.JSONField(help_text="the choice by question")
    score = models.PositiveIntegerField()
    rating = models.CharField(max_length=2, choices=choices(codes.RISK_RATINGS))
    channel = models.CharField(max_length=12, choices=choices(codes.ANSWER_CHANNELS))
    taken_at = models.DateTimeField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="the customer read the result and agrees")
    expires_on = models.DateField()
    overruled_to = models.CharField(max_length=2, blank=True, choices=choices(codes.RISK_RATINGS))
    overruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    overruled_at = models.DateTimeField(null=True, blank=True)
    overrule_reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        ordering = ["-taken_at"]
        verbose_name_plural = "answers"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(overruled_to="", overruled_by=None, overruled_at=None, overrule_reason="")
                | (
                    models.Q(overruled_to__lt=models.F("rating"), overruled_by__isnull=False)
                    & models.Q(overruled_at__isnull=False, confirmed_at__isnull=False)
                    & ~models.Q(overruled_to="")
                    & ~models.Q(overrule_reason="")
                ),
                name="a_rating_is_overruled_downwards_with_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None) | models.Q(confirmed_at__gte=models.F("taken_at")),
                name="answers_are_confirmed_after_they_are_given",
            ),
        ]
        indexes = [models.Index(fields=["party_id", "-taken_at"], name="answers_party_idx")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.taken_at:%Y-%m-%d} {self.rating}"


class AskedParty(models.Model):
    """A customer who was ever asked: the row that is locked while the limits on re-tests are counted."""

    party_id = models.CharField(max_length=40, primary_key=True)

    def __str__(self) -> str:
        return self.party_id
