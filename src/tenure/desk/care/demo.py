"""Two events for trying the desk: one today with guests who came, one next week with guests who answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from tenure.desk.care import event_services
from tenure.desk.care.models import Event, Invitation
from tenure.desk.org.models import User
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.visibility import visible_to

#: Guests asked to each event, the largest customers first.
GUESTS = 12
#: What the guests say, in turn; whoever is left over has not answered.
_SAID = ("accepted", "declined", "accepted", "", "accepted", "")


def make_demo_events(owner_name: str, now: datetime) -> list[Event]:
    """Make the two events for the demo user ``owner_name`` unless they are there; none without that user."""
    owner = User.objects.filter(username=owner_name, is_active=True).first()
    if owner is None or not reach_of(owner).staff_id:
        return []
    keys = [uuid5(NAMESPACE_URL, f"tenure-demo-event:{owner.staff_id}:{name}") for name in ("seminar", "tea")]
    known = list(Event.objects.filter(form_key__in=keys))
    if known:
        return known
    today = timezone.localdate(now)
    ids = list(visible_to(owner).order_by("-aum_month_average", "party_id").values_list("party_id", flat=True)[:GUESTS])
    seminar = event_services.make_event(
        owner,
        "秋季资产配置沙龙",
        "seminar",
        today,
        "网点二楼贵宾厅",
        20,
        "专家讲解利率走势与家庭资产配置。",
        keys[0],
        now=now,
    )
    tea = event_services.make_event(
        owner,
        "老客户茶话会",
        "care",
        today + timedelta(days=9),
        "网点大厅",
        15,
        "感谢多年信任，听听大家的意见。",
        keys[1],
        now=now,
    )
    for event in (seminar, tea):
        if ids:
            event_services.invite(owner, event.pk, ids, now=now)
        guests = list(Invitation.objects.filter(event=event).order_by("party_id"))
        for place, guest in enumerate(guests):
            said = _SAID[place % len(_SAID)]
            if said:
                event_services.answer_invitation(owner, event.pk, guest.party_id, said, 1, now=now)
            if said == "accepted" and event is seminar:
                came = "absent" if place % 4 == 2 else "attended"
                event_services.answer_invitation(owner, event.pk, guest.party_id, came, 2, now=now)
    return [seminar, tea]
