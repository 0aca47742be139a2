from __future__ import annotations

import doctest

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure import insight
from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData
from tenure.insight.judgement import calibration_error
from tenure.insight.text import TextClassifier, classifier
from tenure.insight.text.calibration import fit_scaling
from tenure.insight.text.spans import Spoke, stretches

from .voices import spoken


@pytest.fixture(scope="module")
def saved() -> bytes:
    return TextClassifier().fit(*spoken()).save()


@pytest.fixture
def taught(saved: bytes) -> TextClassifier:
    return TextClassifier.load(saved)


def test_the_example_in_the_docstring_runs() -> None:
    assert doctest.testmod(classifier).failed == 0


def test_it_is_reached_from_insight() -> None:
    assert insight.TextClassifier is TextClassifier


def test_unseen_sentences_get_their_subject(taught: TextClassifier) -> None:
    assert taught.predict(["登录又失败了", "转账到不了", "排队没完没了", "理财又亏了"]) == [
        "登录",
        "转账",
        "排队",
        "理财",
    ]
    assert taught.accuracy_.value is not None and taught.accuracy_.value > 0.98
    assert taught.accuracy_.low is not None and taught.accuracy_.low < taught.accuracy_.value


def test_english_and_mixed_texts_are_read_too() -> None:
    texts = ["The fee was charged twice", "rude teller at the counter", "fee 收了两次", "柜员 very rude"] * 10
    model = TextClassifier().fit(texts, ["fees", "service", "fees", "service"] * 10)
    assert model.predict(["another FEE", "so rude!"]) == ["fees", "service"]


def test_the_judgements_behind_the_accuracy_are_counted(taught: TextClassifier) -> None:
    confusion = taught.confusion_
    assert confusion.shape == (len(taught.labels_), len(taught.labels_))
    assert confusion.sum() == taught.accuracy_.n
    assert confusion.trace() / confusion.sum() == taught.accuracy_.value
    assert (TextClassifier.load(taught.save()).confusion_ == confusion).all()


def test_full_width_and_upper_case_change_nothing(taught: TextClassifier) -> None:
    one, other = taught.predict_proba(["APP登录失败!", "ａｐｐ登录失败！"])
    assert one == pytest.approx(other)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_probabilities_of_any_text_are_probabilities(saved: bytes, text: str) -> None:
    chances = TextClassifier.load(saved).predict_proba([text])
    assert chances.shape == (1, 4)
    assert chances.sum() == pytest.approx(1)
    assert (chances >= 0).all()


def test_the_same_examples_make_the_same_model(saved: bytes, taught: TextClassifier) -> None:
    again = TextClassifier().fit(*spoken())
    texts = [*spoken(50, seed=9)[0], ""]
    assert (again.predict_proba(texts) == taught.predict_proba(texts)).all()


def test_what_is_saved_comes_back_to_the_last_bit_and_holds_no_whole_text(taught: TextClassifier) -> None:
    texts, _ = spoken()
    back = TextClassifier.load(taught.save())
    assert (back.predict_proba(texts) == taught.predict_proba(texts)).all()
    assert back.accuracy_ == taught.accuracy_
    assert max(len(term) for term in back._vocabulary.terms) <= 4
    with pytest.raises(InputError, match="no saved"):
        TextClassifier.load(b"something else")


def test_the_pieces_that_spoke_for_a_label_are_in_the_text_and_name_its_subject(taught: TextClassifier) -> None:
    told = taught.explain("老客户了，排队等了很久。")
    assert "排队" in told[0].piece
    assert all(each.piece in "老客户了,排队等了很久。" and each.weight > 0 for each in told)
    assert [each.weight for each in told] == sorted((each.weight for each in told), reverse=True)


def test_english_reasons_are_whole_words() -> None:
    texts = ["charged a late fee twice", "the teller was rude to me"] * 10
    model = TextClassifier().fit(texts, ["fees", "service"] * 10)
    told = [each.piece for each in model.explain("A rude teller!!", "service")]
    assert sorted(told) == ["rude", "teller"]


def test_reasons_add_up_to_the_log_odds(taught: TextClassifier) -> None:
    text = "转账失败，登录也失败"
    [chances] = np.log(taught.predict_proba([text]))
    [base] = np.log(taught.predict_proba([""]))
    ahead = (chances - chances.mean()) - (base - base.mean())
    vector = taught._vectors([classifier.pieces(text)])
    whole = taught._scaling.slope * np.asarray(vector @ (taught._weights - taught._weights.mean(axis=0)).T)[0]
    assert ahead == pytest.approx(whole)


def test_overlapping_pieces_are_told_as_one_stretch_with_the_sum_of_their_weights() -> None:
    told = stretches("周末排队, 又排队fee", {"排": 1.0, "排队": 2.0, "队": 1.0, "_fee": 2.0, "周": -1.0})
    assert told == [Spoke("排队", 4.0), Spoke("fee", 2.0)]
    assert stretches("", {}) == []


def test_a_repeated_correction_outweighs_what_was_learnt(taught: TextClassifier) -> None:
    text = "昨天登录失败！"
    chances = [taught.predict_proba([text])[0, taught.labels_.index("理财")]]
    assert chances[0] < 0.05
    for _ in range(8):
        taught.learn([text], ["理财"])
        chances.append(taught.predict_proba([text])[0, taught.labels_.index("理财")])
    assert chances == sorted(chances)
    assert taught.predict([text]) == ["理财"]
    assert taught.corrections_ == 8


def test_one_correction_leaves_other_subjects_alone_and_teaches_new_words(taught: TextClassifier) -> None:
    before = taught.predict_proba(["上周理财太难"])
    unknown = taught.suggest("冇钱嘅柜圆机")
    taught.learn(["冇钱嘅柜圆机"] * 3, ["排队"] * 3)
    assert taught.predict_proba(["上周理财太难"]) == pytest.approx(before, abs=0.02)
    assert taught.suggest("冇钱嘅柜圆机").label == "排队"
    assert taught.suggest("冇钱嘅柜圆机").confidence > unknown.confidence


def test_a_text_of_unknown_words_gets_the_base_rate_and_no_label(taught: TextClassifier) -> None:
    nothing = taught.suggest("")
    assert nothing.label is None and nothing.spoke == ()
    assert taught.predict_proba([""])[0] == pytest.approx(taught.predict_proba(["ηθικός"])[0])
    assert nothing.confidence < 0.5


def test_emoji_and_a_whole_file_pasted_in_are_read(taught: TextClassifier) -> None:
    assert taught.suggest("😡😡登录😡").label == "登录"
    assert taught.suggest("理财亏损" * 100_000).label == "理财"


def test_where_labels_are_noisy_it_knows_how_good_and_how_calibrated_it_is() -> None:
    texts, labels = spoken(4_000, seed=5)
    drawn = np.random.default_rng(1)
    keys = sorted(set(labels))
    noisy = [str(drawn.choice(keys)) if drawn.random() < 0.4 else label for label in labels]
    model = TextClassifier().fit(texts[:1_500], noisy[:1_500])
    chances = model.predict_proba(texts[1_500:])
    right = np.array(model.labels_)[chances.argmax(axis=1)] == np.array(noisy[1_500:])
    assert model.accuracy_.value == pytest.approx(right.mean(), abs=0.04)
    assert model.ece_ == pytest.approx(calibration_error(right, chances.max(axis=1)), abs=0.04)


def test_scaling_finds_the_temperature_that_made_the_labels() -> None:
    drawn = np.random.default_rng(2)
    scores = drawn.normal(0, 3, (20_000, 3))
    chances = np.exp(0.5 * scores + [0, 1, 0])
    chances /= chances.sum(axis=1, keepdims=True)
    labels = (drawn.random((20_000, 1)) > chances.cumsum(axis=1)).sum(axis=1)
    found = fit_scaling(scores, labels)
    assert found.slope == pytest.approx(0.5, abs=0.02)
    assert found.bias[1] - found.bias[0] == pytest.approx(1, abs=0.08)


def test_calibration_error_is_the_gap_between_promise_and_truth() -> None:
    assert calibration_error(np.arange(100) < 90, np.full(100, 0.9)) == pytest.approx(0)
    assert calibration_error(np.arange(100) < 50, np.full(100, 0.9)) == pytest.approx(0.4)


def test_columns_of_any_library_are_taken(taught: TextClassifier) -> None:
    texts, _ = spoken(20)
    expected = taught.predict(texts)
    for column in (np.array(texts), pd.Series(texts), pl.Series(texts), pa.array(texts), tuple(texts)):
        assert taught.predict(column) == expected


def test_a_label_with_few_examples_is_set_aside_and_named() -> None:
    texts, labels = spoken(200)
    model = TextClassifier().fit([*texts, "停车不方便", ""], [*labels, "停车", "停车"])
    assert model.set_aside_ == {"停车": 1} and model.empty_ == 1
    assert "停车" not in model.labels_


@pytest.mark.parametrize(
    ("texts", "labels", "error", "says"),
    [
        (["好"] * 20, ["a"] * 20, InputError, "every text is labelled 'a'"),
        ([], [], TooLittleData, "0 of 0 labels"),
        (["好", "坏"] * 4, ["a", "b"] * 4, TooLittleData, "5 texts"),
        ([""] * 20, ["a", "b"] * 10, TooLittleData, "0 of 2 labels"),
        (["好"] * 3, ["a"] * 2, InputError, "different lengths"),
        (["好", 5], ["a", "b"], InputError, "row 2: 5 is a int"),
        (["好", "坏"], ["a", None], InputError, "row 2: None"),
        ("好", ["a"], InputError, "a column of values was expected"),
    ],
)
def test_what_cannot_be_learnt_is_refused_in_clear_words(
    texts: object, labels: object, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        TextClassifier().fit(texts, labels)


def test_a_classifier_that_learnt_nothing_says_so(taught: TextClassifier) -> None:
    with pytest.raises(InputError, match="learnt nothing"):
        TextClassifier().predict(["好"])
    with pytest.raises(InputError, match="no label of this classifier"):
        taught.learn(["好"], ["别的"])
