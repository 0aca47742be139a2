"""Background jobs seen by people: what waits, what runs, what failed and why, and running it again.

The queue is ``django_tasks_db``'s table in the desk's own database: no broker. Tasks are idempotent (an export written
twice is written once), so that running one again is always safe.
"""
