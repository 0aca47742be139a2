"""Labelled Chinese reviews, English complaints, and a bank app's reviews; the full figures are bench/text.py's."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold

from tenure.insight.judgement import calibration_error
from tenure.insight.text import Sentiment, TextClassifier, Themes, stability

pytestmark = pytest.mark.real


def _labelled(path: Path, text: str, label: str) -> tuple[np.ndarray, np.ndarray]:
    with (
        gzip.open(path, "rt", encoding="utf-8", newline="")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8", newline="") as file
    ):
        rows = list(csv.DictReader(file))
    return np.array([row[text] for row in rows], dtype=object), np.array([row[label] for row in rows], dtype=object)


def _held_out(texts: np.ndarray, labels: np.ndarray) -> tuple[float, float, TextClassifier]:
    """Accuracy and calibration error on the first of five folds (seed 42), and the model."""
    taught, held = next(StratifiedKFold(5, shuffle=True, random_state=42).split(texts, labels))
    model = TextClassifier().fit(texts[taught], labels[taught])
    chances = model.predict_proba(texts[held])
    right = np.array(model.labels_, dtype=object)[chances.argmax(axis=1)] == labels[held]
    return float(right.mean()), calibration_error(right, chances.max(axis=1)), model


@pytest.fixture(scope="module")
def take_away(real_data: Path) -> tuple[np.ndarray, np.ndarray]:
    return _labelled(real_data / "zh_reviews" / "waimai_10k.csv", "review", "label")


@pytest.fixture(scope="module")
def app_reviews(real_data: Path) -> list[str]:
    lines: set[str] = set()
    for path in sorted((real_data / "zh_bank_app_reviews").glob("*.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            lines |= {line.strip() for line in file if line.strip()}
    return sorted(lines)


def test_half_of_the_take_away_reviews_suffice_to_tell_them_apart_with_calibrated_confidence(
    take_away: tuple[np.ndarray, np.ndarray],
) -> None:
    texts, labels = take_away
    accuracy, ece, model = _held_out(texts[::2], labels[::2])
    assert accuracy > 0.87
    assert ece < 0.04
    assert model.accuracy_.value == pytest.approx(accuracy, abs=0.025)


@pytest.mark.soak
@pytest.mark.parametrize(
    ("corpus", "least"),
    [("waimai_10k.csv", 0.90), ("ChnSentiCorp_htl_all.csv.gz", 0.905)],
    ids=["take-away", "hotels"],
)
def test_chinese_reviews_are_told_apart_as_often_as_promised_over_five_folds(
    real_data: Path, corpus: str, least: float
) -> None:
    texts, labels = _labelled(real_data / "zh_reviews" / corpus, "review", "label")
    right = 0
    for taught, held in StratifiedKFold(5, shuffle=True, random_state=42).split(texts, labels):
        model = TextClassifier().fit(texts[taught], labels[taught])
        said = np.array(model.labels_, dtype=object)[model.predict_proba(texts[held]).argmax(axis=1)]
        right += int((said == labels[held]).sum())
    assert right / len(texts) >= least


def test_the_product_of_an_english_complaint_is_found_better_than_by_the_reference(real_data: Path) -> None:
    texts, labels = _labelled(
        real_data / "cfpb" / "cfpb_narratives_sample.csv.gz", "Consumer complaint narrative", "Product"
    )
    accuracy, ece, _ = _held_out(texts, labels)
    assert accuracy > 0.80
    assert ece < 0.07


def test_the_lexicon_alone_is_right_four_times_in_five_on_reviews_it_was_not_made_for(
    take_away: tuple[np.ndarray, np.ndarray],
) -> None:
    texts, labels = take_away
    judged = Sentiment().judge(texts[::4])
    told = [
        (each.label == "positive") == (label == "1")
        for each, label in zip(judged, labels[::4], strict=True)
        if each.label
    ]
    assert np.mean(told) > 0.82
    assert 0.6 < len(told) / len(judged) < 0.9


def test_a_banker_finds_the_subjects_of_a_banks_app_by_name_and_again_in_other_samples(app_reviews: list[str]) -> None:
    found = Themes().fit(app_reviews)
    assert {"登录", "闪退", "转账", "更新"} <= {theme.key for theme in found.themes_}
    assert found.without_ < 0.2 * found.texts_
    assert min(stability(app_reviews, found, rounds=1)) >= 0.8
