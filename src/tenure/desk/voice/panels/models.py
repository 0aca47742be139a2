"""Panels, everybody eligible when their order was drawn, sessions, what was said there and what came of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from tenure.contracts import codes
from tenure.desk.kit.choices import choices

_HELD_OUT = Q(
    state="held_out", round=None, invited_at=None, token_hash=None, expires_at=None, sent_at=None, answered_at=None
)


def _person(null: bool = False) -> models.ForeignKey[models.Model, models.Model]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=null, blank=null, related_name="+"
    )


class Panel(models.Model):
    """Customers who test something: what, for what, whom, how many, and how far it has come."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=60, help_text="of the form it was made with: sent twice it is one")
    title = models.CharField(max_length=120, help_text="what is tested, as customers read it")
    title_en = models.CharField(max_length=120, blank=True, help_text="the same in English; empty: as it is")
    purpose = models.CharField(max_length=500, help_text="what it is for, as customers read it")
    purpose_en = models.CharField(max_length=500, blank=True)
    category = models.CharField(max_length=30, blank=True, choices=choices(codes.PRODUCT_CATEGORIES))
    owner = models.CharField(max_length=40, help_text="employee number")
    org_path = models.CharField(max_length=200, help_text="the branch of whoever planned it; checked there or above")
    wanted = models.PositiveSmallIntegerField(help_text="how many are to take part")
    tiers = models.JSONField(default=list, help_text="of these tiers; empty: every tier")
    branches = models.JSONField(default=list, help_text="numbers of branches, with all below; empty: all")
    kinds = models.JSONField(default=list, help_text="persons, companies; empty: both")
    months = models.PositiveSmallIntegerField(default=0, help_text="customers for at least so many months")
    channels = models.JSONField(default=list, help_text="by which they are invited, in the order they are tried")
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=8, choices=choices(codes.PANEL_STATES), default="planned")
    held_out_percent = models.PositiveSmallIntegerField(default=30, help_text="of those eligible, never invited")
    eligible = models.PositiveIntegerField(null=True, blank=True, help_text="when the order was drawn")
    listed = models.PositiveIntegerField(null=True, blank=True, help_text="of these, in the order that was drawn")
    drawn_at = models.DateTimeField(null=True, blank=True, help_text="when the order was drawn")
    rounds = models.PositiveSmallIntegerField(default=0, help_text="how often was drawn")
    ended_words = models.CharField(max_length=1000, blank=True, help_text="what came of it all, or why dropped")
    ended_at = models.DateTimeField(null=True, blank=True)
    made_by = _person()
    made_at = models.DateTimeField()
    changed_by = _person()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="goes up with every change")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["made_by", "key"], name="a_form_plans_one_panel"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(purpose="") & ~Q(owner=""), name="a_panel_has_a_purpose_and_an_owner"
            ),
            models.CheckConstraint(condition=Q(wanted__gte=1), name="a_panel_wants_somebody"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="a_panel_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(held_out_percent__gte=10, held_out_percent__lte=90), name="a_panel_leaves_a_control"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "closed"], drawn_at__isnull=False, listed__isnull=False, rounds__gte=1)
                | Q(state__in=["planned", "approved", "dropped"], drawn_at=None, listed=None, rounds=0),
                name="an_open_panel_was_drawn",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["closed", "dropped"], ended_at__isnull=False) & ~Q(ended_words=""))
                | (~Q(state__in=["closed", "dropped"]) & Q(ended_at=None, ended_words="")),
                name="an_ended_panel_says_what_came_of_it",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-made_at"], name="panel_state_idx"),
            models.Index(fields=["owner", "state"], name="panel_owner_idx"),
        ]

    @property
    def number(self) -> str:
        """The number people call it by."""
        return self.pk.hex[:8].upper()

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Member(models.Model):
    """A customer eligible when a panel's order was drawn: invited in their turn, or never and so the control."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="members")
    party_id = models.CharField(max_length=40)
    org_path = models.CharField(max_length=200, help_text="the customer's branch then")
    tier = models.CharField(max_length=20, blank=True, help_text="the customer's tier then")
    place = models.PositiveIntegerField(help_text="in the order that was drawn, from 1")
    channel = models.CharField(max_length=10, choices=choices(codes.SURVEY_CHANNELS))
    listed_at = models.DateTimeField(help_text="when the order was drawn")
    round = models.PositiveSmallIntegerField(null=True, blank=True, help_text="in which draw invited; null: never")
    state = models.CharField(max_length=10, choices=choices(codes.PANEL_MEMBER_STATES))
    invited_at = models.DateTimeField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    telling_at = models.DateTimeField(null=True, blank=True, help_text="when the message with what came of it was made")
    told_at = models.DateTimeField(null=True, blank=True, help_text="when they learned what came of all they said")
    told_how = models.CharField(max_length=10, blank=True, choices=choices(codes.PANEL_TOLD))
    told_problem = models.CharField(max_length=20, blank=True, help_text="why the message did not reach them")
    changed_by = _person(null=True)
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="goes up with every change somebody makes")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["panel", "party_id"], name="a_panel_lists_a_customer_once"),
            models.UniqueConstraint(fields=["panel", "place"], name="a_place_in_the_order_is_one_customers"),
            models.CheckConstraint(
                condition=_HELD_OUT
                | (~Q(state="held_out") & Q(round__isnull=False, invited_at__isnull=False, expires_at__isnull=False)),
                name="only_who_is_drawn_is_invited",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "declined", "withdrawn"]) | Q(answered_at__isnull=False),
                name="an_answered_invitation_says_when",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None, told_how="") | (Q(told_at__isnull=False) & ~Q(told_how="")),
                name="who_was_told_was_told_somehow",
            ),
        ]
        indexes = [
            models.Index(fields=["party_id", "-invited_at"], name="panel_member_party_idx"),
            models.Index(fields=["panel", "state", "place"], name="panel_member_state_idx"),
            models.Index(
                fields=["expires_at"],
                name="panel_member_ends_idx",
                condition=Q(state__in=["waiting", "sent", "opened"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} in {self.panel_id}: {self.state}"


class Session(models.Model):
    """A time at which participants test: when, where, how."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="sessions")
    at = models.DateTimeField()
    way = models.CharField(max_length=8, choices=choices(codes.PANEL_SESSION_WAYS))
    place = models.CharField(max_length=200, help_text="where, or the number or link to join, as customers read it")
    made_by = _person()
    made_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(place=""), name="a_session_has_a_place"),
            models.UniqueConstraint(
                fields=["panel", "at", "way", "place"], condition=Q(cancelled_at=None), name="a_session_is_planned_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel_id} {self.at:%Y-%m-%d %H:%M}"


class Attendance(models.Model):
    """Whether a participant took part in a session; the link by which they say how it was belongs to it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="attendances")
    state = models.CharField(max_length=8, choices=choices(codes.PANEL_ATTENDANCE))
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    noted_by = _person()
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "member"], name="a_session_is_attended_once"),
            models.CheckConstraint(
                condition=Q(state="attended") | Q(token_hash=None), name="who_did_not_come_has_no_link"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.state}"


class Outcome(models.Model):
    """What came of what participants said: taken up or not, and why, as they are told it."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="outcomes")
    kind = models.CharField(max_length=12, choices=choices(codes.PANEL_OUTCOMES))
    words = models.CharField(max_length=1000, help_text="what is done, or why not, as participants read it")
    decided_by = _person()
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["decided_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="an_outcome_says_why")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.words[:40]}"


class Feedback(models.Model):
    """What a participant said of a session, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attendance = models.OneToOneField(Attendance, on_delete=models.PROTECT, related_name="feedback")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="feedbacks")
    rating = models.PositiveSmallIntegerField(help_text="1 to 5")
    words = models.CharField(max_length=2000, blank=True, help_text="as the customer said it")
    source = models.CharField(max_length=8, choices=choices(codes.PANEL_FEEDBACK_SOURCES))
    given_by = _person(null=True)
    given_at = models.DateTimeField()
    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, null=True, blank=True, related_name="feedbacks")
    changed_at = models.DateTimeField()
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="a_panel_rating_is_1_to_5"),
            models.CheckConstraint(
                condition=Q(source="customer", given_by=None) | Q(source="staff", given_by__isnull=False),
                name="noted_feedback_says_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["member"], name="panel_feedback_member_idx")]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.rating}"
