"""Every read of themes and their corrections: words of customers one sees, figures of branches within reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import PUBLISHED, codes
from tenure.desk.control.errors import NotAllowed, NotFound
from tenure.desk.control.masking import masked
from tenure.desk.control.rules import in_clear
from tenure.desk.findings import words as findings
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import branch_names, branches_of, reach_of
from tenure.desk.parties.visibility import of_visible, standing_of, visible_to
from tenure.desk.parties.visibility import sees as sees_customer
from tenure.desk.publication.current import pinned
from tenure.desk.voice.causes import rules
from tenure.desk.voice.causes.filters import ThemeFilter
from tenure.desk.voice.causes.models import (
    Theme,
    ThemeBranch,
    ThemeCorrection,
    ThemeStanding,
    ThemeVoice,
)
from tenure.desk.voice.causes.reading import visible_improvements
from tenure.desk.voice.complaints.reading import kept_voices

SOURCES = tuple(codes.VOICE_SOURCES)
#: Words on a theme's page.
WORDS = 25
_WORDS = PUBLISHED["theme_voice"]["words"]
_NAME = PUBLISHED["customer"]["name"]


@dataclass(slots=True)
class ThemeSeen:
    """A theme as it stands at the desk now: the night's figures under the name people gave it since."""

    row: Any
    name: str
    into: str = ""
    into_name: str = ""
    course: rules.Course = field(default_factory=lambda: rules.Course("still", None))
    spark: str = ""
    open: int = 0
    here: Any = None

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is published."""
        return getattr(self.row, name)


def must_read(user: User) -> None:
    """Themes are for who looks at branches.

    Raises:
        NotAllowed
    """
    if not reach_of(user).may(Permission.VIEW_BRANCH):
        raise NotAllowed(_("Causes are for branch heads and head office."))


def reads_words(user: User) -> bool:
    """Whether ``user`` reads what customers said of themes, and not stars in its place."""
    return in_clear(_WORDS, reach_of(user))


def label_of(row: Any) -> str:
    """What the night calls a theme, in the reader's language."""
    if row.renamed:
        return str(row.label)
    topic = "attrition" if row.kind == "lost" else "text"
    return findings.of(topic).say(row.label, get_language() or "en")


def first_name(theme: str) -> str:
    """What a theme is called before anybody renames it, in the reader's language; its key where that is its name."""
    language = get_language() or "en"
    said = (findings.of(topic).say(theme, language) for topic in ("text", "attrition"))
    return next((name for name in said if name != theme), theme)


def themes_seen(rows: Iterable[Any]) -> list[ThemeSeen]:
    """Published themes under the names people gave them since."""
    standing = list(ThemeCorrection.objects.filter(undone_at=None, kind__in=("rename", "merge")))
    names = {one.theme: one.name for one in standing if one.kind == "rename"}
    merges = {one.theme: one.into for one in standing if one.kind == "merge"}
    listed = list(rows)
    known = {row.theme: names.get(row.theme) or label_of(row) for row in listed}
    found = []
    for row in listed:
        into = rules.merged_into(row.theme, merges)
        into = "" if into == row.theme else into
        found.append(
            ThemeSeen(
                row,
                known[row.theme],
                into,
                known.get(into) or names.get(into) or into,
                rules.course_of(row.course, row.course_low, row.course_high),
                rules.spark(row.months),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class ThemeList:
    """The themes of the whole bank or of one branch, the most at stake first."""

    rows: list[ThemeSeen]
    at: Any
    whole: bool
    branches: list[Any]
    currency: str


def themes(user: User, wanted: ThemeFilter) -> ThemeList:
    """Themes ranked as ``wanted`` says; of a branch: with that branch's figures beside those of the bank.

    Raises:
        NotAllowed: no post of theirs looks at branches.
        NotFound: no such branch within reach.
    """
    must_read(user)
    within = list(branches_of(user))
    at = within[0] if within else None
    if wanted.org:
        at = next((one for one in within if one.org_id == wanted.org), None)
        if at is None:
            raise NotFound(_("There is no branch %(number)s within your reach.") % {"number": wanted.org[:40]})
    whole = at is None or at.depth == 0
    rows = Theme.rows().filter(kind=wanted.kind) if wanted.kind else Theme.rows()
    found = themes_seen(rows)
    if not whole:
        here = {row.theme: row for row in ThemeBranch.rows().filter(org_id=at.org_id)}
        found = [one for one in found if one.row.theme in here]
        for one in found:
            one.here = here[one.row.theme]
            one.spark = rules.spark(one.here.months)
    open_ = dict(
        visible_improvements(user)
        .exclude(state__in=rules.ENDED)
        .values_list("themes__theme")
        .annotate(n=Count("id", distinct=True))
    )
    for one in found:
        one.open = open_.get(one.row.theme, 0)
    if wanted.open == "none":
        found = [one for one in found if not one.open]
    found.sort(key=lambda one: (-_ranked(one, wanted.sort), one.row.theme))
    publication = pinned()
    return ThemeList(found, at, whole, within, publication.currency if publication else "")


def _ranked(one: ThemeSeen, sort: str) -> float:
    figures = one.here if one.here is not None else one.row
    match sort:
        case "volume":
            return float(figures.customers)
        case "course":
            return one.course.points if one.course.points is not None else -1e9
        case "unhappy":
            return figures.unhappy if figures.unhappy is not None else -1.0
        case "lost":
            return float(one.row.lost)
    return float(figures.value_at_stake)


def theme(user: User, key: str) -> ThemeSeen:
    """One theme.

    Raises:
        NotAllowed: no post of theirs looks at branches.
        NotFound: no night told of such a theme.
    """
    must_read(user)
    found = theme_named(key)
    if found is None:
        raise NotFound(_("There is no such theme."))
    return found


def theme_named(key: str) -> ThemeSeen | None:
    """The theme of that key; None where no night told of one."""
    return next(iter(themes_seen(Theme.rows().filter(theme=key))), None)


def other_themes(user: User, but: str = "") -> list[ThemeSeen]:
    """The themes of words that stand, by name: for choosing one."""
    must_read(user)
    rows = themes_seen(Theme.rows().filter(kind="words"))
    return sorted((one for one in rows if one.row.theme != but and not one.into), key=lambda one: one.name)


def version_of_theme(user: User, key: str) -> int:
    """The version a correction is made from; 1 of a theme nobody corrected."""
    if not reach_of(user).may(Permission.VIEW_BRANCH):
        return 0
    return ThemeStanding.objects.filter(theme=key).values_list("version", flat=True).first() or 1


def branches_with(user: User, key: str) -> list[tuple[str, Any]]:
    """A theme's figures in the branches within reach, those with the most at stake first, with their names."""
    must_read(user)
    within = {one.org_id for one in branches_of(user)}
    rows = [
        row
        for row in ThemeBranch.rows().filter(theme=key).order_by("-value_at_stake", "org_id")
        if row.org_id in within
    ]
    names = branch_names(row.org_id for row in rows)
    return [(names.get(row.org_id, row.org_id), row) for row in rows]


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer said, masked for the reader; ``moved_to``: where somebody moved it since the night."""

    row: Any
    party_id: str
    name: str
    words: str
    moved_to: str = ""

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is published."""
        return getattr(self.row, name)


def words_of(user: User, key: str, source: str = "") -> list[Said]:
    """The newest words of a theme (``""``: of none) by customers ``user`` sees, masked by their reach."""
    must_read(user)
    rows = of_visible(ThemeVoice, user).filter(**({"theme": key} if key else {"theme": None}))
    if source in SOURCES:
        rows = rows.filter(source=source)
    for of, numbers in kept_voices(user).items():
        if numbers:
            rows = rows.exclude(source=of, number__in=numbers)
    return _said(user, list(rows.order_by("-said_on", "number")[:WORDS]))


def _said(user: User, rows: list[Any]) -> list[Said]:
    reach = reach_of(user)
    stands = standing_of({row.party_id for row in rows})
    ids = {stands.get(row.party_id, row.party_id) for row in rows}
    names = dict(visible_to(user).filter(party_id__in=ids).values_list("party_id", "name"))
    moved = {
        (one.source, one.number): one.theme
        for one in ThemeCorrection.objects.filter(kind="text", undone_at=None, number__in=[row.number for row in rows])
    }
    published = Theme.rows().filter(theme__in=set(moved.values())) if moved else ()
    labels = {one.row.theme: one.name for one in themes_seen(published)}
    found = []
    for row in rows:
        party = stands.get(row.party_id, row.party_id)
        to = moved.get((row.source, row.number), "")
        found.append(
            Said(
                row,
                party,
                masked(names.get(party, ""), _NAME, reach) or party,
                masked(row.words, _WORDS, reach) or "",
                labels.get(to, to) if to != row.theme else "",
            )
        )
    return found


def voice(user: User, source: str, number: str) -> Any:
    """What one customer said, as it is; of a customer ``user`` sees.

    Raises:
        NotFound
    """
    row = of_visible(ThemeVoice, user).filter(source=source, number=number).first()
    if row is None or number in kept_voices(user).get(source, ()):
        raise NotFound(_("There are no such words of a customer you see."))
    return row


@dataclass(frozen=True, slots=True)
class CorrectionSeen:
    """A correction; what a customer said is masked, and kept from who does not see the customer. ``may_undo``: whether
    the reader may take it back."""

    row: Any
    theme_name: str
    other_name: str
    words: str
    may_undo: bool

    @property
    def first_name(self) -> str:
        """What the theme was called before people renamed it."""
        return first_name(self.row.theme)

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


def corrections(user: User, key: str = "", limit: int = 60) -> list[CorrectionSeen]:
    """Corrections, the newest first; ``key``: of one theme."""
    must_read(user)
    rows = ThemeCorrection.objects.select_related("made_by", "undone_by").order_by("-made_at", "-id")
    if key:
        rows = rows.filter(Q(theme=key) | Q(into=key) | Q(moved_from=key))
    return _corrections_seen(user, [one for one in rows[:limit] if may_read(user, one)])


def correction(user: User, correction_id: int) -> CorrectionSeen:
    """One correction.

    Raises:
        NotFound
    """
    one = ThemeCorrection.objects.select_related("made_by", "undone_by").filter(pk=correction_id).first()
    if one is None or not may_read(user, one):
        raise NotFound(_("There is no such correction."))
    return _corrections_seen(user, [one])[0]


def _corrections_seen(user: User, listed: list[ThemeCorrection]) -> list[CorrectionSeen]:
    reach, reads = reach_of(user), reads_words(user)
    keys = {name for one in listed for name in (one.theme, one.into, one.moved_from) if name}
    labels = {one.row.theme: one.name for one in themes_seen(Theme.rows().filter(theme__in=keys))}
    return [
        CorrectionSeen(
            one,
            labels.get(one.theme, one.theme),
            labels.get(one.into or one.moved_from, one.into or one.moved_from),
            (masked(one.words, _WORDS, reach) or "") if one.words else "",
            one.undone_at is None and reach.may(Permission.MANAGE_CAUSES) and (one.kind != "text" or reads),
        )
        for one in listed
    ]


def may_read(user: User, one: ThemeCorrection) -> bool:
    """Whether ``user`` may see a correction: that of a customer's words, who sees the customer."""
    if not reach_of(user).may(Permission.VIEW_BRANCH) or (one.party_id and not sees_customer(user, one.party_id)):
        return False
    return not one.number or one.number not in kept_voices(user).get(one.source, ())
