"""Queries that are asked thousands of times in a minute, put together once.

To have the same statement made anew, its conditions resolved and its columns' types looked up, takes Django's layer
of models longer than the database takes to answer it (``docs/benchmarks.md``). Where customers answer and at every line
of the audit trail that is much of the work, so there a statement is written out and what is always the same is
remembered. Rows are model instances as ever, values are converted by their fields, and a UUID is asked for as the
database keeps it. Nothing is cached of what a statement *finds*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DatabaseError, connection, models
from django.db.models.sql import InsertQuery

Row = TypeVar("Row", bound=models.Model)
_NUMBER = models.UUIDField()


class Written(Generic[Row]):
    """A query for rows of one model, told by its SQL. Columns that the model does not have become attributes.

    Columns of the model that are not asked for are read when somebody asks for them, as ``only()`` has it.
    """

    def __init__(self, model: type[Row], sql: str) -> None:
        self.model, self.sql = model, sql
        self._shapes: dict[str, _Shape] = {}  # by database: a test run has two

    def first(self, parameters: Sequence[Any], *, then: str = "") -> Row | None:
        """The first row, or None; ``then`` is added to the query, such as ``FOR UPDATE``."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql + then, [stored(one) for one in parameters])
            found = cursor.fetchone()
            if found is None:
                return None
            shape = self._shapes.get(connection.vendor)
            if shape is None:
                shape = self._shapes[connection.vendor] = _Shape(self.model, [told[0] for told in cursor.description])
        return shape.row(found)


class _Shape:
    """How a query's columns become an instance: which stand where in the model, and how each is converted."""

    def __init__(self, model: type[models.Model], columns: Sequence[str]) -> None:
        fields = {field.column: field for field in model._meta.concrete_fields}
        at = {name: place for place, name in enumerate(columns)}
        own = [field for field in model._meta.concrete_fields if field.column in at]  # from_db takes the model's order
        self.model, self.names = model, [field.attname for field in own]
        self.places = [(at[field.column], tuple(_converters(field))) for field in own]
        self.beside = [(name, place) for name, place in at.items() if name not in fields]

    def row(self, found: Sequence[Any]) -> Any:
        values = []
        for place, converters in self.places:
            value = found[place]
            for convert in converters:
                value = convert(value)
            values.append(value)
        one = self.model.from_db(connection.alias, self.names, values)
        for name, place in self.beside:
            setattr(one, name, found[place])
        return one


def _converters(field: Any) -> Iterator[Callable[[Any], Any]]:
    column = field.get_col(field.model._meta.db_table)
    for convert in [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]:
        yield lambda value, convert=convert: convert(value, column, connection)


def stored(value: Any) -> Any:
    """A parameter as the database at hand keeps it: a UUID is text in SQLite."""
    return _NUMBER.get_db_prep_value(value, connection) if isinstance(value, UUID) else value


def insert(one: models.Model) -> None:
    """Write a new row, as ``save(force_insert=True)`` does; a key that the database counts is read back.

    Raises:
        IntegrityError: a constraint refuses it.
    """
    sql, fields, counted = _insertion(type(one), connection.vendor)
    values = [field.get_db_prep_save(field.pre_save(one, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        if counted:
            one.pk = cursor.fetchone()[0]
    one._state.adding, one._state.db = False, connection.alias


def update(one: models.Model, *names: str) -> None:
    """Write these fields of a row that is there, as ``save(update_fields=names)`` does.

    Raises:
        DatabaseError: the row is gone.
    """
    sql, fields = _change(type(one), names, connection.vendor)
    values = [field.get_db_prep_save(field.pre_save(one, False), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        if cursor.rowcount != 1:
            raise DatabaseError(f"{one._meta.label} {one.pk} is gone.")


@lru_cache(maxsize=64)
def _insertion(model: type[models.Model], vendor: str) -> tuple[str, tuple[Any, ...], bool]:
    """The statement, the fields it takes, and whether the key is read back. ``vendor``: as it is written there."""
    counted = isinstance(model._meta.pk, models.AutoField)
    fields = tuple(f for f in model._meta.concrete_fields if not (counted and f.primary_key))
    query = InsertQuery(model)
    query.insert_values(fields, [model()])
    [(sql, _values)] = query.get_compiler(connection=connection).as_sql()
    if counted:
        sql += f" RETURNING {connection.ops.quote_name(model._meta.pk.column)}"
    return sql, fields, counted


@lru_cache(maxsize=64)
def _change(model: type[models.Model], names: tuple[str, ...], vendor: str) -> tuple[str, tuple[Any, ...]]:
    quote = connection.ops.quote_name
    fields = tuple(model._meta.get_field(name) for name in names)
    columns = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    key = model._meta.pk
    sql = f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE {quote(key.column)} = %s"
    return sql, (*fields, key)
