"""Published tables as Django models, built from their contracts, in two slots.

``slots(contract, __name__)`` makes two models, say ``CustomerA`` and ``CustomerB``, and a
:class:`PublishedTable` that answers for whichever is current: ``Customer.rows()``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from tenure.contracts import Column, Kind, Table
from tenure.desk.publication.current import pinned

SLOTS = ("a", "b")

#: Every published table by the name of its contract.
TABLES: dict[str, PublishedTable] = {}


@dataclass(frozen=True)
class PublishedTable:
    """A published table: its contract and the model of each slot."""

    contract: Table
    models: dict[str, type[models.Model]]

    def rows(self) -> models.QuerySet[Any]:
        """All rows of the publication this request is pinned to; none before the first night."""
        publication = pinned()
        if publication is None:
            return self.models["a"]._default_manager.none()
        return self.models[publication.slot]._default_manager.all()


def slots(
    contract: Table,
    module: str,
    *,
    indexes: Sequence[Sequence[str]] = (),
    partial: Sequence[tuple[Sequence[str], models.Q]] = (),
) -> PublishedTable:
    """Two models for ``contract`` in ``module`` (an app's ``models``), with the same indexes on both.

    ``indexes`` are column lists, a leading ``-`` for descending; ``partial`` ones hold only the rows that meet a
    condition. Names of models: ``CustomerA``/``CustomerB``.
    """
    wanted = [(columns, None) for columns in indexes] + list(partial)
    app_label = module.split(".")[-2]
    stem = "".join(word.capitalize() for word in contract.name.split("_"))
    made: dict[str, type[models.Model]] = {}
    for slot in SLOTS:
        table = f"{app_label}_{contract.name}_{slot}"
        body: dict[str, Any] = {
            "__module__": module,
            "__doc__": f"{contract.en} (slot {slot.upper()}).",
            "Meta": type(
                "Meta",
                (),
                {
                    "db_table": table,
                    "verbose_name": contract.en,
                    "indexes": [
                        models.Index(
                            fields=list(columns), condition=condition, name=_index_name(contract.name, slot, number)
                        )
                        for number, (columns, condition) in enumerate(wanted)
                    ],
                },
            ),
        }
        single = contract.key[0] if len(contract.key) == 1 else ""
        if not single:
            body["pk"] = models.CompositePrimaryKey(*contract.key)
        for column in contract:
            body[column.name] = field_of(column, primary_key=column.name == single)
        made[slot] = type(models.Model)(f"{stem}{slot.upper()}", (models.Model,), body)
        setattr(sys.modules[module], f"{stem}{slot.upper()}", made[slot])
    table_ = PublishedTable(contract, made)
    TABLES[contract.name] = table_
    return table_


def _index_name(table: str, slot: str, number: int) -> str:
    return f"{table[:18]}_{slot}_{number}_idx"


def field_of(column: Column, *, primary_key: bool = False) -> models.Field[Any, Any]:
    """The Django field that holds ``column``."""
    common: dict[str, Any] = {"verbose_name": column.en, "null": column.nullable and not primary_key}
    if primary_key:
        common["primary_key"] = True
    match column.kind:
        case Kind.TEXT if column.max_length > 255:
            return models.TextField(**common)
        case Kind.TEXT:
            return models.CharField(max_length=column.max_length, **common)
        case Kind.INTEGER | Kind.MONEY:
            return models.BigIntegerField(**common)
        case Kind.RATE:
            return models.FloatField(**common)
        case Kind.DATE:
            return models.DateField(**common)
        case Kind.TIMESTAMP:
            return models.DateTimeField(**common)
        case Kind.BOOLEAN:
            return models.BooleanField(**common)
        case Kind.JSON:
            return models.JSONField(**common)
