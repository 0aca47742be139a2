"""The questionnaire: what answers are worth, how often one may ask, when a rating holds and when it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from desk.small_bank import SmallBank, publish_small_bank
from tenure.contracts import codes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.knowledge import asking, questionnaires, selectors, suitability
from tenure.desk.knowledge.models import Answers
from tenure.desk.knowledge.suitability import Given
from tenure.desk.org.models import User
from tenure.desk.publication.current import pin
from tenure.errors import SetupError

NOW = timezone.now().replace(hour=4, minute=0, second=0, microsecond=0)
TODAY = timezone.localdate(NOW)
OURS = Path(questionnaires.__file__).parent / "questions" / "risk.toml"
ASKED = questionnaires.read(OURS)
ORDER = list(codes.RISK_RATINGS)
MIDDLE = {one.code: "b" for one in ASKED.questions}
BOLD = {one.code: max(one.choices, key=lambda choice: choice.points).code for one in ASKED.questions}
CAREFUL = {one.code: min(one.choices, key=lambda choice: choice.points).code for one in ASKED.questions}
AsUser = Callable[[User], Client]


def _give(bank: SmallBank, **other: Any) -> Answers:
    told: dict[str, Any] = {"answers": MIDDLE, "now": NOW, **other}
    return asking.give_answers(told.pop("user", bank.owner), told.pop("party_id", bank.party_id), **told)


def _held(bank: SmallBank, **other: Any) -> Answers:
    kept = _give(bank, **other)
    return asking.confirm_answers(bank.owner, kept.pk, now=kept.taken_at)


def _customer(rating: str | None = None, on: date | None = None, party_id: str = "C000001") -> Any:
    return SimpleNamespace(party_id=party_id, risk_rating=rating, risk_rated_on=on)


any_answers = st.fixed_dictionaries(
    {one.code: st.sampled_from([choice.code for choice in one.choices]) for one in ASKED.questions}
)


def test_the_boldest_answers_give_the_highest_rating_and_the_most_careful_the_lowest() -> None:
    assert ASKED.result(BOLD)[1] == "R5" and ASKED.result(CAREFUL)[1] == "R1"
    reached = {ASKED.result({one.code: letter for one in ASKED.questions})[1] for letter in "abcd"}
    assert len(reached) >= 3, "the bands tell customers apart"


@given(any_answers)
def test_who_accepts_no_loss_is_rated_lowest_whatever_else_they_say(answers: dict[str, str]) -> None:
    assert ASKED.result(answers | {"aim": "a"})[1] == "R1"
    assert ORDER.index(ASKED.result(answers | {"loss": "a"})[1]) <= 1


@given(any_answers, st.sampled_from([one.code for one in ASKED.questions]))
def test_a_choice_with_more_points_and_no_lower_cap_never_lowers_the_rating(
    answers: dict[str, str], changed: str
) -> None:
    question = next(one for one in ASKED.questions if one.code == changed)
    rising = sorted(question.choices, key=lambda choice: choice.points)
    ratings = [ORDER.index(ASKED.result(answers | {changed: one.code})[1]) for one in rising if not one.cap]
    assert ratings == sorted(ratings)


@pytest.mark.parametrize(
    "answers", [{}, MIDDLE | {"age": "z"}, MIDDLE | {"shoe_size": "b"}, {k: v for k, v in MIDDLE.items() if k != "age"}]
)
def test_a_question_unanswered_or_unknown_is_refused(bank: SmallBank, answers: dict[str, str]) -> None:
    with pytest.raises(Unacceptable) as no:
        _give(bank, answers=answers)
    assert no.value.field == "answers" and not Answers.objects.exists()


def test_a_company_is_not_asked(bank: SmallBank) -> None:
    with pytest.raises(Unacceptable):
        _give(bank, party_id="C000015", user=bank.user("complaint_handler"))


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_someone_elses_customer_is_not_there(bank: SmallBank, who: str) -> None:
    kept, user = _held(bank), getattr(bank, who)
    for act in (
        lambda: _give(bank, user=user),
        lambda: asking.confirm_answers(user, kept.pk, now=NOW),
        lambda: asking.overrule_rating(user, kept.pk, "R1", "because", version=2, now=NOW),
        lambda: selectors.answers(user, kept.pk),
        lambda: selectors.answers_of(user, bank.party_id),
    ):
        with pytest.raises(NotFound):
            act()


@pytest.mark.parametrize("role", ["marketer", "executive", "analyst", "auditor"])
def test_only_those_who_deal_with_customers_ask(bank: SmallBank, role: str) -> None:
    with pytest.raises(NotAllowed):
        _give(bank, user=bank.user(role))


def test_a_customer_is_asked_twice_a_day_and_no_third_time(bank: SmallBank) -> None:
    _give(bank)
    _give(bank, channel="mobile", now=NOW + timedelta(minutes=5))
    with pytest.raises(Conflict):
        _give(bank, now=NOW + timedelta(minutes=10))
    assert Answers.objects.count() == 2
    _give(bank, now=NOW + timedelta(days=1))


def test_a_customer_is_asked_eight_times_in_twelve_months_over_all_channels(bank: SmallBank) -> None:
    for month in range(8):
        _give(bank, channel=("counter", "mobile")[month % 2], now=NOW + timedelta(days=30 * month))
    with pytest.raises(Conflict):
        _give(bank, now=NOW + timedelta(days=240))
    _give(bank, now=NOW + timedelta(days=366))


@given(st.lists(st.integers(0, 800), max_size=30), st.integers(0, 800))
def test_room_is_what_the_limits_leave(asked: list[int], on: int) -> None:
    begin = date(2026, 2, 1)
    days = [begin + timedelta(days=one) for one in asked]
    today, year = suitability.room_left(days, begin + timedelta(days=on), 2, 8)
    assert 0 <= today <= 2 and 0 <= year <= 8
    assert today == max(0, 2 - asked.count(on))
    if not any(on - 367 < one <= on for one in asked):
        assert year == 8


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_no_more_than_two_come_through() -> None:
    bank = publish_small_bank(customers=6)
    people = [bank.owner, bank.user("branch_head"), bank.user("lobby_manager"), bank.user("teller")]
    given_to: list[Any] = [None] * len(people)
    started = threading.Barrier(len(people))

    def run(place: int, user: User) -> None:
        try:
            with pin():
                started.wait()
                given_to[place] = _give(bank, user=user)
        except Exception as wrong:  # the test looks at it
            given_to[place] = wrong
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(people)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(type(one).__name__ for one in given_to) == ["Answers", "Answers", "Conflict", "Conflict"]
    assert Answers.objects.count() == 2


def test_the_test_known_from_the_banks_file_counts(bank: SmallBank) -> None:
    _give(bank)
    assert selectors.room_for(_customer(), TODAY).today == 1
    assert selectors.room_for(_customer("R3", TODAY - timedelta(days=1)), TODAY).year == 6
    assert selectors.room_for(_customer("R3", TODAY), TODAY).today == 1, "the file took over what the desk had asked"


def test_answers_sent_twice_are_one_and_leave_room_for_the_second_test(bank: SmallBank) -> None:
    first = _give(bank, external_id="q-1")
    assert _give(bank, external_id="q-1") == first and Answers.objects.count() == 1
    with pytest.raises(Conflict):
        _give(bank, external_id="q-1", answers=BOLD)


def test_answers_to_an_edition_that_is_gone_are_refused(bank: SmallBank) -> None:
    with pytest.raises(Conflict):
        _give(bank, edition="2019-1")


def test_a_rating_holds_once_the_customer_confirmed_it_and_for_twelve_months(bank: SmallBank) -> None:
    kept = _give(bank)
    assert selectors.rating_of(_customer(), TODAY) is None
    asking.confirm_answers(bank.owner, kept.pk, now=NOW)
    asking.confirm_answers(bank.owner, kept.pk, now=NOW)
    assert AuditEvent.objects.filter(act="answers.confirm").count() == 1
    rating = selectors.rating_of(_customer(), TODAY)
    assert rating is not None and rating.code == kept.rating and rating.source == "desk" and not rating.expired
    end = suitability.months_later(TODAY, 12)
    last = selectors.rating_of(_customer(), end - timedelta(days=1))
    over = selectors.rating_of(_customer(), end)
    assert last and last.expiring and not last.expired and over and over.expired


def test_the_newer_of_desk_and_file_holds(bank: SmallBank) -> None:
    kept = _held(bank)
    older, newer = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    assert selectors.rating_of(_customer("R5", older), TODAY).code == kept.rating  # type: ignore[union-attr]
    assert selectors.rating_of(_customer("R5", TODAY), TODAY).source == "desk"  # type: ignore[union-attr]
    assert selectors.rating_of(_customer("R5", newer), newer).code == "R5"  # type: ignore[union-attr]
    assert selectors.rating_of(_customer("R5", newer), TODAY).code == kept.rating  # type: ignore[union-attr]


def test_an_earlier_answer_is_not_confirmed_over_a_later_one(bank: SmallBank) -> None:
    first = _give(bank)
    _give(bank, answers=CAREFUL, now=NOW + timedelta(minutes=1))
    with pytest.raises(Conflict):
        asking.confirm_answers(bank.owner, first.pk, now=NOW + timedelta(minutes=2))


def test_a_rating_is_taken_lower_with_a_reason_and_never_higher(bank: SmallBank) -> None:
    kept = _held(bank, answers=BOLD)
    for to in ("R5", "R6", ""):
        with pytest.raises(Unacceptable):
            asking.overrule_rating(bank.owner, kept.pk, to, "about to retire", version=2, now=NOW)
    with pytest.raises(Unacceptable):
        asking.overrule_rating(bank.owner, kept.pk, "R3", " ", version=2, now=NOW)
    asking.overrule_rating(bank.owner, kept.pk, "R3", "about to retire", version=2, now=NOW)
    rating = selectors.rating_of(_customer(), TODAY)
    assert rating is not None and (rating.code, rating.given, rating.overruled) == ("R3", "R5", True)
    with pytest.raises(Conflict, match="王芳"):
        asking.overrule_rating(bank.user("branch_head"), kept.pk, "R2", "older than told", version=2, now=NOW)
    with pytest.raises(Unacceptable):
        asking.overrule_rating(bank.user("branch_head"), kept.pk, "R4", "older than told", version=3, now=NOW)
    assert AuditEvent.objects.get(act="answers.overrule").reason == "about to retire"


def test_the_database_itself_refuses_a_rating_taken_higher(bank: SmallBank) -> None:
    kept = _held(bank)
    with pytest.raises(IntegrityError), transaction.atomic():
        Answers.objects.filter(pk=kept.pk).update(
            overruled_to="R5", overruled_by=bank.owner, overruled_at=NOW, overrule_reason="why"
        )


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(-24, 24))
def test_months_later_keeps_the_day_or_takes_the_months_last(day: date, months: int) -> None:
    later = suitability.months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from(ORDER)), max_size=6), st.integers(0, 60))
def test_no_rating_given_later_than_the_day_asked_for_holds(given_ones: list[tuple[int, str]], on: int) -> None:
    begin = date(2026, 2, 1)
    desk = [
        Given(code, "", begin + timedelta(days=n), begin + timedelta(days=n + 365), "desk")
        for n, code in sorted(given_ones, key=lambda pair: -pair[0])
    ]
    rating = suitability.rating_in_force(desk, None, begin + timedelta(days=on))
    known = [one for one in desk if one.rated_on <= begin + timedelta(days=on)]
    assert (rating is None) == (not known)
    assert rating is None or rating.rated_on == max(one.rated_on for one in known)


def test_a_banks_own_questionnaire_is_read_and_a_broken_one_told(tmp_path: Path) -> None:
    text = OURS.read_text(encoding="utf-8")
    (tmp_path / "a.toml").write_text(text.replace('edition = "2026-1"', 'edition = "bank-7"'), encoding="utf-8")
    assert questionnaires.read(tmp_path / "a.toml").edition == "bank-7"
    for number, (old, new) in enumerate(
        [("R3 = 34", "R3 = 10"), ('cap = "R1"', 'cap = "R9"'), ("a_day = 2", "a_day = 0"), ("[bands]", "[band]")]
    ):
        path = tmp_path / f"broken{number}.toml"
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(SetupError):
            questionnaires.read(path)


def test_the_pages_ask_show_confirm_and_print(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    page = client.get(f"/knowledge/customer/{bank.party_id}/questionnaire").content.decode()
    assert page.count('type="radio"') == sum(len(one.choices) for one in ASKED.questions) + len(codes.ANSWER_CHANNELS)
    form = {f"q-{code}": choice for code, choice in MIDDLE.items()}
    form |= {"channel": "counter", "edition": ASKED.edition, "external_id": str(uuid4())}
    for _time in range(2):
        answer = client.post(f"/knowledge/customer/{bank.party_id}/answer", form)
        assert answer.status_code == 302
    kept = Answers.objects.get()
    assert client.post(f"/knowledge/answers/{kept.pk}/confirm", {}).status_code == 302
    kept.refresh_from_db()
    assert kept.confirmed_at is None, "without the tick nothing is confirmed"
    client.post(f"/knowledge/answers/{kept.pk}/confirm", {"agrees": "1"})
    page = client.get(f"/knowledge/answers/{kept.pk}/").content.decode()
    assert "已确认" in page and "客户签字" in page
    assert "<legend>调低至</legend>" in page, "the lower rating is chosen, the customer is not handed over"
    assert as_user(bank.colleague).get(f"/knowledge/answers/{kept.pk}/").status_code == 404
