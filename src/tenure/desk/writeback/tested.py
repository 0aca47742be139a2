"""Panels since their order was drawn: everybody listed, invited or not, and what participants said."""

from __future__ import annotations

from django.db.models import Q

from tenure.desk.voice.panels.models import Feedback, Member, Panel
from tenure.desk.writeback.table import NEW, Row, Table, branch_of, changed, local


def _panel(one: Panel) -> list[Row]:
    return [
        {
            "panel_id": str(one.pk),
            "drawn_at": local(one.drawn_at),
            "title": one.title,
            "category": one.category or None,
            "state": one.state,
            "wanted": one.wanted,
            "eligible": one.eligible,
            "held_out_percent": one.held_out_percent,
            "starts_on": one.starts_on,
            "ends_on": one.ends_on,
            "ended_at": local(one.ended_at),
            "staff_id": one.owner or None,
        }
    ]


def _member(one: Member) -> list[Row]:
    return [
        {
            "member_id": str(one.pk),
            "panel_id": str(one.panel_id),
            "party_id": one.party_id,
            "listed_at": local(one.listed_at),
            "org_id": branch_of(one.org_path),
            "tier": one.tier or None,
            "place": one.place,
            "arm": "held_out" if one.round is None else "treated",
            "round": one.round,
            "state": one.state,
            "invited_at": local(one.invited_at),
            "answered_at": local(one.answered_at),
            "sessions": sum(each.state == "attended" for each in one.attendances.all()),
            "told_at": local(one.told_at),
        }
    ]


def _feedback(one: Feedback) -> list[Row]:
    return [
        {
            "feedback_id": str(one.pk),
            "panel_id": str(one.member.panel_id),
            "party_id": one.member.party_id,
            "given_at": local(one.given_at),
            "session_at": local(one.attendance.session.at),
            "way": one.attendance.session.way,
            "rating": one.rating,
            "words": one.words or None,
            "source": one.source,
            "outcome": one.outcome.kind if one.outcome is not None else None,
        }
    ]


_WAITS = NEW | changed("changed_at")
TABLES = (
    # before its order is drawn a panel is a plan and no row: it has no day either
    Table("panel", Panel, "drawn_at", _WAITS & Q(drawn_at__isnull=False), _panel),
    Table("panel_member", Member, "listed_at", _WAITS, _member, all_of=("attendances",)),
    Table(
        "panel_feedback", Feedback, "given_at", _WAITS, _feedback, with_=("member", "attendance__session", "outcome")
    ),
)
