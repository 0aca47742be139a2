"""What the bank's own coded complaints teach, and what they suggest for another.

Counted from the codings as they stand whenever one was added: a recoding counts at once, and of a person whose data was
erased nothing stays behind in any count.
"""

from __future__ import annotations

from functools import lru_cache

from tenure.desk.voice.complaints import coding, suggesting
from tenure.desk.voice.complaints import settings as house
from tenure.desk.voice.complaints.models import Coding, Complaint

#: The newest coded complaints teach; older ones spoke of another bank.
MOST = 1_000
_KINDS = ("business", "cause")


def suggestions_for(complaint: Complaint) -> dict[str, list[suggesting.Suggestion]]:
    """For business and cause at most three codes each, with the words that spoke for them."""
    table = house.version_on(complaint.received_at.date())
    return _suggested(complaint, table)


def codes_for(complaint: Complaint, table: coding.Version) -> dict[str, list[str]]:
    """The codes alone, to be kept with what a person then chose."""
    return {kind: [one.code for one in told] for kind, told in _suggested(complaint, table).items()}


def _suggested(complaint: Complaint, table: coding.Version) -> dict[str, list[suggesting.Suggestion]]:
    newest = Coding.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    known = Complaint.objects.exclude(business_code="").count()
    taught = _taught(newest, known)
    words = f"{complaint.words} {complaint.wish}"
    return {kind: suggesting.suggest(words, _top(table, kind), taught[kind]) for kind in _KINDS}


def _top(table: coding.Version, kind: str) -> dict[str, coding.Code]:
    """The codes of the first level: what can be told from words; the second is chosen by who knows the matter."""
    return {code: one for code, one in table.codes[kind].items() if not one.above}


@lru_cache(maxsize=4)
def _taught(newest: int, known: int) -> dict[str, suggesting.Taught]:
    rows = Complaint.objects.exclude(business_code="").order_by("-received_at", "id")
    found = list(rows.values_list("words", "code_version", "business_code", "cause_code")[:MOST])
    tables = {name: house.version_named(name) for name in {row[1] for row in found}}
    return {
        kind: suggesting.teach((row[0], tables[row[1]].top(kind, row[2 + place])) for row in found)
        for place, kind in enumerate(_KINDS)
    }
