"""Themes as the desk gets them, what a correction teaches, and what an improvement is found to have changed."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tenure.nightly import improvements, theme_corrections, themes_told
from tenure.nightly.theme_corrections import Teach
from tenure.nightly.topics.text import Told

from .known import known
from .test_text import AS_OF, ORGS, _known, _world

#: Taken for a matter of waiting, because they name the queue; people read them as one of manners.
WRONG = ["保安在排队的地方大声呵斥老人", "我排队，保安一直呵斥我往后站"]
ALIKE = [
    "排队问一句，保安就呵斥人", "保安呵斥排队的小孩，太过分", "没见过这样呵斥客户的保安，排队都心慌",
    "保安凶，呵斥完还让重新排队",
    "下雨天排队，保安呵斥大家不许进门", "被保安当众呵斥，只因排队时打了个电话",
]  # fmt: skip


def _odd(world: dict[str, Any]) -> dict[str, Any]:
    """The world, with words that are alike, but not the same."""
    said = [*WRONG, *ALIKE]
    world["tables"]["survey_response"] += [
        {
            "response_id": f"odd{at}", "party_id": f"p{at}", "answered_at": datetime(2026, 10, 1 + at, 9),
            "org_id": "11", "recommend": 4, "words": words, "moment": "counter_service",
        }
        for at, words in enumerate(said)
    ]  # fmt: skip
    return world


def test_the_tables_say_what_the_page_of_words_says(tmp_path: Path) -> None:
    told = themes_told.tables(_known(_world(), tmp_path))
    themes = {row["theme"]: row for row in told["theme"]}
    assert {"waiting", "fees", "attitude"} <= set(themes)
    for row in themes.values():
        assert sum(json.loads(row["months"])) == row["verbatims"]
        own = [b for b in told["theme_branch"] if b["theme"] == row["theme"] and b["org_id"] in ("11", "12")]
        assert sum(b["verbatims"] for b in own) == row["verbatims"]
    numbers = [(row["source"], row["number"]) for row in told["theme_voice"]]
    assert len(numbers) == len(set(numbers)) and {source for source, _ in numbers} == {"survey", "complaint"}


def test_praise_stakes_nothing_and_is_told_beside_what_is_at_stake(tmp_path: Path) -> None:
    """Everybody praises the staff and many complain of fees: the fees are first, however much the pleased hold."""
    world = _world()
    of_one = {
        "response_id": "odd", "party_id": "p1", "answered_at": datetime(2026, 10, 1, 9), "org_id": "11",
        "moment": "counter_service", "words": "柜员很热情，服务好。", "recommend": 10,
    }  # fmt: skip
    world["tables"]["survey_response"].append(of_one)
    since = datetime(2025, 11, 1)
    pleased = {
        row["party_id"] for row in world["tables"]["survey_response"]
        if "热情" in row["words"] and row["answered_at"] >= since
    }  # fmt: skip
    told = themes_told.tables(_known(world, tmp_path))
    themes = {row["theme"]: row for row in told["theme"]}
    assert themes["attitude"]["value_at_stake"] == themes["attitude"]["customers_unhappy"] == 0
    assert themes["attitude"]["value_praised"] == sum(1_000_000 + int(who[1:]) for who in pleased)
    assert themes["fees"]["value_praised"] == 0 < themes["fees"]["value_at_stake"]
    for row in told["theme"] + told["theme_branch"]:
        assert row["customers_unhappy"] <= row["customers"]


def test_a_low_score_speaks_where_the_words_tell_no_feeling(tmp_path: Path) -> None:
    """Who says only “the queue” and gives three points is unhappy about it; who gives nine is not."""
    world = _world()
    for at, score in enumerate((3, 9)):
        world["tables"]["survey_response"].append(
            {
                "response_id": f"odd{at}", "party_id": f"p{50 + at}", "answered_at": datetime(2026, 10, 1, 9),
                "org_id": "11", "moment": "counter_service", "words": "利率。", "recommend": score,
            }
        )  # fmt: skip
    night = _known(world, tmp_path)
    told = Told(night, night.voices[1])
    said = np.array([words == "利率。" for words in told.of.texts])
    assert not told.of.feeling[said].any(), "the words tell nothing"
    assert told.at_stake(said) == 1_000_050 and told.praised(said) == 1_000_051


def test_words_of_a_case_count_once_and_those_of_an_answer_not_again(tmp_path: Path) -> None:
    def case(number: str, source_key: str) -> dict[str, Any]:
        return {
            "case_id": number, "party_id": "p1", "opened_at": datetime(2026, 10, 2, 9), "org_id": "11",
            "source": "hand", "source_key": source_key, "words": "排队太久，只开一个窗口。", "state": "open",
            "round": 1,
        }  # fmt: skip

    own = [case("k1", "at the counter"), case("k2", "answer:7"), case("k3", "c1")]
    before = themes_told.tables(_known(_world(), tmp_path / "a"))["theme"]
    after = themes_told.tables(_known(_world(case=own), tmp_path / "b"))["theme"]
    waits = [next(row for row in rows if row["theme"] == "waiting") for rows in (before, after)]
    assert waits[1]["cases"] == 1 and waits[1]["verbatims"] == waits[0]["verbatims"] + 1


def test_what_was_moved_stays_moved_and_what_is_like_it_follows(tmp_path: Path) -> None:
    """Two nights: one corrected at the desk, and the next that starts from its themes."""
    world = _odd(_world())
    first = _known(world, tmp_path, as_of=AS_OF - timedelta(days=1))
    of = {row["words"]: row["theme"] for row in themes_told.tables(first)["theme_voice"]}
    target = "attitude"
    assert target not in {of[words] for words in (*WRONG, *ALIKE)}
    told = [{"do": "teach", "text": text, "theme": target, "desk": f"desk-{n}"} for n, text in enumerate(WRONG)]
    theme_corrections.take_over(tmp_path, told)
    for day in (AS_OF, AS_OF + timedelta(days=1)):
        rows = themes_told.tables(_known(world, tmp_path, as_of=day))["theme_voice"]
        of = {row["words"]: row["theme"] for row in rows}
        assert [of[words] for words in WRONG] == [target, target]
        followed = [of[words] for words in ALIKE]
        assert followed.count(target) > len(followed) / 2
        assert of["手续费收得不明不白。"] == "fees"
    theme_corrections.take_over(tmp_path, [])
    rows = themes_told.tables(_known(world, tmp_path, as_of=AS_OF + timedelta(days=2)))["theme_voice"]
    assert target not in {row["theme"] for row in rows if row["words"] in (*WRONG, *ALIKE)}


def test_the_desk_s_corrections_stand_beside_those_by_hand(tmp_path: Path) -> None:
    by_hand = theme_corrections.Rename("fees", "收费")
    theme_corrections.write(tmp_path, [by_hand])
    told = [{"do": "teach", "text": "x\n“y”", "theme": "fees", "desk": "desk-9"}]
    assert theme_corrections.take_over(tmp_path, told) == 1
    assert theme_corrections.read(tmp_path) == [by_hand, Teach("x\n“y”", "fees", "desk-9")]
    assert theme_corrections.take_over(tmp_path, told) == 0
    assert theme_corrections.take_over(tmp_path, []) == 1 and theme_corrections.read(tmp_path) == [by_hand]


BRANCHES = [f"b{n}" for n in range(12)]


def _bank(
    effect: float, *, seed: int = 1, kind: str = "improvement", starts_in: Sequence[str] = BRANCHES[:4], **row: Any
) -> Any:
    """Twelve branches, a year and a half of answers; at four of them something began in April."""
    dice, answers = random.Random(seed), []
    for branch in BRANCHES:
        mood = dice.gauss(0, 0.3)
        for n in range(420):
            day = date(2025, 4, 1) + timedelta(days=dice.randrange(0, 540))
            better = effect if branch in BRANCHES[:4] and day >= date(2026, 4, 1) else 0.0
            score = max(0, min(10, round(7 + mood + better + dice.gauss(0, 2.5))))
            answers.append(
                {
                    "response_id": f"{branch}-{n}", "party_id": f"{branch}-{n % 80}", "org_id": branch,
                    "recommend": score, "answered_at": datetime(day.year, day.month, day.day, 10),
                    "moment": "counter_service",
                }
            )  # fmt: skip
    tables = {
        "organisation": [ORGS[0], *({"org_id": b, "name": b, "parent_id": "1", "kind": "outlet"} for b in BRANCHES)],
        "survey_response": answers,
        "improvement": [
            {
                "improvement_id": "i", "made_at": datetime(2026, 3, 1), "kind": kind, "state": "running",
                "starts_on": date(2026, 4, 1), **row,
            }
        ],
        "improvement_branch": [
            {"improvement_id": "i", "org_id": b, "made_at": datetime(2026, 3, 1), "arm": "treated"}
            for b in starts_in
        ],
    }  # fmt: skip
    people = [f"{b}-{n}" for b in BRANCHES for n in range(80)]
    figures = pa.table(
        {
            "party_id": people, "org_id": [p.split("-")[0] for p in people], "tier": ["basic"] * len(people),
            "aum": [1_000_000] * len(people), "left_on": pa.nulls(len(people), pa.date32()),
            "birth_date": pa.array([date(1980, 1, 1)] * len(people)), "digital_share_12m": [0.5] * len(people),
        }
    )  # fmt: skip
    return known(tables, date(2026, 9, 30), figures=figures)


@pytest.mark.parametrize(("effect", "verdicts"), [(1.5, {"helped"}), (-1.5, {"hurt"}), (0.0, {"no_difference_found"})])
def test_what_was_planted_is_found_and_nothing_where_nothing_was(effect: float, verdicts: set[str]) -> None:
    rows = {row["measure"]: row for row in improvements.measured(_bank(effect))}
    score = rows["recommend"]
    assert score["verdict"] in verdicts and score["matched"] and score["treated_branches"] == 4
    assert score["low"] <= score["value"] <= score["high"]
    assert rows["satisfaction"]["verdict"] == "too_little_data"  # nobody was asked


def test_before_the_first_whole_month_it_is_too_early() -> None:
    (row, _) = improvements.measured(_bank(1.0, starts_on=date(2026, 9, 2)))
    assert row["verdict"] == "waiting"


def test_an_innovation_counts_who_uses_it_of_those_who_could() -> None:
    rows = {row["measure"]: row for row in improvements.measured(_bank(0.0, kind="innovation", channel="mobile"))}
    told = json.loads(rows["adoption"]["numbers"])
    assert told == {"eligible": 320, "adopted": 0} and rows["adoption"]["value"] == 0
    assert rows["saving"]["verdict"] == "too_little_data"


def test_what_starts_everywhere_is_compared_with_no_branch() -> None:
    """It stood as three measures that could not be told, with nobody where it started and the whole bank as control."""
    everywhere = _bank(0.0, kind="innovation", channel="mobile", themes="waiting", starts_in=())
    assert [row["measure"] for row in improvements.measured(everywhere)] == ["adoption", "adopters", "saving"]
