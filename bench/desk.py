"""How long the desk takes to answer, from a warm start, one process, at a bank of any size.

    python bench/desk.py                    20,000 customers
    python bench/desk.py --full             1,000,000 customers (the figures of docs/benchmarks.md)

Measures what a browser waits for (request sent to last byte, over loopback) for an executive who sees the whole
bank and a branch head who sees one outlet, and looks at what every query really read: one that steps through more
than a twentieth of a large table without an index is named. (A count that stops at 1,001 rows of a filter many
meet is quicker without one.) Prints each page's p95 as a ratio to the limit of 100 ms.
Uses PostgreSQL: TENURE_DATABASE, or a server
of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

LIMIT_MS = 100
PROJECT = Path(__file__).resolve().parent.parent
#: A walk through a table this small costs nothing.
SMALL = 5_000


def main() -> None:
    """Publish, serve, measure, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--customers", type=int, default=20_000)
    options.add_argument("--full", action="store_true", help="1,000,000 customers")
    options.add_argument("--requests", type=int, default=100, help="per page")
    asked = options.parse_args()
    customers = 1_000_000 if asked.full else asked.customers
    folder = Path(tempfile.mkdtemp(prefix="tenure-bench-"))
    own_server = "TENURE_DATABASE" not in os.environ
    if own_server:
        started = subprocess.run(
            [sys.executable, PROJECT / "tools/postgres.py", "start"], capture_output=True, text=True, check=True
        )
        os.environ["TENURE_DATABASE"] = started.stdout.strip()
    os.environ.update(TENURE_HOME=str(folder / "home"), TENURE_PLAIN_STATIC="1", TENURE_SECRET="bench" * 10)
    try:
        measure(folder, customers, asked.requests)
    finally:
        if own_server:
            subprocess.run([sys.executable, PROJECT / "tools/postgres.py", "stop"], check=False)


def measure(folder: Path, customers: int, requests: int) -> None:
    """One bank of ``customers`` customers."""
    from tenure.cli._desk import prepare, up_to_date
    from tenure.progress import QUIET

    prepare()
    up_to_date(QUIET)
    publish(folder, customers)
    people = {
        "executive, whole bank": session("executive", "/"),
        "branch head, one outlet": session("branch_head", OUTLET),
    }
    walks = full_walks()
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "tenure", "serve", "--port", str(port), "--processes", "1", "--no-worker"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        print(f"{customers:,} customers, PostgreSQL, one process; milliseconds over {requests} requests a page\n")
        print(f"{'page':44}{'p50':>8}{'p95':>8}{'p95 ÷ limit':>13}")
        worst = 0.0
        for who, cookie in people.items():
            print(who)
            others = pages(requests // 2, seed=1)
            for page, addresses in pages(requests).items():
                for address in others[page]:
                    ask(port, cookie, address)
                times = [ask(port, cookie, address) for address in addresses]
                p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
                worst = max(worst, p95)
                print(f"  {page:42}{p50:8.1f}{p95:8.1f}{p95 / LIMIT_MS:13.2f}")
    finally:
        server.terminate()
        server.wait()
    print(f"\nworst p95 ÷ limit of {LIMIT_MS} ms: {worst / LIMIT_MS:.2f}")
    print("queries that walk a whole table:", "none" if not walks else "\n  " + "\n  ".join(sorted(walks)))


OUTLET = "/HQ/B3/O95/"


def publish(folder: Path, customers: int) -> None:
    """Publish a bank of that size unless the database holds it already."""
    from _published import write

    from tenure.desk.publication.models import Publication
    from tenure.nightly.publishing import publish_folder

    current = Publication.objects.current()
    if current is not None and current.rows.get("customer") == customers:
        return
    began = time.monotonic()
    write(folder / "published", customers)
    made = time.monotonic()
    publish_folder(folder / "published", time_zone="Asia/Shanghai", grace_seconds=0)
    print(f"made in {made - began:.0f} s, published in {time.monotonic() - made:.0f} s")


def session(role: str, path: str) -> str:
    """The session cookie of someone in ``role`` at the branch ``path``."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from tenure.desk.org.models import Post, User

    user, _ = User.objects.get_or_create(username=f"bench-{role}", defaults={"name": role})
    Post.objects.get_or_create(
        user=user, role=role, defaults={"org_id": path.strip("/").split("/")[-1], "org_path": path}
    )
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    from django.conf import settings

    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def pages(requests: int, seed: int = 2026) -> dict[str, list[str]]:
    """Addresses to ask for, drawn at random; the same every time for the same seed."""
    from urllib.parse import urlencode

    from tenure.desk.parties.models import Customer

    draw = random.Random(seed)
    head = list(Customer.rows().filter(org_path=OUTLET).values_list("party_id", "name", "phone")[: requests * 2])
    tiers = ["basic", "gold", "platinum", "diamond", "private"]
    filters: list[dict[str, str]] = [
        {
            "tier": draw.choice(tiers),
            "habit": draw.choice(["", "digital"]),
            "priority": draw.choice(["", "high", "low"]),
        }
        for _ in range(requests // 2)
    ] + [
        {
            draw.choice(["near", "maturing", "dormant", "payroll"]): "1",
            "sort": draw.choice(["aum", "score", "tenure", "maturity", "contact", "name"]),
        }
        for _ in range(requests - requests // 2)
    ]

    def listed(**asked: str) -> str:
        return "/customers/?" + urlencode({k: v for k, v in asked.items() if v})

    some = [head[draw.randrange(len(head))] for _ in range(requests)]
    return {
        "customer list": [listed(sort=draw.choice(["aum", "score", "name"])) for _ in range(requests)],
        "filtered list": [listed(**each) for each in filters],
        "search by name": [listed(q=name[:2]) for _, name, _ in some],
        "search by number": [listed(q=number) for number, _, _ in some],
        "search by phone": [listed(q=draw.choice([phone, phone[-4:]])) for _, _, phone in some],
        "customer page": [f"/customers/{number}/" for number, _, _ in some],
    }


def full_walks() -> set[str]:
    """Queries of these pages that read a large table from end to end, by the database's own plan."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tenure.desk.org.models import User

    found: set[str] = set()
    for role in ("executive", "branch_head"):
        client = Client()
        client.force_login(User.objects.get(username=f"bench-{role}"))
        for page, addresses in pages(12).items():
            for address in addresses:
                with CaptureQueriesContext(
                    connection,
                ) as captured:
                    client.get(address)
                for query in captured.captured_queries:
                    if not query["sql"].startswith("SELECT"):
                        continue
                    with connection.cursor() as cursor:
                        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query["sql"].replace("%", "%%"))
                        plan = cursor.fetchone()[0]
                    plan = json.loads(plan) if isinstance(plan, str) else plan
                    found |= {f"{role}, {page}: {table} ({address})" for table in walks_of(plan[0]["Plan"])}
    return found


def walks_of(node: dict[str, Any]) -> set[str]:
    """Tables a query stepped through without an index, as far as it went, where that was far."""
    found: set[str] = set()
    if node["Node Type"] == "Seq Scan":
        table = str(node["Relation Name"])
        read = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        if read > max(SMALL, rows_of(table) / 20):
            found.add(f"{table}, {read:,.0f} rows")
    for child in node.get("Plans", []):
        found |= walks_of(child)
    return found


def rows_of(table: str) -> float:
    """How many rows a table has, as the database last counted."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        row = cursor.fetchone()
    return float(row[0]) if row else 0.0


def ask(port: int, cookie: str, address: str) -> float:
    """Milliseconds until the last byte of a page; anything but 200 is an error."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{address}", headers={"Cookie": cookie})
    began = time.perf_counter()
    with urllib.request.urlopen(request) as answer:
        answer.read()
        if answer.status != 200 or "sign-in" in answer.url:
            raise SystemExit(f"{address}: {answer.status} {answer.url}")
    return (time.perf_counter() - began) * 1000


def free_port() -> int:
    """A port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Until the desk answers, and a little longer so that it is warm."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/account/sign-in"):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the desk did not start")


if __name__ == "__main__":
    main()
