"""Corrections of themes: the file, what the night makes of them, and the command that writes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from insight.text.voices import spoken
from tenure.cli.themes import command
from tenure.errors import InputError
from tenure.insight.text import Themes
from tenure.lake import Lake
from tenure.nightly import theme_corrections
from tenure.nightly.theme_corrections import Merge, Move, Rename

EVERY = [Rename("登录", '“登录”与\\验证"码"\n'), Merge("排队", "转账"), Move("窗口", "理财")]


@pytest.fixture(scope="module")
def state() -> str:
    return Themes().fit(spoken()[0]).state()


@pytest.fixture
def lake(tmp_path: Path, state: str) -> Path:
    """A lake in which a night has found themes."""
    made = Lake.create(tmp_path / "lake")
    (made.derived("themes") / "2026-10-20.json").write_text(state, "utf-8")
    return made.path


def tenure_themes(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def test_what_is_written_is_read_again_in_its_order_whatever_the_words(tmp_path: Path) -> None:
    assert theme_corrections.read(tmp_path) == []
    theme_corrections.write(tmp_path, EVERY)
    assert theme_corrections.read(tmp_path) == EVERY
    theme_corrections.write(tmp_path, [])
    assert theme_corrections.read(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[[correction", "TOML"),
        ("theme = 'x'", "theme"),
        ("correction = 3", "correction"),
        ("[[correction]]\ndo = 'drop'\ntheme = 'x'", "correction 1"),
        ("[[correction]]\ndo = 'rename'\ntheme = 'x'", "correction 1"),
        ("[[correction]]\ndo = 'rename'\ntheme = 'x'\nname = ' '", "correction 1"),
        ("[[correction]]\ndo = 'merge'\ntheme = 'x'\ninto = 3", "correction 1"),
        ("[[correction]]\ndo='merge'\ntheme='x'\ninto='y'\n[[correction]]\ntheme='x'", "correction 2"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / theme_corrections.FILE).write_text(text, "utf-8")
    with pytest.raises(InputError, match=named) as wrong:
        theme_corrections.read(tmp_path)
    assert theme_corrections.FILE in wrong.value.message and wrong.value.remedy


def test_each_correction_does_what_it_says_and_one_without_its_theme_is_passed_over(state: str) -> None:
    texts, _ = spoken()
    themes = Themes.from_state(state)
    before = themes.assign(texts)
    in_force = theme_corrections.correct(themes, [Rename("没有", "x"), *EVERY, Merge("排队", "登录")])
    assert in_force == EVERY  # 排队 is merged away by then
    assert next(theme.name for theme in themes.themes_ if theme.key == "登录") == EVERY[0].name.strip()  # type: ignore[union-attr]
    after = themes.assign(texts)
    for text, was, now in zip(texts, before, after, strict=True):
        if was == "排队" and "窗口" not in text:
            assert now == "转账"
    assert themes.assign(["窗口那边"]) == ["理财"]


def test_the_command_lists_the_themes_and_what_it_wrote(lake: Path) -> None:
    place = ("--lake", str(lake))
    listed = tenure_themes("list", *place)
    assert listed.exit_code == 0 and "No corrections." in listed.output
    assert all(key in listed.output for key in ("登录", "转账", "排队", "理财"))
    for arguments in (
        ("rename", *place, "登录", "登不上"),
        ("merge", *place, "排队", "转账"),
        ("move", *place, "窗口", "理财"),
    ):
        done = tenure_themes(*arguments)
        assert done.exit_code == 0 and "next night" in done.output, done.output
    assert theme_corrections.read(lake) == [Rename("登录", "登不上"), Merge("排队", "转账"), Move("窗口", "理财")]
    listed = tenure_themes("list", *place)
    assert "登不上" in listed.output and "2  merge: 排队 → 转账" in listed.output
    assert not any(line.startswith("排队") for line in listed.output.splitlines())
    assert tenure_themes("undo", *place, "2").exit_code == 0
    assert theme_corrections.read(lake) == [Rename("登录", "登不上"), Move("窗口", "理财")]


def test_the_newer_name_of_a_theme_and_the_newer_theme_of_a_phrase_count(lake: Path) -> None:
    place = ("--lake", str(lake))
    for arguments in (
        ("rename", *place, "登录", "一"),
        ("move", *place, "窗口", "理财"),
        ("rename", *place, "登录", "二"),
        ("move", *place, "窗口", "排队"),
    ):
        assert tenure_themes(*arguments).exit_code == 0
    assert theme_corrections.read(lake) == [Rename("登录", "二"), Move("窗口", "排队")]


def test_what_cannot_be_is_refused_and_nothing_is_written(lake: Path, tmp_path: Path) -> None:
    place = ("--lake", str(lake))
    for arguments, named in (
        (("rename", *place, "没有", "x"), "is no theme"),
        (("merge", *place, "登录", "登录"), "into itself"),
        (("move", *place, "登录", "转账"), "rests on"),
        (("undo", *place, "1"), "0 corrections"),
    ):
        failed = tenure_themes(*arguments)
        assert isinstance(failed.exception, InputError) and named in failed.exception.message
    assert not (lake / theme_corrections.FILE).exists()
    Lake.create(tmp_path / "young")
    failed = tenure_themes("list", "--lake", str(tmp_path / "young"))
    assert isinstance(failed.exception, InputError) and "no night" in failed.exception.message
