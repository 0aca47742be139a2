"""People correct themes: what they say stands until they take it back, and two do not overwrite each other."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from desk.small_bank import SmallBank
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.models import User
from tenure.desk.publication.current import pin
from tenure.desk.voice.causes import correcting, rules, selectors
from tenure.desk.voice.causes.filters import ThemeFilter
from tenure.desk.voice.causes.models import ThemeCorrection, ThemeVoice
from tenure.desk.writeback.improved import corrections_standing

from .people import NOW, executive, head, other_head

pytestmark = pytest.mark.django_db


def test_a_new_name_is_read_at_once_and_can_be_taken_back(bank: SmallBank) -> None:
    who = head(bank)
    with pin():
        before = selectors.theme(who, "waiting").name
        made = correcting.rename(who, "waiting", "等太久", version=1, now=NOW)
        assert selectors.theme(who, "waiting").name == "等太久"
        with translation.override("zh-hans"):
            assert selectors.corrections(who)[0].first_name == "排队等候", "said in words, not by its key"
        again = correcting.rename(who, "waiting", "等太久", version=1, now=NOW)
        assert again.pk == made.pk and ThemeCorrection.objects.count() == 1
        correcting.undo(who, made.pk, now=NOW)
        assert selectors.theme(who, "waiting").name == before
        correcting.undo(who, made.pk, now=NOW)
    assert AuditEvent.objects.filter(act__startswith="theme.").count() == 2


def test_who_comes_second_is_told_who_was_first(bank: SmallBank) -> None:
    one, two = head(bank), other_head(bank)
    with pin():
        correcting.rename(one, "waiting", "等太久", version=1, now=NOW)
        with pytest.raises(Conflict, match=one.name):
            correcting.rename(two, "waiting", "排队", version=1, now=NOW)
        correcting.rename(two, "waiting", "排队", version=2, now=NOW)
        assert selectors.theme(one, "waiting").name == "排队"
    assert ThemeCorrection.objects.filter(undone_at=None).count() == 1


def test_themes_are_never_merged_in_a_circle(bank: SmallBank) -> None:
    who = head(bank)
    with pin():
        with pytest.raises(Unacceptable):
            correcting.merge(who, "waiting", "waiting", version=1, now=NOW)
        correcting.merge(who, "waiting", "app", version=1, now=NOW)
        with pytest.raises(Unacceptable):
            correcting.merge(who, "app", "waiting", version=1, now=NOW)
        with pytest.raises(Unacceptable):
            correcting.merge(who, "lost:bad_service", "app", version=1, now=NOW)
        assert selectors.theme(who, "waiting").into == "app"


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef")))
def test_following_merges_always_ends(merges: dict[str, str]) -> None:
    for theme in "abcdef":
        end = rules.merged_into(theme, merges)
        assert end not in merges or end in {theme, *merges.values()}


def test_words_are_moved_by_who_sees_the_customer(bank: SmallBank) -> None:
    who = head(bank)
    with pin():
        mine = selectors.words_of(who, "waiting")
        assert mine
        seen = {row.number for row in mine}
        hidden = next(row for row in ThemeVoice.rows().filter(theme="waiting") if row.number not in seen)
        with pytest.raises(NotFound):
            correcting.move_text(who, "survey", hidden.number, "app", version=1, now=NOW)
        made = correcting.move_text(who, "survey", mine[0].number, "app", version=1, now=NOW)
        assert made.moved_from == "waiting" and made.words
        assert next(row for row in selectors.words_of(who, "waiting") if row.number == made.number).moved_to
        with pytest.raises(Unacceptable):
            correcting.move_text(who, "survey", mine[1].number, "waiting", version=2, now=NOW)
        assert selectors.corrections(who) and not [
            one for one in selectors.corrections(other_head(bank)) if one.row.kind == "text"
        ]


def test_who_sees_stars_sorts_no_words_but_still_names_and_merges(bank: SmallBank, client: Client) -> None:
    reads, masked = head(bank), executive(bank)
    with pin():
        text = selectors.words_of(reads, "waiting")[0]
        assert "排队" in text.words
        blind = next(row for row in selectors.words_of(masked, "waiting") if row.number == text.number)
        assert "排队" not in blind.words
        with pytest.raises(NotAllowed, match="脱敏"):
            correcting.move_text(masked, "survey", text.number, "app", version=1, now=NOW)
        made = correcting.move_text(reads, "survey", text.number, "app", version=1, now=NOW)
        with pytest.raises(NotAllowed):
            correcting.undo(masked, made.pk, now=NOW)
        assert [one.may_undo for one in selectors.corrections(masked)] == [False]
        assert [one.may_undo for one in selectors.corrections(reads)] == [True]
        named = correcting.rename(masked, "app", "手机银行", version=1, now=NOW)
        correcting.undo(masked, named.pk, now=NOW)
    for who, offered in ((reads, True), (masked, False)):
        client.force_login(who)
        page = client.get("/causes/theme?of=waiting").content.decode()
        assert ("/causes/theme/correct/text" in page) is offered
        assert "/causes/theme/correct/rename" in page
    with pin():
        assert correcting.merge(masked, "app", "waiting", version=3, now=NOW).into == "waiting"


def test_what_stands_goes_to_the_night_in_its_order(bank: SmallBank) -> None:
    who = head(bank)
    with pin():
        first = correcting.rename(who, "app", "手机银行", version=1, now=NOW)
        correcting.move_phrase(who, "app", "闪退", version=2, now=NOW)
        text = selectors.words_of(who, "waiting")[0]
        correcting.move_text(who, "survey", text.number, "app", version=1, now=NOW)
        correcting.undo(who, first.pk, now=NOW)
    told = corrections_standing()
    assert [one["do"] for one in told] == ["move", "teach"]
    assert told[0]["phrase"] == "闪退" and told[1]["text"].startswith("排队")


def test_a_stranger_corrects_nothing_and_a_reader_only_reads(bank: SmallBank) -> None:
    with pin():
        for who in (bank.owner, User.objects.get(staff_id="E1005")):
            with pytest.raises(NotAllowed):
                correcting.rename(who, "waiting", "x", version=1, now=NOW)
        with pytest.raises(NotAllowed):
            selectors.themes(bank.owner, ThemeFilter())
        assert selectors.themes(User.objects.get(staff_id="E1005"), ThemeFilter()).rows


def test_themes_are_ranked_by_what_is_at_stake(bank: SmallBank) -> None:
    with pin():
        found = selectors.themes(head(bank), ThemeFilter()).rows
        assert [one.row.theme for one in found] == ["waiting", "app", "lost:bad_service"]
        stakes = [(one.here or one.row).value_at_stake for one in found]
        assert stakes == sorted(stakes, reverse=True)


def test_praise_is_told_beside_what_is_at_stake_and_moves_no_theme_up(bank: SmallBank, client: Client) -> None:
    """Most praised is the app; what hurts is the waiting, and the waiting is first."""
    with pin():
        found = {one.row.theme: one.row for one in selectors.themes(executive(bank), ThemeFilter()).rows}
    assert found["app"].value_praised > found["waiting"].value_at_stake > found["app"].value_at_stake
    assert list(found) == ["waiting", "app", "lost:bad_service"]
    client.force_login(executive(bank))
    listed = client.get("/causes/").content.decode()
    assert listed.count("<small>好评") == 1 and "2,000" in listed
    page = client.get("/causes/theme?of=app").content.decode()
    assert "好评价值" in page and "12 位不满客户" in page
    assert "好评价值" not in client.get("/causes/theme?of=lost:bad_service").content.decode()


def test_a_refused_form_is_told_the_version_that_stands(bank: SmallBank, client: Client) -> None:
    one, two = head(bank), other_head(bank)
    with pin():
        correcting.rename(one, "waiting", "等太久", version=1, now=NOW)
    client.force_login(two)
    sent = {"of": "waiting", "name": "排队", "version": "1"}
    refused = client.post("/causes/theme/correct/rename", sent, HTTP_HX_REQUEST="true")
    assert refused.status_code == 409 and refused["X-Version"] == "2"
    done = client.post(
        "/causes/theme/correct/rename", {**sent, "version": refused["X-Version"]}, HTTP_HX_REQUEST="true"
    )
    assert done.status_code == 204
