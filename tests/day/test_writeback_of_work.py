"""What people know, did and agreed on at the desk reaches the lake as it stands, and leaves it when taken back."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from django.db import transaction
from django.utils import timezone

from day.test_writeback import log
from tenure.contracts import LAKE, codes
from tenure.contracts.lake import DESK_WORK, desk_work
from tenure.desk.care import rules as care_rules
from tenure.desk.care.models import CareAct, Event, Invitation, Statement
from tenure.desk.knowledge.models import Answers, Fact
from tenure.desk.lobby.models import Reception, Ticket
from tenure.desk.opportunities import rules as stages
from tenure.desk.opportunities.credit import services as credit
from tenure.desk.opportunities.models import Agreement, Answer, Opportunity, Share, Step
from tenure.desk.org.models import User
from tenure.desk.voice.cases.models import Case
from tenure.desk.voice.complaints.models import Arrival, Complaint, Concession
from tenure.desk.voice.leaving.models import Interview, WinBack
from tenure.desk.voice.panels.models import Feedback, Panel
from tenure.desk.work.models import Contact
from tenure.desk.writeback import days_to_write_back
from tenure.insight import Window, customers, thresholds
from tenure.lake import Lake, connect, schema_of
from tenure.nightly.caching import Cache
from tenure.nightly.frames import Frames
from tenure.nightly.past import Past, with_the_desks
from tenure.nightly.writeback import write_back

pytestmark = pytest.mark.django_db(transaction=True)


def rows(lake: Lake, table: str) -> list[dict[str, Any]]:
    with connect() as engine:
        return engine.arrow(engine.table(lake, lake.head(), table)).to_pylist()


def fact(author: User, at: datetime, **more: Any) -> Fact:
    content = {"kind": "objective", "code": "housing", "words": "两套房", "source": "said"} | more
    return Fact.objects.create(party_id="C1", author=author, noted_at=at, **content)


def answered(author: User, at: datetime, rating: str = "R3", party_id: str = "C1", **more: Any) -> Answers:
    return Answers.objects.create(
        party_id=party_id, questionnaire="risk", edition="2026", answers={"q2": "b", "q1": "a"}, score=42,
        rating=rating, channel="counter", taken_at=at, author=author,
        expires_on=at.date() + timedelta(days=365), **more,
    )  # fmt: skip


def opened(author: User, at: datetime) -> Opportunity:
    one = Opportunity.objects.create(
        party_id="C1", org_path="/HQ/", kind="deposit", title="大额存单", amount=50_000_000, currency="CNY",
        stage=stages.codes_of("deposit")[0], owner="S1", next_step="再打电话",
        next_step_on=at.date() + timedelta(days=3),
        stale_on=at.date() + timedelta(days=9), opened_by=author, opened_at=at, changed_by=author, changed_at=at,
    )  # fmt: skip
    Step.objects.create(opportunity=one, at=at, by=author, to_stage=one.stage, words="已介绍")
    return one


def test_money_heard_of_at_another_bank_reaches_the_lake_and_leaves_when_taken_back(lake: Lake, author: User) -> None:
    now = timezone.now()
    heard = fact(author, now, code=codes.OTHER_BANK, words="", bank="邻行", product="time_deposit", amount=30_000_000,
                 currency="CNY", until=now.date() + timedelta(days=40))  # fmt: skip
    house = fact(author, now)
    assert write_back(lake) == 2
    found = {row["fact_id"]: row for row in rows(lake, "known_fact")}
    assert (found[str(heard.pk)]["bank"], found[str(heard.pk)]["amount"]) == ("邻行", 30_000_000)
    assert found[str(house.pk)]["staff_id"] == "S1" and found[str(house.pk)]["ended_at"] is None
    before = lake.head().number
    assert write_back(lake) == 0 and lake.head().number == before
    later = timezone.now()
    newer = fact(author, later, words="三套房", version=2)
    Fact.objects.filter(pk=house.pk).update(
        state="replaced", superseded_by=newer, ended_at=later, ended_by=author, changed_at=later
    )
    Fact.objects.filter(pk=heard.pk).update(state="undone", ended_at=later, ended_by=author, changed_at=later)
    assert write_back(lake) == 2
    found = {row["fact_id"]: row for row in rows(lake, "known_fact")}
    assert set(found) == {str(house.pk), str(newer.pk)}
    assert found[str(house.pk)]["ended_at"] is not None
    assert found[str(newer.pk)]["replaces_id"] == str(house.pk)


def test_a_fact_that_stands_again_does_so_in_the_lake(lake: Lake, author: User) -> None:
    from tenure.desk.knowledge.services import _end, _stand_again

    house = fact(author, timezone.now())
    _end(house, Fact.State.RETIRED, author, timezone.now())
    write_back(lake)
    assert rows(lake, "known_fact")[0]["ended_at"] is not None
    _stand_again(house, timezone.now())
    write_back(lake)
    assert rows(lake, "known_fact")[0]["ended_at"] is None
    assert list(days_to_write_back()) == []


def ratings(lake: Lake, as_of: date, told: dict[str, tuple[str | None, date | None]]) -> dict[str, tuple[Any, Any]]:
    """Rating and its day by customer as the night takes them, where the bank's file tells ``told``."""
    import ibis

    made = [
        {c.name: None for c in LAKE["party"]} | {"party_id": who, "risk_rating": code, "risk_rated_on": on}
        for who, (code, on) in told.items()
    ]
    party = ibis.memtable(pa.Table.from_pylist(made, schema_of(LAKE["party"]).to_pyarrow()))
    with connect() as engine:
        known = customers.rated(party, engine.table(lake, lake.head(), "risk_answers"), Window(as_of))
        return {row["party_id"]: (row["risk_rating"], row["risk_rated_on"]) for row in engine.arrow(known).to_pylist()}


def test_a_rating_given_at_the_desk_counts_where_the_file_tells_no_newer_one(lake: Lake, author: User) -> None:
    now = timezone.now()
    today, day = timezone.localdate(now), timedelta(days=1)
    answered(author, now - 2 * day, "R5", confirmed_at=now - 2 * day)
    answered(author, now, "R3", confirmed_at=now)
    assert write_back(lake) == 2
    assert rows(lake, "risk_answers")[0]["answers"] == "q1:a q2:b"
    assert ratings(lake, today, {"C1": ("R1", today - day), "C2": ("R2", today)}) == {
        "C1": ("R3", today),
        "C2": ("R2", today),
    }
    assert ratings(lake, today, {"C1": ("R1", today)})["C1"] == ("R3", today), "the desk's word of the same day"
    assert ratings(lake, today, {"C1": ("R1", None)})["C1"] == ("R3", today), "a rating of no day is none"
    assert ratings(lake, today, {"C1": (None, None)})["C1"] == ("R3", today)
    assert ratings(lake, today + day, {"C1": ("R1", today + day)})["C1"] == ("R1", today + day)
    assert ratings(lake, today - day, {"C1": (None, None)})["C1"] == ("R5", today - 2 * day), "nothing from later"


def test_what_the_customer_did_not_confirm_counts_not_and_what_was_taken_lower_counts_lower(
    lake: Lake, author: User
) -> None:
    now = timezone.now()
    today = timezone.localdate(now)
    kept = answered(author, now, "R4")
    write_back(lake)
    assert ratings(lake, today, {"C1": ("R1", today - timedelta(days=9))})["C1"][0] == "R1"
    Answers.objects.filter(pk=kept.pk).update(confirmed_at=timezone.now())
    write_back(lake)
    assert ratings(lake, today, {"C1": ("R1", today - timedelta(days=9))})["C1"][0] == "R4"
    Answers.objects.filter(pk=kept.pk).update(
        overruled_to="R2", overruled_by=author, overruled_at=timezone.now(), overrule_reason="年事已高"
    )
    write_back(lake)
    assert ratings(lake, today, {"C1": (None, None)})["C1"][0] == "R2"


def test_the_night_takes_the_rating_of_the_desk_even_after_years(lake: Lake, author: User) -> None:
    now = timezone.now() - timedelta(days=900)
    answered(author, now, "R4", confirmed_at=now)
    write_back(lake)
    with connect() as engine:
        past = Past(Cache(lake, engine), lake.head(), Window(timezone.localdate()), thresholds.load(lake.currency))
        party = {row["party_id"]: row for row in engine.arrow(Frames(past, "work").party()).to_pylist()}
    assert (party["C1"]["risk_rating"], party["C1"]["risk_rated_on"]) == ("R4", timezone.localdate(now))
    assert party["C2"]["risk_rating"] is None


def test_who_was_received_reaches_the_lake_and_leaves_when_taken_back(lake: Lake, author: User) -> None:
    one = Reception.objects.create(
        party_id="C1", org_path="/HQ/", outcome="diverted", advice="self_service", because="small_cash", waiting=3,
        at=timezone.now(), author=author,
    )  # fmt: skip
    assert write_back(lake) == 1
    (landed,) = rows(lake, "reception")
    assert (landed["org_id"], landed["outcome"], landed["waiting"]) == ("HQ", "diverted", 3)
    Reception.objects.filter(pk=one.pk).update(withdrawn_at=timezone.now())
    write_back(lake)
    assert rows(lake, "reception") == [] and list(days_to_write_back()) == []


def test_tickets_told_by_the_machine_reach_the_lake_with_their_waits(lake: Lake, author: User) -> None:
    taken = timezone.now().replace(microsecond=0) - timedelta(minutes=30)
    for number, way in {
        "A1": {"state": "served", "called_at": taken + timedelta(minutes=7), "ended_at": taken + timedelta(minutes=12)},
        "A2": {"state": "left", "ended_at": taken + timedelta(minutes=20), "party_id": "nobody has this number"},
        "A3": {"state": "waiting"},
    }.items():
        Ticket.objects.create(
            ticket_id=number, org_path="/HQ/", number=number, taken_at=taken, service="personal_cash",
            arrived_at=taken, changed_at=taken, **way,
        )  # fmt: skip
    assert write_back(lake) == 3
    found = {row["ticket_id"]: row for row in rows(lake, "queue_ticket")}
    assert set(found) == {"desk-A1", "desk-A2", "desk-A3"}, "no ticket of the bank's own file has such a number"
    assert found["desk-A1"]["called_at"] - found["desk-A1"]["taken_at"] == timedelta(minutes=7)
    assert [found[f"desk-A{n}"]["abandoned"] for n in (1, 2, 3)] == [False, True, None]
    assert found["desk-A2"]["party_id"] is None, "a reference to nobody would keep the whole day out of the lake"
    assert list(days_to_write_back()) == []
    Ticket.objects.filter(pk="A3").update(state="called", called_at=taken, changed_at=timezone.now())
    write_back(lake)
    found = {row["ticket_id"]: row for row in rows(lake, "queue_ticket")}
    assert len(found) == 3 and found["desk-A3"]["abandoned"] is False, "what moved on replaces what was sent"


def test_care_given_and_left_out_reaches_the_lake_and_leaves_when_taken_back(lake: Lake, author: User) -> None:
    now = timezone.now()
    contact = log(author, "C1", "生日快乐")
    CareAct.objects.create(
        party_id="C1", kind="birthday", due_on=now.date(), state="done", contact=contact, by=author, at=now
    )
    skipped = CareAct.objects.create(
        party_id="C2", kind="rhythm", due_on=now.date(), state="skipped", reason="刚见过", by=author, at=now
    )
    assert write_back(lake) == 3
    found = {row["party_id"]: row for row in rows(lake, "care_act")}
    assert found["C1"]["interaction_id"] == f"desk-{contact.pk}" and found["C2"]["reason"] == "刚见过"
    CareAct.objects.filter(pk=skipped.pk).update(withdrawn_at=timezone.now())
    write_back(lake)
    assert [row["party_id"] for row in rows(lake, "care_act")] == ["C1"]
    Contact.objects.filter(pk=contact.pk).update(withdrawn_at=timezone.now())
    write_back(lake)
    assert rows(lake, "care_act") == [], "care whose contact was withdrawn was not given"
    assert list(days_to_write_back()) == []


def test_statements_events_and_who_came_reach_the_lake(lake: Lake, author: User) -> None:
    now = timezone.now()
    Statement.objects.create(
        form_key=uuid.uuid4(), party_id="C1", span="month", first_on=now.date(), last_on=now.date(), language="zh-hans",
        advice="到期后转大额存单", content={}, issued_by=author, issued_at=now,
    )  # fmt: skip
    event = Event.objects.create(
        form_key=uuid.uuid4(), title="春茶会", kind="care", on=now.date(), place="网点二楼", capacity=20,
        org_path="/HQ/", owner=author, made_at=now,
    )  # fmt: skip
    guest = Invitation.objects.create(
        event=event, party_id="C2", invited_by=author, invited_at=now, changed_by=author, changed_at=now
    )
    assert write_back(lake) == 3
    assert rows(lake, "statement")[0]["advice"] == "到期后转大额存单"
    assert rows(lake, "invitation")[0]["state"] == "invited"
    later = timezone.now()
    Invitation.objects.filter(pk=guest.pk).update(state="attended", changed_at=later)
    Event.objects.filter(pk=event.pk).update(cancelled_at=later, changed_at=later, version=2)
    assert write_back(lake) == 3
    assert rows(lake, "invitation")[0]["state"] == "attended"
    assert rows(lake, "customer_event")[0]["cancelled_at"] is not None
    assert list(days_to_write_back()) == []


def test_an_opportunity_its_steps_and_its_shares_reach_the_lake_as_they_stand(lake: Lake, author: User) -> None:
    now = timezone.now()
    one = opened(author, now)
    made = Agreement.objects.create(opportunity=one, number=1, weights={}, proposed_by=author, proposed_at=now)
    Share.objects.create(agreement=made, staff_id="S1", part="found", percent=100)
    assert write_back(lake) == 3
    (landed,) = rows(lake, "opportunity")
    assert (landed["state"], landed["amount"], landed["staff_id"]) == ("open", 50_000_000, "S1")
    assert rows(lake, "opportunity_step")[0]["words"] == "已介绍"
    assert rows(lake, "credit_share")[0]["agrees"] is None
    later = timezone.now()
    Answer.objects.create(agreement=made, staff_id="S1", agrees=True, by=author, at=later)
    with transaction.atomic():
        credit.put_in_force(made, one, later)
    Opportunity.objects.filter(pk=one.pk).update(
        state="won", won_amount=40_000_000, closed_at=later, closed_on=later.date(), credit_until=later.date(),
        spread_ppm=1, stale_on=None, changed_at=later,
    )  # fmt: skip
    write_back(lake)
    assert (rows(lake, "opportunity")[0]["state"], rows(lake, "opportunity")[0]["won_amount"]) == ("won", 40_000_000)
    (share,) = rows(lake, "credit_share")
    assert (share["agrees"], share["state"], share["in_force_from"]) == (True, "in_force", timezone.localdate(now))
    assert list(days_to_write_back()) == []


def test_the_contract_knows_the_codes_of_the_desk() -> None:
    assert care_rules.KINDS == desk_work.CARE_KINDS
    assert tuple(Event.Kind.values) == desk_work.EVENT_KINDS
    assert tuple(Invitation.State.values) == desk_work.INVITATION_STATES
    assert set(Statement.Span.values) == set(desk_work.STATEMENT["span"].allowed)
    assert set(CareAct.State.values) == set(desk_work.CARE_ACT["state"].allowed)


@pytest.mark.parametrize("table", DESK_WORK, ids=lambda table: table.name)
def test_every_table_of_work_has_a_way_back(table: Any) -> None:
    from tenure.desk import writeback

    assert table.name in {one.name for one in writeback._TABLES}


def test_a_case_reaches_the_lake_and_says_later_what_was_done(lake: Lake, author: User) -> None:
    now = timezone.now()
    case = Case.objects.create(
        party_id="C1", org_path="/HQ/", source="hand", source_key="k1", words="等太久", owner="S1", opened_by=author,
        opened_at=now, changed_by=author, changed_at=now,
    )  # fmt: skip
    assert write_back(lake) == 1
    (row,) = rows(lake, "case")
    assert (row["state"], row["words"], row["staff_id"], row["result"]) == ("open", "等太久", "S1", None)
    later = timezone.now()
    Case.objects.filter(pk=case.pk).update(
        state="closed", cause="waiting", action="增开窗口", result="repaired", closed_at=later, closed_by=author,
        changed_at=later,
    )  # fmt: skip
    assert write_back(lake) == 1
    (row,) = rows(lake, "case")
    assert (row["state"], row["cause"], row["result"], row["closed_by"]) == ("closed", "waiting", "repaired", "S1")


def test_a_complaint_reaches_the_lake_once_and_its_concession_follows(lake: Lake, author: User) -> None:
    now = timezone.now()
    told = {"changed_by": author, "changed_at": now, "taken_by": author, "taken_at": now}
    one = Complaint.objects.create(org_path="/HQ/", received_at=now, words="转账失败", channel_code="A02", **told)
    Arrival.objects.create(
        complaint=one, external_id="TS1", channel_code="A02", received_at=now, words="转账失败", digest="x",
        standing="first", taken_by=author, taken_at=now,
    )  # fmt: skip
    write_back(lake)
    (row,) = rows(lake, "desk_complaint")
    assert (row["bank_number"], row["state"], row["concession"]) == ("TS1", "open", None)
    Concession.objects.create(
        complaint=one, once="1", party_id="C1", kind="points", amount=500, currency="CNY", reason="致歉", state="given",
        made_by=author, made_at=timezone.now(), decided_at=timezone.now(),
    )  # fmt: skip
    later = timezone.now()
    Complaint.objects.update(settled_at=later, settled_words="已整改", changed_at=later)
    write_back(lake)
    (row,) = rows(lake, "desk_complaint")
    assert (row["state"], row["concession"]) == ("closed", 500)
    assert [given["amount"] for given in rows(lake, "concession")] == [500]


def test_what_the_bank_s_file_tells_of_is_not_counted_twice() -> None:
    import ibis

    columns = {"complaint_id": "string", "party_id": "string"}
    bank = ibis.memtable({"complaint_id": ["TS1", "TS2"], "party_id": ["P1", "P2"]}, schema=columns)
    desk = ibis.memtable(
        {"complaint_id": ["a", "b", "c"], "bank_number": ["TS1", "X", None], "party_id": ["P1", "P3", "P4"]},
        schema={**columns, "bank_number": "string"},
    )
    found = with_the_desks(bank, desk).to_pyarrow().to_pydict()
    assert sorted(found["complaint_id"]) == ["TS1", "TS2", "desk-b", "desk-c"]


def test_a_panel_with_its_control_and_what_was_said_reach_the_lake(lake: Lake, author: User) -> None:
    now, day = timezone.now(), timezone.localdate()
    by = {"changed_by": author, "changed_at": now}
    panel = Panel.objects.create(
        key="k", title="一键续存", purpose="试用", owner="S1", org_path="/", wanted=1, starts_on=day, ends_on=day,
        state="open", drawn_at=now, eligible=2, listed=2, rounds=1, made_by=author, made_at=now, **by,
    )  # fmt: skip
    listed = {"org_path": "/HQ/", "channel": "sms", "listed_at": now}
    panel.members.create(party_id="C2", place=2, state="held_out", **listed, **by)
    member = panel.members.create(
        party_id="C1",
        place=1,
        state="accepted",
        round=1,
        invited_at=now,
        expires_at=now,
        answered_at=now,
        **listed,
        **by,
    )
    session = panel.sessions.create(at=now, way="branch", place="二楼", made_by=author, made_at=now)
    here = session.attendances.create(member=member, state="attended", noted_by=author, noted_at=now)
    Feedback.objects.create(
        attendance=here, member=member, rating=2, words="字太小", source="customer", given_at=now, changed_at=now
    )
    assert write_back(lake) >= 4
    (told,) = rows(lake, "panel")
    assert (told["title"], told["eligible"], told["staff_id"]) == ("一键续存", 2, "S1")
    arms = {row["party_id"]: (row["arm"], row["sessions"]) for row in rows(lake, "panel_member")}
    assert arms == {"C1": ("treated", 1), "C2": ("held_out", 0)}
    (spoken,) = rows(lake, "panel_feedback")
    assert (spoken["rating"], spoken["words"], spoken["outcome"]) == (2, "字太小", None)


def test_why_a_customer_left_and_who_is_held_out_reach_the_lake(lake: Lake, author: User) -> None:
    now = timezone.now()
    told = Interview.objects.create(
        party_id="C1", month="2026-05", org_path="/HQ/", definition="closed", data_cause="fading", value=9_000_000,
        owner="S1", state="done", result="told", cause="bad_service", words="没人管", to_bank="城商行", may_call=True,
        product="fund", decision="held_out", opened_at=now, ended_at=now, due_on=timezone.localdate(now),
        changed_by=author, changed_at=now,
    )  # fmt: skip
    WinBack.objects.create(
        interview=told, party_id="C1", org_path="/HQ/", arm="held_out", held_out_percent=30, cause="bad_service",
        value=9_000_000, state="held_out", drawn_at=now, changed_by=author, changed_at=now,
    )  # fmt: skip
    assert write_back(lake) == 2
    (asked,), (drawn,) = rows(lake, "exit_interview"), rows(lake, "win_back")
    assert (asked["cause"], asked["data_cause"], asked["words"], asked["may_call"]) == (
        "bad_service", "fading", "没人管", True,
    )  # fmt: skip
    assert (drawn["arm"], drawn["held_out_percent"], drawn["value"], drawn["staff_id"]) == (
        "held_out",
        30,
        9_000_000,
        None,
    )
