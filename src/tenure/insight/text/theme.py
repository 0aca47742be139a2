"""One theme as it is told, and two of them as one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from tenure.insight.intervals import Estimate, share

PHRASES_SHOWN = 12
EXAMPLES = 5


@dataclass(frozen=True)
class Theme:
    """One theme: its ``key`` (stays when renamed), ``name``, ``phrases`` by weight, ``examples`` and size.

    ``texts`` counts all texts of the fit, duplicates too; ``share`` is of all of them, with a 95 % interval (Wilson).
    """

    key: str
    name: str
    phrases: tuple[str, ...]
    examples: tuple[str, ...]
    texts: int
    share: Estimate

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**vars(self), "share": self.share.as_dict()}

    @classmethod
    def from_dict(cls, read: dict[str, Any]) -> Theme:
        """What ``as_dict`` made."""
        lists = {name: tuple(read[name]) for name in ("phrases", "examples")}
        return cls(**{**read, **lists, "share": Estimate(**read["share"])})


def together(into: Theme, theme: Theme) -> Theme:
    """Two themes of one fit as one, by the name of ``into``: no text was in both, so sizes add up exactly."""
    texts = into.texts + theme.texts
    return Theme(
        into.key,
        into.name,
        _by_turns(into.phrases, theme.phrases)[:PHRASES_SHOWN],
        _by_turns(into.examples, theme.examples)[:EXAMPLES],
        texts,
        share(texts, into.share.n),
    )


def _by_turns(one: tuple[str, ...], two: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in chain(*zip_longest(one, two)) if each is not None))
