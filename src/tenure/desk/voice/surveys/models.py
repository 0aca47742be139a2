"""Surveys, each approved version of them kept; moments, whom they could have asked, whom they asked, what was said."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from tenure.contracts import codes
from tenure.desk.kit.choices import choices
from tenure.desk.voice.surveys import rules


class Survey(models.Model):
    """A survey: what it is about, whether it asks now, and the draft of its next version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=15, choices=choices(rules.KINDS))
    moment = models.CharField(max_length=30, choices=choices(codes.MOMENTS), help_text="after which it asks")
    state = models.CharField(max_length=10, choices=choices(rules.STATES), default=rules.DRAFT)
    anonymous = models.BooleanField(
        default=False, help_text="answers are kept apart from whom was asked; never changes"
    )
    draft = models.JSONField(help_text="the next version as it is being made: content and settings")
    wave_months = models.PositiveSmallIntegerField(null=True, blank=True, help_text="months from wave to wave")
    next_wave_on = models.DateField(null=True, blank=True, help_text="the day on which the next wave is drawn")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, help_text="goes up with every change of the draft or the state")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(rules.KINDS)), name="a_survey_is_of_a_kind"),
            models.CheckConstraint(condition=Q(state__in=list(rules.STATES)), name="a_survey_is_in_a_state"),
            models.CheckConstraint(
                condition=Q(wave_months=None, next_wave_on=None)
                | Q(wave_months__in=list(rules.WAVE_MONTHS), next_wave_on__isnull=False, moment=rules.PERIODIC),
                name="only_a_periodic_survey_has_waves",
            ),
        ]
        indexes = [models.Index(fields=["moment"], name="survey_live_idx", condition=Q(state="live"))]

    def __str__(self) -> str:
        return f"{self.code}: {self.state}"


class SurveyVersion(models.Model):
    """What a survey asks and whom, as approved. Never changed: the database refuses; answers point to it."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField(help_text="titles and questions in both languages, see questionnaire.py")
    share = models.DecimalField(max_digits=5, decimal_places=4, help_text="of those who could be asked, 0–1")
    quota = models.PositiveIntegerField(null=True, blank=True, help_text="asked per branch and month; null: no end")
    valid_days = models.PositiveIntegerField(help_text="days after which a link ends")
    wait_days = models.PositiveIntegerField(null=True, blank=True, help_text="longer wait than the bank's; null: none")
    channels = models.JSONField(help_text="in the order in which they are tried")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=rules.REASON_LENGTH)
    since = models.DateTimeField()

    class Meta:
        ordering = ["survey_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="a_surveys_versions_are_counted_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="versions_of_a_survey_begin_at_one"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="a_share_drawn_is_a_share"),
            models.CheckConstraint(
                condition=Q(valid_days__gte=1, valid_days__lte=rules.MOST_VALID_DAYS), name="a_link_ends"
            ),
            models.CheckConstraint(condition=~Q(made_by=F("approved_by")), name="nobody_approves_their_own_survey"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} version {self.number}"


class Wave(models.Model):
    """One day on which a periodic survey was put to everybody who could be asked, by the same draw as any moment.

    It is drawn in parts, each as a whole; ``reached`` is how far it came, so that one broken off goes on there.
    """

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="waves")
    on = models.DateField(help_text="the day that was set")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reached = models.CharField(max_length=40, blank=True, help_text="the last customer number that was decided")
    customers = models.PositiveIntegerField(default=0, help_text="who agreed to be asked, then")
    asked = models.PositiveIntegerField(default=0, help_text="of them drawn")

    class Meta:
        ordering = ["-on"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "on"], name="a_survey_has_a_wave_once_a_day"),
            models.UniqueConstraint(
                fields=["survey"], condition=Q(ended_at=None), name="a_survey_draws_one_wave_at_a_time"
            ),
            models.CheckConstraint(condition=Q(asked__lte=F("customers")), name="no_wave_asks_more_than_there_are"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} on {self.on}"


class Occasion(models.Model):
    """A moment of truth that happened to a customer, as the bank's systems told it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event_id = models.CharField(max_length=80, unique=True, help_text="the sender's; the same again changes nothing")
    moment = models.CharField(max_length=30, choices=choices(codes.MOMENTS))
    party_id = models.CharField(max_length=40)
    org_path = models.CharField(max_length=200, help_text="where it happened")
    staff_id = models.CharField(max_length=40, blank=True, help_text="who served; nobody is chosen by it")
    at = models.DateTimeField()
    reference = models.CharField(max_length=80, blank=True, help_text="the business it was about: a ticket, an account")
    received_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    delivery = models.UUIDField(help_text="the request that brought it")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(party_id=""), name="an_occasion_is_somebody_s")]
        indexes = [models.Index(fields=["party_id", "-at"], name="occasion_party_idx")]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.moment}"


class Invitation(models.Model):
    """What became of an occasion for one survey: asked, or why not. Everyone who could have been asked has a row.

    The link's token is never kept, only its SHA-256. Of an anonymous survey no time of answering is kept either.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="invitations")
    version = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, related_name="+")
    occasion = models.ForeignKey(Occasion, on_delete=models.PROTECT, related_name="invitations")
    party_id = models.CharField(max_length=40)
    org_path = models.CharField(max_length=200)
    drawn_at = models.DateTimeField(help_text="when it was decided, whatever was decided")
    outcome = models.CharField(max_length=12, choices=choices(rules.OUTCOMES))
    channel = models.CharField(max_length=10, blank=True, choices=choices(rules.CHANNELS))
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, blank=True, choices=choices(rules.INVITATION_STATES))
    sent_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "occasion"], name="an_occasion_is_decided_once_for_a_survey"),
            models.CheckConstraint(condition=~Q(party_id=""), name="an_invitation_is_somebody_s"),
            models.CheckConstraint(
                condition=Q(outcome=rules.DRAWN, expires_at__isnull=False, state__in=list(rules.INVITATION_STATES))
                & ~Q(channel="")
                | ~Q(outcome=rules.DRAWN)
                & Q(outcome__in=list(rules.OUTCOMES), channel="", state="", token_hash=None, expires_at=None)
                & Q(sent_at=None, used_at=None),
                name="only_who_is_drawn_is_asked",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(state=rules.ANSWERED), name="a_link_is_used_by_an_answer"
            ),
        ]
        indexes = [
            models.Index(fields=["party_id", "-drawn_at"], name="invitation_asked_idx", condition=Q(outcome="drawn")),
            models.Index(fields=["survey", "org_path", "drawn_at"], name="invitation_frame_idx"),
            models.Index(fields=["expires_at"], name="invitation_ends_idx", condition=Q(state__in=rules.OPEN_STATES)),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} of {self.party_id}: {self.outcome} {self.state}"


class CounterCode(models.Model):
    """A code to scan at a branch: who answers by it is not known."""

    code = models.CharField(max_length=40, primary_key=True)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="counter_codes")
    org_path = models.CharField(max_length=200)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "org_path"], condition=Q(ended_at=None), name="a_branch_has_one_code_of_a_survey"
            )
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} at {self.org_path}"


class CounterHour(models.Model):
    """How often a counter's code was opened within an hour: more than the bank allows is somebody playing with it."""

    code = models.ForeignKey(CounterCode, on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()
    opened = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "hour"], name="an_hour_at_a_counter_is_counted_once")]

    def __str__(self) -> str:
        return f"{self.code_id} {self.hour:%Y-%m-%d %H}: {self.opened}"


class Response(models.Model):
    """What somebody answered.

    Identified: the answer to one invitation, by that customer. Anonymous: nothing by which it could be joined to an
    invitation; its day alone is kept. From a counter's code: nobody is known, but the moment is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, related_name="responses")
    anonymous = models.BooleanField()
    invitation = models.OneToOneField(
        Invitation, on_delete=models.PROTECT, null=True, blank=True, related_name="response"
    )
    party_id = models.CharField(max_length=40, blank=True)
    org_path = models.CharField(max_length=200)
    moment = models.CharField(max_length=30, choices=choices(codes.MOMENTS))
    channel = models.CharField(max_length=10)
    language = models.CharField(max_length=10, blank=True)
    answers = models.JSONField(default=dict)
    score = models.PositiveIntegerField(null=True, blank=True, help_text="likely to recommend, 0–10")
    satisfaction = models.PositiveIntegerField(null=True, blank=True, help_text="1–5")
    effort = models.PositiveIntegerField(null=True, blank=True, help_text="1–7")
    words = models.TextField(max_length=rules.ALL_WORDS_LENGTH, blank=True)
    state = models.CharField(max_length=10, choices=[("partial", "Partial"), ("complete", "Complete")])
    token_hash = models.CharField(
        max_length=64, null=True, blank=True, unique=True, help_text="of who answers without an invitation being noted"
    )
    started_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="never of an anonymous answer")
    counted_at = models.DateTimeField(
        null=True, blank=True, help_text="when it is counted as answered: of an anonymous one the beginning of its day"
    )
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(anonymous=False) | Q(invitation=None, party_id="", answered_at=None),
                name="an_anonymous_answer_is_nobody_s",
            ),
            models.CheckConstraint(
                condition=Q(invitation=None, party_id="") | Q(invitation__isnull=False) & ~Q(party_id=""),
                name="an_answer_to_an_invitation_is_somebody_s",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.PARTIAL, answered_on=None, answered_at=None)
                | Q(state=rules.COMPLETE, answered_on__isnull=False)
                & (Q(anonymous=True) | Q(answered_at__isnull=False)),
                name="a_complete_answer_says_when",
            ),
            models.CheckConstraint(condition=Q(score=None) | Q(score__lte=10), name="likely_to_recommend_is_0_to_10"),
            models.CheckConstraint(
                condition=Q(satisfaction=None) | Q(satisfaction__gte=1, satisfaction__lte=5),
                name="satisfaction_is_1_to_5",
            ),
            models.CheckConstraint(condition=Q(effort=None) | Q(effort__gte=1, effort__lte=7), name="effort_is_1_to_7"),
        ]
        indexes = [
            models.Index(fields=["version", "org_path"], name="response_version_idx"),
            models.Index(fields=["party_id", "-answered_at"], name="response_party_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.state}"
