from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from nightly.topics.known import known, words_missing
from nightly.topics.voices import AS_OF, TICKETS_A_DAY, town
from tenure.contracts.findings import Figures, Grid, Section
from tenure.desk.findings.words import queues as words
from tenure.insight import thresholds
from tenure.insight.inputs import TooLittleData
from tenure.nightly.topics.queues import sections

Told = list[tuple[str, Section]]


@pytest.fixture(scope="module")
def told() -> Told:
    return list(sections(known(town(), AS_OF)))


def section(told: Told, at: str, code: str) -> Section:
    return next(one for where, one in told if where == at and one.code == code)


def test_the_branch_with_one_counter_for_twelve_falls_short_and_the_quiet_one_does_not(told: Told) -> None:
    grid = section(told, "HQ", "branches")
    assert isinstance(grid, Grid)
    assert {row[0]: row[-1] for row in grid.rows} == {"O1": "short", "O2": "reached"}
    assert grid.rows[0][0] == "O1", "the furthest from the wanted share comes first"


def test_more_counters_are_asked_for_where_people_wait(told: Told) -> None:
    busy, quiet = (section(told, at, "working_days") for at in ("O1", "O2"))
    assert isinstance(busy, Grid) and isinstance(quiet, Grid)
    nine = busy.rows[0]
    assert nine[0] == "9:00–10:00" and nine[1] == pytest.approx(TICKETS_A_DAY)
    assert nine[5] == pytest.approx(1) and nine[6] >= 2 and nine[7] == "more"  # type: ignore[operator]
    assert quiet.rows[0][7] == "enough"


def test_some_bad_days_are_not_yet_a_branch_that_falls_short() -> None:
    """71 % of 840 tickets in time, but all on 15 of 21 days: six bad days may be luck, four in five days may not."""

    def told_of(bad: int) -> str:
        tables = town()
        days = sorted({row["taken_at"].date() for row in tables["queue_ticket"] if row["taken_at"].date() <= AS_OF})
        tables["queue_ticket"] = [
            ticket(day, k, late=n % 21 < bad) for n, day in enumerate(days[:21]) for k in range(40)
        ]
        found = section(list(sections(known(tables, AS_OF))), "O1", "now")
        assert isinstance(found, Figures) and found.verdict is not None
        return found.verdict.code

    assert told_of(bad=6) == "branch_close"
    assert told_of(bad=17) == "branch_short"
    assert told_of(bad=0) == "branch_reached"


def test_what_is_wanted_is_the_banks_to_say() -> None:
    """O1 calls a quarter within ten minutes; a bank that wants a tenth of the open month is content."""

    def told_of(**wanted: float) -> tuple[Figures, Grid]:
        held = thresholds.load("CNY")
        held = replace(held, queues=replace(held.queues, **wanted))
        sections_ = list(sections(known(town(), AS_OF, held=held)))
        now, plan = section(sections_, "O1", "now"), section(sections_, "O1", "working_days")
        assert isinstance(now, Figures) and isinstance(plan, Grid)
        return now, plan

    usual, hours = told_of()
    content, fewer = told_of(share=0.1, months=1)
    patient, _ = told_of(minutes=60)
    assert usual.verdict is not None and content.verdict is not None and patient.verdict is not None
    assert (usual.verdict.code, content.verdict.code) == ("branch_short", "branch_reached")
    assert content.verdict.numbers["wanted"][1] == 0.1 and content.verdict.numbers["months"][1] == 1
    assert patient.verdict.numbers["minutes"][1] == 60
    assert patient.verdict.numbers["within"][1] > usual.verdict.numbers["within"][1]  # type: ignore[operator]
    assert fewer.rows[0][6] < hours.rows[0][6], "less wanted takes fewer counters"  # type: ignore[operator]
    three, last = (next(one.n for one in now.figures if one.code == "within") for now in (usual, content))
    assert last < three, "the open month alone has fewer tickets"  # type: ignore[operator]


def ticket(day: date, k: int, *, late: bool) -> dict[str, Any]:
    taken = datetime(day.year, day.month, day.day, 9 + k // 8, 7 * (k % 8), k)
    called = taken + timedelta(minutes=25 if late else 2)
    return {
        "ticket_id": f"{day}-{k}", "org_id": "O1", "taken_at": taken, "called_at": called,
        "ended_at": called + timedelta(minutes=4, seconds=7 * k), "abandoned": False, "counter_no": str(k % 3),
    }  # fmt: skip


def test_tickets_of_tomorrow_are_not_counted(told: Told) -> None:
    found = section(told, "O1", "now")
    assert isinstance(found, Figures)
    days = sum(1 for k in range(43) if date.fromordinal(AS_OF.toordinal() - k).weekday() < 5)
    gone = next(one for one in found.figures if one.code == "abandonment")
    assert gone.n == days * TICKETS_A_DAY


def test_reckoned_stands_beside_what_happened(told: Told) -> None:
    check = section(told, "HQ", "check")
    assert isinstance(check, Grid) and check.verdict is not None
    row = next(row for row in check.rows if row[0] == "O1")
    assert all(isinstance(each, float) and 0 <= each <= 1 for each in row[1:])


def test_without_tickets_nothing_is_claimed() -> None:
    tables = town()
    tables["queue_ticket"] = []
    with pytest.raises(TooLittleData):
        list(sections(known(tables, AS_OF)))


def test_the_explanation_names_no_figure_that_a_bank_may_set() -> None:
    for text in (words.MEANS.zh, words.MEANS.en, words.WORDS["now"].zh, words.WORDS["now"].en):
        assert not re.search(r"\d|[一二三四五六七八九十]成|[三十]个?[月分]|eight|ten minutes|three months", text)


def test_every_code_has_words(told: Told) -> None:
    assert words_missing("queues", told) == []
