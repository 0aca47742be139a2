"""Lost customers: asked once each, in their own word; won back by a draw nobody chooses (S24, S34)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from desk.at_once import at_once
from desk.pages.rendered import left_over
from desk.small_bank import SmallBank, publish_small_bank
from tenure.contracts import codes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent, Consent
from tenure.desk.control.tasks import ask_the_lost
from tenure.desk.findings.models import Lost
from tenure.desk.org.models import User
from tenure.desk.parties.consents import note_consent
from tenure.desk.parties.models import Customer
from tenure.desk.parties.visibility import visible_to
from tenure.desk.voice.cases import services as cases
from tenure.desk.voice.leaving import causes, demo, opening, rules, selectors, services
from tenure.desk.voice.leaving.models import Interview, WinBack
from tenure.desk.voice.leaving.settings import settings_of
from tenure.desk.work.models import Contact
from tenure.desk.writeback import days_to_write_back
from tenure.errors import SetupError

AsUser = Callable[[User], Client]
NOW = timezone.now()
TOLD = services.Told("better_rate_elsewhere", "那边高两个点", "城商行", "time_deposit", "利率差不多就回来", True)


def lose(party_id: str, cause: str = "matured_not_contacted", month: str = "2026-05", value: int = 9_000_000) -> None:
    """The night found this customer lost."""
    Lost.models["a"]._default_manager.update_or_create(
        party_id=party_id,
        defaults={
            "month": month, "definition": "closed", "cause": cause, "confidence": 0.4, "changes": [], "contacts": [],
        },
    )  # fmt: skip
    Customer.models["a"]._default_manager.filter(party_id=party_id).update(aum_year_average=value)


@pytest.fixture
def one(bank: SmallBank) -> Interview:
    """The interview with the owner's customer."""
    lose(bank.party_id)
    opening.open_for_lost(now=NOW)
    return Interview.objects.get(party_id=bank.party_id)


def _drawn_as(monkeypatch: pytest.MonkeyPatch, arm: str) -> None:
    monkeypatch.setattr(rules, "arm_of", lambda *args: arm)


def test_every_loss_the_night_finds_is_asked_about_once(bank: SmallBank) -> None:
    lose(bank.party_id)
    ask_the_lost.call(bank.publication.run_id)
    fresh = Lost.rows().filter(month__gte="2026-04").count()
    assert Interview.objects.count() == fresh > 1
    assert opening.open_for_lost(now=NOW) == 0
    Lost.models["a"]._default_manager.filter(party_id=bank.party_id).update(month="2026-06")
    assert opening.open_for_lost(now=NOW) == 1, "lost again is another loss"


def test_nobody_is_asked_about_a_loss_of_long_ago(bank: SmallBank) -> None:
    lose(bank.party_id, month="2026-03")
    opening.open_for_lost(now=NOW)
    assert not Interview.objects.filter(party_id=bank.party_id).exists()


def test_the_lead_asks_and_where_service_was_bad_the_head_does(bank: SmallBank) -> None:
    other = visible_to(bank.owner).filter(lead_staff_id="E2011").exclude(party_id=bank.party_id).first()
    lose(bank.party_id)
    lose(other.party_id, "bad_service")
    opening.open_for_lost(now=NOW)
    head = bank.user("branch_head")
    assert Interview.objects.get(party_id=bank.party_id).owner == "E2011"
    assert Interview.objects.get(party_id=other.party_id).owner == head.staff_id


def test_whoever_a_case_is_about_does_not_ask_why(bank: SmallBank) -> None:
    cases.open_case(bank.user("branch_head"), bank.party_id, "hand", "k", "rude", now=NOW, concerns="E2011")
    lose(bank.party_id)
    opening.open_for_lost(now=NOW)
    row = Interview.objects.get(party_id=bank.party_id)
    assert (row.concerns, row.owner) == ("E2011", bank.user("branch_head").staff_id)
    with pytest.raises(NotAllowed):
        services.note_try(bank.owner, row.pk, "call", version=1, now=NOW)


def test_what_the_customer_tells_ends_the_interview_and_is_logged(bank: SmallBank, one: Interview) -> None:
    done = services.write_down(bank.owner, one.pk, "call", TOLD, version=1, now=NOW)
    again = services.write_down(bank.owner, one.pk, "call", TOLD, version=1, now=NOW)
    assert (done.result, done.cause, again.version) == ("told", "better_rate_elsewhere", 2)
    assert Contact.objects.filter(party_id=bank.party_id).count() == 1, "a double click logs one contact"
    last = AuditEvent.objects.order_by("pk").last()
    assert last is not None and last.act == "exit.told" and "那边" not in str(last.changes)
    with pytest.raises(Conflict):
        services.note_try(bank.owner, one.pk, "call", version=2, now=NOW)


def test_after_three_tries_the_customer_is_left_in_peace(bank: SmallBank, one: Interview) -> None:
    for n in range(rules.TRIES):
        assert Interview.objects.get(pk=one.pk).state == "open"
        services.note_try(bank.owner, one.pk, "call", version=1 + n, now=NOW + timedelta(hours=n))
    row = Interview.objects.get(pk=one.pk)
    assert (row.result, row.tries, row.cause) == ("not_reached", 3, "")
    assert row.decision in ("treated", "held_out"), "the data's cause is acted on where nobody told one"


def test_who_asks_not_to_be_called_is_called_no_more(bank: SmallBank, one: Interview) -> None:
    told = services.Told("better_rate_elsewhere", "别再打了", may_call=False)
    row = services.write_down(bank.owner, one.pk, "call", told, version=1, now=NOW)
    assert row.decision == "no_consent" and not WinBack.objects.exists()
    word = Consent.objects.get(party_id=bank.party_id, purpose="marketing", superseded_at=None)
    assert word.given is False and word.way == "phone"


def test_a_yes_to_a_call_lifts_no_earlier_no_to_marketing_and_the_page_says_which(
    bank: SmallBank, one: Interview, client: Client
) -> None:
    note_consent(bank.owner, bank.party_id, "marketing", False, "phone", now=NOW)
    told = services.Told("better_rate_elsewhere", "那边高", may_call=True)
    row = services.write_down(bank.owner, one.pk, "call", told, version=1, now=NOW)
    assert row.decision == "no_consent" and row.may_call
    client.force_login(bank.owner)
    page = client.get(f"/lost/{one.pk}/").content.decode()
    assert "此前登记过不同意营销" in page and "客户没有同意再联系" not in page


def test_who_would_not_talk_is_not_won_back(bank: SmallBank, one: Interview) -> None:
    row = services.note_refusal(bank.owner, one.pk, "call", version=1, now=NOW)
    assert (row.result, row.may_call, row.decision) == ("refused", False, "no_consent")


@pytest.mark.parametrize(
    ("consent", "may_call", "expected"),
    [(True, None, True), (None, True, True), (None, None, False), (False, True, False), (True, False, False)],
)
def test_a_refusal_anywhere_bars_the_call_and_silence_is_no_consent(
    consent: bool | None, may_call: bool | None, expected: bool
) -> None:
    assert rules.agrees(consent, may_call) is expected


def test_what_cannot_be_mended_or_is_too_small_is_let_go() -> None:
    terms = rules.Settings(minimum=100)
    assert rules.worth_it(100, "bad_service", True, terms) == ""
    assert rules.worth_it(99, "bad_service", True, terms) == "too_small"
    assert rules.worth_it(100, "job_change", True, terms) == "not_repairable"
    assert rules.worth_it(100, "bad_service", False, terms) == "no_consent"


def test_the_draw_holds_out_its_share_and_is_always_the_same_for_one_loss() -> None:
    drawn = [rules.arm_of("secret", f"C{n}", "2026-05", 30) for n in range(4_000)]
    assert drawn == [rules.arm_of("secret", f"C{n}", "2026-05", 30) for n in range(4_000)]
    assert abs(drawn.count("held_out") / 4_000 - 0.30) < 0.025
    other = [rules.arm_of("another", f"C{n}", "2026-05", 30) for n in range(4_000)]
    both = sum(a == b == "held_out" for a, b in zip(drawn, other, strict=True)) / 4_000
    assert abs(both - 0.09) < 0.02, "another key draws others: nobody can tell beforehand"


def test_nobody_calls_who_is_held_out(bank: SmallBank, one: Interview, monkeypatch: pytest.MonkeyPatch) -> None:
    _drawn_as(monkeypatch, "held_out")
    services.write_down(bank.owner, one.pk, "call", TOLD, version=1, now=NOW)
    row = WinBack.objects.get()
    assert (row.arm, row.state, row.owner) == ("held_out", "held_out", "")
    with pytest.raises(Conflict):
        services.note_win_back(bank.owner, row.pk, "talking", "call", "x", version=1, now=NOW)


def test_winning_back_goes_on_until_it_ends(bank: SmallBank, one: Interview, monkeypatch: pytest.MonkeyPatch) -> None:
    _drawn_as(monkeypatch, "treated")
    services.write_down(bank.owner, one.pk, "call", TOLD, version=1, now=NOW)
    row = WinBack.objects.get()
    services.note_win_back(bank.owner, row.pk, "talking", "call", "在考虑", version=1, now=NOW)
    with pytest.raises(Conflict):
        services.note_win_back(bank.user("branch_head"), row.pk, "declined", "call", "不", version=1, now=NOW)
    with pytest.raises(Unacceptable):
        services.note_win_back(bank.owner, row.pk, "promised", "call", "", version=2, now=NOW)
    won = services.note_win_back(bank.owner, row.pk, "promised", "call", "转回一半", version=2, now=NOW)
    assert (won.state, won.result) == ("done", "promised")
    with pytest.raises(Conflict):
        services.note_win_back(bank.owner, row.pk, "declined", "call", "不", version=3, now=NOW)


def test_the_customer_who_blames_the_manager_is_asked_by_the_head(bank: SmallBank, one: Interview) -> None:
    row = services.pass_on(bank.owner, one.pk, version=1, now=NOW)
    assert (row.concerns, row.owner) == ("E2011", bank.user("branch_head").staff_id)
    with pytest.raises(NotAllowed):
        services.write_down(bank.owner, one.pk, "call", TOLD, version=2, now=NOW)
    services.write_down(bank.user("branch_head"), one.pk, "call", TOLD, version=2, now=NOW)


@pytest.mark.parametrize("act", ["try", "told", "refused", "pass_on"])
def test_owner_colleague_and_stranger(bank: SmallBank, one: Interview, act: str) -> None:
    def do(user: User) -> Any:
        given: dict[str, Any] = {"version": Interview.objects.get(pk=one.pk).version, "now": NOW}
        if act == "told":
            return services.write_down(user, one.pk, "call", TOLD, **given)
        if act == "pass_on":
            return services.pass_on(user, one.pk, **given)
        return {"try": services.note_try, "refused": services.note_refusal}[act](user, one.pk, "call", **given)

    for user in (bank.colleague, bank.stranger):
        with pytest.raises(NotFound):
            do(user)
    with pytest.raises(NotAllowed):
        do(bank.user("auditor"))
    do(bank.owner)


def test_the_second_of_two_learns_who_was_first_and_keeps_what_they_typed(
    bank: SmallBank, as_user: AsUser, one: Interview
) -> None:
    services.note_try(bank.user("branch_head"), one.pk, "call", version=1, now=NOW)
    sent = {"version": 1, "cause": "fading", "words": "x", "may_call": "yes", "kind": "call"}
    answer = as_user(bank.owner).post(f"/lost/{one.pk}/told", sent, headers={"HX-Request": "true"})
    assert answer.status_code == 409 and answer["X-Version"] == "2"
    assert bank.user("branch_head").name in answer.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_speak_the_readers_language(
    bank: SmallBank, as_user: AsUser, one: Interview, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(bank.owner)
    client.cookies["django_language"] = language
    said = ("那边高两个点", "城商行", "利率差不多就回来", "在考虑", "转回一半")
    pages = [f"/lost/{one.pk}/", "/lost/", "/lost/strip", f"/lost/customer/{bank.party_id}", "/lost/why"]
    for address in pages:
        page = client.get(address)
        assert page.status_code == 200
        assert left_over(page.content.decode(), language) == [], address
    _drawn_as(monkeypatch, "treated")
    services.write_down(bank.owner, one.pk, "call", TOLD, version=1, now=NOW)
    for address in (f"/lost/{one.pk}/", "/lost/?list=ended", "/lost/back", "/lost/back?list=held_out", "/lost/why"):
        page = client.get(address)
        assert page.status_code == 200
        words = left_over(page.content.decode(), language)
        assert [word for word in words if not any(s in word for s in said)] == [], address


def test_causes_by_data_and_by_word_stand_side_by_side(bank: SmallBank, one: Interview) -> None:
    services.write_down(bank.owner, one.pk, "call", TOLD, version=1, now=NOW)
    found = causes.causes(bank.owner)
    by_cause = {line.cause: (line.data, line.word) for line in found.lines}
    assert by_cause["better_rate_elsewhere"] == (0, 1)
    assert by_cause["matured_not_contacted"][0] >= 1
    assert found.verdict == "cannot_tell" and found.told == 1
    assert causes.confusion(found)[0][0] == "matured_not_contacted"
    strangers = causes.causes(bank.stranger)
    assert strangers.told == 0, "nobody counts customers they do not see"


def test_what_was_said_is_masked_for_who_may_not_read_it(bank: SmallBank, one: Interview) -> None:
    services.write_down(bank.owner, one.pk, "call", TOLD, version=1, now=NOW)
    seen = selectors.interview(bank.user("analyst"), one.pk, NOW)
    assert TOLD.words not in (seen.words, seen.back_words) and seen.to_bank != TOLD.to_bank
    assert causes.causes(bank.user("analyst")).banks == []
    assert causes.causes(bank.owner).banks == [("城商行", 1)]


def test_the_lake_hears_of_interviews_and_draws(
    bank: SmallBank, one: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    _drawn_as(monkeypatch, "held_out")
    services.write_down(bank.owner, one.pk, "call", TOLD, version=1, now=NOW)
    rows = [day.tables for day in days_to_write_back()]
    asked = [row for tables in rows for row in tables.get("exit_interview", []) if row["party_id"] == bank.party_id]
    drawn = [row for tables in rows for row in tables.get("win_back", [])]
    assert asked[0]["cause"] == "better_rate_elsewhere" and asked[0]["decision"] == "held_out"
    assert drawn[0]["arm"] == "held_out" and drawn[0]["held_out_percent"] == 30


def test_the_demo_is_made_once_and_by_the_services(bank: SmallBank) -> None:
    for n, row in enumerate(list(visible_to(bank.user("executive"))[:30])):
        lose(row.party_id, list(codes.LEAVING_CAUSES)[n % 8])
    made = demo.create_demo_interviews(NOW)
    assert made and demo.create_demo_interviews(NOW) == 0
    assert set(Interview.objects.values_list("result", flat=True)) >= {"told", ""}


@pytest.mark.django_db(transaction=True)
def test_two_workers_open_one_interview_and_two_people_end_it_once() -> None:
    bank = publish_small_bank(customers=24)
    lose(bank.party_id)
    at_once(lambda: opening.open_for_lost(now=NOW), lambda: opening.open_for_lost(now=NOW))
    assert Interview.objects.filter(party_id=bank.party_id).count() == 1
    one = Interview.objects.get(party_id=bank.party_id)
    given = at_once(
        lambda: services.write_down(bank.owner, one.pk, "call", TOLD, version=1, now=NOW),
        lambda: services.note_refusal(bank.user("branch_head"), one.pk, "call", version=1, now=NOW),
    )
    assert sorted(type(each) for each in given if isinstance(each, Exception)) == [Conflict]
    assert WinBack.objects.count() <= 1


def test_the_bank_sets_its_own_terms_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    assert settings_of(tmp_path / "none").held_out_percent == 30
    (tmp_path / "leaving.toml").write_text(
        '[win_back]\nheld_out_percent = 10\nrepairable = ["fading"]\n[fading]\nzh = "谈"\nen = "Talk"\n',
        encoding="utf-8",
    )
    own = settings_of(tmp_path)
    assert (own.held_out_percent, own.repairable, own.plays["fading"]) == (10, ("fading",), ("谈", "Talk"))
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / "leaving.toml").write_text("[win_back]\nheld_out_percent = 0\n", encoding="utf-8")
    with pytest.raises(SetupError):
        settings_of(wrong)
