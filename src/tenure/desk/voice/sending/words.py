"""What people call the outbox's codes."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts.codes import SURVEY_CHANNELS
from tenure.desk.kit.wording import code_name
from tenure.desk.voice.sending import rules


def state_names() -> dict[str, str]:
    """States, in the reader's language."""
    return {
        rules.WAITING: _("waiting"),
        rules.IN_HAND: _("being sent"),
        rules.SENT: _("sent"),
        rules.FAILED: _("failed"),
        rules.BOUNCED: _("bounced"),
        rules.DROPPED: _("dropped"),
    }


def channel_names() -> dict[str, str]:
    """Channels, in the reader's language."""
    return {one: code_name(one, "survey_channel", get_language() or "") for one in SURVEY_CHANNELS}


def problem_names() -> dict[str, str]:
    """Why a message came to nothing, in the reader's language."""
    return {
        rules.NO_ANSWER: _("The sender did not answer"),
        rules.REFUSED: _("The sender refused it"),
        rules.UNSURE: _("Handed over; nobody knows whether it arrived"),
        rules.BAD_ADDRESS: _("Nobody is at that address"),
        rules.NO_ADDRESS: _("The bank knows no address"),
        rules.MOOT: _("There was nothing left to say"),
        rules.NO_CONSENT: _("The customer refuses"),
        rules.BROKEN: _("Its words could not be made"),
    }
