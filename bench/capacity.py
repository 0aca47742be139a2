"""Whether the desk carries a large bank's day on PostgreSQL, and a branch's day on SQLite.

    python bench/capacity.py                    20,000 customers
    python bench/capacity.py --full             1,000,000 customers, 500 relationship managers, 2,000,000 work items
    python bench/capacity.py --only branch      only the branch on SQLite

Two things at the large bank: every page for a relationship manager, a branch head and an executive, one request after
the other (wanted: p95 of 150 ms); and people of all roles at once, 30 requests a second at random moments, one in
twelve of them a contact logged (wanted: p95 of 400 ms). At the branch, 20 people read and write, each a customer every
seven seconds, while a night's publication is loaded (wanted: nobody is told that the database is locked). Prints
milliseconds and their ratio to what is wanted. Uses PostgreSQL: TENURE_DATABASE, or a server of its own.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from _processor import database, used

PROJECT = Path(__file__).resolve().parent.parent
PAGE_MS, MIXED_MS, A_SECOND = 150, 400, 30
OUTLETS = 100  # of five relationship managers each
BRANCH_CUSTOMERS, STAFF = 10_000, 20


def main() -> None:
    """Measure both and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--customers", type=int, default=20_000)
    options.add_argument("--full", action="store_true", help="1,000,000 customers")
    options.add_argument("--requests", type=int, default=20, help="per page")
    options.add_argument("--seconds", type=int, default=60, help="of the mixed load, and of the branch's day")
    options.add_argument("--only", choices=("bank", "branch"))
    asked = options.parse_args()
    if asked.only == "branch":
        branch(asked.seconds)
        return
    own_server = "TENURE_DATABASE" not in os.environ
    if own_server:
        command = [sys.executable, str(PROJECT / "tools/postgres.py"), "start"]
        os.environ["TENURE_DATABASE"] = subprocess.run(
            command, capture_output=True, text=True, check=True
        ).stdout.strip()
    try:
        bank(1_000_000 if asked.full else asked.customers, asked.requests, asked.seconds)
    finally:
        if own_server:
            subprocess.run([sys.executable, str(PROJECT / "tools/postgres.py"), "stop"], check=False)
    if asked.only is None:  # in a process of its own: another database
        del os.environ["TENURE_DATABASE"]
        again = [sys.executable, __file__, "--only", "branch", "--seconds", str(asked.seconds)]
        subprocess.run(again, check=True)


def bank(customers: int, requests: int, seconds: int) -> None:
    """Every page one by one, then all people at once."""
    _home()
    from tenure.desk.publication.models import Publication

    current = Publication.objects.current()
    if current is None or current.rows.get("customer") != customers:
        publish(customers, outlets=OUTLETS)
        lived(customers)
    people = [person(role, place) for role, place in _posts()]
    with served(processes=2) as (port, server):
        print(
            f"{customers:,} customers, {OUTLETS * 5} relationship managers, {2 * customers:,} work items, PostgreSQL\n"
        )
        one_by_one(port, people, requests)
        mixed(port, people, seconds, server)


def branch(seconds: int) -> None:
    """Twenty people of one branch on SQLite, writing all the time, while a publication is loaded."""
    os.environ.pop("TENURE_DATABASE", None)
    _home()
    publish(BRANCH_CUSTOMERS, outlets=4)
    people = [person("relationship_manager", n % 4, n // 4) for n in range(12)]
    people += [person("lobby_manager", n) for n in range(3)] + [person("teller", n) for n in range(4)]
    people += [person("branch_head", 0)]
    with served(processes=1) as (port, _):
        stop = time.monotonic() + seconds
        with ThreadPoolExecutor(STAFF) as all_of_them:
            days = [all_of_them.submit(_day, port, one, stop) for one in people]
            time.sleep(seconds / 4)
            loaded = publish(BRANCH_CUSTOMERS, outlets=4)
            done = [day.result() for day in days]
    taken = [each for day in done for each in day.taken]
    failed = sum((day.failed for day in done), Counter())
    print(f"\n{STAFF} people, {BRANCH_CUSTOMERS:,} customers, SQLite, {seconds} s, {loaded:.0f} of them a publication")
    print(
        f"  {len(taken):,} requests ({len(taken) / seconds:.0f}/s), {sum(day.written for day in done):,} of them wrote"
    )
    print(f"  p50 {statistics.median(taken):.0f} ms, p95 {_p95(taken):.0f} ms, slowest {max(taken):.0f} ms")
    print(f"  failed: {dict(failed) or 'none'}")


# The bank -------------------------------------------------------------------------------------------------------


def _home() -> None:
    os.environ.update(
        TENURE_HOME=tempfile.mkdtemp(prefix="tenure-bench-"), TENURE_PLAIN_STATIC="1", TENURE_SECRET="bench" * 10
    )
    from tenure.cli._desk import prepare, up_to_date
    from tenure.progress import QUIET

    prepare()
    up_to_date(QUIET)


def publish(customers: int, outlets: int) -> float:
    """Publish a bank where everybody stands on the work list twice; seconds of the loading."""
    from _published import write

    from tenure.nightly.publishing import publish_folder

    folder = Path(tempfile.mkdtemp(prefix="tenure-bench-"))
    write(folder, customers, outlets=outlets, every=1, rules=("near_threshold", "quiet_valued"))
    began = time.monotonic()
    publish_folder(folder, time_zone="Asia/Shanghai", grace_seconds=0)
    return time.monotonic() - began


def lived(customers: int) -> None:
    """A year at the desk: a contact with every tenth customer, an opportunity of every fiftieth."""
    from datetime import timedelta

    from django.utils import timezone

    from tenure.desk.opportunities.models import Opportunity
    from tenure.desk.parties.models import Customer
    from tenure.desk.work.models import Contact

    author, now, draw = person("executive", 0).user, timezone.now(), random.Random(7)
    rows = Customer.rows().order_by("party_id").values_list("party_id", "org_path", "lead_staff_id", "aum")
    contacts: list[Contact] = []
    chances: list[Opportunity] = []
    for place, (party, path, lead, aum) in enumerate(rows.iterator(chunk_size=10_000)):
        if place % 10 == 0:
            at = now - timedelta(days=draw.randrange(365), minutes=draw.randrange(1440))
            contacts.append(
                Contact(party_id=party, at=at, kind="call", staff_id=lead, author=author, outcome="done",
                        words="Bench", logged_at=at, written_back_at=now)
            )  # fmt: skip
        if place % 50 == 0:
            day = (now + timedelta(days=draw.randrange(-30, 60))).date()
            chances.append(
                Opportunity(party_id=party, org_path=path, kind="deposit", title="Bench", amount=max(aum, 1),
                            currency="CNY", stage="found", owner=lead, next_step="Call", next_step_on=day,
                            stale_on=day + timedelta(days=14), opened_by=author, opened_at=now, changed_by=author,
                            changed_at=now)
            )  # fmt: skip
    Contact.objects.bulk_create(contacts, batch_size=5_000)
    Opportunity.objects.bulk_create(chances, batch_size=5_000)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{len(contacts):,} contacts and {len(chances):,} opportunities")


# The people -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """Someone signed in, and some of their customers."""

    role: str
    user: Any
    cookies: str
    token: str
    customers: list[str]


def _posts() -> Iterator[tuple[str, int]]:
    for role, many in (("relationship_manager", 30), ("lobby_manager", 8), ("branch_head", 5), ("executive", 1)):
        for place in range(many):
            yield role, place * 7 % OUTLETS


def person(role: str, place: int, number: int = 0) -> Person:
    """Someone in ``role`` at outlet ``place``; a relationship manager, one of five there, has a fifth of its people."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.middleware.csrf import _get_new_csrf_string

    from tenure.desk.org.models import Post, User
    from tenure.desk.parties.visibility import visible_to
    from tenure.desk.publication.models import Publication

    path = "/" if role == "executive" else f"/HQ/B{place // 30}/O{place}/"
    staff = f"S{place * 5 + number:06d}" if role == "relationship_manager" else ""
    user, _ = User.objects.get_or_create(
        username=f"bench-{role}-{place}-{number}", defaults={"name": role, "staff_id": staff}
    )
    org = path.strip("/").split("/")[-1]
    Post.objects.get_or_create(user=user, role=role, defaults={"org_id": org, "org_path": path})
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    token = _get_new_csrf_string()
    some = (
        [] if Publication.objects.current() is None else list(visible_to(user).values_list("party_id", flat=True)[:300])
    )
    cookies = f"{settings.SESSION_COOKIE_NAME}={store.session_key}; {settings.CSRF_COOKIE_NAME}={token}"
    return Person(role, user, cookies, token, some)


class Asking:
    """One person's browser: a connection that is kept."""

    def __init__(self, port: int, who: Person) -> None:
        self.port, self.who, self.asked_at = port, who, 0.0
        self.talk = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, address: str) -> tuple[int, float, str]:
        """Status, milliseconds to the last byte, the page."""
        return self._ask("GET", address, None)

    def post(self, address: str, fields: dict[str, str]) -> tuple[int, float, str]:
        """As :meth:`get`, of a form sent."""
        return self._ask("POST", address, urlencode({**fields, "csrfmiddlewaretoken": self.who.token}))

    def _ask(self, method: str, address: str, body: str | None) -> tuple[int, float, str]:
        head = {"Cookie": self.who.cookies}
        if body is not None:
            head |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
        if time.monotonic() - self.asked_at > 2:  # the server lets go of a connection nobody uses, as browsers know
            self.talk.close()
        began = time.perf_counter()
        try:
            self.talk.request(method, address, body, head)
            answer = self.talk.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as wrong:
            self.talk.close()
            return 0, (time.perf_counter() - began) * 1000, repr(wrong)
        finally:
            self.asked_at = time.monotonic()
        return answer.status, (time.perf_counter() - began) * 1000, text

    def log_contact(self, party: str) -> tuple[int, float, str]:
        """Log a call with a customer, as the form of their page does."""
        fields = {"kind": "call", "outcome": "done", "words": "Bench", "purpose": ""}
        return self.post(f"/today/customer/{party}/contact", fields)


@contextmanager
def served(processes: int) -> Iterator[tuple[int, int]]:
    """The desk, served: on which port, and by which process."""
    from desk import free_port, wait_for

    port = free_port()
    command = [sys.executable, "-m", "tenure", "serve", "--port", str(port), "--processes", str(processes)]
    with Path(os.environ["TENURE_HOME"], "served.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_for(port)
            yield port, server.pid
        finally:
            server.terminate()
            server.wait()


#: What never ends (the stream of signals), signs one out, or is no page.
NO_PAGES = ("api/", "static/", "account/sign-", "signals/feed")


# Every page, one by one -----------------------------------------------------------------------------------------


def addresses(who: Person, requests: int) -> dict[str, list[str]]:
    """Every page without an argument, and every page about a customer, of ``requests`` customers each."""
    from django.urls import URLPattern, URLResolver, get_resolver

    def below(resolver: Any, prefix: str) -> Iterator[str]:
        for one in resolver.url_patterns:
            pattern = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from below(one, pattern)
            elif isinstance(one, URLPattern) and not pattern.startswith(NO_PAGES):
                yield pattern

    draw = random.Random(2026)
    found = {}
    for pattern in below(get_resolver(), ""):
        about = re.sub(r"<str:party_id>", "{}", pattern)
        if "<" in about or (about.count("{}") and not who.customers):
            continue
        some = [draw.choice(who.customers) if who.customers else "" for _ in range(requests)]
        found["/" + about.replace("{}", "…")] = ["/" + about.format(party) for party in some]
    for place in ("first", "then", "beside"):
        page = "/today/customer/{}/parts/" + place
        found[page.format("…")] = [page.format(draw.choice(who.customers)) for _ in range(requests)]
    found["/customers/?tier=…"] = [
        f"/customers/?tier={draw.choice(['basic', 'gold', 'platinum'])}&sort={draw.choice(['aum', 'score', 'contact'])}"
        for _ in range(requests)
    ]
    found["/customers/find?q=…"] = [f"/customers/find?q={draw.choice(who.customers)[:8]}" for _ in range(requests)]
    return found


def one_by_one(port: int, people: list[Person], requests: int) -> None:
    """Print every page that takes more than half of what is wanted, and the worst."""
    print(f"{'page':52}{'role':22}{'p50':>8}{'p95':>8}{'÷ ' + str(PAGE_MS):>8}")
    worst, measured = 0.0, 0
    for role in ("relationship_manager", "branch_head", "executive"):
        who = next(each for each in people if each.role == role)
        browser = Asking(port, who)
        for page, asked in addresses(who, requests).items():
            first = browser.get(asked[0])
            if first[0] != 200:  # a form's target, a page of other roles, a download
                continue
            browser.get(asked[-1])
            taken = [browser.get(address)[1] for address in asked]
            measured += 1
            p95 = _p95(taken)
            worst = max(worst, p95)
            if p95 > PAGE_MS / 2:
                print(f"{page:52}{role:22}{statistics.median(taken):8.0f}{p95:8.0f}{p95 / PAGE_MS:8.2f}")
    print(f"\n{measured} pages of three roles; worst p95 ÷ {PAGE_MS} ms: {worst / PAGE_MS:.2f}\n")


# All at once ----------------------------------------------------------------------------------------------------

#: What people ask for, and of twelve requests how many.
MIX: list[tuple[int, str, Callable[[Asking, str], tuple[int, float, str]]]] = [
    (3, "today", lambda browser, _: browser.get("/today/")),
    (3, "customer page", lambda browser, party: browser.get(f"/customers/{party}/")),
    (1, "customer list", lambda browser, _: browser.get("/customers/?sort=aum")),
    (1, "search", lambda browser, party: browser.get(f"/customers/find?q={party[:8]}")),
    (1, "opportunities", lambda browser, _: browser.get("/opportunities/")),
    (1, "care", lambda browser, _: browser.get("/care/")),
    (1, "signals", lambda browser, _: browser.get("/signals/")),
    (1, "contact logged", lambda browser, party: browser.log_contact(party)),
]

#: What some roles have no right to, and so never ask for.
NOT_ASKED = {"executive": ("care", "contact logged")}


def mixed(port: int, people: list[Person], seconds: int, server: int) -> None:
    """Requests at random moments, ``A_SECOND`` a second, whether those before are answered or not.

    What the processor had to do for one is printed too: so many cores carry so many a second, whatever else a machine
    was busy with meanwhile.
    """
    own, base, books = used(server), time.process_time(), database()
    kept = used(books) if books else 0.0
    draw = random.Random(3)
    kinds = [kind for many, *kind in MIX for _ in range(many)]
    local = threading.local()
    taken: dict[str, list[float]] = defaultdict(list)
    failed: Counter[str] = Counter()

    def send(due: float, who: Person, kind: list[Any], party: str) -> None:
        browsers: dict[str, Asking] = local.__dict__.setdefault("browsers", {})
        browser = browsers.setdefault(who.cookies, Asking(port, who))
        status, _, text = kind[1](browser, party)
        if status not in (200, 302, 303):
            failed[f"{kind[0]} {status} {text[:80] if status == 0 else ''}"] += 1
        taken[kind[0]].append((time.monotonic() - due) * 1000)  # from when it was to be sent: waiting counts

    with ThreadPoolExecutor(64) as senders:
        due, ends = time.monotonic(), time.monotonic() + seconds
        while due < ends:
            time.sleep(max(due - time.monotonic(), 0))
            who = draw.choice(people)
            theirs = [kind for kind in kinds if kind[0] not in NOT_ASKED.get(who.role, ())]
            senders.submit(send, due, who, draw.choice(theirs), draw.choice(who.customers))
            due += draw.expovariate(A_SECOND)
    everything = [each for some in taken.values() for each in some]
    print(f"{len(everything) / seconds:.1f} requests a second, two processes, senders on the same cores")
    spent = [used(server) - own, (used(books) - kept) if books else 0.0, time.process_time() - base]
    each = [1000 * one / len(everything) for one in spent]
    told = f"  processor ms a request: desk {each[0]:.1f}, senders {each[2]:.1f}, "
    if spent[1] > 0:
        print(f"{told}PostgreSQL {each[1]:.1f}: two cores carry {2000 / sum(each):.0f} a second")
    else:  # what a backend has used is gone with it
        print(f"{told}PostgreSQL's not known: backends ended meanwhile")
    for name, some in sorted(taken.items()):
        print(f"  {name:20}{len(some):6} requests   p50 {statistics.median(some):6.0f}   p95 {_p95(some):6.0f} ms")
    print(f"  failed: {dict(failed) or 'none'}")
    print(f"p95 ÷ {MIXED_MS} ms: {_p95(everything) / MIXED_MS:.2f}")


# A branch's day -------------------------------------------------------------------------------------------------


@dataclass
class Day:
    """What one person did: milliseconds of each request, how many wrote, and what failed."""

    taken: list[float]
    written: int
    failed: Counter[str]


def _day(port: int, who: Person, stop: float) -> Day:
    """Open a customer, log a contact, note a consent, look at the list; again every seven seconds, as nobody would."""
    browser, draw, day = Asking(port, who), random.Random(who.cookies), Day([], 0, Counter())

    def did(name: str, answer: tuple[int, float, str], *, wrote: bool = False) -> None:
        status, took, text = answer
        day.taken.append(took)
        if status in (200, 302, 303):
            day.written += wrote
        else:
            told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))[:60]
            day.failed[f"{name} {status} {told if status in (0, 500, 503) else ''}"] += 1

    while time.monotonic() < stop:
        party = draw.choice(who.customers)
        did("customer", browser.get(f"/customers/{party}/"))
        did("contact", browser.log_contact(party), wrote=True)
        said = {"says": draw.choice(["marketing:yes", "marketing:no"]), "way": "in_person"}
        did("consent", browser.post(f"/customers/{party}/consents", said), wrote=True)
        did("today", browser.get("/today/"))
        time.sleep(draw.uniform(4, 10))
    return day


def _p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]


if __name__ == "__main__":
    main()
