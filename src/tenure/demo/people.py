"""The people of the demo bank: who they are, what they earn and own, and what they feel (the last is truth)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.demo import names
from tenure.demo.chance import pick, pick_rows, stream
from tenure.demo.clock import Window
from tenure.demo.organisation import Organisation
from tenure.demo.places import DISTRICTS
from tenure.demo.settings import DemoBank

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: Occupation, median yearly income in yuan, spread of its logarithm, weight while of working age.
OCCUPATIONS: tuple[tuple[str, float, float, float], ...] = (
    ("企业职员", 88_000, 0.42, 24),
    ("生产工人", 66_000, 0.30, 12),
    ("教师", 98_000, 0.28, 6),
    ("医护人员", 112_000, 0.40, 5),
    ("公务员", 118_000, 0.26, 5),
    ("IT工程师", 186_000, 0.45, 8),
    ("金融从业者", 168_000, 0.55, 4),
    ("服务业员工", 58_000, 0.32, 12),
    ("司机", 72_000, 0.30, 4),
    ("个体工商户", 110_000, 0.75, 10),
    ("自由职业", 76_000, 0.70, 5),
    ("企业主", 360_000, 0.90, 2.2),
    ("农民", 32_000, 0.45, 3),
    ("料理家务", 18_000, 0.60, 3),
    ("学生", 14_000, 0.35, 0),
    ("退休", 46_000, 0.38, 0),
)
_NAMES = [o[0] for o in OCCUPATIONS]
EMPLOYED = np.array([i < 9 for i in range(len(OCCUPATIONS))])
TRADER, FREELANCE, OWNER = _NAMES.index("个体工商户"), _NAMES.index("自由职业"), _NAMES.index("企业主")
STUDENT, RETIRED = _NAMES.index("学生"), _NAMES.index("退休")
EDUCATION = ("初中及以下", "高中/中专", "大专", "本科", "硕士及以上")
#: How a contact works on a person: it decides, it does nothing (two ways), or it does harm.
RESPONSES = ("persuadable", "sure", "lost_cause", "do_not_disturb")
#: Their weights among the young and among the old, and the age (years) where one turns into the other, how softly:
#: in part a contact works by something that the bank can see, so that whom to contact can be learnt.
RESPONSES_YOUNG, RESPONSES_OLD = np.array([34.0, 48, 16, 2]), np.array([4.0, 40, 14, 42])
TURNS_AT, TURNS_WITHIN = 50.0, 3.0
THRESHOLDS = np.array([50_000, 200_000, 500_000, 1_000_000, 5_000_000], float)
CORRELATION = 0.4
BEGGING_LIFT = 2


@dataclass
class People:
    """One entry per person in every array; money in yuan, days as ordinals, −1 where there is nobody."""

    male: Flags
    birth: Ints
    surname: Ints
    given: Ints
    occupation: Ints
    education: Ints
    income: Floats
    wealth: Floats
    digital: Floats
    share_here: Floats
    quiet: Flags
    steady: Flags
    satisfaction: Floats
    loyalty: Floats
    response: Ints
    outlet: Ints
    district: Ints
    home: Ints
    risk: Ints
    since: Ints
    spouse: Ints
    father: Ints
    mother: Ints
    copy_of: Ints

    def __len__(self) -> int:
        return len(self.male)

    def age(self, day: int) -> Floats:
        """Age in years on a day."""
        return (day - self.birth) / 365.25


def draw(settings: DemoBank, window: Window, organisation: Organisation) -> People:
    """Every person with their traits, before families, employers and duplicates are tied."""
    n = settings.person_count
    rng = stream(settings.seed, "people")
    age = np.clip(np.where(rng.random(n) < 0.62, rng.normal(38, 10, n), rng.normal(62, 11, n)), 18.2, 93)
    birth = (window.start - age * 365.25).astype(np.int64)
    male = rng.random(n) < 0.49
    since = _since(rng, window, birth)
    satisfaction = rng.standard_normal(n)
    loyalty = CORRELATION * satisfaction + np.sqrt(1 - CORRELATION**2) * rng.standard_normal(n)
    occupation = _occupations(rng, age, male)
    education = _education(rng, age, occupation)
    median = np.array([o[1] for o in OCCUPATIONS])[occupation]
    sigma = np.array([o[2] for o in OCCUPATIONS])[occupation]
    experience = np.exp(-(((age - 46) / 34) ** 2))
    degree = np.array([0.78, 0.88, 1.0, 1.2, 1.5])[education]
    income = np.round(median * np.exp(sigma * rng.standard_normal(n)) * experience * degree, -2)
    quiet = rng.random(n) < 0.13
    share_here = rng.beta(2.4, 1.4, n)
    wealth, steady = _wealth(rng, age, income, quiet)
    digital = np.clip(1.12 - 0.0125 * np.maximum(age - 18, 0) + rng.normal(0, 0.16, n), 0.02, 0.99)
    outlet = pick(rng, rng.uniform(0.7, 1.4, len(organisation.outlets)), n)
    district = np.array([u.district for u in organisation.outlets])[outlet]
    away = rng.random(n) < 0.2
    district = np.where(away, rng.integers(0, len(DISTRICTS), n), district)
    risk = np.clip(np.round(3.4 - (age - 40) / 22 + 0.5 * education - 0.9 + rng.normal(0, 0.8, n)), 1, 5).astype(
        np.int64
    )
    nobody = np.full(n, -1, np.int64)
    return People(
        male=male,
        birth=birth,
        surname=names.draw_surnames(rng, n),
        given=names.draw_given(rng, male, birth // 365 + 1970),
        occupation=occupation,
        education=education,
        income=income,
        wealth=wealth,
        digital=digital,
        share_here=share_here,
        quiet=quiet,
        steady=steady,
        satisfaction=satisfaction,
        loyalty=loyalty,
        response=pick_rows(rng, response_weights(age)),
        outlet=outlet,
        district=district,
        home=rng.integers(0, 1 << 31, n),
        risk=risk,
        since=since,
        spouse=nobody.copy(),
        father=nobody.copy(),
        mother=nobody.copy(),
        copy_of=nobody.copy(),
    )


def response_weights(age: Floats) -> Floats:
    """Weights of the response types by age in years at the start of the history: people × types."""
    old = 1 / (1 + np.exp(-(age - TURNS_AT) / TURNS_WITHIN))
    return np.asarray(RESPONSES_YOUNG + old[:, None] * (RESPONSES_OLD - RESPONSES_YOUNG))


def _since(rng: np.random.Generator, window: Window, birth: Ints) -> Ints:
    """Four in five came before the history, after their 16th birthday; the rest within it, to the last day."""
    n = len(birth)
    adult = birth + 16 * 366
    before = window.start - np.minimum(rng.exponential(2600, n) + 30, 9400).astype(np.int64)
    within = window.start + 1 + (rng.random(n) * (window.end - window.start)).astype(np.int64)
    return np.where(rng.random(n) < 0.8, np.minimum(np.maximum(before, adult), window.eve), within)


def _occupations(rng: np.random.Generator, age: Floats, male: Flags) -> Ints:
    weights = np.tile([o[3] for o in OCCUPATIONS], (len(age), 1)).astype(float)
    weights[:, STUDENT] = np.where(age < 23, 60, 0)
    weights[:, OWNER] *= np.clip((age - 24) / 12, 0.05, 1.3)
    weights[:, _NAMES.index("料理家务")] *= np.where(male, 0.2, 1.8)
    retired = age > np.where(male, 60, 55)
    weights[retired] = 0
    weights[retired, RETIRED] = 94
    weights[retired, TRADER] = 3
    weights[retired, _NAMES.index("农民")] = 3
    return pick_rows(rng, weights)


def _education(rng: np.random.Generator, age: Floats, occupation: Ints) -> Ints:
    level = rng.normal(2.6 - 0.035 * (age - 30), 0.9, len(age))
    level += np.isin(occupation, [_NAMES.index(o) for o in ("教师", "医护人员", "公务员", "IT工程师", "金融从业者")])
    level -= 0.9 * np.isin(occupation, [_NAMES.index(o) for o in ("农民", "生产工人", "服务业员工", "司机")])
    return np.clip(np.round(level), 0, 4).astype(np.int64)


def _wealth(rng: np.random.Generator, age: Floats, income: Floats, quiet: Flags) -> tuple[Floats, Flags]:
    """Assets with this bank: log-normal with a Pareto tail; and who is in a crowd just below a threshold."""
    n = len(age)
    years = np.clip((age - 20) / 22, 0.15, 1.7)
    wealth = 26_000 * (np.maximum(income, 8000) / 80_000) ** 0.75 * years * np.exp(1.3 * rng.standard_normal(n))
    rich = rng.random(n) < 0.005
    wealth = np.where(rich, 2_000_000 * (1 + rng.pareto(1.35, n)), np.minimum(wealth, 6_000_000))
    wealth = np.where(quiet, rng.uniform(5, 900, n), np.minimum(wealth, 40_000_000))
    nearest = THRESHOLDS[np.searchsorted(THRESHOLDS * 1.05, wealth).clip(0, len(THRESHOLDS) - 1)]
    crowd = (rng.random(n) < 0.5) & (wealth > 0.6 * nearest) & (wealth < 1.05 * nearest) & ~quiet
    return np.where(crowd, nearest * rng.uniform(0.84, 0.95, n), np.round(wealth, -1)), crowd


def duplicate(settings: DemoBank, people: People) -> None:
    """Plant about 0.5 % people who are in the books twice: the last entries become copies of earlier ones."""
    rng = stream(settings.seed, "duplicates")
    n = len(people)
    copies = max(2, round(n * 0.005))
    originals = rng.choice(n - copies, copies, replace=False)
    where = np.arange(n - copies, n)
    for trait in ("male", "birth", "surname", "given", "outlet", "district", "home", "education", "occupation"):
        getattr(people, trait)[where] = getattr(people, trait)[originals]
    for relative in ("spouse", "father", "mother"):
        kin = getattr(people, relative)
        kin[where] = -1
        kin[np.isin(kin, where)] = -1
    people.copy_of[where] = originals
    people.quiet[where] = rng.random(copies) < 0.5
    people.since[where] = np.maximum(people.since[where], people.birth[where] + 16 * 366)
