"""Making surveys: begin one, work on its draft, put a version before a second person, pause, resume, close; codes.

A draft may be unfinished; what is put forward may not. Whoever worked on a draft never approves it, even where
somebody else put it forward.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.changes.services import propose
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.guards import must, one_of, unchanged, who_changed
from tenure.desk.control.models import Change
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import branches_of, reach_of
from tenure.desk.voice.surveys import branching, questionnaire, rules, wording
from tenure.desk.voice.surveys.changing import content_of, newest
from tenure.desk.voice.surveys.models import CounterCode, Survey
from tenure.desk.voice.surveys.ready_made import content_for

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
#: The farthest ahead a wave may be set.
_FAR = timedelta(days=731)
#: The longest draft taken: thirty questions in two languages fit four times over.
_LONGEST = 100_000


def make_survey(user: User, code: str, kind: str, moment: str, anonymous: bool, *, now: datetime) -> Survey:
    """Begin a survey from the ready-made one of its kind; the same again by the same person is the same survey.

    Raises:
        NotAllowed: no post of theirs makes surveys.
        Unacceptable: no such kind or moment, or a short name that is none.
        Conflict: there is a survey of this short name.
    """
    must(user, Permission.MANAGE_SURVEYS)
    if not _CODE.fullmatch(code) or code == "new":  # “new” is the form's own address
        raise Unacceptable(
            _("A short name has 3 to 40 small letters, digits and hyphens."), _("Like counter-nps."), field="code"
        )
    one_of(kind, rules.KINDS, "kind")
    one_of(moment, codes.MOMENTS, "moment")
    draft = {
        "content": content_for(kind, moment, anonymous=anonymous),
        "asking": rules.Asking().as_json(),
        "by": [user.pk],
    }
    about = {"kind": kind, "moment": moment, "anonymous": anonymous}
    try:
        with transaction.atomic():
            made = Survey.objects.create(
                code=code, **about, draft=draft, owner=user, made_at=now, changed_by=user, changed_at=now
            )
            audit.record(user, "survey.make", now=now, kind="survey", key=code, changes=about)
    except IntegrityError:
        known = Survey.objects.select_related("owner").get(code=code)
        if known.owner_id == user.pk and known.version == 1 and {name: getattr(known, name) for name in about} == about:
            return known  # the same click twice
        raise Conflict(
            _("%(name)s has begun a survey of this short name.") % {"name": known.owner.name}, _("Choose another.")
        ) from None
    return made


def edit_draft(
    user: User, code: str, content: Mapping[str, Any], asking: Mapping[str, Any], *, version: int, now: datetime
) -> Survey:
    """Keep the draft of a survey's next version; it may be unfinished. The same again changes nothing.

    Args:
        content: as ``questionnaire.py`` describes it.
        asking: as :class:`rules.Asking` keeps it.
        version: of the survey, as the person saw it.

    Raises:
        NotAllowed, NotFound.
        Unacceptable: it is no content at all, or nobody can be asked so.
        Conflict: somebody changed it first, or the survey is closed.
    """
    must(user, Permission.MANAGE_SURVEYS)
    kept = _kept(content)
    told = _asking(asking).as_json()
    with transaction.atomic():
        one = _locked(code)
        again = one.version == version + 1 and one.changed_by_id == user.pk
        if (one.draft["content"], one.draft["asking"]) == (kept, told) and (again or one.version == version):
            return one
        _must_not_be_closed(one)
        unchanged(one, version)
        by = sorted({*one.draft.get("by", []), user.pk})
        one.draft = {"content": kept, "asking": told, "by": by}
        _save(one, user, now)
        changes = {"questions": len(kept["questions"]), **told}
        audit.record(user, "survey.edit", now=now, kind="survey", key=code, changes=changes)
    return one


def propose_version(user: User, code: str, reason: str, *, version: int, now: datetime) -> Change:
    """Put the draft before a second person: approved, it is what the survey asks from then on.

    Raises:
        NotAllowed, NotFound.
        Unacceptable: the draft is not finished (the field is the question's id, of a branch with ``.show_if``), or no
            reason.
        Conflict: somebody changed it first, it is closed, nothing differs, or a version waits already.
    """
    must(user, Permission.MANAGE_SURVEYS)
    with transaction.atomic():
        one = _locked(code)
        _must_not_be_closed(one)
        unchanged(one, version)
        wrong = questionnaire.faults(one.draft["content"], one.kind)
        if wrong:
            raise Unacceptable(
                branching.fault_words(one.draft["content"], wrong[0]),
                _("The draft says at each question what it lacks."),
                field=wrong[0].field,
            )
        stood = newest(one)
        if stood is not None and content_of(stood) == {name: one.draft[name] for name in ("content", "asking")}:
            raise Conflict(_("Nothing differs from the version in force."))
        content = {**one.draft, "based_on": stood.number if stood is not None else 0}
        return propose(user, "surveys.version", ("survey", code), content, reason, org_path="/", now=now)


def move_survey(user: User, code: str, act: str, *, version: int, now: datetime) -> Survey:
    """Pause, resume or close a survey. To stop something one pair of eyes is enough; a pause leaves links good.

    Raises:
        NotAllowed, NotFound.
        Unacceptable: there is no such act.
        Conflict: it stands otherwise now; who changed it and when.
    """
    must(user, Permission.MANAGE_SURVEYS)
    one_of(act, rules.ACTS, "act")
    before, after = rules.ACTS[act]
    with transaction.atomic():
        one = _locked(code)
        if one.state == after and one.changed_by_id == user.pk and one.version == version + 1:
            return one  # the same click again
        if one.state not in before:
            raise Conflict(_("%(name)s changed this first, at %(at)s.") % who_changed(one), _("Load the page again."))
        unchanged(one, version)
        one.state = after
        _save(one, user, now)
        if after == rules.CLOSED:
            one.next_wave_on = one.wave_months = None
            one.save(update_fields=["next_wave_on", "wave_months"])
            one.counter_codes.filter(ended_at=None).update(ended_at=now)
        audit.record(user, f"survey.{act}", now=now, kind="survey", key=code, changes={"state": after})
    return one


def plan_waves(
    user: User, code: str, first_on: date | None, months: int | None, *, version: int, now: datetime
) -> Survey:
    """Set the day of a periodic survey's next wave and how many months lie between waves; without either it has none.

    The wave is drawn by itself on that day (``waves.draw_due``), as the version in force asks: by its share, its quota
    and the waits between surveys.

    Raises:
        NotAllowed, NotFound.
        Unacceptable: it asks after another moment, the day has gone by, or no such months.
        Conflict: somebody changed it first, or it is closed.
    """
    must(user, Permission.MANAGE_SURVEYS)
    if (first_on is None) != (months is None):
        raise Unacceptable(_("Give the day of the next wave and the months between, or neither."), field="first_on")
    if months is not None and months not in rules.WAVE_MONTHS:
        raise Unacceptable(
            _("Waves lie %(months)s months apart.") % {"months": ", ".join(map(str, rules.WAVE_MONTHS))}, field="months"
        )
    with transaction.atomic():
        one = _locked(code)
        if (one.next_wave_on, one.wave_months) == (first_on, months):
            return one  # the same click again
        _must_not_be_closed(one)
        unchanged(one, version)
        if first_on is not None and one.moment != rules.PERIODIC:
            raise Unacceptable(
                _("This survey asks after a moment, not by the calendar."), _("Begin one of the moment “periodic”."),
                field="first_on",
            )  # fmt: skip
        if first_on is not None and not timezone.localdate(now) <= first_on <= timezone.localdate(now) + _FAR:
            raise Unacceptable(_("The next wave is today or within two years."), field="first_on")
        one.next_wave_on, one.wave_months = first_on, months
        _save(one, user, now)
        changes = {"next_wave_on": first_on and f"{first_on}", "months": months}
        audit.record(user, "survey.waves", now=now, kind="survey", key=code, changes=changes)
    return one


def make_counter_code(user: User, code: str, org_id: str, *, now: datetime) -> CounterCode:
    """A code to print and put up at a branch; a branch has one of a survey, which then is the answer.

    Raises:
        NotAllowed, NotFound: no such survey, or no such branch of theirs.
        Conflict: the survey is closed.
    """
    _must_reach_branches(user)
    branch = branches_of(user).filter(org_id=org_id).first()
    if branch is None:
        raise NotFound(_("There is no such branch of yours."))
    with transaction.atomic():
        one = _locked(code)
        _must_not_be_closed(one)
        known = one.counter_codes.filter(org_path=branch.org_path, ended_at=None).first()
        if known is not None:
            return known
        made = CounterCode.objects.create(
            code=secrets.token_urlsafe(16), survey=one, org_path=branch.org_path, made_by=user, made_at=now
        )
        audit.record(user, "survey.counter", now=now, kind="survey", key=code, changes={"org_path": branch.org_path})
    return made


def end_counter_code(user: User, code: str, org_id: str, *, now: datetime) -> None:
    """End the code of a branch: what is on the wall leads nowhere from now on. Ended before, nothing happens.

    Raises:
        NotAllowed, NotFound: see :func:`make_counter_code`.
    """
    _must_reach_branches(user)
    branch = branches_of(user).filter(org_id=org_id).first()
    if branch is None:
        raise NotFound(_("There is no such branch of yours."))
    with transaction.atomic():
        one = _locked(code)
        if one.counter_codes.filter(org_path=branch.org_path, ended_at=None).update(ended_at=now):
            changes = {"org_path": branch.org_path}
            audit.record(user, "survey.counter_end", now=now, kind="survey", key=code, changes=changes)


def _must_reach_branches(user: User) -> None:
    """Branch heads put a code up at theirs; whoever makes surveys anywhere."""
    reach = reach_of(user)
    if not (
        reach.may(Permission.MANAGE_SURVEYS) or (reach.may(Permission.VIEW_BRANCH) and "branch_head" in reach.roles)
    ):
        raise NotAllowed(_("None of your posts gives you the right to do this."))


def _locked(code: str) -> Survey:
    # no join: to a row that changed while it was waited for PostgreSQL would join whoever had changed it before
    one = Survey.objects.select_for_update().filter(code=code).first()
    if one is None:
        raise NotFound(_("There is no such survey."))
    return one


def _must_not_be_closed(one: Survey) -> None:
    if one.state == rules.CLOSED:
        raise Conflict(_("This survey is closed."), _("Begin another from it."))


def _save(one: Survey, user: User, now: datetime) -> None:
    one.version += 1
    one.changed_by, one.changed_at = user, now
    one.save()


def _asking(told: Mapping[str, Any]) -> rules.Asking:
    try:
        return rules.asking_from(told)
    except rules.BadAsking as wrong:
        raise Unacceptable(wording.bad_asking(wrong.field), field=wrong.field) from None


def _kept(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content as it is kept: a shape that pages can show, however unfinished."""
    if not isinstance(content, Mapping) or len(json.dumps(content)) > _LONGEST:
        raise Unacceptable(_("It is not written as a questionnaire is."), field="content")
    try:
        return questionnaire.tidied(content)
    except ValueError as wrong:
        raise Unacceptable(_("It is not written as a questionnaire is."), field=str(wrong) or "content") from None
