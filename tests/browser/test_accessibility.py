"""axe-core reads every page as assistive technology would and finds nothing serious (WCAG 2.1 A and AA)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.conftest import Desk
from desk.addresses import pages, samples
from desk.small_bank import SmallBank

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
#: Every part that loads by itself has come and stands in the page, and brought no other that does.
AT_REST = """() => new Promise(rest => {
    const busy = () => document.querySelector('.htmx-request, .htmx-settling, .htmx-swapping');
    const look = () => setTimeout(busy() ? look : () => busy() ? look() : rest(), 40);
    look();
})"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


@pytest.fixture(scope="module")
def axe() -> str:
    """The library's own file."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci --ignore-scripts")
    return AXE.read_text(encoding="utf-8")


def _serious(desk: Desk, axe: str) -> Iterator[str]:
    """What axe finds on the page as it stands that keeps somebody from using it."""
    desk.page.evaluate(axe)
    found = desk.page.evaluate(
        # the watermark is there to be photographed, not to be read
        "rules => axe.run({exclude: ['.watermark']}, {runOnly: rules, resultTypes: ['violations']})",
        RULES,
    )
    for one in found["violations"]:
        if one["impact"] in ("serious", "critical"):
            where = [node["target"][0] for node in one["nodes"][:3]]
            yield f"{one['id']}: {one['help']} at {json.dumps(where, ensure_ascii=False)}"


def _addresses(bank: SmallBank) -> list[str]:
    known = samples(bank, far=False)
    return sorted({page.filled(known) for page in pages()})


@pytest.mark.parametrize(
    ("desk", "role"), [(1280, "branch_head"), (390, "auditor")], indirect=["desk"], ids=["desk", "phone"]
)
def test_nothing_serious_stands_in_the_way_on_any_page(desk: Desk, bank: SmallBank, axe: str, role: str) -> None:
    desk.sign_in(bank.user(role).username)
    wrong, read = [], 0
    for address in _addresses(bank):
        answer = desk.page.request.get(desk.address + address, max_redirects=0)
        if answer.status != 200 or "<main" not in answer.text():  # an act, a file, or a part of a page
            continue
        desk.page.goto(desk.address + address, wait_until="load")
        desk.page.evaluate(AT_REST)
        read += 1
        wrong += [f"{address}: {one}" for one in _serious(desk, axe)]
    assert wrong == []
    assert read >= 8
