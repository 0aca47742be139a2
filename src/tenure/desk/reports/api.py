"""API: branches' figures, and how the last nights and deliveries went."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from tenure.contracts import PUBLISHED
from tenure.desk.control.access import allow
from tenure.desk.control.documents import REFUSALS, document
from tenure.desk.control.masking import masked_row
from tenure.desk.org.selectors import branches_of, reach_of
from tenure.desk.publication.current import pinned
from tenure.desk.reports import selectors

router = Router()

BranchDocument = document("Branch", PUBLISHED["organisation"])
ConcentrationDocument = document("Concentration", PUBLISHED["concentration"])
StepDocument = document("NightStep", PUBLISHED["night_step"])
BatchDocument = document("Batch", PUBLISHED["batch"])
QuarantineDocument = document("Quarantine", PUBLISHED["quarantine"])


class TierMonths(Schema):
    """Customers and monthly average AUM by tier, a list a tier, one value a month."""

    months: list[str]
    customers: dict[str, list[int]]
    aum: dict[str, list[int]] = Field(description="whole minor units of currency")


class Migrations(Schema):
    """Moves between tiers in the last month: ``counts[before][now]``; ``new`` is before for new customers."""

    counts: dict[str, dict[str, int]]
    rose: int
    fell: int
    came: int


class BranchFigures(Schema):
    """A branch and all below it."""

    branch: BranchDocument  # type: ignore[valid-type]
    currency: str
    tiers: TierMonths
    migrations: Migrations
    concentration: ConcentrationDocument | None = None  # type: ignore[valid-type]


class Night(Schema):
    """One night's run: its steps in order and the seconds they took."""

    run_id: str
    seconds: float
    steps: list[StepDocument]  # type: ignore[valid-type]


class PublicationDocument(Schema):
    """What the desk shows now: the night it is from."""

    run_id: str
    bank: str
    currency: str
    as_of: dt.date
    published_at: dt.datetime | None = None
    rows: dict[str, int]
    tiers: dict[str, int] = Field(description="threshold of each tier, whole minor units of currency")


@router.get(
    "/branches",
    auth=allow("branch:read"),
    tags=["branches"],
    response={200: list[BranchDocument], **REFUSALS},  # type: ignore[valid-type]
)
def list_branches(request: HttpRequest) -> Any:
    """Branches whose figures one may see, from the top."""
    selectors.branch(request.auth)
    return list(branches_of(request.auth)[:1000])


@router.get(
    "/branches/{org_id}", auth=allow("branch:read"), tags=["branches"], response={200: BranchFigures, **REFUSALS}
)
def get_branch(request: HttpRequest, org_id: str) -> Any:
    """Tiers by month, migrations and concentration of a branch and all below it."""
    publication = pinned()
    return {
        "branch": selectors.branch(request.auth, org_id),
        "currency": publication.currency if publication is not None else "",
        "tiers": selectors.tiers_by_month(request.auth, org_id),
        "migrations": selectors.migrations(request.auth, org_id),
        "concentration": selectors.concentration(request.auth, org_id),
    }


@router.get(
    "/data/publication",
    auth=allow(""),
    tags=["data"],
    response={200: PublicationDocument | None, **REFUSALS},
)
def get_publication(request: HttpRequest) -> Any:
    """The night whose figures the desk shows; null before the first."""
    return pinned()


@router.get("/data/nights", auth=allow("data:read"), tags=["data"], response={200: list[Night], **REFUSALS})
def list_nights(request: HttpRequest) -> Any:
    """The last nights, the latest first."""
    runs = selectors.nights(request.auth).runs
    return [{"run_id": run, "steps": steps, "seconds": seconds} for run, steps, seconds in runs]


@router.get(
    "/data/batches",
    auth=allow("data:read"),
    tags=["data"],
    response={200: list[BatchDocument], **REFUSALS},  # type: ignore[valid-type]
)
def list_batches(request: HttpRequest) -> Any:
    """The last deliveries, the latest first."""
    return selectors.nights(request.auth).batches


@router.get(
    "/data/quarantine",
    auth=allow("data:read"),
    tags=["data"],
    response={200: list[QuarantineDocument], **REFUSALS},  # type: ignore[valid-type]
)
def list_quarantine(request: HttpRequest, table: str = "") -> Any:
    """Rows the last deliveries had refused; their values masked."""
    reach = reach_of(request.auth)
    refused = selectors.nights(request.auth, table).quarantine
    return [masked_row(row, PUBLISHED["quarantine"], reach) for row in refused]
