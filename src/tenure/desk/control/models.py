"""What keeps people honest: the audit trail, changes under four eyes, exports, and tokens for programs."""

from __future__ import annotations

import uuid
from typing import Any, NoReturn

from django.conf import settings
from django.db import models

from tenure.contracts import codes
from tenure.errors import DeskDatabaseError


def _append_only() -> NoReturn:
    raise DeskDatabaseError(
        "The audit trail is append-only: an event is never changed or removed.",
        "Record a further event that says what is true now.",
    )


class AppendOnly(models.QuerySet["AuditEvent"]):
    """A query set that refuses to change or remove rows; the database's triggers refuse it too."""

    def update(self, **_: Any) -> int:
        _append_only()

    def delete(self) -> tuple[int, dict[str, int]]:
        _append_only()

    def bulk_update(self, *_: Any, **__: Any) -> int:
        _append_only()


class AuditChain(models.Model):
    """The head of one chain of audit events; its row is the lock under which the chain grows."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    length = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"chain {self.number}: {self.length}"


class AuditEvent(models.Model):
    """One line of the trail: who did what to which object, when, from where and why.

    ``digest`` seals the line together with the one before it in its chain; see ``control.audit``. The actor is
    kept as number and name, not as a reference: the trail outlives the user's row and never changes with it.
    """

    chain = models.PositiveSmallIntegerField()
    position = models.BigIntegerField(help_text="place in its chain, from 1")
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, help_text="the user; null: the command line or an unknown name")
    actor_name = models.CharField(max_length=120)
    act = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=120, blank=True)
    changes = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    address = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = AppendOnly.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="a_chain_has_no_two_at_a_place")]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_at_idx"),
            models.Index(fields=["object_kind", "object_id", "-at"], name="audit_object_idx"),
            models.Index(fields=["actor_id", "-at"], name="audit_actor_idx"),
            models.Index(fields=["act", "-at"], name="audit_act_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.act} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new line; refuses one that is already written."""
        if not self._state.adding:
            _append_only()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        _append_only()


class Change(models.Model):
    """A change one person made (制单) that takes effect when another has checked it (复核).

    What it is about is named by ``subject_kind`` and ``subject_id``, what it would do stands in ``content``; the kinds
    in ``control.changes.kinds`` know how to read, show and apply it. A decided change stays as it is for ever.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        APPROVED = "approved"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40, help_text="customer, export, signal_rules …")
    subject_id = models.CharField(max_length=120)
    org_path = models.CharField(max_length=200, help_text="who checks: posts at this branch or above it")
    content = models.JSONField(default=dict, help_text="what it would do; read by its kind alone")
    result = models.JSONField(default=dict, help_text="what applying it left to know, for undoing")
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="changes_made")
    made_at = models.DateTimeField()
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="changes_checked", null=True, blank=True
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    words = models.CharField(max_length=500, blank=True, help_text="what the checker said")

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(checked_by__isnull=True) | ~models.Q(checked_by=models.F("made_by")),
                name="nobody_checks_what_they_made",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("approved", "rejected"))
                | models.Q(checked_by__isnull=False, checked_at__isnull=False),
                name="a_decided_change_says_who_decided",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="rejected") | ~models.Q(words=""), name="a_rejection_says_why"
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_id"],
                condition=models.Q(state="waiting"),
                name="a_subject_has_one_change_waiting_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["org_path", "-made_at"], condition=models.Q(state="waiting"), name="change_waiting_idx"
            ),
            models.Index(fields=["made_by", "-made_at"], name="change_maker_idx"),
            models.Index(fields=["checked_by", "-checked_at"], name="change_checker_idx"),
            models.Index(fields=["subject_kind", "subject_id", "-made_at"], name="change_subject_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject_kind} {self.subject_id}: {self.state}"


class Consent(models.Model):
    """What a customer said at the desk about being used for a purpose (PIPL): agreed or refused, when, how, to whom.

    It counts from that moment on every list (``control.consents``). What was said before stays as history.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party_id = models.CharField(max_length=40)
    purpose = models.CharField(max_length=12, choices=[(code, name.en) for code, name in codes.CONSENTS.items()])
    given = models.BooleanField()
    bank_said = models.BooleanField(null=True, help_text="what the bank's file said then; null: nothing on record")
    way = models.CharField(max_length=12, choices=[(code, name.en) for code, name in codes.CONSENT_WAYS.items()])
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    written_back_at = models.DateTimeField(null=True, blank=True, help_text="as it stood then, the lake has it")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "purpose"], condition=models.Q(superseded_at=None), name="one_word_stands_a_purpose"
            ),
            models.CheckConstraint(
                condition=models.Q(purpose__in=list(codes.CONSENTS)) & models.Q(way__in=list(codes.CONSENT_WAYS)),
                name="a_consent_is_for_a_known_purpose",
            ),
        ]
        indexes = [
            models.Index(
                fields=["purpose", "given", "party_id"],
                condition=models.Q(superseded_at=None),
                name="consent_standing_idx",
            ),
            models.Index(fields=["party_id", "-noted_at"], name="consent_party_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.purpose}: {self.given}"


class Export(models.Model):
    """A file of customers' data somebody asked for: why, with which filter, and where it stands."""

    class State(models.TextChoices):
        UNCHECKED = "unchecked"
        REFUSED = "refused"
        WAITING = "waiting"
        READY = "ready"
        FAILED = "failed"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exports")
    kind = models.CharField(max_length=30)
    filters = models.JSONField(default=dict)
    reason = models.CharField(max_length=500)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="who approved a file of many rows",
    )
    requested_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-requested_at"]
        indexes = [models.Index(fields=["requested_by", "-requested_at"], name="export_person_idx")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.requested_by} at {self.requested_at:%Y-%m-%d %H:%M}"


class Sheet(models.Model):
    """A workbook taken out to be edited: what stood in it, what came back, and what became of that."""

    class State(models.TextChoices):
        OUT = "out"
        BACK = "back"
        WAITING = "waiting"
        APPLYING = "applying"
        APPLIED = "applied"
        UNDOING = "undoing"
        UNDONE = "undone"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30)
    filters = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    org_path = models.CharField(max_length=200)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sheets")
    made_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OUT)
    rows = models.PositiveIntegerField()
    values = models.JSONField(help_text="codes by row and column, as they were taken out")
    edits = models.JSONField(default=list, help_text="[row, column, before, after] of what came back")
    left_out = models.JSONField(
        default=dict, help_text="of what came back: moved, like edits, and faults (row, column, value, expected)"
    )
    results = models.JSONField(default=list, help_text="[row, column, before, after, what hindered it]")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["made_by", "-made_at"], name="sheet_person_idx")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.made_by} at {self.made_at:%Y-%m-%d %H:%M}: {self.state}"


class Token(models.Model):
    """A program's key to the API, in its owner's name. Only a digest is kept; the key is shown once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80, help_text="what it is for")
    prefix = models.CharField(max_length=12, help_text="its first characters, to tell tokens apart")
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"
