"""One turn of the circle on a small bank: files, lake, night, desk, a contact, and back to the lake."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from tenure.desk.org.models import Post, User
from tenure.desk.parties.models import Customer, Timeline
from tenure.desk.parties.visibility import visible_to
from tenure.desk.publication.models import Publication
from tenure.desk.reports.models import Batch, Quarantine
from tenure.desk.work.models import Contact, Proposal
from tenure.desk.work.services import log_contact
from tenure.errors import InputError
from tenure.lake import Lake, connect, land_tables
from tenure.nightly.publishing import publish_folder
from tenure.nightly.run import NightReport, run
from tenure.nightly.writeback import write_back

from .conftest import SmallDemo, deliver

pytestmark = pytest.mark.django_db(transaction=True)


def night(lake: Lake) -> NightReport:
    """Work the night out and publish it."""
    with connect() as engine:
        report = run(lake, engine=engine)
    publish_folder(report.folder, time_zone="Asia/Shanghai", grace_seconds=0)
    return report


def test_a_day_at_the_bank(small_demo: SmallDemo, tmp_path: Path) -> None:
    lake = small_demo.lake(tmp_path / "lake", after_its_night=True)
    first = night(lake)
    assert first.as_of == small_demo.landed[-1].business_date
    assert Customer.rows().count() == first.customers > 250
    assert Publication.objects.current().as_of == first.as_of  # type: ignore[union-attr]

    # Everybody on the work list is a customer, with a reason, something at stake and a day by which to act.
    entries = list(Proposal.rows())
    assert entries
    assert {e.party_id for e in entries} <= set(Customer.rows().values_list("party_id", flat=True))
    assert all(e.value_at_stake >= 0 and e.facts and e.due_on for e in entries)

    # A relationship manager sees their customers and nobody else's, and logs a contact.
    lead = Customer.rows().exclude(lead_staff_id=None).first()
    user = User.objects.create_user("rm", None, name="RM", staff_id=lead.lead_staff_id)
    Post.objects.create(user=user, role="relationship_manager", org_id=lead.org_id, org_path=lead.org_path)
    seen = set(visible_to(user).values_list("party_id", flat=True))
    assert lead.party_id in seen
    assert 0 < len(seen) < first.customers
    moment = timezone.make_aware(datetime(2026, 6, 29, 10, 30))
    log_contact(
        user, lead.party_id, kind="call", outcome="interested", words="想换三年期", next_step_on=None, proposal_key="",
        external_id=None, at=moment, now=moment + timedelta(hours=1),
    )  # fmt: skip

    Contact.objects.update(logged_at=moment)

    # The next day's files land, the contact goes back, and the next night knows it.
    deliver(lake, small_demo.waiting[0])
    assert write_back(lake) == 1
    contact = Contact.objects.get()
    second = night(lake)
    assert second.as_of == first.as_of + timedelta(days=1)
    told = Timeline.rows().get(party_id=lead.party_id, event_id=f"interaction:desk-{contact.pk}")
    assert (told.kind, told.words) == ("interaction", "想换三年期")
    assert timezone.localtime(told.at).date() == moment.date()
    assert Customer.rows().get(party_id=lead.party_id).last_contact_on == moment.date()


def test_what_is_published_is_what_the_night_wrote(small_demo: SmallDemo, tmp_path: Path) -> None:
    report = night(small_demo.lake(tmp_path / "lake", after_its_night=True))
    written = pq.read_table(report.folder / "customer.parquet").to_pylist()
    shown = {row.party_id: row for row in Customer.rows()}
    assert len(shown) == len(written)
    for row in written:
        for name in ("aum", "aum_month_average", "tier", "birth_date", "score", "next_maturity_on", "dormant", "name"):
            assert getattr(shown[row["party_id"]], name) == row[name], (row["party_id"], name)


def test_what_is_logged_today_does_not_make_today_a_business_date(small_demo: SmallDemo, tmp_path: Path) -> None:
    lake = small_demo.lake(tmp_path / "lake", after_its_night=True)
    author = User.objects.create_user("x", None, name="X")
    party = "1000000001"
    Contact.objects.create(party_id=party, at=timezone.now(), kind="call", author=author, outcome="done")
    assert write_back(lake) == 1
    assert night(lake).as_of == small_demo.landed[-1].business_date


def test_a_delivery_refused_whole_is_shown_with_its_rows(small_demo: SmallDemo, tmp_path: Path) -> None:
    lake = small_demo.lake(tmp_path / "lake", after_its_night=True)
    delivery = small_demo.waiting[0]
    bad = pq.read_table(delivery.tables["balance"][0])
    bad = bad.set_column(0, "account_id", pa.array(["nobody's"] * bad.num_rows))
    with pytest.raises(InputError, match="refused"):
        land_tables(lake, "core", delivery.business_date, {"balance": bad})
    report = night(lake)
    assert report.as_of == small_demo.landed[-1].business_date, "what was refused is no business date"
    (shown,) = Batch.rows().filter(state="refused")
    assert (shown.table_name, shown.rows, shown.quarantined) == ("balance", 0, bad.num_rows)
    row = Quarantine.rows().filter(batch_id=shown.batch_id).first()
    assert (row.column, row.value) == ("account_id", "nobody's")
