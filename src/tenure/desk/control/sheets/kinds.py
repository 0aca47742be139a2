"""What can be edited as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable

if TYPE_CHECKING:
    from tenure.desk.org.models import User
    from tenure.desk.org.rules import Permission

#: Where each kind is known; a path and not an import, because control lies below these apps.
KINDS: dict[str, str] = {
    "consents": "tenure.desk.parties.consent_sheets.CONSENTS",
    "coverage": "tenure.desk.team.coverage_sheets.COVERAGE",
}
#: Rows of one workbook: what one person can look through, and another can check.
MOST_ROWS = 1000
#: Characters of a cell that people write freely.
MOST_WRITTEN = 200


@dataclass(frozen=True, slots=True)
class EditColumn:
    """A column that may be edited: its name, its head, and what may stand in it by code, worded for the reader.

    Without choices it holds what people write; ``expected`` says what that is, and the kind refuses what it is not.
    """

    name: str
    head: str
    choices: Mapping[str, str]
    expected: str = ""

    def word(self, code: str) -> str:
        """What stands in the cell for ``code``."""
        return self.choices[code] if self.choices else code

    def code(self, said: str) -> str | None:
        """What a cell that holds ``said`` means; None where it means nothing."""
        if not self.choices:
            return " ".join(said.split()) if len(said) <= MOST_WRITTEN else None
        return next((code for code, word in self.choices.items() if word == said), None)

    def told(self) -> str:
        """What may stand in a cell, in words."""
        return " / ".join(self.choices.values()) if self.choices else self.expected


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its key, what stands beside it to read, and the codes of its columns that may be edited."""

    key: str
    beside: Sequence[Any]
    values: Mapping[str, str]


class Editable(Protocol):
    """What one kind of workbook holds, who may edit and check it, and how an edited cell is put into force."""

    edits: Permission
    checks: Permission

    def name(self) -> str:
        """What is edited, in the reader's language."""

    def heads(self) -> Sequence[str]:
        """Heads of the key and of the columns beside it."""

    def columns(self, language: str) -> Sequence[EditColumn]:
        """The columns that may be edited."""

    def asked(self, filters: Mapping[str, Any]) -> dict[str, str]:
        """``filters`` as they are kept. Raises Unacceptable."""

    def told(self, filters: Mapping[str, str], language: str) -> str:
        """``filters`` in words."""

    def rows(self, user: User, filters: Mapping[str, str], most: int) -> Iterator[SheetRow]:
        """At most ``most`` rows ``user`` may see, masked as they must see them and worded in the active language."""

    def current(self, user: User, keys: Iterable[str]) -> dict[str, dict[str, str]]:
        """What stands now in the columns of ``keys``; rows that are not the user's are left out."""

    def apply(self, user: User, key: str, column: str, value: str, now: datetime) -> None:
        """Put one cell into force, as ``user`` and with their rights; in a transaction of its own."""


def editable_of(kind: str) -> Editable:
    """The kind of that name.

    Raises:
        Unacceptable: nothing of that name can be edited as a workbook.
    """
    if kind not in KINDS:
        raise Unacceptable(
            _("“%(kind)s” cannot be edited as a workbook.") % {"kind": kind[:40]},
            _("Kinds are: %(kinds)s.") % {"kinds": ", ".join(KINDS)},
            field="kind",
        )
    found: Editable = import_string(KINDS[kind])
    return found
