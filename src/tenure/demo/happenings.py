"""Events that are no bookings, as the lake's tables: contacts, campaigns, surveys, tickets, redemptions."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tenure.contracts import LAKE
from tenure.demo import phrases
from tenure.demo.clock import NEVER
from tenure.demo.columns import dates, moments, numbered, party_id, shaped, words
from tenure.demo.contacts import KINDS, OUTCOMES
from tenure.demo.deliveries import Outbox
from tenure.demo.people import Ints
from tenure.demo.queues import SERVICES
from tenure.demo.registers import staff_id
from tenure.demo.society import Society
from tenure.demo.voices import APP, LINK_DAYS, MOMENTS, Answers, Asked

_CHANNEL_OF_MOMENT = ("counter", "mobile", "phone", "mobile", "phone", "mobile")
_SLICE = 500_000


def write(society: Society, answers: Answers, gifts: dict[str, Ints], outbox: Outbox) -> None:
    """Hand every such event to the outbox."""
    _interactions(society, outbox)
    _campaigns(society, outbox)
    _invitations(society, answers.asked, outbox)
    _answers(society, answers, outbox)
    for first in range(0, len(society.tickets.day), _SLICE):
        _tickets(society, np.arange(first, min(first + _SLICE, len(society.tickets.day))), outbox)
    _redemptions(society, gifts, outbox)


def _interactions(society: Society, outbox: Outbox) -> None:
    made = society.interactions
    size = len(made.day)
    notes = [[n.format(p=p) for n in phrases.NOTES[o]] for o in OUTCOMES for p in phrases.PURPOSES]
    pool = [n for group in notes for n in group]
    lengths = np.array([len(g) for g in notes])
    group = made.outcome * len(phrases.PURPOSES) + made.purpose
    note = (np.cumsum(lengths) - lengths)[group] + made.note % lengths[group]
    rows = shaped(
        LAKE["interaction"],
        {
            "interaction_id": numbered("JC", np.arange(1, size + 1), 9),
            "party_id": party_id(made.party, society.persons),
            "at": moments(made.day, made.second),
            "kind": words(KINDS, made.kind),
            "staff_id": staff_id(society, made.worker),
            "purpose": words(phrases.PURPOSES, made.purpose),
            "outcome": words(OUTCOMES, made.outcome),
            "words": words(pool, note),
            "next_step_on": dates(made.next_step),
        },
        size,
    )
    outbox.events("interaction", rows, made.day)


def _campaigns(society: Society, outbox: Outbox) -> None:
    trial = society.trial
    size = len(trial.day)
    rows = shaped(
        LAKE["campaign_contact"],
        {
            "contact_id": numbered("HD", np.arange(1, size + 1), 9),
            "campaign_id": numbered("C", trial.campaign + 1, 3),
            "party_id": party_id(trial.party, society.persons),
            "at": moments(trial.day, trial.second),
            "channel": words(("phone", "mobile"), trial.channel),
            "arm": words(("held_out", "treated"), trial.treated * 1),
            "product_id": words([p.product_id for p in society.shelf.products], trial.product),
            "outcome": words(OUTCOMES, trial.outcome),
            "cost": pa.array(trial.cost, pa.int64(), mask=~trial.treated),
        },
        size,
    )
    outbox.events("campaign_contact", rows, trial.day)


def _tellers(society: Society) -> tuple[Ints, Ints]:
    """First teller of each outlet, and how many there are (tellers of one outlet are hired in a row)."""
    teams = [society.organisation.staff_at(u.org_id, "teller") for u in society.organisation.outlets]
    return np.array([t[0] for t in teams]), np.array([len(t) for t in teams])


def _served_by(society: Society, rows: Ints) -> Ints:
    first, count = _tellers(society)
    tickets = society.tickets
    outlet = tickets.outlet[rows]
    turn = (tickets.counter[rows] + tickets.day[rows]) % count[outlet]
    return np.where(tickets.called[rows] >= 0, first[outlet] + turn, -1)


#: What became of an invitation, by place.
_STATES = ("answered", "expired", "sent")


def _invitations(society: Society, made: Asked, outbox: Outbox) -> None:
    """Everybody whom the bank's own survey system could have asked, as it stood on the day of the delivery."""
    size, window = len(made.day), society.window
    known = np.maximum(made.day, window.cut)
    ends = made.day + LINK_DAYS
    state = np.where(made.replied <= known, 0, np.where(ends <= known, 1, 2))
    server = np.where(made.ticket >= 0, _served_by(society, made.ticket.clip(0)), -1)
    asked = np.where(made.agrees, made.day, NEVER)
    rows = shaped(
        LAKE["survey_invitation"],
        {
            "invitation_id": numbered("YQ", np.arange(1, size + 1), 9),
            "survey": words(MOMENTS, made.moment),
            "party_id": party_id(made.party, society.persons),
            "asked_at": moments(made.day, made.second),
            "moment": words(MOMENTS, made.moment),
            "org_id": words(society.organisation.outlet_ids().tolist(), made.outlet),
            "staff_id": staff_id(society, server),
            "outcome": words(("drawn", "no_consent"), np.where(made.agrees, 0, 1)),
            "channel": words(("sms", "wechat"), np.where(made.agrees, np.where(made.moment == APP, 1, 0), -1)),
            "sent_at": moments(asked, made.second),
            "expires_at": moments(np.where(made.agrees, ends, NEVER), made.second),
            "state": words(_STATES, np.where(made.agrees, state, -1)),
        },
        size,
    )
    outbox.events("survey_invitation", rows, made.day)


def _answers(society: Society, made: Answers, outbox: Outbox) -> None:
    size = len(made.day)
    server = np.where(made.ticket >= 0, _served_by(society, made.ticket.clip(0)), -1)
    rows = shaped(
        LAKE["survey_response"],
        {
            "response_id": numbered("DC", np.arange(1, size + 1), 9),
            "party_id": party_id(made.party, society.persons),
            "asked_at": moments(made.asked_day, made.asked_second),
            "answered_at": moments(made.day, made.second),
            "moment": words(MOMENTS, made.moment),
            "channel": words(_CHANNEL_OF_MOMENT, made.moment),
            "org_id": words(society.organisation.outlet_ids().tolist(), made.outlet),
            "staff_id": staff_id(society, server),
            "recommend": made.recommend,
            "satisfaction": made.satisfaction,
            "effort": pa.array(made.effort, pa.int64(), mask=made.effort < 0),
            "words": made.words,
        },
        size,
    )
    outbox.events("survey_response", rows, made.day)


def _tickets(society: Society, index: Ints, outbox: Outbox) -> None:
    tickets = society.tickets
    called = tickets.called[index]
    done = called >= 0
    day = tickets.day[index]
    rows = shaped(
        LAKE["queue_ticket"],
        {
            "ticket_id": numbered("PH", index + 1, 10),
            "org_id": words(society.organisation.outlet_ids().tolist(), tickets.outlet[index]),
            "party_id": party_id(tickets.party[index], society.persons),
            "taken_at": moments(day, tickets.taken[index]),
            "called_at": moments(np.where(done, day, NEVER), called),
            "ended_at": moments(np.where(done, day, NEVER), tickets.ended[index]),
            "abandoned": pa.array(~done),
            "service": words(SERVICES, tickets.service[index]),
            "counter_no": words([f"{i}号" for i in range(1, 100)], tickets.counter[index]),
            "staff_id": staff_id(society, _served_by(society, index)),
        },
        len(index),
    )
    outbox.events("queue_ticket", rows, day)


def _redemptions(society: Society, gifts: dict[str, Ints], outbox: Outbox) -> None:
    size, gift = len(gifts["day"]), gifts["gift"]
    rows = shaped(
        LAKE["redemption"],
        {
            "redemption_id": numbered("JF", np.arange(1, size + 1), 9),
            "party_id": party_id(gifts["party"], society.persons),
            "at": moments(gifts["day"], gifts["second"]),
            "kind": words([g[1] for g in phrases.GIFTS], gift),
            "points": np.array([g[2] for g in phrases.GIFTS])[gift],
            "cost": np.array([g[3] for g in phrases.GIFTS])[gift],
            "item": words([g[0] for g in phrases.GIFTS], gift),
        },
        size,
    )
    outbox.events("redemption", rows, gifts["day"])
