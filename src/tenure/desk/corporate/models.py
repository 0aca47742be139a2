"""Companies (S7): what they are buying and who decides it, visits and promises, negotiation, trust, batch business."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from tenure.contracts import codes
from tenure.desk.kit.choices import choices

#: The parts of a judgement of trust are told in tenths: 10 to 100 stand for 1.0 to 10.0.
LEAST_TRUST, MOST_TRUST = 10, 100


def _by() -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")


def _in_lake() -> models.DateTimeField:
    return models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")


def _once() -> models.CharField:
    return models.CharField(max_length=60, null=True, blank=True, unique=True, help_text="the caller's own id")


class DemandNote(models.Model):
    """What was asked or heard about one of a company's five demands. Only added to: the newest stands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = _once()
    party_id = models.CharField(max_length=40)
    demand = models.CharField(max_length=12, choices=choices(codes.DEMANDS))
    state = models.CharField(max_length=10, choices=choices(codes.DEMAND_STATES))
    words = models.CharField(max_length=500, blank=True)
    by = _by()
    at = models.DateTimeField()
    written_back_at = _in_lake()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="heard") | ~models.Q(words=""), name="what_was_heard_of_a_demand_is_told"
            )
        ]
        indexes = [models.Index(fields=["party_id", "demand", "-at"], name="demand_note_party_idx")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.demand}: {self.state}"


class Purchase(models.Model):
    """Something a company is buying from some bank, and where its own decision stands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = _once()
    party_id = models.CharField(max_length=40)
    about = models.CharField(max_length=120)
    demand = models.CharField(max_length=12, choices=choices(codes.DEMANDS))
    stage = models.CharField(max_length=15, choices=choices(codes.BUYING_STAGES), default="need_seen")
    state = models.CharField(max_length=10, choices=choices(codes.PURCHASE_STATES), default="open")
    decision = models.CharField(max_length=200, blank=True, help_text="what the company decides next")
    decides_on = models.DateField(null=True, blank=True)
    stale_on = models.DateField(null=True, blank=True, help_text="the first day on which it is stale; null when closed")
    opened_by = _by()
    opened_at = models.DateTimeField()
    changed_by = _by()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(
        default=1, help_text="goes up with every change to it, its people or criteria"
    )
    written_back_at = _in_lake()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="open")
                | (models.Q(decides_on__isnull=False, stale_on__isnull=False) & ~models.Q(decision="")),
                name="a_purchase_under_way_has_a_dated_decision",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at__isnull=True)
                | (~models.Q(state="open") & models.Q(closed_at__isnull=False, stale_on__isnull=True)),
                name="a_closed_purchase_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["party_id", "-opened_at"], name="purchase_party_idx"),
            models.Index(fields=["stale_on", "id"], condition=models.Q(state="open"), name="purchase_stale_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.about} ({self.stage}, {self.state})"


class PurchaseStep(models.Model):
    """One thing that happened to a purchase. Only added to."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = _by()
    stage = models.CharField(max_length=15)
    state = models.CharField(max_length=10)
    words = models.CharField(max_length=2000, blank=True)
    decision = models.CharField(max_length=200, blank=True)
    decides_on = models.DateField(null=True, blank=True)
    written_back_at = _in_lake()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["purchase", "at"], name="purchase_step_idx")]

    def __str__(self) -> str:
        return f"{self.stage} ({self.state})"


class BuyingRole(models.Model):
    """What one person does in a purchase, and how they stand to us: a customer of the bank, or a name and a post."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="roles")
    party_id = models.CharField(max_length=40, blank=True, help_text="where the person is a customer")
    name = models.CharField(max_length=80, blank=True, help_text="where the person is none")
    post = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=12, choices=choices(codes.BUYING_ROLES))
    attitude = models.CharField(max_length=10, choices=choices(codes.ATTITUDES), default="unknown")
    words = models.CharField(max_length=500, blank=True, help_text="what matters to them")
    since = models.DateTimeField(help_text="when it was first said")
    changed_by = _by()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="taken off; null: in force")
    written_back_at = _in_lake()

    class Meta:
        ordering = ["role", "changed_at"]
        constraints = [
            models.CheckConstraint(
                condition=(~models.Q(party_id="") & models.Q(name="")) | (models.Q(party_id="") & ~models.Q(name="")),
                name="a_buying_role_is_a_customers_or_a_names",
            ),
            models.UniqueConstraint(
                fields=["purchase", "role", "party_id", "name"],
                condition=models.Q(ended_at__isnull=True),
                name="a_person_has_a_buying_role_once",
            ),
        ]
        indexes = [
            models.Index(fields=["purchase", "role"], name="buying_role_purchase_idx"),
            models.Index(fields=["party_id"], name="buying_role_party_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id or self.name}: {self.role}"


class Criterion(models.Model):
    """One thing a company judges offers by, how much it weighs (1–5), and how we stand on it."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="criteria")
    words = models.CharField(max_length=120)
    weight = models.PositiveSmallIntegerField()
    standing = models.CharField(max_length=8, choices=choices(codes.STANDINGS), default="unknown")

    class Meta:
        ordering = ["-weight", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weight__gte=1, weight__lte=5), name="a_criterion_weighs_one_to_five"
            ),
            models.UniqueConstraint(fields=["purchase", "words"], name="a_criterion_is_named_once"),
        ]

    def __str__(self) -> str:
        return f"{self.words} × {self.weight}: {self.standing}"


class Visit(models.Model):
    """A visit to a company: the plan before it, the report after it. The report is a contact too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = _once()
    party_id = models.CharField(max_length=40)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    on = models.DateField()
    aim = models.CharField(max_length=200)
    staff_ids = models.JSONField(help_text="who goes: employee numbers")
    meets = models.CharField(max_length=500, blank=True, help_text="who is met")
    questions = models.TextField(max_length=2000, blank=True, help_text="one a line")
    bring = models.TextField(max_length=1000, blank=True, help_text="one a line")
    state = models.CharField(max_length=10, choices=choices(codes.VISIT_STATES), default="planned")
    outcome = models.CharField(max_length=20, blank=True, choices=choices(codes.OUTCOMES))
    learned = models.TextField(max_length=2000, blank=True)
    next_step = models.CharField(max_length=200, blank=True)
    next_step_on = models.DateField(null=True, blank=True)
    contact_id = models.UUIDField(null=True, blank=True, help_text="the contact the report logged")
    planned_by = _by()
    planned_at = models.DateTimeField()
    changed_by = _by()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    written_back_at = _in_lake()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="reported", contact_id__isnull=False)
                & ~models.Q(learned="")
                & ~models.Q(outcome="")
                | (~models.Q(state="reported") & models.Q(contact_id__isnull=True, learned="", outcome="")),
                name="a_visit_reported_says_what_was_learned",
            )
        ]
        indexes = [
            models.Index(fields=["party_id", "-on"], name="visit_party_idx"),
            models.Index(fields=["on", "id"], condition=models.Q(state="planned"), name="visit_planned_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.on}: {self.state}"


class Promise(models.Model):
    """What one side promised the other at a visit, by when, and whether it was kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="promises")
    party_id = models.CharField(max_length=40)
    side = models.CharField(max_length=4, choices=choices(codes.PROMISE_SIDES))
    who = models.CharField(max_length=80, blank=True, help_text="who gave it")
    words = models.CharField(max_length=200)
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=choices(codes.PROMISE_STATES), default="open")
    settled_on = models.DateField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True, help_text="since when it is settled")
    written_back_at = _in_lake()

    class Meta:
        ordering = ["due_on", "made_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", settled_on__isnull=True, settled_by__isnull=True)
                | (~models.Q(state="open") & models.Q(settled_on__isnull=False, settled_by__isnull=False)),
                name="a_promise_settled_says_by_whom_and_when",
            )
        ]
        indexes = [
            models.Index(fields=["party_id", "due_on"], name="promise_party_idx"),
            models.Index(fields=["due_on", "id"], condition=models.Q(state="open"), name="promise_open_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.side} by {self.due_on}: {self.state}"


class NegotiationSheet(models.Model):
    """One edition of what we prepare for a negotiation. Never changed: a newer edition takes its place."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="sheets")
    number = models.PositiveIntegerField()
    aims = models.TextField(max_length=2000)
    limits = models.TextField(max_length=2000, help_text="beyond which we walk away")
    trades = models.JSONField(help_text="pairs: what we give, what we ask for it")
    their_alternatives = models.TextField(max_length=2000, blank=True)
    our_alternatives = models.TextField(max_length=2000, blank=True)
    written_by = _by()
    written_at = models.DateTimeField()
    written_back_at = _in_lake()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["purchase", "number"], name="sheets_of_a_purchase_are_counted_once"),
            models.CheckConstraint(
                condition=~models.Q(aims="") & ~models.Q(limits=""), name="a_negotiation_has_aims_and_limits"
            ),
        ]

    def __str__(self) -> str:
        return f"edition {self.number}"


class TrustCheck(models.Model):
    """How one person judges a company's trust in them on a day (S7): a self-judgement, kept as it was given."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    external_id = _once()
    party_id = models.CharField(max_length=40)
    answers = models.JSONField(help_text="1 to 10 by question")
    credibility = models.PositiveSmallIntegerField(help_text="in tenths, as the other parts")
    reliability = models.PositiveSmallIntegerField()
    intimacy = models.PositiveSmallIntegerField()
    self_orientation = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=500, blank=True, help_text="what to do about it")
    by = _by()
    at = models.DateTimeField()
    written_back_at = _in_lake()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    **{f"{part}__gte": LEAST_TRUST for part in codes.TRUST_PARTS},
                    **{f"{part}__lte": MOST_TRUST for part in codes.TRUST_PARTS},
                ),
                name="trust_is_judged_from_one_to_ten",
            )
        ]
        indexes = [models.Index(fields=["party_id", "-at"], name="trust_party_idx")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.at:%Y-%m-%d}"


class Sizing(models.Model):
    """What an opportunity with a whole company was sized from, on the night it was made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=choices(codes.BATCHES))
    as_of = models.DateField(help_text="the night whose figures it used")
    opportunity_id = models.UUIDField(unique=True)
    figures = models.JSONField(help_text="counts and amounts it was worked out from")
    amount = models.BigIntegerField(null=True, blank=True, help_text="worked out, minor units; null: could not be told")
    low = models.BigIntegerField(null=True, blank=True)
    high = models.BigIntegerField(null=True, blank=True)
    by = _by()
    at = models.DateTimeField()
    written_back_at = _in_lake()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount=None, low=None, high=None)
                | models.Q(amount__gte=models.F("low"), high__gte=models.F("amount")),
                name="an_amount_lies_within_its_interval",
            )
        ]
        indexes = [models.Index(fields=["party_id", "kind", "-at"], name="sizing_party_idx")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.kind} {self.as_of}"
