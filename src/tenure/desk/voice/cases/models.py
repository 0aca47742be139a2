"""Cases of the closed loop, every step they took, their clocks, pauses and escalations."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from tenure.contracts import codes
from tenure.desk.kit.choices import choices


class Case(models.Model):
    """Somebody who was unhappy, whose it is to repair it, and how far that has come."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party_id = models.CharField(max_length=40)
    org_path = models.CharField(max_length=200, help_text="the customer's branch when it was opened")
    source = models.CharField(max_length=10, choices=choices(codes.CASE_SOURCES))
    source_key = models.CharField(max_length=120, help_text="which answer, signal or form; one case for each")
    words = models.CharField(max_length=2000, blank=True, help_text="what the customer said")
    score = models.PositiveSmallIntegerField(null=True, blank=True, help_text="0–10, of a survey's answer")
    concerns = models.CharField(max_length=40, blank=True, help_text="employee number it is about, who may not own it")
    barred = models.JSONField(default=list, help_text="employee numbers who may not handle it for other reasons")
    owner = models.CharField(max_length=40, blank=True, help_text="employee number; empty: nobody was found")
    state = models.CharField(max_length=12, choices=choices(codes.CASE_STATES), default="open")
    round = models.PositiveSmallIntegerField(default=1, help_text="goes up when it is opened again")
    cause = models.CharField(max_length=20, blank=True, choices=choices(codes.CASE_CAUSES))
    offer = models.CharField(max_length=2000, blank=True)
    action = models.CharField(max_length=2000, blank=True, help_text="what was done about it")
    result = models.CharField(max_length=12, blank=True, choices=choices(codes.CASE_RESULTS))
    due_at = models.DateTimeField(null=True, blank=True, help_text="when the next of its clocks runs out")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True, help_text="when the customer was reached")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="goes up with every change")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "source_key"], name="one_case_for_each_occasion"),
            models.CheckConstraint(condition=~Q(source_key=""), name="a_case_says_what_it_comes_from"),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | (
                    Q(closed_at__isnull=False, closed_by__isnull=False, due_at__isnull=True)
                    & ~Q(cause="")
                    & ~Q(action="")
                    & ~Q(result="")
                ),
                name="a_closed_case_has_a_cause_and_an_action",
            ),
            models.CheckConstraint(
                condition=Q(state="closed") | Q(closed_at=None, closed_by=None, result=""),
                name="an_open_case_has_no_result",
            ),
            models.CheckConstraint(
                condition=Q(concerns="") | ~Q(owner=models.F("concerns")), name="nobody_judges_their_own_case"
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=10), name="a_case_s_score_is_0_to_10"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="case_due_idx"),
            models.Index(fields=["-opened_at", "id"], name="case_opened_idx"),
            models.Index(fields=["party_id", "-opened_at"], name="case_party_idx"),
            models.Index(fields=["owner", "due_at"], name="case_owner_idx", condition=~Q(state="closed")),
            models.Index(fields=["org_path", "-opened_at"], name="case_org_idx"),
            models.Index(fields=["concerns"], name="case_concerns_idx"),
        ]

    @property
    def number(self) -> str:
        """The number people call it by."""
        return self.pk.hex[:8].upper()

    def __str__(self) -> str:
        return f"{self.number} {self.party_id}: {self.state}"


class CaseErasure(models.Model):
    """Stands for as long as the steps of a case are erased with their person: without it the database keeps them.

    Written and taken away again in the transaction that erases, so that nobody else ever sees one.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return str(self.pk)


class CaseStep(models.Model):
    """One thing that happened to a case. Written once: the database refuses to change it, and to remove it but where a
    person is erased (:class:`CaseErasure`)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=choices(codes.CASE_STEPS))
    state = models.CharField(max_length=12, choices=choices(codes.CASE_STATES), help_text="the case's after it")
    detail = models.CharField(max_length=40, blank=True, help_text="a code: cause, result, reason, clock, employee")
    words = models.CharField(max_length=2000, blank=True)
    contact_id = models.UUIDField(null=True, blank=True, help_text="the contact logged with it")
    #: What it was about in words; whoever shows it says so (``selectors.steps_of``).
    told: str

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["case", "at"], name="case_step_idx")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"


class CasePause(models.Model):
    """While the bank waits for somebody else, the clocks stand."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pauses")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=16, choices=choices(codes.CASE_PAUSES))
    words = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["began_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="a_case_is_paused_once"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("began_at")), name="a_pause_ends_after_it_began"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="a_pause_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.reason}"


class CaseClock(models.Model):
    """One clock of one round of a case, with the allowances at which somebody is told, as they were when it began."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    round = models.PositiveSmallIntegerField()
    clock = models.CharField(max_length=10, choices=choices(codes.CASE_CLOCKS))
    counts = models.CharField(max_length=8, help_text="wall, working or days, see voice.clocks")
    began_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True, help_text="when what it waits for was done")
    allowance = models.PositiveIntegerField(help_text="minutes of this clock; a day has 1,440")
    levels = models.JSONField(help_text="minutes of this clock at which the owner, the head and those above are told")
    level = models.PositiveSmallIntegerField(default=0, help_text="how many of the levels were reached")
    due_at = models.DateTimeField(null=True, blank=True, help_text="null: an open pause lies before it")
    next_at = models.DateTimeField(null=True, blank=True, help_text="when the next level is reached")

    class Meta:
        ordering = ["began_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "clock"], name="a_round_has_each_clock_once"),
            models.CheckConstraint(condition=Q(stopped_at=None) | Q(next_at=None), name="a_stopped_clock_tells_nobody"),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="case_clock_next_idx", condition=Q(next_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.clock} {self.round}"


class CaseEscalation(models.Model):
    """Somebody was told that a clock runs out or has run out: once for each level."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="escalations")
    round = models.PositiveSmallIntegerField()
    clock = models.CharField(max_length=10, choices=choices(codes.CASE_CLOCKS))
    level = models.PositiveSmallIntegerField(
        help_text="0: the owner, before; 1: the head; 2: those above; 3 and on: after more time was given"
    )
    told = models.CharField(max_length=40, blank=True, help_text="employee number; empty: there was nobody")
    reached_at = models.DateTimeField(help_text="when the clock reached the level")
    at = models.DateTimeField(help_text="when it was noticed: later where the worker was down")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round", "clock", "level"], name="each_level_of_a_clock_is_told_once"
            )
        ]
        indexes = [models.Index(fields=["told", "-at"], name="case_escalation_told_idx")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.clock} {self.level}"
