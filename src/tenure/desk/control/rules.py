"""Who sees which values in the clear. Pure decisions; docs/security.md prints this table and a test compares them.

=====================  =============================================================================================
values                 seen in the clear by
=====================  =============================================================================================
C1                     everyone who sees the customer
C2 money               everyone who sees the customer: without amounts there is no work to do, and no identity in them
C2 names, birth dates, those who deal with customers in person (``work.log``: a teller greets by name) and those with
words, free text       ``customers.unmask``
C2 phones, e-mail,     those with ``customers.unmask``
addresses
C3                     nobody, until revealed one customer at a time with a reason (``customers.unmask_certificates``)
=====================  =============================================================================================
"""

from __future__ import annotations

from datetime import timedelta

from tenure.contracts import Column, DataClass, Kind, Mask
from tenure.desk.org.rules import Permission, Reach

#: C2 masks by which a person can be reached, not only recognised.
_REACHING = frozenset({Mask.PHONE, Mask.EMAIL, Mask.ADDRESS, Mask.CERTIFICATE, Mask.ACCOUNT, Mask.HIDDEN})


def in_clear(column: Column, reach: Reach) -> bool:
    """Whether someone of this reach, who may see the row, sees ``column`` unmasked without asking."""
    match column.data_class:
        case DataClass.C1:
            return True
        case DataClass.C2 if not reach.clear:
            return column.mask is None and column.kind not in (Kind.TEXT, Kind.DATE)
        case DataClass.C2 if column.mask in _REACHING:
            return reach.may(Permission.VIEW_UNMASKED)
        case DataClass.C2 if column.mask is Mask.NAME or column.kind in (Kind.TEXT, Kind.DATE):
            return reach.may(Permission.LOG_CONTACT) or reach.may(Permission.VIEW_UNMASKED)
        case DataClass.C2:
            return True
        case DataClass.C3:
            return False


def may_reveal(column: Column, reach: Reach) -> bool:
    """Whether someone of this reach may ask to see ``column`` of one customer unmasked, giving a reason."""
    if in_clear(column, reach):
        return True
    if not reach.clear:
        return False
    if column.data_class is DataClass.C3:
        return reach.may(Permission.VIEW_CERTIFICATES)
    return reach.may(Permission.VIEW_UNMASKED)


#: Shortest and longest reason accepted for revealing and exporting.
REASON_LENGTH = (2, 500)
#: What somebody asks for once more within this time, in the very same words, they asked for once.
ASKED_ONCE = timedelta(minutes=1)
EXPORT_LASTS_HOURS = 24
TOKEN_LASTS_DAYS = 90
TOKEN_LASTS_DAYS_AT_MOST = 366

#: What a token may be allowed, by area: ``read`` looks, ``write`` changes; ``customers:clear`` shows what its
#: owner sees in the clear, without it everything a mask exists for is masked.
SCOPES: dict[str, str] = {
    "customers:read": "Customers, their holdings, curves, relations and time lines",
    "customers:clear": "Unmasked values, as far as the owner sees them",
    "customers:write": "Propose and undo merges of customers, tell two apart",
    "work:read": "Work list and contacts",
    "work:write": "Log contacts; complete, snooze, hand over and undo entries",
    "causes:read": "Themes of what customers say, their corrections, improvements and what they changed",
    "causes:write": "Correct themes; propose improvements and bring them on",
    "cases:read": "Cases of unhappy customers, their clocks and steps, the week in the customers' words",
    "cases:write": "Open cases and bring them to their end",
    "panels:read": "Panels, whom they invited, sessions, what was said and what came of it",
    "panels:write": "Plan panels and draw; note answers, attendance, feedback and what came of it",
    "lost:read": "Lost customers: exit interviews, causes by data and by word, whom to win back",
    "lost:write": "Write down exit interviews and what came of winning back",
    "complaints:read": "Complaints, their codes, concessions and letters, the regulator's return",
    "complaints:write": "Take complaints in, code them, concede, write letters",
    "opportunities:read": "Opportunities, agreed shares and credit statements",
    "opportunities:write": "Open, move and close opportunities; propose, answer and dispute shares",
    "network:read": "Introductions, ways to somebody, what came through a customer, upkeep",
    "network:write": "Ask for introductions, note what came of them, thank; note upkeep",
    "companies:read": "Companies: group, purchases and who decides, negotiation sheets, visits, promises, trust",
    "companies:write": "Note purchases, people, criteria, sheets; plan and report visits; judge trust; size batches",
    "offers:read": "Bundles, what fits a customer, solutions, how a branch sells",
    "offers:write": "Propose and withdraw bundles; compose, show and settle solutions",
    "tickets:write": "Tell which queue tickets were taken and called, and whom the lobby received",
    "tickets:read": "Whom the lobby received, and the lobby's card of a customer",
    "events:write": "Send events of the core bank",
    "moments:write": "Tell of moments after which customers may be asked",
    "surveys:read": "Surveys, whom they could ask, how many answered",
    "surveys:write": "Make and change surveys, propose, pause and close them",
    "signals:read": "Signals",
    "signals:write": "Add, claim, give back and close signals",
    "care:read": "Care calendar, statements to customers, events, balances",
    "care:write": "Give or leave out care; issue statements; events and their guests",
    "team:read": "Who looks after whom, hand-overs, absences, the pool",
    "team:write": "Support, hand-overs, absences, taking from the pool",
    "branch:read": "Branch figures",
    "data:read": "Nights, deliveries and quarantine",
    "exports:read": "Exports and their files",
    "exports:write": "Ask for exports",
    "changes:read": "Changes that wait for approval",
    "changes:write": "Approve, reject and withdraw changes",
    "requests:read": "Requests of people about their data, corrections asked for",
    "requests:write": "Receive requests, put them forward, ask for corrections, answer",
    "jobs:write": "Run background jobs again",
}
