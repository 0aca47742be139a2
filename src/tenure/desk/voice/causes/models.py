"""Themes as published and as people correct them; improvements, where they start, their actions and history."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from tenure.contracts import codes
from tenure.contracts.causes import MEASURED, THEME, THEME_BRANCH, THEME_VOICE
from tenure.desk.kit.choices import choices
from tenure.desk.publication.slots import slots

Theme = slots(THEME, __name__)
ThemeBranch = slots(THEME_BRANCH, __name__)
ThemeVoice = slots(THEME_VOICE, __name__)
Measured = slots(MEASURED, __name__)


def _person(null: bool = False) -> models.ForeignKey[models.Model, models.Model]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=null, blank=null, related_name="+"
    )


class ThemeStanding(models.Model):
    """How often people corrected a theme: the version a form is made from, and who was last. ``""``: no theme."""

    theme = models.CharField(max_length=80, primary_key=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = _person(null=True)
    changed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.theme} {self.version}"


class ThemeCorrection(models.Model):
    """One correction of the themes. Written once and at most taken back; the nights apply those that stand."""

    kind = models.CharField(max_length=8, choices=choices(codes.THEME_CORRECTIONS))
    theme = models.CharField(max_length=80, help_text="the theme corrected, or to which the words or phrase are moved")
    moved_from = models.CharField(max_length=80, blank=True, help_text="where the words were")
    name = models.CharField(max_length=40, blank=True)
    into = models.CharField(max_length=80, blank=True)
    phrase = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=4000, blank=True, help_text="what the customer said")
    source = models.CharField(max_length=10, blank=True, choices=choices(codes.VOICE_SOURCES))
    number = models.CharField(max_length=60, blank=True)
    party_id = models.CharField(max_length=40, blank=True)
    made_by = _person()
    made_at = models.DateTimeField()
    undone_by = _person(null=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="rename") & ~Q(name=""))
                | (Q(kind="merge") & ~Q(into=""))
                | (Q(kind="phrase") & ~Q(phrase=""))
                | (Q(kind="text") & ~Q(words="") & ~Q(number="") & ~Q(party_id="")),
                name="a_correction_says_what_it_corrects",
            ),
            models.CheckConstraint(condition=~Q(into=models.F("theme")), name="no_theme_is_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="a_correction_taken_back_says_by_whom",
            ),
            models.UniqueConstraint(
                fields=["theme"], condition=Q(kind="rename", undone_at=None), name="a_theme_has_one_name"
            ),
            models.UniqueConstraint(
                fields=["theme"], condition=Q(kind="merge", undone_at=None), name="a_theme_is_merged_once"
            ),
            models.UniqueConstraint(
                fields=["phrase"], condition=Q(kind="phrase", undone_at=None), name="a_phrase_is_in_one_theme"
            ),
            models.UniqueConstraint(
                fields=["source", "number"], condition=Q(kind="text", undone_at=None), name="words_are_in_one_theme"
            ),
        ]
        indexes = [models.Index(fields=["party_id"], name="theme_correction_party_idx")]

    def __str__(self) -> str:
        return f"{self.kind} {self.theme}"


class Improvement(models.Model):
    """What is done about a cause, or a new service: whose it is, how far it has come, what it changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=60, help_text="of the form it was made with: sent twice it is one")
    kind = models.CharField(max_length=12, choices=choices(codes.IMPROVEMENT_KINDS))
    title = models.CharField(max_length=120)
    aim = models.CharField(max_length=500, help_text="what should be otherwise, and by how much")
    functions = models.JSONField(default=list, help_text="functions of the bank that take part")
    owner = models.CharField(max_length=40, help_text="employee number")
    org_path = models.CharField(max_length=200, help_text="the branch of whoever proposed it; checked there or above")
    state = models.CharField(max_length=10, choices=choices(codes.IMPROVEMENT_STATES), default="proposed")
    starts_on = models.DateField(help_text="planned; from its beginning on the day it began")
    channel = models.CharField(max_length=10, blank=True, choices=choices(codes.CHANNELS))
    category = models.CharField(max_length=30, blank=True, choices=choices(codes.PRODUCT_CATEGORIES))
    cost = models.BigIntegerField(null=True, blank=True, help_text="in all, minor units")
    contact_cost = models.BigIntegerField(null=True, blank=True, help_text="of a contact by it, minor units")
    replaced_cost = models.BigIntegerField(null=True, blank=True, help_text="of a contact it takes the place of")
    currency = models.CharField(max_length=3)
    began_at = models.DateTimeField(null=True, blank=True)
    measured = models.JSONField(null=True, blank=True, help_text="the night's measures as they were taken")
    ended_words = models.CharField(max_length=1000, blank=True, help_text="why it was kept or dropped")
    ended_at = models.DateTimeField(null=True, blank=True)
    made_by = _person()
    made_at = models.DateTimeField()
    changed_by = _person()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="goes up with every change")
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["made_by", "key"], name="a_form_proposes_once"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(aim="") & ~Q(owner=""), name="an_improvement_has_an_owner"
            ),
            models.CheckConstraint(
                condition=~Q(kind="innovation") | ~Q(channel="") | ~Q(category=""),
                name="an_innovation_says_what_it_is_about",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "approved", "dropped"]) | Q(began_at__isnull=False),
                name="what_runs_has_begun",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["measured", "kept"]) | Q(measured__isnull=False),
                name="nothing_is_kept_unmeasured",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=["kept", "dropped"]) & ~Q(ended_words="") & Q(ended_at__isnull=False))
                | (~Q(state__in=["kept", "dropped"]) & Q(ended_words="", ended_at=None)),
                name="an_ended_improvement_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "state"], name="improvement_owner_idx"),
            models.Index(fields=["state", "-changed_at"], name="improvement_state_idx"),
        ]

    @property
    def number(self) -> str:
        """The number people call it by."""
        return self.pk.hex[:8].upper()

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class ImprovementTheme(models.Model):
    """A theme an improvement is about, by the name it had then."""

    improvement = models.ForeignKey(Improvement, on_delete=models.CASCADE, related_name="themes")
    theme = models.CharField(max_length=80)
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=choices(codes.THEME_KINDS))

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["improvement", "theme"], name="an_improvement_has_a_theme_once")]
        indexes = [models.Index(fields=["theme"], name="improvement_theme_idx")]

    def __str__(self) -> str:
        return self.theme


class ImprovementBranch(models.Model):
    """A branch where an improvement starts, or one it is compared with."""

    improvement = models.ForeignKey(Improvement, on_delete=models.CASCADE, related_name="branches")
    org_id = models.CharField(max_length=40)
    org_path = models.CharField(max_length=200)
    arm = models.CharField(max_length=8, choices=choices(codes.IMPROVEMENT_ARMS))

    class Meta:
        ordering = ["arm", "org_path"]
        constraints = [
            models.UniqueConstraint(fields=["improvement", "org_id"], name="a_branch_is_treated_or_control"),
        ]

    def __str__(self) -> str:
        return f"{self.org_id} {self.arm}"


class ImprovementAction(models.Model):
    """Something somebody does for it by a day."""

    improvement = models.ForeignKey(Improvement, on_delete=models.PROTECT, related_name="actions")
    words = models.CharField(max_length=300)
    owner = models.CharField(max_length=40, help_text="employee number")
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = _person(null=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="a_done_action_says_by_whom",
            ),
            models.CheckConstraint(condition=~Q(words="") & ~Q(owner=""), name="an_action_has_an_owner"),
        ]
        indexes = [
            models.Index(fields=["owner", "due_on"], name="improvement_action_idx", condition=Q(done_at=None)),
        ]

    def __str__(self) -> str:
        return self.words


class ImprovementStep(models.Model):
    """One thing that happened to an improvement. Written once."""

    improvement = models.ForeignKey(Improvement, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = _person(null=True)
    kind = models.CharField(max_length=12, choices=choices(codes.IMPROVEMENT_STEPS))
    words = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.kind
