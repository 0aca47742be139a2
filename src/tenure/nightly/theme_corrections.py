"""What people corrected in the themes of customers' words: kept in the lake's ``themes.toml``, applied every night.

The themes that the texts bring forth are kept apart from what people made of them, so that a correction taken back is
gone, and themes found afresh are corrected again. ``tenure themes`` writes the file; it may be edited by hand as well.

What people correct at the desk goes into the same file: before each night :func:`take_over` puts the desk's standing
corrections, which bear its numbers, in the place of those it had there. So there is one list, in one order, and it is
the night's only source.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.errors import InputError
from tenure.lake import durable

if TYPE_CHECKING:
    from tenure.insight.text import Themes

FILE = "themes.toml"
_HEAD = """\
# Corrections of the themes of customers' words, applied every night in this order. `tenure themes` writes them.
# do = "rename": theme, name · do = "merge": theme, into · do = "move": phrase, theme · do = "teach": text, theme.
# A theme is named by its key. Those with desk = … come from the desk and are changed there.
"""
_REMEDY = (
    'Write [[correction]] with do = "rename" (theme, name), "merge" (theme, into), "move" (phrase, theme) '
    'or "teach" (text, theme).'
)


@dataclass(frozen=True)
class Rename:
    """Call the theme by a name of the bank's own."""

    theme: str
    name: str
    desk: str = ""

    def correct(self, themes: Themes) -> None:
        """Do so."""
        themes.rename(self.theme, self.name)


@dataclass(frozen=True)
class Merge:
    """Make the theme a part of another."""

    theme: str
    into: str
    desk: str = ""

    def correct(self, themes: Themes) -> None:
        """Do so."""
        themes.merge(self.theme, self.into)


@dataclass(frozen=True)
class Move:
    """Texts with the phrase belong to the theme."""

    phrase: str
    theme: str
    desk: str = ""

    def correct(self, themes: Themes) -> None:
        """Do so."""
        themes.move_phrase(self.phrase, self.theme)


@dataclass(frozen=True)
class Teach:
    """This text belongs to the theme, and others like it as far as they share its phrases."""

    text: str
    theme: str
    desk: str = ""

    def correct(self, themes: Themes) -> None:
        """Do so."""
        themes.move_text(self.text, self.theme)


Correction = Rename | Merge | Move | Teach
_KINDS: dict[str, type[Rename] | type[Merge] | type[Move] | type[Teach]] = {
    "rename": Rename, "merge": Merge, "move": Move, "teach": Teach,
}  # fmt: skip


def read(lake: Path) -> list[Correction]:
    """The corrections of the lake in that folder, in their order; none without the file.

    Raises:
        InputError: the file is no TOML, or an entry is not as it should be; it is named by its number.
    """
    path = lake / FILE
    if not path.exists():
        return []
    try:
        held = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise InputError(f"{path}: not readable as TOML: {wrong}", "Correct the file at that place.") from None
    entries = held.pop("correction", [])
    if held or not isinstance(entries, list):
        raise InputError(f"{path}: {', '.join(held) or 'correction'} is not expected here", _REMEDY)
    return [_entry(entry, f"{path}, correction {number}") for number, entry in enumerate(entries, 1)]


def write(lake: Path, corrections: Iterable[Correction]) -> None:
    """Replace the file, whole or not at all."""
    names = {kind: name for name, kind in _KINDS.items()}
    blocks = [_HEAD]
    for each in corrections:
        # a JSON string is a TOML basic string
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in asdict(each).items() if value]
        blocks.append("\n".join(["[[correction]]", f'do = "{names[type(each)]}"', *lines, ""]))
    durable.write_text(lake / FILE, "\n".join(blocks))


def take_over(lake: Path, standing: Iterable[Mapping[str, str]]) -> int:
    """Put the desk's corrections as they stand now after those made by hand; how many lines differ from before.

    Args:
        standing: ``do`` and the fields of its kind, ``desk`` the number it has there; in the order they were made.
    """
    before = read(lake)
    kinds = [({k: v for k, v in each.items() if k != "do"}, _KINDS[each["do"]]) for each in standing]
    after = [*(each for each in before if not each.desk), *(kind(**fields) for fields, kind in kinds)]
    if after != before:
        write(lake, after)
    return len({*before} ^ {*after})


def correct(themes: Themes, corrections: Sequence[Correction]) -> list[Correction]:
    """Apply them in their order; those whose theme is not among these are passed over.

    Result: those in force.
    """
    done = []
    for each in corrections:
        try:
            each.correct(themes)
        except InputError:
            continue
        done.append(each)
    return done


def _entry(entry: Any, where: str) -> Correction:
    kind = _KINDS.get(entry.get("do", "")) if isinstance(entry, dict) else None
    if kind is None:
        raise InputError(f"{where}: {entry!r} says not what to do", _REMEDY)
    given = {key: value for key, value in entry.items() if key != "do"}
    if set(given) | {"desk"} != set(kind.__dataclass_fields__) or not all(
        isinstance(value, str) and value.strip() for value in given.values()
    ):
        raise InputError(f"{where}: {entry['do']} with {given!r}", _REMEDY)
    return kind(**given)
