"""The versioned table of complaint codes. Pure: no files, no database.

A version holds from its day until the next one's. A complaint keeps the version it was coded by, so that last year's
return says what it said then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

KINDS = ("channel", "business", "cause")
#: What is usually needed to decide a complaint; ``held`` says which of them the bank has already.
DOCUMENTS: dict[str, tuple[str, str]] = {
    "identity": ("身份证明", "Proof of identity"),
    "account": ("账户资料", "Account records"),
    "transactions": ("当日前后交易流水", "Transactions of the days around"),
    "contract": ("合同或产品说明", "Contract or product terms"),
    "risk": ("风险测评问卷", "Questionnaire on risk"),
    "receipt": ("回单或凭条", "Receipt"),
    "income": ("收入证明", "Proof of income"),
    "letters": ("以往函件", "Earlier letters"),
}


class WrongTable(ValueError):
    """The table cannot be what was meant; says where."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its names, the words that speak for it, the level above it and the documents usually needed."""

    code: str
    zh: str
    en: str
    words: tuple[str, ...] = ()
    above: str = ""
    documents: tuple[str, ...] = ()

    def name(self, chinese: bool) -> str:
        """What it is called."""
        return self.zh if chinese else self.en


@dataclass(frozen=True, slots=True)
class Version:
    """One edition of the table."""

    name: str
    since: date
    codes: Mapping[str, Mapping[str, Code]]

    def top(self, kind: str, code: str) -> str:
        """The first-level code of ``code``; itself where it is one, or is not known."""
        found = self.codes[kind].get(code)
        return found.above or found.code if found is not None else code


def versions_in(told: Mapping[str, Any]) -> list[Version]:
    """The versions a TOML file tells, oldest first.

    Raises:
        WrongTable: what is wrong, and where.
    """
    rows = told.get("version")
    if set(told) != {"version"} or not isinstance(rows, list) or not rows:
        raise WrongTable("there are no [[version]] tables")
    found = [_version(row) for row in rows]
    if len({one.name for one in found}) != len(found) or len({one.since for one in found}) != len(found):
        raise WrongTable("two versions share a name or a day")
    return sorted(found, key=lambda one: one.since)


def in_force(versions: Sequence[Version], on: date) -> Version:
    """The version that holds on a day: the newest that has begun, else the first."""
    begun = [one for one in versions if one.since <= on]
    return begun[-1] if begun else versions[0]


def _version(row: Any) -> Version:
    if not isinstance(row, dict) or not isinstance(row.get("name"), str) or not 0 < len(row["name"]) <= 20:
        raise WrongTable("a version has no name of 1 to 20 characters")
    where = f"version {row['name']}"
    if type(row.get("from")) is not date:
        raise WrongTable(f"{where}: from is no day, write 2026-01-01")
    codes: dict[str, dict[str, Code]] = {}
    for kind in KINDS:
        codes[kind] = {}
        for one in row.get(kind) or ():
            _add(codes[kind], one, "", where)
            for below in one.get("within", ()):
                _add(codes[kind], below, one["code"], where)
        if not codes[kind]:
            raise WrongTable(f"{where}: there are no [[version.{kind}]]")
    return Version(row["name"], row["from"], codes)


def _add(codes: dict[str, Code], row: Any, above: str, where: str) -> None:
    texts = [row.get(name) if isinstance(row, dict) else None for name in ("code", "zh", "en")]
    if not all(isinstance(text, str) and text.strip() for text in texts) or len(row["code"]) > 20:
        raise WrongTable(f"{where}: a code needs code (20 characters at most), zh and en")
    lists = {name: row.get(name, []) for name in ("words", "documents")}
    if any(not isinstance(one, list) or not all(isinstance(text, str) for text in one) for one in lists.values()):
        raise WrongTable(f"{where}: {row['code']}: words and documents are lists of texts")
    if unknown := set(lists["documents"]) - set(DOCUMENTS):
        raise WrongTable(f"{where}: {row['code']}: unknown documents {', '.join(sorted(unknown))}")
    if row["code"] in codes:
        raise WrongTable(f"{where}: {row['code']} stands there twice")
    codes[row["code"]] = Code(*texts, tuple(lists["words"]), above, tuple(lists["documents"]))
