"""The branch tree: paths such as ``/HQ/B01/S02/O003/``, so that "this branch and all below it" is a prefix."""

from __future__ import annotations

from collections.abc import Mapping

from tenure.errors import InputError

#: A bank's tree is head office, branch, sub-branch, outlet; anything far deeper is a mistake in the data.
DEEPEST = 12


def paths(parents: Mapping[str, str | None]) -> dict[str, str]:
    """Each branch's path from the top, ids between slashes; a parent that isn't in the tree counts as none.

    ``InputError`` where a branch is its own ancestor or the tree is deeper than ``DEEPEST``.
    """
    return {org: "/" + "/".join(chain(org, parents)) + "/" for org in parents}


def chain(org: str, parents: Mapping[str, str | None]) -> list[str]:
    """A branch's ancestors from the top, itself last."""
    line, here = [org], parents.get(org)
    while here is not None and here in parents:
        if here in line:
            raise InputError(
                f"organisation: {org} is below itself ({' ← '.join([*line, here])})",
                "Correct parent_id in the organisation table and deliver it again.",
            )
        line.append(here)
        if len(line) > DEEPEST:
            raise InputError(
                f"organisation: {org} has more than {DEEPEST} levels above it",
                "Check parent_id in the organisation table.",
            )
        here = parents.get(here)
    return line[::-1]
