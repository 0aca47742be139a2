"""`tenure themes`: what customers talk about, and corrections of it that the next night goes by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tenure.insight.text import Themes
    from tenure.nightly.theme_corrections import Correction

_LAKE = click.option("--lake", "lake_path", required=True, type=click.Path(path_type=Path), help="The lake's folder.")
_EPILOG = (
    "Corrections stand in themes.toml in the lake; every night applies them in their order (docs/statistics/text.md)."
)


@click.group(epilog=_EPILOG)
def command() -> None:
    """List the themes of customers' words; rename, merge or teach them from the next night on.

    A theme is named by its key, which stays when it is renamed.

    \b
    Examples:
      tenure themes list --lake var/lake
      tenure themes rename --lake var/lake waiting 排队太久
      tenure themes merge --lake var/lake 升级 更新
      tenure themes move --lake var/lake 叫号机 waiting
      tenure themes undo --lake var/lake 2
    """


@command.command("list")
@_LAKE
def list_themes(lake_path: Path) -> None:
    """List the themes of the last night by size, then the corrections with their numbers.

    \b
    Example:
      tenure themes list --lake var/lake
    """
    from tenure.nightly import theme_corrections

    themes, corrections = _standing(lake_path)
    in_force = theme_corrections.correct(themes, corrections)
    click.echo(f"{'key':<20} {'texts':>7}  name: phrases")
    for theme in themes.themes_:
        click.echo(f"{theme.key:<20} {theme.texts:>7,}  {theme.name}: {' · '.join(theme.phrases[:6])}")
    if not corrections:
        click.echo("No corrections.")
    for number, each in enumerate(corrections, 1):
        waits = "" if each in in_force else "  (no such theme now)"
        click.echo(f"{number:>3}  {_said(each)}{waits}")


@command.command("rename")
@_LAKE
@click.argument("theme")
@click.argument("name")
def rename(lake_path: Path, theme: str, name: str) -> None:
    """Call THEME by NAME, on every page and in both languages.

    \b
    Example:
      tenure themes rename --lake var/lake waiting 排队太久
    """
    from tenure.nightly.theme_corrections import Rename

    _add(lake_path, Rename(theme, name.strip()))


@command.command("merge")
@_LAKE
@click.argument("theme")
@click.argument("into")
def merge(lake_path: Path, theme: str, into: str) -> None:
    """Make THEME a part of INTO: whoever spoke of it spoke of INTO.

    \b
    Example:
      tenure themes merge --lake var/lake 升级 更新
    """
    from tenure.nightly.theme_corrections import Merge

    _add(lake_path, Merge(theme, into))


@command.command("move")
@_LAKE
@click.argument("phrase")
@click.argument("theme")
def move(lake_path: Path, phrase: str, theme: str) -> None:
    """Teach that texts with PHRASE belong to THEME.

    \b
    Example:
      tenure themes move --lake var/lake 叫号机 waiting
    """
    from tenure.nightly.theme_corrections import Move

    _add(lake_path, Move(phrase.strip(), theme))


@command.command("undo")
@_LAKE
@click.argument("number", type=click.IntRange(1))
def undo(lake_path: Path, number: int) -> None:
    """Take back correction NUMBER of `tenure themes list`.

    \b
    Example:
      tenure themes undo --lake var/lake 2
    """
    from tenure.errors import InputError
    from tenure.lake import Lake
    from tenure.nightly import theme_corrections

    lake = Lake.open(lake_path)
    corrections = theme_corrections.read(lake.path)
    if number > len(corrections):
        raise InputError(f"there are {len(corrections)} corrections, no number {number}", "See `tenure themes list`.")
    gone = corrections.pop(number - 1)
    if gone.desk:
        raise InputError(f"correction {number} was made at the desk", "Take it back there, under Voice → Causes.")
    theme_corrections.write(lake.path, corrections)
    click.echo(f"✓ taken back: {_said(gone)}; from the next night")


def _add(lake_path: Path, correction: Correction) -> None:
    """Check the correction against the themes of the last night and write it."""
    from tenure.lake import Lake
    from tenure.nightly import theme_corrections

    themes, corrections = _standing(lake_path)
    theme_corrections.correct(themes, corrections)
    correction.correct(themes)  # refused here rather than passed over at night
    kept = [each for each in corrections if not _replaced(each, correction)]
    theme_corrections.write(Lake.open(lake_path).path, [*kept, correction])
    click.echo(f"✓ {_said(correction)}; from the next night")


def _replaced(old: Correction, new: Correction) -> bool:
    """A theme has one name and a phrase one theme: the newer counts."""
    from tenure.nightly.theme_corrections import Move, Rename

    match old, new:
        case Rename(), Rename():
            return old.theme == new.theme
        case Move(), Move():
            return old.phrase == new.phrase
    return old == new


def _standing(lake_path: Path) -> tuple[Themes, list[Correction]]:
    """The themes that the last night found, before corrections, and the corrections."""
    from tenure.errors import InputError
    from tenure.insight.text import Themes
    from tenure.lake import Lake
    from tenure.nightly import theme_corrections

    lake = Lake.open(lake_path)
    states = sorted(lake.derived("themes").glob("????-??-??.json"))
    if not states:
        raise InputError(f"{lake.path}: no night has found themes yet", f"Run `tenure nightly --lake {lake_path}`.")
    return Themes.from_state(states[-1].read_text("utf-8")), theme_corrections.read(lake.path)


def _said(correction: Correction) -> str:
    from dataclasses import asdict

    first, second, desk = asdict(correction).values()
    return f"{type(correction).__name__.lower()}: {first} → {second}{'  (from the desk)' if desk else ''}"
