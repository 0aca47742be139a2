"""Approved versions, read once per process: the database refuses to change one, and every step of answering asks it."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from tenure.desk.voice.surveys.models import SurveyVersion


@lru_cache(maxsize=512)
def kept(survey_id: UUID, version_id: int) -> SurveyVersion:
    """The version with its survey's name, kind, moment and anonymity, which never change either.

    Not its survey's *state*: that changes, and is to be read each time. Nothing of what is returned may be changed.
    """
    return SurveyVersion.objects.select_related("survey").get(pk=version_id, survey_id=survey_id)
