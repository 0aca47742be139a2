"""Below which amounts self-service is meant for: the bank's ``lobby.toml`` in TENURE_HOME, else what S26 says."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from tenure.contracts import codes
from tenure.desk.kit.bank_files import told_in
from tenure.desk.kit.formats import exponent
from tenure.desk.lobby.rules import Limits
from tenure.errors import SetupError

#: In yuan.
_OURS = {"cash": 20_000, "transfer": 50_000}
#: What one yuan of a limit means elsewhere, as the night scales its thresholds: a judgement, not an exchange rate. A
#: currency that is not here has no limit until the bank gives it one.
_SCALE = {"CNY": 1, "HKD": 1, "TWD": 4, "JPY": 20, "USD": 0.14, "EUR": 0.13, "GBP": 0.11, "SGD": 0.19, "CZK": 0.2}


def limits_of(currency: str) -> Limits:
    """The limits in ``currency``.

    Raises:
        SetupError: the bank's file cannot be read, or says something that is no limit.
    """
    return _read(Path(settings.HOME) / "lobby.toml", currency)


@cache
def _read(path: Path, currency: str) -> Limits:
    told = told_in(path)
    tier = told.pop("valuable_from", "platinum")
    if tier not in codes.TIER_ORDER:
        raise SetupError(f"{path}: there is no tier “{tier}”.", f"Tiers are: {', '.join(codes.TIER_ORDER)}.")
    scale = 10 ** exponent(currency)
    amounts = {name: round(yuan * _SCALE[currency]) for name, yuan in _OURS.items()} if currency in _SCALE else {}
    for name, given in told.items():
        if not isinstance(given, dict):
            raise SetupError(f"{path}: “{name}” is no currency's table.", "Write [CNY], then cash and transfer.")
        for business, amount in given.items():
            if business not in ("cash", "transfer") or type(amount) is not int or amount < 0:
                raise SetupError(
                    f"{path}: [{name}] {business} = {amount!r} is no limit.",
                    "Limits are cash and transfer: whole units of the currency, 0 or more.",
                )
        if name == currency:
            amounts |= given
    return Limits({business: amount * scale for business, amount in amounts.items()}, str(tier))
