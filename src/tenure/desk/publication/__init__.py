"""Publication: how a night's tables reach the desk, whole or not at all.

Every published table exists twice, as slots A and B. Readers are pinned to one slot for the length of a
request; a publication loads the other and then moves one row (``Publication.state``), which is the swap.
"""
