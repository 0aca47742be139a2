"""Who is away and who stands in; customers handed over, what became of each, and whether they were told."""

from __future__ import annotations

from django.db.models import Q

from tenure.desk.parties.models import Absence
from tenure.desk.team.models import Handover, HandoverLine
from tenure.desk.writeback.table import NEW, Row, Table, branch_of, changed, local, number_of

State = Handover.State
_SETTLED = (State.REFUSED, State.DONE, State.UNDONE)


def _absence(one: Absence) -> list[Row]:
    return [
        {
            "absence_id": str(one.pk),
            "staff_id": one.staff_id,
            "noted_at": local(one.noted_at),
            "stand_in": one.stand_in,
            "kind": one.kind,
            "first_on": one.first_on,
            "last_on": one.last_on,
            "noted_by": number_of(one.noted_by),
            "changed_by": number_of(one.changed_by),
        }
    ]


def _hand_over(one: Handover) -> list[Row]:
    rule = one.rule
    return [
        {
            "hand_over_id": str(one.pk),
            "proposed_at": local(one.made_at),
            "org_id": branch_of(one.org_path),
            "from_staff": one.from_staff,
            "to_staff": " ".join(one.to_staff),
            # Which customer it was, its line says: this row names nobody, and stays when somebody is erased.
            "single": "party_id" in rule,
            "tier": rule.get("tier"),
            "branch": rule.get("branch"),
            "kind": rule.get("kind"),
            "least": rule.get("least"),
            "most": rule.get("most"),
            "split": one.split,
            "credit_from": one.credit_from,
            "reason": one.reason,
            "state": one.state,
            "proposed_by": number_of(one.made_by),
            "approved_by": number_of(one.approved_by),
            "settled_at": local(one.changed_at) if one.state in _SETTLED else None,
            "undone_at": local(one.changed_at) if one.state == State.UNDONE else None,
        }
    ]


def _line(line: HandoverLine) -> list[Row]:
    return [
        {
            "line_id": str(line.pk),
            "hand_over_id": str(line.handover_id),
            "party_id": line.party_id,
            "proposed_at": local(line.handover.made_at),
            "role": line.role,
            "from_staff": line.handover.from_staff,
            "to_staff": line.to_staff,
            "value": line.value,
            "state": line.state,
            "hindered": line.hindered or None,
            "done_at": local(line.done_at),
            "to_tell": line.to_tell,
            "told_how": line.told_how or None,
            "told_at": local(line.told_at),
            "told_by": number_of(line.told_by),
        }
    ]


_WAITS = NEW | changed("changed_at")
TABLES = (
    Table(
        "absence",
        Absence,
        "noted_at",
        (NEW & Q(ended_at__isnull=True)) | changed("changed_at"),
        _absence,
        lambda one: one.ended_at is None,
        with_=("noted_by", "changed_by"),
    ),
    Table("hand_over", Handover, "made_at", _WAITS, _hand_over, with_=("made_by", "approved_by")),
    Table("hand_over_line", HandoverLine, "handover__made_at", _WAITS, _line, with_=("handover", "told_by")),
)
