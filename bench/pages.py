"""What a page costs: processor time of the desk alone, without server and network.

    python bench/pages.py [--full] [--of /care/]

Asks the pages people open most, as a relationship manager, of a bank of 3,000 customers (``--full``: 30,000) in this
process: the least of twenty requests, for the machine has other work. With TENURE_DATABASE on that database, else on
SQLite; of PostgreSQL the server's own time is not counted. ``--of`` prints where one page's time goes, by function.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import time
from typing import Any

PAGES = (
    "/today/", "/customers/{}/", "/customers/?sort=aum", "/customers/find?q=C0000", "/opportunities/", "/care/",
    "/signals/", "/cases/", "/network/", "/account/",
)  # fmt: skip
REQUESTS = 20


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--full", action="store_true", help="30,000 customers")
    options.add_argument("--of", default="", metavar="PAGE", help="where the time of one page goes")
    asked = options.parse_args()
    from capacity import _home, lived, person, publish

    _home()
    customers = 30_000 if asked.full else 3_000
    publish(customers, outlets=customers // 1_500)
    lived(customers)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    who = person("relationship_manager", 0)
    browser = _browser(who)
    if asked.of:
        _profile(browser, asked.of.format(who.customers[0]))
        return
    print(f"{'page':28}{'queries':>8}{'processor ms':>14}{'ms':>8}{'KB':>7}")
    total = 0.0
    for page in PAGES:
        places = [page.format(who.customers[n % len(who.customers)]) for n in range(REQUESTS + 4)]
        for place in places[:3]:
            found = browser.get(place)
        assert found.status_code == 200, (page, found.status_code)
        taken = [_once(browser, place) for place in places[3:-1]]
        with CaptureQueriesContext(connection) as queries:
            size = len(browser.get(places[-1]).content)
        used, waited = (min(each) for each in zip(*taken, strict=True))
        total += used
        print(f"{page:28}{len(queries):8}{used:14.1f}{waited:8.1f}{size / 1024:7.0f}")
    print(f"{'together':28}{'':8}{total:14.1f}")


def _browser(who: Any) -> Any:
    from django.test import Client

    browser = Client(headers={"host": "127.0.0.1"})
    for one in who.cookies.split("; "):
        name, _, value = one.partition("=")
        browser.cookies[name] = value
    return browser


def _once(browser: Any, page: str) -> tuple[float, float]:
    used, began = time.process_time(), time.perf_counter()
    browser.get(page)
    return (time.process_time() - used) * 1000, (time.perf_counter() - began) * 1000


def _profile(browser: Any, page: str) -> None:
    for _ in range(3):
        browser.get(page)
    watch = cProfile.Profile()
    watch.enable()
    for _ in range(REQUESTS):
        browser.get(page)
    watch.disable()
    for order in ("cumulative", "tottime"):
        pstats.Stats(watch).sort_stats(order).print_stats(60)


if __name__ == "__main__":
    main()
