"""The frames of a night, from the lake's tables to the tables of the publication."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from tenure.contracts import LAKE, PUBLISHED
from tenure.errors import InputError
from tenure.insight import (
    activity,
    balances,
    branches,
    customers,
    duplicates,
    holdings,
    organisation,
    worklist,
)
from tenure.insight.months import CURVE
from tenure.lake import schema_of
from tenure.nightly.caching import Cache, write_rows
from tenure.nightly.past import ClosedMonths, Past

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: Of the customer frame, beside the published columns: what curves, branches and the work list need.
_BESIDE = (
    "first_opened_on", "demand", "payroll_run", "complained_on", "answered_on", "tier_number", "next_number",
    "aum_3", "tier_1", "tier_2",
)  # fmt: skip


@dataclass(frozen=True)
class Frames:
    """The tables of one night while it runs; what is worth keeping stands in the cache's folder ``work``."""

    past: Past
    work: str

    @property
    def cache(self) -> Cache:
        """Where this night keeps what it has worked out."""
        return self.past.cache

    def source(self, name: str) -> ir.Table:
        """A table of the lake (:meth:`Past.table`): of an event table only the curve's months."""
        window = self.past.window
        from tenure.insight import months

        recent = [months.label(window.month(k)) for k in range(CURVE)]
        return self.past.table(name, recent if LAKE[name].day else None)

    def keep(self, name: str, make: ir.Table) -> ir.Table:
        """A frame written to disk, so that it is worked out once and a night that was killed can go on."""
        return self.cache.engine.read([self.cache.keep(self.work, name, lambda: make)])

    # What stands for itself -------------------------------------------------------------------------------------

    def tree(self) -> tuple[ir.Table, ir.Table]:
        """``(org_id, org_path, depth)`` and the pairs ``(org_id, ancestor_id)``, itself included."""
        rows = self.cache.engine.arrow(self.source("organisation").select("org_id", "parent_id")).to_pylist()
        parents = {row["org_id"]: row["parent_id"] for row in rows}
        chains = {org: organisation.chain(org, parents) for org in sorted(parents)}
        paths = pa.table(
            {
                "org_id": pa.array(chains, pa.string()),
                "org_path": pa.array(["/" + "/".join(c) + "/" for c in chains.values()], pa.string()),
                "depth": pa.array([len(c) - 1 for c in chains.values()], pa.int64()),
            }
        )
        pairs = [(org, above) for org, chain in chains.items() for above in chain]
        above = pa.table(
            {
                "org_id": pa.array([org for org, _ in pairs], pa.string()),
                "ancestor_id": pa.array([above for _, above in pairs], pa.string()),
            }
        )
        return self.small("paths", paths), self.small("ancestors", above)

    def small(self, name: str, rows: pa.Table) -> ir.Table:
        """A table made in memory, as a frame."""
        path = self.cache.path(self.work, name)
        write_rows(rows, path)
        self.cache.used.add(path)
        return self.cache.engine.read([path])

    def organisation(self, paths: ir.Table) -> ir.Table:
        """The branch tree with its paths, branches opened by ``as_of``."""
        t = self._opened(self.source("organisation"), "opened_on", "closed_on")
        return t.left_join(paths, "org_id").drop("org_id_right")

    def staff(self, paths: ir.Table) -> ir.Table:
        """Everyone who had joined by ``as_of``, with their branch's path."""
        t = self._opened(self.source("staff"), "joined_on", "left_on")
        t = t.left_join(paths.select("org_id", "org_path"), "org_id").drop("org_id_right")
        return t.mutate(org_path=t.org_path.coalesce("/"))

    def _opened(self, t: ir.Table, began: str, ended: str) -> ir.Table:
        as_of = self.past.window.as_of
        t = t.filter(t[began].isnull() | (t[began] <= as_of))
        return t.mutate(**{ended: ibis.ifelse(t[ended] <= as_of, t[ended], ibis.null("date"))})

    def coverage(self, party: ir.Table, staff: ir.Table) -> ir.Table:
        """Coverage in force at ``as_of``, the lead included; one role a person, the lead's first."""
        as_of = self.past.window.as_of
        t = self.source("coverage")
        t = t.filter((t.since.isnull() | (t.since <= as_of)) & (t.until.isnull() | (t.until > as_of)))
        leads = party.filter(party.lead_staff_id.notnull())
        leads = leads.select("party_id", staff_id="lead_staff_id", role=ibis.literal("lead"))
        t = t.select("party_id", "staff_id", "role")
        if self.past.snapshot.files_of("assignment"):
            t = self._assigned(t, party)
        both = t.union(leads)
        both = both.semi_join(party, "party_id").semi_join(staff.filter(staff.left_on.isnull()), "staff_id")
        first = ibis.cases((both.role == "lead", 0), (both.role == "credit", 1), (both.role == "support", 2), else_=3)
        place = ibis.row_number().over(group_by=[both.party_id, both.staff_id], order_by=first)
        return both.mutate(place=place).filter(ibis._.place == 0).drop("place")

    def _assigned(self, cover: ir.Table, party: ir.Table) -> ir.Table:
        """Coverage with what was said of it at the desk: whose lead was named there has no other."""
        words = self.past.table("assignment")
        named = customers.in_force(words, self.past.window).filter(ibis._.role == "lead")
        named = named.select("party_id", named="staff_id").inner_join(
            party.select("party_id", "lead_staff_id"), "party_id"
        )
        counts = named.filter(named.named.coalesce("-") == named.lead_staff_id.coalesce("-")).select("party_id")
        leads = cover.filter(cover.role == "lead").anti_join(counts, "party_id")
        cover = leads.union(cover.filter(cover.role != "lead"))
        return customers.supported(cover, words, self.past.window)

    def relation(self, party: ir.Table) -> ir.Table:
        """Relations in force at ``as_of``, each seen from both of its ends as it was delivered."""
        as_of = self.past.window.as_of
        t = self.source("relation")
        t = t.filter((t.since.isnull() | (t.since <= as_of)) & (t.until.isnull() | (t.until > as_of)))
        there = party.select(known_id=party.party_id)
        t = t.semi_join(party, "party_id").left_join(there, t.other_id == there.known_id)
        return t.mutate(other_is_customer=t.known_id.notnull())

    def duplicates(self, party: ir.Table) -> Path:
        """The publication's ``duplicate``: entries that may be one customer; kept while nobody's facts change."""
        table = PUBLISHED["duplicate"]

        def judged() -> ir.Table:
            read = self.keep("identities", duplicates.identities(party))
            found = duplicates.judged(self.keep("pairs", duplicates.beside(read)))
            return found.cast(schema_of(table)).select(*table.names)

        return self.past.of_parties(table.name, judged, sort=table.key)

    # What is worked out -----------------------------------------------------------------------------------------

    def party(self) -> ir.Table:
        """The parties known at ``as_of``; the lead relationship manager from coverage where the party names none, and
        from the desk where somebody was named there since.
        """
        t = customers.known(self.source("party"), self.past.window)
        # A word on consent, a rating and who leads hold until the next word, however long ago: every month is read.
        if self.past.snapshot.files_of("consent"):
            t = customers.consented(t, self.past.table("consent"), self.past.window)
        if self.past.snapshot.files_of("risk_answers"):
            t = customers.rated(t, self.past.table("risk_answers"), self.past.window)
        as_of = self.past.window.as_of
        cover = self.source("coverage").filter(
            lambda c: (
                (c.role == "lead") & (c.since.isnull() | (c.since <= as_of)) & (c.until.isnull() | (c.until > as_of))
            )
        )
        leads = cover.group_by("party_id").aggregate(cover_lead=cover.staff_id.min())
        t = t.left_join(leads, "party_id").drop("party_id_right")
        t = t.mutate(lead_staff_id=t.lead_staff_id.coalesce(t.cover_lead))
        if self.past.snapshot.files_of("assignment"):
            t = customers.assigned(t, self.past.table("assignment"), self.past.window)
        return t.select(*LAKE["party"].names)

    def accounts(self) -> tuple[ir.Table, list[str]]:
        """Accounts opened by ``as_of`` (:func:`holdings.accounts`), and the currencies no rate is known for."""
        t = self.keep(
            "accounts",
            holdings.accounts(
                self.source("account"), self.source("product"), self.past.thresholds, self.past.window.as_of
            ),
        )
        used = self.cache.engine.arrow(t.select("currency", "factor").distinct()).to_pylist()
        return t, sorted(str(row["currency"]) for row in used if row["factor"] is None)

    def one_currency(self, accounts: ir.Table) -> bool:
        """Whether every account is kept in the reporting currency, so that nothing needs converting."""
        other = accounts.filter(accounts.currency != self.past.thresholds.currency).limit(1)
        return self.cache.engine.arrow(other.select("account_id")).num_rows == 0

    def standing(self, accounts: ir.Table, closed: ClosedMonths, *, one_currency: bool) -> ir.Table:
        """Every account at the end of ``as_of``: :func:`balances.as_of`."""
        return self.keep(
            "standing",
            balances.as_of(
                accounts, closed.by_account, self.past.open_balances(), self.past.window, one_currency=one_currency
            ),
        )

    def figures(
        self,
        party: ir.Table,
        paths: ir.Table,
        accounts: ir.Table,
        standing: ir.Table,
        closed: ClosedMonths,
        *,
        one_currency: bool,
        inferred: bool,
    ) -> ir.Table:
        """The publication's ``customer`` and, named ``_name``, what other tables need beside its columns."""
        past = self.past
        parts = customers.Parts(
            party=party,
            paths=paths,
            holdings=holdings.by_party(standing, past.window.as_of),
            history=closed.by_party,
            activity=activity.open_month(past.open_activity(), accounts, one_currency=one_currency),
            voices=customers.voices(
                self.source("interaction"), self.source("complaint"), self.source("survey_response"), past.window
            ),
        )
        all_ = customers.figures(parts, past.window, past.thresholds, inferred=inferred)
        return customers.published(all_, _BESIDE)

    def figures_of(self, published: Path) -> ir.Table:
        """The customer frame, from the file of :meth:`figures`."""
        t = self.cache.engine.read([published])
        return t.rename({name: f"_{name}" for name in _BESIDE})

    def proposals(
        self, figures: ir.Table, standing: ir.Table, notable: ir.Table, staff: ir.Table, trapped: ir.Table | None = None
    ) -> ir.Table:
        """The publication's ``proposal``."""
        frames = worklist.Frames(figures, standing, notable, trapped)
        entries = worklist.entries(frames, self.past.window, self.past.thresholds)
        if entries is None:
            return self.cache.engine.empty(schema_of(PUBLISHED["proposal"]))
        return worklist.ranked(entries, figures, staff.filter(staff.left_on.isnull()), self.past.thresholds)

    def branches(self, figures: ir.Table, closed: ClosedMonths, ancestors: ir.Table) -> dict[str, ir.Table]:
        """``branch_month``, ``tier_migration`` and ``concentration``."""
        window = self.past.window
        return {
            "branch_month": branches.months_by_tier(figures, closed.by_party, ancestors, window),
            "tier_migration": branches.migration(figures, ancestors, window),
            "concentration": branches.concentrations(figures, ancestors),
        }


def require_customers(count: int) -> None:
    """``InputError`` where the lake has nobody to work on."""
    if not count:
        raise InputError(
            "the lake holds no customer known at that day", "Deliver the party table, or choose a later --as-of."
        )
