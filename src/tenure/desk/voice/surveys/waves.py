"""Waves of periodic surveys, which draw themselves on the day set: everybody who agrees to be asked has the moment, and
the same draw, quota and waits decide as after any other.

Each part of a wave is a transaction of its own under the wave's lock: a worker that is killed, or two of them, draw
everybody once. A desk that was down on the day draws when it is up again, once however many waves were missed.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tenure.desk.control import audit, consents
from tenure.desk.parties.models import Customer
from tenure.desk.publication.current import pinned
from tenure.desk.voice.surveys import rules
from tenure.desk.voice.surveys.models import Survey, Wave
from tenure.desk.voice.surveys.moment_services import draw, place, store
from tenure.desk.voice.surveys.reading import Incoming

#: Customers decided in one transaction.
AT_ONCE = 2_000


def draw_due(*, now: datetime) -> int:
    """Draw every wave whose day has come, and finish those broken off.

    Returns:
        How many customers are to be asked.
    """
    if pinned() is None:
        return 0
    today = timezone.localdate(now)
    for survey_id in _due(today):
        _begin(survey_id, now)
    asked = 0
    for wave_id in list(Wave.objects.filter(ended_at=None).values_list("pk", flat=True)):
        while (part := _go_on(wave_id, now)) is not None:
            asked += part
    return asked


def _due(today: object) -> list[object]:
    rows = Survey.objects.filter(state=rules.LIVE, next_wave_on__lte=today)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _begin(survey_id: object, now: datetime) -> None:
    """Begin the wave of the day set and set the next one's, unless somebody has just done so."""
    today = timezone.localdate(now)
    with transaction.atomic():
        survey = Survey.objects.select_for_update().get(pk=survey_id)
        on, months = survey.next_wave_on, survey.wave_months
        if survey.state != rules.LIVE or on is None or months is None or on > today:
            return
        if Wave.objects.filter(survey=survey, ended_at=None).exists():
            return
        _wave, made = Wave.objects.get_or_create(survey=survey, on=on, defaults={"began_at": now})
        survey.next_wave_on = rules.next_wave(on, months, today)
        survey.save(update_fields=["next_wave_on"])
        if made:
            changes = {"on": f"{on}", "next_wave_on": f"{survey.next_wave_on}"}
            audit.record(
                None, "survey.wave", now=now, kind="survey", key=survey.code, changes=changes, actor_name="the desk"
            )


def _go_on(wave_id: object, now: datetime) -> int | None:
    """Decide the next customers of a wave; how many are to be asked, None where nobody is left or it stands still."""
    with transaction.atomic():
        wave = Wave.objects.select_for_update().filter(pk=wave_id, ended_at=None).first()
        if wave is None:
            return None
        survey = Survey.objects.get(pk=wave.survey_id)
        if survey.state == rules.PAUSED:
            return None  # on a pause nobody is asked anew; it goes on with the survey
        rows = Customer.rows().filter(consents.agrees("experience"), left_on=None, party_id__gt=wave.reached)
        listed = list(rows.order_by("party_id").values_list("party_id", flat=True)[:AT_ONCE])
        if not listed or survey.state != rules.LIVE:
            wave.ended_at = now
            wave.save(update_fields=["ended_at"])
            return None
        mark = f"wave:{survey.pk.hex[:12]}:{wave.on}"
        told = [Incoming(0, f"{mark}:{one}"[:80], survey.moment, now, one, "", "", reference=mark) for one in listed]
        placed, _strange = place(told)
        stored, _differing = store(placed, None, now)
        asked = draw(stored, only=survey.pk, now=now)
        wave.reached, wave.customers, wave.asked = listed[-1], wave.customers + len(stored), wave.asked + asked
        wave.save(update_fields=["reached", "customers", "asked"])
    return asked
