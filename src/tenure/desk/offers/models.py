"""Bundles, each version of them kept, and solutions put before customers with what became of every item (S9)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from tenure.contracts import codes
from tenure.desk.offers import rules

_STATES = [(code, name.en) for code, name in codes.SOLUTION_STATES.items() if code != rules.EXPIRED]
_LEVELS = [(code, name.en) for code, name in codes.SALE_LEVELS.items()]


class Bundle(models.Model):
    """One version of a bundle: products with services under one name and price, for who may have it.

    A version is never changed: another follows it under four eyes, and solutions keep the one they were made with.
    Of each ``code`` only the newest version is offered, if it is valid and was not withdrawn.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()
    name_zh = models.CharField(max_length=rules.NAME_LENGTH)
    name_en = models.CharField(max_length=rules.NAME_LENGTH)
    needs = models.JSONField(help_text="codes of the needs it serves")
    products = models.JSONField(help_text="numbers of the published products in it, the one it is sold for first")
    services = models.JSONField(help_text="code, zh, en, and cost: minor units of currency a year, to the bank")
    terms = models.JSONField(help_text="who may have it, see rules.Terms")
    price = models.BigIntegerField(help_text="what the customer pays for it a year, in minor units of currency")
    currency = models.CharField(max_length=3)
    owner = models.CharField(max_length=40, help_text="employee number of who answers for it")
    valid_from = models.DateField()
    valid_until = models.DateField(help_text="the last day on which it may be shown")
    reason = models.CharField(max_length=rules.REASON_LENGTH)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    withdrawn_because = models.CharField(max_length=rules.REASON_LENGTH, blank=True)

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="a_bundles_versions_are_counted_once"),
            models.CheckConstraint(condition=Q(version__gte=1, price__gte=0), name="a_bundle_costs_nothing_or_more"),
            models.CheckConstraint(condition=~Q(name_zh="") & ~Q(name_en=""), name="a_bundle_has_both_names"),
            models.CheckConstraint(condition=Q(valid_from__lte=F("valid_until")), name="a_bundle_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(made_by=F("approved_by")), name="nobody_approves_their_own_bundle"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_because="")),
                name="a_withdrawn_bundle_says_who_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}: {self.name_en}"

    @property
    def cost(self) -> int:
        """What its services cost the bank a year, in minor units."""
        return sum(one["cost"] for one in self.services)


class Solution(models.Model):
    """What a customer needs, in order, and what is offered for it; kept as it was shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party_id = models.CharField(max_length=40)
    org_path = models.CharField(max_length=200, help_text="the customer's branch when it was begun")
    manager = models.CharField(max_length=40, blank=True, help_text="employee number of who shows it")
    state = models.CharField(max_length=10, choices=_STATES, default=rules.DRAFT)
    needs = models.JSONField(help_text="in order: need, heard (told by the customer), words")
    advice = models.TextField(max_length=rules.ADVICE_LENGTH, blank=True)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=10, blank=True, help_text="in which it was first shown")
    valid_until = models.DateField(null=True, blank=True, help_text="the last day on which it may be agreed to")
    content = models.JSONField(default=dict, help_text="everything the customer's page says, as it was shown")
    level_shown = models.CharField(max_length=10, blank=True, choices=_LEVELS)
    level_agreed = models.CharField(max_length=10, blank=True, choices=_LEVELS)
    declined_reason = models.CharField(max_length=15, blank=True, help_text="one of codes.LOST_REASONS")
    words = models.CharField(max_length=rules.REASON_LENGTH, blank=True, help_text="what the customer said")
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    shown_on = models.DateField(null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="goes up with every change")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party_id"], condition=Q(state=rules.DRAFT), name="a_customer_has_one_solution_in_draft"
            ),
            models.CheckConstraint(
                condition=Q(state__in=(rules.DRAFT, rules.DROPPED), shown_on=None, valid_until=None, level_shown="")
                | (
                    ~Q(state__in=(rules.DRAFT, rules.DROPPED))
                    & Q(shown_on__isnull=False, valid_until__gte=F("shown_on"))
                    & ~Q(level_shown="")
                ),
                name="a_solution_shown_says_when_and_for_how_long",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(rules.AGREED, rules.PARTLY, rules.DECLINED), settled_on__isnull=False)
                | (~Q(state__in=(rules.AGREED, rules.PARTLY, rules.DECLINED)) & Q(settled_on=None)),
                name="a_settled_solution_says_when",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=(rules.AGREED, rules.PARTLY)) & ~Q(level_agreed=""))
                | (~Q(state__in=(rules.AGREED, rules.PARTLY)) & Q(level_agreed="")),
                name="what_is_agreed_has_a_level",
            ),
            models.CheckConstraint(
                condition=~Q(state=rules.DECLINED) | ~Q(declined_reason=""), name="a_declined_solution_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["party_id", "-begun_at"], name="solution_party_idx"),
            models.Index(fields=["shown_on"], name="solution_shown_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.begun_at:%Y-%m-%d} ({self.state})"


class Item(models.Model):
    """One thing offered for one need: a product or one version of a bundle, and what the customer said to it."""

    class State(models.TextChoices):
        OPEN = "open"
        AGREED = "agreed"
        DECLINED = "declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    solution = models.ForeignKey(Solution, on_delete=models.PROTECT, related_name="items")
    place = models.PositiveIntegerField()
    need = models.CharField(max_length=40)
    product_id = models.CharField(max_length=40, help_text="of a bundle: the product it is sold for")
    category = models.CharField(max_length=40)
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    amount = models.BigIntegerField(help_text="minor units of the solution's currency")
    words = models.CharField(max_length=rules.WORDS_LENGTH, blank=True, help_text="a word of advice on it")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opportunity_id = models.UUIDField(null=True, blank=True, unique=True, help_text="the plan it became")

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["solution", "place"], name="items_have_a_place_each"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="an_item_is_worth_something"),
            models.CheckConstraint(
                condition=Q(state="agreed", opportunity_id__isnull=False)
                | (~Q(state="agreed") & Q(opportunity_id=None)),
                name="what_is_agreed_has_its_plan",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need}: {self.product_id} ({self.state})"
