"""What a customer does with a link or a counter's code: opens it, answers in parts, completes.

Nobody is signed in here: the token is the right. An answer is stored in one transaction under the lock of its
invitation, so that a link is used once whatever comes at once. Of an anonymous survey the answer is kept apart: it
hangs on a digest of the token that nothing else has, and at the end on nothing; no time and no line of the trail tells
whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.control.errors import NotFound, Unacceptable
from tenure.desk.control.written import Written, insert, update
from tenure.desk.control.written import here as database
from tenure.desk.parties.models import Merge
from tenure.desk.voice.surveys import links, listeners, questionnaire, ready_made, rules
from tenure.desk.voice.surveys.links import Gone
from tenure.desk.voice.surveys.models import CounterCode, CounterHour, Invitation, Response, Survey, SurveyVersion
from tenure.desk.voice.surveys.settings import settings_of
from tenure.desk.voice.surveys.versions import kept

#: An answer begun at a counter ends with its day, or so much later where it was begun before midnight.
COUNTER_LASTS = timedelta(hours=2)


# Read at every step of every customer. Few of the columns; the rest would be read when asked for. An answer is that of
# whoever stands for the customer by now (``parties.visibility.standing_of``, of one).
_INVITATION = Written(
    Invitation,
    "SELECT i.id, i.survey_id, i.version_id, i.party_id, i.org_path, i.state, i.expires_at, i.channel,"
    " s.state AS survey_state, coalesce(m.standing_id, i.party_id) AS standing"
    " FROM voice_surveys_invitation i JOIN voice_surveys_survey s ON s.id = i.survey_id"
    f" LEFT JOIN parties_merge m ON m.merged_id = i.party_id AND m.state = '{Merge.State.ACTIVE.value}'"
    " WHERE i.token_hash = %s",
)
_ANSWER = (
    "SELECT id, version_id, anonymous, invitation_id, party_id, org_path, answers, state, token_hash"
    " FROM voice_surveys_response WHERE "
)
_BY_TOKEN = Written(Response, _ANSWER + "token_hash = %s")
_BY_INVITATION = Written(Response, _ANSWER + "invitation_id = %s")


@dataclass(frozen=True, slots=True)
class Opened:
    """What the customer's page shows: the questionnaire, what was answered so far, whether answers are anonymous."""

    token: str
    survey: str
    kind: str
    version: int
    version_id: int
    content: dict[str, Any]
    answers: dict[str, Any]
    anonymous: bool
    channel: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Completed:
    """A completed answer; ``again``: it was complete before and nothing was done. No id where it is anonymous."""

    response_id: UUID | None
    thanks: dict[str, str]
    again: bool = False


@dataclass(slots=True)
class _Link:
    """What a token leads to: an invitation or a counter's response, and the answer so far.

    ``state`` is the survey's, ``party_id`` whose answer it would be.
    """

    version: SurveyVersion
    state: str
    invitation: Invitation | None
    response: Response | None
    party_id: str = ""


def open_link(token: str, *, now: datetime) -> Opened:
    """Open a link: what is asked and what was answered before. Looking leaves no mark: programs that check links look.

    Raises:
        NotFound: there is no such link.
        Gone: it ended, was answered, or the survey closed; in words, in the active language.
    """
    link = _found(token)
    _must_be_open(link, now)
    return _opened(token, link)


def answer(token: str, answers: Mapping[str, Any], *, language: str, now: datetime) -> Opened | Completed:
    """Keep ``answers`` over those before and, where nothing is left to ask, complete: one step of the customer's page.

    A question that was shown and left out is told as ``None``. Where a required one was, what else was told is kept.

    Raises:
        NotFound, Gone, Unacceptable: see :func:`complete`, but for a required answer that is missing.
    """
    return _told(token, answers, language, now, whole=False)


def complete(token: str, answers: Mapping[str, Any], *, language: str, now: datetime) -> Completed:
    """Complete an answer: what was kept before and ``answers`` over it. Listeners hear of it in the same transaction.

    Sent twice it is one answer: the second time says so (``again``).

    Raises:
        NotFound, Gone: see :func:`open_link`; also where an identified link was answered otherwise.
        Unacceptable: an answer that cannot be, or one that is required is missing; ``field`` is the question's id.
    """
    done = _told(token, answers, language, now, whole=True)
    assert isinstance(done, Completed)
    return done


def open_counter(code: str, *, now: datetime) -> Opened:
    """Begin an answer at a counter: a fresh one, nobody's, of the branch and moment of the code.

    Raises:
        NotFound: there is no such code.
        Gone: it ended, its survey asks nothing now, or it was opened more often within the hour than the bank allows.
    """
    with transaction.atomic():
        counter = CounterCode.objects.select_related("survey").filter(pk=code).first()
        if counter is None:
            raise NotFound(_("There is no such code."))
        version = _in_force(counter.survey) if counter.survey.state == rules.LIVE else None
        if counter.ended_at is not None or version is None:
            raise Gone(links.CLOSED, _("Nothing is asked here at the moment."), _("Thank you for wanting to tell us."))
        _count(counter, now)
        token = links.new_token()
        response = Response.objects.create(
            version=version,
            anonymous=counter.survey.anonymous,
            org_path=counter.org_path,
            moment=counter.survey.moment,
            channel=rules.COUNTER,
            state=rules.PARTIAL,
            token_hash=links.apart(token),
            started_on=timezone.localdate(now),
        )
        return _opened(token, _Link(version, counter.survey.state, None, response))


class _Touched(Exception):
    """Between looking at a link and taking it somebody else did something to it."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What one step makes of an answer: the response with what was told, what it says, and whether it is whole."""

    response: Response
    said: questionnaire.Said
    whole: bool


def _told(token: str, answers: Mapping[str, Any], language: str, now: datetime, *, whole: bool) -> Opened | Completed:
    """Keep a step of an answer, once, whatever else comes at the same time.

    Most links are answered in one go, untouched before. All is read and checked before the transaction begins, which
    takes the link only as it was seen: others wait for a moment's writing, not for the reading (SQLite writes one at a
    time). What was begun before, or touched meanwhile, is read under its lock.
    """
    link = _found(token)
    if link.invitation is not None and link.invitation.state in rules.NOT_BEGUN:
        step = _step(token, link, answers, language, now, whole)
        try:
            with transaction.atomic():
                return _keep(token, link, step, now)
        except _Touched:
            pass
    with transaction.atomic():
        link = _found(token, lock=True)
        known = _answered_before(link, answers)
        if known is not None:
            return known
        return _keep(token, link, _step(token, link, answers, language, now, whole), now)


def _step(
    token: str, link: _Link, answers: Mapping[str, Any], language: str, now: datetime, must_be_whole: bool
) -> _Step:
    """What ``answers`` make of what was answered so far. Nothing is written."""
    _must_be_open(link, now)
    content, response = link.version.content, _response(token, link, now)
    response.answers = _read(link.version, answers, response.answers)
    lacking = questionnaire.missing(content, response.answers)
    if must_be_whole and lacking:
        raise Unacceptable(_("This question needs an answer."), field=lacking[0])
    said = questionnaire.said(content, response.answers)
    whole = not lacking and (must_be_whole or questionnaire.next_question(content, response.answers) is None)
    if whole:
        response.score, response.satisfaction, response.effort = said.score, said.satisfaction, said.effort
        response.words = said.words
        response.language = language[:10]
        response.state, response.answered_on = rules.COMPLETE, timezone.localdate(now)
        response.counted_at = now
        if response.anonymous:
            response.counted_at = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        else:
            response.answered_at = now
        if link.invitation is not None and response.anonymous:
            response.token_hash = None  # from now on nothing joins the two
    return _Step(response, said, whole)


def _keep(token: str, link: _Link, step: _Step, now: datetime) -> Opened | Completed:
    """Take the link, store the answer, tell whoever listens and, of a whole one, write the line; in this order.

    Raises:
        _Touched: the link is not any more as it was seen.
    """
    response, invitation = step.response, link.invitation
    if invitation is not None:
        _take(invitation, step, now)
    if response._state.adding:
        insert(response)
    else:
        response.save()
    if not step.whole:
        listeners.tell_begun(response, step.said, now)
        link.response = response
        return _opened(token, link)
    listeners.tell_heard(response, now)
    if not response.anonymous:
        _note("survey.answer", response, link.version.survey.code, now)
    return Completed(None if response.anonymous else response.pk, _thanks(link))


def _take(invitation: Invitation, step: _Step, now: datetime) -> None:
    """Use the link up or, where a part of an answer is kept, note that it was begun: from now on it is looked for."""
    was = invitation.state
    if not step.whole and was not in rules.NOT_BEGUN:
        return
    invitation.state = rules.ANSWERED if step.whole else rules.OPENED
    names = ["state"]
    if step.whole and not step.response.anonymous:
        invitation.used_at = now
        names.append("used_at")
    if not update(invitation, *names, seen={"state": was}):
        raise _Touched


def _found(token: str, *, lock: bool = False) -> _Link:
    """What the token leads to; locked where it is to be changed.

    Raises:
        NotFound
    """
    held = " FOR UPDATE OF i" if lock and database().features.has_select_for_update else ""
    invitation: Any = _INVITATION.first([links.digest(token)], then=held)
    if invitation is None:
        return _at_counter(token, lock)
    version = kept(invitation.survey_id, invitation.version_id)
    found = None
    if invitation.state not in rules.NOT_BEGUN:
        # The answer so far is read once the lock is held, not with it: another step may have just been kept.
        apart = version.survey.anonymous
        found = _BY_TOKEN.first([links.apart(token)]) if apart else _BY_INVITATION.first([invitation.pk])
    return _Link(version, invitation.survey_state, invitation, found, invitation.standing)


def _at_counter(token: str, lock: bool) -> _Link:
    rows = Response.objects.select_for_update(of=("self",)) if lock else Response.objects.all()
    survey = {"survey_id_": F("version__survey_id"), "survey_state": F("version__survey__state")}
    own = rows.annotate(**survey).filter(token_hash=links.apart(token), channel=rules.COUNTER)
    response: Any = next(iter(own), None)
    if response is None:
        raise NotFound(_("There is no such link. Check that the address is whole."))
    return _Link(kept(response.survey_id_, response.version_id), response.survey_state, None, response)


def _must_be_open(link: _Link, now: datetime) -> None:
    invitation, response = link.invitation, link.response
    answered = invitation.state == rules.ANSWERED if invitation else response and response.state == rules.COMPLETE
    if answered:
        raise Gone(links.ANSWERED, _("This was answered already. Thank you."))
    if link.state == rules.CLOSED:
        raise Gone(links.CLOSED, _("This survey has ended."), _("Thank you for wanting to tell us."))
    if invitation is not None:
        # A message that came back may have reached them after all: bounced links may be answered.
        ended = invitation.state == rules.EXPIRED or invitation.expires_at is None or invitation.expires_at <= now
    else:
        ended = response is None or response.started_on < timezone.localdate(now - COUNTER_LASTS)
    if ended:
        raise Gone(links.EXPIRED, _("This link has run out."), _("Thank you for wanting to tell us."))


def _opened(token: str, link: _Link) -> Opened:
    survey, invitation = link.version.survey, link.invitation
    return Opened(
        token=token,
        survey=survey.code,
        kind=survey.kind,
        version=link.version.number,
        version_id=link.version.pk,
        content=link.version.content,
        answers=dict(link.response.answers) if link.response is not None else {},
        anonymous=survey.anonymous,
        channel=invitation.channel if invitation is not None else rules.COUNTER,
        expires_at=invitation.expires_at if invitation is not None else None,
    )


def _response(token: str, link: _Link, now: datetime) -> Response:
    """The answer so far, begun where there is none; an invitation is known, a counter's response exists."""
    if link.response is not None:
        return link.response
    invitation, survey = link.invitation, link.version.survey
    assert invitation is not None
    return Response(
        version=link.version,
        anonymous=survey.anonymous,
        invitation=None if survey.anonymous else invitation,
        party_id="" if survey.anonymous else link.party_id,
        org_path=invitation.org_path,
        moment=survey.moment,
        channel=invitation.channel,
        state=rules.PARTIAL,
        token_hash=links.apart(token) if survey.anonymous else None,
        started_on=timezone.localdate(now),
    )


def _read(version: SurveyVersion, told: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return questionnaire.read(version.content, told, before)
    except questionnaire.BadAnswer as wrong:
        words = {
            "too_long": _("At most %(most)s characters.") % {"most": rules.WORDS_LENGTH},
            "no_question": _("There is no such question."),
        }
        told_why = words.get(wrong.code) or _("This is none of the answers.")
        raise Unacceptable(told_why, field=wrong.question) from None


def _thanks(link: _Link) -> dict[str, str]:
    """The survey's thanks; a survey of known customers may promise a call, which nobody can make after a counter."""
    at_counter = link.invitation is None and not link.version.survey.anonymous
    return ready_made.THANKS_OF_UNKNOWN if at_counter else link.version.content["thanks"]


def _answered_before(link: _Link, answers: Mapping[str, Any]) -> Completed | None:
    """The completed answer where the same is sent again; of an anonymous one nobody can tell, so any is the same."""
    response = link.response
    thanks = _thanks(link)
    if link.invitation is not None and link.version.survey.anonymous:
        return Completed(None, thanks, again=True) if link.invitation.state == rules.ANSWERED else None
    if response is None or response.state != rules.COMPLETE:
        return None
    if _read(link.version, answers, response.answers) != response.answers:
        raise Gone(links.ANSWERED, _("This was answered already. Thank you."))
    return Completed(None if response.anonymous else response.pk, thanks, again=True)


def _count(counter: CounterCode, now: datetime) -> None:
    """Count an opening; refuse it where the hour has had as many as the bank allows."""
    most = settings_of(Path(settings.HOME)).counter_per_hour
    hour = now.replace(minute=0, second=0, microsecond=0)
    rows = CounterHour.objects.filter(code=counter, hour=hour)
    if not rows.exists():
        try:
            with transaction.atomic():
                CounterHour.objects.create(code=counter, hour=hour)
        except IntegrityError:
            pass  # somebody opened it in the same moment
    if not rows.filter(opened__lt=most).update(opened=F("opened") + 1):
        raise Gone(links.TOO_MANY, _("Too many have answered here just now."), _("Try again in an hour."))


def _in_force(survey: Survey) -> SurveyVersion | None:
    return survey.versions.select_related("survey").order_by("-number").first()


def _note(act: str, response: Response, survey: str, now: datetime) -> None:
    changes = {"customer": response.party_id, "survey": survey, "org_path": response.org_path}
    audit.record(None, act, now=now, kind="response", key=str(response.pk), changes=changes, actor_name="customer")
