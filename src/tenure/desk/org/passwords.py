"""Passwords a person can read aloud, for demo users and for first sign-ins."""

from __future__ import annotations

import secrets

_LIST = """
amber apple autumn bamboo basin beacon birch bridge bronze cedar cherry cloud clover copper coral cotton crane
delta dragon dune east ember falcon fern field fig forest garden ginger glacier gold grape grove harbor hazel
heron hill honey indigo island ivory jade jasmine juniper kite lake lantern laurel lemon lily lotus lunar
maple marble meadow melon mint misty moon moss mountain north oak ocean olive orange orchid otter palm panda
paper peach pearl pepper pine plum pond poplar quartz quiet rain raven reed ridge river robin rose ruby
saffron sage sail sand sea shell silk silver sky snow south spring spruce star stone storm summer sunny swan
tea thunder tiger topaz tulip valley velvet violet walnut water west wheat willow wind winter wisdom wood
"""
WORDS = tuple(_LIST.split())


def readable_password(least: int = 0) -> str:
    """Four random words and two digits, 34 bits and more, of all four kinds: ``Maple-river-jade-tiger-48``.

    More words where the bank asks for more than these characters (``least``).
    """
    words = [secrets.choice(WORDS) for _ in range(4)]
    while len("-".join(words)) + 3 < least:
        words.append(secrets.choice(WORDS))
    return f"{'-'.join(words).capitalize()}-{secrets.randbelow(90) + 10}"
