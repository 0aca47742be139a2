"""A stand-in sees and works the customers of who is away from the first day to the last, and not a day longer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from desk.bank_rows import PATHS
from desk.small_bank import SmallBank
from desk.team.conftest import NOW, TODAY
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.org.models import Post, User
from tenure.desk.parties import visibility
from tenure.desk.parties.models import Absence
from tenure.desk.parties.visibility import visible_to
from tenure.desk.signals import selectors as signal_lists
from tenure.desk.signals import services as signals
from tenure.desk.signals.models import Signal
from tenure.desk.team import absences, selectors
from tenure.desk.work import services as work
from tenure.desk.work.selectors import todays_list

DAY = timedelta(days=1)


def _away(bank: SmallBank, first: int = 0, last: int = 3) -> Absence:
    return absences.note_absence(
        bank.owner, "E2011", TODAY + first * DAY, TODAY + last * DAY, "leave", "E2012", now=NOW
    )


def _sees_on(bank: SmallBank, monkeypatch: pytest.MonkeyPatch, days: int) -> bool:
    monkeypatch.setattr(visibility.timezone, "localdate", lambda: TODAY + days * DAY)
    found = visible_to(bank.colleague).filter(party_id=bank.party_id).exists()
    monkeypatch.undo()
    return found


def test_only_colleagues_who_would_be_accepted_are_offered_as_stand_ins(
    bank: SmallBank, as_user: Callable[[User], Client]
) -> None:
    """The head of two branches sets stand-ins of both; between them nobody stands in."""
    head = bank.user("branch_head")
    Post.objects.create(user=head, role="branch_head", org_id="B1", org_path=PATHS["B1"])
    offered = {one.staff_id: {who.staff_id for who in one.offered} for one in selectors.pairs(head)}
    assert set(offered) >= {"E2011", "E2012", "E3011"}
    for staff_id, others in offered.items():
        for other in set(offered) - {staff_id}:
            try:
                absences.set_pair(head, staff_id, other, now=NOW)
                taken = True
            except Unacceptable:
                taken = False
            assert taken == (other in others), (staff_id, other)
    assert "E2012" in offered["E2011"] and "E3011" not in offered["E2011"]
    # the form offers those of whom is chosen in it
    page = as_user(head).get("/team/absences/?staff_id=E3011").content.decode()
    form = re.search(r'<select id="stands".*?</select>', page, re.S)
    assert form and "E2011" not in form.group() and 'value="E3011" selected' in page


def test_the_stand_in_sees_from_the_first_day_to_the_last(bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> None:
    _away(bank, 2, 4)
    assert [_sees_on(bank, monkeypatch, days) for days in range(1, 7)] == [False, True, True, True, False, False]


def test_the_stand_in_works_the_list_and_the_signals_of_who_is_away(bank: SmallBank) -> None:
    listed = {entry.key for entry in todays_list(bank.owner, TODAY)}
    signal = signals.add_signal(bank.user("branch_head"), bank.party_id, [], "asked for rates", now=NOW)
    Signal.objects.filter(pk=signal.pk).update(goes_to="E2011")
    assert not listed & {entry.key for entry in todays_list(bank.colleague, TODAY)}
    _away(bank)
    assert listed <= {entry.key for entry in todays_list(bank.colleague, TODAY)}
    assert [one.may_claim for one in signal_lists.waiting(bank.colleague, "mine")] == [True]
    signals.claim(bank.colleague, signal.pk, now=NOW)
    work.complete(bank.colleague, bank.proposal_key, "interested", now=NOW)
    with pytest.raises(NotFound):
        work.complete(bank.stranger, bank.proposal_key, "interested", now=NOW)


def test_a_signal_that_comes_meanwhile_goes_to_the_stand_in(bank: SmallBank) -> None:
    _away(bank)
    person = bank.colleague
    person.last_login = NOW
    person.save(update_fields=["last_login"])
    signal = signals.add_signal(bank.user("branch_head"), bank.party_id, [], "asked for rates", now=NOW)
    assert signal.goes_to == "E2012"


def test_the_pair_stands_in_where_nobody_is_named(bank: SmallBank) -> None:
    with pytest.raises(Unacceptable):
        absences.note_absence(bank.owner, "E2011", TODAY, TODAY, "sick", now=NOW)
    with pytest.raises(NotAllowed):
        absences.set_pair(bank.colleague, "E2011", "E2012", now=NOW)
    absences.set_pair(bank.user("branch_head"), "E2011", "E2012", now=NOW)
    one = absences.note_absence(bank.owner, "E2011", TODAY, TODAY, "sick", now=NOW)
    assert one.stand_in == "E2012"
    assert absences.note_absence(bank.owner, "E2011", TODAY, TODAY, "sick", now=NOW) == one


def test_nobody_is_away_twice_and_no_stand_in_is_away_too(bank: SmallBank) -> None:
    _away(bank, 0, 3)
    with pytest.raises(Conflict):
        _away(bank, 3, 5)
    with pytest.raises(Unacceptable):
        absences.note_absence(bank.colleague, "E2012", TODAY, TODAY, "leave", "E2011", now=NOW)
    _away(bank, 4, 5)


def test_absences_are_noted_by_who_is_away_or_their_head(bank: SmallBank) -> None:
    for user in (bank.colleague, bank.stranger, bank.user("teller")):
        with pytest.raises(NotAllowed):
            absences.note_absence(user, "E2011", TODAY, TODAY, "leave", "E2012", now=NOW)
    for told in ((TODAY, TODAY - DAY), (TODAY - 3 * DAY, TODAY - DAY), (TODAY, TODAY + 300 * DAY)):
        with pytest.raises(Unacceptable):
            absences.note_absence(bank.owner, "E2011", *told, "leave", "E2012", now=NOW)
    absences.note_absence(bank.user("branch_head"), "E2011", TODAY, TODAY, "leave", "E2012", now=NOW)


def test_back_early_the_stand_in_sees_no_more(bank: SmallBank) -> None:
    one = _away(bank, -1, 3)
    with pytest.raises(NotFound):
        absences.end_absence(bank.colleague, one.pk, TODAY - DAY, now=NOW)
    assert [x.may_end for x in selectors.absences(bank.colleague, TODAY)] == [False]
    absences.end_absence(bank.owner, one.pk, TODAY - DAY, now=NOW)
    assert not visible_to(bank.colleague).filter(party_id=bank.party_id).exists()
    with pytest.raises(Conflict):
        absences.end_absence(bank.owner, one.pk, TODAY, now=NOW)


def test_called_off_before_it_begins_it_never_was(bank: SmallBank) -> None:
    one = _away(bank, 5, 8)
    with pytest.raises(Unacceptable):
        absences.end_absence(bank.owner, one.pk, TODAY + 9 * DAY, now=NOW)
    absences.end_absence(bank.owner, one.pk, timezone.localdate(NOW), now=NOW)
    one.refresh_from_db()
    assert one.ended_at is not None
    _away(bank, 5, 8)
