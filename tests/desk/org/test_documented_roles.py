"""docs/security.md says who may do what; it is the same table as org/rules.py."""

from __future__ import annotations

from pathlib import Path

from tenure.contracts import codes
from tenure.desk.control.rules import SCOPES
from tenure.desk.org.rules import PERMISSIONS, Permission, Scope, scope_of

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "security.md"
SEES = {Scope.BRANCH: "branch and below", Scope.COVERAGE: "own customers", Scope.NONE: "none"}


def roles_table() -> list[str]:
    """The table of roles as the document has it."""
    head = ["role", "", "sees", *(f"`{permission}`" for permission in Permission)]
    rows = [head, ["---"] * len(head)]
    for role, name in codes.ROLES.items():
        marks = ["✓" if permission in PERMISSIONS[role] else "" for permission in Permission]
        rows.append([name.en, name.zh, SEES[scope_of(role)], *marks])
    return ["| " + " | ".join(row) + " |" for row in rows]


def test_the_roles_are_documented_as_they_are() -> None:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    missing = [row for row in roles_table() if row not in lines]
    assert not missing, "docs/security.md lacks:\n" + "\n".join(missing)


def test_every_scope_of_a_token_is_documented() -> None:
    text = (DOCUMENT.parent / "api.md").read_text(encoding="utf-8")
    assert not [scope for scope in SCOPES if f"`{scope}`" not in text]
