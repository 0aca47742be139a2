"""The page of the outbox."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as toasts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.desk.kit.pages import says_no, signed_in
from tenure.desk.voice.sending import rules, selectors, services, words
from tenure.desk.voice.sending.purposes import purpose_names
from tenure.desk.voice.sending.settings import sending


@never_cache
@signed_in
@require_GET
def messages(request: HttpRequest) -> HttpResponse:
    """What waits, was sent and came to nothing, by channel."""
    state, channel = request.GET.get("state", ""), request.GET.get("channel", "")
    found = selectors.messages(request.user, state, channel)
    counts = selectors.counts(request.user, dict(sending().senders), timezone.now())
    states, channels, problems, purposes = (
        words.state_names(), words.channel_names(), words.problem_names(), purpose_names(),
    )  # fmt: skip
    context = {
        "found": [
            (one, purposes.get(one.purpose, one.purpose), channels[one.channel], states[one.state],
             problems.get(one.problem, ""))
            for one in found
        ],
        "counts": [
            (one, channels[one.channel], [(states[name], one.counts[name]) for name in rules.STATES]) for one in counts
        ],
        "states": states.items(),
        "state": state,
        "channel": channel,
        "most": selectors.MOST,
        "days": selectors.DAYS,
    }  # fmt: skip
    return render(request, "voice_sending/messages.html", context)


@signed_in
@require_POST
@says_no
def again(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Send a message that failed again."""
    services.send_again(request.user, message_id, now=timezone.now())
    toasts.success(request, _("Back in the outbox; it goes with the next round."))
    return redirect("voice_sending:messages")
