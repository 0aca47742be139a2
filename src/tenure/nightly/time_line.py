"""The time line over nights: closed months are made once a month, a night adds the open one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import ibis

from tenure.insight import months, timeline
from tenure.insight.months import CURVE
from tenure.nightly.caching import key

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.lake import DataFile
    from tenure.nightly.past import ClosedMonths, Past

_PICKS = "picks"
#: The lake's event tables that a time line shows beside transactions.
_EVENTS = ("interaction", "survey_response", "queue_ticket", "campaign_contact", "redemption")


@dataclass(frozen=True)
class TimeLine:
    """Makes both parts of the time line; ``accounts`` is the frame of :func:`holdings.accounts`."""

    past: Past
    accounts: ir.Table
    closed: ClosedMonths

    def settled(self) -> Path:
        """The part of the closed months, as a file that is made once for all nights of a month."""
        window, thresholds = self.past.window, self.past.thresholds
        closed = [window.month(k) for k in range(1, CURVE)]
        files = [
            file.id for name in ("transaction", *_EVENTS) for m in closed for file in self.past.files(name).get(m, ())
        ]

        def make() -> ir.Table:
            owners = self.accounts.filter(self.accounts.opened_on < months.first_day(window.open_month))
            history = self.closed.by_party
            notable = timeline.notable_of_parties(self._picks(closed), owners, history, thresholds)
            return timeline.of_closed_months(self._tables(closed), notable, history, window, thresholds)

        held = thresholds.as_dict()
        return self.past.settled(self.closed, "timeline", make, files, held["timeline"])

    def lately(self, standing: ir.Table, days: int) -> ir.Table:
        """Notable and latest transactions of the open month, and of months that ``days`` before ``as_of`` reach."""
        window = self.past.window
        since = min(window.open_month, months.serial(window.ago(days)))
        picks = self._picks(list(range(since, window.open_month + 1)))
        picks = picks.filter(picks.booked_at.date() <= window.as_of)
        return timeline.notable_of_parties(picks, standing, self.closed.by_party, self.past.thresholds)

    def of_now(self, notable: ir.Table, standing: ir.Table, figures: ir.Table) -> ir.Table:
        """The part that changes from night to night."""
        window = self.past.window
        tables = self._tables([window.open_month])
        tables["complaint"] = self.past.table("complaint")
        return timeline.of_now(tables, notable, standing, figures, window, self.past.thresholds)

    def _tables(self, of_months: list[int]) -> dict[str, ir.Table]:
        labels = [months.label(month) for month in of_months]
        return {name: self.past.table(name, labels) for name in _EVENTS}

    def _picks(self, of_months: list[int]) -> ir.Table:
        """Transactions a time line may show: of recent files each account's newest too."""
        cache, recent = self.past.cache, self.past.window.month(1)
        plain, with_latest = self._folders()
        paths = []
        for month, files in self.past.files("transaction").items():
            if month in of_months:
                for file in files:
                    latest = month >= recent or cache.has(cache.path(with_latest, file.id))
                    folder = with_latest if latest else plain
                    paths.append(cache.keep(folder, file.id, partial(self._pick, file, latest)))
        rows = cache.engine.read(paths, ibis.schema(timeline.PICKED))
        return rows.filter(rows.notable | (rows.booked_at.date() >= months.first_day(recent)))

    def _pick(self, file: DataFile, latest: bool) -> ir.Table:
        return timeline.pick(self.past.rows(file), self.past.thresholds, latest=latest)

    def _folders(self) -> tuple[str, str]:
        bounded = self.past.thresholds.timeline
        chosen = key(bounded.large, bounded.latest)[:8]
        return f"{_PICKS}_{chosen}", f"{_PICKS}_{chosen}_latest"

    def sweep(self) -> int:
        """Delete the picks of files that are no more, and those of other thresholds; how many files."""
        cache, live, folders = self.past.cache, self.past.live(), self._folders()
        gone = sum(cache.sweep(folder, lambda path: path.stem in live) for folder in folders)
        for folder in cache.lake.derived("night").glob(f"{_PICKS}_*"):
            if folder.name not in folders:
                cache.drop(folder.name)
        return gone
