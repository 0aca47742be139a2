"""What the bank's own coded complaints teach, what they suggest for another, and how often that was right.

Counted from the codings as they stand whenever one was added: a recoding counts at once, and of a person whose data was
erased nothing stays behind in any count. A process keeps what it counted only as long as the database says the same, so
that all workers suggest alike.
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


def records_for(complaint: Complaint) -> dict[str, suggesting.Record]:
    """For business and cause how often suggestions were right lately, by the table that holds for the complaint."""
    return _records(*_stands(), house.version_on(complaint.received_at.date()).name)


def coded_so_far() -> int:
    """How many complaints were coded."""
    return _stands()[1]


def codes_for(complaint: Complaint, table: coding.Version) -> dict[str, list[str]]:
    """The codes alone, to be kept with what a person then chose."""
    return {kind: [one.code for one in told] for kind, told in _suggested(complaint, table).items()}


def _suggested(complaint: Complaint, table: coding.Version) -> dict[str, list[suggesting.Suggestion]]:
    stands = _stands()
    taught, records = _taught(*stands), _records(*stands, table.name)
    words = f"{complaint.words} {complaint.wish}"
    return {kind: suggesting.suggest(words, _top(table, kind), taught[kind], records[kind].unfit) for kind in _KINDS}


def _stands() -> tuple[int, int]:
    """What changes whenever a complaint is coded, coded anew or erased."""
    newest = Coding.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return newest, Complaint.objects.exclude(business_code="").count()


def _top(table: coding.Version, kind: str) -> dict[str, coding.Code]:
    """The codes of the first level: what can be told from words; the second is chosen by who knows the matter."""
    return {code: one for code, one in table.codes[kind].items() if not one.above}


@lru_cache(maxsize=4)
def _coded(newest: int, known: int) -> dict[str, list[tuple[str, str]]]:
    """Words and code of the first level, by kind, the newest first."""
    rows = Complaint.objects.exclude(business_code="").order_by("-received_at", "id")
    found = list(rows.values_list("words", "code_version", "business_code", "cause_code")[:MOST])
    tables = {name: house.version_named(name) for name in {row[1] for row in found}}
    return {
        kind: [(row[0], tables[row[1]].top(kind, row[2 + place])) for row in found] for place, kind in enumerate(_KINDS)
    }


@lru_cache(maxsize=4)
def _taught(newest: int, known: int) -> dict[str, suggesting.Taught]:
    return {kind: suggesting.teach(rows) for kind, rows in _coded(newest, known).items()}


@lru_cache(maxsize=4)
def _records(newest: int, known: int, version: str) -> dict[str, suggesting.Record]:
    table = house.version_named(version)
    return {kind: suggesting.tried(rows, _top(table, kind)) for kind, rows in _coded(newest, known).items()}
