"""Questions about many keys at once."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import CharField, Lookup


@CharField.register_lookup
class Among(Lookup[Any]):
    """``party_id__among=ids``: as ``__in``, but however many they are it is one parameter.

    A list of two thousand placeholders is written, parsed and sent anew each time, which takes longer than the answer;
    and some databases take no more than a thousand.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """On SQLite: a table made of the keys."""
        column, given = self.process_lhs(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", [*given, json.dumps(list(self.rhs))]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """On PostgreSQL: an array, by which an index is read as by ``IN``."""
        column, given = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*given, list(self.rhs)]
