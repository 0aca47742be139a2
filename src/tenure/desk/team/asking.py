"""What the forms of teams send, the names of states, and the letter to a customer."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tenure.contracts.published import CUSTOMER
from tenure.desk.control.asked import day_of
from tenure.desk.control.masking import masked
from tenure.desk.kit import formats
from tenure.desk.opportunities.asked import amount_in
from tenure.desk.org.models import User
from tenure.desk.org.selectors import branch_names, employee, reach_of
from tenure.desk.parties.selectors import customer
from tenure.desk.publication.current import pinned
from tenure.desk.team import selectors
from tenure.desk.team.handing import Wanted


def wanted_of(told: QueryDict) -> Wanted:
    """The hand-over a form describes.

    Raises:
        Unacceptable: a day or an amount that is none.
    """
    publication = pinned()
    currency = publication.currency if publication is not None else ""

    def amount(name: str) -> int | None:
        text = told.get(name, "").strip()
        return amount_in(text, currency, name) if text else None

    return Wanted(
        from_staff=told.get("from_staff", "").strip(),
        to_staff=[one for one in told.getlist("to_staff") if one],
        credit_from=day_of(told.get("credit_from", ""), "credit_from"),
        split=told.get("split", "") or "number",
        tier=told.get("tier", ""),
        branch=told.get("branch", ""),
        kind=told.get("kind", ""),
        least=amount("least"),
        most=amount("most"),
        party_id=told.get("party_id", "").strip(),
    )


def letters_of(user: User, line_id: int) -> dict[str, Any]:
    """The letter to the customer of a line, in Chinese and English, masked as ``user`` must see the customer.

    Raises:
        NotFound: there is no such customer among theirs.
    """
    line = selectors.line(user, line_id)
    row = customer(user, line.party_id)
    # Of a hand-over that was taken back the letter says who looks after them again.
    new, old = line.to_staff, line.handover.from_staff
    if line.state == "undone":
        new, old = old, new
    people = {one: employee(one) for one in (new, old)}
    publication = pinned()
    letters = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            told = {
                "name": masked(row.name, CUSTOMER["name"], reach_of(user)) or "",
                "new": people[new].name if people[new] is not None else new,
                "old": people[old].name if people[old] is not None else old,
                "branch": branch_names([row.org_id]).get(row.org_id, ""),
                "bank": publication.bank if publication is not None else "",
                "day": formats.day(timezone.localdate(), language),
            }
            letters.append(
                {
                    "language": language,
                    "salutation": _("Dear %(name)s,") % told,
                    "body": [
                        _("%(new)s of %(branch)s looks after you from now on, in place of %(old)s.") % told,
                        _(
                            "Your accounts, contracts and rates stay as they are. What was agreed with %(old)s, "
                            "%(new)s knows of and carries on."
                        )
                        % told,
                        _("%(new)s will call you in the coming days; until then you reach us at your branch.") % told,
                    ],
                    "closing": [told["bank"], told["branch"], told["day"]],
                }
            )
    return {"line": line, "letters": letters, "name": letters[0]["salutation"]}
