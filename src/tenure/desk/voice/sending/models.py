"""The outbox: one row for every message to a customer. Neither its words with a link nor an address stand in it."""

from __future__ import annotations

import uuid

from django.db import models

from tenure.desk.voice.sending import rules


class Message(models.Model):
    """A message that waits, was sent, or came to nothing.

    Its words are made when it is sent, by its purpose (``purposes.py``) from ``about`` and ``facts``: a link's
    secret is then in memory and in the message and nowhere else. The address is looked up at that moment too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(
        max_length=120, unique=True, help_text="what makes it one message: asked for twice it is one"
    )
    purpose = models.CharField(max_length=20, help_text="what it is for: survey, case_letter …")
    about = models.CharField(max_length=60, blank=True, help_text="the id of what it is about")
    facts = models.JSONField(default=dict, help_text="what its words are made of; never a link's secret")
    party_id = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=[(one, one) for one in rules.CHANNELS])
    language = models.CharField(max_length=10, choices=[("zh-hans", "zh-hans"), ("en", "en")], default="zh-hans")
    state = models.CharField(max_length=10, choices=[(one, one) for one in rules.STATES], default=rules.WAITING)
    tries = models.PositiveIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True, help_text="when a process took it in hand")
    sent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when it failed, bounced or was dropped")
    sender = models.CharField(max_length=10, blank=True, help_text="which sender had it last")
    sent_to = models.CharField(max_length=60, blank=True, help_text="the address, masked")
    reference = models.CharField(max_length=80, blank=True, help_text="the number the sender gave it")
    problem = models.CharField(max_length=20, blank=True, choices=[(one, one) for one in rules.PROBLEMS])
    told = models.CharField(max_length=90, blank=True, help_text="what the sender said, without what may name anybody")

    class Meta:
        ordering = ["-queued_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="waiting", next_try_at__isnull=False)
                | (~models.Q(state="waiting") & models.Q(next_try_at=None)),
                name="a_waiting_message_says_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("sent", "bounced")) | models.Q(sent_at__isnull=False),
                name="a_sent_message_says_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="in_hand") | models.Q(taken_at__isnull=False),
                name="a_message_in_hand_says_since_when",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("failed", "bounced", "dropped"), ended_at__isnull=False)
                & ~models.Q(problem="")
                | (~models.Q(state__in=("failed", "bounced", "dropped")) & models.Q(ended_at=None)),
                name="a_message_that_came_to_nothing_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="message_due_idx", condition=models.Q(state="waiting")),
            models.Index(fields=["taken_at"], name="message_in_hand_idx", condition=models.Q(state="in_hand")),
            models.Index(fields=["state", "-queued_at"], name="message_state_idx"),
            models.Index(fields=["party_id", "channel", "-queued_at"], name="message_party_idx"),
            models.Index(fields=["reference"], name="message_reference_idx", condition=~models.Q(reference="")),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} by {self.channel}: {self.state}"
