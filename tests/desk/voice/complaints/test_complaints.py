"""A complaint is taken in once, coded, handled by nobody with an interest; what is conceded is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control import audit
from tenure.desk.control.changes import services as changes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import Change
from tenure.desk.org.models import Post, User
from tenure.desk.voice.cases import services as cases
from tenure.desk.voice.cases.models import Case
from tenure.desk.voice.complaints import (
    counted_selectors,
    documents,
    exports,
    giving_services,
    intake,
    selectors,
    services,
)
from tenure.desk.voice.complaints.filters import SORTS, filter_from, position_from
from tenure.desk.voice.complaints.models import Arrival, Complaint, Concession, Letter
from tenure.desk.voice.sending.models import Message
from tenure.desk.writeback import heard

NOW = datetime(2026, 6, 26, 15, 0, tzinfo=timezone.get_default_timezone())
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAID = "手机银行转账失败但已扣款，3天仍未退回。"
Taken = Callable[..., Complaint]


@pytest.fixture
def handler(bank: SmallBank) -> User:
    return bank.user("complaint_handler")


@pytest.fixture
def taken(bank: SmallBank) -> Taken:
    def take(user: User | None = None, words: str = SAID, at: datetime = NOW - HOUR, **more: Any) -> Complaint:
        told: dict[str, Any] = {"party_id": bank.party_id, "now": NOW, **more}
        return services.take_in(user or bank.owner, "A02", at, words, **told).complaint

    return take


def test_a_complaint_has_one_case_whose_time_runs_since_it_was_received(bank: SmallBank, taken: Taken) -> None:
    one = taken(at=NOW - 3 * DAY)
    assert one.case is not None and one.case.source == "complaint"
    clock = one.case.clocks.get(clock="regulator")
    assert (clock.began_at, clock.allowance) == (NOW - 3 * DAY, 15 * 1440)
    assert one.case.owner == "E1006"  # the handler, before the customer's manager
    assert audit.verify_chain().whole


def test_the_same_matter_by_another_channel_waits_for_a_person_and_runs_no_second_clock(
    bank: SmallBank, taken: Taken, handler: User
) -> None:
    first = taken()
    again = services.take_in(
        bank.owner, "A01", NOW, "转账失败，手机银行已扣款3天仍未退回", party_id=bank.party_id, now=NOW
    )
    assert (again.standing, again.complaint) == ("waiting", first)
    assert Complaint.objects.count() == Case.objects.count() == 1
    services.decide_arrival(handler, again.pk, True, now=NOW)
    again.refresh_from_db()
    assert (again.standing, again.decided_by) == ("joined", handler)
    # taken apart again, it is a complaint of its own, its time counted from its own day
    for _twice in range(2):
        other = services.decide_arrival(handler, again.pk, False, now=NOW + DAY)
    assert other != first and other.case is not None and Complaint.objects.count() == 2
    assert other.case.clocks.get(clock="regulator").began_at == NOW
    assert {one.standing for one in Arrival.objects.all()} == {"first"}


def test_another_matter_of_the_same_customer_is_another_complaint(bank: SmallBank, taken: Taken) -> None:
    taken()
    taken(words="柜员态度冷淡，等了一个小时")
    assert Complaint.objects.count() == 2
    assert taken(another=True).pk not in {None} and Complaint.objects.count() == 3


def test_an_external_id_is_one_arrival_and_other_content_is_refused(bank: SmallBank, taken: Taken) -> None:
    first = taken(external_id="call-1")
    assert taken(external_id="call-1").pk == first.pk
    with pytest.raises(Conflict):
        taken(external_id="call-1", words="something else")
    with pytest.raises(Conflict):
        taken(bank.user("teller"), external_id="call-1")
    assert Arrival.objects.count() == 1


def test_a_bad_row_is_told_and_the_others_are_taken(bank: SmallBank) -> None:
    good = {
        "external_id": "x1",
        "channel": "A05",
        "received_at": NOW.isoformat(),
        "words": SAID,
        "party_id": bank.party_id,
    }
    rows = [
        good, {**good, "external_id": "x2", "channel": "Z9"}, {**good, "external_id": "x3", "received_at": "today"},
        {**good, "external_id": "x4", "party_id": bank.far_party_id}, "nothing",
        {**good, "external_id": "x5", "colour": 1},
    ]  # fmt: skip
    told = intake.take_many(bank.owner, rows, now=NOW)
    assert [one["external_id"] for one in told["taken"]] == ["x1"]
    assert [(one["index"], one["field"]) for one in told["refused"]] == [
        (1, "channel"), (2, "received_at"), (3, "party_id"), (4, ""), (5, "colour"),
    ]  # fmt: skip
    assert intake.take_many(bank.owner, rows[:1], now=NOW)["taken"] == told["taken"]


def test_somebody_unknown_is_found_later_and_their_time_ran_meanwhile(
    bank: SmallBank, taken: Taken, handler: User
) -> None:
    one = taken(party_id="", person="一位女士", reach="13800000000", at=NOW - 5 * DAY, org_id="S1")
    assert one.case is None
    shown = selectors.complaint(handler, one.pk, NOW)
    assert shown.due_on == date(2026, 7, 6)
    with pytest.raises(NotFound):  # a manager answers for no branch
        selectors.complaint(bank.stranger, one.pk, NOW)
    found = services.identify(handler, one.pk, bank.party_id, version=1, now=NOW)
    assert found.case is not None and found.case.clocks.get(clock="regulator").began_at == NOW - 5 * DAY
    assert services.identify(handler, one.pk, bank.party_id, version=1, now=NOW).pk == one.pk
    lost = taken(party_id="", person="匿名", org_id="S1")
    services.settle_unknown(handler, lost.pk, "已整改并张贴公告", version=1, now=NOW)
    assert not selectors.complaint(handler, lost.pk, NOW).open


def test_nobody_with_an_interest_handles_approves_or_extends(bank: SmallBank, taken: Taken, handler: User) -> None:
    one = taken(concerns="E2011", served_by="E1006")
    assert one.case is not None and one.case.owner not in {"E2011", "E1006", ""}
    with pytest.raises(NotAllowed):
        services.code(handler, one.pk, "B06", "C05", version=1, now=NOW)
    with pytest.raises(NotAllowed):
        giving_services.grant(handler, one.pk, "points", 100, "sorry", "1", now=NOW)
    refused: list[tuple[User, type[Exception]]] = [(bank.owner, NotFound), (handler, NotAllowed)]
    for concerned, how in refused:  # its subject does not even learn that it is there
        with pytest.raises(how):
            cases.acknowledge(concerned, one.case.pk, "call", "done", version=1, now=NOW)
        with pytest.raises(how):
            cases.ask_extension(concerned, one.case.pk, "more time", now=NOW)


def test_a_subject_s_only_colleague_is_passed_over(bank: SmallBank, taken: Taken) -> None:
    one = taken(concerns="E3011", org_id="S2")  # at S2 work E3001 and E3011 alone
    assert one.case is not None and one.case.barred == ["E3001"]


def test_whoever_turns_out_to_be_concerned_hands_over_and_cannot_approve(
    bank: SmallBank, taken: Taken, handler: User
) -> None:
    one = taken()
    assert one.case is not None
    cases.ask_extension(bank.owner, one.case.pk, "complex", now=NOW)
    services.set_subject(handler, one.pk, "S1", "E2001", "", version=1, now=NOW)
    change = Change.objects.get(kind="case.extend")
    with pytest.raises(NotFound):
        changes.approve(bank.user("branch_head"), change.pk, now=NOW)
    services.set_subject(handler, one.pk, "S1", "E2001", "E1006", version=2, now=NOW)
    one.case.refresh_from_db()
    assert one.case.owner not in {"E1006", "E2001"}


def test_owner_colleague_stranger(bank: SmallBank, taken: Taken, handler: User) -> None:
    one = taken()
    assert selectors.complaint(bank.owner, one.pk, NOW).number == one.number
    assert selectors.complaint(bank.user("auditor"), one.pk, NOW).words == SAID
    acts: list[Callable[[User], Any]] = [
        lambda user: services.code(user, one.pk, "B06", "C05", version=1, now=NOW),
        lambda user: services.set_subject(user, one.pk, "S1", "E2012", "", version=1, now=NOW),
        lambda user: services.identify(user, one.pk, bank.party_id, version=1, now=NOW),
        lambda user: services.settle_unknown(user, one.pk, "x", version=1, now=NOW),
        lambda user: giving_services.grant(user, one.pk, "points", 100, "sorry", "1", now=NOW),
        lambda user: giving_services.write_letter(user, one.pk, "received", "en", "", "", "1", now=NOW),
    ]
    for act in acts:
        for user in (bank.owner, bank.colleague, bank.stranger, bank.user("branch_head"), bank.user("auditor")):
            with pytest.raises(NotAllowed):
                act(user)
    far = User.objects.create(username="far", name="远", staff_id="")
    Post.objects.create(user=far, role="complaint_handler", org_id="S2", org_path="/HQ/B1/S2/")
    for act in acts:
        with pytest.raises(NotFound):
            act(User.objects.get(pk=far.pk))
    with pytest.raises(NotFound):
        selectors.complaint(bank.stranger, one.pk, NOW)


def test_recoding_is_a_step_and_the_second_of_two_is_told(bank: SmallBank, taken: Taken, handler: User) -> None:
    one = taken()
    for _twice in range(2):
        services.code(handler, one.pk, "B06", "C05", version=1, now=NOW)
    with pytest.raises(Conflict, match="蒋丽"):
        services.code(handler, one.pk, "B06", "C0501", version=1, now=NOW)
    services.code(handler, one.pk, "B06", "C0501", version=2, now=NOW)
    assert [row.cause_code for row in one.codings.all()] == ["C05", "C0501"]
    assert one.codings.first().suggested["cause"][0] == "C05"  # type: ignore[union-attr]
    with pytest.raises(Unacceptable):
        services.code(handler, one.pk, "B06", "C77", version=3, now=NOW)
    assert one.case is not None and [s.kind for s in one.case.steps.all()] == ["opened", "coded", "coded"]


def test_a_complaint_keeps_the_version_it_was_coded_by(
    bank: SmallBank, taken: Taken, handler: User, settings: Any, tmp_path: Any
) -> None:
    one = taken()
    services.code(handler, one.pk, "B06", "C05", version=1, now=NOW)
    settings.HOME = tmp_path
    (tmp_path / "complaint_codes.toml").write_text(
        '[[version]]\nname = "own"\nfrom = 2026-06-01\n'
        + "".join(
            f'[[version.{kind}]]\ncode = "Q1"\nzh = "甲"\nen = "A"\n' for kind in ("channel", "business", "cause")
        ),
        encoding="utf-8",
    )
    assert selectors.complaint(handler, one.pk, NOW).cause in ("系统及设备", "Systems and machines")
    with pytest.raises(Unacceptable):  # what was received since then is coded by the new one
        services.code(handler, one.pk, "B06", "C06", version=2, now=NOW)


def test_small_concessions_are_given_and_large_ones_wait(bank: SmallBank, taken: Taken, handler: User) -> None:
    one = taken()
    for _twice in range(2):
        given = giving_services.grant(handler, one.pk, "fee_refund", 300_00, "退回手续费", "a", now=NOW)
    assert (given.state, Concession.objects.count()) == ("given", 1)
    with pytest.raises(Conflict):
        giving_services.grant(handler, one.pk, "fee_refund", 200_00, "退回手续费", "a", now=NOW)
    more = giving_services.grant(handler, one.pk, "compensation", 201_00, "误工", "b", now=NOW)
    assert (more.state, more.over) == ("waiting", "alone")
    change = Change.objects.get(kind="complaint.concession")
    changes.approve(bank.user("branch_head"), change.pk, now=NOW)
    more.refresh_from_db()
    assert more.state == "given"
    refused = giving_services.grant(handler, one.pk, "points", 900_00, "再补偿", "c", now=NOW)
    changes.reject(bank.user("branch_head"), Change.objects.get(state="waiting").pk, "不合理", now=NOW)
    refused.refresh_from_db()
    assert refused.state == "refused" and Concession.objects.count() == 3  # kept, for fairness
    with pytest.raises(Unacceptable):
        giving_services.grant(handler, one.pk, "points", 0, "nothing", "d", now=NOW)


def test_who_has_an_interest_cannot_approve_a_concession(bank: SmallBank, taken: Taken, handler: User) -> None:
    one = taken(concerns="E2001")
    giving_services.grant(handler, one.pk, "compensation", 900_00, "误工", "b", now=NOW)
    with pytest.raises(NotFound):
        changes.approve(bank.user("branch_head"), Change.objects.get().pk, now=NOW)
    served = taken(words="等了一小时无人理睬", served_by="E2001")
    change = giving_services.grant(handler, served.pk, "compensation", 900_00, "误工", "c", now=NOW)
    with pytest.raises(NotAllowed):
        changes.approve(bank.user("branch_head"), Change.objects.get(subject_id=str(change.pk)).pk, now=NOW)


def test_letters_are_kept_as_written_in_either_language_and_sent_once(
    bank: SmallBank, taken: Taken, handler: User
) -> None:
    one = taken()
    for _twice in range(2):
        sent = giving_services.write_letter(handler, one.pk, "received", "en", "", "sms", "a", now=NOW)
    assert "received your complaint" in sent.text and "by 11 Jul 2026" in sent.text
    assert Message.objects.get().purpose == "complaint" and Letter.objects.count() == 1
    printed = giving_services.write_letter(handler, one.pk, "decided", "zh-hans", "已退回全部款项", "", "b", now=NOW)
    assert "已退回全部款项" in printed.text and "投诉" in printed.text
    with pytest.raises(Unacceptable):
        giving_services.write_letter(handler, one.pk, "decided", "en", " ", "", "c", now=NOW)


def test_only_what_the_bank_does_not_hold_is_asked_for(bank: SmallBank, taken: Taken, handler: User) -> None:
    one = taken()
    services.code(handler, one.pk, "B05", "C05", version=1, now=NOW)
    papers = {
        row.code: bool(row.held) for row in documents.documents_for(handler, selectors.complaint(handler, one.pk, NOW))
    }
    assert papers["identity"] and papers["account"] and not papers["receipt"]


def test_repeats_and_groups_are_seen_and_the_return_adds_up(bank: SmallBank, taken: Taken, handler: User) -> None:
    days = [(0, NOW - 40 * DAY), (0, NOW - 20 * DAY), (1, NOW - 19 * DAY), (2, NOW - 18 * DAY)]
    people = [bank.party_id, *[p for p in bank.party_ids if p != bank.party_id]]
    seen = [p for p in people if selectors.of_customer(handler, p, NOW) == []][:3]
    made = [taken(handler, party_id=seen[who], at=at, another=True, org_id="S1") for who, at in days]
    for one in made:
        services.code(handler, one.pk, "B06", "C05", version=1, now=NOW)
    shown = selectors.complaint(handler, made[1].pk, NOW)
    assert [one.number for one in counted_selectors.earlier_of(handler, shown, NOW)] == [made[0].number]
    (group,) = counted_selectors.groups(handler, NOW)
    assert group.group.customers == 3 and len(group.group.keys) == 3
    found = counted_selectors.regulator_return(handler, date(2026, 5, 1), date(2026, 6, 26), NOW)
    assert found.counted.adds_up and found.counted.total.received == 4
    assert (found.counted.total.repeat, found.counted.total.group, found.counted.total.overdue) == (1, 3, 4)
    sheet = exports.RETURN.sheet(handler, {"first": "2026-05-01", "last": "2026-06-26"}, "en")
    rows = [list(row) for row in sheet.rows]
    controls = [row for row in rows[1:] if row[1] == "" and row[2] in ("核对：等于合计", "Control: equals the total")]
    assert len(controls) == 4 and all(row[3:] == rows[0][3:] for row in controls)


def test_the_database_holds_what_must_never_be_otherwise(bank: SmallBank, taken: Taken, handler: User) -> None:
    one = taken()
    refused: list[dict[str, Any]] = [
        {"case": None}, {"party_id": ""}, {"words": ""}, {"settled_at": NOW}, {"cause_code": "C01"},
        {"received_at": NOW + DAY},
    ]  # fmt: skip
    for told in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            Complaint.objects.filter(pk=one.pk).update(**told)
    given = giving_services.grant(handler, one.pk, "points", 100, "sorry", "1", now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Concession.objects.filter(pk=given.pk).update(amount=0)


def test_a_case_opened_as_a_complaint_is_taken_in_without_a_second_clock(bank: SmallBank, taken: Taken) -> None:
    case = cases.open_case(bank.owner, bank.party_id, "complaint", "form-1", SAID, now=NOW)
    one = taken(case_id=case.pk, concerns="E2012")
    case.refresh_from_db()
    assert (one.case_id, case.concerns, Case.objects.count()) == (case.pk, "E2012", 1)
    with pytest.raises(NotFound):
        taken(case_id=case.pk)


def test_what_is_disputed_is_kept_and_reaches_the_lake(bank: SmallBank, taken: Taken) -> None:
    one = taken(disputed=120_000)
    assert one.disputed == 120_000 and heard._complaint(one)[0]["disputed"] == 120_000
    for wrong in (0, -5, 10**12):
        with pytest.raises(Unacceptable) as no:
            taken(words="另一件事", disputed=wrong)
        assert no.value.field == "disputed"
    row = {
        "external_id": "s-1", "channel": "A02", "received_at": NOW.isoformat(), "words": "扣款未退", "disputed": 3000,
        "party_id": bank.party_id, "org_id": "S1",
    }  # fmt: skip
    told = intake.take_many(bank.owner, [row, {**row, "external_id": "s-2", "disputed": "3000"}], now=NOW)
    assert len(told["taken"]) == 1 and told["refused"][0]["field"] == "disputed"
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=one.pk).update(disputed=0)


def test_what_runs_out_first_stands_first_and_follows_its_case_s_clock(
    bank: SmallBank, taken: Taken, handler: User
) -> None:
    late, early = taken(at=NOW - DAY), taken(words="柜员态度冷淡，等了一个小时", at=NOW - 9 * DAY)
    unknown = services.take_in(
        bank.owner, "A05", NOW - 12 * DAY, "自称老客户，投诉收费", person="王女士", reach="13800000000", now=NOW
    ).complaint
    wanted = filter_from({"sort": "due"})

    def order() -> list[Any]:
        return [one.id for one in selectors.complaint_list(handler, wanted, None, NOW).rows]

    assert order() == [unknown.pk, early.pk, late.pk]
    assert early.case is not None
    cases.acknowledge(handler, early.case.pk, "call", "done", version=early.case.version, now=NOW)
    cases.pause(handler, early.case.pk, "papers", "等客户回单", version=early.case.version + 1, now=NOW)
    early.refresh_from_db()
    assert early.due_at is None and order() == [unknown.pk, late.pk, early.pk], "what stands is due nowhere, and last"
    early.case.refresh_from_db()
    cases.resume(handler, early.case.pk, version=early.case.version, now=NOW + HOUR)
    early.refresh_from_db()
    clock = early.case.clocks.get(clock="regulator")
    assert early.due_at is not None and early.due_at == clock.due_at
    services.settle_unknown(handler, unknown.pk, "电话无人接听", version=unknown.version, now=NOW)
    unknown.refresh_from_db()
    assert unknown.due_at is None


def test_pages_of_what_is_due_neither_repeat_nor_leave_out(bank: SmallBank, taken: Taken, handler: User) -> None:
    for n in range(7):
        one = taken(words=f"第{n}件不同的事：{'甲乙丙丁戊己庚'[n] * 12}", at=NOW - n * DAY, another=True)
    assert one.case is not None
    cases.acknowledge(handler, one.case.pk, "call", "done", version=one.case.version, now=NOW)
    cases.pause(handler, one.case.pk, "papers", "等客户回单", version=one.case.version + 1, now=NOW)
    for sort in SORTS:
        met: list[Any] = []
        position = None
        for _page in range(5):
            found = selectors.complaint_list(handler, filter_from({"sort": sort}), position, NOW, 2)
            met += [row.id for row in found.rows]
            if found.page.after is None:
                break
            position = position_from(found.page.after.encode())
            assert position is not None
        assert len(met) == len(set(met)) == 7, sort
