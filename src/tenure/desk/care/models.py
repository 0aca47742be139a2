"""What was done about care. What is merely due is not stored: ``rules`` says it from what is known."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from tenure.desk.care import rules


class CareAct(models.Model):
    """One due care that was given, or left out with a reason. Each due care is settled once.

    What was taken back stays as such, so that the lake can be told.
    """

    class State(models.TextChoices):
        DONE = "done"
        SKIPPED = "skipped"

    party_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in rules.KINDS])
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=300, blank=True)
    contact = models.OneToOneField(
        "work.Contact", on_delete=models.PROTECT, null=True, blank=True, related_name="care_act"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="taken back; the care is due again")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "kind", "due_on"],
                condition=models.Q(withdrawn_at=None),
                name="a_due_care_is_settled_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state="done", contact__isnull=False)
                | models.Q(state="skipped", contact__isnull=True),
                name="care_is_done_by_a_contact",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="skipped") | ~models.Q(reason=""), name="a_skipped_care_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.kind} {self.due_on}: {self.state}"


class Statement(models.Model):
    """A statement issued to a customer, as it was told them: never changed, so that a reprint says the same."""

    class Span(models.TextChoices):
        MONTH = "month"
        QUARTER = "quarter"
        YEAR = "year"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_key = models.UUIDField(unique=True, help_text="of the form it was issued by: sent twice it is issued once")
    party_id = models.CharField(max_length=40)
    span = models.CharField(max_length=10, choices=Span.choices)
    first_on = models.DateField()
    last_on = models.DateField()
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    advice = models.TextField(max_length=rules.ADVICE_LENGTH[1])
    content = models.JSONField(help_text="all figures and names as they stood")
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(advice=""), name="a_statement_gives_advice"),
            models.CheckConstraint(
                condition=models.Q(first_on__lte=models.F("last_on")), name="a_statement_begins_before_it_ends"
            ),
        ]
        indexes = [models.Index(fields=["party_id", "-issued_at"], name="statement_party_idx")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.first_on}–{self.last_on}"


class Event(models.Model):
    """A seminar or an occasion of care, at a place, on a day, for so many."""

    class Kind(models.TextChoices):
        SEMINAR = "seminar"
        PRODUCT = "product"
        CARE = "care"
        OTHER = "other"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form_key = models.UUIDField(unique=True, help_text="of the form it was made by: sent twice it is made once")
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    on = models.DateField()
    place = models.CharField(max_length=200)
    words = models.TextField(max_length=2000, blank=True)
    capacity = models.PositiveIntegerField()
    org_path = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True, blank=True, help_text="since when it stands as it does")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(capacity__gte=1), name="an_event_has_room"),
            models.CheckConstraint(
                condition=~models.Q(title="") & ~models.Q(place=""), name="an_event_says_what_where"
            ),
        ]
        indexes = [models.Index(fields=["-on"], name="event_day_idx")]

    def __str__(self) -> str:
        return f"{self.title} {self.on}"


class Invitation(models.Model):
    """One customer's place at an event, from the invitation to the day itself."""

    class State(models.TextChoices):
        INVITED = "invited"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        ATTENDED = "attended"
        ABSENT = "absent"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="invitations")
    party_id = models.CharField(max_length=40, db_index=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.INVITED)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "party_id"], name="a_customer_is_invited_once")]

    def __str__(self) -> str:
        return f"{self.party_id} at {self.event_id}: {self.state}"
