"""What was planted, beside the bank and never in it: feelings, causes, effects, skills, ties between entries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tenure.demo.clock import NEVER
from tenure.demo.columns import dates, numbered, party_id, words
from tenure.demo.contacts import BUY_ALONE, BUY_CONTACTED
from tenure.demo.introductions import TIES
from tenure.demo.ledger import fen_of
from tenure.demo.lives import CAUSES, EVENTS
from tenure.demo.people import RESPONSES
from tenure.demo.society import Society
from tenure.demo.voices import Asked, Complaints


def write(society: Society, surveyed: Asked, complaints: Complaints, folder: Path) -> None:
    """Write the truth tables: party, life_event, staff, outlet, campaign, price, duplicate, introduction, asked,
    survey, complaint.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "party": _party(society),
        "life_event": _events(society),
        "staff": _staff(society),
        "outlet": _outlets(society),
        "campaign": _campaign(society),
        "price": _price(society),
        "duplicate": _duplicates(society),
        "introduction": _introductions(society),
        "asked": _asked(society),
        "survey": _survey(society, surveyed),
        "complaint": _complaints(complaints),
    }
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")


def _party(society: Society) -> pa.Table:
    s, leaving = society, society.leaving
    p, c = s.people, s.companies
    response = np.concatenate([p.response, c.response])
    left = leaving.day <= s.window.end
    outcome = np.select(
        [leaving.rescued & ~left, leaving.annoyed & left, left & leaving.closes, left], [2, 3, 0, 1], default=-1
    )
    return pa.table(
        {
            "party_id": party_id(np.arange(s.parties), s.persons),
            "satisfaction": np.concatenate([p.satisfaction, c.satisfaction]),
            "loyalty": np.concatenate([p.loyalty, c.loyalty]),
            "response_type": words(RESPONSES, response),
            "buys_if_left_alone": BUY_ALONE[response],
            "buys_if_contacted": BUY_CONTACTED[response],
            "planned_to_leave_on": dates(leaving.planned),
            "cause": words(CAUSES, leaving.cause),
            "left_on": dates(np.where(left, leaving.day, NEVER)),
            "what_became": words(("closed", "silent", "kept_by_contact", "driven_away"), outcome),
            "connector": s.introductions.connector,
            "quiet": np.concatenate([p.quiet, np.zeros(len(c), bool)]),
            "share_of_banking_here": pa.array(
                np.concatenate([p.share_here, np.full(len(c), np.nan)]), from_pandas=True
            ),
        }
    )


def _events(society: Society) -> pa.Table:
    event, person = np.nonzero(society.lives.day <= society.window.end)
    return pa.table(
        {
            "party_id": party_id(person, society.persons),
            "event": words(EVENTS, event),
            "happened_on": dates(society.lives.day[event, person]),
        }
    )


def _staff(society: Society) -> pa.Table:
    workers = society.organisation.workers
    return pa.table(
        {
            "staff_id": [w.staff_id for w in workers],
            "role": [w.role for w in workers],
            "skill": [w.skill for w in workers],
        }
    )


def _outlets(society: Society) -> pa.Table:
    outlets = society.organisation.outlets
    return pa.table(
        {
            "org_id": [u.org_id for u in outlets],
            "begs_for_marks": [i == society.organisation.begging for i in range(len(outlets))],
        }
    )


def _campaign(society: Society) -> pa.Table:
    trial = society.trial
    return pa.table(
        {
            "contact_id": numbered("HD", np.arange(1, len(trial.day) + 1), 9),
            "campaign_id": numbered("C", trial.campaign + 1, 3),
            "party_id": party_id(trial.party, society.persons),
            "treated": trial.treated,
            "bought_on": dates(trial.buys_on),
            "amount": pa.array(np.where(trial.buys_on < NEVER, fen_of(trial.amount), 0)),
            "kept_them": trial.saved,
            "drove_them_away": trial.annoyed,
        }
    )


def _price(society: Society) -> pa.Table:
    """What a customer kept by a campaign cost: its contacts' cost over those kept less those driven away (fen)."""
    trial = society.trial
    campaigns = len(trial.category)

    def of(values: NDArray[Any]) -> NDArray[np.int64]:
        return np.bincount(trial.campaign, values, campaigns).astype(np.int64)

    spent, kept, lost = of(trial.cost), of(trial.saved), of(trial.annoyed)
    more = kept - lost
    return pa.table(
        {
            "campaign_id": numbered("C", np.arange(1, campaigns + 1), 3),
            "spent": spent,
            "kept": kept,
            "driven_away": lost,
            "price_of_keeping": pa.array(spent / np.where(more > 0, more, 1), mask=more <= 0),
        }
    )


def _duplicates(society: Society) -> pa.Table:
    copy = np.flatnonzero(society.people.copy_of >= 0)
    return pa.table(
        {
            "party_id": party_id(copy, society.persons),
            "same_person_as": party_id(society.people.copy_of[copy], society.persons),
        }
    )


def _introductions(society: Society) -> pa.Table:
    """Every newcomer with every customer who could have brought them, and who did."""
    drawn = society.introductions
    return pa.table(
        {
            "party_id": party_id(drawn.newcomer, society.persons),
            "introducer_id": party_id(drawn.elder, society.persons),
            "tie": words(TIES, drawn.tie),
            "chance": drawn.chance,
            "brought": drawn.brought,
            "recorded": drawn.recorded,
            "came_on": dates(society.since[drawn.newcomer]),
        }
    )


def _asked(society: Society) -> pa.Table:
    """Everybody a customer asked to come: who came, and the outsiders (without a number) who did not."""
    drawn = society.introductions
    won = np.flatnonzero(drawn.brought)
    nobody = np.full(len(drawn.refused_elder), -1)
    return pa.table(
        {
            "introducer_id": party_id(np.concatenate([drawn.elder[won], drawn.refused_elder]), society.persons),
            "tie": words(TIES, np.concatenate([drawn.tie[won], drawn.refused_tie])),
            "asked_on": dates(np.concatenate([society.since[drawn.newcomer[won]], drawn.refused_day])),
            "came": np.arange(len(won) + len(nobody)) < len(won),
            "party_id": party_id(np.concatenate([drawn.newcomer[won], nobody]), society.persons),
        }
    )


def _survey(society: Society, surveyed: Asked) -> pa.Table:
    """What everybody with an occasion would say of us where nobody begs, asked or not, silent or not."""
    return pa.table(
        {
            "invitation_id": numbered("YQ", np.arange(1, len(surveyed.day) + 1), 9),
            "party_id": party_id(surveyed.party, society.persons),
            "asked_on": dates(surveyed.day),
            "could_be_asked": surveyed.agrees,
            "would_recommend": surveyed.would,
        }
    )


def _complaints(complaints: Complaints) -> pa.Table:
    """How likely something was conceded, and how likely had nobody gone through the supervisor."""
    return pa.table(
        {
            "complaint_id": [f"TS{i + 1:08d}" for i in range(len(complaints.day))],
            "chance_of_concession": complaints.chance,
            "chance_if_quiet": complaints.quiet_chance,
        }
    )
