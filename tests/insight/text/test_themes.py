from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from tenure import insight
from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.text import BANK_SUBJECTS, Themes, key_phrases, stability
from tenure.insight.text.reading import gist
from tenure.insight.text.stopwords import CHINESE, ENGLISH

from .voices import SUBJECTS, spoken

TEXTS, TRUE = spoken(1_500)


@pytest.fixture(scope="module")
def state() -> str:
    return Themes().fit(TEXTS).state()


@pytest.fixture
def found(state: str) -> Themes:
    return Themes.from_state(state)


def test_it_is_reached_from_insight() -> None:
    assert insight.Themes is Themes


def test_the_subjects_people_speak_of_are_found_and_named(found: Themes) -> None:
    assert set(SUBJECTS) <= {theme.key for theme in found.themes_}
    assert all(theme.name.startswith(theme.key) for theme in found.themes_)
    assert adjusted_rand_score(TRUE, [str(each) for each in found.assign(TEXTS)]) > 0.9


def test_sizes_count_every_text_and_examples_are_customers_own_words(found: Themes) -> None:
    counts = Counter(found.assign(TEXTS))
    assert sum(theme.texts for theme in found.themes_) + found.without_ == found.texts_ == len(TEXTS)
    for theme in found.themes_:
        assert theme.texts == counts[theme.key]
        assert theme.share.low is not None and theme.share.low < theme.texts / len(TEXTS) < (theme.share.high or 0)
        assert theme.examples and set(theme.examples) <= set(TEXTS)
        assert set(found.assign(theme.examples)) == {theme.key}


def test_neither_order_nor_chance_changes_the_themes(found: Themes) -> None:
    shuffled = TEXTS.copy()
    random.Random(8).shuffle(shuffled)
    again = Themes().fit(shuffled)
    assert again.themes_ == found.themes_
    assert again.assign(TEXTS) == found.assign(TEXTS)


def test_samples_of_the_texts_give_nearly_the_same_themes(found: Themes) -> None:
    assert min(stability(TEXTS, found, rounds=2)) > 0.9
    with pytest.raises(InputError, match="part 2"):
        stability(TEXTS, found, part=2)


def test_one_text_sent_a_thousand_times_makes_no_theme_but_counts() -> None:
    flood = ["老客户了，登录总是超时！" + "！" * (each % 7) for each in range(1_000)]
    calm, flooded = Themes().fit(TEXTS), Themes().fit([*TEXTS, *flood])
    assert [theme.key for theme in flooded.themes_ if theme.texts > 100] != []
    assert {theme.key for theme in flooded.themes_} == {theme.key for theme in calm.themes_}
    before, after = ({theme.key: theme.texts for theme in each.themes_} for each in (calm, flooded))
    assert after["登录"] == before["登录"] + 1_000
    assert flooded.distinct_ - calm.distinct_ <= 1


def test_a_text_that_names_no_subject_has_no_theme(found: Themes) -> None:
    assert found.assign(["", "👎👎👎", "垃圾", "嗯嗯"]) == [None] * 4


def test_a_name_given_by_the_bank_stays(found: Themes) -> None:
    found.rename("排队", "网点等候")
    assert {theme.key: theme.name for theme in found.themes_}["排队"] == "网点等候"
    others = {theme.key: theme.name for theme in found.themes_}
    found.update(TEXTS[:1_000])
    assert {theme.key: theme.name for theme in found.themes_} == others
    assert {theme.key: theme.name for theme in found.themes_}["排队"] == "网点等候"
    with pytest.raises(InputError, match="a theme needs a name"):
        found.rename("排队", " ")


def test_merged_themes_hold_what_both_held(found: Themes) -> None:
    was = found.assign(TEXTS)
    before = Counter(was)
    found.merge("理财", into="转账")
    # at once: whatever was of either is of the one, and nothing else moves
    assert found.assign(TEXTS) == ["转账" if theme == "理财" else theme for theme in was]
    [merged] = [theme for theme in found.themes_ if theme.key == "转账"]
    assert merged.texts == before["转账"] + before["理财"]
    assert {"理财", "转账"} <= set(merged.phrases) and set(found.assign(merged.examples)) == {"转账"}
    assert found.assign(TEXTS) == Themes.from_state(found.state()).assign(TEXTS)
    found.update(TEXTS)
    after = Counter(found.assign(TEXTS))
    assert "理财" not in after
    assert after["转账"] >= before["转账"] + before["理财"]


def test_a_moved_phrase_takes_its_texts_along(found: Themes) -> None:
    assert set(found.assign(["银行卡限额太低了"])) != {"排队"}
    found.move_phrase("限额", "排队")
    assert found.assign(["银行卡限额太低了"]) == ["排队"]
    found.update(TEXTS)
    assert found.assign(["银行卡限额太低了"]) == ["排队"]
    found.move_phrase("天窗", "排队")  # a phrase never seen
    assert found.assign(["天窗坏了"]) == ["排队"]
    with pytest.raises(InputError, match="all that '转账' rests on"):
        found.move_phrase("转账", "排队")


def test_a_moved_text_stays_moved_and_moved_twice_its_kin_follow(found: Themes) -> None:
    text, kin = "理财收益呀", "理财收益呢"
    assert found.assign([text, kin]) == ["理财", "理财"]
    found.move_text(text, "登录")
    found.update(TEXTS)
    assert found.assign([text + "！！", kin]) == ["登录", "理财"]
    found.move_text("理财收益哦", "登录")
    found.update(TEXTS)
    assert found.assign([kin, "理财亏损没人解释"]) == ["登录", "理财"]


def test_themes_come_back_from_their_state_with_their_corrections(found: Themes) -> None:
    found.rename("登录", "进不了门")
    found.move_text("停车位", "排队")
    back = Themes.from_state(found.state())
    assert back.assign([*TEXTS, "停车位"]) == found.assign([*TEXTS, "停车位"])
    assert back.update(TEXTS).themes_ == found.update(TEXTS).themes_
    for broken in ("{}", "nothing", '{"format": 9, "count": null, "smallest": 0.02}'):
        with pytest.raises(InputError):
            Themes.from_state(broken)


def test_given_subjects_are_looked_for_first_and_others_are_found_beside_them() -> None:
    made = Themes(subjects={"waiting": ("排队", "叫号"), "weather": ("下雨",)}).fit(TEXTS)
    keys = {theme.key: theme for theme in made.themes_}
    assert "排队" not in keys and {"waiting", "登录", "转账", "理财"} <= set(keys) and "weather" not in keys
    assert keys["waiting"].name.startswith("排队")
    assert made.assign(["排队好久", "登录不了"]) == ["waiting", "登录"]
    assert Themes.from_state(made.state()).update(TEXTS).themes_ == made.update(TEXTS).themes_


def test_ready_sentences_that_many_ticked_have_given_subjects_only() -> None:
    ticked = ["排队太久，只开一个窗口。"] * 40 + ["手续费收得不明不白。"] * 30 + ["很好很好。"] * 30
    found = Themes(subjects=BANK_SUBJECTS).fit(ticked)
    assert [(theme.key, theme.texts) for theme in found.themes_] == [("waiting", 40), ("fees", 30)]
    assert found.without_ == 30
    with pytest.raises(TooLittleData, match="49 texts have no themes"):
        Themes(subjects=BANK_SUBJECTS).fit(ticked[:49])


def test_names_of_branches_and_employees_are_no_subjects() -> None:
    said = [f"春熙支行{text}" for text in TEXTS]
    assert any("春熙支行" in (theme.key, *theme.phrases) for theme in Themes().fit(said).themes_)
    told = Themes(names=["成都春熙支行", "张伟"]).fit(said)
    assert not any("春熙支行" in (theme.key, *theme.phrases) for theme in told.themes_)
    assert "张伟" not in told.state()


def test_a_subject_that_comes_up_later_becomes_a_theme_where_growth_is_asked_for() -> None:
    found = Themes().fit([text for text, true in zip(TEXTS, TRUE, strict=True) if true != "理财"])
    before = [theme.key for theme in found.themes_]
    assert "理财" not in before
    assert {theme.key for theme in found.update(TEXTS).themes_} == set(before)
    assert "理财" in {theme.key for theme in found.update(TEXTS, grow=True).themes_}
    assert set(before) <= {theme.key for theme in found.themes_}


def test_english_themes_are_named_by_words_and_masked_names_are_none() -> None:
    made = random.Random(4)
    said = "returned wrong changed blocked declined stolen replaced abroad expired shown disputed reopened".split()  # noqa: SIM905
    subjects = ["mortgage", "credit report", "card"]
    texts = [
        f"{made.choice(said)} XXXX the {made.choice(subjects)} was {made.choice(said)} again on {each}"
        for each in range(600)
    ]
    keys = {theme.key for theme in Themes().fit(texts).themes_}
    assert {"mortgage", "card"} <= keys
    assert keys & {"credit report", "credit", "report"}
    assert not any("xx" in key for key in keys)


def test_the_number_of_themes_may_be_asked_for() -> None:
    assert len(Themes(count=2).fit(TEXTS).themes_) == 2
    with pytest.raises(InputError, match="2 to 50"):
        Themes(count=1)
    with pytest.raises(InputError, match="between 0 and 1"):
        Themes(smallest=2)


@pytest.mark.parametrize("texts", [[], [""] * 500, ["登录不上"] * 500, ["👍"] * 500, ["登录", "转账"]])
def test_anecdotes_are_no_themes(texts: list[str]) -> None:
    with pytest.raises(TooLittleData, match="different texts have no themes"):
        Themes().fit(texts)


def test_texts_in_which_nothing_recurs_have_no_themes() -> None:
    made = random.Random(1)
    noise = ["".join(chr(made.randrange(0x4E00, 0x9FA5)) for _ in range(12)) for _ in range(200)]
    with pytest.raises(TooLittleData, match="no phrase recurs"):
        Themes().fit(noise)


def test_nothing_is_asked_of_themes_not_found_yet(found: Themes) -> None:
    with pytest.raises(InputError, match="no themes yet"):
        Themes().assign(["登录"])
    with pytest.raises(InputError, match="is no theme"):
        found.merge("登录", "天气")


def test_key_phrases_hold_together_and_leave_out_what_has_no_subject() -> None:
    phrases = {phrase.text: phrase for phrase in key_phrases(TEXTS)}
    assert {"登录", "排队", "转账", "理财"} <= set(phrases)
    assert not {"录失", "队很"} & set(phrases)
    assert not set(phrases) & (CHINESE | ENGLISH)
    assert all(phrase.cohesion >= 3.5 and phrase.freedom >= 2.5 for phrase in phrases.values())


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_punctuation_and_emoji_are_no_part_of_the_gist(text: str) -> None:
    assert gist(f"{text}！！ 😡") == gist(text)


def test_saying_it_twice_is_saying_it_once() -> None:
    assert gist("很好很好很好！") == gist("很好")
    assert gist("很好") != gist("不好")
