"""What API operations take and give, made from the contracts so that a field has one definition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, TypeVar

from ninja import Schema
from pydantic import Field, create_model

from tenure.contracts import Column, DataClass, Kind, Table

_KINDS: dict[Kind, Any] = {
    Kind.TEXT: str,
    Kind.INTEGER: int,
    Kind.MONEY: int,
    Kind.RATE: float,
    Kind.DATE: dt.date,
    Kind.TIMESTAMP: dt.datetime,
    Kind.BOOLEAN: bool,
    Kind.JSON: Any,
}

Document = TypeVar("Document", bound=Schema)


class Problem(Schema):
    """What went wrong, after RFC 9457 (``application/problem+json``)."""

    type: str = Field("about:blank", description="a page that explains this kind of problem")
    title: str = Field(description="the kind of problem in a few words")
    status: int = Field(description="the HTTP status")
    detail: str = Field("", description="what happened here, and what to do about it")
    instance: str = Field("", description="the request's id, as in the log and the audit trail")
    errors: list[dict[str, Any]] = Field([], description="for 422: where in the request, and what was expected there")


#: What every operation may answer besides its own.
REFUSALS: dict[Any, type[Schema]] = {frozenset({401, 403, 404, 422}): Problem}
#: What an operation that changes something may answer besides its own.
WRITE_REFUSALS: dict[Any, type[Schema]] = {frozenset({401, 403, 404, 409, 422}): Problem}


def document(name: str, table: Table, *, only: Iterable[str] = (), without: Iterable[str] = ()) -> type[Schema]:
    """A schema called ``name`` of a published table's columns, all of them or ``only`` some.

    Money is whole minor units of the row's currency. A column that may be masked may be text whatever its kind.
    """
    wanted, left_out = set(only) or set(table.names), set(without)
    fields: dict[str, Any] = {}
    for column in table:
        if column.name in wanted - left_out:
            fields[column.name] = (_type_of(column), Field(None if column.nullable else ..., description=_told(column)))
    made: type[Schema] = create_model(name, __base__=Schema, __doc__=table.en, **fields)
    return made


def _type_of(column: Column) -> Any:
    kind = _KINDS[column.kind]
    if column.data_class is not DataClass.C1 and column.kind is Kind.DATE:
        kind = dt.date | str
    return kind | None if column.nullable and kind is not Any else kind


def _told(column: Column) -> str:
    parts = [column.en]
    if column.kind is Kind.MONEY:
        parts.append("whole minor units of the row's currency")
    elif column.unit:
        parts.append(f"in {column.unit}" if " " not in column.unit else column.unit)
    if column.allowed:
        parts.append(f"one of {', '.join(column.allowed)}")
    if column.formula_en:
        parts.append(f"= {column.formula_en}")
    if column.mask is not None:
        parts.append("masked unless the caller sees it in the clear")
    return "; ".join(parts)


def codes_in_words(names: Iterable[str]) -> str:
    """What an operation's document says of a field that takes one of these codes."""
    return f"one of {', '.join(names)}"
