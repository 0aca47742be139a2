"""Builds the whole bank: draws the population, then goes through it block by block and writes as it goes."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from tenure.demo import accounts, happenings, registers, truth, voices
from tenure.demo.daily_life import PeopleBlock
from tenure.demo.deliveries import Outbox
from tenure.demo.holdings import market
from tenure.demo.settings import Built, DemoBank
from tenure.demo.society import Society, gather
from tenure.demo.trade_life import CompanyBlock
from tenure.demo.wording import name_pool
from tenure.errors import InputError
from tenure.progress import QUIET, Progress

#: Parties drawn at a time. Part of what the seed means: another size would be another bank.
PEOPLE_BLOCK, COMPANY_BLOCK = 2_000, 500


def build(settings: DemoBank, out: Path, progress: Progress = QUIET) -> Built:
    """Write the bank into ``out``: ``source/`` (deliveries), ``truth/``, ``manifest.json``.

    The same settings give the same files, byte for byte. Everything is written beside ``out`` and moved there when
    complete, so a build that was stopped leaves nothing that looks finished; a bank of the same settings that stands
    in ``out`` already is returned as it is. Raises InputError if ``out`` holds anything else.
    """
    out = out.absolute()
    if out.exists() and any(out.iterdir()):
        standing = Built.read(settings, out)
        if standing is not None:
            return standing
        raise InputError(
            f"{out} is not empty, and what it holds is not this demo bank.",
            "Choose another folder, or remove this one first.",
        )
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    society = gather(settings, progress)
    outbox = Outbox(partial / "source", society.window)
    with progress.task("Registers, voices, contacts", 3) as task:
        complaints = voices.complain(society)
        answers = voices.answer(society, complaints)
        gifts = voices.redemptions(society, society.window)
        task.advance()
        happenings.write(society, answers, gifts, outbox)
        task.advance()
        registers.write(society, complaints, outbox)
        truth.write(society, answers.asked, complaints, partial / "truth")
    _books(society, outbox, progress)
    deliveries, rows = outbox.finish()
    manifest = Built(settings, partial, deliveries, rows).as_manifest()
    (partial / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if out.exists():
        out.rmdir()
    partial.rename(out)
    moved = [
        replace(d, tables={t: [_moved(p, partial, out) for p in ps] for t, ps in d.tables.items()}) for d in deliveries
    ]
    return Built(settings, out, moved, rows)


def _moved(path: Path, old: Path, new: Path) -> Path:
    return new / path.relative_to(old)


def _books(society: Society, outbox: Outbox, progress: Progress) -> None:
    """Accounts, transactions and balances, block by block; only one block is in memory."""
    settings, n = society.settings, society.persons
    levels = market(settings.seed, society.window)
    names, spans = name_pool(settings.seed)
    pool = pa.array(names, pa.string())
    order = np.argsort(society.tickets.party, kind="stable")
    owner = society.tickets.party[order]
    blocks: list[tuple[type[PeopleBlock] | type[CompanyBlock], int, int]] = [
        (PeopleBlock, first, min(first + PEOPLE_BLOCK, n)) for first in range(0, n, PEOPLE_BLOCK)
    ]
    blocks += [
        (CompanyBlock, first, min(first + COMPANY_BLOCK, society.parties))
        for first in range(n, society.parties, COMPANY_BLOCK)
    ]
    with progress.task("Accounts, transactions, balances: customers", society.parties) as task:
        for kind, first, last in blocks:
            low, high = np.searchsorted(owner, (first, last))
            block = kind(society, first, last, levels, spans, np.sort(order[low:high]))
            books = block.settle()
            number = accounts.numbers(block.ledger, first)
            accounts.file_events(society, block.ledger, books, number, pool, outbox)
            accounts.file_states(society, block.ledger, number, outbox)
            task.advance(last - first)
