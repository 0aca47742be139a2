"""Rules of the house that a reader could miss: views and operations reach rows only through selectors and services."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

import tenure.desk
from tenure.desk.publication.slots import TABLES

DESK = Path(tenure.desk.__file__).parent
#: Views and operations, those of parts of an app too (``credit/views.py``, ``user_views.py``).
THIN = sorted({*DESK.rglob("*views.py"), *DESK.glob("*/views/*.py"), *DESK.rglob("api.py"), *DESK.glob("api/*.py")})
#: Services, those of a subject of an app too (``event_services.py``).
SERVICES = sorted(DESK.rglob("*services.py"))
#: Published tables by the name their app knows them by (``Customer``), and desk-owned models that hold scoped rows.
PUBLISHED = {
    name
    for module in {apps.get_model(t.models["a"]._meta.label).__module__ for t in TABLES.values()}
    for name, value in inspect.getmembers(__import__(module, fromlist=["_"]))
    if any(value is table for table in TABLES.values())
}
OWNED = {model.__name__ for model in apps.get_models() if model.__module__.startswith("tenure.desk")}


def _reaches(source: str) -> Iterator[str]:
    """What in ``source`` gets at rows behind the selectors' back."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith((".models", ".visibility")):
            for name in node.names:
                if name.name not in ("User",):  # a type of argument; its rows are reached by what follows
                    yield f"line {node.lineno} imports {name.name} from {node.module}"
        if isinstance(node, ast.Import) and any(name.name.endswith(".models") for name in node.names):
            yield f"line {node.lineno} imports models"
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager"):
            yield f"line {node.lineno} uses .{node.attr}"
        called = node.func if isinstance(node, ast.Call) and not node.args else None
        if isinstance(called, ast.Attribute) and called.attr == "rows":
            yield f"line {node.lineno} calls .rows()"
        if isinstance(node, ast.Name) and node.id in PUBLISHED:
            yield f"line {node.lineno} names the published table {node.id}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("get_object_or_404",):
            yield f"line {node.lineno} calls {node.func.id}"
        if isinstance(node, ast.Attribute) and node.attr in ("cursor", "raw") and isinstance(node.ctx, ast.Load):
            yield f"line {node.lineno} uses .{node.attr}: SQL belongs in a selector"


@pytest.mark.parametrize("path", THIN, ids=lambda path: str(path.relative_to(DESK)))
def test_views_and_operations_reach_rows_only_through_selectors(path: Path) -> None:
    found = list(_reaches(path.read_text(encoding="utf-8")))
    assert not found, "\n".join([f"{path.relative_to(DESK)} goes around its selectors and services:", *found])


@pytest.mark.parametrize(
    "line",
    [
        "from tenure.desk.parties.models import Customer",
        "Customer.rows().filter(party_id='1')",
        "from tenure.desk.parties.visibility import visible_to",
        "Contact.objects.get(pk=1)",
        "Contact._default_manager.all()",
        "get_object_or_404(Contact, pk=1)",
        "connection.cursor().execute('select 1')",
    ],
)
def test_the_rule_sees_what_it_should(line: str) -> None:
    assert list(_reaches(line))


def test_there_is_something_to_rule() -> None:
    assert {"Customer", "Holding", "Proposal", "Staff"} <= PUBLISHED
    assert {"User", "Post", "Contact", "Progress", "AuditEvent"} <= OWNED
    assert any(path.name == "api.py" for path in THIN)


def test_services_take_the_moment_as_an_argument() -> None:
    """A service that reads the clock cannot be tested at midnight; ``now`` is always given."""
    asking = []
    for path in SERVICES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = ast.unparse(node.func)
                if name in ("timezone.now", "datetime.now", "datetime.utcnow", "date.today", "time.time"):
                    asking.append(f"{path.relative_to(DESK)}:{node.lineno} asks {name}")
                if name == "timezone.localdate" and not node.args:
                    asking.append(f"{path.relative_to(DESK)}:{node.lineno} asks {name}")
    assert not asking


#: Services that change nothing anyone answers for.
UNLOGGED = {
    "take_events": "each event says who sent it, when and in which request; 2,000 a second would drown the trail",
    "take_moments": "each moment says who sent it, when and in which request",
    "place": "looks at what is known and changes nothing",
    "store": "part of taking moments; each says who sent it, when and in which request",
    "draw": "part of taking moments; every decision is a row of its own, with its moment",
    "draw_key": "derives a key and changes nothing",
    "open_link": "a customer looks at what they are asked; their answer writes the line",
    "open_counter": "nobody is known at a counter; the answer is a row of its own",
    "give_invitation_link": "part of sending, which keeps its own record of every message",
    "give_feedback_link": "part of sending, which keeps its own record of every message",
    "give_link": "part of sending, which keeps its own record of every message",
    "note_sent": "part of sending, which keeps its own record of every message",
    "note_bounced": "part of sending, which keeps its own record of every message",
    "end_links": "the clock ended them; each says when it would",
    "queue": "part of a service that writes the line, or of the clock's round",
    "bounced": "part of a service that writes the line",
    "keep": "part of a service that writes the line: every change of an agreement",
    "put_in_force": "part of a service that writes the line: an answer, or a decided dispute",
    "refresh_paths": "follows the published tree; the publication has its own record",
    "reasoned": "looks at what was typed and changes nothing",
    "token_of_key": "reads, and notes the time of use on the token itself",
}

#: What writes the line: the trail itself, and opening a session, which is written down where it is done.
#: A proposed change writes its own (control.changes.services.propose), an opened case too (voice.cases.opening).
RECORDS = {"audit.record", "sessions.enter", "sessions.open_session", "propose", "find_or_open", "note", "note_member"}


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: str(path.relative_to(DESK)))
def test_every_service_writes_a_line_in_the_audit_trail(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    calls = {
        name: {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
        for name, node in functions.items()
    }
    logging = {name for name, called in calls.items() if RECORDS & called}
    while grown := {name for name, called in calls.items() if called & logging} - logging:
        logging |= grown
    silent = {name for name in functions if not name.startswith("_")} - logging - set(UNLOGGED)
    assert not silent, f"{path.relative_to(DESK)}: these record nothing: {sorted(silent)}"


#: Forms in which Enter behind a line of words does what most would mean: the customer was reached.
ENTER_IS_MEANT = {"_act.html"}


def test_enter_behind_a_line_of_words_decides_nothing() -> None:
    """A browser presses a form's first button for Enter in a one-line field: of a form with several answers that would
    be one of them, “Approve” as often as not."""
    hasty = set()
    for page in DESK.rglob("templates/**/*.html"):
        for form in re.findall(r"<form\b.*?</form>", page.read_text(encoding="utf-8"), re.DOTALL):
            answers = re.findall(r'<button(?![^>]*type="button")[^>]*\bname="(?:act|agrees|outcome)"', form)
            if len(answers) > 1 and re.search(r'<input[^>]*\bname="words"[^>]*type="text"', form):
                hasty.add(page.name)
    assert hasty <= ENTER_IS_MEANT, "ask for the words in a textarea, or give each answer a form of its own"


def test_browsers_read_every_pattern() -> None:
    """Browsers read a field's pattern with the v flag, under which a bare hyphen at the end of a class is an error:
    they say so in the console and let anything through. Python reads it either way, so the hyphen is looked for."""
    unread = {
        page.name
        for page in DESK.rglob("templates/**/*.html")
        for pattern in re.findall(r'pattern="([^"]*)"', page.read_text(encoding="utf-8"))
        if re.search(r"(?<!\\)-\]", pattern)
    }
    assert not unread, "write \\- for a hyphen at the end of a class"


def test_a_page_with_a_chart_loads_what_draws_it() -> None:
    """The frame stands there without the script, and empty: two pages showed white in the place of their months."""
    pages = {path.name: path.read_text(encoding="utf-8") for path in DESK.rglob("templates/**/*.html")}
    charts = {name: text for name, text in pages.items() if "{% extends" in text and "{% chart " in text}
    assert {"theme.html", "improvement.html", "customer.html"} <= set(charts)
    for name, text in charts.items():
        assert "kit/charts.js" in text and "echarts.common.min.js" in text, f"{name}: load both in its block scripts"
