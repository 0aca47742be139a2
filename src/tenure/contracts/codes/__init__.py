"""Allowed values, with their names in both languages; one place, so that files, screens and docs agree.

Divided by subject; every list is known here by its name alone.
"""

from tenure.contracts.codes.bank import *  # noqa: F403
from tenure.contracts.codes.business import *  # noqa: F403
from tenure.contracts.codes.cases import *  # noqa: F403
from tenure.contracts.codes.causes import *  # noqa: F403
from tenure.contracts.codes.companies import *  # noqa: F403
from tenure.contracts.codes.known import *  # noqa: F403
from tenure.contracts.codes.leaving import *  # noqa: F403
from tenure.contracts.codes.name import Name as Name
from tenure.contracts.codes.panels import *  # noqa: F403
from tenure.contracts.codes.requests import *  # noqa: F403
from tenure.contracts.codes.solutions import *  # noqa: F403
from tenure.contracts.codes.voice import *  # noqa: F403
