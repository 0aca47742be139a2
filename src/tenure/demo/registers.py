"""The state tables as they stood on a business date: organisation, staff, parties, ties, coverage, products."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.contracts import LAKE, codes
from tenure.demo import identity
from tenure.demo.chance import stream
from tenure.demo.clock import NEVER
from tenure.demo.columns import dates, moments, party_id, shaped, words
from tenure.demo.coverage import ROLES
from tenure.demo.deliveries import Outbox, known
from tenure.demo.families import share_home
from tenure.demo.people import EDUCATION, OCCUPATIONS, Ints
from tenure.demo.phrases import COMPLAINT_BUSINESS, COMPLAINT_CAUSES, COMPLAINT_CHANNELS
from tenure.demo.places import INDUSTRIES
from tenure.demo.society import Society
from tenure.demo.voices import Complaints

RELATIONS = tuple(codes.RELATION_KINDS)
_SLICE = 200_000


def write(society: Society, complaints: Complaints, outbox: Outbox) -> None:
    """Write every state table but accounts, for every business date."""
    tie = ties(society)
    for place, as_of in enumerate(outbox.as_of):
        for name, table in (
            ("organisation", _organisation(society)),
            ("staff", _staff(society, as_of)),
            ("product", _products(society, as_of)),
            ("relation", _relations(society, tie, as_of)),
            ("coverage", _coverage(society, as_of)),
            ("complaint", _complaints(society, complaints, as_of)),
        ):
            outbox.state(name, place, table)
    details = _details(society)
    for first in range(0, society.parties, _SLICE):
        rows, since = _parties(society, first, min(first + _SLICE, society.parties), details)
        for place, as_of in enumerate(outbox.as_of):
            outbox.state("party", place, _parties_on(society, rows, since, first, as_of))


def _organisation(society: Society) -> pa.Table:
    units = society.organisation.units
    return shaped(
        LAKE["organisation"],
        {
            "org_id": [u.org_id for u in units],
            "name": [u.name for u in units],
            "name_en": [u.name_en for u in units],
            "parent_id": [u.parent_id for u in units],
            "kind": [u.kind for u in units],
            "city": ["成都"] * len(units),
            "opened_on": dates(np.array([u.opened for u in units])),
        },
        len(units),
    )


def _staff(society: Society, as_of: int) -> pa.Table:
    team = [w for w in society.organisation.workers if w.joined <= as_of]
    return shaped(
        LAKE["staff"],
        {
            "staff_id": [w.staff_id for w in team],
            "name": [w.name for w in team],
            "org_id": [w.org_id for w in team],
            "role": [w.role for w in team],
            "daily_capacity": [w.capacity for w in team],
            "joined_on": dates(np.array([w.joined for w in team])),
            "left_on": dates(known(np.array([w.left for w in team]), as_of)),
        },
        len(team),
    )


def _products(society: Society, as_of: int) -> pa.Table:
    sold = [p for p in society.shelf.products if p.launched <= as_of]
    return shaped(
        LAKE["product"],
        {
            "product_id": [p.product_id for p in sold],
            "name": [p.name for p in sold],
            "name_en": [p.name_en for p in sold],
            "category": [p.category for p in sold],
            "risk_level": [p.risk for p in sold],
            "spread": [p.spread for p in sold],
            "term_days": [p.term for p in sold],
            "launched_on": dates(np.array([p.launched for p in sold])),
            "withdrawn_on": dates(known(np.array([p.withdrawn for p in sold]), as_of)),
            "sold_to": [p.sold_to for p in sold],
        },
        len(sold),
    )


def staff_id(society: Society, worker: Ints) -> pa.Array:
    """Employee numbers of workers by position; −1 becomes null."""
    return words([w.staff_id for w in society.organisation.workers], worker)


def ties(society: Society) -> dict[str, Any]:
    """Every relation in both directions where it has two: party, other, kind, since, share."""
    s, n = society, society.persons
    p, c = s.people, s.companies
    people = np.arange(n)
    wed = np.flatnonzero(p.spouse >= 0)
    sons, born = np.flatnonzero(p.father >= 0), np.flatnonzero(p.mother >= 0)
    kin = [(sons, p.father[sons], "parent"), (born, p.mother[born], "parent")]
    kin += [(parent, child, "child") for child, parent, _ in kin]
    home = wed[share_home(p, wed, p.spouse[wed])]
    with_father = sons[share_home(p, sons, p.father[sons])]
    with_mother = born[share_home(p, born, p.mother[born])]
    pairs = [(wed, p.spouse[wed], "spouse"), *kin, (home, p.spouse[home], "household")]
    pairs += [(a, b, "household") for a, b in _both(with_father, p.father[with_father])]
    pairs += [(a, b, "household") for a, b in _both(with_mother, p.mother[with_mother])]
    working = np.flatnonzero((s.jobs.employer >= 0) & (s.jobs.begins < NEVER))
    pairs.append((people[working], n + s.jobs.employer[working], "employer"))
    firms = np.flatnonzero(c.legal >= 0)
    pairs.append((n + firms, c.legal[firms], "legal_representative"))
    pairs.append((n + firms, c.owner[firms], "owner"))
    owned = np.flatnonzero(c.parent >= 0)
    pairs.append((n + owned, n + c.parent[owned], "owner"))
    rng = stream(s.settings.seed, "guarantors")
    backed = firms[rng.random(len(firms)) < 0.25]
    pairs.append((n + backed, c.legal[backed], "guarantor"))
    trade = s.transfers.trade
    pairs.append((n + trade.buyer, n + trade.supplier, "supplier"))
    pairs.append((n + trade.supplier, n + trade.buyer, "buyer"))
    told = s.introductions.recorded
    pairs.append((s.introductions.newcomer[told], s.introductions.elder[told], "referrer"))
    party = np.concatenate([a for a, _, _ in pairs])
    other = np.concatenate([b for _, b, _ in pairs])
    kind = np.repeat([RELATIONS.index(k) for _, _, k in pairs], [len(a) for a, _, _ in pairs])
    share = np.full(len(party), np.nan)
    owners = kind == RELATIONS.index("owner")
    by_parent = other[owners] >= n
    share[owners] = np.where(by_parent, 100 - c.owner_share[party[owners] - n], c.owner_share[party[owners] - n])
    since = np.maximum(s.since[party], s.since[other])
    jobs = kind == RELATIONS.index("employer")
    since[jobs] = np.maximum(since[jobs], s.jobs.begins[party[jobs]])
    return {"party": party, "other": other, "kind": kind, "since": since, "share": share}


def _both(one: Ints, other: Ints) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
    return (one, other), (other, one)


def _relations(society: Society, tie: dict[str, Any], as_of: int) -> pa.Table:
    seen = tie["since"] <= as_of
    tie = {k: v[seen] for k, v in tie.items()}
    job = tie["kind"] == RELATIONS.index("employer")
    until = np.where(job, _job_ends(society)[np.minimum(tie["party"], society.persons - 1)], NEVER)
    return shaped(
        LAKE["relation"],
        {
            "party_id": party_id(tie["party"], society.persons),
            "other_id": party_id(tie["other"], society.persons),
            "kind": words(RELATIONS, tie["kind"]),
            "since": dates(tie["since"]),
            "until": dates(known(np.maximum(until, tie["since"]), as_of)),
            "share": pa.array(tie["share"], pa.float64(), from_pandas=True),
        },
        len(tie["party"]),
    )


def _job_ends(society: Society) -> Ints:
    """Retirement or a change of job, per person."""
    from tenure.demo.lives import CAUSES

    n = society.persons
    moved = (society.leaving.cause[:n] == CAUSES.index("job_change")) & (society.leaving.day[:n] < NEVER)
    change = np.where(moved, society.leaving.day[:n] - 30, NEVER)
    return np.minimum(change, society.lives.of("retirement"))


def _coverage(society: Society, as_of: int) -> pa.Table:
    cover = society.coverage
    until = np.minimum(cover.until, np.maximum(society.gone[cover.party], cover.since))
    seen = np.flatnonzero(cover.since <= as_of)
    return shaped(
        LAKE["coverage"],
        {
            "party_id": party_id(cover.party[seen], society.persons),
            "staff_id": staff_id(society, cover.worker[seen]),
            "role": words(ROLES, cover.role[seen]),
            "since": dates(cover.since[seen]),
            "until": dates(known(until[seen], as_of)),
        },
        len(seen),
    )


def _complaints(society: Society, made: Complaints, as_of: int) -> pa.Table:
    seen = np.flatnonzero(made.day <= as_of)
    closed = known(made.closed[seen], as_of)
    state = np.where(closed >= NEVER, 0, np.where(made.withdrawn[seen], 2, 1))
    paid = np.where(state == 1, made.concession[seen], -1)
    return shaped(
        LAKE["complaint"],
        {
            "complaint_id": pa.array([f"TS{i + 1:08d}" for i in seen.tolist()]),
            "party_id": party_id(made.party[seen], society.persons),
            "received_at": moments(made.day[seen], made.second[seen]),
            "org_id": words(society.organisation.outlet_ids().tolist(), made.outlet[seen]),
            "channel_code": words(COMPLAINT_CHANNELS, made.channel[seen]),
            "business_code": words(COMPLAINT_BUSINESS, made.business[seen]),
            "cause_code": words(COMPLAINT_CAUSES, made.cause[seen]),
            "words": made.words.take(pa.array(seen)),
            "state": words(("open", "closed", "withdrawn"), state),
            "closed_at": moments(closed, 9 * 3600 + made.second[seen] * 37 % (8 * 3600)),
            "concession": pa.array(paid, pa.int64(), mask=paid < 0),
            "disputed": pa.array(made.disputed[seen], pa.int64(), mask=made.disputed[seen] < 0),
        },
        len(seen),
    )


def _details(society: Society) -> dict[str, Any]:
    """What is drawn for all parties at once, so that it does not depend on the slices: risk tests, e-mail, offices."""
    rng = stream(society.settings.seed, "party details")
    size, since = society.parties, society.since
    rated = society.window.start - rng.integers(-500, 300, size)
    return {
        "rated": np.clip(rated, since, np.maximum(society.window.cut, since)),
        "mail": rng.random(size) < np.where(np.arange(size) < society.persons, 0.25, 0.6),
        "offices": identity.office_addresses(society.companies.district, society.settings.seed),
    }


def _parties(society: Society, first: int, last: int, details: dict[str, Any]) -> tuple[dict[str, Any], Ints]:
    """The parts of the party table that do not change with the date."""
    s, n = society, society.persons
    index = np.arange(first, last)
    who, firm = np.arange(min(first, n), min(last, n)), np.arange(max(first - n, 0), max(last - n, 0))
    p, c = s.people, s.companies
    person = np.arange(last - first) < len(who)
    born = np.concatenate([p.birth[who], c.founded[firm]])
    phone = identity.phones(index, np.concatenate([p.copy_of[who], np.full(len(firm), -1)]))
    email = pc.binary_join_element_wise(phone, pa.scalar("mail.example.cn"), "@")
    income = np.concatenate([p.income[who], c.turnover[firm]]) * 100
    values = {
        "party_id": party_id(index, n),
        "kind": words(("company", "person"), person * 1),
        "name": s.names.slice(first, last - first),
        "sex": words(("female", "male"), np.concatenate([p.male[who] * 1, np.full(len(firm), -1)])),
        "birth_date": dates(born),
        "certificate_kind": words(("uscc", "identity_card"), person * 1),
        "certificate_no": pa.concat_arrays(
            [s.papers.slice(min(first, n), len(who)), s.credit_codes.slice(max(first - n, 0), len(firm))]
        ),
        "phone": phone,
        "email": pc.if_else(pa.array(details["mail"][index]), email, pa.scalar(None, pa.string())),
        "address": pa.concat_arrays(
            [identity.addresses(p.district[who], p.home[who]), details["offices"].slice(max(first - n, 0), len(firm))]
        ),
        "occupation": words(
            [o[0] for o in OCCUPATIONS] + [i[0] for i in INDUSTRIES],
            np.concatenate([p.occupation[who], len(OCCUPATIONS) + c.industry[firm]]),
        ),
        "education": words(EDUCATION, np.concatenate([p.education[who], np.full(len(firm), -1)])),
        "annual_income": pa.array(income.astype(np.int64)),
        "risk_rating": words(("R1", "R2", "R3", "R4", "R5"), np.concatenate([p.risk[who] - 1, np.full(len(firm), 2)])),
        "risk_rated_on": dates(details["rated"][index]),
        "org_id": words(s.organisation.outlet_ids().tolist(), np.concatenate([p.outlet[who], c.outlet[firm]])),
        "since": dates(s.since[index]),
        "consent_marketing": pa.array(s.consents["marketing"][index]),
        "consent_experience": pa.array(s.consents["experience"][index]),
        "consent_research": pa.array(s.consents["research"][index]),
    }
    return values, s.since[index]


def _parties_on(society: Society, values: dict[str, Any], since: Ints, first: int, as_of: int) -> pa.Table:
    """The slice as it stood on a date: who was a customer, employed by whom, led by whom, left or not."""
    s, n = society, society.persons
    index = np.arange(first, first + len(since))
    person = np.minimum(index, n - 1)
    works = (index < n) & (s.jobs.employer[person] >= 0) & (s.jobs.begins[person] <= as_of)
    works &= _job_ends(s)[person] > as_of
    lead_party, lead_worker, lead_since, lead_until = s.coverage.leads_on()
    now = (lead_since <= as_of) & (lead_until >= as_of)
    lead = np.full(s.parties, -1, np.int64)
    lead[lead_party[now]] = lead_worker[now]
    lead = np.where(s.gone <= as_of, -1, lead)
    rows = shaped(
        LAKE["party"],
        values
        | {
            "employer_id": party_id(np.where(works, n + s.jobs.employer[person], -1), n),
            "lead_staff_id": staff_id(s, lead[index]),
            "left_on": dates(known(s.gone[index], as_of)),
        },
        len(index),
    )
    return rows.filter(pa.array(since <= as_of))
