"""What a program or an export asks of the customer list: every word of it is meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django.utils.translation import gettext as _

from tenure.desk.control.errors import Unacceptable
from tenure.desk.parties.filters import CustomerFilter, filter_from


def filter_as_asked(asked: Mapping[str, Any]) -> CustomerFilter:
    """The filter ``asked`` for by a program or for a file: every word of it is meant.

    A page drops what it does not understand; here that would hand out more customers than were asked for.

    Raises:
        Unacceptable: a filter there is not, or a value it does not have.
    """
    wanted = filter_from(asked)
    known = {one.name for one in fields(CustomerFilter)}
    for name, value in asked.items():
        if name not in known:
            raise Unacceptable(
                _("There is no filter “%(name)s”.") % {"name": name[:60]},
                _("Filters are: %(names)s.") % {"names": ", ".join(sorted(known))},
                field=name[:60],
            )
        meant = getattr(wanted, name)
        understood = meant is True if isinstance(meant, bool) else meant == str(value).strip()
        if value not in ("", "0", None, False) and not understood:
            raise Unacceptable(
                _("“%(value)s” is none of the values of %(field)s.") % {"value": str(value)[:60], "field": name},
                field=name,
            )
    return wanted
