"""Why customers left in their own word, and who was drawn to be won back."""

from __future__ import annotations

from tenure.desk.voice.leaving.models import Interview, WinBack
from tenure.desk.writeback.table import NEW, Row, Table, branch_of, changed, local


def _interview(one: Interview) -> list[Row]:
    return [
        {
            "interview_id": str(one.pk),
            "party_id": one.party_id,
            "opened_at": local(one.opened_at),
            "org_id": branch_of(one.org_path),
            "lost_month": one.month,
            "data_cause": one.data_cause or None,
            "value": one.value,
            "state": one.state,
            "tries": one.tries,
            "result": one.result or None,
            "cause": one.cause or None,
            "words": one.words or None,
            "to_bank": one.to_bank or None,
            "product": one.product or None,
            "back_words": one.back_words or None,
            "may_call": one.may_call,
            "ended_at": local(one.ended_at),
            "decision": one.decision or None,
            "staff_id": one.owner or None,
        }
    ]


def _win_back(one: WinBack) -> list[Row]:
    return [
        {
            "win_back_id": str(one.pk),
            "party_id": one.party_id,
            "drawn_at": local(one.drawn_at),
            "org_id": branch_of(one.org_path),
            "arm": one.arm,
            "held_out_percent": one.held_out_percent,
            "cause": one.cause,
            "value": one.value,
            "state": one.state,
            "offered_at": local(one.offered_at),
            "result": one.result or None,
            "ended_at": local(one.ended_at),
            "staff_id": one.owner or None,
        }
    ]


TABLES = (
    Table("exit_interview", Interview, "opened_at", NEW | changed("changed_at"), _interview),
    Table("win_back", WinBack, "drawn_at", NEW | changed("changed_at"), _win_back),
)
