"""The list of customers, one customer, and finding one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tenure.contracts import codes
from tenure.contracts.published import CUSTOMER, HOLDING
from tenure.desk.control import selectors as control_selectors
from tenure.desk.control import services as control
from tenure.desk.control.changes.selectors import sees as sees_change
from tenure.desk.control.errors import NotFound
from tenure.desk.control.masking import masked
from tenure.desk.kit import saved
from tenure.desk.kit.listing import Position
from tenure.desk.kit.menu import menu
from tenure.desk.kit.pages import says_no, signed_in
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import Reach, reach_of
from tenure.desk.parties import comparison, consents, customer_page, selectors, services
from tenure.desk.parties import duplicates as duplicate_reads
from tenure.desk.parties.filters import COLUMNS, SORTS, USUAL_COLUMNS, CustomerFilter, filter_from

PAGE = "customers"
#: Columns of figures, written from the right.
END_COLUMNS = ("change", "score", "depth", "tenure", "payroll", "rank")


@never_cache
@signed_in
@require_GET
def customers(request: HttpRequest) -> HttpResponse:
    """The list: search, filters, order, pages."""
    reach = reach_of(request.user)
    wanted = filter_from(request.GET)
    found = selectors.customer_list(request.user, wanted, Position.decode(request.GET.get("at", "")))
    asked = QueryDict(mutable=True)
    asked.update(wanted.asked())
    services.note_listing(request.user, wanted.asked(), len(found.page.rows), timezone.now())
    for row in found.page.rows:
        _label(row, reach)
        row.branch, row.lead = found.branches.get(row.org_id), found.staff.get(row.lead_staff_id)
    return render(
        request,
        "parties/customers.html",
        {
            "found": found,
            "page": found.page,
            "wanted": wanted,
            "asked": asked.urlencode(),
            "columns": _columns(request),
            "all_columns": COLUMNS,
            "end_columns": END_COLUMNS,
            "sorts": SORTS,
            "branches": _indented(selectors.branch_choices(request.user)),
            "tier_codes": codes.TIERS,
            "main_bank_codes": codes.MAIN_BANK,
            "habit_codes": codes.HABITS,
            "kind_codes": codes.PARTY_KINDS,
            "priority_codes": codes.PRIORITIES,
            "consent_codes": codes.CONSENTS,
            "purpose_codes": codes.PURPOSES,
            "managers": selectors.manager_choices(request.user, wanted.branch),
            "views": saved.views_of(request.user, PAGE, _branch_paths(request)),
            "likely_twice": duplicate_reads.count_pairs(request.user),
            "exports": control_selectors.exports_of(request.user)[:5] if _may_export(reach) else [],
        },
    )


def _indented(branches: Sequence[Any]) -> Sequence[Any]:
    """Branches with the blanks that show their place in the tree."""
    top = min((one.depth for one in branches), default=0)
    for one in branches:
        one.indent = "\u3000" * (one.depth - top)
    return branches


def _columns(request: HttpRequest) -> list[str]:
    chosen = request.session.get("customer_columns")
    return [name for name in COLUMNS if name in (chosen if chosen is not None else USUAL_COLUMNS)]


def _label(row: Any, reach: Reach) -> None:
    """Put what the reader may see of name and phone on the row."""
    row.label = masked(row.name, CUSTOMER["name"], reach) or row.party_id
    row.phone_label = masked(row.phone, CUSTOMER["phone"], reach)


def _branch_paths(request: HttpRequest) -> list[str]:
    return [post.org_path for post in request.user.posts.all()]


def _may_export(reach: Reach) -> bool:
    return reach.may(Permission.EXPORT_CUSTOMERS)


@signed_in
@require_POST
def columns(request: HttpRequest) -> HttpResponse:
    """Choose the list's columns for this session."""
    request.session["customer_columns"] = [name for name in COLUMNS if name in request.POST.getlist("column")]
    return redirect(_list_address(request.POST.get("query", "")))


@signed_in
@require_POST
@says_no
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the list as it stands under a name."""
    query = QueryDict(request.POST.get("query", ""))
    paths = _branch_paths(request)
    shared = paths[0] if paths and request.POST.get("shared") else ""
    asked = QueryDict(mutable=True)
    asked.update(filter_from(query).asked())
    saved.save_view(request.user, PAGE, request.POST.get("name", ""), asked.urlencode(), shared, timezone.now())
    return redirect(_list_address(asked.urlencode()))


@signed_in
@require_POST
def delete_view(request: HttpRequest, number: int) -> HttpResponse:
    """Forget a view of one's own."""
    if not saved.delete_view(request.user, number):
        raise NotFound(_("There is no such view of yours."))
    return redirect("parties:customers")


def _list_address(query: str) -> str:
    address = reverse("parties:customers")
    asked = QueryDict(mutable=True)
    asked.update(filter_from(QueryDict(query)).asked())
    return f"{address}?{asked.urlencode()}" if asked else address


@signed_in
@require_POST
@says_no
def export(request: HttpRequest) -> HttpResponse:
    """Ask for the list as a workbook, with a reason; it is made in the background."""
    query = request.POST.get("query", "")
    wanted = filter_from(QueryDict(query))
    control.request_export(
        request.user,
        PAGE,
        wanted.asked(),
        request.POST.get("reason", ""),
        language=get_language() or "zh-hans",
        purpose=request.POST.get("purpose", "service"),
        now=timezone.now(),
    )
    return redirect(_list_address(query))


@never_cache
@signed_in
@require_GET
def download(request: HttpRequest, number: UUID) -> FileResponse:
    """The file of one's own export."""
    path, name = control.fetch_export(request.user, number, now=timezone.now())
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


@never_cache
@signed_in
@require_GET
def customer(request: HttpRequest, party_id: str) -> HttpResponse:
    """One customer, whole."""
    row = selectors.customer(request.user, party_id)
    if row.party_id != party_id:
        told = {"number": party_id, "other": row.party_id}
        messages.info(request, _("%(number)s was merged into %(other)s; this is the customer.") % told)
        return redirect("parties:customer", row.party_id)
    control.note_view(request.user, CUSTOMER, party_id, now=timezone.now())
    wanted = filter_from(request.GET)
    context = customer_page.context(request.user, row, get_language() or "zh-hans")
    context |= {
        "merged": duplicate_reads.merges_of(request.user, row),
        "waiting_merges": _labelled_changes(request, duplicate_reads.waiting_merges(row.party_id)),
        "found_twice": _labelled_pairs(duplicate_reads.found_on(request.user, row), reach_of(request.user)),
    }
    if "list" in request.GET:
        before, after = selectors.beside(request.user, wanted, row)
        asked = QueryDict(mutable=True)
        asked.update({**wanted.asked(), "list": "1"})
        context |= {"before": before, "after": after, "asked": asked.urlencode(), "list_asked": _asked(wanted)}
    return render(request, "parties/customer.html", context)


def _asked(wanted: CustomerFilter) -> str:
    asked = QueryDict(mutable=True)
    asked.update(wanted.asked())
    return asked.urlencode()


@never_cache
@signed_in
@require_GET
def events(request: HttpRequest, party_id: str) -> HttpResponse:
    """A stretch of the customer's time line."""
    row = selectors.customer(request.user, party_id)
    kind = request.GET.get("kind", "")
    return render(
        request,
        "parties/_events.html",
        customer_page.time_line(request.user, row, kind, request.GET.get("before", "")),
    )


@never_cache
@signed_in
@says_no
def reveal(request: HttpRequest, party_id: str, column: str) -> HttpResponse:
    """A masked value of one customer in the clear, for a reason that is written down."""
    if column not in customer_page.REVEALED:
        raise NotFound(_("There is no such value."))
    row = selectors.customer(request.user, party_id)
    contract = HOLDING if column == "account_id" else CUSTOMER
    context = {"customer": row, "column": contract[column]}
    if request.method != "POST":
        return render(request, "parties/_reveal.html", context)
    values = services.reveal(request.user, party_id, [column], request.POST.get("reason", ""), now=timezone.now())
    return render(request, "parties/_revealed.html", {**context, "value": values[column]})


@never_cache
@signed_in
@says_no
def consent(request: HttpRequest, party_id: str) -> HttpResponse:
    """What the customer agrees to, and noting it; a part of the customer's page."""
    noted = False
    if request.method == "POST":
        purpose, _sep, word = request.POST.get("says", "").partition(":")
        consents.note_consent(
            request.user, party_id, purpose, word == "yes", request.POST.get("way", ""), now=timezone.now()
        )
        noted = True
    context = {
        "party_id": party_id,
        "found": consents.consents_of(request.user, party_id),
        "history": consents.history_of(request.user, party_id),
        "way_codes": codes.CONSENT_WAYS,
        "noted": noted,
    }
    return render(request, "parties/_consents.html", context)


@never_cache
@signed_in
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Customers and pages a few characters may mean; for the search box."""
    text = request.GET.get("q", "").strip()
    reach = reach_of(request.user)
    found = selectors.find(request.user, text)
    for row in found:
        _label(row, reach)
    return render(request, "parties/_found.html", {"found": found, "pages": _pages(text, reach), "text": text})


def _pages(text: str, reach: Reach) -> list[tuple[str, str]]:
    """Lines of the reader's menu, and pages that stand on none, whose name holds ``text``."""
    may = Permission
    lines = menu({one.name.lower(): reach.may(one) for one in may}, "", "").groups
    pages = [(str(line.name), line.address, None) for group in lines for line in group.lines]
    further: list[tuple[str, str, Permission | None]] = [
        (_("Credit"), "opportunities:credit", None),
        (_("Bundles"), "offers:bundles", may.VIEW_CUSTOMERS),
        (_("How we sell"), "offers:selling", may.VIEW_BRANCH),
        (_("Rules of signals"), "signals:rules", may.MANAGE_RULES),
        (_("Messages"), "voice_sending:messages", may.VIEW_DATA),
        (_("Your account"), "org:account", None),
        (_("Change password"), "org:password", None),
    ]
    wanted = text.lower()
    return [
        (name, reverse(address))
        for name, address, right in (*pages, *further)
        if wanted and wanted in name.lower() and (right is None or reach.may(right))
    ]


@never_cache
@signed_in
@require_GET
def duplicates(request: HttpRequest) -> HttpResponse:
    """Entries that may be one customer, the surest first."""
    pairs = _labelled_pairs(duplicate_reads.pairs(request.user), reach_of(request.user))
    services.note_listing(request.user, {"duplicates": "1"}, len(pairs), timezone.now())
    context = {"pairs": pairs, "most": duplicate_reads.PAIRS}
    return render(request, "parties/duplicates.html", context)


def _labelled_pairs(pairs: Sequence[Any], reach: Reach) -> Sequence[Any]:
    for pair in pairs:
        for row in (pair.one, pair.other):
            if row is not None:
                _label(row, reach)
    return pairs


def _labelled_changes(request: HttpRequest, changes: Sequence[Any]) -> Sequence[Any]:
    for change in changes:
        change.address = reverse("control:change", args=[change.pk]) if sees_change(request.user, change) else ""
    return changes


@signed_in
@require_GET
@says_no
def compare_with(request: HttpRequest) -> HttpResponse:
    """From a customer's page to the comparison with the number typed there."""
    one = selectors.customer(request.user, request.GET.get("one", ""))
    number = request.GET.get("other", "").strip()[:40]
    try:
        other = selectors.customer(request.user, number)
    except NotFound as no:
        messages.error(request, no.message)
        return redirect("parties:customer", one.party_id)
    if other.party_id == one.party_id:
        messages.error(request, _("This is the customer you came from; give another's number."))
        return redirect("parties:customer", one.party_id)
    kept = duplicate_reads.suggested(one, other)
    away = other.party_id if kept == one.party_id else one.party_id
    return redirect("parties:compare", kept, away)


@never_cache
@signed_in
@require_GET
def compare(request: HttpRequest, party_id: str, other_id: str) -> HttpResponse:
    """Two entries side by side; the first one would be kept."""
    kept, merged = duplicate_reads.both(request.user, party_id, other_id)
    now, reach = timezone.now(), reach_of(request.user)
    for row in (kept, merged):
        control.note_view(request.user, CUSTOMER, row.party_id, now=now)
        _label(row, reach)
    waiting = [
        *duplicate_reads.waiting_merges(kept.party_id),
        *duplicate_reads.waiting_merges(merged.party_id),
    ]
    context = {
        "kept": kept,
        "merged": merged,
        "fields": comparison.fields_of(request.user, kept, merged, get_language() or "zh-hans"),
        "found": duplicate_reads.found_about(kept.party_id, merged.party_id),
        "told_apart": duplicate_reads.told_apart(kept.party_id, merged.party_id),
        "waiting": _labelled_changes(request, list({change.pk: change for change in waiting}.values())),
        "suggested": duplicate_reads.suggested(kept, merged),
    }
    return render(request, "parties/compare.html", context)


@signed_in
@require_POST
@says_no
def propose_merge(request: HttpRequest, party_id: str, other_id: str) -> HttpResponse:
    """Propose that the second is merged into the first."""
    reason = request.POST.get("reason", "")
    change = services.propose_merge(request.user, party_id, other_id, reason, now=timezone.now())
    messages.success(request, _("Proposed; another person checks it, and until then nothing changes."))
    return redirect("parties:customer", change.content["kept_id"])


@signed_in
@require_POST
@says_no
def tell_apart(request: HttpRequest, party_id: str, other_id: str) -> HttpResponse:
    """Say that two entries are two customers."""
    services.tell_apart(request.user, party_id, other_id, request.POST.get("reason", ""), now=timezone.now())
    messages.success(request, _("Written down; the two are not shown as one again."))
    return redirect("parties:duplicates")


@signed_in
@require_POST
@says_no
def undo_merge(request: HttpRequest, number: int) -> HttpResponse:
    """Make two entries of what was merged."""
    merge = services.undo_merge(request.user, number, request.POST.get("reason", ""), now=timezone.now())
    messages.success(request, _("Undone: both stand again; the next night works out the figures of each."))
    return redirect("parties:customer", merge.kept_id)
