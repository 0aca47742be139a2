"""Kinds of tie between two parties: which way each reads, how strong it is taken to be, and who decides (S8).

The strengths and the chances are *priors*: stated so that a bank can argue with them and replaced by its own record
as soon as that is long enough (``conversion``). They are ordered after Granovetter (1973): close kin before business,
business before colleagues; only their order and rough size matter to a ranking.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tenure.errors import InputError


@dataclass(frozen=True)
class TieKind:
    """One kind of tie.

    ``strength`` (0…1]: how likely a word passes along it, where the edge gives no weight of its own.
    ``prior``: how likely somebody introduced along it becomes a customer within a year, before the bank's own
    record is known; ``prior_weight``: how many introductions that opinion is worth.
    ``circle``: how many others one party can really know through this kind. A firm with 5,000 staff is no
    acquaintance of each: beyond the circle, strength is divided (``circle`` ÷ number of ties).
    ``weighs``: what the edge's weight is: ``strength`` (0…1) or ``share`` of the capital held (0…1).
    """

    name: str
    strength: float
    prior: float
    prior_weight: float = 20.0
    circle: int = 150
    weighs: str = "strength"


#: How an edge reads: from … to …
KINDS: dict[str, TieKind] = {
    kind.name: kind
    for kind in (
        TieKind("household", 0.9, 0.15),  # both live under one roof
        TieKind("family", 0.8, 0.10),  # spouse, parent, child, brother or sister
        TieKind("account", 0.7, 0.10),  # both may use one account
        TieKind("representative", 0.9, 0.10),  # company → who signs for it
        TieKind("ownership", 0.8, 0.10, weighs="share"),  # company → who owns it
        TieKind("referral", 0.7, 0.10),  # newcomer → who brought them
        TieKind("guarantee", 0.6, 0.05),  # borrower → guarantor
        TieKind("supply", 0.5, 0.04),  # buyer → supplier
        TieKind("payment", 0.3, 0.02),  # payer → payee
        TieKind("employer", 0.3, 0.02, circle=50),  # person → employer
    )
}

#: Kinds that make one purse; joining them never runs away into one huge group.
DOMESTIC = ("household", "family", "account")
#: Kinds by which one party commands or answers for another.
CONTROL = ("ownership", "representative", "guarantee")
#: Kinds along which goods and money go.
TRADE = ("supply", "payment")

#: Along these ties a person uses what a company buys; along any other, whoever is reached decides (S8).
USES_ONLY = ("employer", "account")


def checked(kinds: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """The kinds asked for.

    Raises:
        InputError: one that does not exist.
    """
    asked, there = tuple(dict.fromkeys(kinds)), tuple(known)
    unknown = [kind for kind in asked if kind not in there]
    if unknown:
        raise InputError(f"no such kind of tie: {', '.join(map(str, unknown))}", f"Known are {', '.join(there)}.")
    return asked


@dataclass(frozen=True)
class Reason:
    """Why a party is named: a code to be put into words, the number that goes in, and the party it is about."""

    code: str
    number: float | None = None
    party: object = None
