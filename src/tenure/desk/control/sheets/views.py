"""Pages of workbooks: take out, bring back and look at the differences, send for approval, take back."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.sheets import selectors, services
from tenure.desk.control.sheets.kinds import editable_of
from tenure.desk.kit.pages import says_no, signed_in


def state_names() -> dict[str, str]:
    """States of a workbook as people call them."""
    return {
        "out": _("taken out"),
        "back": _("brought back"),
        "waiting": _("to be checked"),
        "applying": _("being applied"),
        "applied": _("in force"),
        "undoing": _("being taken back"),
        "undone": _("taken back"),
        "refused": _("rejected"),
    }


@never_cache
@signed_in
@require_GET
def sheets(request: HttpRequest) -> HttpResponse:
    """One's workbooks, and bringing one back."""
    names = state_names()
    found = selectors.sheets_of(request.user)
    for one in found:
        one.title, one.state_name = editable_of(one.kind).name(), names[one.state]
    return render(request, "control/sheets.html", {"found": found})


@signed_in
@require_POST
@says_no
def take_out(request: HttpRequest) -> HttpResponse:
    """Take rows out as a workbook."""
    filters = dict(QueryDict(request.POST.get("query", "")).items())
    made = services.take_out(
        request.user,
        request.POST.get("kind", ""),
        filters,
        request.POST.get("reason", ""),
        now=timezone.now(),
        language=get_language() or "zh-hans",
    )
    return redirect("control:sheet", made.pk)


@never_cache
@signed_in
@require_GET
def sheet(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """One workbook: where it stands, and what came back; what was left out, until the result file tells it."""
    found = selectors.sheet(request.user, sheet_id)
    editable = editable_of(found.kind)
    context: dict[str, Any] = {
        "sheet": found,
        "title": editable.name(),
        "state_name": state_names()[found.state],
        "filter": editable.told(found.filters, get_language() or "zh-hans"),
        "lines": selectors.lines_of(found)[: selectors.LINES],
        "hindered": [one for one in found.results if one[4]],
        **(found.left_out if found.state in ("back", "waiting", "refused") else {}),
    }
    return render(request, "control/sheet.html", context)


@never_cache
@signed_in
@require_GET
def file(request: HttpRequest, sheet_id: UUID) -> FileResponse:
    """The workbook to edit."""
    out = BytesIO()
    name = services.file_of(request.user, sheet_id, out, now=timezone.now())
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=name)


@never_cache
@signed_in
@require_GET
def results(request: HttpRequest, sheet_id: UUID) -> FileResponse:
    """What became of each cell, as a workbook."""
    out = BytesIO()
    name = services.results_of(request.user, sheet_id, out, now=timezone.now())
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=name)


@signed_in
@require_POST
@says_no
def bring_back(request: HttpRequest) -> HttpResponse:
    """Compare an edited workbook with what was taken out."""
    given = request.FILES.get("file")
    if given is None:
        raise Unacceptable(_("Choose the edited workbook."), field="file")
    compared = services.bring_back(request.user, given, now=timezone.now())
    # A page of its own address: to load it again, or to come back to it, does not send the file once more.
    return redirect("control:sheet", compared.sheet.pk)


@signed_in
@require_POST
@says_no
def act(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """Send the differences for approval, or take what is in force back."""
    if request.POST.get("act") == "undo":
        services.undo(request.user, sheet_id, now=timezone.now())
        messages.success(request, _("Being taken back, cell by cell; look again in a moment."))
    else:
        services.send(request.user, sheet_id, now=timezone.now())
        messages.success(request, _("Sent; it takes effect when somebody else has approved it."))
    return redirect("control:sheet", sheet_id)
