"""What customers wrote in surveys, complaints and cases: read once a night, with its themes and feelings (S22, S23).

Themes are learnt from the newest verbatims of two years and kept from night to night beside the lake, so that a theme
keeps its name; feelings are judged by what answers older than a year have taught, so that no answer judges itself.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from tenure.errors import InputError
from tenure.insight import months
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import Estimate, share, unknown
from tenure.insight.months import CURVE
from tenure.insight.text import BANK_SUBJECTS, Sentiment, Themes, stability
from tenure.insight.text.sentiment import DETRACTS, NEGATIVE, POSITIVE, PROMOTES
from tenure.lake import durable
from tenure.nightly import theme_corrections
from tenure.nightly.theme_corrections import Correction, Rename

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from tenure.nightly.topics import Known

#: Months of verbatims that the figures of today rest on.
RECENT = 12
#: Verbatims that themes are learnt from, and that teach feelings: the newest ones.
LEARNT_FROM, TAUGHT_BY = 20_000, 8_000
#: Rounds and texts of the test of stability: each round finds the themes again.
ROUNDS, TESTED_ON = 3, 5_000
#: Earlier nights kept: a night made again starts from where it started before.
NIGHTS = 7
#: The subject that is a sign of begging: reported to audit (the topic ``signs``) and told nobody else, so that no
#: branch is named by it on pages that others read.
HELD = "asked_for_marks"
#: In ``feeling``: no survey answer, or the words say too little.
UNTOLD, UNHAPPY, HAPPY = 0, -1, 1


@dataclass(frozen=True)
class Verbatims:
    """The recent verbatims, (n,) each: ``texts``, ``theme`` (key or None), ``feeling`` (of survey answers), the columns
    ``org_id``, ``party_id``, ``month``, ``day``, ``recommend`` (NaN without), ``complaint`` (and words of cases: the
    speaker was unhappy), ``source`` (of ``codes.VOICE_SOURCES``), ``number`` in it.

    ``steady``: adjusted Rand index of each round of resampling. ``kept``: of the verbatims, how many are in the theme
    they were in by yesterday's themes. ``right``: where feelings are told and the score is clear, how often they agree.
    ``corrected``: people's corrections in force, ``idle``: how many have no theme to correct now. ``asked``: (n,) whose
    words say that marks were asked for (:data:`HELD`), whatever people corrected since; they have no theme here.
    """

    texts: list[str]
    theme: NDArray[np.object_]
    feeling: NDArray[np.int64]
    org_id: NDArray[np.object_]
    party_id: NDArray[np.object_]
    month: NDArray[np.int64]
    day: list[date]
    recommend: NDArray[np.float64]
    complaint: NDArray[np.bool_]
    source: NDArray[np.object_]
    number: NDArray[np.object_]
    themes: Themes
    steady: list[float]
    kept: Estimate
    right: Estimate
    corrected: Sequence[Correction]
    idle: int
    asked: NDArray[np.bool_]

    @cached_property
    def keys(self) -> list[str]:
        """Themes that somebody speaks of, the most spoken of first."""
        named, counts = np.unique([key for key in self.theme if key is not None], return_counts=True)
        return [str(named[at]) for at in np.lexsort((named, -counts))]

    def labelled(self, key: str) -> str:
        """What the page calls a theme: the bank's name for it; the code of a usual subject; else its own words."""
        told = next(theme for theme in self.themes.themes_ if theme.key == key)
        renamed = any(isinstance(each, Rename) and each.theme == key for each in self.corrected)
        return key if key in self.themes.subjects and not renamed else told.name

    def said_with(self, key: str) -> str:
        """The phrases that say it."""
        told = next(theme for theme in self.themes.themes_ if theme.key == key)
        return " · ".join(told.phrases[:4])


def table(known: Known) -> pa.Table:
    """Every verbatim known at ``as_of`` of the months the night sees: the newest last."""
    since = months.first_day(known.frames.past.window.month(CURVE - 1))
    survey, complaint, case = known.source("survey_response"), known.source("complaint"), known.source("case")
    # A case that came of an answer or a complaint has its words: said once, they count once.
    case = case.filter(~case.source_key.startswith("answer:")).anti_join(
        complaint, case.source_key == complaint.complaint_id
    )
    none = ibis.null("int64"), ibis.null("string")
    parts = []
    for source, rows, at, number, extra in (
        ("survey", survey, survey.answered_at, survey.response_id, (survey.recommend, none[1])),
        ("complaint", complaint, complaint.received_at, complaint.complaint_id, (none[0], complaint.cause_code)),
        ("case", case, case.opened_at, case.case_id, none),
    ):
        recommend, cause = extra
        day = at.cast("date")
        kept = (day >= since) & (day <= known.as_of) & (rows.words.strip() != "")
        parts.append(
            rows.filter(kept).select(
                "org_id",
                "party_id",
                "words",
                day=day,
                month=(day.year().cast("int64") * 12 + day.month() - 1).cast("int64"),
                recommend=recommend.cast("float64"),
                cause_code=cause,
                complaint=ibis.literal(source != "survey"),
                source=ibis.literal(source),
                number=number,
            )
        )
    return known.rows(ibis.union(*parts).order_by("day", "complaint", "source", "number"))


def read(known: Known, rows: pa.Table) -> Verbatims:
    """The recent verbatims with their themes and feelings.

    Raises:
        TooLittleData: too few texts to find a theme in.
    """
    texts = _listed(rows, "words")
    names = _names(known)
    before, found = _themes(known, texts[-LEARNT_FROM:], names)
    _keep(known, found)
    corrections = theme_corrections.read(known.frames.past.cache.lake.path)
    themes, corrected = _corrected(found, corrections, texts[-LEARNT_FROM:], names)
    if before is not None:
        theme_corrections.correct(before, corrections)  # what people moved is no unsteadiness
    month = rows.column("month").to_numpy()
    first = int(np.searchsorted(month, known.frames.past.window.month(RECENT - 1)))
    now = rows.slice(first)
    if not now.num_rows:
        raise TooLittleData("nobody wrote anything in the last twelve months")
    said = texts[first:]
    theme = np.array(_each(said, themes.assign), dtype=object)
    asked = np.array(_each(said, found.assign), dtype=object) == HELD if corrected else theme == HELD
    theme[asked | (theme == HELD)] = None
    recommend = now.column("recommend").to_numpy(zero_copy_only=False)
    complaint = now.column("complaint").to_numpy(zero_copy_only=False)
    feeling, right = _feelings(rows.slice(0, first), said, recommend, complaint)
    kept = unknown(0)
    if before is not None:
        yesterday = np.array(_each(said, before.assign), dtype=object)
        yesterday[yesterday == HELD] = None
        kept = share(int((yesterday[~asked] == theme[~asked]).sum()), int((~asked).sum()))
    return Verbatims(
        texts=said,
        theme=theme,
        feeling=feeling,
        org_id=np.array(now.column("org_id").to_pylist(), dtype=object),
        party_id=np.array(now.column("party_id").to_pylist(), dtype=object),
        month=month[first:],
        day=_listed(now, "day"),
        recommend=recommend,
        complaint=complaint,
        source=np.array(_listed(now, "source"), dtype=object),
        number=np.array(_listed(now, "number"), dtype=object),
        themes=themes,
        steady=stability(texts[-TESTED_ON:], found, ROUNDS),
        kept=kept,
        right=right,
        corrected=corrected,
        idle=len(corrections) - len(corrected),
        asked=np.asarray(asked, dtype=bool),
    )


def _listed(rows: pa.Table, name: str) -> list[Any]:
    """A column without nulls."""
    return rows.column(name).to_pylist()


def _each(texts: list[str], judge: Any) -> list[Any]:
    """``judge`` of every text, asked once for each different one."""
    different = list(dict.fromkeys(texts))
    found = dict(zip(different, judge(different), strict=True))
    return [found[text] for text in texts]


def _names(known: Known) -> list[str]:
    """Names of branches and employees: no subjects, and not to be read by everybody."""
    branches = known.rows(known.source("organisation").select("name", "name_en"))
    staff = known.rows(known.source("staff").select("name"))
    columns = [*branches.columns, *staff.columns]
    return sorted({name for column in columns for name in column.to_pylist() if name})


def _themes(known: Known, texts: list[str], names: list[str]) -> tuple[Themes | None, Themes]:
    """Yesterday's themes, if any, and tonight's, neither of them corrected."""
    for path in reversed(_states(known)):
        if path.stem >= known.as_of.isoformat():
            continue
        with suppress(InputError, OSError):  # a file from another version: the themes are found afresh
            state = path.read_text("utf-8")
            return Themes.from_state(state, names), Themes.from_state(state, names).update(texts, grow=True)
    return None, Themes(subjects=BANK_SUBJECTS, names=names).fit(texts)


def _corrected(
    found: Themes, corrections: Sequence[Correction], texts: list[str], names: list[str]
) -> tuple[Themes, list[Correction]]:
    """The themes as people corrected them, and the corrections in force. ``found`` itself stays as it was found."""
    if not corrections:
        return found, []
    themes = Themes.from_state(found.state(), names)
    done = theme_corrections.correct(themes, corrections)
    return (themes.update(texts), done) if done else (found, [])


def _keep(known: Known, themes: Themes) -> None:
    home = known.frames.past.cache.lake.derived("themes")
    durable.write_text(home / f"{known.as_of.isoformat()}.json", themes.state())
    for old in _states(known)[:-NIGHTS]:
        old.unlink(missing_ok=True)


def _states(known: Known) -> list[Path]:
    return sorted(known.frames.past.cache.lake.derived("themes").glob("????-??-??.json"))


def _feelings(
    older: pa.Table, said: list[str], recommend: NDArray[np.float64], complaint: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], Estimate]:
    """The feeling of each survey answer, taught by older answers, and how often the scores agree."""
    taught = older.filter(~older.column("complaint").to_numpy(zero_copy_only=False))
    taught = taught.slice(max(taught.num_rows - TAUGHT_BY, 0))
    judge = Sentiment()
    with suppress(TooLittleData):  # then the lexicon judges
        judge.fit(taught.column("words"), taught.column("recommend").to_numpy(zero_copy_only=False))
    asked = np.flatnonzero(~complaint)
    labels = _each([said[at] for at in asked], judge.labels)
    feeling = np.full(len(said), UNTOLD)
    feeling[asked] = [{NEGATIVE: UNHAPPY, POSITIVE: HAPPY, None: UNTOLD}[label] for label in labels]
    clear = (feeling != UNTOLD) & ((recommend <= DETRACTS) | (recommend >= PROMOTES))
    agreed = (feeling[clear] == HAPPY) == (recommend[clear] >= PROMOTES)
    return feeling, share(int(agreed.sum()), int(clear.sum()))
