"""Whom a panel invites: by lot, evenly over branches and tiers, only who agreed and was left in peace (S33)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from desk.small_bank import SmallBank
from desk.voice.asked import drawn, survey_of
from desk.voice.panels.people import NOW, approved, opened
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound
from tenure.desk.control.models import AuditEvent, Consent
from tenure.desk.parties.models import Customer
from tenure.desk.voice.panels import drawing_services, rules
from tenure.desk.voice.panels.models import Member
from tenure.desk.voice.surveys.people import people_asked

Candidate = rules.Candidate


def _people(sizes: dict[tuple[str, str], int]) -> list[rules.Candidate]:
    return [Candidate(f"{path}{tier}{n}", path, tier) for (path, tier), size in sizes.items() for n in range(size)]


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["/a/", "/b/", "/c/"]), st.sampled_from(["gold", "basic"])),
        st.integers(1, 60),
        min_size=1,
    ),
    st.binary(min_size=1, max_size=8),
    st.floats(0, 1),
)
def test_of_every_branch_and_tier_its_share_is_invited_whatever_is_invited(
    sizes: dict[tuple[str, str], int], key: bytes, part: float
) -> None:
    people = _people(sizes)
    order = rules.in_order(key, people)
    assert sorted(order, key=lambda one: one.party_id) == sorted(people, key=lambda one: one.party_id)
    chosen = round(part * len(order))
    got = Counter((one.org_path, one.tier) for one in order[:chosen])
    for stratum, size in sizes.items():
        # the cut lies between two places, so it is the same cut for all: no more than one and the strata's own rounding
        assert abs(got[stratum] - size * chosen / len(order)) < 1 + size * len(sizes) / len(order)


def test_everybody_has_the_same_chance_and_nobody_can_tell_beforehand() -> None:
    people = _people({("/a/", "gold"): 2, ("/a/", "basic"): 9, ("/b/", "basic"): 19})
    times: Counter[str] = Counter()
    for key in range(3_000):
        times.update(one.party_id for one in rules.in_order(str(key).encode(), people)[:6])
    assert all(abs(times[one.party_id] / 3_000 - 0.2) < 0.045 for one in people), times
    assert rules.in_order(b"k", people) == rules.in_order(b"k", list(reversed(people)))


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 900), st.integers(1, 100))
def test_so_many_are_invited_as_are_expected_to_fill_the_panel(
    wanted: int, accepted: int, waiting: int, percent: int
) -> None:
    more = rules.to_invite(wanted, accepted, waiting, percent)
    expected = accepted + (waiting + more) * percent / 100
    assert more == 0 or wanted <= expected < wanted + 1
    assert more > 0 or expected >= wanted


def test_the_first_draw_lists_everybody_who_could_be_asked_and_leaves_a_control(bank: SmallBank) -> None:
    one = opened(bank)
    rows = list(one.members.order_by("place"))
    assert one.state == "open" and one.eligible == one.listed == len(rows) > 20
    invited = [row.place for row in rows if row.round == 1]
    assert invited == list(range(1, 16)), "six of forty in a hundred: fifteen, those who stand first"
    assert {row.state for row in rows[15:]} == {"held_out"}
    last = AuditEvent.objects.filter(act="panel.draw").get()
    assert last.changes["invited"] == 15 and last.changes["listed"] == len(rows)


def test_only_who_agrees_is_eligible_and_rested_is_listed(bank: SmallBank) -> None:
    refuses, asked, held = bank.party_ids[1], bank.party_ids[2], bank.party_ids[3]
    Consent.objects.create(
        party_id=refuses, purpose="experience", given=False, way="phone", bank_said=True, noted_by=bank.owner,
        noted_at=NOW,
    )  # fmt: skip
    drawn(bank, survey_of(bank, NOW), NOW - timedelta(days=20), asked)
    drawn(bank, survey_of(bank, NOW), NOW - timedelta(days=120), held)
    listed = set(opened(bank).members.values_list("party_id", flat=True))
    assert refuses not in listed and asked not in listed
    assert held in listed, "the wait is over"


def test_who_was_invited_to_a_panel_is_left_in_peace_by_surveys_and_other_panels(bank: SmallBank) -> None:
    first = opened(bank)
    invited = set(first.members.exclude(round=None).values_list("party_id", flat=True))
    second = opened(bank, key="another")
    assert not invited & set(second.members.values_list("party_id", flat=True))
    one = next(iter(invited))
    history = people_asked({one}, NOW)[one].history
    assert [each.kind for each in history] == ["panel"]
    control = first.members.filter(round=None).values_list("party_id", flat=True)[0]
    assert [each for each in people_asked({control}, NOW)[control].history if each.survey == str(first.pk)] == []


def test_who_has_left_is_not_asked(bank: SmallBank) -> None:
    gone = bank.party_ids[4]
    Customer.models["a"]._default_manager.filter(party_id=gone).update(left_on=timezone.localdate(NOW))
    assert gone not in set(opened(bank).members.values_list("party_id", flat=True))


def test_a_panel_for_some_lists_no_others(bank: SmallBank) -> None:
    one = opened(bank, branches=("S1",), kinds=("person",), months=12)
    rows = Customer.rows().filter(party_id__in=one.members.values_list("party_id", flat=True))
    assert one.listed and all(row.org_path.startswith("/HQ/S1/") or "S1" in row.org_path for row in rows)
    assert {row.kind for row in rows} == {"person"}
    year_ago = timezone.localdate(NOW) - timedelta(days=360)
    assert all(row.since <= year_ago for row in rows)


def test_too_few_accept_and_who_stands_next_is_invited_until_only_the_control_is_left(bank: SmallBank) -> None:
    one, maker = opened(bank), bank.user("marketer")
    with pytest.raises(Conflict):
        drawing_services.draw(maker, one.pk, version=one.version, now=NOW)
    one.members.filter(round=1).update(state="declined", answered_at=NOW)
    before = list(one.members.order_by("place").values_list("party_id", flat=True))
    again = drawing_services.draw(maker, one.pk, version=one.version, now=NOW)
    assert again.rounds == 2
    assert list(one.members.order_by("place").values_list("party_id", flat=True)) == before, "the order was drawn once"
    assert sorted(one.members.filter(round=2).values_list("place", flat=True)) == list(range(16, 31))
    assert drawing_services.draw(maker, one.pk, version=again.version - 1, now=NOW).rounds == 2, "the same click"
    most = rules.may_be_invited(one.listed or 0, one.held_out_percent)
    for _ in range(5):
        one.members.filter(state="waiting").update(state="declined", answered_at=NOW)
        again.refresh_from_db()
        try:
            drawing_services.draw(maker, one.pk, version=again.version, now=NOW)
        except Conflict:
            break
    assert one.members.exclude(round=None).count() == most
    assert one.members.filter(round=None).count() == (one.listed or 0) - most > 0, "the control is never asked"


def test_the_page_offers_to_draw_again_only_when_a_draw_would_invite(bank: SmallBank, client: Client) -> None:
    one = opened(bank)
    client.force_login(bank.user("marketer"))
    address = f"/panels/{one.pk}/"
    waiting = client.get(address).content.decode()
    assert "/do/draw" not in waiting and "15 位尚可答复" in waiting
    assert "安排场次" in waiting.split('id="h-next"')[1][:200], "what is next is no draw that would be refused"
    one.members.filter(round=1).update(state="declined", answered_at=NOW)
    assert "/do/draw" in client.get(address).content.decode()


def test_nobody_draws_what_is_not_approved_nor_without_the_right(bank: SmallBank) -> None:
    one = approved(bank)
    with pytest.raises(NotFound):
        drawing_services.draw(bank.stranger, one.pk, version=one.version, now=NOW)
    with pytest.raises(NotAllowed):
        drawing_services.draw(bank.user("branch_head"), one.pk, version=one.version, now=NOW)
    drawing_services.draw(bank.user("marketer"), one.pk, version=one.version, now=NOW)
    assert Member.objects.filter(panel=one, round=1).exists()


def test_where_too_few_are_eligible_nothing_is_opened(bank: SmallBank) -> None:
    one = approved(bank, months=600)
    with pytest.raises(Conflict):
        drawing_services.draw(bank.user("marketer"), one.pk, version=one.version, now=NOW)
    one.refresh_from_db()
    assert one.state == "approved" and not one.members.exists()
