"""The Chinese catalogue is whole, says what the code says, and is compiled."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

PROJECT = Path(__file__).resolve().parents[3]
TOOL = PROJECT / "tools/messages.py"


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(TOOL.parent))
    import messages

    return messages


def test_every_message_is_translated_and_compiled() -> None:
    answer = subprocess.run([sys.executable, str(TOOL), "--check"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_collecting_reads_templates_and_python(messages: object) -> None:
    template = """{% translate "Plain" %}{% translate "Share, %" %}
    {% blocktranslate count n=x %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}
    {% include "a.html" with label=_("As argument") %}{% blocktranslate %}100 % sure{% endblocktranslate %}"""
    found = {(one.text, one.plural) for one in messages.template_messages(template)}  # type: ignore[attr-defined]
    assert found == {
        ("Plain", ""),
        ("Share, %%", ""),
        ("%(n)s day", "%(n)s days"),
        ("As argument", ""),
        ("100 %% sure", ""),
    }
    source = 'a = _("One"); b = gettext("Two %(x)s") % {"x": 1}; c = ngettext("c", "cs", 3); d = other("No")'
    found = {(one.text, one.plural) for one in messages.python_messages(source)}  # type: ignore[attr-defined]
    assert found == {("One", ""), ("Two %(x)s", ""), ("c", "cs")}


def test_a_percent_sign_in_a_template_is_found_in_the_catalogue() -> None:
    """Django doubles the sign before it looks the message up, and halves what it finds."""
    with translation.override("zh-hans"):
        shown = Template('{% load i18n %}{% translate "Share drawn, %" %}').render(Context())
    assert shown == "抽样比例（%）"


def test_a_translation_with_other_placeholders_is_a_problem(messages: object) -> None:
    import polib

    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="Handed to %(name)s", msgstr="已移交给%(who)s"))
    catalogue.append(polib.POEntry(msgid="Save", msgstr=""))
    wrong = messages.problems(catalogue)  # type: ignore[attr-defined]
    assert len(wrong) == 2
