"""The topic of what customers write, on verbatims made by hand: what they say, where, how they feel, what is kept."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from tenure.contracts.codes import Name
from tenure.contracts.findings import Figures, Grid, Section, Unit, encoded
from tenure.desk.findings import words
from tenure.desk.findings.written import Names, Writer
from tenure.nightly import theme_corrections, themes_told
from tenure.nightly.theme_corrections import Merge, Move, Rename
from tenure.nightly.topics import signs, text

from .known import known, words_missing

AS_OF = date(2026, 10, 20)
ORGS = [
    {"org_id": "1", "name": "总行", "kind": "head_office"},
    {"org_id": "11", "name": "东门支行", "parent_id": "1", "kind": "branch"},
    {"org_id": "12", "name": "西门支行", "parent_id": "1", "kind": "branch"},
]
STAFF = [{"staff_id": "s1", "name": "张伟", "org_id": "11", "role": "teller"}]
SAID = {
    "排队太久，只开一个窗口。": (3, "waiting"),
    "手续费收得不明不白。": (4, "fees"),
    "柜员很热情，服务好。": (10, "attitude"),
    "很好很好。": (9, None),
    "客户经理专业，讲解清楚。": (10, "manager"),
}
#: What customers say who were asked for ten points, taken by somebody for a matter of manners.
MOVED = [Move("打十分", "attitude"), Move("让打", "attitude")]
COMPLAINED = {
    "C1": "排队 叫号 窗口 等了 老人".split(),  # noqa: SIM905
    "C2": "手续费 年费 短信费 收费 扣费".split(),  # noqa: SIM905
}


def _world(extra: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    made, rows = random.Random(5), []
    for number in range(480):
        words = made.choice(list(SAID))
        org = made.choice(["11", "12"])
        if org == "12" and made.random() < 0.25:
            words = "工作人员让打十分。"
        day = AS_OF - timedelta(days=made.randrange(1, 690))
        rows.append(
            {
                "response_id": f"r{number}",
                "party_id": f"p{number % 60}",
                "answered_at": datetime(day.year, day.month, day.day, 10),
                "org_id": org,
                "recommend": SAID.get(words, (10, None))[0],
                "words": words,
                "moment": "counter_service",
            }
        )
    complaints = []
    for number in range(60):
        code = ("C1", "C2")[number % 2]
        about = COMPLAINED[code]
        complaints.append(
            {
                "complaint_id": f"c{number}",
                "party_id": f"p{number}",
                "received_at": datetime(2026, 9, 1 + number % 20, 9),
                "org_id": ("11", "12")[number // 2 % 2],
                "cause_code": code if number < 56 else None,
                "words": f"东门支行{about[number % 5]}{number}，{about[number // 5 % 5]}{made.choice('慢乱多差难')}。",
                "state": "open",
            }
        )
    parties = pa.table({"party_id": [f"p{n}" for n in range(60)], "aum": [1_000_000 + n for n in range(60)]})
    tables = {
        "organisation": ORGS,
        "staff": STAFF,
        "survey_response": [*rows, *(extra or [])],
        "complaint": complaints,
        **more,
    }
    return {"tables": tables, "figures": parties}


def _known(world: dict[str, Any], home: Path, as_of: date = AS_OF, **more: Any) -> Any:
    made = known(world["tables"], as_of, figures=world["figures"], **more)

    def derived(*parts: str) -> Path:
        place = home.joinpath(*parts)
        place.mkdir(parents=True, exist_ok=True)
        return place

    made.frames.past.cache.lake = SimpleNamespace(derived=derived, path=home)
    return made


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Section]]:
    return list(text.sections(_known(_world(), tmp_path_factory.mktemp("lake"))))


def _told(night: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(org, encoded(section)) for org, section in text.sections(night)]


def _one(told: list[tuple[str, Section]], code: str, org: str = "1") -> Any:
    [found] = [section for at, section in told if at == org and section.code == code]
    return found


def _rows(grid: Grid) -> Iterator[dict[str, Any]]:
    names = [name for name, _ in grid.columns]
    return (dict(zip(names, row, strict=True)) for row in grid.rows)


def _figures(section: Figures) -> dict[str, Any]:
    return {one.code: one for one in section.figures}


def test_every_code_has_words_in_both_languages(told: list[tuple[str, Section]]) -> None:
    assert words_missing("text", told) == []
    assert told[0][0] == "1" and isinstance(told[0][1], Figures)


def test_themes_are_counted_with_feeling_score_and_the_assets_of_those_who_said_it(
    told: list[tuple[str, Section]],
) -> None:
    rows = {row["theme"]: row for row in _rows(_one(told, "themes"))}
    assert {"waiting", "fees", "attitude", "manager"} <= set(rows)
    world = _world()["tables"]
    since = datetime(2025, 11, 1)
    fees = [row for row in world["survey_response"] if "手续费" in row["words"] and row["answered_at"] >= since]
    wrote = [row for row in world["complaint"] if row["words"] and "c" in row["complaint_id"]]
    assert rows["fees"]["verbatims"] - rows["fees"]["complaints"] == len(fees)
    assert rows["fees"]["complaints"] == sum(any(word in row["words"] for word in COMPLAINED["C2"]) for row in wrote)
    assert rows["fees"]["unhappy"][0] > 0.9 and rows["attitude"]["unhappy"][0] < 0.1
    assert rows["fees"]["recommend"][0] == 4
    who = {row["party_id"] for row in fees} | {
        row["party_id"] for row in wrote if any(word in row["words"] for word in COMPLAINED["C2"])
    }
    assert rows["fees"]["at_stake"] == sum(1_000_000 + int(party[1:]) for party in who)


ASKED = "工作人员让打十分。"


def test_that_marks_were_asked_for_is_told_to_audit_and_on_no_page_of_branch_heads(
    told: list[tuple[str, Section]], tmp_path: Path
) -> None:
    night = _known(_world(), tmp_path)
    tables = themes_told.tables(night)
    for shown in (repr(told), repr(tables)):
        assert "asked_for_marks" not in shown and "打十分" not in shown
    assert tables["theme_voice"], "other words are there"
    found = list(signs.asked_for(night))
    since = datetime(2025, 11, 1)
    recent = [row for row in _world()["tables"]["survey_response"] if row["answered_at"] >= since]
    begged = sum(row["words"] == ASKED for row in recent)
    (row,) = _rows(_one(found, "asked_words"))
    assert (row["branch"], row["asked"]) == ("12", begged) and begged > 10
    assert {row["words"] for row in _rows(_one(found, "asked_examples"))} == {ASKED}
    assert _one(found, "asked_words", "12").rows and not [at for at, one in found if at == "11"]
    assert words_missing("signs", found) == []


def test_who_moves_the_words_that_marks_were_asked_for_hides_nothing_from_audit(tmp_path: Path) -> None:
    before = _one(list(signs.asked_for(_known(_world(), tmp_path))), "asked_words").rows
    theme_corrections.write(tmp_path, [*MOVED, Merge("asked_for_marks", "attitude")])
    night = _known(_world(), tmp_path, AS_OF + timedelta(days=1))
    assert [row[2] for row in _one(list(signs.asked_for(night)), "asked_words").rows] == [row[2] for row in before]
    assert "打十分" not in repr(list(text.sections(night)))


def test_a_branch_shows_its_own_customers_words_and_no_others(told: list[tuple[str, Section]]) -> None:
    for org in ("11", "12"):
        grid = _one(told, "examples", org)
        assert ("words", Unit.WORDS) in grid.columns
        wrote = {
            row["words"]
            for name in ("survey_response", "complaint")
            for row in _world()["tables"][name]
            if row["org_id"] == org
        }
        assert {row["words"] for row in _rows(grid)} <= wrote


def test_words_and_codes_of_complaints_are_held_against_each_other(told: list[tuple[str, Section]]) -> None:
    figures = _figures(_one(told, "causes"))
    assert figures["complaints"].value == 60 and figures["uncoded"].value == 4
    assert figures["agreement"].value > 0.9
    rows = {row["cause"]: row for row in _rows(_one(told, "by_cause"))}
    assert rows["C1"]["mostly_about"] == "waiting" and rows["C2"]["mostly_about"] == "fees"
    assert sum(row["suggested"] for row in rows.values()) == 4
    assert not [1 for _, section in told if section.code == "six_causes"]


def test_a_cause_is_shown_with_the_name_the_bank_gave_its_code_in_both_languages(tmp_path: Path) -> None:
    world = _world()
    causes = {"C1": Name("排队", "Queues"), "C9": Name("别的", "Other")}
    grid = _one(list(text.sections(_known(world, tmp_path, causes=causes))), "by_cause")
    assert dict(grid.columns)["cause"] == dict(grid.columns)["taken_for"] == Unit.BANK_CODE
    assert grid.names == {"C1": ("排队", "Queues")}, "only what is shown, and C2 has no name"
    written = {
        language: Writer(words.of("text"), language, "CNY", Names({}, {}, {})).section(encoded(grid))
        for language in ("zh-hans", "en")
    }
    first = {language: {row[0][1].text for row in shown["rows"]} for language, shown in written.items()}
    assert first == {"zh-hans": {"C1 排队", "C2"}, "en": {"C1 Queues", "C2"}}


def test_codes_of_few_complaints_are_shown_and_nothing_is_suggested(tmp_path: Path) -> None:
    world = _world()
    world["tables"]["complaint"] = world["tables"]["complaint"][:6]
    told = list(text.sections(_known(world, tmp_path)))
    assert _one(told, "causes").verdict.code == "causes_untaught"
    assert "suggested" not in dict(_one(told, "by_cause").columns)


def test_nothing_written_after_the_night_is_known(tmp_path: Path) -> None:
    later = [
        {
            "response_id": f"z{number}",
            "answered_at": datetime(2026, 10, 21 + number % 9, 8),
            "org_id": "11",
            "words": "停车位太少。",
            "recommend": 1,
            "moment": "counter_service",
        }
        for number in range(200)
    ]
    before = _told(_known(_world(), tmp_path / "one"))
    assert _told(_known(_world(later), tmp_path / "two")) == before


def test_themes_keep_their_names_from_night_to_night_and_a_night_made_again_is_the_same(tmp_path: Path) -> None:
    first = _told(_known(_world(), tmp_path))
    assert _told(_known(_world(), tmp_path)) == first
    next_day = AS_OF + timedelta(days=1)
    told = list(text.sections(_known(_world(), tmp_path, next_day)))
    assert _figures(_one(told, "steadiness"))["kept"].value == 1.0
    assert sorted(path.stem for path in (tmp_path / "themes").iterdir()) == [AS_OF.isoformat(), next_day.isoformat()]
    # an earlier day knows nothing of a later one, and a broken file only costs the memory
    assert _told(_known(_world(), tmp_path)) == first
    (tmp_path / "themes" / f"{AS_OF.isoformat()}.json").write_text("{")
    told = list(text.sections(_known(_world(), tmp_path, next_day)))
    assert "kept" not in _figures(_one(told, "steadiness"))


def test_a_renamed_theme_keeps_its_name_in_the_next_night_and_gets_the_old_one_back_when_it_is_undone(
    tmp_path: Path,
) -> None:
    theme_corrections.write(tmp_path, [Rename("fees", "收费不透明")])
    for day in (AS_OF, AS_OF + timedelta(days=1)):
        told = list(text.sections(_known(_world(), tmp_path, day)))
        rows = {row["theme"] for row in _rows(_one(told, "themes"))}
        assert "收费不透明" in rows and "fees" not in rows
        figures = _figures(_one(told, "steadiness"))
        assert figures["corrections"].value == 1 and "corrections_idle" not in figures
    assert figures["kept"].value == 1.0, "a name moves nothing"
    theme_corrections.write(tmp_path, [])
    told = list(text.sections(_known(_world(), tmp_path, AS_OF + timedelta(days=2))))
    assert "fees" in {row["theme"] for row in _rows(_one(told, "themes"))}


def test_merged_themes_are_one_and_a_moved_phrase_goes_where_people_put_it_night_after_night(tmp_path: Path) -> None:
    sizes = {
        row["theme"]: row["verbatims"] for row in _rows(_one(list(text.sections(_known(_world(), tmp_path))), "themes"))
    }
    theme_corrections.write(tmp_path, [Merge("fees", "waiting"), *MOVED, Rename("gone", "x")])
    for back in (1, 2):
        told = list(text.sections(_known(_world(), tmp_path, AS_OF + timedelta(days=back))))
        now = {row["theme"]: row["verbatims"] for row in _rows(_one(told, "themes"))}
        assert "fees" not in now and now["waiting"] == sizes["waiting"] + sizes["fees"]
        assert now["attitude"] == sizes["attitude"] and "asked_for_marks" not in now
        figures = _figures(_one(told, "steadiness"))
        assert (figures["corrections"].value, figures["corrections_idle"].value) == (3, 1)
        assert figures["kept"].value == 1.0
        assert words_missing("text", told) == []


def test_complaints_coded_anew_teach_the_next_night(tmp_path: Path) -> None:
    """Five complaints of the app are coded as fees; once handlers code them C3, the uncoded sixth is suggested C3."""
    about = "手机银行闪退 手机银行登录失败 手机银行卡顿 闪退后登录不上 登录验证码收不到 手机银行又闪退".split()  # noqa: SIM905

    def night(code: str, day: date) -> dict[str, Any]:
        world = _world()
        world["tables"]["complaint"] = [
            {**row, "cause_code": row["cause_code"] or "C1"} for row in world["tables"]["complaint"]
        ] + [
            {
                "complaint_id": f"app{number}",
                "party_id": f"p{number}",
                "received_at": datetime(2026, 10, 1 + number, 9),
                "org_id": "11",
                "cause_code": code if number < 5 else None,
                "words": words,
                "state": "open",
            }
            for number, words in enumerate(about)
        ]
        told = list(text.sections(_known(world, tmp_path, day)))
        return {row["cause"]: row["suggested"] for row in _rows(_one(told, "by_cause"))}

    assert night("C2", AS_OF) == {"C1": 0, "C2": 1}
    assert night("C3", AS_OF + timedelta(days=1)) == {"C1": 0, "C2": 0, "C3": 1}


def test_names_of_employees_and_branches_are_no_themes(tmp_path: Path) -> None:
    thanks = [
        {
            "response_id": f"t{number}",
            "answered_at": datetime(2026, 9, 1 + number % 28, 8),
            "org_id": "11",
            "words": f"感谢张伟{chr(0x5000 + 9 * number)}{chr(0x6000 + 7 * number)}。",
            "moment": "counter_service",
        }
        for number in range(120)
    ]
    for _, section in text.sections(_known(_world(thanks), tmp_path)):
        for cells in getattr(section, "rows", ()):
            for (_, unit), cell in zip(section.columns, cells, strict=True):  # type: ignore[union-attr]
                assert unit is Unit.WORDS or "张伟" not in str(cell)


def test_a_handful_of_verbatims_is_said_to_be_too_few(tmp_path: Path) -> None:
    world = _world()
    world["tables"] |= {"survey_response": world["tables"]["survey_response"][:10], "complaint": []}
    told = list(text.sections(_known(world, tmp_path)))
    assert [(section.code, section.verdict.code) for _, section in told] == [("said", "too_little_data")]  # type: ignore[union-attr]
