"""What is known of a customer: noted, replaced, retired, taken back; never overwritten, never another's to see."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
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
from tenure.desk.knowledge import rules, selectors, services
from tenure.desk.knowledge.models import Fact
from tenure.desk.org.models import User
from tenure.desk.publication.current import pin
from tenure.desk.work import services as work
from tenure.desk.work.rules import step_is_open
from tenure.desk.work.selectors import open_next_steps

NOW = timezone.now().replace(hour=4, minute=0, second=0, microsecond=0)  # noon at the bank
TODAY = timezone.localdate(NOW)
YEAR = TODAY + timedelta(days=365)


def _add(small: SmallBank, /, **other: Any) -> Fact:
    told: dict[str, Any] = {"code": "taste", "words": "爱喝龙井", **other}
    return services.add_fact(told.pop("user", small.owner), told.pop("party_id", small.party_id), **told, now=NOW)


def test_a_fact_is_kept_and_the_trail_says_of_what_kind_and_not_what(bank: SmallBank) -> None:
    fact = _add(bank)
    assert Fact.objects.get() == fact and fact.kind == "subjective" and fact.version == 1
    line = AuditEvent.objects.get(act="fact.add")
    assert line.object_id == bank.party_id and line.changes["code"] == "taste"
    assert "龙井" not in str(line.changes)


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_nobody_notes_or_reads_about_someone_elses_customer(bank: SmallBank, who: str) -> None:
    fact, user = _add(bank), getattr(bank, who)
    for act in (
        lambda: _add(bank, user=user),
        lambda: selectors.facts_of(user, bank.party_id),
        lambda: selectors.fact(user, fact.pk),
        lambda: services.replace_fact(user, fact.pk, "x", version=1, now=NOW),
        lambda: services.retire_fact(user, fact.pk, version=1, now=NOW),
        lambda: services.undo_fact(user, fact.pk, now=NOW),
    ):
        with pytest.raises(NotFound):
            act()
    assert Fact.objects.get().state == "standing"


@pytest.mark.parametrize("role", ["marketer", "executive", "analyst", "administrator", "auditor"])
def test_only_those_who_deal_with_customers_note(bank: SmallBank, role: str) -> None:
    with pytest.raises(NotAllowed):
        _add(bank, user=bank.user(role))


def test_words_and_the_other_bank_are_masked_for_who_meets_no_customer(bank: SmallBank) -> None:
    _add(bank)
    _add(bank, code=codes.OTHER_BANK, words="", bank="招商银行", product="time_deposit", amount=50_000_000)
    seen = selectors.facts_of(bank.user("marketer"), bank.party_id)
    assert not any("龙井" in one.words or "招商" in one.bank for one in seen)
    assert {one.amount for one in seen} == {None, 50_000_000}  # amounts are seen by whoever sees the customer
    assert "龙井" in str([one.words for one in selectors.facts_of(bank.user("teller"), bank.party_id)])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "gossip"}, "code"),
        ({"source": "dreamt"}, "source"),
        ({"words": " "}, "words"),
        ({"words": "长" * 501}, "words"),
        ({"bank": "招商银行"}, "bank"),
        ({"code": "retiring"}, "until"),
        ({"code": "retiring", "until": TODAY - timedelta(days=1)}, "until"),
        ({"since": TODAY + timedelta(days=1)}, "since"),
        ({"since": TODAY, "until": TODAY - timedelta(days=1)}, "until"),
        ({"code": codes.OTHER_BANK, "product": "fund"}, "bank"),
        ({"code": codes.OTHER_BANK, "bank": "招商银行", "product": "yacht"}, "product"),
        ({"code": codes.OTHER_BANK, "bank": "招商银行", "product": "fund", "amount": -1}, "amount"),
    ],
)
def test_what_cannot_be_is_refused_and_the_field_is_named(bank: SmallBank, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Unacceptable) as no:
        _add(bank, **wrong)
    assert no.value.field == field and not Fact.objects.exists()


def test_the_database_itself_refuses_a_changing_fact_without_a_date(bank: SmallBank) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Fact.objects.create(
            party_id=bank.party_id,
            kind="changing",
            code="retiring",
            words="x",
            source="said",
            author=bank.owner,
            noted_at=NOW,
        )


def test_the_same_fact_sent_twice_is_one(bank: SmallBank) -> None:
    first = _add(bank, external_id="f-1")
    assert _add(bank, external_id="f-1") == first and Fact.objects.count() == 1
    assert AuditEvent.objects.filter(act="fact.add").count() == 1
    with pytest.raises(Conflict):
        _add(bank, external_id="f-1", words="爱喝咖啡")


def test_a_newer_fact_takes_the_place_and_the_old_one_stays_in_the_history(bank: SmallBank) -> None:
    old = _add(bank)
    new = services.replace_fact(bank.user("branch_head"), old.pk, "改喝咖啡了", version=1, now=NOW)
    old.refresh_from_db()
    assert (old.state, old.superseded_by, old.words, new.version) == ("replaced", new, "爱喝龙井", 2)
    assert [one.pk for one in selectors.facts_of(bank.owner, bank.party_id)] == [new.pk]
    assert {one.pk for one in selectors.facts_of(bank.owner, bank.party_id, history=True)} == {new.pk, old.pk}


def test_who_comes_second_is_told_who_was_first_and_changes_nothing(bank: SmallBank) -> None:
    old = _add(bank)
    services.replace_fact(bank.user("branch_head"), old.pk, "改喝咖啡了", version=1, now=NOW)
    for act in (
        lambda: services.replace_fact(bank.owner, old.pk, "不喝茶了", version=1, now=NOW),
        lambda: services.retire_fact(bank.owner, old.pk, version=1, now=NOW),
    ):
        with pytest.raises(Conflict, match="沈伟"):
            act()
    assert Fact.objects.count() == 2


def test_an_act_is_taken_back_by_its_author_on_its_day_and_what_stood_before_stands_again(bank: SmallBank) -> None:
    old = _add(bank)
    new = services.replace_fact(bank.owner, old.pk, "改喝咖啡了", version=1, now=NOW)
    with pytest.raises(Conflict):
        services.undo_fact(bank.user("branch_head"), new.pk, now=NOW)
    with pytest.raises(Conflict):
        services.undo_fact(bank.owner, new.pk, now=NOW + timedelta(days=1))
    services.undo_fact(bank.owner, new.pk, now=NOW)
    assert [one.words for one in selectors.facts_of(bank.owner, bank.party_id, history=True)] == ["爱喝龙井"]
    services.retire_fact(bank.owner, old.pk, version=1, now=NOW)
    services.retire_fact(bank.owner, old.pk, version=1, now=NOW)  # the same click twice
    assert AuditEvent.objects.filter(act="fact.retire").count() == 1
    services.undo_fact(bank.owner, old.pk, now=NOW)
    assert selectors.facts_of(bank.owner, bank.party_id)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_replace_at_once_one_wins_and_one_is_told() -> None:
    bank = publish_small_bank(customers=6)
    for _round in range(4):
        old = _add(bank)
        people, given = [bank.owner, bank.user("branch_head")], [None, None]
        started = threading.Barrier(2)

        def run(place: int, user: User, given: list[Any], started: threading.Barrier, fact: Fact) -> None:
            try:
                with pin():
                    started.wait()
                    given[place] = services.replace_fact(user, fact.pk, f"第{place}人", version=1, now=NOW)
            except Exception as wrong:  # the test looks at it
                given[place] = wrong
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(n, user, given, started, old)) for n, user in enumerate(people)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert sorted(type(one).__name__ for one in given) == ["Conflict", "Fact"]
        assert Fact.objects.filter(supersedes=old).count() == 1


def test_money_elsewhere_is_added_up_apart_from_what_is_booked(bank: SmallBank) -> None:
    _add(bank, code=codes.OTHER_BANK, words="", bank="招商银行", product="time_deposit", amount=50_000_000)
    _add(bank, code=codes.OTHER_BANK, words="", bank="工商银行", product="mortgage", amount=80_000_000)
    _add(bank, code=codes.OTHER_BANK, words="大概有些基金", bank="平安银行", product="fund")
    heard = selectors.heard_of(selectors.facts_of(bank.owner, bank.party_id), "CNY")
    assert heard == rules.Worth(50_000_000, 80_000_000) and heard.net == -30_000_000


def test_what_comes_soon_or_is_overdue_belongs_to_the_plan(bank: SmallBank) -> None:
    soon = _add(bank, code="child_abroad", words="女儿去英国", until=TODAY + timedelta(days=30))
    _add(bank, code="retiring", words="三年后退休", until=YEAR + timedelta(days=700))
    facts = selectors.facts_of(bank.owner, bank.party_id)
    assert [one.pk for one in selectors.coming(facts, TODAY)] == [soon.pk]
    assert [one.pk for one in selectors.coming(facts, TODAY + timedelta(days=60))] == [soon.pk]


def test_a_next_step_is_open_until_somebody_is_reached_on_its_day_or_later(bank: SmallBank) -> None:
    step = TODAY + timedelta(days=7)

    def log(at: Any, outcome: str = "done", **more: Any) -> None:
        work.log_contact(bank.owner, bank.party_id, "call", outcome, at=at, now=at, **more)

    log(NOW, "follow_up", next_step_on=step)
    assert [one.next_step_on for one in open_next_steps(bank.owner, bank.party_id)] == [step]
    log(NOW + timedelta(days=2))
    log(NOW + timedelta(days=7), "no_answer")
    assert open_next_steps(bank.owner, bank.party_id), "too early, or nobody was reached"
    assert open_next_steps(bank.stranger, bank.party_id) == []
    log(NOW + timedelta(days=8))
    assert open_next_steps(bank.owner, bank.party_id) == []


def test_a_contact_before_the_promise_does_not_keep_it() -> None:
    assert step_is_open(TODAY, NOW, [(NOW - timedelta(hours=1), TODAY)])


@given(st.integers(1, 10**9), st.sampled_from([("万", 10_000), ("k", 1_000), ("", 1), ("亿", 10**8), ("m", 10**6)]))
def test_an_amount_as_people_say_it_is_what_they_mean(whole: int, unit: tuple[str, int]) -> None:
    word, times = unit
    meant = whole * times * 100
    expected = meant if whole * times <= 10**12 else None
    assert rules.amount_heard(f"{whole:,}{word}", 2) == expected
    assert rules.amount_heard(f" {whole} {word}", 2) == expected


@pytest.mark.parametrize("text", ["", "much", "-5", "5万万", "1.2.3", "0", "NaN", "1e9", "٣"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert rules.amount_heard(text, 2) is None


def test_every_fact_has_one_kind() -> None:
    assert all(rules.kind_of(code) in codes.FACT_KINDS for code in codes.FACTS)
    assert sum(len(names) for names in codes.FACTS_OF_KIND.values()) == len(codes.FACTS)


AsUser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def test_the_page_notes_a_fact_once_however_often_the_form_is_sent(bank: SmallBank, as_user: AsUser) -> None:
    client, form = as_user(bank.owner), {"code": "taste", "words": "爱喝龙井", "external_id": str(uuid4())}
    for _time in range(2):
        page = client.post(f"/knowledge/customer/{bank.party_id}/fact", form, headers=HTMX)
        assert page.status_code == 200 and "爱喝龙井" in page.content.decode()
    assert Fact.objects.count() == 1


def test_the_page_takes_an_amount_as_people_say_it_and_says_it_is_heard(bank: SmallBank, as_user: AsUser) -> None:
    form = {"code": codes.OTHER_BANK, "bank": "招商银行", "product": "time_deposit", "amount": "50万"}
    page = as_user(bank.owner).post(f"/knowledge/customer/{bank.party_id}/fact", form, headers=HTMX)
    assert "听说，未入账" in page.content.decode() and Fact.objects.get().amount == 50_000_000
    no = as_user(bank.owner).post(f"/knowledge/customer/{bank.party_id}/fact", form | {"amount": "不少"}, headers=HTMX)
    assert no.status_code == 422 and no.headers["X-Words"]


def test_the_page_of_one_who_comes_second_answers_409_with_words(bank: SmallBank, as_user: AsUser) -> None:
    old = _add(bank)
    services.replace_fact(bank.user("branch_head"), old.pk, "改喝咖啡了", version=1, now=NOW)
    answer = as_user(bank.owner).post(
        f"/knowledge/fact/{old.pk}/replace", {"words": "不喝茶了", "version": "1"}, headers=HTMX
    )
    assert answer.status_code == 409 and answer.headers["X-Words"]


def test_the_api_notes_replaces_and_lists(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)

    def send(address: str, body: dict[str, Any]) -> Any:
        return client.post(address, body, content_type="application/json")

    made = send(f"/api/v1/customers/{bank.party_id}/facts", {"code": "taste", "words": "龙井", "external_id": "a"})
    again = send(f"/api/v1/customers/{bank.party_id}/facts", {"code": "taste", "words": "龙井", "external_id": "a"})
    assert (made.status_code, again.status_code) == (201, 200) and made.json()["id"] == again.json()["id"]
    key = made.json()["id"]
    assert send(f"/api/v1/facts/{key}/replace", {"words": "咖啡", "version": 1}).status_code == 201
    assert send(f"/api/v1/facts/{key}/replace", {"words": "牛奶", "version": 1}).status_code == 409
    told = client.get(f"/api/v1/customers/{bank.party_id}/facts?history=true").json()
    assert [(one["words"], one["state"]) for one in told] == [("咖啡", "standing"), ("龙井", "replaced")]
