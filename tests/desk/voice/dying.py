"""A server that is killed at every step of a customer's submission; run as a process of its own, tells by JSON.

It prepares a desk, keeps its database as a template, and for each kind of answer and each step forks a process that
posts the page's form and kills itself there. Then another one opens the database anew and sends the same form again,
as a customer does who was told nothing.

    python dying.py FOLDER OF TESTS
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

#: What is sent by each kind of link: the question's answers, and whether its survey is anonymous.
WHOLE = {"recommend": "9", "why": "快"}
SENT: dict[str, tuple[dict[str, str], bool]] = {
    "identified": (WHOLE, False),
    "anonymous": (WHOLE, True),
    "partial": ({"recommend": "9"}, False),
    "unhappy": ({"recommend": "2", "why": "等了一个小时，没人理"}, False),
}
#: Tables that hold what a submission leaves, by how the test calls them.
LEFT = {
    "answers": "voice_surveys_response", "cases": "voice_cases_case", "steps": "voice_cases_casestep",
    "clocks": "voice_cases_caseclock", "trail": "control_auditevent",
}  # fmt: skip


def main() -> None:
    """Set the desk up, die at every step, print what was found."""
    from tenure.cli._desk import prepare, up_to_date
    from tenure.progress import QUIET

    prepare()
    up_to_date(QUIET)

    from django.db import transaction

    from desk.small_bank import publish_small_bank
    from tenure.desk.control.audit import CHAINS
    from tenure.desk.control.models import AuditChain

    with transaction.atomic():
        publish_small_bank(customers=6)
        for number in range(CHAINS):  # which chain a line stands in is chance, and its first line takes steps more
            AuditChain.objects.get_or_create(number=number)
        links, others = _links(), _links()
    template = _template()
    _warm_up(others)
    gc.collect()
    gc.freeze()  # what a fork does not touch is not copied for it
    gc.disable()
    found = {kind: list(_deaths(template, kind, links[kind])) for kind in SENT}
    print(json.dumps(found))


Link = tuple[str, dict[str, str]]


def _links() -> dict[str, Link]:
    """A link for each kind of answer, each of a survey of its own: its token, and the names of its questions."""
    from django.utils import timezone

    from desk.small_bank import SmallBank
    from desk.voice.asked import drawn, survey_of
    from tenure.desk.publication.models import Publication
    from tenure.desk.voice.surveys import links

    now, made = timezone.now(), {}
    bank = SmallBank(Publication.objects.get(), [], _users(), party_id="C000001")
    for kind, (_answers, anonymous) in SENT.items():
        version = survey_of(bank, now - timedelta(hours=1), anonymous=anonymous)
        one, token = drawn(bank, version, now), links.new_token()
        one.token_hash, one.state, one.sent_at = links.digest(token), "sent", now
        one.save()
        asked = [question["id"] for question in version.content["questions"]]
        made[kind] = (token, dict(zip(("recommend", "why"), asked, strict=True)))
    return made


def _users() -> dict[str, Any]:
    from tenure.desk.org.models import Post

    return {post.role: post.user for post in Post.objects.select_related("user")}


def _warm_up(links: dict[str, Link]) -> None:
    """Put together once what every process puts together once: answers by other links, which the template forgets."""
    from django.db import connections

    for kind, link in links.items():
        _sent(link[0], _form(kind, link))
    connections.close_all()


def _form(kind: str, link: Link) -> list[tuple[str, str]]:
    names = link[1]
    form = [("question", names[name]) for name in SENT[kind][0]]
    return form + [(f"answer_{names[name]}", value) for name, value in SENT[kind][0].items()]


def _template() -> bytes:
    from django.db import connection, connections

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections.close_all()
    return _database().read_bytes()


def _database() -> Path:
    from django.db import connection

    return Path(connection.settings_dict["NAME"])


def _deaths(template: bytes, kind: str, link: Link) -> Iterator[dict[str, Any]]:
    """What was found after each death, the last without one.

    Where not a byte was left by a death, all that follows is as after the last that left none: it is not done again.
    """
    token, form, known = link[0], _form(kind, link), {}
    yield {"at": "", "left": _laid_anew(template)}
    for place in range(1000):
        _laid_anew(template)
        told = _forked(lambda place=place: _post(token, form, place))
        bytes_left = _bytes()
        if bytes_left not in known:
            known[bytes_left] = {"left": _left(), "again": _forked(lambda: _once_more(token, form)), "then": _left()}
        yield told | known[bytes_left]
        if not told["killed"]:
            return


def _bytes() -> str:
    """A digest of the database and of its log."""
    log = Path(f"{_database()}-wal")
    return sha256(_database().read_bytes() + (log.read_bytes() if log.exists() else b"")).hexdigest()


def _laid_anew(template: bytes) -> dict[str, Any]:
    path = _database()
    for beside in ("-wal", "-shm"):
        Path(f"{path}{beside}").unlink(missing_ok=True)
    path.write_bytes(template)
    return _left()


def _left() -> dict[str, Any]:
    """What is in the database, opened anew as after a death."""
    with sqlite3.connect(_database()) as books:
        found: dict[str, Any] = {
            name: books.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for name, table in LEFT.items()
        }
        found["stored"] = sorted(
            books.execute("SELECT state, answers, party_id, words FROM voice_surveys_response").fetchall()
        )
        found["links"] = sorted(
            books.execute("SELECT id, state, used_at IS NOT NULL FROM voice_surveys_invitation").fetchall()
        )
    books.close()
    return found


def _forked(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What ``act`` told in a process of its own, and whether it was killed while it did."""
    ours, its = os.pipe()
    child = os.fork()
    if not child:
        os.close(ours)
        Dying.out = its
        os.write(its, json.dumps(act()).encode())
        os._exit(0)
    os.close(its)
    with os.fdopen(ours) as pipe:
        told = pipe.read()
    _pid, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    if not killed and status:
        raise SystemExit(f"a process ended with {status}: {told}")
    return {**json.loads(told), "killed": killed}


class Dying:
    """Counts the steps of a connection and kills its process at one of them: before or after a statement or commit."""

    out: int

    def __init__(self, place: int) -> None:
        self.left = place

    def step(self, told: str) -> None:
        if self.left == 0:
            os.write(Dying.out, json.dumps({"at": told}).encode())
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    def statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.step(f"before {sql[:60]}")
        done = execute(sql, params, many, context)
        self.step(f"after {sql[:60]}")
        return done

    def commit(self, commit: Callable[[], None]) -> None:
        self.step("before COMMIT")
        commit()
        self.step("after COMMIT")


def _post(token: str, form: list[tuple[str, str]], place: int) -> dict[str, Any]:
    """Send the form and die at step ``place``, if there are so many."""
    from django.db import connection

    dying, commit = Dying(place), connection._commit  # type: ignore[attr-defined]
    connection._commit = lambda: dying.commit(commit)  # type: ignore[attr-defined]
    with connection.execute_wrapper(dying.statement):
        return {"at": "", **_sent(token, form)}


def _sent(token: str, form: list[tuple[str, str]]) -> dict[str, Any]:
    from desk.voice.at_the_door import Browser

    return {"status": Browser().post(f"/s/{token}", form).status_code}


def _once_more(token: str, form: list[tuple[str, str]]) -> dict[str, Any]:
    from tenure.desk.control import audit

    return {**_sent(token, form), "chain": audit.verify_chain().whole}


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    main()
