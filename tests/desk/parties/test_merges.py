"""Two entries made one at the desk: by two people, for every reader at once, with all that both had, and back again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from desk.small_bank import SmallBank
from tenure.desk.control.changes import services as changes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent, Change
from tenure.desk.findings.selectors import ahead
from tenure.desk.org.models import Post, User
from tenure.desk.parties import duplicates, selectors, services
from tenure.desk.parties.filters import CustomerFilter
from tenure.desk.parties.models import Customer, Merge, NotSame, StandIn
from tenure.desk.parties.visibility import visible_to
from tenure.desk.work import selectors as work
from tenure.desk.work import services as work_services

AsUser = Callable[[User], Client]
#: Both the owner's, at S1.
KEPT, AWAY, THIRD = "C000001", "C000007", "C000013"


def checker(bank: SmallBank) -> User:
    return bank.user("branch_head")


def proposed(bank: SmallBank, kept: str = KEPT, away: str = AWAY) -> Change:
    return services.propose_merge(bank.owner, kept, away, "the same card", now=timezone.now())


def merge(bank: SmallBank, kept: str = KEPT, away: str = AWAY) -> Merge:
    change = proposed(bank, kept, away)
    changes.approve(checker(bank), change.pk, now=timezone.now())
    return Merge.objects.get(change=change)


def undo(bank: SmallBank, made: Merge) -> Merge:
    return services.undo_merge(checker(bank), made.pk, "two people after all", now=timezone.now())


def numbers(rows: Any) -> set[str]:
    return {row.party_id for row in rows}


def everything(user: User, number: str) -> dict[str, set[Any]]:
    """What a reader is shown of one customer, thing by thing."""
    return {
        "accounts": {row.account_id for row in selectors.holdings(user, number)},
        "events": {(row.at, row.event_id) for row in selectors.events(user, number, size=500).rows},
        "relations": {(row.relation.kind, row.relation.other_id) for row in selectors.relatives(user, number)},
        "contacts": {row.pk for row in work.contacts_of(user, number)},
        "entries": {row.key for row in work.entries_of(user, number, timezone.localdate())},
        "team": {cover.staff_id for cover, _staff in selectors.team_of(user, number)},
    }


def log(bank: SmallBank, number: str) -> Any:
    return work_services.log_contact(bank.owner, number, "call", "done", "spoke", now=timezone.now())


def test_nothing_changes_until_another_person_approves(bank: SmallBank) -> None:
    change = proposed(bank)
    assert {KEPT, AWAY} <= numbers(visible_to(bank.owner))
    assert not Merge.objects.exists()
    with pytest.raises((NotAllowed, NotFound)):
        changes.approve(bank.owner, change.pk, now=timezone.now())
    changes.approve(checker(bank), change.pk, now=timezone.now())
    assert AWAY not in numbers(visible_to(bank.owner)) and KEPT in numbers(visible_to(bank.owner))


def test_a_merged_entry_is_in_nobodys_list_search_or_export(bank: SmallBank) -> None:
    before = {role: set(numbers(visible_to(user))) for role, user in bank.users.items()}
    merge(bank)
    for role, user in bank.users.items():
        assert numbers(visible_to(bank.user(role))) == before[role] - {AWAY}, user.name
    listed = selectors.customer_list(bank.owner, CustomerFilter(), None, 200).page.rows
    assert AWAY not in numbers(listed)
    assert numbers(selectors.find(bank.owner, AWAY)) == {KEPT}, "the old number still finds the customer"


def test_the_kept_customer_has_what_both_had(bank: SmallBank) -> None:
    log(bank, AWAY)
    before = {number: everything(bank.owner, number) for number in (KEPT, AWAY)}
    merge(bank)
    after = everything(bank.owner, KEPT)
    for what in after:
        both = before[KEPT][what] | before[AWAY][what]
        if what == "relations":
            both = {(kind, other) for kind, other in both if other not in (KEPT, AWAY)}
        assert after[what] == both, what
    assert everything(bank.owner, AWAY) == after, "the old number reads the same customer"
    assert ahead(bank.owner, AWAY) == ahead(bank.owner, KEPT)


def test_an_undo_makes_both_what_they_were(bank: SmallBank) -> None:
    log(bank, AWAY)
    before = {number: everything(bank.owner, number) for number in (KEPT, AWAY)}
    made = merge(bank)
    undo(bank, made)
    assert {number: everything(bank.owner, number) for number in (KEPT, AWAY)} == before
    assert selectors.customer(bank.owner, AWAY).party_id == AWAY
    merge(bank)  # and may be made one again
    assert Merge.objects.filter(merged_id=AWAY).count() == 2


def test_the_number_of_a_merged_entry_leads_to_the_customer(bank: SmallBank, as_user: AsUser) -> None:
    merge(bank)
    answer = as_user(bank.owner).get(f"/customers/{AWAY}/", follow=True)
    assert answer.redirect_chain == [(f"/customers/{KEPT}/", 302)]
    assert as_user(bank.owner).get(f"/api/v1/customers/{AWAY}").json()["party_id"] == KEPT
    assert as_user(bank.stranger).get(f"/customers/{AWAY}/").status_code == 404


def test_work_goes_on_under_the_kept_number(bank: SmallBank) -> None:
    entries = work.entries_of(bank.owner, AWAY, timezone.localdate())
    merge(bank)
    contact = log(bank, AWAY)
    assert contact.party_id == KEPT
    for one in entries:
        assert {x.party_id for x in work.todays_list(bank.owner, timezone.localdate()) if x.key == one.key} <= {KEPT}
        done = work_services.complete(bank.owner, one.key, "done", now=timezone.now())
        assert done.party_id == KEPT
    withdrawn = work_services.withdraw_contact(bank.owner, contact.pk, now=timezone.now())
    assert withdrawn.withdrawn_at is not None


def test_who_looked_after_the_merged_entry_looks_after_the_customer(bank: SmallBank) -> None:
    colleagues = Customer.rows().filter(lead_staff_id=bank.colleague.staff_id, kind="person").first().party_id
    assert KEPT not in numbers(visible_to(bank.colleague))
    head = checker(bank)
    change = services.propose_merge(head, KEPT, colleagues, "the same card", now=timezone.now())
    changes.approve(bank.user("executive"), change.pk, now=timezone.now())
    assert KEPT in numbers(visible_to(bank.colleague)) and KEPT in numbers(visible_to(bank.owner))
    lead = next(cover.staff_id for cover, _staff in selectors.team_of(bank.owner, KEPT) if cover.role == "lead")
    assert lead == bank.owner.staff_id, "the kept entry's manager leads"


def test_who_stands_in_on_a_merged_entry_sees_the_customer(bank: SmallBank) -> None:
    now, owner = timezone.now(), bank.owner
    StandIn.objects.create(party_id=AWAY, staff_id="E2012", cause="x", given_by=owner, given_at=now)
    merge(bank)
    assert KEPT in numbers(visible_to(bank.colleague))


def test_merges_in_a_row_stand_with_the_last_and_come_apart_one_by_one(bank: SmallBank) -> None:
    first = merge(bank, AWAY, THIRD)
    second = merge(bank, KEPT, AWAY)
    assert selectors.customer(bank.owner, THIRD).party_id == KEPT
    assert len(duplicates.merges_of(bank.owner, selectors.customer(bank.owner, KEPT))) == 2
    undo(bank, second)
    assert selectors.customer(bank.owner, THIRD).party_id == AWAY
    merge(bank, KEPT, AWAY)
    undo(bank, first)
    assert selectors.customer(bank.owner, THIRD).party_id == THIRD
    assert selectors.customer(bank.owner, AWAY).party_id == KEPT


def test_a_number_that_was_merged_means_its_customer_when_it_is_merged_again(bank: SmallBank) -> None:
    merge(bank)
    change = services.propose_merge(bank.owner, AWAY, THIRD, "the same card", now=timezone.now())
    assert change.content == {"kept_id": KEPT, "merged_id": THIRD}
    with translation.override("en"), pytest.raises(Unacceptable, match="already"):
        services.propose_merge(bank.owner, AWAY, KEPT, "the same card", now=timezone.now())


def test_two_proposals_about_one_entry_are_one_too_many(bank: SmallBank) -> None:
    proposed(bank)
    for kept, away in ((KEPT, AWAY), (AWAY, KEPT), (KEPT, THIRD), (THIRD, AWAY)):
        with pytest.raises(Conflict, match=bank.owner.name):
            proposed(bank, kept, away)


def test_an_approval_comes_too_late_where_the_world_has_moved_on(bank: SmallBank) -> None:
    late = proposed(bank, THIRD, AWAY)
    Change.objects.filter(pk=late.pk).update(state="withdrawn", checked_at=timezone.now())
    merge(bank)
    Change.objects.filter(pk=late.pk).update(state="waiting", checked_at=None)  # as if it had waited all along
    with pytest.raises(Conflict, match=KEPT):
        changes.approve(checker(bank), late.pk, now=timezone.now())
    late.refresh_from_db()
    assert late.state == "waiting" and Merge.objects.count() == 1


def test_a_rejection_and_a_withdrawal_leave_two_and_stay_recorded(bank: SmallBank) -> None:
    change = proposed(bank)
    changes.reject(checker(bank), change.pk, "two brothers", now=timezone.now())
    assert {KEPT, AWAY} <= numbers(visible_to(bank.owner))
    again = proposed(bank)
    changes.withdraw(bank.owner, again.pk, now=timezone.now())
    assert {KEPT, AWAY} <= numbers(visible_to(bank.owner)) and not Merge.objects.exists()
    assert set(Change.objects.values_list("state", flat=True)) == {"rejected", "withdrawn"}


@pytest.mark.parametrize(
    ("who", "refused"),
    [("colleague", NotFound), ("stranger", NotFound), ("teller", NotAllowed), ("auditor", NotAllowed)],
)
def test_only_who_sees_both_and_hands_work_over_proposes_and_tells_apart(
    bank: SmallBank, who: str, refused: type[Exception]
) -> None:
    user = getattr(bank, who, None) or bank.user(who)
    for act in (services.propose_merge, services.tell_apart):
        with pytest.raises(refused):
            act(user, KEPT, AWAY, "the same card", now=timezone.now())
    assert not Change.objects.exists() and not NotSame.objects.exists()


def test_who_may_not_check_may_not_undo(bank: SmallBank) -> None:
    made = merge(bank)
    for user in (bank.owner, bank.user("teller")):
        with pytest.raises(NotAllowed):
            services.undo_merge(user, made.pk, "two people", now=timezone.now())
    other = User.objects.create(username="head-s2", name="另一位")
    Post.objects.create(user=other, role="branch_head", org_id="S2", org_path="/HQ/B1/S2/")
    with pytest.raises(NotFound):
        services.undo_merge(other, made.pk, "two people", now=timezone.now())
    with pytest.raises(Unacceptable):
        services.undo_merge(checker(bank), made.pk, " ", now=timezone.now())
    undo(bank, made)
    with pytest.raises(Conflict, match=checker(bank).name):
        undo(bank, made)


def test_customers_of_two_branches_are_checked_above_both(bank: SmallBank) -> None:
    boss = User.objects.create(username="b1", name="分行")
    Post.objects.create(user=boss, role="branch_head", org_id="B1", org_path="/HQ/B1/")
    far = Customer.rows().filter(org_id="S2", kind="person").first().party_id
    change = services.propose_merge(boss, KEPT, far, "the same card", now=timezone.now())
    assert change.org_path == "/HQ/B1/"
    with pytest.raises(NotFound):
        changes.approve(checker(bank), change.pk, now=timezone.now())
    changes.approve(bank.user("executive"), change.pk, now=timezone.now())
    assert selectors.customer(bank.owner, far).party_id == KEPT


def test_a_person_is_no_company_and_nobody_is_merged_into_themselves(bank: SmallBank) -> None:
    boss = User.objects.create(username="b1", name="分行")
    Post.objects.create(user=boss, role="branch_head", org_id="B1", org_path="/HQ/B1/")
    company = Customer.rows().filter(kind="company").first().party_id
    for other, wrong in ((company, "company"), (KEPT, "one customer")):
        with translation.override("en"), pytest.raises(Unacceptable, match=wrong):
            services.propose_merge(boss, KEPT, other, "the same card", now=timezone.now())


def test_the_trail_of_either_number_tells_the_merge_and_its_undoing(bank: SmallBank) -> None:
    undo(bank, merge(bank))
    for number in (KEPT, AWAY):
        acts = list(AuditEvent.objects.filter(object_kind="customer", object_id=number).values_list("act", flat=True))
        assert "customer.merge" in acts and "customer.undo_merge" in acts
    line = AuditEvent.objects.filter(act="customer.undo_merge").first()
    assert line is not None and line.reason == "two people after all"
    asked = AuditEvent.objects.get(act="customer.propose_merge")
    assert (asked.object_id, asked.changes["merged"], asked.actor_id) == (KEPT, AWAY, bank.owner.pk)


def test_the_database_holds_what_must_never_be(bank: SmallBank) -> None:
    made = merge(bank)
    wrong: list[dict[str, Any]] = [
        {"merged_id": KEPT},
        {"state": "undone"},
        {"undone_at": timezone.now()},
        {"standing_id": AWAY},
    ]
    for each in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Merge.objects.filter(pk=made.pk).update(**each)
    other = proposed(bank, THIRD, "C000011")
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.create(
            kept_id=THIRD, merged_id=AWAY, standing_id=THIRD, org_path="/", change=other, merged_at=made.merged_at,
            merged_by=made.merged_by,
        )  # fmt: skip


def test_told_apart_two_do_not_come_back(bank: SmallBank) -> None:
    assert [(p.grade, p.keep is not None) for p in duplicates.pairs(bank.owner)] == [
        ("certain", True),
        ("possible", False),
    ], "the other one is of another branch: the owner is told that there is one, and not who"
    assert duplicates.count_pairs(bank.owner) == 2
    first = services.tell_apart(bank.owner, AWAY, KEPT, "brothers", now=timezone.now())
    again = services.tell_apart(checker(bank), KEPT, AWAY, "brothers, yes", now=timezone.now())
    assert first.pk == again.pk and again.said_by == bank.owner, "who said it first is remembered"
    assert [p.grade for p in duplicates.pairs(bank.owner)] == ["possible"]
    assert AuditEvent.objects.filter(act="customer.tell_apart").count() == 1
    proposed(bank)  # it may still be proposed by hand: people err


def test_what_is_proposed_as_one_is_not_told_apart_meanwhile(bank: SmallBank) -> None:
    proposed(bank)
    with pytest.raises(Conflict, match=bank.owner.name):
        services.tell_apart(checker(bank), AWAY, KEPT, "brothers", now=timezone.now())
    assert not NotSame.objects.exists()


def test_a_merged_pair_is_decided(bank: SmallBank) -> None:
    made = merge(bank)
    assert [p.grade for p in duplicates.pairs(bank.owner)] == ["possible"]
    undo(bank, made)
    assert [p.grade for p in duplicates.pairs(bank.owner)] == ["certain", "possible"]


def test_a_waiting_merge_stands_on_both_pages_and_in_the_list(bank: SmallBank, as_user: AsUser) -> None:
    change = proposed(bank)
    for number in (KEPT, AWAY):
        page = as_user(bank.owner).get(f"/customers/{number}/").content.decode()
        assert str(change.pk) in page and bank.owner.name in page
    assert duplicates.pairs(bank.owner)[0].waiting == change
    page = as_user(checker(bank)).get(reverse("control:change", args=[change.pk])).content.decode()
    assert KEPT in page and AWAY in page


def test_figures_of_last_night_are_said_to_be_so_until_the_next(bank: SmallBank, as_user: AsUser) -> None:
    made = merge(bank)
    (told,) = duplicates.merges_of(bank.owner, selectors.customer(bank.owner, KEPT))
    assert told.fresh and not told.may_undo
    Customer.rows().filter(party_id=AWAY).delete()  # the next night has one row for both
    (told,) = duplicates.merges_of(checker(bank), selectors.customer(bank.owner, KEPT))
    assert not told.fresh and told.may_undo
    undo(bank, made)
    lost = as_user(bank.owner).get(f"/customers/{AWAY}/", headers={"accept-language": "en"})
    assert lost.status_code == 404
    with translation.override("en"), pytest.raises(NotFound, match="undone"):
        selectors.customer(bank.owner, AWAY)


def test_masks_apply_to_the_comparison(bank: SmallBank, as_user: AsUser) -> None:
    teller, head = bank.user("teller"), checker(bank)
    row = Customer.rows().get(party_id=KEPT)
    address = f"/customers/duplicates/{KEPT}/{AWAY}/"
    for user, phone in ((teller, False), (head, True)):
        page = as_user(user).get(address).content.decode()
        assert (row.phone in page) == phone
        assert row.certificate_no not in page and row.name in page
    assert row.name not in as_user(bank.user("analyst")).get(address).content.decode()
    assert as_user(bank.colleague).get(address).status_code == 404


def test_the_pages_lead_from_finding_to_merge_and_back(bank: SmallBank, as_user: AsUser) -> None:
    owner, head = as_user(bank.owner), as_user(checker(bank))
    assert reverse("parties:duplicates") in owner.get("/customers/").content.decode()
    compare = reverse("parties:compare", args=[KEPT, AWAY])
    assert compare in owner.get(reverse("parties:duplicates")).content.decode()
    typed = owner.get(reverse("parties:compare-with"), {"one": KEPT, "other": AWAY})
    assert typed.status_code == 302 and AWAY in typed.headers["Location"] and KEPT in typed.headers["Location"]
    for _twice in range(2):  # a double click
        answer = owner.post(f"{compare}merge", {"reason": "same card"}, follow=True)
        assert answer.status_code == 200
    change = Change.objects.get()
    head.post(reverse("control:decide", args=[change.pk]), {"act": "approve"})
    made = Merge.objects.get()
    undo_address = reverse("parties:undo-merge", args=[made.pk])
    assert undo_address in head.get(f"/customers/{KEPT}/").content.decode()
    assert undo_address not in owner.get(f"/customers/{KEPT}/").content.decode()
    head.post(undo_address, {"reason": "two brothers"})
    assert owner.get(f"/customers/{AWAY}/").status_code == 200
    owner.post(f"{compare}apart", {"reason": "two brothers"})
    assert compare not in owner.get(reverse("parties:duplicates")).content.decode()


def test_a_merge_by_api_from_proposal_to_undo(bank: SmallBank, as_user: AsUser) -> None:
    owner, head = as_user(bank.owner), as_user(checker(bank))
    body = {"kept_id": KEPT, "merged_id": AWAY, "reason": "same card"}
    made = owner.post("/api/v1/customers/merges", body, content_type="application/json")
    assert made.status_code == 201
    pairs = owner.get("/api/v1/customers/duplicates").json()
    assert pairs[0]["waiting"] == made.json()["change"] and pairs[1]["party_id"] is None
    assert owner.post("/api/v1/customers/merges", body, content_type="application/json").status_code == 409
    approved = head.post(f"/api/v1/changes/{made.json()['change']}/approve", {}, content_type="application/json")
    assert approved.status_code == 200
    (merged,) = owner.get(f"/api/v1/customers/{AWAY}/merges").json()
    address = f"/api/v1/customers/merges/{merged['id']}/undo"
    assert owner.post(address, {"reason": "no"}, content_type="application/json").status_code == 403
    undone = head.post(address, {"reason": "two people"}, content_type="application/json")
    assert undone.status_code == 200 and undone.json()["state"] == "undone"
    assert owner.get(f"/api/v1/customers/{AWAY}").json()["party_id"] == AWAY


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_at_once_that_would_leave_nobody_one_is_told_no(bank: SmallBank) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("threads share SQLite's memory database; the run on PostgreSQL has this race")
    there = proposed(bank, KEPT, AWAY)
    Change.objects.filter(pk=there.pk).update(state="withdrawn", checked_at=timezone.now())
    back = proposed(bank, AWAY, KEPT)
    Change.objects.filter(pk=there.pk).update(state="waiting", checked_at=None)
    begin, said = threading.Barrier(2), []

    def approve(change: Change) -> None:
        try:
            begin.wait(timeout=10)
            changes.approve(checker(bank), change.pk, now=timezone.now() + timedelta(seconds=1))
            said.append("done")
        except Conflict:
            said.append("no")
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=(change,)) for change in (there, back)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(said) == ["done", "no"]
    assert Merge.objects.count() == 1
