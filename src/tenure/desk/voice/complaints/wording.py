"""What codes of complaints are called, and how often suggestions of them were right, in the reader's language."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.kit.formats import is_chinese
from tenure.desk.voice.complaints import coding, suggesting
from tenure.desk.voice.complaints import settings as house


def code_label(table: coding.Version, kind: str, code: str) -> str:
    """What a code is called in the reader's language, with the level above it; the code where the table lacks it."""
    found, chinese = table.codes[kind].get(code), is_chinese(get_language() or "en")
    if found is None:
        return code
    above = table.codes[kind].get(found.above)
    return f"{above.name(chinese)} › {found.name(chinese)}" if above is not None else found.name(chinese)


def choices(table: coding.Version, kind: str) -> list[tuple[str, str]]:
    """The codes of a kind with their names, each level below the one above it."""
    return [(code, code_label(table, kind, code)) for code in table.codes[kind]]


def record_words(record: suggesting.Record, coded: int) -> str:
    """How often suggestions were right, as the page says it; "too few" where nothing can be said.

    ``coded``: how many complaints were coded so far.
    """
    if not coded:
        return _("No complaint was coded here yet: these are words of the table, nothing was learned.")
    if not record.tells:
        return _("Too few coded complaints yet to say how often this is right: %(n)s held out, it takes %(least)s.") % {
            "n": record.tried, "least": suggesting.FEWEST,
        }  # fmt: skip
    share, low, high = (round(100 * part) for part in record.share)
    return _(
        "The first was right in %(share)s %% (%(low)s–%(high)s %%) of the last %(n)s, taught by older ones alone; the "
        "commonest code would have been in %(usual)s %%."
    ) % {
        "share": share, "low": low, "high": high, "n": record.tried,
        "usual": round(100 * record.usual / record.tried),
    }  # fmt: skip


def silence_words(coded: int) -> str:
    """Why no code is suggested."""
    if not coded:
        return _(
            "None suggested: no word of the table stands there, and no complaint was coded here yet to learn from."
        )
    return _("None suggested: neither the table's words nor the %(n)s complaints coded so far say anything of it.") % {
        "n": coded
    }  # fmt: skip


def step_words(kind: str, detail: str, at: datetime) -> str:
    """What a step of a complaint was about: the channel it came by again, its business and cause."""
    table = house.version_on(timezone.localdate(at))
    kinds = ("channel",) if kind == "arrived" else ("business", "cause")
    return " · ".join(code_label(table, of, code) for of, code in zip(kinds, detail.split(), strict=False))
