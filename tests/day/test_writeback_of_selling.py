"""Solutions, companies and introductions reach the lake as they stand, and leave it with whom they are about."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as desk
from django.utils import timezone

from day.test_writeback import log, merged
from day.test_writeback_of_work import opened, rows
from tenure.contracts import LAKE
from tenure.contracts.lake import desk_companies, desk_sales
from tenure.desk.corporate import models as corporate
from tenure.desk.corporate.models import (
    BuyingRole,
    DemandNote,
    NegotiationSheet,
    Promise,
    Purchase,
    PurchaseStep,
    Sizing,
    TrustCheck,
    Visit,
)
from tenure.desk.network.models import Introduction, Upkeep
from tenure.desk.offers.models import Bundle, Item, Solution
from tenure.desk.org.models import User
from tenure.desk.requests import rules as requests
from tenure.desk.requests.models import Suppressed
from tenure.desk.writeback import days_to_write_back
from tenure.insight import Window, thresholds
from tenure.lake import Lake, connect
from tenure.nightly import persons
from tenure.nightly.caching import Cache
from tenure.nightly.past import Past
from tenure.nightly.writeback import write_back, write_back_merges

pytestmark = pytest.mark.django_db(transaction=True)
#: What the bank knows of somebody only until the introduction is over: it is in no file of the lake.
NAME, PHONE, GUEST = "欧阳远亲", "13987650000", "采购部司马科长"


def _draft(author: User, at: datetime, **more: Any) -> Solution:
    needs = [{"need": "grow", "heard": True, "words": "想多赚一点"}, {"need": "protect", "heard": False, "words": ""}]
    return Solution.objects.create(
        party_id="C1", org_path="/HQ/", manager="S1", needs=needs, currency="CNY", begun_by=author, begun_at=at,
        changed_by=author, changed_at=at, **more,
    )  # fmt: skip


def _item(solution: Solution, place: int = 1, **more: Any) -> Item:
    content = {"need": "grow", "product_id": "FUND1", "category": "fund", "amount": 20_000_000}
    return Item.objects.create(solution=solution, place=place, **(content | more))


def _bundle(author: User, checker: User, at: datetime) -> Bundle:
    return Bundle.objects.create(
        code="family", version=2, name_zh="安家", name_en="Family", needs=["protect"], products=["INS1"], services=[],
        terms={}, price=0, currency="CNY", owner="S1", valid_from=at.date(), valid_until=at.date(), reason="更新",
        made_by=author, approved_by=checker, since=at,
    )  # fmt: skip


def _asked(author: User, at: datetime, **more: Any) -> Introduction:
    content = {"introducer_id": "C1", "about": "开厂的朋友", "state": "asked", "asked_on": at.date()} | more
    return Introduction.objects.create(
        org_path="/HQ/", owner="S1", made_by=author, made_at=at, changed_by=author, changed_at=at, **content
    )


def _spent(author: User, at: datetime, **more: Any) -> Upkeep:
    content = {"party_id": "C1", "person": GUEST, "part": "decider", "kind": "meal", "amount": 20_000} | more
    return Upkeep.objects.create(
        org_path="/HQ/", currency="CNY", spent_on=at.date(), purpose="谈合作", staff_id="S1", made_by=author,
        made_at=at, **content,
    )  # fmt: skip


def _visit(author: User, at: datetime, **more: Any) -> Visit:
    return Visit.objects.create(
        party_id="C1", on=at.date(), aim="谈代发", staff_ids=["S1", "S2"], meets=GUEST, planned_by=author,
        planned_at=at, changed_by=author, changed_at=at, **more,
    )  # fmt: skip


def _bought(author: User, at: datetime) -> Purchase:
    one = Purchase.objects.create(
        party_id="C1", about="换发工资的银行", demand="cash", decision="财务部比选", decides_on=at.date(),
        stale_on=at.date(), opened_by=author, opened_at=at, changed_by=author, changed_at=at,
    )  # fmt: skip
    PurchaseStep.objects.create(
        purchase=one, at=at, by=author, stage=one.stage, state="open", decision=one.decision, decides_on=at.date()
    )
    return one


def _decides(one: Purchase, author: User, at: datetime, **more: Any) -> BuyingRole:
    content = {"role": "decider", "post": "财务总监", "words": "看重到账快"} | more
    return BuyingRole.objects.create(purchase=one, since=at, changed_by=author, changed_at=at, **content)


def _sheet(one: Purchase, author: User, at: datetime, number: int = 1, **more: Any) -> NegotiationSheet:
    content = {"aims": "代发一起做", "limits": "3.2%", "trades": [["减免手续费", "代发"], ["上门开卡", "三年"]]} | more
    return NegotiationSheet.objects.create(purchase=one, number=number, written_by=author, written_at=at, **content)


def test_a_solution_reaches_the_lake_as_a_draft_when_shown_and_when_answered(lake: Lake, author: User) -> None:
    now = timezone.now()
    checker = User.objects.create_user("head", None, name="李", staff_id="S2")
    one = _draft(author, now)
    _item(one)
    assert write_back(lake) == 2
    (draft,) = rows(lake, "solution")
    assert (draft["state"], draft["needs"], draft["heard"], draft["shown_on"]) == (
        "draft",
        "grow protect",
        "grow",
        None,
    )
    later = timezone.now()
    one.items.all().delete()  # composed anew
    product, bundle = _item(one), _item(
        one, 2, need="protect", product_id="INS1", category="insurance", bundle=_bundle(author, checker, now)
    )  # fmt: skip
    Solution.objects.filter(pk=one.pk).update(
        state="shown", shown_on=later.date(), valid_until=later.date() + timedelta(days=14), level_shown="solution",
        changed_at=later,
    )  # fmt: skip
    assert write_back(lake) == 3
    held = {row["item_id"]: row for row in rows(lake, "solution_item")}
    assert set(held) == {str(product.pk), str(bundle.pk)}, "what was chosen before is gone"
    assert (held[str(bundle.pk)]["bundle"], held[str(bundle.pk)]["bundle_version"]) == ("family", 2)
    assert (held[str(product.pk)]["bundle"], held[str(product.pk)]["state"]) == (None, "open")
    business, answered = opened(author, timezone.now()), timezone.now()
    Item.objects.filter(pk=product.pk).update(state="agreed", opportunity_id=business.pk)
    Item.objects.filter(pk=bundle.pk).update(state="declined")
    Solution.objects.filter(pk=one.pk).update(
        state="partly", level_agreed="product", settled_on=answered.date(), words="保险再想想", changed_at=answered
    )
    write_back(lake)
    (settled,) = rows(lake, "solution")
    assert (settled["state"], settled["level_agreed"], settled["words"]) == ("partly", "product", "保险再想想")
    held = {row["item_id"]: (row["state"], row["opportunity_id"]) for row in rows(lake, "solution_item")}
    assert held == {str(product.pk): ("agreed", str(business.pk)), str(bundle.pk): ("declined", None)}
    assert list(days_to_write_back()) == []


def test_what_a_company_buys_reaches_the_lake_step_by_step(lake: Lake, author: User) -> None:
    now = timezone.now()
    one = _bought(author, now)
    assert write_back(lake) == 2
    assert rows(lake, "purchase")[0]["stage"] == "need_seen"
    later = timezone.now()
    Purchase.objects.filter(pk=one.pk).update(
        stage="deciding", state="ours", closed_at=later, stale_on=None, changed_at=later
    )
    PurchaseStep.objects.create(purchase=one, at=later, by=author, stage="deciding", state="ours", words="定了")
    write_back(lake)
    (row,) = rows(lake, "purchase")
    assert (row["state"], row["stage"], row["staff_id"]) == ("ours", "deciding", "S1") and row["closed_at"] is not None
    steps = sorted(rows(lake, "purchase_step"), key=lambda step: step["at"])
    assert [(step["stage"], step["state"]) for step in steps] == [("need_seen", "open"), ("deciding", "ours")]
    assert (row["decision"], steps[0]["decision"], steps[1]["decision"]) == ("财务部比选", "财务部比选", None)
    assert write_back(lake) == 0


def test_who_decides_reaches_the_lake_is_corrected_there_and_taken_off(lake: Lake, author: User) -> None:
    now = timezone.now()
    one = _bought(author, now)
    known, named = _decides(one, author, now, party_id="C2"), _decides(one, author, now, role="user", name=GUEST)
    assert write_back(lake) == 4
    found = {row["role_id"]: row for row in rows(lake, "buying_role")}
    told = found[str(known.pk)]
    assert (told["party_id"], told["purchase_id"], told["person_id"]) == ("C1", str(one.pk), "C2")
    assert (told["role"], told["attitude"], told["post"]) == ("decider", "unknown", "财务总监")
    assert (told["words"], told["staff_id"], told["ended_at"]) == ("看重到账快", "S1", None)
    assert found[str(named.pk)]["person_id"] is None and GUEST not in str(found), "a name stays at the desk"
    assert write_back(lake) == 0
    later = timezone.now()
    BuyingRole.objects.filter(pk=known.pk).update(attitude="opposes", changed_at=later)
    BuyingRole.objects.filter(pk=named.pk).update(ended_at=later, changed_at=later)
    write_back(lake)
    found = {row["role_id"]: row for row in rows(lake, "buying_role")}
    assert (found[str(known.pk)]["attitude"], found[str(known.pk)]["since"]) == ("opposes", told["since"])
    assert len(found) == 2 and found[str(named.pk)]["ended_at"] is not None
    assert write_back(lake) == 0


def test_what_a_company_judges_by_is_in_the_lake_as_it_was_said_last(lake: Lake, author: User) -> None:
    now = timezone.now()
    one = _bought(author, now)
    one.criteria.create(words="价格", weight=3)
    one.criteria.create(words="到账速度", weight=5, standing="ahead")
    write_back(lake)
    held = sorted(rows(lake, "purchase_criterion"), key=lambda row: row["place"])
    assert [(row["words"], row["weight"], row["standing"]) for row in held] == [
        ("到账速度", 5, "ahead"),
        ("价格", 3, "unknown"),
    ]
    one.criteria.all().delete()  # said anew, as the service does
    one.criteria.create(words="网点距离", weight=2)
    Purchase.objects.filter(pk=one.pk).update(changed_at=timezone.now())
    write_back(lake)
    (row,) = rows(lake, "purchase_criterion")
    assert (row["place"], row["words"], row["party_id"]) == (1, "网点距离", "C1")
    assert write_back(lake) == 0


def test_every_edition_of_a_negotiation_sheet_reaches_the_lake_with_its_trade_offs(lake: Lake, author: User) -> None:
    now = timezone.now()
    one = _bought(author, now - timedelta(days=1))
    first = _sheet(one, author, now, their_alternatives="邻行报价")
    write_back(lake)
    (row,) = rows(lake, "negotiation_sheet")
    assert (row["party_id"], row["purchase_id"], row["edition"]) == ("C1", str(one.pk), 1)
    assert (row["aims"], row["limits"], row["staff_id"]) == ("代发一起做", "3.2%", "S1")
    assert (row["their_alternatives"], row["our_alternatives"]) == ("邻行报价", None)
    trades = sorted(rows(lake, "negotiation_trade"), key=lambda row: row["place"])
    assert [(t["sheet_id"], t["give"], t["ask"]) for t in trades] == [
        (str(first.pk), "减免手续费", "代发"),
        (str(first.pk), "上门开卡", "三年"),
    ]
    assert write_back(lake) == 0
    _sheet(one, author, timezone.now(), 2, limits="3.0%", trades=[])
    write_back(lake)
    held = {row["edition"]: row["limits"] for row in rows(lake, "negotiation_sheet")}
    assert held == {1: "3.2%", 2: "3.0%"} and len(rows(lake, "negotiation_trade")) == 2
    assert write_back(lake) == 0


def test_a_decider_who_is_erased_leaves_the_lake_and_no_copy_tells_of_which_company(lake: Lake, author: User) -> None:
    now = timezone.now()
    one = _bought(author, now)
    _decides(one, author, now, party_id="C2")
    kept = _decides(one, author, now, role="user", name=GUEST)
    write_back(lake)
    with connect() as engine:
        assert "buying_role" not in {part.name for part in persons.parts_of(lake, engine, ["C2"])}
    Suppressed.objects.create(
        digest=requests.digest_of("C2", desk.SECRET_KEY), since=timezone.localdate(), lake_next=timezone.localdate()
    )
    with connect() as engine:
        persons.erase_due(lake, engine, now)
    assert [row["role_id"] for row in rows(lake, "buying_role")] == [str(kept.pk)]
    assert len(rows(lake, "purchase")) == 1, "the company's purchase stays"


def test_a_decider_who_was_merged_stands_under_the_number_that_was_kept(lake: Lake, author: User) -> None:
    now = timezone.now()
    _decides(_bought(author, now), author, now, party_id="C2")
    merged(author)
    write_back(lake)
    write_back_merges(lake)
    with connect() as engine:
        past = Past(Cache(lake, engine), lake.head(), Window(timezone.localdate()), thresholds.load(lake.currency))
        assert engine.arrow(past.table("buying_role"))["person_id"].to_pylist() == ["C1"]


def test_a_visit_reaches_the_lake_when_planned_and_reported_and_says_whether_promises_were_kept(
    lake: Lake, author: User
) -> None:
    now = timezone.now()
    visit = _visit(author, now)
    assert write_back(lake) == 1
    (row,) = rows(lake, "company_visit")
    assert (row["state"], row["people"], row["aim"], row["interaction_id"]) == ("planned", 2, "谈代发", None)
    later = timezone.now()
    contact = log(author, "C1", "老板愿意试三个月")
    Visit.objects.filter(pk=visit.pk).update(
        state="reported", learned="老板愿意试三个月", outcome="done", contact_id=contact.pk, changed_at=later
    )
    promise = Promise.objects.create(
        visit=visit, party_id="C1", side="us", who=GUEST, words="下周送方案", due_on=later.date(), made_at=later
    )
    write_back(lake)
    (row,) = rows(lake, "company_visit")
    assert (row["state"], row["outcome"], row["interaction_id"]) == ("reported", "done", f"desk-{contact.pk}")
    assert rows(lake, "visit_promise")[0]["state"] == "open"
    Promise.objects.filter(pk=promise.pk).update(
        state="kept", settled_on=later.date(), settled_by=author, changed_at=timezone.now()
    )
    write_back(lake)
    assert (rows(lake, "visit_promise")[0]["state"], write_back(lake)) == ("kept", 0)


def test_trust_demands_and_batches_of_a_company_reach_the_lake_once(lake: Lake, author: User) -> None:
    now = timezone.now()
    parts = {"credibility": 80, "reliability": 75, "intimacy": 40, "self_orientation": 20}
    TrustCheck.objects.create(party_id="C1", answers={"c1": 8}, words="多听", by=author, at=now, **parts)
    DemandNote.objects.create(party_id="C1", demand="financing", state="asked_no", by=author, at=now)
    business = opened(author, now)
    Sizing.objects.create(
        party_id="C1", kind="payroll", as_of=date(2026, 6, 30), opportunity_id=business.pk, figures={}, amount=5,
        low=4, high=6, by=author, at=now,
    )  # fmt: skip
    write_back(lake)
    (trust,), (demand,), (sized,) = (rows(lake, name) for name in ("trust_check", "demand_note", "batch_sizing"))
    assert {part: trust[part] for part in parts} == parts and trust["staff_id"] == "S1"
    assert (demand["demand"], demand["state"], demand["words"]) == ("financing", "asked_no", None)
    assert (sized["amount"], sized["low"], sized["high"]) == (5, 4, 6)
    assert sized["opportunity_id"] == rows(lake, "opportunity")[0]["opportunity_id"]
    assert write_back(lake) == 0


def test_an_introduction_is_followed_to_the_customer_it_brought_and_names_nobody_else(lake: Lake, author: User) -> None:
    now = timezone.now()
    one, unasked = _asked(author, now), _asked(
        author, now, about="", asked_on=None, state="given", given_on=now.date(), may_call=True, given_name=NAME,
        given_phone=PHONE,
    )  # fmt: skip
    assert write_back(lake) == 2
    business = opened(author, timezone.now())
    later = timezone.now()
    Introduction.objects.filter(pk=one.pk).update(
        state="converted", may_call=True, given_on=later.date(), given_name=NAME, converted_id="C2",
        opportunity=business, closed_on=later.date(), thanked_on=later.date(), thanked_how="call", changed_at=later,
    )  # fmt: skip
    write_back(lake)
    found = {row["introduction_id"]: row for row in rows(lake, "introduction")}
    mine = found[str(one.pk)]
    assert (mine["party_id"], mine["converted_id"], mine["opportunity_id"]) == ("C1", "C2", str(business.pk))
    assert (mine["state"], mine["thanked_how"], mine["org_id"]) == ("converted", "call", "HQ")
    assert (found[str(unasked.pk)]["asked_on"], found[str(unasked.pk)]["given_id"]) == (None, None)
    assert not [word for word in (NAME, PHONE) if word in str(list(found.values()))]
    assert write_back(lake) == 0


def test_upkeep_reaches_the_lake_by_part_and_leaves_it_when_taken_back(lake: Lake, author: User) -> None:
    now = timezone.now()
    kept, wrong, waits = _spent(author, now), _spent(author, now), _spent(author, now, state="waiting")
    _spent(author, now, state="withdrawn")
    assert write_back(lake) == 3, "what was taken back before the night never was"
    found = {row["upkeep_id"]: row for row in rows(lake, "upkeep")}
    assert (found[str(kept.pk)]["part"], found[str(kept.pk)]["amount"]) == ("decider", 20_000)
    assert GUEST not in str(found)
    later = timezone.now()
    Upkeep.objects.filter(pk=wrong.pk).update(state="withdrawn", changed_at=later)
    Upkeep.objects.filter(pk=waits.pk).update(state="refused", changed_at=later)
    write_back(lake)
    states = {row["upkeep_id"]: row["state"] for row in rows(lake, "upkeep")}
    assert states == {str(kept.pk): "noted", str(waits.pk): "refused"}
    assert list(days_to_write_back()) == []


def test_days_without_change_are_not_written_again(lake: Lake, author: User) -> None:
    now = timezone.now()
    _draft(author, now - timedelta(days=2))
    later = _asked(author, now)
    write_back(lake)
    before = [batch.id for batch in lake.head().batches]
    Introduction.objects.filter(pk=later.pk).update(
        state="declined", reason="not_now", closed_on=now.date(), changed_at=timezone.now()
    )
    assert [day.day for day in days_to_write_back()] == [timezone.localdate(now)]
    assert write_back(lake) == 1
    after = [batch.id for batch in lake.head().batches]
    assert len(set(before) & set(after)) == len(before) - 1


def test_whoever_is_erased_is_in_no_row_of_selling_whatever_part_they_played(lake: Lake, author: User) -> None:
    now = timezone.now()
    solution = _draft(author, now)
    _item(solution)
    purchase = _bought(author, now)
    purchase.criteria.create(words="价格", weight=3)
    _decides(purchase, author, now, name=GUEST)
    _sheet(purchase, author, now)
    _spent(author, now)
    met = {"may_call": True, "given_on": now.date()}
    _asked(author, now)
    _asked(author, now, introducer_id="C2", about="", target_id="C1")
    _asked(author, now, introducer_id="C2", about="", asked_on=None, state="given", given_id="C1", **met)
    _asked(author, now, introducer_id="C2", about="", asked_on=None, state="converted", given_name=NAME,
           converted_id="C1", closed_on=now.date(), **met)  # fmt: skip
    kept = _asked(author, now, introducer_id="C2", about="", asked_on=None, state="given", given_name=NAME, **met)
    write_back(lake)
    Suppressed.objects.create(
        digest=requests.digest_of("C1", desk.SECRET_KEY), since=timezone.localdate(), lake_next=timezone.localdate()
    )
    with connect() as engine:
        gone = persons.erase_due(lake, engine, now).rows
    assert gone["introduction"] == 4
    assert [row["introduction_id"] for row in rows(lake, "introduction")] == [str(kept.pk)]
    for name in ("purchase", "purchase_step", "buying_role", "purchase_criterion", "negotiation_sheet"):
        assert gone[name] == 1 and rows(lake, name) == [], name
    assert rows(lake, "negotiation_trade") == []
    assert len(rows(lake, "solution")) == len(rows(lake, "upkeep")) == 1, "kept for their periods"
    long_ago = timezone.localdate() - timedelta(days=366 * 21)
    Suppressed.objects.update(since=long_ago)
    with connect() as engine:
        persons.erase_due(lake, engine, now)
    for table in desk_sales.DESK_SALES:
        assert "C1" not in str(rows(lake, table.name)), table.name


def test_a_copy_gives_an_introducer_their_rows_and_nobodys_number(lake: Lake, author: User) -> None:
    _asked(author, timezone.now(), about="", target_id="C2")
    write_back(lake)
    with connect() as engine:
        mine = {part.name: part for part in persons.parts_of(lake, engine, ["C1"])}["introduction"]
        theirs = {part.name for part in persons.parts_of(lake, engine, ["C2"])}
    assert "C2" not in str(mine.rows) and len(mine.rows) == 1
    assert "introduction" not in theirs, "whose customer one is, is the introducer's"


def test_an_introducer_who_was_merged_stands_under_the_number_that_was_kept(lake: Lake, author: User) -> None:
    now = timezone.now()
    _asked(author, now, introducer_id="C2")
    merged(author)
    write_back(lake)
    write_back_merges(lake)
    with connect() as engine:
        past = Past(Cache(lake, engine), lake.head(), Window(timezone.localdate()), thresholds.load(lake.currency))
        assert engine.arrow(past.table("introduction"))["party_id"].to_pylist() == ["C1"]


def test_the_contract_knows_the_codes_and_bounds_of_the_desk() -> None:
    assert {code for code, _name in Solution._meta.get_field("state").choices or ()} == set(desk_sales.SOLUTION_STATES)
    assert tuple(Item.State.values) == desk_sales.ITEM_STATES
    assert (corporate.LEAST_TRUST, corporate.MOST_TRUST) == (desk_companies.LEAST_TRUST, desk_companies.MOST_TRUST)


def test_columns_that_name_a_customer_are_all_found_when_somebody_is_erased() -> None:
    for table in LAKE.values():
        named = {column for column, other, _key in table.foreign if other == "party"} - {"employer_id"}
        assert named <= set(persons._OF_PARTY), table.name
