"""What the bank decides about its door: ``door.toml`` in TENURE_HOME. Without the file the defaults below hold.

    second_factor = ["administrator", "auditor"]   # roles that must have one

    [password]
    least_length = 10        # characters
    kinds = 3                # of lower case, upper case, digits, others
    history = 5              # not one of the last so many
    longest_age_days = 90    # 0: never too old

    [session]
    idle_minutes = 30
    hours = 12

    [addresses]              # a post of this role counts only from inside these
    administrator = ["10.1.0.0/16"]

    [oidc]
    issuer = "https://login.bank.example"
    client_id = "tenure"
    claim = "preferred_username"
    match = "username"       # or "staff_id"
    label_zh = "统一身份认证登录"
    label_en = "Sign in with the bank's account"
    trust_second_factor = false

The defaults are what banks in China commonly ask for (GB/T 22239-2019, 8.1.4.1: complexity, change at intervals, an
end to idle sessions, two factors). The client secret is never in a file: it is read from TENURE_OIDC_SECRET.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tenure.contracts import codes
from tenure.desk.kit.bank_files import told_in
from tenure.errors import SetupError

SECRET_VARIABLE = "TENURE_OIDC_SECRET"  # noqa: S105 - the name of a variable
#: How many replaced passwords are kept at most, so that a longer history can be asked for later.
HISTORY_AT_MOST = 24
_AT_HOME = frozenset({"localhost", "127.0.0.1", "::1"})

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """What a password must be: ``least_length`` in characters, ``longest_age_days`` in days (0: never too old)."""

    least_length: int = 10
    kinds: int = 3
    history: int = 5
    longest_age_days: int = 90


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts: ``idle_minutes`` without a request, ``hours`` in all."""

    idle_minutes: int = 30
    hours: int = 12


@dataclass(frozen=True, slots=True)
class Provider:
    """The bank's own sign-in (OpenID Connect): where it is, who we are to it, and which claim names the person."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str = "preferred_username"
    match: str = "username"
    label_zh: str = "统一身份认证登录"
    label_en: str = "Sign in with the bank's account"
    trust_second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """Everything ``door.toml`` decides."""

    password: PasswordPolicy = PasswordPolicy()
    session: SessionLimits = SessionLimits()
    second_factor: frozenset[str] = frozenset()
    addresses: Mapping[str, tuple[Network, ...]] = field(default_factory=dict)
    oidc: Provider | None = None

    def counts_from(self, role: str, address: str) -> bool:
        """Whether a post of ``role`` counts for a request from ``address``; one that is no address is outside."""
        ranges = self.addresses.get(role)
        if ranges is None:
            return True
        try:
            here = ip_address(address)
        except ValueError:
            return False
        here = getattr(here, "ipv4_mapped", None) or here
        return any(here in one for one in ranges)


#: Least and most of every whole number.
_BOUNDS: dict[tuple[str, str], tuple[int, int]] = {
    ("password", "least_length"): (8, 32),
    ("password", "kinds"): (1, 4),
    ("password", "history"): (0, HISTORY_AT_MOST),
    ("password", "longest_age_days"): (0, 3650),
    ("session", "idle_minutes"): (5, 720),
    ("session", "hours"): (1, 24),
}
_TABLES = ("second_factor", "password", "session", "addresses", "oidc")


@cache
def door_of(home: Path) -> Door:
    """The bank's door: the defaults, changed by ``door.toml`` in ``home`` where there is one. Read once a process.

    Raises:
        SetupError: a key nobody knows, or a value that cannot be meant; names key, value and what to write.
    """
    path = home / "door.toml"
    told = told_in(path)
    _known(path, "", told, _TABLES)
    for name in ("password", "session", "addresses", "oidc"):
        if not isinstance(told.get(name, {}), dict):
            raise SetupError(f"{path}: {name} = {told[name]!r} is no table.", f"Write it as a table: [{name}].")
    return Door(
        password=PasswordPolicy(**_numbers(path, "password", told.get("password", {}), PasswordPolicy.__slots__)),
        session=SessionLimits(**_numbers(path, "session", told.get("session", {}), SessionLimits.__slots__)),
        second_factor=_roles(path, told.get("second_factor", [])),
        addresses={role: _networks(path, role, ranges) for role, ranges in told.get("addresses", {}).items()},
        oidc=_provider(path, told["oidc"]) if "oidc" in told else None,
    )


def door_to_serve(home: Path) -> Door:
    """The door as the desk needs it, with the provider's secret where there is a provider.

    Raises:
        SetupError: as :func:`door_of`, or the secret is not there.
    """
    door = door_of(home)
    if door.oidc is not None and not door.oidc.client_secret:
        raise SetupError(
            f"{home / 'door.toml'}: [oidc] is set and {SECRET_VARIABLE} is not.", f"Set {SECRET_VARIABLE} for the desk."
        )
    return door


def _known(path: Path, table: str, told: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name, value in told.items():
        if name not in names:
            where = f"[{table}] " if table else ""
            raise SetupError(f"{path}: {where}{name} = {value!r} is no setting.", f"Settings are: {', '.join(names)}.")


def _numbers(path: Path, table: str, told: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, int]:
    _known(path, table, told, names)
    for name, value in told.items():
        least, most = _BOUNDS[table, name]
        if type(value) is not int or not least <= value <= most:
            raise SetupError(
                f"{path}: [{table}] {name} = {value!r} cannot be.", f"Write a whole number from {least} to {most}."
            )
    return dict(told)


def _role(path: Path, name: str, role: Any) -> str:
    if not isinstance(role, str) or role not in codes.ROLES:
        raise SetupError(f"{path}: {name} names the role {role!r}.", f"Roles are: {', '.join(codes.ROLES)}.")
    return role


def _roles(path: Path, told: Any) -> frozenset[str]:
    if not isinstance(told, list):
        raise SetupError(f"{path}: second_factor = {told!r} is no list.", 'Write roles: ["administrator", "auditor"].')
    return frozenset(_role(path, "second_factor", role) for role in told)


def _networks(path: Path, role: str, told: Any) -> tuple[Network, ...]:
    _role(path, "[addresses]", role)
    example = f'Write ranges of addresses: {role} = ["10.1.0.0/16"].'
    if not isinstance(told, list) or not told:
        raise SetupError(f"{path}: [addresses] {role} = {told!r} is no list of ranges.", example)
    found = []
    for one in told:
        try:
            if not isinstance(one, str):
                raise ValueError("not a text")
            found.append(ip_network(one))
        except ValueError as wrong:
            raise SetupError(f"{path}: [addresses] {role}: {one!r} is no range ({wrong}).", example) from None
    return tuple(found)


def _provider(path: Path, told: Mapping[str, Any]) -> Provider:
    names = tuple(name for name in Provider.__slots__ if name != "client_secret")
    _known(path, "oidc", told, names)
    for name, value in told.items():
        kind, words = (bool, "true or false") if name == "trust_second_factor" else (str, "a text")
        if type(value) is not kind or value == "":
            raise SetupError(f"{path}: [oidc] {name} = {value!r} cannot be.", f"Write {words}.")
    for name in ("issuer", "client_id"):
        if name not in told:
            raise SetupError(f"{path}: [oidc] lacks {name}.", "The bank's sign-in service tells issuer and client_id.")
    issuer = urlsplit(told["issuer"])
    if issuer.scheme != "https" and not (issuer.scheme == "http" and issuer.hostname in _AT_HOME):
        raise SetupError(f"{path}: [oidc] issuer = {told['issuer']!r} is not https.", "Write its https:// address.")
    if told.get("match", "username") not in ("username", "staff_id"):
        raise SetupError(f"{path}: [oidc] match = {told['match']!r} cannot be.", "Write username or staff_id.")
    # Commands beside the desk run without the secret; ``door_to_serve`` asks for it.
    return Provider(client_secret=os.environ.get(SECRET_VARIABLE, ""), **{**told, "issuer": told["issuer"].rstrip("/")})
