"""What is the same complaint, what repeats, what adds up: laws without a database."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.desk.voice.complaints import coding, counting, rules, suggesting
from tenure.desk.voice.complaints.settings import versions_of

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
said = st.text(st.sampled_from("手机银行转账失败扣款 abcDEF，。"), max_size=40)


@given(said, said)
def test_likeness_has_no_direction_and_knows_itself(one: str, other: str) -> None:
    assert rules.likeness(one, other) == rules.likeness(other, one)
    assert 0 <= rules.likeness(one, other) <= 100
    assert rules.likeness(one, one) == (100 if rules.plain(one) else 0)


def test_the_same_matter_told_twice_is_alike_and_another_is_not() -> None:
    told = "手机银行转账失败但已扣款，3天仍未退回。"
    assert rules.likeness(told, "客户来电：手机银行转账失败，钱已经扣款了，过了3天仍未退回，要求处理") >= 45
    assert rules.likeness(told, "在西湖支行等了60分钟才叫到号，柜员态度还很冷淡") < 20
    assert rules.likeness("My card was charged twice at your ATM", "the ATM charged my card twice!") >= 45


def test_the_same_words_long_ago_are_another_matter() -> None:
    limits, words = rules.Limits(), "手机银行转账失败但已扣款"
    known = [("near", AT - 29 * DAY, words), ("far", AT - 31 * DAY, words)]
    assert rules.same_matter(words, AT, known, limits) == [("near", 100)]


def test_whoever_has_an_interest_is_barred() -> None:
    assert rules.barred("E1", "E2", {"E1", "E3", "E4"}) == {"E2"}
    assert rules.barred("E1", "", {"E1", "E3"}) == {"E3"}  # the only colleague
    assert rules.barred("", "", set()) == set()


@pytest.mark.parametrize(
    ("amount", "had", "year", "over"),
    [(500_00, 0, 0, ""), (500_01, 0, 0, "alone"), (100_00, 450_00, 450_00, "alone"), (100_00, 0, 1_950_00, "year")],
)
def test_a_concession_above_a_limit_needs_a_second_person(amount: int, had: int, year: int, over: str) -> None:
    assert rules.over_limit(amount, had, year, ["complaint_handler"], rules.Limits(), 100) == over
    assert rules.over_limit(1, 0, 0, ["teller"], rules.Limits(), 100) == "alone"


def _told(key: str, who: str, day: int, cause: str = "C01", org: str = "/HQ/") -> rules.Told:
    return rules.Told(key, who, AT + day * DAY, org, "B01", cause)


def test_a_repeat_is_the_same_customer_and_cause_within_the_days() -> None:
    rows = [_told("a", "C1", 0), _told("b", "C1", 90), _told("c", "C1", 181), _told("d", "C2", 90), _told("e", "", 90)]
    assert rules.repeats(rows, 90) == {"b"}
    assert rules.repeats([_told("a", "C1", 0), _told("b", "C1", 1, "C02")], 90) == set()


def test_a_group_is_different_customers_and_not_one_loud_one() -> None:
    loud = [_told(f"x{n}", "C1", n) for n in range(5)]
    assert rules.groups(loud, 3, 14) == []
    (found,) = rules.groups([_told("a", "C1", 0), _told("b", "C2", 10), _told("c", "C3", 20)], 3, 14)
    assert (found.customers, found.keys) == (3, ("a", "b", "c"))
    apart = [_told("a", "C1", 0), _told("b", "C2", 15), _told("c", "C3", 30)]
    assert rules.groups(apart, 3, 14) == []
    assert rules.groups([_told("a", "C1", 0), _told("b", "C2", 1), _told("c", "C3", 2, org="/B/")], 3, 14) == []


complaint = st.builds(
    counting.Decided,
    channel=st.sampled_from(["A01", "A02"]), business=st.sampled_from(["", "B01", "B02"]),
    cause=st.sampled_from(["", "C01", "C02"]), branch=st.sampled_from(["S1", "S2"]),
    received_on=st.dates(date(2026, 1, 1), date(2026, 3, 31)),
    closed_on=st.none() | st.dates(date(2026, 4, 1), date(2026, 7, 31)),
    due_on=st.none() | st.dates(date(2026, 3, 1), date(2026, 7, 1)), repeat=st.booleans(), group=st.booleans(),
)  # fmt: skip


@given(st.lists(complaint, max_size=30))
def test_every_part_of_the_return_adds_up_to_its_total(rows: list[counting.Decided]) -> None:
    found = counting.count(rows, date(2026, 6, 1))
    assert found.adds_up
    assert found.total.received == len(rows)


def test_the_day_of_receipt_is_not_counted() -> None:
    def line(days: int) -> counting.Line:
        on = date(2026, 1, 1)
        return counting.line_of(
            counting.Decided("A", "B", "C", "S", on, on + timedelta(days=days), None, False, False), date(2026, 6, 1)
        )

    assert (line(15).in_15, line(16).in_30, line(30).in_30, line(31).in_60, line(60).in_60, line(61).later) == (1,) * 6


def test_the_table_ships_in_two_levels_with_names_in_both_languages(tmp_path: object) -> None:
    (table,) = versions_of(tmp_path)  # type: ignore[arg-type]
    assert table.top("cause", "C0501") == "C05"
    for kind in coding.KINDS:
        assert all(one.zh and one.en for one in table.codes[kind].values())
    assert all(one.documents for one in table.codes["business"].values())


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("在西湖支行等了60分钟才叫到号，柜员态度还很冷淡", "C01"),
        ("手机银行转账失败但已扣款，3天仍未退回", "C05"),
        ("账户被收取年费和短信费，事先没有告知，要求退还", "C04"),
        ("员工把我的联系方式给了第三方，个人信息泄露", "C07"),
        ("理财推荐时没有说清风险，一直推销", "C03"),
        ("I was charged a fee nobody had told me of, please refund", "C04"),
    ],
)
def test_the_words_of_the_table_speak_for_a_cause_and_are_named(words: str, cause: str) -> None:
    (table,) = versions_of(__import__("pathlib").Path("/nowhere"))
    top = {code: one for code, one in table.codes["cause"].items() if not one.above}
    found = suggesting.suggest(words, top, suggesting.Taught())
    assert found[0].code == cause
    assert all(rules.plain(word) in rules.plain(words) for one in found for word in one.because)
    assert len(found) <= 3


def test_what_was_coded_teaches_what_no_word_of_the_table_says() -> None:
    codes = {code: coding.Code(code, code, code) for code in ("X", "Y")}
    assert suggesting.suggest("停车场满了", codes, suggesting.Taught()) == []
    coded = [(f"停车场满了没有车位{n}号", "X") for n in range(4)] + [(f"空调太冷坐不住{n}", "Y") for n in range(4)]
    found = suggesting.suggest("你们的停车场没有车位", codes, suggesting.teach(coded))
    assert found[0].code == "X"
    assert any("停车场" in word or "车位" in word for word in found[0].because)


def test_the_same_form_sent_often_teaches_once() -> None:
    assert suggesting.teach([("同样的话", "X")] * 9).complaints == {"X": 1}


CODES = {code: coding.Code(code, code, code) for code in ("X", "Y", "Z")}
TOLD = {"X": "停车场满了没有车位", "Y": "空调太冷坐不住", "Z": "回单打印不出来"}


def _coded(count: int, say: Callable[[random.Random], tuple[str, str]]) -> list[tuple[str, str]]:
    made = random.Random(4)
    return [say(made) for _ in range(count)]


def test_suggestions_are_tried_on_the_newest_and_taught_by_older_ones_alone() -> None:
    def say(made: random.Random) -> tuple[str, str]:
        code = made.choice("XYZ")
        return f"{TOLD[code]}{made.randrange(999)}", code

    found = suggesting.tried(_coded(300, say), CODES)
    assert (found.tried, found.right, found.unfit) == (100, 100, frozenset()) and found.tells
    assert found.usual < 60 and found.share[0] == 1 and found.share[1] > 0.95
    assert suggesting.tried(_coded(900, say), CODES).tried == 120
    # what only the newest say was taught by nothing: had they taught themselves it would be right
    new = [(f"叫号机坏了{n}", "Z") for n in range(120)]
    only = suggesting.tried([*new, *_coded(240, lambda made: (TOLD["X"], made.choice("XY")))], CODES)
    assert only.right == 0


def test_few_coded_complaints_say_nothing_of_how_often_it_is_right() -> None:
    found = suggesting.tried([(TOLD["X"], "X")] * 80, CODES)
    assert not found.tells and found.tried == 26 and found.unfit == frozenset()
    assert not suggesting.tried([], CODES).tells


def test_a_code_no_better_than_always_guessing_the_commonest_is_suggested_no_more() -> None:
    def say(made: random.Random) -> tuple[str, str]:
        if made.random() < 0.4:  # of these words nobody can tell whether it is Y or X: most often it is X
            return f"{TOLD['Y']}{made.randrange(999)}", "Y" if made.random() < 0.3 else "X"
        return f"{TOLD['Z']}{made.randrange(999)}", "Z" if made.random() < 0.9 else "X"

    coded = _coded(360, say)
    taught = suggesting.teach(coded[120:])
    found = suggesting.tried(coded, CODES)
    assert found.unfit, "the words of Y are Y in three of ten and the commonest code is right more often"
    before = suggesting.suggest(TOLD["Y"], CODES, taught)
    after = suggesting.suggest(TOLD["Y"], CODES, taught, found.unfit)
    assert before and {one.code for one in after} == {one.code for one in before} - found.unfit
    assert "Z" not in found.unfit


@given(st.lists(st.tuples(st.text("停车场空调回单0123", max_size=12), st.sampled_from("XYZ")), max_size=140))
def test_no_record_claims_more_right_than_were_tried(coded: list[tuple[str, str]]) -> None:
    found = suggesting.tried(coded, CODES)
    assert 0 <= found.right <= found.tried <= len(coded) // 3 and found.usual <= found.tried


def test_words_nobody_ever_said_speak_for_no_code() -> None:
    """By the smoothing alone they spoke for the code with the fewest complaints, with themselves as the reason."""
    coded = [(f"{TOLD['X']}{n}号窗口旁", "X") for n in range(9)] + [(f"{TOLD['Y']}{n}", "Y") for n in range(3)]
    taught = suggesting.teach(coded)
    assert suggesting.suggest("员工在微信群里骂人", CODES, taught) == []
    (found,) = suggesting.suggest("空调太冷", CODES, taught)
    assert found.code == "Y" and found.share > 0.5


def test_what_one_complaint_alone_said_is_no_reason() -> None:
    coded = [(f"{TOLD['X']}{n}", "X") for n in range(4)] + [(f"{TOLD['Y']}{n}", "Y") for n in range(3)]
    taught = suggesting.teach([*coded, ("窗帘褪色", "Y")])
    assert suggesting.suggest("窗帘", CODES, taught) == []


@given(st.text("停车场空调回单0123", max_size=12), st.lists(
    st.tuples(st.text("停车场空调回单0123", max_size=12), st.sampled_from("XYZ")), max_size=40
))  # fmt: skip
def test_every_suggestion_stands_on_words_of_the_text_and_is_worth_reading(
    words: str, coded: list[tuple[str, str]]
) -> None:
    found = suggesting.suggest(words, CODES, suggesting.teach(coded))
    assert all(one.because and all(word in rules.plain(words) for word in one.because) for one in found)
    assert all(suggesting.LIKELY <= one.share <= 1 for one in found)
