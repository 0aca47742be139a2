"""How a value is shown to someone without the right to see it whole. Pure: a value and a pattern in, text out.

The patterns are configuration. The defaults below are what Chinese banks commonly print (张**, 138****1234); a bank
with other rules puts a ``masks.toml`` into TENURE_HOME with a table per mask, for example::

    [phone]
    first = 0
    last = 4

JR/T 0171-2020 asks that personal financial information be shown masked by default and lists names, certificates,
telephone numbers and account numbers; how many characters remain is the bank's decision, and this is its one place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tenure.contracts import Mask
from tenure.desk.kit.bank_files import told_in
from tenure.errors import SetupError


@dataclass(frozen=True, slots=True)
class Pattern:
    """What remains: the ``first`` and the ``last`` characters, with ``stars`` stars between them.

    The number of stars is fixed, so that a mask does not tell a value's length. ``hidden`` is how many characters at
    least must stay hidden: where a value is too short, fewer are shown, the last ones first.
    """

    first: int
    last: int
    stars: int
    hidden: int = 1


PATTERNS: dict[Mask, Pattern] = {
    Mask.NAME: Pattern(first=1, last=0, stars=2),
    Mask.PHONE: Pattern(first=3, last=4, stars=4, hidden=4),
    Mask.CERTIFICATE: Pattern(first=3, last=4, stars=8, hidden=6),
    Mask.ACCOUNT: Pattern(first=0, last=4, stars=4, hidden=4),
    Mask.EMAIL: Pattern(first=1, last=0, stars=3),
    Mask.ADDRESS: Pattern(first=6, last=0, stars=4, hidden=4),
    Mask.HIDDEN: Pattern(first=0, last=0, stars=4),
}


def hide(value: str, mask: Mask, patterns: dict[Mask, Pattern] | None = None) -> str:
    """``value`` as ``mask`` shows it; the empty text stays empty.

    An e-mail keeps its domain, which names a provider and not a person: ``z***@example.com``. A company's name is
    a name like any other.
    """
    if not value:
        return ""
    pattern = (patterns or PATTERNS)[mask]
    if mask is Mask.EMAIL and "@" in value:
        local, domain = value.rsplit("@", 1)
        return f"{_shown(local, pattern)}@{domain}"
    return _shown(value, pattern)


def _shown(value: str, pattern: Pattern) -> str:
    room = max(len(value) - pattern.hidden, 0)
    last = min(pattern.last, room)
    first = min(pattern.first, room - last)
    return value[:first] + "*" * pattern.stars + (value[-last:] if last else "")


@cache
def patterns_of(home: Path) -> dict[Mask, Pattern]:
    """The bank's patterns: the defaults, changed by ``masks.toml`` in ``home`` where there is one.

    Raises:
        SetupError: the file names no such mask or setting, or a number is negative.
    """
    path = home / "masks.toml"
    told = told_in(path)
    patterns = dict(PATTERNS)
    for name, settings in told.items():
        if name not in Mask.__members__.values() or not isinstance(settings, dict):
            raise SetupError(f"{path}: there is no mask “{name}”.", f"Masks are: {', '.join(Mask)}.")
        for key, value in settings.items():
            if key not in Pattern.__slots__ or type(value) is not int or value < 0:
                raise SetupError(
                    f"{path}: [{name}] {key} = {value!r} is no setting of a mask.",
                    "Settings are first, last, stars and hidden: whole numbers, 0 or more.",
                )
        patterns[Mask(name)] = replace(patterns[Mask(name)], **settings)
    return patterns
