"""What a questionnaire may be, what is asked next, and what answers say."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.contracts.codes import MOMENTS
from tenure.desk.voice.surveys import questionnaire as q
from tenure.desk.voice.surveys.ready_made import CSAT, NPS, QUESTIONNAIRE, content_for
from tenure.desk.voice.surveys.rules import KINDS
from tenure.desk.voice.surveys.tallies import tally

TEXT = {"zh": "问", "en": "ask"}


def question(name: str, kind: str = "single", show_if: Any = None, **rest: Any) -> dict[str, Any]:
    options = [{"id": "yes", "zh": "是", "en": "yes"}, {"id": "no", "zh": "否", "en": "no"}]
    made = {"id": name, "kind": kind, "measures": "", "text": TEXT, "required": False, "show_if": show_if}
    if kind == "scale":
        made |= {"from": 1, "to": 5}
    return {**made, "options": options if kind in ("single", "several") else [], "low": {}, "high": {}, **rest}


def content(*questions: dict[str, Any]) -> dict[str, Any]:
    return {"title": TEXT, "welcome": {}, "thanks": TEXT, "questions": list(questions)}


def codes(told: Any, kind: str = "questionnaire") -> set[tuple[str, str]]:
    return {(fault.question, fault.code) for fault in q.faults(told, kind)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_ready_made_survey_of_each_kind_may_be_asked_as_it_is(kind: str) -> None:
    assert q.faults(content_for(kind), kind) == []
    assert q.faults(q.tidied(content_for(kind)), kind) == []
    unknown = content_for(kind, anonymous=True)
    assert q.faults(unknown, kind) == []
    assert "联系" not in unknown["thanks"]["zh"], "nobody can call back who is not known"


@pytest.mark.parametrize("moment", sorted(set(MOMENTS) - {"counter_service"}))
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_is_told_they_were_just_served_who_was_not(kind: str, moment: str) -> None:
    told = content_for(kind, moment)
    assert q.faults(told, kind) == []
    assert "办理了业务" not in json.dumps(told, ensure_ascii=False)
    if moment == "periodic":
        assert "这次" not in json.dumps(told, ensure_ascii=False) and "this time" not in json.dumps(told)
    assert content_for(kind) == {"nps": NPS, "csat": CSAT}.get(kind, content_for(kind)), "the ready-made one stays"


# -- what was answered --------------------------------------------------------------------------------------------


def test_answers_are_counted_of_those_who_came_to_the_question() -> None:
    unhappy = [(CSAT, {"satisfaction": 2, "cause": ["waiting", "price"], "words": None})] * 11
    happy = [(CSAT, {"satisfaction": 5, "words": "好"})] * 9
    overall, cause, words = tally(CSAT, unhappy + happy)
    assert (overall.asked, overall.answered) == (20, 20)
    assert [(one.value, one.count) for one in overall.shares] == [("1", 0), ("2", 11), ("3", 0), ("4", 0), ("5", 9)]
    assert overall.shares[1].share == 0.55
    low, high = overall.shares[1].interval
    assert (round(low, 4), round(high, 4)) == (0.3421, 0.7418)  # Wilson 1927
    # nobody who was pleased came to the causes; both of the ticked count
    assert (cause.asked, cause.answered) == (11, 11)
    assert {one.value: one.count for one in cause.shares if one.count} == {"waiting": 11, "price": 11}
    assert (words.asked, words.answered, words.shares) == (20, 9, ())


def test_of_fewer_than_ten_answers_no_share_is_told() -> None:
    nine = tally(CSAT, [(CSAT, {"satisfaction": 3, "cause": []})] * 9)
    assert [one.shares for one in nine] == [(), (), ()] and nine[0].too_few
    assert (nine[1].asked, nine[1].answered) == (9, 0), "a question that was skipped was asked"


def test_an_earlier_version_counts_where_it_asked_the_same() -> None:
    other = copy.deepcopy(CSAT)
    other["questions"][0]["text"]["zh"] = "另一个问题"
    other["questions"][1]["show_if"]["in"] = ["1"]
    answers = {"satisfaction": 1, "cause": ["app"]}
    overall, cause, _words = tally(CSAT, [(CSAT, answers)] * 6 + [(other, answers)] * 6)
    assert (overall.answered, cause.answered) == (6, 12)


def test_both_languages_are_wanted_everywhere_people_read() -> None:
    assert codes(content(question("a", text={"zh": "问", "en": " "}))) == {("a", "no_en")}
    assert codes({**content(question("a")), "title": {"zh": "", "en": "t"}}) == {("", "no_zh")}
    half = question("a", options=[{"id": "x", "zh": "甲", "en": ""}, {"id": "y", "zh": "乙", "en": "b"}])
    assert codes(content(half)) == {("a", "no_en")}
    # a welcome nobody wrote is none; half a welcome is a fault
    assert codes({**content(question("a")), "welcome": {"zh": "好", "en": ""}}) == {("", "no_en")}


def test_a_question_may_depend_only_on_one_before_it() -> None:
    depends = {"question": "b", "in": ["yes"]}
    assert codes(content(question("a", show_if=depends), question("b"))) == {("a", "show_if_later")}
    assert codes(content(question("b", show_if=depends))) == {("b", "show_if_itself")}
    assert codes(content(question("a", show_if=depends))) == {("a", "show_if_gone")}
    assert codes(content(question("b"), question("a", show_if=depends))) == set()
    assert codes(content(question("b"), question("a", show_if={"question": "b", "in": ["maybe"]}))) == {
        ("a", "show_if_value")
    }
    assert codes(content(question("b", "words"), question("a", show_if=depends))) == {("a", "show_if_words")}
    assert codes(content(question("b"), question("a", show_if={"question": "b", "in": []}))) == {("a", "show_if")}


def test_ids_are_unique_and_there_are_at_most_thirty_questions() -> None:
    assert codes(content(question("a"), question("a"))) == {("a", "twice")}
    assert ("", "too_many") in codes(content(*[question(f"q{n}") for n in range(31)]))
    assert codes(content(*[question(f"q{n}") for n in range(30)])) == set()
    assert codes(content()) == {("", "no_question")}


def test_a_survey_of_a_kind_measures_what_it_is_about_once() -> None:
    assert ("", "measures_nothing") in codes(content(question("a")), "nps")
    twice = [question(name, "scale", measures="recommend") for name in "ab"]
    assert ("", "measured_twice") in codes(content(*twice), "nps")
    assert ("a", "measures") in codes(content(question("a", measures="recommend")))


KEYS = ("title", "thanks", "welcome", "questions", "id", "kind", "text", "options", "show_if", "in", "question", "zh")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)


@given(ANYTHING)
@settings(max_examples=150, deadline=None)
def test_whatever_is_sent_is_told_what_is_wrong_and_never_breaks(told: Any) -> None:
    assert q.faults(told)
    if isinstance(told, dict):
        with contextlib.suppress(ValueError):
            q.faults(q.tidied(told))


# -- branching ----------------------------------------------------------------------------------------------------


@st.composite
def branching(draw: Any) -> dict[str, Any]:
    """A valid questionnaire in which any question may depend on any before it."""
    made: list[dict[str, Any]] = []
    for n in range(draw(st.integers(1, 8))):
        before = [one for one in made if one["kind"] != "words"]
        rule = None
        if before and draw(st.booleans()):
            named = draw(st.sampled_from(before))
            values = q.values_of(named)
            rule = {"question": named["id"], "in": draw(st.lists(st.sampled_from(values), min_size=1, unique=True))}
        made.append(question(f"q{n}", draw(st.sampled_from(q.QUESTION_KINDS)), rule, required=draw(st.booleans())))
    return content(*made)


def some_answer(draw: Any, one: dict[str, Any]) -> Any:
    if one["kind"] == "words":
        return draw(st.sampled_from([None, "words"]))
    value = st.sampled_from(q.values_of(one))
    if one["kind"] == "several":
        return draw(st.lists(value, unique=True))
    return draw(st.none() | value)


@given(branching(), st.data())
@settings(max_examples=150, deadline=None)
def test_answering_what_is_asked_next_ends_and_leaves_nothing_asked_unanswered(told: Any, data: st.DataObject) -> None:
    assert q.faults(told) == []
    answers: dict[str, Any] = {}
    order = [one["id"] for one in told["questions"]]
    given_in: list[str] = []
    for _again in range(len(order)):
        one = q.next_question(told, answers)
        if one is None:
            break
        given_in.append(one["id"])
        answers = q.read(told, {one["id"]: some_answer(data.draw, one)}, answers)
    assert q.next_question(told, answers) is None
    assert given_in == sorted(given_in, key=order.index)
    assert set(answers) == {one["id"] for one in q.asked(told, answers)}
    lacking = q.missing(told, answers)
    assert all(answers[name] is None for name in lacking)


@given(branching(), st.data())
@settings(max_examples=80, deadline=None)
def test_the_order_in_which_parts_come_does_not_matter_and_a_part_twice_is_one(told: Any, data: st.DataObject) -> None:
    full = {one["id"]: some_answer(data.draw, one) for one in told["questions"]}
    at_once = q.read(told, full, {})
    assert q.read(told, full, at_once) == at_once
    assert q.read(told, at_once, {}) == at_once


def test_an_answer_given_before_the_way_changed_is_dropped() -> None:
    before = q.read(CSAT, {"satisfaction": "2", "cause": ["waiting", "price"]}, {})
    assert before == {"satisfaction": 2, "cause": ["waiting", "price"]}
    assert q.read(CSAT, {"satisfaction": 5}, before) == {"satisfaction": 5}


@pytest.mark.parametrize("value", [11, -1, "a", "1.0", True, [5], {"a": 1}, "01"])
def test_a_likelihood_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(q.BadAnswer) as no:
        q.answer_of(NPS["questions"][0], value)
    assert no.value.question == "recommend"


def test_answers_to_questions_there_are_not_are_refused() -> None:
    with pytest.raises(q.BadAnswer):
        q.read(NPS, {"score": 9}, {})
    with pytest.raises(q.BadAnswer):
        q.read(NPS, {"why": "字" * 2001}, {})


def test_what_answers_say_is_taken_out_of_them() -> None:
    answers = q.read(
        QUESTIONNAIRE,
        {"satisfaction": 4, "recommend": 0, "main_bank": "no", "elsewhere": ["salary"], "words": " 排队太久 \x00"},
        {},
    )
    assert q.said(QUESTIONNAIRE, answers) == q.Said(0, 4, None, "排队太久")
    assert q.said(NPS, {"recommend": None}) == q.Said(None, None, None, "")


@pytest.mark.parametrize("kind", ["nps", "csat", "effort", "questionnaire"])
def test_pages_hold_every_question_once_in_order_and_none_with_what_it_depends_on(kind: str) -> None:
    told = content_for(kind)
    pages = q.pages(told)
    assert [one for page in pages for one in page] == told["questions"]
    for page in pages:
        assert 1 <= len(page) <= q.MOST_ON_PAGE
        here = {one["id"] for one in page}
        assert not any(one["show_if"] and one["show_if"]["question"] in here for one in page)
    assert len(pages) == {"nps": 1, "csat": 2, "effort": 2, "questionnaire": 2}[kind]
