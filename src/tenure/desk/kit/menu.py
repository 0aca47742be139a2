"""The desk's menu: by what a bank does, each reader's own lines only, the part they are in opened.

Pure: told what somebody may do and where they are, it says what they see. A group of which they see one line is that
line. Nothing is remembered: a group is a ``details`` that the page opens where the reader is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Lines at hand on a phone; the others stand behind “more”.
AT_HAND = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line: where it leads, for whom (any of ``may``; empty: everybody), where it is the current one.

    ``here`` are namespaces of addresses, or ``namespace:page`` for some pages of one. ``leads`` are addresses by the
    permission that leads there, the first that fits; ``count`` names what is counted on it.
    """

    name: Promise
    icon: str
    here: tuple[str, ...]
    leads: tuple[tuple[str, str], ...]
    may: tuple[str, ...] = ()
    key: str = ""
    count: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one name; without a name they stand alone."""

    name: Promise | str
    icon: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as one reader sees it."""

    name: Promise
    icon: str
    address: str
    key: str
    count: str
    current: bool


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group as one reader sees it; ``name`` is empty where its lines stand alone."""

    name: Promise | str
    icon: str
    lines: list[Shown]

    @property
    def current(self) -> bool:
        """Whether the reader is in it."""
        return any(line.current for line in self.lines)

    @property
    def counts(self) -> list[str]:
        """What is counted on its lines."""
        return [line.count for line in self.lines if line.count]


@dataclass(frozen=True, slots=True)
class Menu:
    """What one reader sees, in order."""

    groups: list[ShownGroup] = field(default_factory=list)

    @property
    def at_hand(self) -> list[Shown]:
        """The first lines, for a phone."""
        return [line for group in self.groups for line in group.lines][:AT_HAND]


def _to(address: str) -> tuple[tuple[str, str], ...]:
    return (("", address),)


_SEES = ("view_customers",)
GROUPS: tuple[Group, ...] = (
    Group("", "", (
        Line(_("Today"), "bi-sun", ("work",), _to("work:today"), key="t"),
        Line(_("Signals"), "bi-broadcast", ("signals",), _to("signals:signals"), _SEES, "s", "signals"),
        Line(_("Customers"), "bi-people", ("parties", "corporate", "knowledge"), _to("parties:customers"), _SEES, "c"),
    )),
    Group(_("Selling"), "bi-bullseye", (
        Line(_("Opportunities"), "bi-kanban", ("opportunities", "offers"), _to("opportunities:board"), _SEES, "o"),
        Line(_("Network"), "bi-share", ("network",), _to("network:list"), _SEES, "n"),
    )),
    Group(_("Serving"), "bi-hand-thumbs-up", (
        Line(_("Lobby"), "bi-door-open", ("lobby",), _to("lobby:lobby"), ("log_contact",), "l"),
        Line(
            _("Care"), "bi-calendar-heart", ("care",),
            (("log_contact", "care:calendar"), ("make_events", "care:events"), ("", "care:balances")),
            ("log_contact", "view_branch"), "k",
        ),
    )),
    Group(_("Voice"), "bi-megaphone", (
        Line(_("Cases"), "bi-chat-square-heart", ("voice_cases",), _to("voice_cases:list"), _SEES, "v"),
        Line(_("Complaints"), "bi-envelope-exclamation", ("voice_complaints",), _to("voice_complaints:list"), _SEES),
        Line(_("Lost customers"), "bi-person-dash", ("voice_leaving",), _to("voice_leaving:list"), _SEES, "x"),
        Line(
            _("Causes"), "bi-tools", ("voice_causes",), _to("voice_causes:themes"),
            ("view_branch", "manage_causes"), "w",
        ),
        Line(
            _("Surveys"), "bi-ui-radios", ("surveys",), _to("surveys:surveys"),
            ("view_branch", "manage_surveys"), "q",
        ),
        Line(_("Panels"), "bi-people-fill", ("voice_panels",), _to("voice_panels:list"), _SEES, "p"),
    )),
    Group(_("Managing"), "bi-bank", (
        Line(_("Branch"), "bi-diagram-3", ("reports:branch",), _to("reports:branch"), ("view_branch",), "b"),
        Line(_("Insight"), "bi-lightbulb", ("findings",), _to("findings:topics"), ("view_branch",), "i"),
        Line(_("Team"), "bi-person-gear", ("team",), _to("team:handovers"), ("hand_over",)),
    )),
    Group(_("Admin"), "bi-gear", (
        Line(
            _("Approvals"), "bi-check2-square", ("control:changes", "control:change"), _to("control:changes"), key="a",
            count="approvals",
        ),
        Line(
            _("Data requests"), "bi-person-lock", ("requests",), _to("requests:requests"),
            ("handle_requests", "check_customers"),
        ),
        Line(_("Users"), "bi-person-badge", ("org:users",), _to("org:users"), ("manage_users",), "u"),
        Line(_("Audit"), "bi-shield-check", ("control:trail",), _to("control:trail"), ("view_audit",)),
        Line(
            _("Data"), "bi-database", ("reports:data", "control:jobs", "voice_sending"), _to("reports:data"),
            ("view_data",), "d",
        ),
        Line(_("Dictionary"), "bi-journal-text", ("reports:dictionary",), _to("reports:dictionary")),
    )),
)  # fmt: skip


def menu(may: Mapping[str, bool], namespace: str, page: str) -> Menu:
    """What somebody who ``may`` do this sees on a page of that ``namespace``."""
    shown = []
    for group in GROUPS:
        lines = [_shown(line, may, namespace, page) for line in group.lines if _sees(line, may)]
        if lines:
            alone = len(lines) == 1
            shown.append(ShownGroup("" if alone else group.name, "" if alone else group.icon, lines))
    return Menu(shown)


def _sees(line: Line, may: Mapping[str, bool]) -> bool:
    return not line.may or any(may.get(one) for one in line.may)


def _shown(line: Line, may: Mapping[str, bool], namespace: str, page: str) -> Shown:
    address = next(leads for permission, leads in line.leads if not permission or may.get(permission))
    current = namespace in line.here or f"{namespace}:{page}" in line.here
    return Shown(line.name, line.icon, address, line.key, line.count, current)
