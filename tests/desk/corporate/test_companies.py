"""A company's group, partners, people and demands; visits and promises; trust; batch opportunities."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from desk.corporate.conftest import NOW, TODAY, Opened
from desk.pages.rendered import left_over
from desk.small_bank import SmallBank
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.corporate import company as groups
from tenure.desk.corporate import (
    company_services,
    negotiation_services,
    rules,
    selectors,
    services,
    sizing,
    visit_selectors,
    visit_services,
)
from tenure.desk.corporate.models import Promise, Purchase, PurchaseStep, Sizing, Visit
from tenure.desk.corporate.visit_services import Promised
from tenure.desk.kit.wording import code_name
from tenure.desk.opportunities.models import Opportunity
from tenure.desk.org.models import User
from tenure.desk.parties.models import Coverage, Customer, Relation
from tenure.desk.parties.visibility import look_again
from tenure.desk.work.models import Contact


def own(held: str, owner: str, share: float | None) -> None:
    """``owner`` has ``share`` percent of ``held``."""
    Relation.models["a"].objects.create(
        party_id=held, other_id=owner, kind="owner", share=share, other_is_customer=True
    )


def test_ownership_goes_to_the_ultimate_one_and_hides_whom_one_may_not_see(bank: SmallBank, company: str) -> None:
    own(company, bank.far_party_id, 50)
    own(bank.far_party_id, bank.party_id, 40)
    own("C000030", company, 80)
    found = groups.group_of(bank.owner, company)
    first, second = found.owners
    assert (first.name, first.row, first.share, first.ultimate) == ("", None, 0.5, False)
    assert second.row.party_id == bank.party_id and second.share == pytest.approx(0.2) and second.ultimate
    assert [one.share for one in found.owned] == [0.8]


def test_a_circle_of_owners_ends(bank: SmallBank, company: str) -> None:
    own(company, "C000030", 60)
    own("C000030", company, 30)
    found = groups.group_of(bank.user("branch_head"), company)
    assert [(one.share, one.least) for one in found.owners] == [(0.6, True)]


def test_partners_are_known_from_either_side(bank: SmallBank, company: str) -> None:
    for one, other, kind in ((company, "C000030", "supplier"), (bank.far_party_id, company, "supplier")):
        Relation.models["a"].objects.create(party_id=one, other_id=other, kind=kind, other_is_customer=True)
    head = bank.user("executive")
    found = groups.partners_of(head, groups.company(head, company))
    assert [partner.row.party_id for partner in found["supplier"]] == ["C000030"]
    assert [partner.row.party_id for partner in found["buyer"]] == [bank.far_party_id]
    near = groups.partners_of(bank.owner, groups.company(bank.owner, company))
    assert near["buyer"][0].row is None and near["buyer"][0].name == ""


def test_only_ones_own_customers_are_counted_as_the_companys_people(bank: SmallBank, company: str) -> None:
    row = groups.company(bank.owner, company)
    mine = groups.people_of(bank.owner, row)
    whole = groups.people_of(bank.user("executive"), row)
    rows = Customer.rows().filter(employer_id=company)
    assert whole.count == rows.count() and mine.count == rows.filter(lead_staff_id="E2011").count() < whole.count


def test_what_was_asked_last_stands_and_what_was_noted_before_is_kept(bank: SmallBank, company: str) -> None:
    company_services.note_demand(bank.owner, company, "selling", "heard", "their cashier said so", now=NOW)
    company_services.note_demand(bank.owner, company, "selling", "asked_no", now=NOW + timedelta(seconds=1))
    assert selectors.demand_notes(bank.owner, company)["selling"].state == "asked_no"
    with pytest.raises(Unacceptable):
        company_services.note_demand(bank.owner, company, "selling", "heard", now=NOW)


# -- visits ---------------------------------------------------------------------------------------------------------


def planned(bank: SmallBank, company: str, **told: Any) -> Visit:
    given = {"user": bank.owner, "party_id": company, "aim": "see the looms", "on": TODAY, "now": NOW} | told
    return visit_services.plan_visit(**given)


def test_a_report_is_a_contact_and_tracks_what_was_promised(bank: SmallBank, company: str, bought: Opened) -> None:
    visit = planned(bank, company, purchase_id=bought().pk)
    visit_services.report_visit(
        bank.owner,
        visit.pk,
        "twelve looms, two banks asked",
        "interested",
        version=1,
        now=NOW,
        promises=[Promised("us", "an offer in writing", TODAY + timedelta(days=3))],
        next_step="send the offer",
        next_step_on=TODAY + timedelta(days=3),
    )
    contact = Contact.objects.get()
    assert (contact.kind, contact.words, contact.party_id) == ("visit", "twelve looms, two banks asked", company)
    assert Visit.objects.get().contact_id == contact.pk
    (promise,) = visit_selectors.promises_of(bank.owner, company)
    assert promise.state == "open"
    assert selectors.waiting(bank.owner, TODAY + timedelta(days=4)).promises == [promise]
    with pytest.raises(Conflict, match="王芳"):
        visit_services.report_visit(bank.owner, visit.pk, "again", "done", version=1, now=NOW)
    assert Contact.objects.count() == 1


def test_a_report_refused_leaves_no_contact(bank: SmallBank, company: str) -> None:
    visit = planned(bank, company)
    wrong = [Promised("us", "", TODAY)]
    with pytest.raises(Unacceptable):
        visit_services.report_visit(bank.owner, visit.pk, "words", "done", version=1, now=NOW, promises=wrong)
    later = planned(bank, company, on=TODAY + timedelta(days=2))
    with pytest.raises(Unacceptable):
        visit_services.report_visit(bank.owner, later.pk, "words", "done", version=1, now=NOW)
    assert not Contact.objects.exists() and not Promise.objects.exists()


def test_a_promise_kept_late_is_no_promise_kept_on_time(bank: SmallBank, company: str) -> None:
    visit = planned(bank, company)
    days = (1, 1, 1, 1)
    visit_services.report_visit(
        bank.owner,
        visit.pk,
        "words",
        "done",
        version=1,
        now=NOW,
        promises=[Promised("us", f"promise {n}", TODAY + timedelta(days=d)) for n, d in enumerate(days)]
        + [Promised("them", "their figures", TODAY + timedelta(days=1))],
    )
    mine = list(Promise.objects.filter(side="us"))
    visit_services.settle_promise(bank.owner, mine[0].pk, "kept", now=NOW)
    visit_services.settle_promise(bank.owner, mine[1].pk, "kept", now=NOW + timedelta(days=3))
    visit_services.settle_promise(bank.owner, mine[2].pk, "released", now=NOW)
    kept = visit_selectors.our_promises(bank.owner, company, TODAY + timedelta(days=3))
    assert (kept.on_time, kept.late, kept.broken, kept.due) == (1, 1, 1, 3)
    visit_services.settle_promise(bank.owner, mine[0].pk, "kept", now=NOW)  # again: nothing
    with pytest.raises(Conflict):
        visit_services.settle_promise(bank.user("branch_head"), mine[0].pk, "broken", now=NOW)
    assert AuditEvent.objects.filter(act="promise.settle").count() == 3


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_visits_and_promises_are_nobody_elses(bank: SmallBank, company: str, who: str) -> None:
    visit, user = planned(bank, company), getattr(bank, who)
    for act in (
        lambda: visit_selectors.visit(user, visit.pk),
        lambda: visit_services.cancel_visit(user, visit.pk, version=1, now=NOW),
        lambda: planned(bank, company, user=user),
        lambda: company_services.judge_trust(user, company, answers(5), now=NOW),
        lambda: company_services.make_opportunity(user, company, "payroll", 100, "call", TODAY, now=NOW),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotAllowed):
        visit_services.cancel_visit(bank.user("executive"), visit.pk, version=1, now=NOW)


def test_the_second_to_change_a_plan_is_told_who_was_first(bank: SmallBank, company: str) -> None:
    visit = planned(bank, company)
    visit_services.change_visit(bank.user("branch_head"), visit.pk, "another aim", TODAY, version=1, now=NOW)
    with pytest.raises(Conflict, match="沈伟"):
        visit_services.change_visit(bank.owner, visit.pk, "my aim", TODAY, version=1, now=NOW)


# -- trust ----------------------------------------------------------------------------------------------------------


def answers(value: int) -> dict[str, int]:
    return {question: value for questions in rules.TRUST_QUESTIONS.values() for question in questions}


def test_a_judgement_of_trust_is_kept_as_it_was_given(bank: SmallBank, company: str) -> None:
    company_services.judge_trust(bank.owner, company, answers(4), now=NOW, external_id="t1")
    company_services.judge_trust(bank.owner, company, answers(4), now=NOW, external_id="t1")
    company_services.judge_trust(
        bank.owner, company, {**answers(8), "own_figures": 2, "talks_first": 2}, now=timezone.now()
    )
    assert [one.value for one in selectors.trust_of(bank.owner, company)] == [12.0, 3.0]
    for wrong in ({}, answers(0), answers(11), {**answers(5), "on_time": "5"}):
        with pytest.raises(Unacceptable):
            company_services.judge_trust(bank.owner, company, wrong, now=NOW)


# -- batch ----------------------------------------------------------------------------------------------------------


def test_payroll_is_sized_from_the_companys_people_and_says_when_it_cannot_tell(bank: SmallBank, company: str) -> None:
    head = bank.user("executive")
    row = groups.company(head, company)
    staff = list(Customer.rows().filter(employer_id=company))
    assert len(staff) >= 12
    for n, one in enumerate(staff):
        paid = n < 6
        Customer.rows().filter(pk=one.pk).update(
            payroll_months=12 if paid else 0,
            payroll_last_amount=800_000 if paid else None,
            deposit_month_average=2_000_000 if paid else 500_000,
        )
    told = sizing.payroll(head, row)
    assert (told.known, told.paid_here, told.average_pay) == (len(staff), 6, 800_000)
    assert told.estimate is not None and told.estimate.amount == (len(staff) - 6) * 1_500_000
    Customer.rows().filter(employer_id=company).update(payroll_months=0)
    assert sizing.payroll(head, row).estimate is None


def test_payroll_counts_colleagues_customers_too_and_no_mean_tells_of_a_few_of_them(
    bank: SmallBank, company: str
) -> None:
    row = groups.company(bank.owner, company)
    staff = [one.pk for one in Customer.rows().filter(employer_id=company).order_by("party_id")]
    Coverage.rows().filter(party_id__in=staff).delete()
    theirs = Customer.rows().filter(pk__in=staff)
    theirs.update(org_id="S2", org_path="/HQ/B2/S2/", lead_staff_id="E2021", payroll_months=0)
    theirs.update(payroll_last_amount=None, deposit_month_average=500_000)
    paid = Customer.rows().filter(pk__in=staff[:6])
    paid.update(payroll_months=12, payroll_last_amount=800_000, deposit_month_average=2_000_000)
    told = sizing.payroll(bank.owner, row)
    assert (told.known, told.paid_here, told.average_pay) == (len(staff), 6, 800_000)
    assert told.estimate is not None and told.estimate.amount == (len(staff) - 6) * 1_500_000

    mine = Customer.rows().filter(pk__in=staff[:2])
    mine.update(org_id="S1", org_path="/HQ/B1/S1/", lead_staff_id="E2011", payroll_last_amount=700_000)
    Coverage.models["a"].objects.bulk_create(
        Coverage.models["a"](party_id=one, staff_id="E2011", role="lead") for one in staff[:2]
    )
    look_again(bank.owner)
    told = sizing.payroll(bank.owner, row)
    assert (told.known, told.paid_here) == (len(staff), 6)
    assert told.average_pay == 700_000 and told.estimate is None


def test_a_company_with_one_known_employee_is_sized_like_any_other(bank: SmallBank, company: str) -> None:
    Customer.rows().filter(employer_id=company).update(employer_id=None)
    row = groups.company(bank.owner, company)
    one = Customer.rows().filter(party_id=bank.party_id)
    for months in (12, 0):
        one.update(employer_id=company, payroll_months=months)
        told = sizing.payroll(bank.owner, row)
        assert (told.known, told.paid_here, told.estimate) == (1, int(months > 0), None)


def test_whoever_owns_leads_and_guarantees_a_company_is_shown_as_all_of_it(
    bank: SmallBank, company: str, as_user: Callable[[User], Client]
) -> None:
    Relation.rows().filter(party_id=company).delete()
    for kind in ("guarantor", "legal_representative", "owner"):
        Relation.models["a"].objects.create(party_id=company, other_id=bank.party_id, kind=kind, other_is_customer=True)
    kinds, person, _name = groups.people_of(bank.owner, groups.company(bank.owner, company)).leads[0]
    assert (kinds, person.party_id) == (["owner", "legal_representative", "guarantor"], bank.party_id)
    page = as_user(bank.owner).get(f"/companies/company/{company}/").content.decode()
    assert " · ".join(code_name(kind, "relation", "zh-hans") for kind in kinds) in page


def test_an_opportunity_made_of_figures_keeps_them_and_is_made_once(bank: SmallBank, company: str) -> None:
    on = TODAY + timedelta(days=5)
    figures = ("payroll", 9_000_000, "ask for the list", on)
    made = company_services.make_opportunity(bank.owner, company, *figures, now=NOW)
    again = company_services.make_opportunity(
        bank.owner, company, "payroll", 9_000_000, "ask for the list", on, now=NOW
    )
    assert made.pk == again.pk and Opportunity.objects.count() == Sizing.objects.count() == 1
    kept = sizing.sized_before(bank.owner, company)["payroll"]
    assert (
        kept.opportunity_id == made.pk
        and kept.figures["known"] == sizing.payroll(bank.owner, groups.company(bank.owner, company)).known
    )
    assert (made.kind, made.source, made.source_key) == ("payroll", "need", "payroll_service")
    with pytest.raises(Conflict):
        company_services.make_opportunity(bank.user("branch_head"), company, "payroll", 1_000, "call", on, now=NOW)


def test_receipts_elsewhere_are_at_most_what_did_not_arrive_here(bank: SmallBank, company: str) -> None:
    row = groups.company(bank.owner, company)
    told = sizing.acquiring(row)
    assert told.received == 12 * 3_000_000 and told.elsewhere == max(0, row.annual_income - told.received)


# -- pages ----------------------------------------------------------------------------------------------------------


def test_every_page_of_a_company_is_wholly_in_the_readers_language(
    bank: SmallBank, company: str, bought: Opened, as_user: Callable[[User], Client]
) -> None:
    one = bought(about="2026")
    services.put_role(bank.owner, one.pk, "user", version=1, now=NOW, party_id=bank.party_id)
    services.put_role(bank.owner, one.pk, "decider", version=2, now=NOW, name="1")
    services.put_criteria(bank.owner, one.pk, [("A", 5, "behind")], version=3, now=NOW)
    negotiation_services.write_sheet(bank.owner, one.pk, "1", "2", [("3", "4")], number=0, now=NOW)
    company_services.judge_trust(bank.owner, company, answers(4), now=NOW)
    company_services.judge_trust(bank.owner, company, answers(6), now=NOW)
    company_services.note_demand(bank.owner, company, "cash", "asked_yes", now=NOW)
    own(company, bank.far_party_id, 50)
    visit = planned(bank, company, aim="5")
    later = planned(bank, company, aim="6", on=TODAY + timedelta(days=3))
    promises = [Promised("us", "7", TODAY)]
    visit_services.report_visit(bank.owner, visit.pk, "8", "done", version=1, now=NOW, promises=promises)
    Purchase.objects.update(about="9", decision="10", stale_on=TODAY)
    PurchaseStep.objects.update(decision="11")
    for language in ("zh-hans", "en"):
        client = as_user(bank.owner)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        for address in (
            "/companies/",
            "/companies/waiting",
            f"/companies/company/{company}/",
            f"/companies/company/{company}/trust",
            f"/companies/purchase/{one.pk}/",
            f"/companies/purchase/{one.pk}/negotiation",
            f"/companies/visit/{visit.pk}/",
            f"/companies/visit/{later.pk}/",
        ):
            page = client.get(address)
            assert page.status_code == 200, address
            assert left_over(page.content.decode(), language) == [], address


def test_a_form_refused_because_another_was_first_learns_the_version_and_keeps_what_was_typed(
    bank: SmallBank, bought: Opened, as_user: Callable[[User], Client]
) -> None:
    one = bought()
    services.move_on(bank.user("branch_head"), one.pk, version=1, now=NOW, stage="comparing")
    form = {"version": "1", "stage": "deciding", "decision": "whom", "decides_on": TODAY.isoformat()}
    client, part = as_user(bank.owner), {"HX-Request": "true"}
    refused = client.post(f"/companies/purchase/{one.pk}/move", form, headers=part)
    assert refused.status_code == 409 and refused.headers["X-Version"] == "2" and "沈伟" in refused.content.decode()
    again = client.post(f"/companies/purchase/{one.pk}/move", {**form, "version": "2"}, headers=part)
    assert again.status_code == 204
    one.refresh_from_db()
    assert one.stage == "deciding"


def test_the_customers_page_leads_to_the_company_page_and_a_tellers_has_no_limits(
    bank: SmallBank, company: str, bought: Opened, as_user: Callable[[User], Client]
) -> None:
    one = bought()
    negotiation_services.write_sheet(bank.owner, one.pk, "more", "three point two", [], number=0, now=NOW)
    assert f"/companies/company/{company}/" in as_user(bank.owner).get(f"/customers/{company}/").content.decode()
    teller = as_user(bank.user("teller"))
    page = teller.get(f"/companies/purchase/{one.pk}/").content.decode()
    assert "negotiation" not in page
    assert teller.get(f"/companies/purchase/{one.pk}/negotiation").status_code == 403
    assert as_user(bank.stranger).get(f"/companies/purchase/{one.pk}/negotiation").status_code == 404
