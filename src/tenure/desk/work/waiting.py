"""Parts of a page that other apps have, many asked for at once: of Today, and of a customer's page.

Each is a view by its address's name, since work lies below the apps that have them. One that fails keeps none of the
others from the page.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import resolve, reverse

log = logging.getLogger(__name__)

#: What ``kit/_count.html`` writes.
_COUNT = re.compile(r'<b id="n-[\w-]+" hx-swap-oob="true">[^<]*</b>')

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


#: Of a customer's page, by where they stand on it: the element that takes each in, and the part.
OF_CUSTOMER: Mapping[str, Mapping[str, str]] = {
    "first": {
        "work": "work:of-customer",
        "part-complaints": "voice_complaints:of-customer",
        "part-cases": "voice_cases:of-customer",
        "part-leaving": "voice_leaving:of-customer",
        "part-panels": "voice_panels:of-customer",
    },
    "then": {
        "opportunities": "opportunities:of-customer",
        "signals": "signals:of-customer",
        "known": "knowledge:of-customer",
        "solutions": "offers:of-customer",
    },
    "beside": {
        "ahead": "findings:of-customer",
        "care": "care:of-customer",
        "part-network": "network:of-customer",
        "consents": "parties:consent",
        "part-requests": "requests:of-customer",
    },
}


def parts(request: HttpRequest) -> str:
    """The parts of Today, as HTML: one request where each on its own would be one of many."""
    return "".join(_shown(request, name) or "" for name in PARTS)


def parts_of_customer(request: HttpRequest, party_id: str, place: str) -> str:
    """The parts of one place of :data:`OF_CUSTOMER` on a customer's page, each for the element that takes it in."""
    found = []
    for element, name in OF_CUSTOMER[place].items():
        if name == "opportunities:of-customer" and "signal" in request.GET:
            continue  # the form that a signal opens stands there
        body = _shown(request, name, party_id)
        # A part's count stands in the page's own line of sections: beside the part, for nothing is put in from within.
        counts = _COUNT.findall(body or "")
        body = None if body is None else _COUNT.sub("", body)
        context = {"element": element, "body": body, "counts": counts, "address": reverse(name, args=[party_id])}
        found.append(render_to_string("work/_part.html", context))
    return "".join(found)


def _shown(request: HttpRequest, name: str, *about: Any) -> str | None:
    """One part; None where it cannot be shown, which the log tells."""
    try:
        found = resolve(reverse(name, args=about))
        answer = found.func(request, *found.args, **found.kwargs)
        if answer.status_code >= 400:
            raise RuntimeError(answer.status_code)
    except Exception:
        log.exception("%s could not be shown", name)
        return None
    return str(answer.content.decode())
