"""Text: accuracy and calibration on labelled corpora, the lexicon's cold start, and themes of a bank app's reviews.

Run ``python bench/text.py`` (takes each corpus once) or ``--full`` (5-fold, five resamplings, 30,000 texts). Targets:
take-away .90, hotels .905, English complaints above .798; a fit of 12,000 texts under 30 s; themes of 30,000 texts
under 2 minutes on one core; adjusted Rand over resampling .8. Beside each accuracy stands that of plain character
TF-IDF and logistic regression on the same folds, and the ratio of the errors. Texts stay where they are.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import time
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from tenure.insight.judgement import calibration_error
from tenure.insight.text import Sentiment, TextClassifier, Themes, stability

DATA = Path(os.environ.get("TENURE_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
LABELLED = {
    "take-away": ("zh_reviews/waimai_10k.csv", "review", "label"),
    "hotels": ("zh_reviews/ChnSentiCorp_htl_all.csv.gz", "review", "label"),
    "complaints": ("cfpb/cfpb_narratives_sample.csv.gz", "Consumer complaint narrative", "Product"),
}


def labelled(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Texts and labels of one corpus."""
    path, text, label = LABELLED[name]
    opened = gzip.open if path.endswith(".gz") else open
    with opened(DATA / path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return np.array([row[text] for row in rows], dtype=object), np.array([row[label] for row in rows], dtype=object)


def app_reviews() -> list[str]:
    """The distinct reviews of the bank's app."""
    lines: set[str] = set()
    for path in sorted((DATA / "zh_bank_app_reviews").glob("*.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            lines |= {line.strip() for line in file if line.strip()}
    return sorted(lines)


def plain_model(taught: np.ndarray, labels: np.ndarray, held: np.ndarray) -> np.ndarray:
    """What the product is measured against: character 1–3-grams (words for English) and logistic regression."""
    english = sum(map(str.isascii, taught)) > len(taught) / 2
    grams = {"analyzer": "word", "ngram_range": (1, 2)} if english else {"analyzer": "char", "ngram_range": (1, 3)}
    vectors = TfidfVectorizer(min_df=2, sublinear_tf=True, **grams)
    model = LogisticRegression(C=5, max_iter=1000).fit(vectors.fit_transform(taught), labels)
    return model.predict(vectors.transform(held))


def classify(name: str, folds: int) -> None:
    """Out-of-fold accuracy, calibration error and the time of a fit."""
    texts, labels = labelled(name)
    right, sure, theirs, seconds = [], [], [], []
    cuts = StratifiedKFold(5, shuffle=True, random_state=42).split(texts, labels)
    for taught, held in list(cuts)[:folds]:
        start = time.perf_counter()
        model = TextClassifier().fit(texts[taught], labels[taught])
        seconds.append(time.perf_counter() - start)
        chances = model.predict_proba(texts[held])
        right.append(np.array(model.labels_, dtype=object)[chances.argmax(axis=1)] == labels[held])
        sure.append(chances.max(axis=1))
        theirs.append(plain_model(texts[taught], labels[taught], texts[held]) == labels[held])
    ours, plain = np.concatenate(right), np.concatenate(theirs)
    ece = calibration_error(ours, np.concatenate(sure))
    print(
        f"{name}: {len(texts):,} texts, accuracy {ours.mean():.4f}, plain {plain.mean():.4f}, "
        f"errors ×{(1 - ours.mean()) / (1 - plain.mean()):.2f}, ECE {ece:.4f}, fit {np.mean(seconds):.1f} s"
    )


def cold_start(name: str) -> None:
    """The lexicon on reviews it was not made for: accuracy on all, and on those where it dares to tell."""
    texts, labels = labelled(name)
    happy = labels == "1"
    start = time.perf_counter()
    judged = Sentiment().judge(texts)
    seconds = time.perf_counter() - start
    positive = np.array([each.positive for each in judged])
    told = np.array([each.label is not None for each in judged])
    right = (positive > 0.5) == happy
    ece = calibration_error(right[told], np.maximum(positive, 1 - positive)[told])
    print(
        f"lexicon on {name}: accuracy {right.mean():.4f}; tells {told.mean():.3f} of them, "
        f"right {right[told].mean():.4f}, ECE {ece:.4f}; {len(texts) / seconds:,.0f} texts/s"
    )


def themes(full: bool) -> None:
    """The themes by name, the time of 30,000 texts, and the agreement under resampling."""
    texts = app_reviews()
    start = time.perf_counter()
    found = Themes().fit(texts)
    print(f"themes: {found.distinct_:,} distinct of {found.texts_:,}; {time.perf_counter() - start:.1f} s")
    print("  " + "; ".join(f"{theme.name} ({theme.texts:,})" for theme in found.themes_))
    print(f"  without a subject: {found.without_ / found.texts_:.1%}")
    for part in (0.8, 0.5):
        agreed = stability(texts, found, rounds=5 if full else 1, part=part)
        print(f"  adjusted Rand on {part:.0%} samples: mean {np.mean(agreed):.3f}, least {min(agreed):.3f}")
    if full:
        grown = [*texts, *(f"{text}{other}" for text, other in zip(texts, texts[1::3], strict=False))][:30_000]
        start = time.perf_counter()
        Themes().fit(grown)
        print(f"  {len(grown):,} texts: {time.perf_counter() - start:.1f} s")


def main() -> None:
    """Print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--full", action="store_true", help="all folds and resamplings")
    full = arguments.parse_args().full
    if not DATA.is_dir():
        print(f"the real texts are not at {DATA}: left out")
        return
    for name in LABELLED:
        classify(name, 5 if full else 1)
    for name in ("take-away", "hotels"):
        cold_start(name)
    themes(full)


if __name__ == "__main__":
    main()
