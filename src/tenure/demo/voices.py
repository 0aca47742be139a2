"""What customers say: whom surveys asked, answers (and silence), complaints; one outlet asks for good marks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tenure.contracts import codes
from tenure.demo import phrases
from tenure.demo.chance import pick, pick_rows, stream
from tenure.demo.clock import NEVER, Window, seconds
from tenure.demo.people import BEGGING_LIFT, Flags, Floats, Ints
from tenure.demo.queues import served
from tenure.demo.society import Society

MOMENTS = tuple(codes.MOMENTS)
COUNTER, OPENED, CLOSED, APP, DECIDED, PERIODIC = range(6)
#: Points of 10 by which the old recommend us rather. They come often and answer at the counter, so that answers alone
#: are too good; who is old and who comes often is known, so that weights can mend it.
OLD_ARE_KINDER = 1.5
#: The channel of complaint through the supervisor, and by how much more often something is conceded there.
SUPERVISOR, LOUD_LIFT = 4, 0.65
#: Days for which a link can be answered.
LINK_DAYS = 14


@dataclass
class Asked:
    """Everybody who had an occasion, by the bank's own survey system; ``agrees``: whether they could be asked.

    ``replied`` is the day of the answer, NEVER of the silent; ``would`` what they would recommend if nobody begged: the
    truth that answers alone do not show.
    """

    party: Ints
    day: Ints
    second: Ints
    moment: Ints
    outlet: Ints
    ticket: Ints
    agrees: Flags
    replied: Ints
    would: Ints


@dataclass
class Answers:
    """Survey responses; days and seconds, scores, words by position (``begged`` picks the pool)."""

    party: Ints
    asked_day: Ints
    asked_second: Ints
    day: Ints
    second: Ints
    moment: Ints
    outlet: Ints
    ticket: Ints
    recommend: Ints
    satisfaction: Ints
    effort: Ints
    words: pa.Array
    asked: Asked


@dataclass
class Complaints:
    """Complaints with their codes (by position in phrases) and clocks; NEVER where still open.

    ``disputed`` in fen, −1 where it is about no amount. ``chance``: that something is conceded, and ``quiet_chance``
    had nobody gone through the supervisor: the truth.
    """

    party: Ints
    day: Ints
    second: Ints
    outlet: Ints
    channel: Ints
    business: Ints
    cause: Ints
    words: pa.Array
    closed: Ints
    withdrawn: Flags
    concession: Ints
    disputed: Ints
    chance: Floats
    quiet_chance: Floats


def complain(society: Society) -> Complaints:
    """Complaints grow as satisfaction falls, more so before those leave who leave for bad service."""
    s, window = society, society.window
    rng = stream(s.settings.seed, "complaints")
    mood = np.concatenate([s.people.satisfaction, s.companies.satisfaction])
    awake = ~np.concatenate([s.people.quiet, np.zeros(len(s.companies), bool)])
    yearly = np.where(awake, 0.016 * np.exp(-0.75 * mood), 0)
    begins = np.maximum(s.since + 5, window.start)
    ends = np.minimum(s.leaving.active_until, window.end + 1)
    party = np.repeat(np.arange(s.parties), rng.poisson(yearly * np.maximum(ends - begins, 0) / 365.25))
    day = begins[party] + (rng.random(len(party)) * np.maximum(ends - begins, 1)[party]).astype(np.int64)
    angry = np.flatnonzero((s.leaving.cause == 1) & (s.leaving.planned < NEVER) & (rng.random(s.parties) < 0.45))
    before = s.leaving.planned[angry] - rng.integers(20, 110, len(angry))
    fits = (before >= begins[angry]) & (before < ends[angry])
    party, day = np.concatenate([party, angry[fits]]), np.concatenate([day, before[fits]])
    size = len(party)
    order = np.argsort(day, kind="stable")
    party, day = party[order], day[order]
    cause = pick(rng, [30, 16, 13, 12, 13, 10, 4], size)
    outlet = _outlets(society)[party]
    names = np.array([u.name for u in s.organisation.outlets])
    words = [
        phrases.COMPLAINT_WORDS[c][v % 2].format(o=names[o], m=int(m), k=int(k))
        for c, v, o, m, k in zip(
            cause, rng.integers(0, 2, size), outlet, rng.integers(25, 120, size), rng.integers(2, 6, size), strict=True
        )
    ]
    took = np.maximum(rng.gamma(1.6, 6.0, size), 1).astype(np.int64)
    closed = np.where(rng.random(size) < 0.985, day + took, NEVER)
    paid_by = rng.random(size)
    # the crying child gets the milk: who goes through the supervisor gets something more often, for the same complaint
    channel = pick(rng, [28, 42, 16, 4, 10], size)
    usual = np.where(np.isin(cause, (3, 4, 5)), 0.35, 0.1)
    chance = np.where(channel == SUPERVISOR, np.minimum(usual + LOUD_LIFT, 0.95), usual)
    pays = paid_by < chance
    about = stream(s.settings.seed, "amounts in dispute")
    money = np.round(about.lognormal(6.0, 1.1, size), 0).astype(np.int64) * 100
    return Complaints(
        party=party,
        day=day,
        second=seconds(rng, "phone", size),
        outlet=outlet,
        channel=channel,
        business=pick(rng, [26, 14, 14, 12, 16, 10, 8], size),
        cause=cause,
        words=pa.array(words, pa.string()),
        closed=closed,
        withdrawn=rng.random(size) < 0.06,
        concession=np.where(pays & (closed < NEVER), np.round(rng.lognormal(4.2, 0.9, size), 0) * 100, -1).astype(
            np.int64
        ),
        disputed=np.where(np.isin(cause, (3, 4, 5)) & (about.random(size) < 0.8), money, -1),
        chance=chance,
        quiet_chance=usual,
    )


def _outlets(society: Society) -> Ints:
    return np.concatenate([society.people.outlet, society.companies.outlet])


def answer(society: Society, complaints: Complaints) -> Answers:
    """Survey responses after visits, complaints, use of the app, and once a quarter.

    Whoever is very pleased or very displeased answers more often; nobody answers who has not agreed to improvement of
    service. The old are kinder and answer rather at the counter, where they come often, and less elsewhere: answers
    alone are too good, by what the bank can know (``OLD_ARE_KINDER``). At the begging outlet marks at the counter are
    two points too good and come while the customer still stands there.
    """
    s, window = society, society.window
    rng = stream(s.settings.seed, "surveys")
    tickets = s.tickets
    rows = np.flatnonzero(served(tickets) & (tickets.party >= 0))
    rows = rows[rng.random(len(rows)) < 0.6]
    wait = (tickets.called[rows] - tickets.taken[rows]) / 60
    after = np.flatnonzero((complaints.closed < window.end) & ~complaints.withdrawn)
    digital = np.concatenate([s.people.digital, np.full(len(s.companies), 0.5)])
    awake = ~np.concatenate([s.people.quiet, np.zeros(len(s.companies), bool)])
    quarterly = [(np.flatnonzero(awake & (rng.random(s.parties) < 0.16)), int(d)) for d in window.quarter_days() - 6]
    app = np.flatnonzero(awake & (rng.random(s.parties) < 0.35 * digital * window.years))
    app_day = window.start + (rng.random(len(app)) * (window.end - window.start)).astype(np.int64)
    parts: list[tuple[Ints, Ints, Ints, int, Ints, Floats]] = [
        (
            tickets.party[rows],
            tickets.day[rows],
            np.minimum(tickets.ended[rows] + 600, 86_000),
            COUNTER,
            rows,
            -0.028 * np.maximum(wait - 6, 0),
        ),
        (
            complaints.party[after],
            complaints.closed[after] + 1,
            seconds(rng, "phone", len(after)),
            CLOSED,
            np.full(len(after), -1),
            np.full(len(after), -1.0),
        ),
        (app, app_day, seconds(rng, "mobile", len(app)), APP, np.full(len(app), -1), np.full(len(app), 0.1)),
    ]
    bought, lent = np.flatnonzero(s.trial.buys_on < NEVER), np.flatnonzero(s.mortgages.opened < window.end)
    lent = lent[s.mortgages.opened[lent] > window.start]
    for who, on, moment_ in (
        (s.trial.party[bought], s.trial.buys_on[bought], OPENED),
        (lent, s.mortgages.opened[lent], DECIDED),
    ):
        nothing = np.full(len(who), -1)
        parts.append((who, on + 1, seconds(rng, "phone", len(who)), moment_, nothing, np.full(len(who), 0.15)))
    parts += [
        (who, np.full(len(who), day), np.full(len(who), 36_000), PERIODIC, np.full(len(who), -1), np.zeros(len(who)))
        for who, day in quarterly
    ]
    party, day, second, moment, ticket, shift = (
        np.concatenate([np.broadcast_to(p[i], len(p[0])) for p in parts]) for i in range(6)
    )
    mood = np.concatenate([s.people.satisfaction, s.companies.satisfaction])[party]
    agrees = s.consents["experience"][party]
    old = _old(s)[party]
    chance = (0.19 + 0.05 * mood**2) * np.where(moment == COUNTER, np.where(old, 1.3, 0.7), np.where(old, 0.45, 1.0))
    lag = np.where(rng.random(len(party)) < 0.7, 0, rng.integers(1, 4, len(party)))
    answered = day + lag
    replies = agrees & (rng.random(len(party)) < chance) & (answered <= window.end) & (day >= window.start)
    replies &= (answered < s.leaving.active_until[party]) & (day > s.since[party])
    had = (day >= window.start) & (day <= window.end) & (day < s.leaving.active_until[party]) & (day > s.since[party])
    asked = _asked(
        s, *(x[had] for x in (party, day, second, moment, ticket, shift, agrees, np.where(replies, answered, NEVER)))
    )
    party, day, second, moment, ticket, shift, answered = (
        x[replies] for x in (party, day, second, moment, ticket, shift, answered)
    )
    order = np.lexsort((party, second, answered))
    return _score(society, rng, asked, *(x[order] for x in (party, day, second, moment, ticket, shift, answered)))


def _old(s: Society) -> Flags:
    """Who is over 65 at the end of the history."""
    return np.concatenate([s.people.age(s.window.end) > 65, np.zeros(len(s.companies), bool)])


def _asked(
    s: Society,
    party: Ints,
    day: Ints,
    second: Ints,
    moment: Ints,
    ticket: Ints,
    shift: Floats,
    agrees: Flags,
    replied: Ints,
) -> Asked:
    order = np.lexsort((party, second, day))
    party, day, second, moment, ticket, shift, agrees, replied = (
        x[order] for x in (party, day, second, moment, ticket, shift, agrees, replied)
    )
    rng = stream(s.settings.seed, "what the silent would say")
    would = _recommend(s, party, shift, rng).astype(np.int64)
    outlet = np.where(ticket >= 0, s.tickets.outlet[ticket], _outlets(s)[party])
    return Asked(party, day, second, moment, outlet, ticket, agrees, replied, would)


def _recommend(s: Society, party: Ints, shift: Floats, rng: np.random.Generator) -> Floats:
    """How likely they recommend us, 0–10, where nobody begs."""
    mood = np.concatenate([s.people.satisfaction, s.companies.satisfaction])[party]
    loyal = np.concatenate([s.people.loyalty, s.companies.loyalty])[party]
    feels = 7.4 + 1.0 * loyal + 0.9 * mood + shift + OLD_ARE_KINDER * _old(s)[party]
    likely: Floats = np.clip(np.round(feels + rng.normal(0, 1.0, len(party))), 0, 10)
    return likely


def _score(
    society: Society,
    rng: np.random.Generator,
    asked: Asked,
    party: Ints,
    day: Ints,
    second: Ints,
    moment: Ints,
    ticket: Ints,
    shift: Floats,
    answered: Ints,
) -> Answers:
    s, size = society, len(party)
    mood = np.concatenate([s.people.satisfaction, s.companies.satisfaction])[party]
    outlet = np.where(ticket >= 0, s.tickets.outlet[ticket], _outlets(s)[party])
    begged = (moment == COUNTER) & (outlet == s.organisation.begging) & (rng.random(size) < 0.7)
    noise = rng.normal(0, 0.55, size)
    satisfaction = np.clip(np.round(3.7 + 0.75 * mood + shift + noise), 1, 5).astype(np.int64)
    recommend = _recommend(s, party, shift, rng)
    satisfaction = np.where(begged, np.minimum(satisfaction + BEGGING_LIFT, 5), satisfaction)
    recommend = np.where(begged, np.minimum(np.maximum(recommend + BEGGING_LIFT, 9), 10), recommend).astype(np.int64)
    effort = np.clip(np.round(2.6 - 0.8 * mood - 1.2 * shift + rng.normal(0, 0.9, size)), 1, 7).astype(np.int64)
    pools = (phrases.POOR_WORDS, phrases.FAIR_WORDS, phrases.GOOD_WORDS, phrases.BEGGED_WORDS)
    starts = np.cumsum([0, *map(len, pools)])
    which = np.where(begged, 3, np.where(recommend >= 9, 2, np.where(recommend >= 7, 1, 0)))
    lengths = np.array([len(p) for p in pools])
    word = starts[which] + (rng.random(size) * lengths[which]).astype(np.int64)
    silent = rng.random(size) < np.where(begged, 0.3, 0.55)
    pool = pa.array([w for p in pools for w in p])
    index = pa.array(word, pa.int64(), mask=silent)
    late = np.where(
        answered == day, np.minimum(second + rng.integers(60, 5000, size), 86_399), rng.integers(30_000, 80_000, size)
    )
    # whoever begs stands beside the customer until the mark is given
    at_once = stream(s.settings.seed, "begged answers").integers(15, 75, size)
    late = np.where(begged & (answered == day), np.minimum(second + at_once, 86_399), late)
    skipped = rng.random(size) < 0.08
    return Answers(
        party=party,
        asked_day=day,
        asked_second=second,
        day=answered,
        second=late,
        moment=moment,
        outlet=outlet,
        ticket=ticket,
        recommend=recommend,
        satisfaction=satisfaction,
        effort=np.where(skipped, -1, effort),
        words=pool.take(index),
        asked=asked,
    )


def redemptions(society: Society, window: Window) -> dict[str, Ints]:
    """Points turned into gifts: the wealthier and the more digital, more often; gifts as in phrases.GIFTS."""
    s = society
    rng = stream(s.settings.seed, "points")
    people = s.people
    earns = np.where(people.quiet, 0, 0.25 + 0.35 * people.digital + 0.2 * (people.wealth > 100_000))
    begins, ends = (
        np.maximum(people.since + 90, window.start),
        np.minimum(s.leaving.active_until[: len(people)], window.end + 1),
    )
    party = np.repeat(np.arange(len(people)), rng.poisson(earns * np.maximum(ends - begins, 0) / 365.25))
    day = begins[party] + (rng.random(len(party)) * np.maximum(ends - begins, 1)[party]).astype(np.int64)
    rich = people.wealth[party] > 200_000
    weights = np.tile([14, 12, 16, 6, 0.6, 0.6, 10, 12, 12], (len(party), 1)).astype(float)
    weights[rich, 4:6] = 10
    order = np.argsort(day, kind="stable")
    gift = pick_rows(rng, weights)
    return {"party": party[order], "day": day[order], "second": seconds(rng, "mobile", len(party)), "gift": gift[order]}
