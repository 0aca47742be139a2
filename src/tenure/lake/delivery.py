"""What goes into a landing and what comes out: a delivery ready to be checked, and its receipt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tenure.lake.checks import Candidates
from tenure.lake.control import ControlTotal
from tenure.lake.quarantine import FileFault
from tenure.lake.snapshot import Batch

Status = Literal["landed", "unchanged", "corrected", "checked"]


@dataclass(frozen=True)
class Receipt:
    """What became of a delivery.

    ``status``: ``landed``; ``corrected``, it replaced ``batch.corrects``; ``unchanged``, the lake had it
    already; ``checked``, a dry run. ``left_out`` counts rows per table that the mapping's filters left, by reason.
    """

    batch: Batch
    status: Status
    rows: Mapping[str, int]
    quarantined: Mapping[str, int]
    controls: tuple[ControlTotal, ...] = ()
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    quarantine: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Delivery:
    """Rows ready to be checked: what :func:`tenure.lake.settling.settle` needs to know of them, however they were read.

    ``file_faults`` are rows per table that could not even be read; ``max_retired_share`` bounds how much
    smaller a full delivery may be than what it replaces.
    """

    source: str
    business_date: dt.date
    content_hash: str
    candidates: Mapping[str, Candidates]
    full: Collection[str]
    max_bad_share: float
    max_retired_share: float = 1.0
    file_faults: Mapping[str, list[FileFault]] = field(default_factory=dict)
    controls: tuple[ControlTotal, ...] = ()
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
