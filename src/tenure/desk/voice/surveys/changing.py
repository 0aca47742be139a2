"""A version of a survey, put before a second person: how the change is shown and how it comes into force."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.desk.control.changes.kinds import Line
from tenure.desk.control.errors import Conflict, NotAllowed
from tenure.desk.control.models import Change
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.voice.surveys import branching, rules, wording
from tenure.desk.voice.surveys.models import Survey, SurveyVersion


def newest(survey: Survey) -> SurveyVersion | None:
    """The version of a survey in force."""
    return survey.versions.order_by("-number").first()


def asking_of(version: SurveyVersion) -> rules.Asking:
    """How a version asks."""
    return rules.Asking(
        version.share.normalize(), version.quota, version.valid_days, version.wait_days, tuple(version.channels)
    )


def content_of(version: SurveyVersion) -> dict[str, Any]:
    """What a version says, as a draft says it."""
    return {"content": version.content, "asking": asking_of(version).as_json()}


def _told(draft: dict[str, Any]) -> dict[str, str]:
    content = draft["content"]
    parts = ((_("title"), "title"), (_("welcome"), "welcome"), (_("thanks"), "thanks"))
    return {
        **{label: " / ".join(one for one in content[name].values() if one) for label, name in parts},
        **wording.asking_words(rules.asking_from(draft["asking"])),
    }


def _questions(then: dict[str, Any], now: dict[str, Any]) -> list[Line]:
    """What differs in the questions: each by its place, those that are gone, and their order where it changed."""
    stood = {one["id"]: branching.question_words(then, one) for one in then["questions"]}
    found = [
        Line(_("Question %(n)s") % {"n": place}, stood.get(one["id"], ""), branching.question_words(now, one))
        for place, one in enumerate(now["questions"], start=1)
        if stood.get(one["id"]) != branching.question_words(now, one)
    ]
    kept = {one["id"] for one in now["questions"]}
    found += [
        Line(_("Question %(n)s of the version before") % {"n": place}, stood[one["id"]], "")
        for place, one in enumerate(then["questions"], start=1)
        if one["id"] not in kept
    ]
    both = kept & set(stood)
    before, after = ([one["id"] for one in told["questions"] if one["id"] in both] for told in (then, now))
    if before != after:
        orders = (" · ".join(branching.label(now, name, numbered=False) for name in order) for order in (before, after))
        found.append(Line(_("Order of the questions"), *orders))
    return found


class _Version:
    """The change kind; see ``control.changes.kinds.ChangeKind``."""

    checks = Permission.CHECK_RULES

    def name(self) -> str:
        return _("Version of a survey")

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        told = _("%(name)s, version %(n)s") % {
            "name": wording.text(change.content["content"]["title"]) or change.subject_id,
            "n": change.content["based_on"] + 1,
        }
        return told, reverse("surveys:survey", args=[change.subject_id])

    def lines(self, change: Change, reader: User) -> list[Line]:
        stood = SurveyVersion.objects.filter(survey__code=change.subject_id, number=change.content["based_on"]).first()
        then = _told(content_of(stood)) if stood is not None else {}
        now = _told(change.content)
        parts = [Line(label, then.get(label, ""), now[label]) for label in now if then.get(label) != now[label]]
        questions = _questions(stood.content if stood is not None else {"questions": []}, change.content["content"])
        return parts + questions

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        if checker.pk in change.content["by"]:
            raise NotAllowed(_("You worked on this draft; somebody else approves it."))
        survey = Survey.objects.select_for_update().get(code=change.subject_id)
        stood = newest(survey)
        number = stood.number if stood is not None else 0
        if number != change.content["based_on"]:
            raise Conflict(
                _("Another version came into force meanwhile."), _("Reject it; its maker repeats the change.")
            )
        if survey.state == rules.CLOSED:
            raise Conflict(_("This survey is closed."), _("Reject it."))
        asking = rules.asking_from(change.content["asking"])
        SurveyVersion.objects.create(
            survey=survey,
            number=number + 1,
            content=change.content["content"],
            share=asking.share,
            quota=asking.quota,
            valid_days=asking.valid_days,
            wait_days=asking.wait_days,
            channels=list(asking.channels),
            made_by=change.made_by,
            approved_by=checker,
            reason=change.reason,
            since=now,
        )
        if survey.state == rules.DRAFT:
            survey.state = rules.LIVE
        drafted = {name: survey.draft[name] for name in ("content", "asking")}
        if drafted == {name: change.content[name] for name in ("content", "asking")}:
            survey.draft = {**survey.draft, "by": []}  # what comes next is a new draft, with its own authors
        survey.version += 1
        survey.changed_by, survey.changed_at = checker, now
        survey.save()
        return {"survey": survey.code, "version": number + 1}

    def refused(self, change: Change, now: datetime) -> None:
        """Nothing was reserved."""


VERSION = _Version()
