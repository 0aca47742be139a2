"""Families: who is married to whom, whose children they are, and who lives together."""

from __future__ import annotations

import numpy as np

from tenure.demo.chance import stream
from tenure.demo.people import People
from tenure.demo.settings import DemoBank


def marry_and_descend(settings: DemoBank, people: People) -> None:
    """Tie spouses within an outlet's neighbourhood, then children to couples; surnames and homes follow."""
    rng = stream(settings.seed, "families")
    n = len(people)
    willing = rng.random(n)
    age = -people.birth / 365.25
    adult = age > np.sort(age)[int(n * 0.08)]
    for outlet in np.unique(people.outlet):
        here = (people.outlet == outlet) & adult
        men = np.flatnonzero(here & people.male & (willing < 0.42))
        women = np.flatnonzero(here & ~people.male & (willing < 0.42))
        count = min(len(men), len(women))
        if not count:
            continue
        men = np.sort(rng.permutation(men)[:count])
        women = np.sort(rng.permutation(women)[:count])
        men = men[np.argsort(people.birth[men] + rng.normal(0, 900, count), kind="stable")]
        women = women[np.argsort(people.birth[women] + rng.normal(0, 900, count), kind="stable")]
        close = np.abs(people.birth[men] - people.birth[women]) < 11 * 365
        men, women = men[close], women[close]
        people.spouse[men], people.spouse[women] = women, men
        people.home[women] = people.home[men]
        people.district[women] = people.district[men]
        children = np.flatnonzero(here & (willing > 0.55) & (willing < 0.85))
        if not len(women) or not len(children):
            continue
        order = np.argsort(people.birth[women], kind="stable")
        mothers, fathers = women[order], men[order]
        born = people.birth[children] - rng.normal(27, 3.5, len(children)) * 365.25
        at = np.clip(np.searchsorted(people.birth[mothers], born), 0, len(mothers) - 1)
        between = people.birth[children] - np.maximum(people.birth[mothers[at]], people.birth[fathers[at]])
        since_mother = people.birth[children] - people.birth[mothers[at]]
        fits = (between > 19 * 365) & (since_mother < 42 * 365)
        fits &= rng.random(len(children)) < 0.7
        children, at = children[fits], at[fits]
        # A couple has at most three children among the customers.
        order = np.argsort(at, kind="stable")
        rank = np.arange(len(at)) - np.searchsorted(at[order], at[order])
        kept = order[rank < 3]
        children, at = children[kept], at[kept]
        people.mother[children], people.father[children] = mothers[at], fathers[at]
    child = people.father >= 0
    for _ in range(3):  # from grandfather to father to child
        people.surname[child] = people.surname[people.father[child]]
    at_home = child & (people.spouse < 0) & (people.birth > np.quantile(people.birth, 0.75))
    for trait in (people.home, people.district):
        trait[at_home] = trait[people.father[at_home]]


def share_home(people: People, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Which pairs live under one roof."""
    return np.asarray(people.home[one] == people.home[other])
