"""Published tables (being written)."""

from tenure.contracts.columns import Table

PUBLISHED: dict[str, Table] = {}
PUBLISHED_TABLES: tuple[str, ...] = ()
