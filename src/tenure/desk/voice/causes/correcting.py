"""Corrections of themes: rename, merge, move a phrase or what somebody said; and taking one back.

A correction stands at once at the desk and teaches the next night, which reads every one that stands (see
``nightly.theme_corrections``). The theme's row of versions is locked, so that of two people who correct one theme the
second is told who was first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, must, one_of, unchanged
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.voice.causes import rules, selectors
from tenure.desk.voice.causes.models import ThemeCorrection, ThemeStanding


def rename(user: User, theme: str, name: str, *, version: int, now: datetime) -> ThemeCorrection:
    """Call a theme by a name of the bank's own, in both languages. The name it has already changes nothing.

    Raises:
        NotAllowed: no post of theirs manages causes.
        NotFound: no such theme.
        Unacceptable: no name, or one too long.
        Conflict: somebody was first.
    """
    must(user, Permission.MANAGE_CAUSES)
    name = at_most(name, rules.NAME, "name")
    if not name:
        raise Unacceptable(_("Give the theme a name."), field="name")
    with transaction.atomic():
        standing = _locked(user, theme)
        known = _standing(kind="rename", theme=theme).first()
        if known is not None and known.name == name:
            return known
        _must_be(standing, version)
        if known is not None:
            _undo(known, user, now)
        return _made(user, standing, now, kind="rename", theme=theme, name=name)


def merge(user: User, theme: str, into: str, *, version: int, now: datetime) -> ThemeCorrection:
    """Make a theme a part of another: whoever spoke of it spoke of that.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`rename`; Conflict also where it is merged already.
        Unacceptable: it would be merged into itself, straight or round about.
    """
    must(user, Permission.MANAGE_CAUSES)
    with transaction.atomic():
        _lock("")  # one merge at a time: no two of them close a circle
        standing = _locked(user, theme)
        selectors.theme(user, into)
        merges = {one.theme: one.into for one in _standing(kind="merge")}
        if merges.get(theme) == into:
            return _standing(kind="merge", theme=theme).get()
        if rules.closes_a_circle(theme, into, merges):
            raise Unacceptable(_("A theme cannot be merged into itself."), field="into")
        _must_be(standing, version)
        if theme in merges:
            raise Conflict(_("This theme is merged already."), _("Take that back first."))
        return _made(user, standing, now, kind="merge", theme=theme, into=into)


def move_phrase(user: User, theme: str, phrase: str, *, version: int, now: datetime) -> ThemeCorrection:
    """Whatever contains the phrase belongs to the theme from the next night on.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`rename`.
        Unacceptable: no phrase, or one too long.
    """
    must(user, Permission.MANAGE_CAUSES)
    phrase = at_most(phrase, rules.NAME, "phrase")
    if not phrase:
        raise Unacceptable(_("Say which phrase."), field="phrase")
    with transaction.atomic():
        standing = _locked(user, theme)
        known = _standing(kind="phrase", phrase=phrase).select_for_update().first()
        if known is not None and known.theme == theme:
            return known
        _must_be(standing, version)
        if known is not None:
            _undo(known, user, now)
        return _made(user, standing, now, kind="phrase", theme=theme, phrase=phrase)


def move_text(user: User, source: str, number: str, theme: str, *, version: int, now: datetime) -> ThemeCorrection:
    """What a customer said belongs to the theme; what is like it follows as far as it shares its phrases.

    Args:
        version: of the theme it is moved from; of “no theme” where it names none.

    Raises:
        Conflict: see :func:`rename`.
        NotAllowed: see :func:`rename`; also where they see stars in place of the words.
        NotFound: no such words of a customer they see, or no such theme.
    """
    must(user, Permission.MANAGE_CAUSES)
    _must_read_words(user)
    one_of(source, selectors.SOURCES, "source")
    with transaction.atomic():
        voice = selectors.voice(user, source, number)
        selectors.theme(user, theme)
        known = _standing(kind="text", source=source, number=number).select_for_update().first()
        was = known.theme if known is not None else voice.theme or ""
        if was == theme:
            if known is not None:
                return known
            raise Unacceptable(_("These words are in this theme already."), field="theme")
        standing = _locked(user, was)
        _must_be(standing, version)
        if known is not None:
            _undo(known, user, now)
        return _made(
            user, standing, now, kind="text", theme=theme, moved_from=was, words=voice.words, source=source,
            number=number, party_id=voice.party_id,
        )  # fmt: skip


def undo(user: User, correction_id: int, *, now: datetime) -> ThemeCorrection:
    """Take a correction back: the next night goes without it. Taken back before, nothing happens.

    Raises:
        NotAllowed: no post of theirs manages causes; of a customer's words: they see stars in their place.
        NotFound: no such correction.
    """
    must(user, Permission.MANAGE_CAUSES)
    with transaction.atomic():
        one = ThemeCorrection.objects.select_for_update().filter(pk=correction_id).first()
        if one is None or not selectors.may_read(user, one):
            raise NotFound(_("There is no such correction."))
        if one.kind == "text":
            _must_read_words(user)
        if one.undone_at is None:
            _undo(one, user, now)
            standing = _lock(one.theme)
            _raise(standing, user, now)
            audit.record(user, "theme.undo", now=now, kind="theme", key=one.theme, changes={"of": one.kind})
    return one


def _must_read_words(user: User) -> None:
    """What is sorted unread is sorted by its source or its score, and the night would learn that."""
    if not selectors.reads_words(user):
        raise NotAllowed(_("What customers said is sorted by those who read it; you see it masked."))


def _standing(**which: Any) -> Any:
    return ThemeCorrection.objects.filter(undone_at=None, **which)


def _lock(theme: str) -> ThemeStanding:
    ThemeStanding.objects.get_or_create(theme=theme)
    # no join: to a row that changed while it was waited for PostgreSQL would join whoever had changed it before
    return ThemeStanding.objects.select_for_update().get(theme=theme)


def _locked(user: User, theme: str) -> ThemeStanding:
    """The theme's versions, locked; the theme is one of words."""
    if theme and selectors.theme(user, theme).kind != "words":
        raise Unacceptable(_("Causes of leaving are the night's; correct what customers said."), field="theme")
    return _lock(theme)


def _must_be(standing: ThemeStanding, version: int) -> None:
    if standing.changed_by is not None:
        unchanged(standing, version)


def _raise(standing: ThemeStanding, user: User, now: datetime) -> None:
    standing.version += 1
    standing.changed_by, standing.changed_at = user, now
    standing.save()


def _undo(one: ThemeCorrection, user: User, now: datetime) -> None:
    one.undone_by, one.undone_at = user, now
    one.save(update_fields=["undone_by", "undone_at"])


def _made(user: User, standing: ThemeStanding, now: datetime, **content: Any) -> ThemeCorrection:
    made = ThemeCorrection.objects.create(made_by=user, made_at=now, **content)
    _raise(standing, user, now)
    told = {name: value for name, value in content.items() if name in ("into", "moved_from", "source") and value}
    audit.record(user, f"theme.{content['kind']}", now=now, kind="theme", key=content["theme"], changes=told)
    return made
