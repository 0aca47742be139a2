"""Contacts logged at the desk reach the lake once, as they stand, whatever is killed in between."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tenure.desk.control.models import Change, Consent
from tenure.desk.org.models import User
from tenure.desk.parties.models import Assignment, Merge
from tenure.desk.signals.models import Signal
from tenure.desk.work.models import Contact
from tenure.desk.writeback import days_to_write_back, merges_to_write_back
from tenure.lake import Lake, connect
from tenure.nightly.writeback import write_back, write_back_merges

pytestmark = pytest.mark.django_db(transaction=True)


def log(author: User, party_id: str, words: str, *, days_ago: int = 0) -> Contact:
    """A contact logged some days ago."""
    at = timezone.now() - timedelta(days=days_ago)
    contact = Contact.objects.create(
        party_id=party_id, at=at, kind="call", staff_id="S1", author=author, outcome="done", words=words
    )
    Contact.objects.filter(pk=contact.pk).update(logged_at=at)
    return contact


def interactions(lake: Lake) -> dict[str, str]:
    with connect() as engine:
        table = engine.arrow(engine.table(lake, lake.head(), "interaction"))
    return {row["interaction_id"]: row["words"] for row in table.to_pylist()}


def test_a_contact_reaches_the_lake_with_its_words(lake: Lake, author: User) -> None:
    contact = log(author, "C1", "想了解大额存单")
    assert write_back(lake) == 1
    assert interactions(lake) == {f"desk-{contact.pk}": "想了解大额存单"}
    contact.refresh_from_db()
    assert contact.written_back_in == lake.head().batches[-1].id


def test_a_second_night_changes_nothing(lake: Lake, author: User) -> None:
    log(author, "C1", "a")
    write_back(lake)
    before = lake.head().number
    assert write_back(lake) == 0
    assert lake.head().number == before


def test_days_are_deliveries_of_their_own(lake: Lake, author: User) -> None:
    log(author, "C1", "yesterday", days_ago=1)
    log(author, "C2", "today")
    assert write_back(lake) == 2
    assert sorted(interactions(lake).values()) == ["today", "yesterday"]
    assert len([b for b in lake.head().batches if b.source == "desk"]) == 2


def test_a_contact_more_on_the_same_day_corrects_that_day(lake: Lake, author: User) -> None:
    log(author, "C1", "first")
    write_back(lake)
    log(author, "C1", "second")
    assert write_back(lake) == 2, "the whole day is delivered again"
    assert sorted(interactions(lake).values()) == ["first", "second"]


def test_a_withdrawn_contact_leaves_the_lake_again(lake: Lake, author: User) -> None:
    kept, wrong = log(author, "C1", "kept"), log(author, "C2", "wrong customer")
    write_back(lake)
    Contact.objects.filter(pk=wrong.pk).update(withdrawn_at=timezone.now())
    write_back(lake)
    assert list(interactions(lake)) == [f"desk-{kept.pk}"]
    Contact.objects.filter(pk=kept.pk).update(withdrawn_at=timezone.now())
    write_back(lake)
    assert interactions(lake) == {}
    assert write_back(lake) == 0
    assert list(days_to_write_back()) == []


def test_killed_after_the_lake_and_before_the_desk_was_told_it_repeats_harmlessly(
    lake: Lake, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    log(author, "C1", "once")

    def killed(self: object, batch_id: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("tenure.desk.writeback.DayAtTheDesk.written_back", killed)
        with pytest.raises(KeyboardInterrupt):
            write_back(lake)
    assert list(interactions(lake).values()) == ["once"]
    write_back(lake)
    assert list(interactions(lake).values()) == ["once"]
    assert Contact.objects.get().written_back_at is not None


def test_what_is_withdrawn_while_the_night_reads_is_not_forgotten(lake: Lake, author: User) -> None:
    contact = log(author, "C1", "a")
    (day,) = days_to_write_back()
    Contact.objects.filter(pk=contact.pk).update(withdrawn_at=timezone.now())
    day.written_back("batch")
    assert [d.rows for d in days_to_write_back()] == [0], "it waits for the next night, which takes it out"


def merged(author: User, *, days_ago: int = 0) -> Merge:
    """C2 merged into C1 some days ago, approved by another."""
    at = timezone.now() - timedelta(days=days_ago)
    checker = User.objects.create_user(f"head{Merge.objects.count()}", None, name="沈")
    change = Change.objects.create(
        kind="customers.merge", subject_kind="customer", subject_id="C2", org_path="/HQ/", reason="one card",
        content={"kept_id": "C1", "merged_id": "C2"}, state="approved", made_by=author, made_at=at,
        checked_by=checker, checked_at=at,
    )  # fmt: skip
    return Merge.objects.create(
        kept_id="C1", merged_id="C2", standing_id="C1", org_path="/HQ/", change=change, merged_at=at, merged_by=checker
    )


def undone(merge: Merge, at: datetime) -> None:
    Merge.objects.filter(pk=merge.pk).update(
        state="undone", undone_at=at, undone_by=merge.merged_by, undone_because="two people"
    )


def in_lake(lake: Lake) -> dict[str, tuple[str, str, bool]]:
    """Merges as the lake has them: who was merged into whom, and whether that stands."""
    with connect() as engine:
        rows = engine.arrow(engine.table(lake, lake.head(), "party_merge")).to_pylist()
    return {row["merge_id"]: (row["merged_id"], row["kept_id"], row["until"] is None) for row in rows}


def test_a_merge_reaches_the_lake_once_and_an_undo_takes_it_back(lake: Lake, author: User) -> None:
    made = merged(author, days_ago=2)
    assert write_back_merges(lake) == 1
    assert in_lake(lake) == {f"desk-{made.pk}": ("C2", "C1", True)}
    before = lake.head().number
    assert write_back_merges(lake) == 0 and lake.head().number == before
    undone(made, timezone.now())
    assert write_back_merges(lake) == 1
    assert in_lake(lake) == {f"desk-{made.pk}": ("C2", "C1", False)}
    assert write_back_merges(lake) == 0
    again = merged(author)
    write_back_merges(lake)
    assert in_lake(lake)[f"desk-{again.pk}"][2] and not in_lake(lake)[f"desk-{made.pk}"][2]


def test_a_merge_undone_the_same_day_corrects_that_day(lake: Lake, author: User) -> None:
    made = merged(author)
    write_back_merges(lake)
    undone(made, timezone.now())
    write_back_merges(lake)
    assert not in_lake(lake)[f"desk-{made.pk}"][2]


def test_contacts_and_merges_of_one_day_do_not_push_each_other_out(lake: Lake, author: User) -> None:
    log(author, "C2", "called")
    merged(author)
    write_back(lake)
    write_back_merges(lake)
    log(author, "C1", "called again")
    write_back(lake)
    assert len(in_lake(lake)) == 1 and sorted(interactions(lake).values()) == ["called", "called again"]


def test_a_merge_undone_while_the_night_reads_is_not_forgotten(lake: Lake, author: User) -> None:
    made = merged(author)
    (day,) = merges_to_write_back()
    undone(made, timezone.now())
    day.written_back("batch")
    assert [row["until"] is None for later in merges_to_write_back() for row in later.rows] == [False]


def test_a_contact_near_midnight_belongs_to_the_banks_day(lake: Lake, author: User) -> None:
    contact = log(author, "C1", "late")
    late = timezone.make_aware(datetime(2026, 6, 30, 23, 59, 59))
    Contact.objects.filter(pk=contact.pk).update(logged_at=late, at=late)
    assert [day.day for day in days_to_write_back()] == [date(2026, 6, 30)]


def signals_in(lake: Lake) -> dict[str, dict[str, object]]:
    with connect() as engine:
        table = engine.arrow(engine.table(lake, lake.head(), "signal"))
    return {row["signal_id"]: row for row in table.to_pylist()}


def test_a_signal_reaches_the_lake_and_again_when_it_ends_beside_that_days_contacts(lake: Lake, author: User) -> None:
    now = timezone.now()
    signal = Signal.objects.create(
        cause="hand:1",
        party_id="C1",
        org_path="/HQ/",
        rule="hand",
        seen_by=author,
        facts={"traits": ["asks_rates", "leaving"]},
        words="他行利率更高",
        at=now,
        escalates_at=now,
        changed_at=now,
    )
    counted = Signal.objects.create(
        cause="frequent:C1", party_id="C1", org_path="/HQ/", rule="frequent",
        facts={"events": 9, "sum_amount": 7_000_000},
        at=now, escalates_at=now, changed_at=now, led_to=uuid4(),
    )  # fmt: skip
    log(author, "C2", "the same day")
    assert write_back(lake) == 3
    told = signals_in(lake)[str(counted.pk)]
    assert (told["amount"], told["opportunity_id"]) == (7_000_000, str(counted.led_to))
    landed = signals_in(lake)[str(signal.pk)]
    assert (landed["state"], landed["traits"], landed["seen_by"]) == ("new", "asks_rates leaving", "S1")
    later = timezone.now()
    Signal.objects.filter(pk=signal.pk).update(
        state="closed", claimed_by=author, claimed_at=later, closed_at=later, outcome="sold", changed_at=later
    )
    write_back(lake)
    landed = signals_in(lake)[str(signal.pk)]
    assert (landed["state"], landed["outcome"], landed["staff_id"]) == ("closed", "sold", "S1")
    assert list(interactions(lake).values()) == ["the same day"]
    assert list(days_to_write_back()) == []


def say(author: User, party_id: str, given: bool, *, bank_said: bool | None, days_ago: int = 0) -> Consent:
    """A word on marketing, some days ago; it ends whatever was said before."""
    at = timezone.now() - timedelta(days=days_ago)
    Consent.objects.filter(party_id=party_id, superseded_at=None).update(superseded_at=at)
    return Consent.objects.create(
        party_id=party_id, purpose="marketing", given=given, bank_said=bank_said, way="phone", noted_by=author,
        noted_at=at,
    )  # fmt: skip


def consents(lake: Lake) -> dict[str, bool | None]:
    """Who agrees to marketing, as the next night takes it."""
    from tenure.insight import Window, customers

    with connect() as engine:
        head = lake.head()
        party, words = (engine.table(lake, head, name) for name in ("party", "consent"))
        known = customers.consented(party, words, Window(timezone.localdate()))
        return {row["party_id"]: row["consent_marketing"] for row in engine.arrow(known).to_pylist()}


def test_a_word_on_consent_counts_in_the_next_night_while_the_file_says_what_it_said(lake: Lake, author: User) -> None:
    assert write_back(lake) == 0
    say(author, "C1", False, bank_said=None, days_ago=1)
    say(author, "C2", True, bank_said=True)  # the file here says nothing: it has spoken since
    assert write_back(lake) == 2
    assert consents(lake) == {"C1": False, "C2": None}


def test_the_last_word_counts_and_one_that_ended_does_not(lake: Lake, author: User) -> None:
    first = say(author, "C1", False, bank_said=None, days_ago=2)
    write_back(lake)
    say(author, "C1", True, bank_said=None)
    assert write_back(lake) == 2  # the first one's day is delivered anew: it has ended
    assert consents(lake)["C1"] is True
    Consent.objects.exclude(pk=first.pk).update(superseded_at=timezone.now())
    write_back(lake)
    assert consents(lake)["C1"] is None


def assign(author: User, party_id: str, staff_id: str, *, bank_said: list[str], ended: bool = False) -> None:
    """Somebody names a customer's lead at the desk, a day ago; with ``ended`` it counts no more."""
    at = timezone.now() - timedelta(days=1)
    Assignment.objects.create(
        party_id=party_id, role="lead", staff_id=staff_id, bank_said=bank_said, since=at, given_by=author,
        ended_at=timezone.now() if ended else None,
    )  # fmt: skip


def leads(lake: Lake) -> dict[str, tuple[str | None, bool]]:
    """Each customer's lead as the next night takes it, and whether the desk's word counts."""
    from tenure.insight import Window, customers

    with connect() as engine:
        head = lake.head()
        party, words = (engine.table(lake, head, name) for name in ("party", "assignment"))
        known = customers.assigned(party, words, Window(timezone.localdate()))
        return {row["party_id"]: (row["lead_staff_id"], row["_assigned"]) for row in engine.arrow(known).to_pylist()}


def test_a_lead_named_at_the_desk_counts_in_the_next_night_while_the_file_says_what_it_said(
    lake: Lake, author: User
) -> None:
    assign(author, "C1", "S1", bank_said=[""])
    assign(author, "C2", "S1", bank_said=["S7"])  # the file here says nobody: it has spoken since
    assert write_back(lake) == 2
    found = leads(lake)
    assert found["C1"] == ("S1", True)
    assert found["C2"] == (None, False)
    Assignment.objects.update(ended_at=timezone.now())
    assert write_back(lake) == 2  # delivered anew: they have ended
    assert leads(lake)["C1"] == (None, False)
