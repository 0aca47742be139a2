"""SQL that was written once is not written again for the same expression over other files.

To turn a large expression into SQL takes Ibis longer than DuckDB takes to answer it for a small bank, and a night asks
the same of month after month: only the names of the files' views differ. Expressions of one shape (the same operations
on columns of the same types, with the same constants) have the same SQL but for those names.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

#: Shapes remembered; the longest SQL has some hundred thousand characters.
MOST = 400
#: SQL by shape, in pieces between which the names of tables go, and which name goes where.
_written: OrderedDict[Any, tuple[list[str], list[int]]] = OrderedDict()


def once(compile_: Callable[..., str]) -> Callable[..., str]:
    """``compile_``, an Ibis backend's own, asked only for shapes it was not asked for before."""

    def compiled(expr: ir.Expr, /, *, limit: Any = None, params: Any = None, pretty: bool = False) -> str:
        if params or pretty:
            return compile_(expr, limit=limit, params=params, pretty=pretty)
        told, names = shape(expr.op())
        key = (type(expr), told, limit, ibis.options.sql.fuse_selects)
        if key in _written:
            _written.move_to_end(key)
            pieces, places = _written[key]
            named = (f'"{names[place]}"{rest}' for place, rest in zip(places, pieces[1:], strict=True))
            return pieces[0] + "".join(named)
        sql = compile_(expr, limit=limit)
        columns = {column for table in expr.op().find(ops.PhysicalTable) for column in table.schema}
        if names and columns.isdisjoint(names):  # else a column's name would be taken for a table's
            known = {f'"{name}"': place for place, name in enumerate(names)}  # whole, and no part of a column's name
            found = re.split("(" + "|".join(map(re.escape, known)) + ")", sql)
            _written[key] = found[::2], [known[name] for name in found[1::2]]
            if len(_written) > MOST:
                _written.popitem(last=False)
        return sql

    return compiled


def shape(root: ops.Node) -> tuple[tuple[Any, ...], list[str]]:
    """What an expression asks, whatever the tables are called that it asks of; and these tables' names."""
    places: dict[ops.Node, _Place] = {}
    names: dict[str, int] = {}
    twins: dict[int, int] = {}
    told = []

    def part(value: Any) -> Any:
        if isinstance(value, ops.Node):
            return places[value]
        if isinstance(value, (tuple, list)):
            return tuple(part(each) for each in value)
        if isinstance(value, dict):
            return tuple((part(name), part(each)) for name, each in value.items())
        return type(value), value  # what is equal need not be the same: 1, 1.0 and True

    waiting = [root]
    while waiting:
        node = waiting[-1]
        if node in places:
            waiting.pop()
            continue
        missing = [child for child in node.__children__ if child not in places]
        if missing:
            waiting += reversed(missing)
            continue
        waiting.pop()
        given: tuple[Any, ...]
        if isinstance(node, ops.PhysicalTable):
            given = names.setdefault(node.name, len(names)), node.schema, getattr(node, "namespace", None)
        elif isinstance(node, ops.SelfReference):  # told apart by a number that counts up
            given = places[node.parent], twins.setdefault(node.identifier, len(twins))
        elif isinstance(node, ops.Literal):
            given = repr(node.value), node.dtype
        else:
            given = tuple(part(value) for value in node.__args__)
        told.append((type(node), *given))
        places[node] = _Place(len(places))
    return tuple(told), list(names)


class _Place(int):
    """Where in the order of parts one stands; no number of the expression's own is of this kind."""

    def __eq__(self, other: object) -> bool:
        return type(other) is _Place and int(self) == int(other)

    __hash__ = int.__hash__
