"""Complaints, by which ways they arrived, how they were coded, what was conceded, which letters went out."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from tenure.contracts import codes
from tenure.desk.kit.choices import choices
from tenure.desk.voice.cases.models import Case


def _person(null: bool = False) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=null, blank=null, related_name="+"
    )


class Complaint(models.Model):
    """A complaint. Its life and clocks are its case's; one whose person is not known yet has none so far."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, related_name="complaint")
    party_id = models.CharField(max_length=40, blank=True, help_text="empty: who complains is not known")
    person = models.CharField(max_length=200, blank=True, help_text="how somebody unknown calls themselves")
    reach = models.CharField(max_length=200, blank=True, help_text="how somebody unknown can be reached")
    org_path = models.CharField(max_length=200, help_text="the branch complained of")
    concerns = models.CharField(max_length=40, blank=True, help_text="employee number it is about")
    served_by = models.CharField(max_length=40, blank=True, help_text="employee number of who did the transaction")
    received_at = models.DateTimeField(help_text="when it first arrived; the regulator's time runs from then")
    words = models.CharField(max_length=2000)
    wish = models.CharField(max_length=500, blank=True, help_text="what the person wants")
    disputed = models.BigIntegerField(null=True, blank=True, help_text="amount it is about, minor units")
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="when the regulator's time runs out; null: it stands"
    )
    code_version = models.CharField(max_length=20, blank=True, help_text="the table of codes it is coded by")
    channel_code = models.CharField(max_length=20)
    business_code = models.CharField(max_length=20, blank=True)
    cause_code = models.CharField(max_length=20, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="of one whose person was never found")
    settled_words = models.CharField(max_length=2000, blank=True)
    taken_by = _person()
    taken_at = models.DateTimeField()
    changed_by = _person()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="goes up with every change")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(case=None, party_id="") | (Q(case__isnull=False) & ~Q(party_id="")),
                name="whoever_is_known_has_a_case",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="a_complaint_says_something"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_words="")
                | (Q(settled_at__isnull=False, case=None) & ~Q(settled_words="")),
                name="settled_without_a_person_says_how",
            ),
            models.CheckConstraint(
                condition=Q(business_code="", cause_code="")
                | (~Q(business_code="") & ~Q(cause_code="") & ~Q(code_version="")),
                name="a_code_is_of_a_version",
            ),
            models.CheckConstraint(condition=Q(received_at__lte=F("taken_at")), name="received_before_it_was_taken"),
            models.CheckConstraint(
                condition=Q(disputed=None) | Q(disputed__gt=0), name="what_is_disputed_is_something"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None) | Q(due_at=None), name="what_is_settled_is_due_no_more"
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "id"], name="complaint_received_idx"),
            models.Index(fields=["due_at", "id"], name="complaint_due_idx"),
            models.Index(fields=["-changed_at", "id"], name="complaint_changed_idx"),
            models.Index(fields=["party_id", "-received_at"], name="complaint_party_idx"),
            models.Index(fields=["org_path", "-received_at"], name="complaint_org_idx"),
            models.Index(fields=["cause_code", "-received_at"], name="complaint_cause_idx"),
            models.Index(fields=["concerns"], name="complaint_concerns_idx"),
        ]

    @property
    def number(self) -> str:
        """The number people call it by."""
        return self.pk.hex[:8].upper()

    def __str__(self) -> str:
        return f"{self.number} {self.party_id}"


class Arrival(models.Model):
    """One time the complaint came in; the same matter by another channel is an arrival more, not a complaint more."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="arrivals")
    external_id = models.CharField(max_length=60, null=True, unique=True, help_text="the sender's own number")
    channel_code = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    words = models.CharField(max_length=2000)
    wish = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64, help_text="of what was sent, so that the same id with other content tells")
    standing = models.CharField(max_length=8, choices=choices(codes.ARRIVAL_STANDINGS))
    likeness = models.PositiveSmallIntegerField(default=0, help_text="hundredths, to the complaint it may be of")
    taken_by = _person()
    taken_at = models.DateTimeField()
    decided_by = _person(null=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["complaint"], condition=Q(standing="first"), name="a_complaint_first_arrived_once"
            ),
            models.CheckConstraint(condition=Q(likeness__lte=100), name="alike_is_at_most_the_same"),
            models.CheckConstraint(
                condition=~Q(standing="joined") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="somebody_joined_an_arrival",
            ),
        ]
        indexes = [
            models.Index(fields=["received_at"], name="arrival_waiting_idx", condition=Q(standing="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id}: {self.standing}"


class Coding(models.Model):
    """One time a complaint was coded: by which table, what was suggested, what was chosen. Written once."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="codings")
    code_version = models.CharField(max_length=20)
    channel_code = models.CharField(max_length=20)
    business_code = models.CharField(max_length=20)
    cause_code = models.CharField(max_length=20)
    suggested = models.JSONField(default=dict, help_text="codes suggested then, by kind: business, cause")
    by = _person()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.business_code} {self.cause_code}"


class Concession(models.Model):
    """Something given to a customer because they complained; every one is kept, so that fairness can be judged."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="concessions")
    once = models.CharField(max_length=80, unique=True, help_text="asked for twice it is one")
    party_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=14, choices=choices(codes.CONCESSION_KINDS))
    amount = models.BigIntegerField(help_text="minor units; of points their worth")
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=500)
    over = models.CharField(max_length=10, blank=True, help_text="which limit it was above: alone, complaint, year")
    state = models.CharField(max_length=10, choices=choices(codes.CONCESSION_STATES))
    made_by = _person()
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    written_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_concession_gives_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_concession_says_why"),
            models.CheckConstraint(condition=~Q(party_id=""), name="a_concession_is_somebodys"),
        ]
        indexes = [models.Index(fields=["party_id", "-made_at"], name="concession_party_idx")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}: {self.state}"


class Letter(models.Model):
    """A letter to whoever complained, kept as it was written. Written once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="letters")
    once = models.CharField(max_length=80, unique=True, help_text="asked for twice it is one")
    party_id = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10, choices=choices(codes.LETTER_KINDS))
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    text = models.CharField(max_length=6000)
    channel = models.CharField(max_length=10, blank=True, help_text="empty: printed and handed over")
    message_id = models.UUIDField(null=True, blank=True)
    made_by = _person()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="a_letter_says_something"),
            models.CheckConstraint(
                condition=Q(channel="", message_id=None) | (~Q(channel="") & Q(message_id__isnull=False)),
                name="a_letter_sent_has_its_message",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"
