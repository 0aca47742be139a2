"""The words of findings, both languages side by side: a module a topic.

Each has ``TITLE``, ``MEANS`` (what the page shows and how to read it), ``NOT`` (what it does not mean) and ``WORDS``, a
name for every code that the topic's sections use: headings, columns, figures, and sentences with ``{numbers}`` in them.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from functools import cache

from tenure.contracts.codes import Name
from tenure.contracts.findings import TOPICS
from tenure.desk.findings.words import common
from tenure.desk.kit.formats import is_chinese


@dataclass(frozen=True, slots=True)
class TopicWords:
    """A topic's words; :meth:`say` gives one in the reader's language."""

    title: Name
    means: Name
    does_not_mean: Name
    words: dict[str, Name]

    def say(self, code: str, language: str) -> str:
        """The words of a code; the code itself where there are none, so that nothing is hidden."""
        name = self.words.get(code) or common.WORDS.get(code)
        return in_language(name, language) if name else code


@cache
def of(topic: str) -> TopicWords:
    """The words of a topic."""
    module = importlib.import_module(f"tenure.desk.findings.words.{topic}")
    return TopicWords(module.TITLE, module.MEANS, module.NOT, module.WORDS)


@cache
def known(among: tuple[str, ...] = TOPICS) -> tuple[str, ...]:
    """Of these topics those that have words, in the order of the contract."""
    return tuple(topic for topic in among if importlib.util.find_spec(f"{__name__}.{topic}"))


def in_language(name: Name, language: str) -> str:
    """A name in the reader's language."""
    return name.zh if is_chinese(language) else name.en
