"""Errors meant for a person: what happened, where, and what to do about it."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the ``tenure`` command (documented in docs/operations.md)."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    INPUT = 3
    LAKE = 4
    ENVIRONMENT = 5
    DATABASE = 6


class TenureError(Exception):
    """A failure the user can do something about.

    ``message`` says what is wrong, naming file, row, column and value where there are any;
    ``remedy`` says what to do. The command line prints both and exits with ``exit_code``.
    """

    exit_code: Exit = Exit.UNEXPECTED

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  → {self.remedy}" if self.remedy else self.message


class InputError(TenureError):
    """A file, a mapping or a value the bank delivered is not as it should be."""

    exit_code = Exit.INPUT


class LakeError(TenureError):
    """The lake is missing, locked, damaged or of another version."""

    exit_code = Exit.LAKE


class SetupError(TenureError):
    """Something this machine should offer is not there: an engine, a port, room on the disk."""

    exit_code = Exit.ENVIRONMENT


class DeskDatabaseError(TenureError):
    """The desk's database cannot be reached or is not at this version."""

    exit_code = Exit.DATABASE
