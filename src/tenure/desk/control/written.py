"""Queries that are asked thousands of times in a minute, put together once.

To have the same statement made anew, its conditions resolved and its columns' types looked up, takes Django's layer
of models longer than the database takes to answer it (``docs/benchmarks.md``). Where customers answer and at every line
of the audit trail that is much of the work, so there a statement is written out and what is always the same is
remembered. Rows are model instances as ever, values are converted by their fields, and a UUID is asked for as the
database keeps it. Nothing is cached of what a statement *finds*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql import InsertQuery

Row = TypeVar("Row", bound=models.Model)
_NUMBER = models.UUIDField()
#: Fields whose values both databases take as they are, where they are of this very type.
_AS_IT_IS: dict[type[models.Field[Any, Any]], type] = {
    models.CharField: str,
    models.TextField: str,
    models.IntegerField: int,
    models.PositiveIntegerField: int,
    models.BigIntegerField: int,
    models.BooleanField: bool,
}
#: Fields of a statement: each, the attribute that holds its value, and of which type that is taken as it is.
_Columns = tuple[tuple[Any, str, type | None], ...]


def here() -> BaseDatabaseWrapper:
    """This thread's connection itself: behind ``django.db.connection`` every attribute is looked for twice."""
    return connections[DEFAULT_DB_ALIAS]


def execute(connection: BaseDatabaseWrapper, sql: str, values: Sequence[Any]) -> Any:
    """Run a statement with ``%s`` for its values, and return the cursor.

    Where nobody listens, SQLite's driver is asked itself: Django's cursor writes the statement anew each time and is
    wrapped twice, which is an eighth of the work of an answer (``docs/benchmarks.md``).

    Raises:
        DatabaseError: Django's, whichever way.
    """
    if connection.vendor != "sqlite" or connection.execute_wrappers or connection.queries_logged:
        cursor: Any = connection.cursor()
        cursor.execute(sql, values)
        return cursor
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        return connection.connection.execute(_marked(sql), values)


@lru_cache(maxsize=256)
def _marked(sql: str) -> str:
    """``sql`` as SQLite's driver takes it. No statement here has a percent sign of its own."""
    return sql.replace("%s", "?")


class Written(Generic[Row]):
    """A query for rows of one model, told by its SQL. Columns that the model does not have become attributes.

    Columns of the model that are not asked for are read when somebody asks for them, as ``only()`` has it.
    """

    def __init__(self, model: type[Row], sql: str) -> None:
        self.model, self.sql = model, sql
        self._shapes: dict[str, _Shape] = {}  # by database: a test run has two

    def first(self, parameters: Sequence[Any], *, then: str = "") -> Row | None:
        """The first row, or None; ``then`` is added to the query, such as ``FOR UPDATE``."""
        connection = here()
        cursor = execute(connection, self.sql + then, [_stored(one, connection) for one in parameters])
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
        one = self.model.from_db(DEFAULT_DB_ALIAS, self.names, values)
        for name, place in self.beside:
            setattr(one, name, found[place])
        return one


def _converters(field: Any) -> Iterator[Callable[[Any], Any]]:
    connection, column = here(), field.get_col(field.model._meta.db_table)
    for convert in [*connection.ops.get_db_converters(column), *field.get_db_converters(connection)]:
        yield lambda value, convert=convert: convert(value, column, here())


def _stored(value: Any, connection: BaseDatabaseWrapper) -> Any:
    """A parameter as the database at hand keeps it: a UUID is text in SQLite."""
    return _NUMBER.get_db_prep_value(value, connection) if isinstance(value, UUID) else value


def insert(one: models.Model) -> None:
    """Write a new row, as ``save(force_insert=True)`` does; a key that the database counts is read back.

    Raises:
        IntegrityError: a constraint refuses it.
    """
    connection = here()
    sql, fields, counted = _insertion(type(one), connection.vendor)
    values = _kept(one, fields, connection, add=True)
    cursor = execute(connection, sql, values)
    if counted:
        one.pk = cursor.fetchone()[0]
    one._state.adding, one._state.db = False, connection.alias


def update(one: models.Model, *names: str, seen: Mapping[str, Any] | None = None) -> bool:
    """Write these fields of a row that is there, as ``save(update_fields=names)`` does.

    Args:
        seen: write only where the row still has these values, by field; most were read before the transaction.

    Returns:
        Whether it was written; always, where nothing had to be as it was seen.

    Raises:
        DatabaseError: the row is gone, and nothing was said of what was seen.
    """
    connection = here()
    sql, fields, conditions = _change(type(one), names, tuple(seen or ()), connection.vendor)
    values = _kept(one, fields, connection, add=False)
    values += [field.get_db_prep_save((seen or {})[field.name], connection) for field in conditions]
    changed: bool = execute(connection, sql, values).rowcount == 1
    if not changed and seen is None:
        raise DatabaseError(f"{one._meta.label} {one.pk} is gone.")
    return changed


def _kept(one: models.Model, fields: _Columns, connection: BaseDatabaseWrapper, *, add: bool) -> list[Any]:
    """The fields' values as the database keeps them; half need no conversion, and to ask each takes its time."""
    values = []
    for field, name, exact in fields:
        value = getattr(one, name) if exact is not None else None
        if exact is None or (value is not None and type(value) is not exact):
            value = field.get_db_prep_save(field.pre_save(one, add), connection)
        values.append(value)
    return values


def _columns(fields: Iterable[Any]) -> _Columns:
    return tuple((field, field.attname, _AS_IT_IS.get(type(field))) for field in fields)


@lru_cache(maxsize=64)
def _insertion(model: type[models.Model], vendor: str) -> tuple[str, _Columns, bool]:
    """The statement, the fields it takes, and whether the key is read back. ``vendor``: as it is written there."""
    connection = here()
    counted = isinstance(model._meta.pk, models.AutoField)
    fields = tuple(f for f in model._meta.concrete_fields if not (counted and f.primary_key))
    query = InsertQuery(model)
    query.insert_values(fields, [model()])
    [(sql, _values)] = query.get_compiler(connection=connection).as_sql()
    if counted:
        sql += f" RETURNING {connection.ops.quote_name(model._meta.pk.column)}"
    return sql, _columns(fields), counted


@lru_cache(maxsize=64)
def _change(
    model: type[models.Model], names: tuple[str, ...], seen: tuple[str, ...], vendor: str
) -> tuple[str, _Columns, tuple[Any, ...]]:
    """The statement, the fields it takes with the key, and those that must be as they were seen."""
    quote = here().ops.quote_name
    fields = tuple(model._meta.get_field(name) for name in names)
    conditions = tuple(model._meta.get_field(name) for name in seen)
    columns = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    key = model._meta.pk
    where = " AND ".join(f"{quote(field.column)} = %s" for field in (key, *conditions))
    return f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE {where}", _columns((*fields, key)), conditions
