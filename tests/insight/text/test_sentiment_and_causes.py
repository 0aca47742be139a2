from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.text import COMMON_CAUSES, SIX_CAUSES, ComplaintCause, Sentiment
from tenure.insight.text.lexicon import POLARITY
from tenure.insight.text.sentiment import lexicon_score

from .voices import FILLER


def _answers(rows: int = 400, seed: int = 2) -> tuple[list[str], list[float]]:
    """Verbatims beside recommend scores, in words that no lexicon holds."""
    made = random.Random(seed)
    texts, scores = [], []
    for _ in range(rows):
        happy = made.random() < 0.5
        texts.append(
            made.choice(["杠杠的", "巴适得板", "安逸"] if happy else ["瓜兮兮", "扯拐", "恼火"]) + made.choice(FILLER)
        )
        scores.append(float(made.choice([9, 10] if happy else [0, 3, 6])))
    return texts, scores


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("服务很好，很耐心", "positive"),
        ("柜员态度差，等了一个小时没人管", "negative"),
        ("不满意", "negative"),
        ("不太满意", "negative"),
        ("没有麻烦", "positive"),
        ("环境干净，但是态度恶劣", "negative"),
        ("The staff were very friendly and helpful", "positive"),
        ("Not helpful at all", "negative"),
        ("app 一直闪退，terrible", "negative"),
        ("今天去了网点", None),
        ("", None),
        ("😡", None),
    ],
)
def test_the_lexicon_reads_praise_blame_negation_and_contrast_or_cannot_tell(text: str, label: str | None) -> None:
    [felt] = Sentiment().judge([text])
    assert felt.label == label
    assert 0.5 <= felt.confidence < 1
    assert bool(felt.spoke) == (label is not None)


def test_a_stronger_word_weighs_more_and_a_weaker_less() -> None:
    much, plainly, little = (lexicon_score(text)[0] for text in ("非常方便", "方便", "有点方便"))
    assert much > plainly > little > 0


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_a_probability_and_the_order_of_texts_does_not_matter(text: str) -> None:
    one, other = Sentiment().predict_proba([text, "很好"]), Sentiment().predict_proba(["很好", text])
    assert (one == other[::-1]).all()
    assert ((one > 0) & (one < 1)).all()


def test_the_banks_own_answers_replace_the_lexicon_where_they_know_better() -> None:
    texts, scores = _answers()
    taught = Sentiment().fit(texts, scores)
    assert taught.source_ == "classifier"
    assert taught.accuracy_.low is not None and taught.accuracy_.low > 0.95
    assert [each.label for each in taught.judge(["真是巴适得板", "又扯拐了"])] == ["positive", "negative"]
    said = [*texts, "真是巴适得板", "又扯拐了", "", "乜嘢"]
    assert taught.labels(said) == [each.label for each in taught.judge(said)]
    assert Sentiment().labels(said) == [each.label for each in Sentiment().judge(said)]
    back = Sentiment.load(taught.save())
    assert (back.predict_proba(texts) == taught.predict_proba(texts)).all()
    assert back.source_ == "classifier"


def test_the_lexicon_stays_where_the_answers_teach_nothing_better() -> None:
    made = random.Random(6)
    good, bad = (
        [word for word, points in POLARITY.items() if points * sign > 0 and word[0] > "z" and len(word) > 1]
        for sign in (1, -1)
    )
    texts, scores = [], []
    for at in range(100):
        noise = "".join(made.choices(FILLER, k=40))
        texts.append(noise + (good if at % 2 else bad)[at // 2])
        scores.append(10.0 if at % 2 else 2.0)
    stayed = Sentiment().fit(texts, scores)
    assert stayed.source_ == "lexicon" and stayed.accuracy_.n == 100
    with pytest.raises(InputError, match="lexicon judges"):
        stayed.learn(["好"], ["positive"])
    assert Sentiment.load(stayed.save()).predict_proba(["好"]) == stayed.predict_proba(["好"])


def test_a_handlers_correction_turns_a_judgement() -> None:
    taught = Sentiment().fit(*_answers())
    taught.learn(["扯拐"] * 6, ["positive"] * 6)
    assert taught.judge(["扯拐"])[0].label == "positive"


def test_scores_in_the_middle_or_missing_teach_nothing_and_too_few_are_refused() -> None:
    texts, scores = _answers(60)
    with pytest.raises(TooLittleData, match="detractors"):
        Sentiment().fit([*texts, *["还行"] * 500], [*scores, *[7.0] * 250, *[float("nan")] * 250])
    with pytest.raises(InputError, match="at most 10"):
        Sentiment().fit(["好"], [11])
    with pytest.raises(InputError, match="different lengths"):
        Sentiment().fit(["好"], [1, 2])
    with pytest.raises(InputError, match=r"sure is 0\.2"):
        Sentiment(sure=0.2)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("取款机吞卡，钱也没有退回", "system"),
        ("短信费没有告知就扣了，请退还", "fees"),
        ("柜员很没礼貌，态度冷淡", "service"),
        ("有人泄露了我的个人信息", "privacy"),
        ("The app crashes and I cannot log in", "system"),
    ],
)
def test_a_cause_is_suggested_from_the_first_day(text: str, cause: str) -> None:
    handler = ComplaintCause()
    found = handler.suggest(text)
    assert handler.cold_
    assert found.label == cause
    assert len(found.alternatives) == 2 and found.spoke
    assert found.confidence > found.alternatives[0][1] > found.alternatives[1][1]


def test_the_six_causes_of_the_book_are_known_and_bear_the_banks_codes() -> None:
    assert len(SIX_CAUSES) == 6
    handler = ComplaintCause(SIX_CAUSES, codes={"arrogance": "Z03"})
    assert handler.suggest("谈利率的时候盛气凌人，态度傲慢").label == "Z03"
    with pytest.raises(InputError, match="weather"):
        ComplaintCause(SIX_CAUSES, codes={"weather": "Z09"})


def test_a_text_that_names_no_cause_gets_no_label_but_alternatives() -> None:
    found = ComplaintCause(sure=0.9).suggest("请处理")
    assert found.label is None and len(found.alternatives) == 2
    assert ComplaintCause().suggest("").label is None


def test_past_coded_complaints_replace_the_description_code_by_code() -> None:
    handler = ComplaintCause().fit(["U盾插不上，读不出来"] * 6 + ["停车没车位"] * 6, ["system"] * 6 + ["parking"] * 6)
    assert not handler.cold_
    assert handler.suggest("U盾又读不出来").label == "system"
    assert handler.suggest("没有停车位").label == "parking"
    assert handler.suggest("短信费没有告知就扣了").label == "fees"
    assert set(handler.model.labels_) == {*COMMON_CAUSES, "parking"}


def test_corrections_of_a_cause_teach_and_are_kept() -> None:
    handler, text = ComplaintCause(), "取款机吞卡，钱也没有退回"
    handler.learn([text] * 6, ["service"] * 6)
    assert handler.suggest(text).label == "service"
    assert ComplaintCause().restore(handler.save()).suggest(text) == handler.suggest(text)
    assert np.isclose(handler.model.predict_proba([text]).sum(), 1)
