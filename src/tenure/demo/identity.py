"""Who a party is on paper: certificate numbers with their check digits, phones, addresses. All of them made up.

Identity numbers use the county codes 5199 01–10, which are assigned to no county, so that no number can be a living
person's; the rest is as GB 11643 asks. Phones begin with 154, a range given to nobody. Companies' numbers follow
GB 32100 with the same made-up codes.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tenure.demo.chance import stream
from tenure.demo.clock import Days
from tenure.demo.columns import joined, numbered, words
from tenure.demo.companies import Companies
from tenure.demo.people import Ints, People
from tenure.demo.places import DISTRICTS, ESTATES

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_REGIONS = np.array([int(d[2]) for d in DISTRICTS])


def ymd(day: Days) -> Ints:
    """Ordinals to numbers such as 19870315."""
    stamp = np.asarray(day).astype("datetime64[D]")
    year = stamp.astype("datetime64[Y]").astype(np.int64) + 1970
    month = stamp.astype("datetime64[M]").astype(np.int64) % 12 + 1
    dom = (stamp - stamp.astype("datetime64[M]")).astype(np.int64) + 1
    return year * 10_000 + month * 100 + dom


def identity_numbers(people: People) -> pa.Array:
    """18-digit numbers: county, birth date, a sequence that is odd for men, check digit (GB 11643, ISO 7064 mod 11-2).

    The second entry of a person who is twice in the books carries the 15-digit number of before 1999: the same county
    and sequence, without century and check. Who was born since has never had one, and is typed with blanks.
    """
    region = _REGIONS[people.district]
    birth = ymd(people.birth)
    order = np.lexsort((people.male, birth, region))
    new = np.ones(len(order), bool)
    new[1:] = (
        (region[order][1:] != region[order][:-1])
        | (birth[order][1:] != birth[order][:-1])
        | (people.male[order][1:] != people.male[order][:-1])
    )
    heads = np.flatnonzero(new)
    rank = np.arange(len(order)) - np.repeat(heads, np.diff(np.append(heads, len(order))))
    sequence = np.empty(len(order), np.int64)
    offset = (birth[order] * 37 + region[order]) % 491
    sequence[order] = ((rank + offset) % 500) * 2 + people.male[order]
    sequence = np.where(people.copy_of >= 0, sequence[people.copy_of], sequence)
    stem = region * 100_000_000_000 + birth * 1000 + sequence
    text = joined(numbered("", stem), words(list("10X98765432"), _weighted(stem, _ID_WEIGHTS) % 11))
    numbers = text.to_numpy(False).copy()
    for copy in np.flatnonzero(people.copy_of >= 0):
        whole = numbers[copy]
        old = birth[copy] < 20_000_000
        numbers[copy] = whole[:6] + whole[8:17] if old else f"{whole[:6]} {whole[6:14]} {whole[14:]}"
    return pa.array(numbers, pa.string())


def _weighted(number: NDArray[np.int64], weights: tuple[int, ...]) -> Ints:
    """Σ digit × weight, the weights given from the leftmost digit."""
    total = np.zeros(len(number), np.int64)
    rest = number.copy()
    for weight in reversed(weights):
        total += rest % 10 * weight
        rest //= 10
    return total


def credit_codes(companies: Companies, seed: int) -> pa.Array:
    """18-character unified social credit codes, 91 (enterprise) and a made-up county, with both check characters."""
    rng = stream(seed, "credit codes")
    count = len(companies)
    body = (7_919 * (np.arange(count) + 1) + int(rng.integers(0, 10_000_000))) % 100_000_000
    check = 11 - _weighted(body, (3, 7, 9, 10, 5, 8, 4, 2)) % 11
    organisation = words(list("0123456789X0"), np.where(check == 11, 0, check))
    stem = joined("91", numbered("", _REGIONS[companies.district]), numbered("", body, 8), organisation).to_pylist()
    return pa.array([code + _uscc_check(code) for code in stem], pa.string())


def _uscc_check(code: str) -> str:
    total = sum(_USCC_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(code))
    return _USCC_ALPHABET[(31 - total % 31) % 31]


def phones(index: Ints, original: Ints) -> pa.Array:
    """A number for each party; who is twice in the books has the same number twice."""
    who = np.where(original >= 0, original, index)
    return numbered("154", (who * 48_271 + 12_345_678) % 99_999_989, 8)


def addresses(district: Ints, home: Ints) -> pa.Array:
    """Street addresses; one number of ``home`` is one flat, so families share theirs."""
    roads = [f"成都市{d[0]}{road}" for d in DISTRICTS for road in d[3].split()]
    road = words(roads, district * 6 + home % 6)
    estate = words(ESTATES, home // 6 % len(ESTATES))
    return joined(
        road,
        numbered("", home // 150 % 380 + 1),
        "号",
        estate,
        numbered("", home // 7_000 % 18 + 1),
        "栋",
        numbered("", home // 150_000 % 28 + 1),
        numbered("", home // 5_000_000 % 6 + 1, 2),
        "室",
    )


def office_addresses(district: Ints, seed: int) -> pa.Array:
    """Where companies have their offices."""
    rng = stream(seed, "offices")
    roads = [f"成都市{d[0]}{road}" for d in DISTRICTS for road in d[3].split()]
    size = len(district)
    return joined(
        words(roads, district * 6 + rng.integers(0, 6, size)),
        numbered("", rng.integers(1, 400, size)),
        "号",
        numbered("", rng.integers(3, 30, size)),
        "楼",
    )
