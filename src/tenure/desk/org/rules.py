"""Who may do what, and how far each role sees. Pure decisions: no database here.

A role gives permissions (what one may do) and a scope (which customers one sees). Both are bound to the
post's branch. The table below is the whole of it; nothing else grants anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Permission(StrEnum):
    """Something one may do at the desk."""

    VIEW_CUSTOMERS = "customers.view"
    EXPORT_CUSTOMERS = "customers.export"
    VIEW_UNMASKED = "customers.unmask"
    VIEW_CERTIFICATES = "customers.unmask_certificates"
    LOG_CONTACT = "work.log"
    MAKE_EVENTS = "care.events"
    HAND_OVER = "work.hand_over"
    NEGOTIATE = "corporate.negotiate"
    VIEW_BRANCH = "branch.view"
    VIEW_DATA = "data.view"
    VIEW_AUDIT = "audit.view"
    CHECK_CUSTOMERS = "changes.check_customers"
    CHECK_RULES = "changes.check_rules"
    MANAGE_RULES = "rules.manage"
    SEND_EVENTS = "events.send"
    MANAGE_SURVEYS = "surveys.manage"
    VIEW_SIGNS = "surveys.signs"
    VIEW_FAIRNESS = "complaints.fairness"
    MANAGE_CAUSES = "causes.manage"
    MANAGE_USERS = "users.manage"
    RUN_JOBS = "jobs.run"
    HANDLE_REQUESTS = "requests.handle"
    HANDLE_COMPLAINTS = "complaints.handle"


class Scope(StrEnum):
    """How far a role sees."""

    #: Everyone whose home branch is the post's branch or below it.
    BRANCH = "branch"
    #: Only customers on whose coverage team one is.
    COVERAGE = "coverage"
    #: No customer at all.
    NONE = "none"


P = Permission
#: What lets one check changes that others made (复核): those about customers, and those of the bank's rules.
CHECKS = frozenset({P.CHECK_CUSTOMERS, P.CHECK_RULES})
_SERVICE = frozenset({P.VIEW_CUSTOMERS, P.LOG_CONTACT, P.MAKE_EVENTS})

PERMISSIONS: dict[str, frozenset[Permission]] = {
    "relationship_manager": _SERVICE | {P.HAND_OVER, P.VIEW_UNMASKED, P.NEGOTIATE},
    "lobby_manager": _SERVICE,
    "teller": _SERVICE,
    "branch_head": _SERVICE
    | {P.HAND_OVER, P.VIEW_UNMASKED, P.VIEW_CERTIFICATES, P.EXPORT_CUSTOMERS, P.VIEW_BRANCH, P.CHECK_CUSTOMERS}
    | {P.NEGOTIATE, P.HANDLE_REQUESTS, P.MANAGE_CAUSES},
    "complaint_handler": _SERVICE | {P.VIEW_UNMASKED, P.HANDLE_REQUESTS, P.HANDLE_COMPLAINTS, P.VIEW_FAIRNESS},
    "marketer": frozenset({P.VIEW_CUSTOMERS, P.EXPORT_CUSTOMERS, P.VIEW_BRANCH, P.MANAGE_RULES, P.MAKE_EVENTS})
    | {P.MANAGE_SURVEYS, P.MANAGE_CAUSES},
    "executive": frozenset(
        {P.VIEW_CUSTOMERS, P.VIEW_BRANCH, P.VIEW_DATA, P.CHECK_CUSTOMERS, P.CHECK_RULES, P.MANAGE_RULES}
        | {P.MANAGE_SURVEYS, P.MANAGE_CAUSES, P.VIEW_FAIRNESS}
    ),
    "analyst": frozenset({P.VIEW_CUSTOMERS, P.EXPORT_CUSTOMERS, P.VIEW_BRANCH, P.VIEW_DATA, P.MANAGE_CAUSES}),
    "administrator": frozenset({P.MANAGE_USERS, P.VIEW_DATA, P.VIEW_AUDIT, P.RUN_JOBS, P.MANAGE_RULES, P.SEND_EVENTS}),
    "auditor": frozenset(
        {P.VIEW_CUSTOMERS, P.VIEW_UNMASKED, P.VIEW_CERTIFICATES, P.VIEW_DATA, P.VIEW_AUDIT, P.VIEW_BRANCH}
        | {P.VIEW_SIGNS, P.VIEW_FAIRNESS}
    ),
}
SCOPES: dict[str, Scope] = {
    "relationship_manager": Scope.COVERAGE,
    "administrator": Scope.NONE,
}


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """What someone holding ``roles`` may do: the union of what each gives."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


def scope_of(role: str) -> Scope:
    """How far ``role`` sees; the branch and below unless the table says otherwise."""
    return SCOPES.get(role, Scope.BRANCH)


def prefix_range(prefix: str) -> tuple[str, str]:
    """Bounds ``low <= value < high`` of all values that begin with ``prefix``.

    A range uses an ordinary index on every database; ``startswith`` scans the table on SQLite.
    """
    return prefix, prefix + "\U0010ffff"


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """Branch paths without those that lie below another of them, sorted."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(outer) for outer in kept):
            kept.append(path)
    return tuple(kept)


@dataclass(frozen=True)
class Reach:
    """How far someone sees: branch paths (outermost only) and, where a post looks after customers, their number."""

    paths: tuple[str, ...]
    staff_id: str
    permissions: frozenset[Permission]
    roles: frozenset[str]
    #: For each right to check other people's changes, the branches of the posts that give it: at them and below.
    checks: Mapping[Permission, tuple[str, ...]] = field(default_factory=dict)
    #: False for a program's token that may not show what a mask exists for, whatever its owner sees.
    clear: bool = True

    def may(self, permission: Permission) -> bool:
        """Whether any post gives ``permission``."""
        return permission in self.permissions

    def may_at(self, permission: Permission, org_path: str) -> bool:
        """Whether a post at ``org_path`` or above it gives ``permission``, one of :data:`CHECKS`."""
        return any(org_path.startswith(path) for path in self.checks.get(permission, ()))


NOBODY = Reach((), "", frozenset(), frozenset())
