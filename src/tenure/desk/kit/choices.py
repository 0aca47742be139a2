"""Codes of the contracts as the choices of a field."""

from __future__ import annotations

from collections.abc import Mapping

from tenure.contracts.codes import Name


def choices(names: Mapping[str, Name]) -> list[tuple[str, str]]:
    """Each code with its English name, as Django's ``choices``; pages show names by ``kit.wording``."""
    return [(code, name.en) for code, name in names.items()]
