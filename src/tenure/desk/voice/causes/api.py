"""API: themes and their correction. The same services as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from tenure.contracts import codes
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, WRITE_REFUSALS
from tenure.desk.parties import services as parties_services
from tenure.desk.voice.causes import correcting, selectors
from tenure.desk.voice.causes.filters import themes_from

router = Router(tags=["causes"])
_READ, _WRITE = "causes:read", "causes:write"


class ThemeDocument(Schema):
    """A theme of what customers say, or a cause for which they left; figures of the whole bank or of one branch."""

    theme: str = Field(description="its key: stays when it is renamed")
    kind: str = Field(description=f"one of {', '.join(codes.THEME_KINDS)}")
    name: str
    merged_into: str = Field(description="since the last night; empty: into none")
    phrases: list[str]
    customers: int
    customers_unhappy: int = Field(description="of the customers, who was unhappy when they said it, or left")
    verbatims: int
    lost: int = Field(description="of the customers, lost in twelve months; in the whole bank")
    share: float | None = None
    course: float | None = Field(None, description="share of the newest three months less that of the nine before")
    unhappy: float | None = None
    value_at_stake: int = Field(description="assets of those unhappy when they said it, each once; minor units")
    value_praised: int = Field(description="assets of those who only spoke well of it, each once; minor units")
    last_month: str
    months: list[int]
    version: int = Field(description="send it back with a correction")


class ThemeWordsDocument(Schema):
    """What a customer said, masked as the caller must see it."""

    source: str = Field(description=f"one of {', '.join(codes.VOICE_SOURCES)}")
    number: str
    party_id: str
    said_on: dt.date
    words: str
    score: int | None = None
    moved_to: str = Field(description="name of the theme somebody moved it to since the last night")


class ThemeCorrectionDocument(Schema):
    """A correction of the themes."""

    id: int
    kind: str = Field(description=f"one of {', '.join(codes.THEME_CORRECTIONS)}")
    theme: str
    into: str
    name: str
    phrase: str
    words: str
    made_at: dt.datetime
    undone_at: dt.datetime | None = None


class ThemesWanted(Schema):
    """Which themes, in which order."""

    kind: Literal["", "words", "lost"] = ""
    org: str = Field("", description="a branch within reach; empty: the topmost")
    sort: Literal["value", "volume", "course", "unhappy", "lost"] = "value"


class ThemeCorrectionBody(Schema):
    """One correction; ``kind`` says which of the other fields it takes."""

    kind: Literal["rename", "merge", "phrase", "text"]
    theme: str = Field("", description="rename, merge: which; phrase, text: where to")
    name: str = ""
    into: str = ""
    phrase: str = ""
    source: str = ""
    number: str = ""
    version: int = Field(description="of the theme; of words that are moved: of the theme they are in")


def _theme(user: Any, one: selectors.ThemeSeen) -> dict[str, Any]:
    figures = one.here if one.here is not None else one.row
    names = ("theme", "kind", "phrases", "lost", "course", "last_month")
    told = (
        "customers", "customers_unhappy", "verbatims", "share", "unhappy", "value_at_stake", "value_praised", "months",
    )  # fmt: skip
    return {
        **{name: getattr(one.row, name) for name in names},
        **{name: getattr(figures, name) for name in told},
        "name": one.name, "merged_into": one.into, "version": selectors.version_of_theme(user, one.row.theme),
    }  # fmt: skip


@router.get("/themes", auth=allow(_READ), response={200: list[ThemeDocument], **REFUSALS})
def list_themes(request: HttpRequest, asked: Query[ThemesWanted]) -> Any:
    """Themes of the whole bank or of a branch, the most at stake first."""
    found = selectors.themes(request.auth, themes_from(asked.dict()))
    return [_theme(request.auth, one) for one in found.rows]


@router.get("/themes/words", auth=allow(_READ), response={200: list[ThemeWordsDocument], **REFUSALS})
def list_theme_words(request: HttpRequest, theme: str = "", source: str = "") -> Any:
    """The newest words of a theme by customers the caller sees; without a theme those that name none."""
    if theme:
        selectors.theme(request.auth, theme)
    found = selectors.words_of(request.auth, theme, source)
    parties_services.note_listing(
        request.auth, {"of": "theme words", "theme": theme[:80], "source": source[:10]}, len(found), timezone.now()
    )
    return found


@router.get("/themes/corrections", auth=allow(_READ), response={200: list[ThemeCorrectionDocument], **REFUSALS})
def list_theme_corrections(request: HttpRequest) -> Any:
    """Corrections, the newest first."""
    return selectors.corrections(request.auth)


@router.post("/themes/corrections", auth=allow(_WRITE), response={201: ThemeCorrectionDocument, **WRITE_REFUSALS})
def correct_theme(request: HttpRequest, body: ThemeCorrectionBody) -> Any:
    """Rename or merge a theme, or move a phrase or a customer's words to one; the next night learns from it."""
    user, given = request.auth, {"version": body.version, "now": timezone.now()}
    match body.kind:
        case "rename":
            made = correcting.rename(user, body.theme, body.name, **given)
        case "merge":
            made = correcting.merge(user, body.theme, body.into, **given)
        case "phrase":
            made = correcting.move_phrase(user, body.theme, body.phrase, **given)
        case _:
            made = correcting.move_text(user, body.source, body.number, body.theme, **given)
    return Status(201, selectors.correction(user, made.pk))


@router.post(
    "/themes/corrections/{correction_id}/undo",
    auth=allow(_WRITE),
    response={200: ThemeCorrectionDocument, **WRITE_REFUSALS},
)
def undo_theme_correction(request: HttpRequest, correction_id: int) -> Any:
    """Take a correction back."""
    correcting.undo(request.auth, correction_id, now=timezone.now())
    return selectors.correction(request.auth, correction_id)
