"""What waits for somebody beside the work list: each app's part of Today, all asked for at once.

Each is a view by its address's name, since work lies below the apps that have them. One that fails is left out.
"""

from __future__ import annotations

import logging

from django.http import HttpRequest
from django.urls import resolve, reverse

log = logging.getLogger(__name__)

#: In the order in which they stand on the page; a part with nothing to say is empty.
PARTS = (
    "voice_cases:strip",
    "voice_leaving:strip",
    "voice_causes:strip",
    "care:strip",
    "opportunities:stale",
    "corporate:waiting",
    "network:thanks",
)


def parts(request: HttpRequest) -> str:
    """The parts of Today, as HTML: one request where each on its own would be one of many."""
    found = []
    for name in PARTS:
        try:
            answer = resolve(reverse(name)).func(request)
        except Exception:
            log.exception("%s could not be shown on Today", name)
        else:
            found.append(answer.content.decode())
    return "".join(found)
