"""What unhappy customers said and what was done about it: cases of the closed loop, complaints, concessions."""

from __future__ import annotations

from django.db.models import F, Q

from tenure.desk.voice.cases.models import Case
from tenure.desk.voice.complaints.models import Complaint, Concession
from tenure.desk.voice.complaints.settings import version_named
from tenure.desk.writeback.table import NEW, Row, Table, branch_of, changed, local, number_of


def _case(one: Case) -> list[Row]:
    return [
        {
            "case_id": str(one.pk),
            "party_id": one.party_id,
            "opened_at": local(one.opened_at),
            "org_id": branch_of(one.org_path),
            "source": one.source,
            "source_key": one.source_key,
            "score": one.score,
            "words": one.words or None,
            "state": one.state,
            "round": one.round,
            "cause": one.cause or None,
            "action": one.action or None,
            "result": one.result or None,
            "acknowledged_at": local(one.acknowledged_at),
            "closed_at": local(one.closed_at),
            "staff_id": one.owner or None,
            "closed_by": number_of(one.closed_by),
        }
    ]


def _complaint(one: Complaint) -> list[Row]:
    case, first = one.case, next((arrival for arrival in one.arrivals.all() if arrival.standing == "first"), None)
    closed = case.closed_at if case is not None else one.settled_at
    table = version_named(one.code_version)
    given = [row.amount for row in one.concessions.all() if row.state == "given"]
    return [
        {
            "complaint_id": str(one.pk),
            "bank_number": first.external_id if first is not None else None,
            "party_id": one.party_id or None,
            "taken_at": local(one.taken_at),
            "received_at": local(one.received_at),
            "org_id": branch_of(one.org_path),
            "code_version": one.code_version or None,
            "channel_code": one.channel_code,
            "business_code": table.top("business", one.business_code) or None,
            "cause_code": table.top("cause", one.cause_code) or None,
            "words": one.words,
            "state": "closed" if closed is not None else "open",
            "closed_at": local(closed),
            "concession": sum(given) if given else None,
            "disputed": one.disputed,
        }
    ]


def _concession(one: Concession) -> list[Row]:
    return [
        {
            "concession_id": str(one.pk),
            "party_id": one.party_id,
            "complaint_id": str(one.complaint_id),
            "made_at": local(one.made_at),
            "kind": one.kind,
            "amount": one.amount,
            "over": one.over or None,
            "state": one.state,
            "decided_at": local(one.decided_at),
            "staff_id": number_of(one.made_by),
        }
    ]


#: What a complaint is in the lake follows from its case and its concessions too.
_COMPLAINT_WAITS = (
    NEW | changed("changed_at") | changed("case__changed_at") | Q(
        pk__in=Concession.objects.filter(decided_at__gt=F("complaint__written_back_at")).values("complaint_id")
    )
)  # fmt: skip
TABLES = (
    Table("case", Case, "opened_at", NEW | changed("changed_at"), _case, with_=("closed_by",)),
    Table(
        "desk_complaint", Complaint, "taken_at", _COMPLAINT_WAITS, _complaint, with_=("case",),
        all_of=("arrivals", "concessions"),
    ),
    Table("concession", Concession, "made_at", NEW | changed("decided_at"), _concession, with_=("made_by",)),
)  # fmt: skip
