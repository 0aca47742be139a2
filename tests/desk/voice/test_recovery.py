"""What came of a closed case is what the bank's figures say, and nothing where they say nothing yet."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from desk.small_bank import SmallBank
from desk.voice.surveys.conftest import NOW, go_live
from desk.voice.test_cases import go_on
from desk.voice.test_listening import answered
from tenure.desk.parties import selectors as parties
from tenure.desk.parties.models import Timeline
from tenure.desk.voice.cases import digest, selectors, services
from tenure.desk.voice.surveys.models import Occasion, Response

ZONE = timezone.get_default_timezone()


def recovered(bank: SmallBank, at: datetime) -> selectors.Recovery:
    case = services.open_case(bank.owner, bank.party_id, "hand", str(uuid4()), now=at)
    assert selectors.recovery(bank.owner, selectors.case(bank.owner, case.pk, at), at) is None
    go_on(bank.owner, case, "closed", now=at)
    found = selectors.recovery(bank.owner, selectors.case(bank.owner, case.pk, at), at)
    assert found is not None
    return found


def test_assets_are_told_of_whole_months_within_ninety_days_and_the_month_before(bank: SmallBank) -> None:
    curve = parties.curve(bank.owner, bank.party_id)
    assert curve is not None and curve.last_month == "2026-06"
    found = recovered(bank, datetime(2026, 1, 20, 10, tzinfo=ZONE))
    # June is still open: -1; May -2, April -3, March -4, February -5, January -6, December -7
    assert found.months == [("2026-02", curve.aum[-5]), ("2026-03", curve.aum[-4]), ("2026-04", curve.aum[-3])]
    assert (found.before, found.complete) == (curve.aum[-7], True)


def test_what_is_not_there_yet_is_not_made_up(bank: SmallBank) -> None:
    found = recovered(bank, datetime(2026, 6, 20, 10, tzinfo=ZONE))
    assert (found.months, found.complete) == ([], False)
    Timeline.rows().filter(party_id=bank.party_id, kind="survey").delete()
    found = recovered(bank, timezone.now())
    assert (found.asked_again, found.score, found.months, found.before) == (False, None, [], None)


def test_an_answer_after_the_closing_is_shown_and_one_before_it_is_not(bank: SmallBank) -> None:
    before = answered(bank, score=2)
    now = timezone.now() + timedelta(hours=1)
    case = services.open_case(bank.owner, bank.party_id, "hand", "k", now=now)
    go_on(bank.owner, case, "closed", now=now)
    seen = selectors.case(bank.owner, case.pk, now)
    assert before.answered_at is not None and before.answered_at < now
    found = selectors.recovery(bank.owner, seen, now)
    assert found is not None and not found.asked_again
    again = answered(bank, score=9)
    Response.objects.filter(pk=again.pk).update(answered_at=now + timedelta(days=3))
    found = selectors.recovery(bank.owner, seen, now)
    assert found is not None and (found.asked_again, found.score) == (True, 9)


def test_the_week_tells_each_answer_once_and_anonymous_ones_to_their_branch_alone(bank: SmallBank) -> None:
    one = answered(bank, score=10, words="谢谢小王")
    answered(bank, anonymous=True, score=2, words="空调太冷")
    Timeline.rows().filter(kind="survey").delete()
    table = Timeline.rows().model
    table.objects.create(
        party_id=bank.party_id,
        at=one.answered_at,
        event_id=f"survey:{one.pk}",
        kind="survey",
        words="谢谢小王",
        score=10,
    )
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    head, stranger = digest.week_of(bank.user("branch_head"), monday), digest.week_of(bank.stranger, monday)
    assert [said.words for said in head.thanks] == ["谢谢小王"]
    assert [said.words for said in head.unhappy] == ["空调太冷"]
    assert (head.answers, stranger.answers) == (2, 0)
    hidden = digest.week_of(bank.user("executive"), monday)
    assert hidden.answers == 2 and "谢谢小王" not in {said.words for said in hidden.thanks}


def test_a_closed_case_is_a_moment_that_a_survey_may_ask_after_once_in_each_round(bank: SmallBank) -> None:
    """Who is asked again is drawn, never chosen; and nobody whom no one reached."""
    go_live(bank, "after-a-case", moment="case_closed")
    now = NOW

    def occasions(case_id: object) -> list[str]:
        found = Occasion.objects.filter(event_id__startswith=f"case:{case_id}")
        return sorted(found.values_list("event_id", flat=True))

    case = services.open_case(bank.owner, bank.party_id, "hand", str(uuid4()), now=now)
    case = go_on(bank.owner, case, "agreed", now=now)
    assert occasions(case.pk) == []
    for _again in range(2):  # a double click
        services.close(bank.owner, case.pk, "repaired", "修好叫号机", version=case.version, now=now)
    assert occasions(case.pk) == [f"case:{case.pk}:1"]
    one = Occasion.objects.get(event_id=f"case:{case.pk}:1")
    assert (one.moment, one.party_id, one.sent_by) == ("case_closed", bank.party_id, None)
    assert one.invitations.get().outcome == "drawn", "everybody is asked by this survey"
    silent = services.open_case(bank.owner, bank.party_id, "hand", str(uuid4()), now=now)
    for n in range(3):
        at = now + timedelta(hours=n)
        silent = services.acknowledge(bank.owner, silent.pk, "call", "no_answer", version=silent.version, now=at)
    services.close(bank.owner, silent.pk, "not_reached", "寄信", "waiting", version=silent.version, now=at)
    assert occasions(silent.pk) == []
    complaint = services.open_case(bank.owner, bank.party_id, "complaint", str(uuid4()), now=now)
    go_on(bank.owner, complaint, "closed", now=now)
    assert Occasion.objects.get(event_id=f"case:{complaint.pk}:1").moment == "complaint_closed"
