"""Many at once: no quota is passed, nobody is asked twice, a link is used once."""

from __future__ import annotations

from typing import Any

import pytest

from desk.at_once import at_once
from desk.small_bank import SmallBank, publish_small_bank
from desk.voice.surveys.conftest import NOW, go_live, invited, moment
from tenure.desk.org.models import User
from tenure.desk.voice.surveys import making_services as making
from tenure.desk.voice.surveys import moment_services, services
from tenure.desk.voice.surveys.links import Gone
from tenure.desk.voice.surveys.models import CounterHour, Invitation, Occasion, Response

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank() -> SmallBank:
    """A bank whose rows other threads see."""
    return publish_small_bank(customers=24)


def _take(bank: SmallBank, rows: list[dict[str, Any]]) -> Any:
    admin = User.objects.get(pk=bank.user("administrator").pk)
    return moment_services.take_moments(admin, rows, now=NOW)


def test_deliveries_at_once_never_pass_the_quota(bank: SmallBank) -> None:
    go_live(bank, quota=7)
    rows = [moment(one, org_id="S1") for one in bank.party_ids]
    given = at_once(*[lambda part=rows[n::4]: _take(bank, part) for n in range(4)])
    assert sum(one.taken for one in given) == 24 and sum(one.asked for one in given) == 7, given
    assert Invitation.objects.filter(outcome="drawn").count() == 7
    assert Invitation.objects.filter(outcome="quota").count() == 17


def test_moments_of_one_customer_at_once_ask_them_once_over_all_surveys(bank: SmallBank) -> None:
    go_live(bank)
    go_live(bank, "app-csat", "csat", moment="app_used")
    for party in bank.party_ids[:4]:
        rows = [[moment(party)], [moment(party, moment="app_used")], [moment(party)]]
        given = at_once(*[lambda part=part: _take(bank, part) for part in rows])
        assert sum(one.asked for one in given) == 1, given


def test_one_delivery_three_times_at_once_counts_once(bank: SmallBank) -> None:
    go_live(bank)
    rows = [moment(one) for one in bank.party_ids]
    given = at_once(*[lambda: _take(bank, rows)] * 3)
    assert sum(one.taken for one in given) == 24 and sum(one.asked for one in given) == 24, given
    assert Occasion.objects.count() == Invitation.objects.count() == 24


@pytest.mark.parametrize("anonymous", [False, True])
def test_a_link_answered_twice_at_once_is_answered_once(bank: SmallBank, anonymous: bool) -> None:
    go_live(bank, anonymous=anonymous)
    for party in bank.party_ids[:4]:
        _one, token = invited(bank, party)
        given = at_once(
            *[
                lambda n=n, token=token: services.complete(token, {"recommend": n}, language="zh", now=NOW)
                for n in range(3)
            ]
        )
        done = [one for one in given if isinstance(one, services.Completed) and not one.again]
        assert len(done) == 1, given
        assert all(isinstance(one, Gone | services.Completed) for one in given), given
    assert Response.objects.filter(state="complete").count() == 4


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("told", [{"recommend": 3}, {"recommend": 9}])
def test_a_link_that_is_answered_between_the_look_and_the_taking_keeps_the_first_answer(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch, anonymous: bool, told: dict[str, int]
) -> None:
    go_live(bank, anonymous=anonymous)
    _one, token = invited(bank, bank.party_ids[0])
    own = services._step

    def slow(*given: Any) -> Any:
        monkeypatch.setattr(services, "_step", own)
        services.complete(token, {"recommend": 3}, language="zh", now=NOW)  # somebody else, meanwhile
        return own(*given)

    monkeypatch.setattr(services, "_step", slow)
    if not anonymous and told == {"recommend": 9}:
        with pytest.raises(Gone):
            services.complete(token, told, language="zh", now=NOW)
    else:  # the same again or, of an anonymous answer, nobody can tell
        assert services.complete(token, told, language="zh", now=NOW).again
    kept = Response.objects.get()
    assert (kept.answers, kept.score, kept.state) == ({"recommend": 3}, 3, "complete")


def test_a_part_kept_between_the_look_and_the_taking_is_gone_on_with(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_live(bank)
    _one, token = invited(bank, bank.party_ids[0])
    own = services._step

    def slow(*given: Any) -> Any:
        monkeypatch.setattr(services, "_step", own)
        services.answer(token, {"why": "快"}, language="zh", now=NOW)
        return own(*given)

    monkeypatch.setattr(services, "_step", slow)
    done = services.complete(token, {"recommend": 9}, language="zh", now=NOW)
    assert not done.again
    assert Response.objects.get().answers == {"recommend": 9, "why": "快"}


def test_a_counter_s_hour_is_counted_whole(bank: SmallBank) -> None:
    survey = go_live(bank)
    code = making.make_counter_code(bank.user("branch_head"), survey.code, "S1", now=NOW).code
    given = at_once(*[lambda: services.open_counter(code, now=NOW)] * 4)
    assert all(isinstance(one, services.Opened) for one in given), given
    assert CounterHour.objects.get().opened == 4 and Response.objects.count() == 4
