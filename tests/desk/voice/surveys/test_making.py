"""A survey is made by one and approved by another; two who change it lose nothing."""

from __future__ import annotations

from typing import Any

import pytest

from desk.small_bank import SmallBank
from desk.voice.surveys.conftest import NOW, Live
from tenure.desk.control.changes.services import approve
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import Change
from tenure.desk.org.models import Post, User
from tenure.desk.voice.surveys import making_services as making
from tenure.desk.voice.surveys.changing import VERSION
from tenure.desk.voice.surveys.models import Survey, SurveyVersion
from tenure.desk.voice.surveys.rules import Asking

ASKING = Asking().as_json()


@pytest.fixture
def second(bank: SmallBank) -> User:
    """A second executive, who makes and checks as well."""
    user = User.objects.create(username="second", name="第二位", staff_id="E9002", language="")
    Post.objects.create(user=user, role="executive", org_id="", org_path="/")
    return user


def made(bank: SmallBank, **told: Any) -> Survey:
    usual = {"code": "counter-nps", "kind": "nps", "moment": "counter_service", "anonymous": False}
    return making.make_survey(bank.user("marketer"), **{**usual, **told}, now=NOW)


@pytest.mark.parametrize("role", ["relationship_manager", "teller", "branch_head", "analyst", "administrator"])
def test_who_makes_no_surveys_makes_none(bank: SmallBank, role: str) -> None:
    with pytest.raises(NotAllowed):
        making.make_survey(bank.user(role), "counter-nps", "nps", "counter_service", False, now=NOW)
    survey = made(bank)
    for act in (
        lambda: making.edit_draft(bank.user(role), survey.code, survey.draft["content"], ASKING, version=1, now=NOW),
        lambda: making.propose_version(bank.user(role), survey.code, "because", version=1, now=NOW),
        lambda: making.move_survey(bank.user(role), survey.code, "close", version=1, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_same_click_twice_begins_one_survey_and_a_taken_name_says_by_whom(bank: SmallBank) -> None:
    assert made(bank).pk == made(bank).pk
    with pytest.raises(Conflict, match=bank.user("marketer").name):
        making.make_survey(bank.user("executive"), "counter-nps", "csat", "app_used", False, now=NOW)
    for code in ("X", "new", "a b"):
        with pytest.raises(Unacceptable):
            made(bank, code=code)
    with pytest.raises(Unacceptable):
        made(bank, code="other", moment="birthday")


def test_the_second_who_changes_a_draft_is_told_who_was_first(bank: SmallBank) -> None:
    survey, marketer, executive = made(bank), bank.user("marketer"), bank.user("executive")
    content = survey.draft["content"]
    mine = {**content, "title": {"zh": "甲", "en": "A"}}
    saved = making.edit_draft(marketer, survey.code, mine, ASKING, version=1, now=NOW)
    assert saved.version == 2
    assert making.edit_draft(marketer, survey.code, mine, ASKING, version=1, now=NOW).version == 2  # twice
    with pytest.raises(Conflict, match=marketer.name):
        making.edit_draft(executive, survey.code, content, ASKING, version=1, now=NOW)
    assert Survey.objects.get().draft["content"]["title"]["zh"] == "甲"


def test_nobody_who_worked_on_a_draft_approves_it(bank: SmallBank, second: User) -> None:
    survey, marketer, executive = made(bank), bank.user("marketer"), bank.user("executive")
    mine = {**survey.draft["content"], "title": {"zh": "甲", "en": "A"}}
    edited = making.edit_draft(executive, survey.code, mine, ASKING, version=1, now=NOW)
    change = making.propose_version(marketer, survey.code, "because", version=edited.version, now=NOW)
    with pytest.raises(NotAllowed):  # put forward by somebody else, but they wrote in it
        approve(executive, change.pk, now=NOW)
    assert not SurveyVersion.objects.exists() and Survey.objects.get().state == "draft"
    approve(second, change.pk, now=NOW)
    version = SurveyVersion.objects.get()
    assert (version.number, version.made_by, version.approved_by) == (1, marketer, second)
    assert Survey.objects.get().state == "live"


def test_an_unfinished_draft_is_kept_and_not_put_forward(bank: SmallBank) -> None:
    survey, marketer = made(bank), bank.user("marketer")
    content = survey.draft["content"]
    content["questions"][1]["text"]["en"] = ""
    saved = making.edit_draft(marketer, survey.code, content, ASKING, version=1, now=NOW)
    with pytest.raises(Unacceptable) as no:
        making.propose_version(marketer, survey.code, "because", version=saved.version, now=NOW)
    assert no.value.field == "why"
    content["questions"][1] |= {"text": {"zh": "为何", "en": "Why"}, "show_if": {"question": "gone", "in": ["1"]}}
    saved = making.edit_draft(marketer, survey.code, content, ASKING, version=saved.version, now=NOW)
    with pytest.raises(Unacceptable, match="已被删除：请另选一题") as no:
        making.propose_version(marketer, survey.code, "because", version=saved.version, now=NOW)
    assert no.value.field == "why.show_if"


def test_whoever_approves_reads_branches_in_words_and_what_moved_and_what_went(bank: SmallBank, live: Live) -> None:
    survey, marketer = live(kind="csat"), bank.user("marketer")
    content = survey.draft["content"]
    overall, cause, words = content["questions"]
    cause = {**cause, "show_if": {"question": "satisfaction", "in": ["1", "2"]}}
    again = {**words, "id": "q1", "kind": "single", "text": {"zh": "再来吗", "en": "Again?"},
             "options": [{"id": "o1", "zh": "会", "en": "Yes"}, {"id": "o2", "zh": "不会", "en": "No"}]}  # fmt: skip
    after = {**words, "show_if": {"question": "q1", "in": ["o2"]}}

    def lines(*questions: dict[str, Any]) -> dict[str, tuple[str, str]]:
        change = Change(subject_id=survey.code, content={**survey.draft, "content": content | {"questions": questions},
                                                         "based_on": 1})  # fmt: skip
        return {one.label: (one.before, one.after) for one in VERSION.lines(change, marketer)}

    found = lines(overall, cause, again, after)
    assert list(found) == ["问题 2", "问题 3", "问题 4"]
    assert found["问题 2"][0].endswith("仅当“总体来说，您对这次服务满意吗？”的回答为以下之一时询问：1–3")
    assert found["问题 2"][1].endswith("：1–2")
    assert found["问题 3"] == ("", "再来吗 (单选): 会 / 不会")
    assert found["问题 4"][1].endswith("仅当“再来吗”的回答为以下之一时询问：不会")
    moved = lines(overall, words, survey.draft["content"]["questions"][1])
    assert list(moved) == ["问题顺序"] and moved["问题顺序"][1].index("还有") < moved["问题顺序"][1].index("哪些")
    assert lines(overall, words).keys() == {"上一版的问题 2"}


def test_a_draft_that_was_put_forward_may_be_worked_on_and_the_approved_one_stays_as_read(
    bank: SmallBank, live: Live
) -> None:
    survey, marketer = live(), bank.user("marketer")
    edited = {**survey.draft["content"], "title": {"zh": "乙", "en": "B"}}
    saved = making.edit_draft(marketer, survey.code, edited, survey.draft["asking"], version=survey.version, now=NOW)
    change = making.propose_version(marketer, survey.code, "because", version=saved.version, now=NOW)
    later = {**edited, "title": {"zh": "丙", "en": "C"}}
    making.edit_draft(marketer, survey.code, later, survey.draft["asking"], version=saved.version, now=NOW)
    approve(bank.user("executive"), change.pk, now=NOW)
    assert SurveyVersion.objects.get(number=2).content["title"]["zh"] == "乙"
    one = Survey.objects.get()
    assert one.draft["content"]["title"]["zh"] == "丙" and one.draft["by"] == [marketer.pk]


def test_nothing_new_is_not_put_forward(bank: SmallBank, live: Live) -> None:
    survey = live()
    with pytest.raises(Conflict, match="没有差别"):
        making.propose_version(bank.user("marketer"), survey.code, "because", version=survey.version, now=NOW)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"share": "0"}, "share"),
        ({"share": "1.2"}, "share"),
        ({"share": "a"}, "share"),
        ({"quota": 0}, "quota"),
        ({"valid_days": 61}, "valid_days"),
        ({"valid_days": None}, "valid_days"),
        ({"wait_days": -1}, "wait_days"),
        ({"channels": []}, "channels"),
        ({"channels": ["pigeon"]}, "channels"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_a_way_of_asking_that_cannot_be_is_refused_at_its_field(bank: SmallBank, told: Any, field: str) -> None:
    survey = made(bank)
    with pytest.raises(Unacceptable) as no:
        making.edit_draft(
            bank.user("marketer"), survey.code, survey.draft["content"], {**ASKING, **told}, version=1, now=NOW
        )
    assert no.value.field == field


def test_a_survey_is_paused_resumed_and_closed_for_good(bank: SmallBank, live: Live) -> None:
    survey, marketer = live(), bank.user("marketer")
    v = survey.version
    for act, state in (("pause", "paused"), ("resume", "live"), ("close", "closed")):
        assert making.move_survey(marketer, survey.code, act, version=v, now=NOW).state == state
        assert making.move_survey(marketer, survey.code, act, version=v, now=NOW).state == state  # the same click
        v += 1
    with pytest.raises(Conflict):
        making.move_survey(marketer, survey.code, "resume", version=v, now=NOW)
    with pytest.raises(Conflict):
        making.edit_draft(marketer, survey.code, survey.draft["content"], ASKING, version=v, now=NOW)


def test_a_branch_head_puts_a_code_up_at_their_own_branch_alone(bank: SmallBank, live: Live) -> None:
    survey, head = live(), bank.user("branch_head")
    one = making.make_counter_code(head, survey.code, "S1", now=NOW)
    assert making.make_counter_code(head, survey.code, "S1", now=NOW).pk == one.pk
    with pytest.raises(NotFound):
        making.make_counter_code(head, survey.code, "S2", now=NOW)
    for role in ("relationship_manager", "analyst"):
        with pytest.raises(NotAllowed):
            making.make_counter_code(bank.user(role), survey.code, "S1", now=NOW)
