"""What unhappy customers said and what was done about it: cases of the closed loop."""

from __future__ import annotations

from tenure.desk.voice.cases.models import Case
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


TABLES = (Table("case", Case, "opened_at", NEW | changed("changed_at"), _case, with_=("closed_by",)),)
