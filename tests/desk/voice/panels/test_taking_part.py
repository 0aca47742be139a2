"""Those invited answer, take part, say how it was, and are told what came of it before a panel closes (S33)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from desk.at_once import at_once
from desk.pages.rendered import left_over
from desk.small_bank import SmallBank, publish_small_bank
from desk.voice.at_the_door import Browser
from desk.voice.panels.people import NOW, approved, member_of, opened, said, session_of, wanted
from tenure.contracts.codes import Name
from tenure.contracts.findings import Grid, Unit, Verdict, encoded
from tenure.desk.control.changes import services as changes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent, Change
from tenure.desk.findings.models import Finding
from tenure.desk.org.models import User
from tenure.desk.parties.consents import note_consent
from tenure.desk.parties.visibility import visible_to
from tenure.desk.voice.panels import (
    demo,
    drawing_services,
    link_services,
    outcome_services,
    selectors,
    services,
    taking_part_services,
)
from tenure.desk.voice.panels.letters import INVITE, OUTCOMES
from tenure.desk.voice.panels.models import Attendance, Feedback, Member, Panel
from tenure.desk.voice.panels.settings import settings_of
from tenure.desk.voice.sending.delivering import send_due
from tenure.desk.voice.sending.models import Message
from tenure.desk.voice.surveys.links import Gone, digest
from tenure.desk.writeback import days_to_write_back
from tenure.errors import SetupError

AsUser = Callable[[User], Client]


def test_a_form_plans_one_panel_and_what_is_approved_is_not_edited(bank: SmallBank) -> None:
    maker = bank.user("marketer")
    one = services.plan(maker, wanted(bank), "k", now=NOW)
    assert services.plan(maker, wanted(bank), "k", now=NOW).pk == one.pk
    services.edit(maker, one.pk, wanted(bank, wanted=9), version=1, now=NOW)
    with pytest.raises(Conflict):
        services.edit(maker, one.pk, wanted(bank), version=1, now=NOW)
    change = services.ask(maker, one.pk, "why", version=2, now=NOW)
    with pytest.raises(Conflict):
        services.edit(maker, one.pk, wanted(bank), version=2, now=NOW)
    with pytest.raises(NotAllowed):
        changes.approve(maker, change.pk, "me", now=NOW)
    changes.approve(bank.user("executive"), change.pk, "good", now=NOW)
    with pytest.raises(Conflict):
        services.edit(maker, one.pk, wanted(bank), version=3, now=NOW)


@pytest.mark.parametrize(
    ("field", "rest"),
    [
        ("title", {"title": " "}), ("purpose", {"purpose": ""}), ("owner", {"owner": "nobody"}),
        ("wanted", {"wanted": 0}), ("tiers", {"tiers": ("emerald",)}), ("branches", {"branches": ("X9",)}),
        ("channels", {"channels": ()}), ("months", {"months": -1}), ("title", {"title": "长" * 121}),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_meant_is_refused_with_its_field(
    bank: SmallBank, field: str, rest: dict[str, Any]
) -> None:
    with pytest.raises(Unacceptable) as no:
        services.plan(bank.user("marketer"), wanted(bank, **rest), "k", now=NOW)
    assert no.value.field == field


def test_owner_colleague_and_stranger_note_an_answer_of_their_own_customers(bank: SmallBank) -> None:
    one = opened(bank)
    member = member_of(one, bank.party_id)
    for user in (bank.colleague, bank.stranger):
        with pytest.raises(NotFound):
            taking_part_services.note_answer(user, member.pk, "accepted", version=member.version, now=NOW)
    with pytest.raises(NotAllowed):
        taking_part_services.note_answer(bank.user("auditor"), member.pk, "accepted", version=member.version, now=NOW)
    done = taking_part_services.note_answer(bank.owner, member.pk, "accepted", version=member.version, now=NOW)
    again = taking_part_services.note_answer(bank.owner, member.pk, "accepted", version=member.version, now=NOW)
    assert (done.state, again.version) == ("accepted", done.version)
    with pytest.raises(Conflict):
        taking_part_services.note_answer(bank.owner, member.pk, "declined", version=done.version, now=NOW)


def test_the_control_is_nobodys_to_see_or_to_answer(bank: SmallBank) -> None:
    one = opened(bank)
    control = one.members.filter(round=None).first()
    assert control is not None
    seen = selectors.members(bank.user("executive"), selectors.panel(bank.user("executive"), one.pk))
    assert control.pk not in {each.row.pk for each in seen}
    with pytest.raises(NotFound):
        taking_part_services.note_answer(bank.user("branch_head"), control.pk, "accepted", version=1, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Member.objects.filter(pk=control.pk).update(state="accepted", answered_at=NOW)


def test_a_session_is_announced_once_and_who_said_yes_later_hears_of_it(bank: SmallBank) -> None:
    one = opened(bank)
    member = member_of(one, bank.party_id, state="accepted")
    late = member_of(one, bank.party_ids[1])
    at = NOW + timedelta(days=5)
    made = session_of(bank, one, at)
    assert session_of(bank, one, at).pk == made.pk
    assert Message.objects.filter(purpose="panel_session", party_id=member.party_id).count() == 1
    taking_part_services.note_answer(bank.user("marketer"), late.pk, "accepted", version=late.version, now=NOW)
    assert Message.objects.filter(purpose="panel_session", party_id=late.party_id).count() == 1
    with pytest.raises(Conflict):
        taking_part_services.note_attendance(bank.owner, made.pk, member.pk, "attended", now=NOW)
    taking_part_services.cancel_session(bank.user("marketer"), made.pk, now=NOW)
    assert Message.objects.filter(purpose="panel_session", facts__cancelled=True).count() == 2


def test_feedback_is_given_once_and_brings_the_attendance_with_it(bank: SmallBank) -> None:
    one = opened(bank)
    member = member_of(one, bank.party_id, state="accepted")
    first = said(bank, one, member)
    assert Attendance.objects.get(pk=first.attendance_id).state == "attended"
    session = first.attendance.session
    again = taking_part_services.note_feedback(bank.owner, session.pk, member.pk, 4, "字太小", now=NOW)
    assert again.pk == first.pk
    with pytest.raises(Conflict):
        taking_part_services.note_feedback(bank.owner, session.pk, member.pk, 1, "别的", now=NOW)
    with pytest.raises(Conflict):
        taking_part_services.note_attendance(bank.owner, session.pk, member.pk, "absent", now=NOW)
    assert "字太小" not in "".join(str(row.changes) for row in AuditEvent.objects.all())


def test_a_panel_closes_only_when_everybody_who_spoke_was_told(bank: SmallBank) -> None:
    one, maker = opened(bank), bank.user("marketer")
    member = member_of(one, bank.party_id, state="accepted")
    feedback = said(bank, one, member)
    one.refresh_from_db()
    with pytest.raises(Conflict):
        services.end(maker, one.pk, "close", "done", version=one.version, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Panel.objects.filter(pk=one.pk).update(state="closed", ended_words="x", ended_at=NOW)
    with pytest.raises(Conflict):
        outcome_services.note_told(bank.owner, member.pk, "call", version=member.version + 1, now=NOW)
    outcome_services.decide(maker, one.pk, [feedback.pk], "taken_up", "字号加大", version=one.version, now=NOW)
    one.refresh_from_db()
    assert outcome_services.tell(maker, one.pk, version=one.version, now=NOW) == 1
    assert outcome_services.tell(maker, one.pk, version=one.version, now=NOW) == 0, "the same click"
    one.refresh_from_db()
    with pytest.raises(Conflict):
        services.end(maker, one.pk, "close", "done", version=one.version, now=NOW)
    send_due(NOW + timedelta(days=1))
    member.refresh_from_db()
    assert member.told_how == "message" and member.told_at is not None
    done = services.end(maker, one.pk, "close", "字号已加大", version=one.version, now=NOW)
    assert done.state == "closed"
    with pytest.raises(Conflict):
        taking_part_services.note_answer(bank.owner, member.pk, "declined", version=9, now=NOW)


def test_who_says_more_after_being_told_is_owed_an_answer_again(bank: SmallBank) -> None:
    one, maker = opened(bank), bank.user("marketer")
    member = member_of(one, bank.party_id, state="accepted")
    first = said(bank, one, member)
    one.refresh_from_db()
    outcome_services.decide(maker, one.pk, [first.pk], "not_taken_up", "成本太高", version=one.version, now=NOW)
    member.refresh_from_db()
    told = outcome_services.note_told(bank.owner, member.pk, "call", version=member.version, now=NOW)
    assert told.told_how == "call"
    one.refresh_from_db()
    with pytest.raises(Conflict):
        outcome_services.decide(maker, one.pk, [first.pk], "taken_up", "又改了", version=one.version, now=NOW)
    said(bank, one, member, 2, "还是慢")
    member.refresh_from_db()
    assert member.told_at is None
    with pytest.raises(Conflict):
        outcome_services.note_told(bank.owner, member.pk, "call", version=member.version, now=NOW)


def test_whom_no_message_reaches_is_told_by_hand(bank: SmallBank) -> None:
    one, maker = opened(bank), bank.user("marketer")
    member = member_of(one, bank.party_id, state="accepted")
    feedback = said(bank, one, member)
    one.refresh_from_db()
    outcome_services.decide(maker, one.pk, [feedback.pk], "taken_up", "字号加大", version=one.version, now=NOW)
    one.refresh_from_db()
    outcome_services.tell(maker, one.pk, version=one.version, now=NOW)
    message = Message.objects.get(purpose="panel_outcomes")
    message.state, message.problem, message.ended_at, message.next_try_at = "bounced", "bad_address", NOW, None
    message.sent_at = NOW
    message.save()
    OUTCOMES.came_of(message, NOW)
    member.refresh_from_db()
    assert (member.told_at, member.told_problem) == (None, "bad_address")
    assert outcome_services.note_told(bank.owner, member.pk, "in_person", version=member.version, now=NOW).told_at


def _token(bank: SmallBank, one: Panel) -> tuple[Member, str]:
    member = member_of(one, bank.party_id, state="waiting")
    token = link_services.give_invitation_link(member.pk, now=NOW)
    assert token is not None
    return member, token


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_customer_answers_by_the_link_once_and_looking_answers_nothing(bank: SmallBank, language: str) -> None:
    member, token = _token(bank, opened(bank, title_en="Renewal in one tap"))
    client = Browser()
    page = client.get(f"/p/{token}", {"lang": language})
    assert page.status_code == 200 and ("Renewal in one tap" in page.content.decode()) == (language == "en")
    assert "久谊银行" in page.content.decode(), "whoever opens a link reads whose it is"
    assert "<script" not in page.content.decode() and not client.cookies
    assert Member.objects.get(pk=member.pk).state == "opened"
    assert client.post(f"/p/{token}", {"answer": "accepted", "lang": language}).status_code == 200
    assert client.post(f"/p/{token}", {"answer": "accepted", "lang": language}).status_code == 200
    assert client.post(f"/p/{token}", {"answer": "declined", "lang": language}).status_code == 410
    row = Member.objects.get(pk=member.pk)
    assert row.state == "accepted" and row.token_hash == digest(token)
    assert client.get("/p/no-such-link").status_code == 404
    assert client.post(f"/p/{token}", {"answer": "accepted"}, headers={"origin": "https://evil"}).status_code == 403


def test_a_link_that_ran_out_says_so_and_staff_may_still_note_a_yes(bank: SmallBank) -> None:
    member, token = _token(bank, opened(bank))
    Member.objects.filter(pk=member.pk).update(expires_at=NOW - timedelta(days=1))
    assert Client().get(f"/p/{token}").status_code == 410
    assert link_services.end_links(now=NOW) == 1
    member.refresh_from_db()
    assert member.state == "expired"
    taking_part_services.note_answer(bank.owner, member.pk, "accepted", version=member.version, now=NOW)


def test_a_customer_says_how_it_was_by_a_link_of_their_own(bank: SmallBank) -> None:
    one = opened(bank)
    member = member_of(one, bank.party_id, state="accepted")
    session = session_of(bank, one)
    seen = taking_part_services.note_attendance(
        bank.owner, session.pk, member.pk, "attended", now=NOW + timedelta(hours=1)
    )
    assert Message.objects.filter(purpose="panel_feedback", about=str(seen.pk)).count() == 1
    token = link_services.give_feedback_link(seen.pk, now=NOW)
    client = Browser()
    assert client.post(f"/p/{token}", {"words": "慢"}).status_code == 422
    assert client.post(f"/p/{token}", {"rating": "2", "words": "慢"}).status_code == 200
    assert client.post(f"/p/{token}", {"rating": "2", "words": "慢"}).status_code == 200
    assert client.post(f"/p/{token}", {"rating": "5", "words": "快"}).status_code == 410
    row = Feedback.objects.get()
    assert (row.rating, row.words, row.source, row.given_by) == (2, "慢", "customer", None)
    with pytest.raises(Gone):
        link_services.open_link(str(token), now=NOW)


def test_who_refuses_since_the_draw_is_not_written_to(bank: SmallBank) -> None:
    one = opened(bank)
    member = one.members.filter(round=1, party_id__in=visible_to(bank.owner).values("party_id")).first()
    member = member or member_of(one, bank.party_id, state="waiting")
    note_consent(bank.owner, member.party_id, "experience", False, "phone", now=NOW)
    assert INVITE.collect(NOW) > 0
    assert INVITE.collect(NOW) == 0, "each once"
    send_due(NOW + timedelta(days=1))
    message = Message.objects.get(purpose="panel", about=str(member.pk))
    assert (message.state, message.problem) == ("dropped", "no_consent")
    assert Member.objects.get(pk=member.pk).state == "bounced"
    assert Member.objects.filter(panel=one, state="sent").exists()


def test_words_are_masked_for_who_may_not_read_them(bank: SmallBank) -> None:
    one = opened(bank)
    member = member_of(one, bank.party_id, state="accepted")
    said(bank, one, member)
    clear = selectors.said(bank.owner, selectors.panel(bank.owner, one.pk))
    assert [each.words for each in clear] == ["字太小"]
    analyst = bank.user("analyst")
    assert "字太小" not in {each.words for each in selectors.said(analyst, selectors.panel(analyst, one.pk))}
    owner = bank.user("marketer")
    (seen,) = selectors.said(owner, selectors.panel(owner, one.pk))
    assert seen.words == "字太小" and "*" in seen.name, "who has to decide reads what was said, and not by whom"
    far = bank.stranger
    with pytest.raises(NotFound):
        selectors.panel(User.objects.get(pk=far.pk), one.pk) if not one.members.filter(
            round__isnull=False, party_id__in=visible_to(far).values("party_id")
        ).exists() else (_ for _ in ()).throw(NotFound("sees another"))


def test_the_second_of_two_learns_who_was_first(bank: SmallBank, as_user: AsUser) -> None:
    one = approved(bank)
    services.hand_over(bank.user("executive"), one.pk, bank.owner.staff_id, version=one.version, now=NOW)
    answer = as_user(bank.user("marketer")).post(
        f"/panels/{one.pk}/do/drop", {"version": one.version, "words": "no"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409 and answer["X-Version"] == str(one.version + 1)
    assert bank.user("executive").name in answer.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_speak_the_readers_language(bank: SmallBank, as_user: AsUser, language: str) -> None:
    one, maker = opened(bank), bank.user("marketer")
    member = member_of(one, bank.party_id, state="accepted")
    feedback = said(bank, one, member)
    session_of(bank, one, NOW + timedelta(days=3))
    own = ("一键续存试用", "看看哪里不顺手", "字太小", "总行一楼", "字号加大")
    for user in (maker, bank.owner):
        client = as_user(user)
        client.cookies["django_language"] = language
        for address in ("/panels/", f"/panels/{one.pk}/", "/panels/?list=ended&sort=missing"):
            page = client.get(address)
            assert page.status_code == 200
            words = left_over(page.content.decode(), language)
            assert [word for word in words if not any(each in word for each in own)] == [], address
    client = as_user(bank.owner)
    client.cookies["django_language"] = language
    page = client.get(f"/panels/customer/{bank.party_id}").content.decode()
    assert "一键续存试用" in page
    one.refresh_from_db()
    outcome_services.decide(maker, one.pk, [feedback.pk], "taken_up", "字号加大", version=one.version, now=NOW)
    client = as_user(maker)
    client.cookies["django_language"] = language
    for address in (f"/panels/{one.pk}/", "/panels/new"):
        words = left_over(client.get(address).content.decode(), language)
        assert [word for word in words if not any(each in word for each in own)] == [], address


def test_the_checker_sees_what_the_panel_is(bank: SmallBank, as_user: AsUser) -> None:
    maker = bank.user("marketer")
    one = services.plan(maker, wanted(bank, tiers=("gold",), months=6), "k", now=NOW)
    services.ask(maker, one.pk, "why", version=1, now=NOW)
    page = as_user(bank.user("executive")).get(f"/audit/changes/{Change.objects.get().pk}/")
    assert page.status_code == 200 and "看看哪里不顺手" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_draw_once_and_a_yes_and_a_no_at_once_are_one_answer() -> None:
    bank = publish_small_bank(customers=40)
    one = approved(bank)
    maker = bank.user("marketer")
    given = at_once(*[lambda: drawing_services.draw(maker, one.pk, version=one.version, now=NOW) for _ in range(2)])
    one.refresh_from_db()
    assert one.rounds == 1 and [each for each in given if isinstance(each, Exception)] == []
    member = member_of(one, bank.party_id, state="waiting")
    token = link_services.give_invitation_link(member.pk, now=NOW)
    given = at_once(
        lambda: link_services.answer_invitation(str(token), "accepted", now=NOW),
        lambda: taking_part_services.note_answer(bank.owner, member.pk, "declined", version=member.version, now=NOW),
    )
    assert len([each for each in given if isinstance(each, Exception)]) == 1
    connection.close()


def test_the_demo_is_made_once_by_the_services_and_its_dates_follow_each_other(bank: SmallBank) -> None:
    assert demo.create_demo_panels(NOW) == 2 and demo.create_demo_panels(NOW) == 0
    ended, running = Panel.objects.get(key="demo-ended"), Panel.objects.get(key="demo-running")
    assert (ended.state, running.state) == ("closed", "open")
    assert ended.members.filter(told_how="message").exists()
    for row in Feedback.objects.select_related("member", "attendance__session"):
        assert row.member.invited_at and row.member.answered_at
        assert row.member.invited_at < row.member.answered_at < row.attendance.session.at < row.given_at < NOW
    assert not Member.objects.filter(told_at__gt=NOW).exists()


def test_the_lake_hears_of_everybody_listed_and_of_what_was_said(bank: SmallBank) -> None:
    plan = services.plan(bank.user("marketer"), wanted(bank), "only a plan", now=NOW)
    one = opened(bank)
    member = member_of(one, bank.party_id, state="accepted", changed_at=NOW)
    said(bank, one, member)
    days = [day.tables for day in days_to_write_back()]
    rows = {name: [row for tables in days for row in tables.get(name, [])] for name in ("panel", "panel_member")}
    assert [row["panel_id"] for row in rows["panel"]] == [str(one.pk)] != [str(plan.pk)]
    arms = [row["arm"] for row in rows["panel_member"]]
    assert arms.count("held_out") == one.members.filter(round=None).count() and len(arms) == one.listed
    own = next(row for row in rows["panel_member"] if row["party_id"] == bank.party_id)
    assert (own["state"], own["sessions"], own["told_at"]) == ("accepted", 1, None)
    spoken = [row for tables in days for row in tables.get("panel_feedback", [])]
    assert [(row["words"], row["rating"], row["outcome"]) for row in spoken] == [("字太小", 4, None)]


def test_the_bank_sets_its_own_terms_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    assert settings_of(tmp_path / "none").expected_percent == 40
    (tmp_path / "panels.toml").write_text("[panels]\nexpected_percent = 60\nvalid_days = 5\n", encoding="utf-8")
    assert (settings_of(tmp_path).expected_percent, settings_of(tmp_path).valid_days) == (60, 5)
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / "panels.toml").write_text("[panels]\nheld_out_percent = 0\n", encoding="utf-8")
    with pytest.raises(SetupError):
        settings_of(wrong)


def test_a_panels_page_shows_its_own_effect_and_the_list_that_of_all(bank: SmallBank, as_user: AsUser) -> None:
    one, other = opened(bank), approved(bank, key="another")
    columns = [
        ("panel", Unit.BANK_CODE),
        ("looked_at", Unit.CODE),
        ("gone_effect", Unit.POINTS),
        ("verdict", Unit.CODE),
    ]
    rows = [
        ("all", "after_3", (-3.0, -5.0, -1.0), "helped"),
        (str(one.pk), "after_3", (-12.5, -20.0, -5.0), "helped"),
        (str(other.pk), "after_3", None, "too_little_data"),
    ]
    names = {"all": Name("全部小组", "All panels"), str(one.pk): Name(one.title, one.title)}
    numbers = {"n": (Unit.COUNT, 900), "panels": (Unit.COUNT, 2)}
    grid = Grid("panels", columns, rows, Verdict("panels_helped", numbers, "good"), names)
    Finding.models["a"]._default_manager.create(
        topic="effects", org_id="HQ", org_path="/HQ/", place=90, body=encoded(grid)
    )
    client = as_user(bank.user("marketer"))
    page = client.get(f"/panels/{one.pk}/").content.decode()
    assert "-12.5" in page.replace("−", "-") and "全部小组" not in page
    listed = client.get("/panels/").content.decode()
    assert "全部小组" in listed and "离开得更少" in listed
    assert "-12.5" not in as_user(bank.owner).get("/panels/").content.decode(), "insight is for who looks at branches"
