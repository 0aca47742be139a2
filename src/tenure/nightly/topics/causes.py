"""Causes of complaint (S23): what handlers coded beside what the words suggest, and the causes counted.

A suggestion counts only where the bank's own coded complaints have taught it; before that there is nothing to count.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from tenure.contracts.findings import Cell, Figure, Figures, Grid, Section, Unit, Verdict
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import Estimate, share
from tenure.insight.text import SIX_CAUSES, TextClassifier
from tenure.insight.text.causes import SURE
from tenure.insight.text.classifier import EXAMPLES
from tenure.insight.text.reading import gist
from tenure.nightly.topics import cell, figure
from tenure.nightly.topics.verbatims import RECENT

if TYPE_CHECKING:
    from tenure.nightly.topics import Known
    from tenure.nightly.topics.verbatims import Verbatims

#: Coded complaints that teach the suggestion: the newest that differ.
TAUGHT_BY = 8_000
#: Causes listed.
SHOWN = 30
#: Agreement below this: two handlers, or the words and the handler, see different causes.
AGREED = 0.7
_NUMBERS = re.compile(r"\d+")


def sections(known: Known, rows: pa.Table, told: Verbatims | None) -> Iterator[Section]:
    """The agreement of words and codes, and the causes of the last twelve months. Nothing where nobody complained."""
    rows = rows.filter(pc.equal(rows.column("source"), pa.scalar("complaint")))
    if not rows.num_rows:
        return
    texts: list[Any] = rows.column("words").to_pylist()
    month: list[Any] = rows.column("month").to_pylist()
    codes = [code or None for code in rows.column("cause_code").to_pylist()]
    since = known.frames.past.window.month(RECENT - 1)
    recent = [at for at, each in enumerate(month) if each >= since]
    counts = Counter(codes[at] for at in recent)
    uncoded = counts.pop(None, 0)
    skeletons = _skeletons(known, texts, rows.column("org_id").to_pylist())
    alike = _alike(skeletons, codes)
    figures = [
        Figure("complaints", Unit.COUNT, len(recent)),
        Figure("uncoded", Unit.COUNT, uncoded),
        figure("coded_alike", Unit.SHARE, alike),
    ]
    try:
        model, confusion = _taught(skeletons, codes)
    except TooLittleData:
        yield Figures("causes", figures, Verdict("causes_untaught", tone="warn"))
        if counts:
            yield _grid(known, counts, {}, Counter(), _about(rows, recent, codes, told))
        return
    agreed = model.accuracy_
    assert agreed.value is not None
    figures.append(figure("agreement", Unit.SHARE, agreed))
    fine = agreed.value >= AGREED
    numbers: dict[str, tuple[Unit, Cell]] = {"n": (Unit.COUNT, agreed.n), "agreed": (Unit.SHARE, agreed.value)}
    verdict = Verdict("causes_agree" if fine else "causes_differ", numbers, tone="" if fine else "warn")
    yield Figures("causes", figures, verdict)
    suggested: Counter[str] = Counter()
    for at in recent:
        if codes[at] is None:
            found = model.suggest(texts[at])
            if found.label is not None and found.confidence >= SURE:
                suggested[found.label] += 1
    yield _grid(known, counts, confusion, suggested, _about(rows, recent, codes, told))
    six = {code: counts[code] + suggested[code] for code in SIX_CAUSES if code in model.labels_}
    if six:
        ordered: list[list[Cell]] = [[code, n] for code, n in sorted(six.items(), key=lambda one: (-one[1], one[0]))]
        yield Grid("six_causes", [("six_cause", Unit.CODE), ("complaints", Unit.COUNT)], ordered)


def _skeletons(known: Known, texts: list[str], orgs: list[str | None]) -> list[str]:
    """Each complaint without its branch's name and its numbers: a form filled in twice is one example, not two."""
    tree = known.rows(known.source("organisation").select("org_id", "name")).to_pylist()
    names = {row["org_id"]: row["name"] for row in tree}
    found = []
    for text, org in zip(texts, orgs, strict=True):
        name = names.get(org or "")
        found.append(_NUMBERS.sub("", text.replace(name, "") if name else text))
    return found


def _alike(skeletons: list[str], codes: list[str | None]) -> Estimate:
    """Of complaints in the same words, how many bear the code that most of them bear: do handlers code alike?"""
    forms: dict[str, Counter[str]] = {}
    for text, code in zip(skeletons, codes, strict=True):
        if code is not None:
            forms.setdefault(gist(text), Counter())[code] += 1
    repeated = [counts for counts in forms.values() if counts.total() > 1]
    return share(sum(max(counts.values()) for counts in repeated), sum(counts.total() for counts in repeated))


def _taught(
    skeletons: list[str], codes: list[str | None]
) -> tuple[TextClassifier, dict[str, tuple[int, int, str | None]]]:
    """The classifier taught by different complaints, and for each code how many it judged, how many as coded, and as
    what else most often. Judged by models that had not seen the complaint.

    Raises:
        TooLittleData: fewer than two causes have five different complaints.
    """
    different = {(gist(text), code): text for text, code in zip(skeletons, codes, strict=True) if code and gist(text)}
    pairs = list(different.items())[-TAUGHT_BY:]
    enough = Counter(code for (_, code), _ in pairs)
    if sum(n >= EXAMPLES for n in enough.values()) < 2:
        raise TooLittleData("fewer than two causes have five different complaints")
    model = TextClassifier().fit([text for _, text in pairs], [code for (_, code), _ in pairs])
    found: dict[str, tuple[int, int, str | None]] = {}
    for at, code in enumerate(model.labels_):
        judged = model.confusion_[at].copy()
        right, n = int(judged[at]), int(judged.sum())
        judged[at] = 0
        found[code] = (n, right, model.labels_[int(judged.argmax())] if judged.any() else None)
    return model, found


def _about(rows: pa.Table, recent: list[int], codes: list[str | None], told: Verbatims | None) -> dict[str, str]:
    """The theme that most complaints of each cause speak of."""
    if told is None:
        return {}
    themes = told.theme[told.source == "complaint"]
    by_code: dict[str, Counter[str]] = {}
    for place, at in enumerate(recent):
        code, theme = codes[at], themes[place]
        if code is not None and theme is not None:
            by_code.setdefault(code, Counter())[theme] += 1
    return {
        code: told.labelled(min(counts, key=lambda theme: (-counts[theme], theme))) for code, counts in by_code.items()
    }


def _grid(
    known: Known,
    counts: Counter[str | None],
    confusion: dict[str, tuple[int, int, str | None]],
    suggested: Counter[str],
    about: dict[str, str],
) -> Grid:
    total = sum(counts.values())
    rows: list[list[Cell]] = []
    for code, n in sorted(counts.items(), key=lambda one: (-one[1], str(one[0])))[:SHOWN]:
        assert code is not None
        judged, right, other = confusion.get(code, (0, 0, None))
        part, agreed = share(n, total), share(right, judged)
        cells: list[Cell] = [code, n, cell(part), about.get(code)]
        if confusion:
            cells += [cell(agreed), other, suggested[code]]
        rows.append(cells)
    columns = [
        ("cause", Unit.BANK_CODE),
        ("complaints", Unit.COUNT),
        ("share", Unit.SHARE),
        ("mostly_about", Unit.CODE),
    ]
    if confusion:
        columns += [("agreement", Unit.SHARE), ("taken_for", Unit.BANK_CODE), ("suggested", Unit.COUNT)]
    told = known.frames.past.thresholds.complaint_causes
    shown = {str(code) for row in rows for code in (row[0], row[5] if confusion else None) if code is not None}
    return Grid("by_cause", columns, rows, names={code: told[code] for code in sorted(shown & set(told))})
