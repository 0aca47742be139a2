"""The clock of a request, and how long what is kept."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.contracts import LAKE
from tenure.desk.requests import rules
from tenure.desk.requests.settings import settings_of
from tenure.errors import SetupError

DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))


def test_what_no_law_keeps_may_go_at_once_and_identity_papers_not_while_one_is_a_customer() -> None:
    kept = rules.RETENTION
    assert rules.may_go(kept["none"], date(2026, 6, 30), None, date(2026, 6, 30))
    assert rules.kept_until(kept["identification"], date(1999, 1, 1), None) == rules.WHILE_IT_LASTS
    assert rules.kept_until(kept["identification"], None, date(2024, 2, 29)) == date(2034, 2, 28)
    assert rules.kept_until(kept["contacts"], date(2026, 1, 5), None) == date(2029, 1, 5)


@given(DAYS, DAYS, st.sampled_from(sorted(rules.RETENTION)))
def test_what_may_go_once_may_go_ever_after(row_day: date, left_on: date, name: str) -> None:
    rule = rules.RETENTION[name]
    until = rules.kept_until(rule, row_day, left_on)
    if until is not None:
        assert not rules.may_go(rule, row_day, left_on, until - timedelta(days=1))
        assert rules.may_go(rule, row_day, left_on, until)


def test_every_table_of_the_lake_that_names_a_person_or_their_accounts_has_a_period() -> None:
    names = {
        name for name, table in LAKE.items()
        if {"party_id", "account_id", "kept_id"} & set(table.names)
    }  # fmt: skip
    assert set(rules.LAKE_TABLES) == names
    assert set(rules.LAKE_TABLES.values()) <= set(rules.RETENTION)


def test_a_hash_of_a_number_tells_nothing_without_the_secret() -> None:
    one = rules.digest_of("C000001", "a secret")
    assert one == rules.digest_of("C000001", "a secret")
    assert one not in (rules.digest_of("C000001", "another"), rules.digest_of("C000002", "a secret"))
    assert "C000001" not in rules.pseudonym("C000001", "a secret")


def test_the_bank_sets_its_clock_and_periods(tmp_path: Path) -> None:
    (tmp_path / "requests.toml").write_text(
        "[clock]\nworking_days = 10\n[retention.contacts]\nyears = 5\nen = 'house rule'\n"
    )
    chosen = settings_of(tmp_path)
    assert (chosen.working_days, chosen.retention["contacts"].years) == (10, 5)
    assert chosen.retention["contacts"].en == "house rule"
    assert chosen.retention["identification"] == rules.RETENTION["identification"]


@pytest.mark.parametrize(
    "told",
    [
        "[clock]\ndays = 3",
        "[clock]\nholidays = [2026-02-20]",
        "[retention.gossip]\nyears = 1",
        "[clock]\nworking_days = 0",
    ],
)
def test_a_setting_that_means_nothing_is_refused(tmp_path: Path, told: str) -> None:
    (tmp_path / "requests.toml").write_text(told)
    with pytest.raises(SetupError):
        settings_of(tmp_path)
