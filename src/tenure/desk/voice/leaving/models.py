"""Exit interviews with lost customers, and whom the draw lets us win back."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from tenure.contracts import codes
from tenure.desk.kit.choices import choices


class Interview(models.Model):
    """A lost customer is asked why they left: one interview for a customer and month of loss."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party_id = models.CharField(max_length=40)
    month = models.CharField(max_length=7, help_text="month of the loss, YYYY-MM")
    org_path = models.CharField(max_length=200, help_text="the customer's branch when it was opened")
    definition = models.CharField(max_length=40, help_text="by which definition they are lost")
    data_cause = models.CharField(max_length=30, blank=True, choices=choices(codes.LEAVING_CAUSES))
    confidence = models.FloatField(null=True, blank=True, help_text="of the cause by data, 0 to 1")
    value = models.BigIntegerField(default=0, help_text="average assets of the year before, minor units")
    owner = models.CharField(max_length=40, blank=True, help_text="employee number; empty: nobody was found")
    concerns = models.CharField(max_length=40, blank=True, help_text="employee the customer blames, who may not ask")
    state = models.CharField(max_length=6, choices=choices(codes.EXIT_STATES), default="open")
    tries = models.PositiveSmallIntegerField(default=0, help_text="calls that reached nobody")
    result = models.CharField(max_length=12, blank=True, choices=choices(codes.EXIT_RESULTS))
    cause = models.CharField(max_length=30, blank=True, choices=choices(codes.LEAVING_CAUSES))
    words = models.CharField(max_length=2000, blank=True, help_text="why, as the customer said it")
    to_bank = models.CharField(max_length=80, blank=True, help_text="bank they went to, as told")
    product = models.CharField(max_length=30, blank=True, choices=choices(codes.PRODUCT_CATEGORIES))
    back_words = models.CharField(max_length=2000, blank=True, help_text="what would bring them back")
    may_call = models.BooleanField(null=True, help_text="whether we may call again; null: not asked")
    decision = models.CharField(max_length=16, blank=True, choices=choices(codes.WIN_BACK_DECISIONS))
    opened_at = models.DateTimeField()
    due_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="goes up with every change")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party_id", "month"], name="a_loss_is_asked_about_once"),
            models.CheckConstraint(
                condition=Q(state="open", result="", ended_at=None, decision="")
                | (Q(state="done", ended_at__isnull=False) & ~Q(result="") & ~Q(decision="")),
                name="an_ended_interview_says_how_and_what_follows",
            ),
            models.CheckConstraint(
                condition=~Q(result="told") | (~Q(cause="") & Q(may_call__isnull=False)),
                name="who_told_us_named_a_cause_and_whether_to_call",
            ),
            models.CheckConstraint(
                condition=~Q(result="refused") | Q(may_call=False), name="who_would_not_talk_is_not_called_again"
            ),
            models.CheckConstraint(
                condition=Q(concerns="") | ~Q(owner=models.F("concerns")), name="nobody_asks_about_themselves"
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="exit_due_idx"),
            models.Index(fields=["-ended_at", "id"], name="exit_ended_idx"),
            models.Index(fields=["owner", "due_on"], name="exit_owner_idx", condition=Q(state="open")),
            models.Index(fields=["org_path", "due_on"], name="exit_org_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.month}: {self.result or self.state}"


class WinBack(models.Model):
    """A lost customer worth winning back: drawn by the server to be called, or held out for comparison."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.OneToOneField(Interview, on_delete=models.PROTECT, related_name="win_back")
    party_id = models.CharField(max_length=40)
    org_path = models.CharField(max_length=200)
    arm = models.CharField(max_length=10, choices=choices(codes.ARMS))
    held_out_percent = models.PositiveSmallIntegerField(help_text="of those worth it, how many were held out then")
    cause = models.CharField(max_length=30, choices=choices(codes.LEAVING_CAUSES))
    value = models.BigIntegerField(help_text="average assets of the year before, minor units")
    owner = models.CharField(max_length=40, blank=True, help_text="employee number; empty: held out, or nobody")
    state = models.CharField(max_length=8, choices=choices(codes.WIN_BACK_STATES))
    tries = models.PositiveSmallIntegerField(default=0, help_text="calls that reached nobody")
    result = models.CharField(max_length=12, blank=True, choices=choices(codes.WIN_BACK_RESULTS))
    words = models.CharField(max_length=2000, blank=True, help_text="what was offered and answered last")
    drawn_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True, help_text="when the customer was first talked with")
    ended_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="goes up with every change")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(arm="held_out", state="held_out", owner="", tries=0, offered_at=None, result=""))
                | (Q(arm="treated") & ~Q(state="held_out")),
                name="nobody_calls_who_is_held_out",
            ),
            models.CheckConstraint(
                condition=(Q(state="done", ended_at__isnull=False) & ~Q(result=""))
                | (~Q(state="done") & Q(ended_at=None, result="")),
                name="an_ended_win_back_says_how",
            ),
            models.CheckConstraint(
                condition=Q(held_out_percent__gte=1, held_out_percent__lte=99), name="some_are_held_out_and_not_all"
            ),
        ]
        indexes = [
            models.Index(fields=["-value", "id"], name="win_back_value_idx"),
            models.Index(fields=["owner", "-value"], name="win_back_owner_idx", condition=Q(state="open")),
            models.Index(fields=["party_id"], name="win_back_party_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id}: {self.result or self.state}"
