"""Who is loud and who is loyal where concessions are compared: ours, or the bank's ``fairness.toml`` beside its lake.

[loud]
channels = ["A05", "A06"]   # channels of complaint that many hear
[loyal]
months = 60                 # with the bank for so long
[channels]                  # names of the bank's own codes
A05 = { zh = "监管转办", en = "Passed on by the supervisor" }
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tenure.contracts.codes import Name
from tenure.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

#: Names of the channels of the product's own table of complaint codes.
CHANNELS = {
    "A01": Name("网点", "Branch"),
    "A02": Name("客服电话", "Telephone service"),
    "A03": Name("手机银行与网络", "App and internet"),
    "A04": Name("信函与邮件", "Letter and e-mail"),
    "A05": Name("监管转办", "Passed on by the supervisor"),
    "A06": Name("其他第三方转办", "Passed on by others"),
}


@dataclass(frozen=True)
class Settings:
    """``public``: codes of the channels that many hear. ``loyal_months``: with the bank for so long. ``channels``:
    names of the bank's own codes."""

    public: frozenset[str] = frozenset({"A05", "A06"})
    loyal_months: int = 60
    channels: Mapping[str, Name] = field(default_factory=dict)


def settings(path: Path | None) -> Settings:
    """What the bank's file says, ours where it says nothing.

    Raises:
        InputError: the file is no TOML, names something unknown, or a value that cannot be.
    """
    if path is None:
        return Settings()
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as no:
        raise InputError(f"{path}: {no}", "Write it as docs/operations.md shows.") from None
    known = {"loud": {"channels"}, "loyal": {"months"}}
    for part, values in told.items():
        if part == "channels":
            continue
        if part not in known or not isinstance(values, dict) or set(values) - known[part]:
            raise InputError(
                f"{path}: [{part}] is not known, or something in it",
                "Known: [loud] channels, [loyal] months, [channels].",
            )
    usual = Settings()
    public = told.get("loud", {}).get("channels", sorted(usual.public))
    if not isinstance(public, list) or not all(isinstance(code, str) and code for code in public):
        raise InputError(f"{path}: [loud] channels is no list of codes", 'Write channels = ["A05", "A06"].')
    stay: Any = told.get("loyal", {}).get("months", usual.loyal_months)
    if not isinstance(stay, int) or isinstance(stay, bool) or not 1 <= stay <= 600:
        raise InputError(f"{path}: [loyal] months is {stay!r}", "Write whole months, 1 to 600.")
    return Settings(frozenset(public), stay, _names(told.get("channels", {}), path))


def _names(told: Any, path: Path) -> dict[str, Name]:
    if not isinstance(told, dict):
        raise InputError(f"{path}: [channels] is no table of names")
    for code, name in told.items():
        if (
            not isinstance(name, dict)
            or set(name) != {"zh", "en"}
            or not all(isinstance(v, str) for v in name.values())
        ):
            raise InputError(f"{path}: [channels] {code} has no zh and en", 'Write A05 = { zh = "…", en = "…" }.')
    return {code: Name(name["zh"], name["en"]) for code, name in told.items()}
