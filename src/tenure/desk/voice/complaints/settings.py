"""The bank's settings of complaints, ``complaints.toml`` and ``complaint_codes.toml`` in TENURE_HOME::

[alone]                  # whole units of the bank's currency that each role grants one complaint without asking
complaint_handler = 500

[concessions]
complaint = 1000         # above this a second person decides, whoever grants it
customer_a_year = 2000

[same]                   # when two are maybe the same matter
days = 30
likeness = 45            # hundredths

[repeat]
days = 90

[group]
customers = 3
days = 14
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

from django.conf import settings

from tenure.contracts import codes
from tenure.desk.kit.bank_files import tables_in, told_in, whole
from tenure.desk.voice.complaints import coding
from tenure.desk.voice.complaints.rules import Limits
from tenure.errors import SetupError


def limits() -> Limits:
    """The limits of this installation."""
    return limits_of(Path(settings.HOME))


def versions() -> list[coding.Version]:
    """Every version of this installation's table of codes, oldest first."""
    return versions_of(Path(settings.HOME))


def version_on(day: date) -> coding.Version:
    """The version that holds on a day."""
    return coding.in_force(versions(), day)


def version_named(name: str) -> coding.Version:
    """The version a complaint was coded by; the newest where the bank took it out of its file."""
    return next((one for one in versions() if one.name == name), versions()[-1])


@cache
def limits_of(home: Path) -> Limits:
    """The defaults, changed by ``complaints.toml`` in ``home`` where there is one.

    Raises:
        SetupError: the file names no such key, or a number that cannot be.
    """
    most, usual = 10_000_000, Limits()
    told = tables_in(
        home / "complaints.toml",
        {
            "alone": dict.fromkeys(codes.ROLES, whole(0, most)),
            "concessions": dict.fromkeys(("complaint", "customer_a_year"), whole(0, most)),
            "same": {"days": whole(1, 366), "likeness": whole(1, 100)},
            "repeat": {"days": whole(1, 366)},
            "group": {"customers": whole(2, 1000), "days": whole(1, 366)},
        },
    )
    given, same, group = told.get("concessions", {}), told.get("same", {}), told.get("group", {})
    return Limits(
        alone={**usual.alone, **told.get("alone", {})},
        complaint=given.get("complaint", usual.complaint),
        customer_a_year=given.get("customer_a_year", usual.customer_a_year),
        same_days=same.get("days", usual.same_days),
        same_likeness=same.get("likeness", usual.same_likeness),
        repeat_days=told.get("repeat", {}).get("days", usual.repeat_days),
        group_customers=group.get("customers", usual.group_customers),
        group_days=group.get("days", usual.group_days),
    )


@cache
def versions_of(home: Path) -> list[coding.Version]:
    """The product's versions and the bank's of ``complaint_codes.toml`` in ``home``; the bank's stands for one of
    ours of the same name.

    Raises:
        SetupError: the file is no table of codes.
    """
    shipped = resources.files("tenure.desk.voice.complaints").joinpath("complaint_codes.toml").read_text("utf-8")
    found = {one.name: one for one in coding.versions_in(tomllib.loads(shipped))}
    path = home / "complaint_codes.toml"
    if told := told_in(path):
        try:
            found |= {one.name: one for one in coding.versions_in(told)}
        except coding.WrongTable as wrong:
            raise SetupError(f"{path}: {wrong}.", "Write it like the product's complaint_codes.toml.") from None
    return sorted(found.values(), key=lambda one: one.since)
