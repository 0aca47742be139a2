"""Messages are collected as Django looks for them: else the Chinese stands in the catalogue and English on the page."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

from django.template import engines
from django.utils import translation

ROOT = Path(__file__).resolve().parents[2]
_LITERAL = re.compile(r"""\{%\s*translate\s+("[^"]*%[^"]*")\s*%\}""")


def test_a_percent_sign_in_a_template_is_collected_doubled_and_shown_once() -> None:
    collected = runpy.run_path(str(ROOT / "tools/messages.py"))["template_messages"]
    texts = [one.text for one in collected('{% translate "Share, %" %}{% blocktranslate %}5 %{% endblocktranslate %}')]
    assert texts == ["Share, %%", "5 %%"]


def test_no_page_says_in_english_what_has_a_percent_sign() -> None:
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "src/tenure/desk").rglob("templates/**/*.html")]
    literals = {literal for page in pages for literal in _LITERAL.findall(page)}
    assert literals, "one page at least asks for a share in per cent"
    for literal in literals:
        with translation.override("zh-hans"):
            shown = engines["django"].from_string("{% load i18n %}{% translate " + literal + " %}").render()
        assert re.search("[\u4e00-\u9fff]", shown) and "%%" not in shown, (literal, shown)
