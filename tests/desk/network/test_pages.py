"""Pages that have something to show are wholly in the reader's language, too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from desk.network.conftest import ANOTHER, INTRODUCER, NEWCOMER, NOW, TODAY, Asked, tie
from desk.pages.rendered import left_over
from desk.pages.test_pages import speaking
from desk.small_bank import SmallBank
from tenure.desk.network import services
from tenure.desk.network.upkeep.services import note_upkeep
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer

AsUser = Callable[[User], Client]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_full_network_is_in_the_readers_language(
    alone: SmallBank, asked: Asked, as_user: AsUser, language: str
) -> None:
    owner = alone.owner
    names = Customer.models["a"].objects
    for number, row in enumerate(names.order_by("party_id")):  # names in letters, so that the scan sees words alone
        names.filter(pk=row.pk).update(name=f"QZX{number}" if language == "en" else "张三")
    tie(NEWCOMER, INTRODUCER, "spouse")
    tie(NEWCOMER, ANOTHER, "sibling")
    tie(NEWCOMER, "C000006", "supplier")
    names.filter(party_id=ANOTHER).update(open_complaints=1)
    about, name = ("QZX", "QZX") if language == "en" else ("准备创业的人", "赵敏")
    one = asked(about=about)
    one = services.note_named(owner, one.pk, name, "13800000000", may_call=True, version=1, now=NOW)
    two = asked(introducer_id="C000013", about=about)
    services.end(owner, two.pk, "not_now", version=1, now=NOW)
    spent = (NOW, TODAY)
    for amount, part in ((20_000, "user"), (90_000, "decider")):
        note_upkeep(owner, INTRODUCER, part, "meal", amount, spent[1], about, name, official=False, now=spent[0])
    client = speaking(as_user(owner), language)
    pages = ["/network/?owner=all&state=", "/network/worth", "/network/upkeep", f"/network/to/{NEWCOMER}/"]
    pages += [f"/network/introductions/{each.pk}/" for each in (one, two)]
    pages += [f"/network/customer/{INTRODUCER}{part}" for part in ("", "/worth", "/upkeep")]
    staff = {"王芳", "朱明", "沈伟"}
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, address
        words = [word for word in left_over(answer.content.decode(), language) if not any(s in word for s in staff)]
        assert words == [], address
