"""What the analytics found, as published."""

from __future__ import annotations

from tenure.contracts.findings import FINDING, LOST, NEED, OUTLOOK
from tenure.desk.publication.slots import slots

Finding = slots(FINDING, __name__)
Outlook = slots(OUTLOOK, __name__)
Need = slots(NEED, __name__)
Lost = slots(LOST, __name__)
