"""Introductions: who was asked about whom, whom they named, what came of it, and whether they were thanked (S8)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from tenure.contracts import codes
from tenure.desk.kit.choices import choices
from tenure.desk.network import rules


class Introduction(models.Model):
    """One request to one customer, and the one person or company they named. Who names two has two of these.

    A name and phone that no customer's record holds are kept only as long as they are worked on: a conversion drops
    the phone, an end both.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=60, null=True, blank=True, unique=True, help_text="the caller's own id")
    introducer_id = models.CharField(max_length=40, help_text="the customer who introduces")
    org_path = models.CharField(max_length=200, help_text="the introducer's branch when it began")
    target_id = models.CharField(max_length=40, blank=True, help_text="whom we want to meet, where the bank knows them")
    about = models.CharField(max_length=rules.ABOUT_LENGTH, blank=True, help_text="in words: anyone who …")
    state = models.CharField(max_length=10, choices=choices(codes.INTRODUCTION_STATES))
    owner = models.CharField(max_length=40, blank=True, help_text="employee number of who works on it")
    asked_on = models.DateField(null=True, blank=True, help_text="null: they named somebody unasked")
    given_name = models.CharField(max_length=rules.NAME_LENGTH, blank=True)
    given_phone = models.CharField(max_length=rules.PHONE_LENGTH, blank=True)
    given_id = models.CharField(max_length=40, blank=True, help_text="whom they named, where the bank knows them")
    given_on = models.DateField(null=True, blank=True)
    may_call = models.BooleanField(default=False, help_text="the one named knows of it and agreed to be called")
    contacted_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=15, blank=True, choices=choices(codes.INTRODUCTION_REASONS))
    converted_id = models.CharField(max_length=40, blank=True, help_text="the customer they became")
    opportunity = models.ForeignKey(
        "opportunities.Opportunity", on_delete=models.PROTECT, null=True, blank=True, related_name="introductions"
    )
    thanked_on = models.DateField(null=True, blank=True)
    thanked_how = models.CharField(max_length=10, blank=True, choices=choices(codes.THANKS))
    words = models.CharField(max_length=rules.WORDS_LENGTH, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="goes up with every change")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="asked") | models.Q(asked_on__isnull=False), name="who_was_asked_says_when"
            ),
            models.CheckConstraint(
                condition=models.Q(asked_on__isnull=True) | ~models.Q(about="") | ~models.Q(target_id=""),
                name="one_is_asked_about_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("asked", "declined"), given_on__isnull=True)
                | (
                    models.Q(state__in=("given", "contacted", "converted", "ended"), may_call=True)
                    & models.Q(given_on__isnull=False)
                ),
                name="whoever_is_named_agreed_to_be_called",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("given", "contacted"))
                | ~models.Q(given_name="")
                | ~models.Q(given_id=""),
                name="who_is_worked_on_has_a_name",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("asked", "given", "contacted"), closed_on__isnull=True)
                | models.Q(state__in=("converted", "declined", "ended"), closed_on__isnull=False),
                name="an_introduction_that_is_over_says_when",
            ),
            models.CheckConstraint(
                condition=(models.Q(state__in=("declined", "ended")) & ~models.Q(reason=""))
                | (~models.Q(state__in=("declined", "ended")) & models.Q(reason="")),
                name="an_introduction_without_success_says_why",
            ),
            models.CheckConstraint(
                condition=(models.Q(state="converted") & ~models.Q(converted_id=""))
                | (~models.Q(state="converted") & models.Q(converted_id="", opportunity__isnull=True)),
                name="a_conversion_names_the_customer",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ended") | models.Q(given_name="", given_phone=""),
                name="an_end_keeps_nobodys_name",
            ),
            models.CheckConstraint(
                condition=(models.Q(thanked_on__isnull=True) & models.Q(thanked_how=""))
                | (models.Q(thanked_on__isnull=False, given_on__isnull=False) & ~models.Q(thanked_how="")),
                name="thanks_say_how_and_follow_a_name",
            ),
            models.CheckConstraint(
                condition=~models.Q(introducer_id=models.F("target_id"))
                & ~models.Q(introducer_id=models.F("given_id"))
                & ~models.Q(introducer_id=models.F("converted_id")),
                name="nobody_introduces_themselves",
            ),
            models.UniqueConstraint(
                fields=["introducer_id"], condition=models.Q(state="asked"), name="a_customer_has_one_open_request"
            ),
            models.UniqueConstraint(
                fields=["converted_id"],
                condition=models.Q(state="converted", opportunity__isnull=True),
                name="a_new_customer_came_through_one_introduction",
            ),
            models.UniqueConstraint(
                fields=["opportunity"],
                condition=models.Q(opportunity__isnull=False),
                name="an_opportunity_came_through_one_introduction",
            ),
        ]
        indexes = [
            # Every order of the list ends in the key, so that paging by position works.
            models.Index(fields=["-changed_at", "id"], name="introduction_changed_idx"),
            models.Index(fields=["asked_on", "id"], name="introduction_asked_idx"),
            models.Index(fields=["introducer_id", "-made_at"], name="introduction_introducer_idx"),
            models.Index(fields=["converted_id"], name="introduction_converted_idx"),
            models.Index(fields=["owner", "state"], name="introduction_owner_idx"),
            models.Index(fields=["org_path", "given_on"], name="introduction_branch_idx"),
            models.Index(
                fields=["given_on"],
                condition=models.Q(given_on__isnull=False, thanked_on__isnull=True),
                name="introduction_thanks_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.introducer_id} → {self.given_id or self.target_id or self.about} ({self.state})"


class Upkeep(models.Model):
    """Money spent on one person of a customer's: on what, for which part they play, and for what it was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = models.CharField(max_length=60, null=True, blank=True, unique=True, help_text="the caller's own id")
    party_id = models.CharField(max_length=40, help_text="the customer it is spent for")
    org_path = models.CharField(max_length=200, help_text="the customer's branch then")
    person = models.CharField(max_length=rules.NAME_LENGTH, blank=True, help_text="on whom; empty: the customer")
    part = models.CharField(max_length=10, choices=choices(codes.BUYING_ROLES))
    kind = models.CharField(max_length=10, choices=choices(codes.UPKEEP_KINDS))
    amount = models.BigIntegerField(help_text="minor units of currency")
    currency = models.CharField(max_length=3)
    spent_on = models.DateField()
    purpose = models.CharField(max_length=rules.ABOUT_LENGTH, help_text="for what")
    official = models.BooleanField(default=False, help_text="a public official")
    state = models.CharField(max_length=10, choices=choices(codes.UPKEEP_STATES), default="noted")
    staff_id = models.CharField(max_length=40, blank=True, help_text="employee number of who spent it")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True, help_text="since when it stands as it does")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="upkeep_costs_something"),
            models.CheckConstraint(condition=~models.Q(purpose=""), name="upkeep_says_for_what"),
        ]
        indexes = [
            models.Index(fields=["party_id", "-spent_on"], name="upkeep_party_idx"),
            models.Index(fields=["org_path", "spent_on"], name="upkeep_branch_idx"),
            models.Index(fields=["staff_id", "spent_on"], name="upkeep_staff_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency} ({self.part}, {self.state})"
