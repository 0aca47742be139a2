"""Keep the desk's Chinese catalogue: collect the English messages, report what is untranslated, compile.

    python tools/messages.py            collect into django.po, compile django.mo, say what is missing
    python tools/messages.py --check    change nothing; fail unless everything is translated and compiled

English in the code is the message itself; the catalogue holds the Chinese. Collecting needs neither gettext's
programs nor a database: Python by its syntax tree, templates by Django's own lexer. References name files
without line numbers, so that the catalogue changes only when a message does.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.template.base import Lexer, Token, TokenType

ROOT = Path(__file__).resolve().parent.parent
DESK = ROOT / "src/tenure/desk"
CATALOGUE = DESK / "locale/zh_Hans/LC_MESSAGES/django.po"
WIDTH = 110
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
PLURAL_CALLS = {"ngettext", "ngettext_lazy"}
_CONSTANT = re.compile(r"""_\(("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)""")
_NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Message:
    """A message as the code says it; ``plural`` is empty where it has none."""

    text: str
    plural: str = ""


def collect() -> dict[Message, set[str]]:
    """Every message of the desk and the files that say it."""
    found: dict[Message, set[str]] = {}
    for path in sorted(DESK.rglob("*.py")):
        for message in python_messages(path.read_text(encoding="utf-8")):
            found.setdefault(message, set()).add(str(path.relative_to(ROOT)))
    for path in sorted(DESK.rglob("templates/**/*.html")):
        for message in template_messages(path.read_text(encoding="utf-8")):
            found.setdefault(message, set()).add(str(path.relative_to(ROOT)))
    return found


def python_messages(source: str) -> Iterator[Message]:
    """Messages in calls of gettext's functions whose arguments are plain strings."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS):
            continue
        texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if texts:
            yield Message(texts[0], texts[1] if node.func.id in PLURAL_CALLS else "")


def template_messages(source: str) -> Iterator[Message]:
    """Messages of ``translate``, ``blocktranslate`` and ``_("…")`` in a template."""
    tokens = iter(Lexer(source).tokenize())
    for token in tokens:
        if token.token_type in (TokenType.BLOCK, TokenType.VAR):
            for literal in _CONSTANT.findall(token.contents):
                yield Message(ast.literal_eval(literal))
        if token.token_type is not TokenType.BLOCK:
            continue
        words = token.split_contents()
        if words[0] in ("translate", "trans") and words[1][0] in "\"'":
            yield Message(words[1][1:-1].replace("%", "%%"))  # Django looks for it so, and shows one again
        elif words[0] in ("blocktranslate", "blocktrans"):
            yield _block(tokens, trimmed="trimmed" in words)


def _block(tokens: Iterator[Token], *, trimmed: bool) -> Message:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token.token_type is TokenType.TEXT:
            parts[-1].append(token.contents.replace("%", "%%"))
        elif token.token_type is TokenType.VAR:
            parts[-1].append(f"%({token.contents})s")
        elif token.token_type is TokenType.BLOCK and token.contents.strip() == "plural":
            parts.append([])
        elif token.token_type is TokenType.BLOCK:
            break
    texts = ["".join(part) for part in parts]
    if trimmed:
        texts = [" ".join(line.strip() for line in text.strip().splitlines()) for text in texts]
    return Message(texts[0], texts[1] if len(texts) > 1 else "")


def merged(found: dict[Message, set[str]], before: polib.POFile) -> polib.POFile:
    """A catalogue of exactly the messages found, with the translations known before."""
    known = {entry.msgid: entry for entry in before}
    after = polib.POFile(wrapwidth=WIDTH)
    after.metadata = {
        "Project-Id-Version": "tenure",
        "Language": "zh_Hans",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    by_text: dict[str, tuple[str, set[str]]] = {}
    for message, files in found.items():
        plural, others = by_text.get(message.text, ("", set()))
        by_text[message.text] = (plural or message.plural, others | files)
    for text, (plural, files) in sorted(by_text.items()):
        old = known.get(text)
        said = (old.msgstr or old.msgstr_plural.get(0, "")) if old else ""
        entry = polib.POEntry(msgid=text, occurrences=[(name, "") for name in sorted(files)])
        if plural:
            entry.msgid_plural, entry.msgstr_plural = plural, {0: said}
        else:
            entry.msgstr = said
        if _NAMED.search(text + plural):
            entry.flags.append("python-format")
        after.append(entry)
    return after


def problems(catalogue: polib.POFile) -> list[str]:
    """What is wrong with a catalogue: untranslated messages, and placeholders that do not agree."""
    wrong = []
    for entry in catalogue:
        said = entry.msgstr or entry.msgstr_plural.get(0, "")
        if not said:
            wrong.append(f"untranslated: {entry.msgid!r}")
            continue
        wanted, used = set(_NAMED.findall(entry.msgid + entry.msgid_plural)), set(_NAMED.findall(said))
        if not used <= wanted or (not entry.msgid_plural and used != wanted):
            wrong.append(f"placeholders differ: {entry.msgid!r} → {said!r}")
    return wrong


def main(arguments: list[str]) -> int:
    """Collect and compile, or check; 0 when all is well."""
    before = polib.pofile(str(CATALOGUE), wrapwidth=WIDTH) if CATALOGUE.is_file() else polib.POFile()
    after = merged(collect(), before)
    wrong = problems(after)
    compiled = CATALOGUE.with_suffix(".mo")
    if "--check" in arguments:
        if str(after) != str(before):
            wrong.append("the catalogue is not what the code says: run `python tools/messages.py`")
        if not compiled.is_file() or compiled.read_bytes() != after.to_binary():
            wrong.append("django.mo is not compiled from django.po: run `python tools/messages.py`")
    else:
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        after.save(str(CATALOGUE))
        compiled.write_bytes(after.to_binary())
    for line in wrong:
        print(f"✗ {line}", file=sys.stderr)
    print(f"  {len(after)} messages, {len(wrong)} problems")
    return 3 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
