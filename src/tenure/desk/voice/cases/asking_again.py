"""A case that was closed is a moment of truth: whoever was reached may be asked how it was dealt with (S21, S22).

Whether they are asked is drawn by the server as after any other moment, by the surveys that are live for it; whoever
closed the case chooses nobody.
"""

from __future__ import annotations

from datetime import datetime

from tenure.desk.voice.cases.models import Case
from tenure.desk.voice.surveys.moment_services import draw, place, store
from tenure.desk.voice.surveys.reading import Incoming


def tell(case: Case, now: datetime) -> None:
    """Tell the surveys that the case was closed: once in each of its rounds; nothing of one nobody was reached in.

    Part of the closing, in its transaction.
    """
    if case.result == "not_reached":
        return
    moment = "complaint_closed" if case.source == "complaint" else "case_closed"
    sent = Incoming(
        0, f"case:{case.pk}:{case.round}", moment, now, case.party_id, "", case.owner, reference=case.number
    )  # fmt: skip
    placed, _strange = place([sent])  # a customer who is not published any more is not asked
    stored, _differing = store(placed, None, now)
    draw(stored, now=now)
