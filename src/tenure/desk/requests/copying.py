"""The package of everything the bank holds about a person: the desk's part as pages in both languages and as JSON.

The lake's part is written beside it by a night (``nightly/persons.py``), through :func:`write_part` too.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tenure.contracts import Kind
from tenure.contracts.codes import Name
from tenure.desk.kit import formats
from tenure.desk.kit.wording import CODES
from tenure.desk.publication.current import pinned
from tenure.desk.requests.holdings import HOLDINGS, WORDS, published_about
from tenure.desk.requests.models import PersonRequest
from tenure.desk.requests.rules import OF_OTHERS

LANGUAGES = {"zh-hans": "zh", "en": "en"}
DESK, LAKE = "desk", "lake"


@dataclass(frozen=True)
class Part:
    """One table of a package: what it is called, its columns with their names, and rows of plain values."""

    name: str
    title: Name
    columns: Sequence[tuple[str, Name]]
    rows: list[list[Any]]
    money: frozenset[str] = frozenset()
    #: Values a column may have, where they are codes that have names.
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)


def parts_of(numbers: Iterable[str], *, notes: bool) -> list[Part]:
    """Everything the desk holds about a person, published tables first; empty tables are left out.

    Columns that name staff or other customers are left out; ``notes`` adds what staff wrote for themselves.
    """
    numbers, found = list(numbers), []
    for name, table in published_about().items():
        columns = [column for column in table.contract if column.name not in OF_OTHERS]
        rows = table.rows().filter(party_id__in=numbers).order_by("pk")
        found.append(
            Part(
                name,
                Name(table.contract.zh, table.contract.en),
                [(column.name, Name(column.zh, column.en)) for column in columns],
                [[plain(getattr(row, column.name)) for column in columns] for row in rows],
                frozenset(column.name for column in columns if column.kind is Kind.MONEY),
                {column.name: frozenset(column.allowed) for column in columns if column.allowed},
            )
        )
    for holding in HOLDINGS:
        names = [*holding.columns, *(holding.notes if notes else ())]
        if not names:
            continue
        rows = holding.rows(numbers).order_by("pk")
        found.append(
            Part(
                holding.label.replace(".", "_").lower(),
                holding.name,
                [(name, WORDS[name]) for name in names],
                [[plain(getattr(row, name)) for name in names] for row in rows],
                frozenset({"amount", "won_amount", "disputed"}),
                {one.name: frozenset(dict(one.flatchoices)) for one in holding.model._meta.fields if one.choices},
            )
        )
    return [part for part in found if part.rows]


def plain(value: Any) -> Any:
    """``value`` as JSON holds it; moments in the bank's time."""
    match value:
        case datetime():
            return (timezone.localtime(value) if timezone.is_aware(value) else value).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case None | bool() | int() | float() | str() | list() | dict():
            return value
        case _:
            return str(value)


def folder_of(request_id: Any) -> Path:
    """Where a request's package lies; outside everything the web server hands out by itself."""
    return Path(settings.HOME) / "files" / "requests" / str(request_id)


def write_part(folder: Path, which: str, number: str, parts: list[Part], now: datetime) -> None:
    """Write one part (``desk`` or ``lake``) of a package: JSON and a page in each language, for the owner alone.

    Written whole or not at all; written again it replaces.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = {
        "customer": number,
        "written_at": plain(now),
        "tables": {
            f"{n:02d} {part.name}": {
                "zh": part.title.zh,
                "en": part.title.en,
                "columns": {name: {"zh": words.zh, "en": words.en} for name, words in part.columns},
                "rows": [dict(zip((name for name, _words in part.columns), row, strict=True)) for row in part.rows],
            }
            for n, part in enumerate(parts, 1)
        },
    }
    _write(folder / f"{which}.json", json.dumps(told, ensure_ascii=False, indent=1).encode())
    for language, short in LANGUAGES.items():
        _write(folder / f"{which}.{short}.html", page_of(which, number, parts, language, now).encode())


def page_of(which: str, number: str, parts: list[Part], language: str, now: datetime) -> str:
    """One part as a page that stands alone, in ``language``."""
    chinese = formats.is_chinese(language)
    with translation.override(language):
        shown: list[dict[str, Any]] = []
        for part in parts:
            heads = [words.zh if chinese else words.en for _name, words in part.columns]
            rows = [_cells(part, row, language) for row in part.rows]
            pairs = list(zip(heads, rows[0], strict=True)) if len(rows) == 1 else []
            title = part.title.zh if chinese else part.title.en
            shown.append({"title": title, "heads": heads, "rows": rows, "pairs": pairs})
        title = _("Your data at the bank’s desk") if which == DESK else _("Your data in the bank’s records")
        context = {"title": title, "number": number, "parts": shown, "at": now, "language": language}
        return render_to_string("requests/package.html", context)


def _cells(part: Part, row: list[Any], language: str) -> list[str]:
    names = [name for name, _words in part.columns]
    own = dict(zip(names, row, strict=True))
    publication = pinned()
    currency = own.get("currency") or (publication.currency if publication else "CNY")
    return [
        formats.money(value, currency, language, "full")
        if name in part.money and type(value) is int
        else _said(value, part.codes.get(name, frozenset()), language)
        for name, value in own.items()
    ]


def _said(value: Any, codes: frozenset[str], language: str) -> str:
    """A value as people read it: codes by their names, lists and groups of values in a line."""
    match value:
        case None | "" | [] | {}:
            return formats.NOTHING
        case bool():
            return _("yes") if value else _("no")
        case list():
            return "; ".join(_said(one, codes, language) for one in value)
        case dict():
            return ", ".join(f"{name}: {_said(one, codes, language)}" for name, one in value.items())
        case str() if value in codes:
            return _named(value, codes, language)
    return str(value)


def _named(value: str, codes: frozenset[str], language: str) -> str:
    """The name of a code, from the code list that has exactly, or at least, the values the column may have."""
    lists = sorted((held for held in CODES.values() if codes <= set(held)), key=len)
    name = lists[0].get(value) if lists else None
    return value if name is None else (name.zh if formats.is_chinese(language) else name.en)


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_name(path.name + ".writing")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(content)
    fresh.replace(path)


def packed(request: PersonRequest) -> bytes:
    """The package as a ZIP; FileNotFoundError where there is none (any more)."""
    files = sorted(path for path in folder_of(request.pk).iterdir() if path.suffix in (".json", ".html"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.name)
    return out.getvalue()


def forget(request_id: Any) -> None:
    """Delete a package."""
    forget_folder(folder_of(request_id))


def forget_folder(folder: Path) -> None:
    """Delete a folder of a package."""
    shutil.rmtree(folder, ignore_errors=True)
