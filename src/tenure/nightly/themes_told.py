"""The themes of customers' words and the causes of leaving, as tables for the desk (S22, S24).

The figures are those of the topic ``text``; here they stand a theme a row, with branches and the newest words beside.
Words that say that marks were asked for are in none of them: they are for audit alone.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.insight import months
from tenure.insight.intervals import gap, share
from tenure.nightly.theme_corrections import Rename
from tenure.nightly.topics.text import JUDGED, NEWEST, Told
from tenure.nightly.topics.verbatims import RECENT

if TYPE_CHECKING:
    from tenure.insight.intervals import Estimate
    from tenure.nightly.topics import Known
    from tenure.nightly.topics.verbatims import Verbatims

#: Words kept of each theme in each branch, the newest.
NEWEST_WORDS = 20
#: How the key of a cause of leaving begins.
LOST = "lost:"

Rows = list[dict[str, Any]]


def tables(known: Known) -> dict[str, Rows]:
    """The rows of ``theme``, ``theme_branch`` and ``theme_voice``; without any where nothing was said."""
    themes, branches = lost_of(known)
    words: Rows = []
    _, found = known.voices
    if found is not None:
        told = Told(known, found)
        gone = _gone(known)
        themes += [_theme(told, key, gone) for key in found.keys]
        branches += _branches(told)
        words = _words(found)
    return {"theme": themes, "theme_branch": branches, "theme_voice": words}


def _waves(known: Known) -> list[int]:
    window = known.frames.past.window
    return [window.month(back) for back in reversed(range(RECENT))]


def _gone(known: Known) -> set[str]:
    """Customers lost in the last twelve months."""
    if known.lost is None:
        return set()
    return {str(party) for party in known.rows(known.lost.select("party_id")).column("party_id").to_pylist()}


def _theme(told: Told, key: str, gone: set[str]) -> dict[str, Any]:
    of, mine = told.of, told.about(key)
    n, waves = len(of.texts), _waves(told.known)
    newest = of.month >= waves[-NEWEST]
    course = gap(*(share(int((mine & half).sum()), int(half.sum())) for half in (newest, ~newest)))
    people = told.speakers(mine)
    label = of.labelled(key)
    return {
        "theme": key,
        "kind": "words",
        "label": label[:120],
        "renamed": any(isinstance(each, Rename) and each.theme == key for each in of.corrected),
        "phrases": json.dumps(_phrases(of, key), ensure_ascii=False),
        "customers": len(people),
        "customers_unhappy": told.unhappy_customers(mine),
        "verbatims": int(mine.sum()),
        "complaints": int((mine & (of.source == "complaint")).sum()),
        "cases": int((mine & (of.source == "case")).sum()),
        "lost": len(people & gone),
        "share": int(mine.sum()) / n,
        "course": course.value,
        "course_low": course.low,
        "course_high": course.high,
        "unhappy": _value(told.unhappy(mine)),
        "recommend": _value(told.recommend(mine)),
        "value_at_stake": told.at_stake(mine),
        "value_praised": told.praised(mine),
        "last_month": months.label(waves[-1]),
        "months": json.dumps([int((of.month[mine] == wave).sum()) for wave in waves]),
    }


def _phrases(of: Verbatims, key: str) -> list[str]:
    return list(next(theme.phrases for theme in of.themes.themes_ if theme.key == key))


def _value(found: Estimate) -> float | None:
    return found.value if found.n >= JUDGED else None


def _branches(told: Told) -> Rows:
    of, waves, rows = told.of, _waves(told.known), []
    for org, path in told.known.branches.items():
        here = told.within(org)
        n, others = int(here.sum()), int((~here).sum())
        if not n:
            continue
        for key in of.keys:
            mine = told.about(key)
            both = mine & here
            if not both.any():
                continue
            rows.append(
                {
                    "theme": key,
                    "org_id": org,
                    "org_path": path,
                    "customers": len(told.speakers(both)),
                    "customers_unhappy": told.unhappy_customers(both),
                    "verbatims": int(both.sum()),
                    "share": int(both.sum()) / n,
                    "elsewhere": int((mine & ~here).sum()) / others if others else None,
                    "unhappy": _value(told.unhappy(both)),
                    "value_at_stake": told.at_stake(both),
                    "value_praised": told.praised(both),
                    "months": json.dumps([int((of.month[both] == wave).sum()) for wave in waves]),
                }
            )
    return rows


def _words(of: Verbatims) -> Rows:
    """The newest words of each theme in each branch, and of those that name none: people move them to one."""
    taken: Counter[tuple[str | None, str | None]] = Counter()
    rows: Rows = []
    for at in reversed(range(len(of.texts))):
        place = of.theme[at], of.org_id[at]
        if of.asked[at] or of.party_id[at] is None or taken[place] >= NEWEST_WORDS:
            continue
        taken[place] += 1
        score = of.recommend[at]
        rows.append(
            {
                "source": of.source[at],
                "number": of.number[at],
                "theme": of.theme[at],
                "party_id": of.party_id[at],
                "said_on": of.day[at],
                "words": of.texts[at][:4000],
                "score": None if np.isnan(score) else int(score),
            }
        )
    return rows


def lost_of(known: Known) -> tuple[Rows, Rows]:
    """A row for each likely cause of the customers lost in twelve months, in the bank and in each branch.

    At stake is what they held in the month of theirs that was highest, for they hold nothing now.
    """
    if known.lost is None:
        return [], []
    lost, figures, closed = known.lost, known.figures, known.closed.by_party
    t = lost.filter(lost.cause.notnull()).select("party_id", "month", "cause")
    t = t.left_join(figures.select("party_id", "org_path"), "party_id").drop("party_id_right")
    held = [name for name in closed.columns if name.startswith("aum_") and name[4:].isdigit()]
    t = t.left_join(closed.select("party_id", *held), "party_id").drop("party_id_right")
    found = known.rows(t).to_pylist()
    if not found:
        return [], []
    window = known.frames.past.window
    labels = [months.label(window.month(back)) for back in reversed(range(1, RECENT + 1))]
    themes: Rows = []
    branches: Rows = []
    for cause in sorted({row["cause"] for row in found}):
        mine = [row for row in found if row["cause"] == cause]
        key = f"{LOST}{cause}"
        themes.append(
            {
                "theme": key,
                "kind": "lost",
                "label": cause,
                "renamed": False,
                "phrases": "[]",
                "customers": len(mine),
                "customers_unhappy": len(mine),
                "verbatims": 0,
                "complaints": 0,
                "cases": 0,
                "lost": len(mine),
                "share": len(mine) / len(found),
                "value_at_stake": _held(mine, held),
                "value_praised": 0,
                "last_month": labels[-1],
                "months": _by_month(mine, labels),
            }
        )
        for org, path in known.branches.items():
            here = [row for row in mine if (row["org_path"] or "").startswith(path)]
            all_here = sum((row["org_path"] or "").startswith(path) for row in found)
            if here:
                branches.append(
                    {
                        "theme": key,
                        "org_id": org,
                        "org_path": path,
                        "customers": len(here),
                        "customers_unhappy": len(here),
                        "verbatims": 0,
                        "share": len(here) / all_here,
                        "value_at_stake": _held(here, held),
                        "value_praised": 0,
                        "months": _by_month(here, labels),
                    }
                )
    return themes, branches


def _held(rows: Rows, columns: list[str]) -> int:
    return sum(max((row[name] or 0 for name in columns), default=0) for row in rows)


def _by_month(rows: Rows, labels: list[str]) -> str:
    counted = Counter(row["month"] for row in rows)
    return json.dumps([counted[label] for label in labels])
