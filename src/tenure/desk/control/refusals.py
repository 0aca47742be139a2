"""Tells whoever sent a row why it was not taken, in their language."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext

from tenure.desk.control.rows import Refusal


def in_words(refusal: Refusal) -> Refusal:
    """``refusal`` with what was expected said in the active language."""
    return replace(refusal, expected=gettext(refusal.expected) % refusal.values, values={})
