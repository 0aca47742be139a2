"""How a line of the log is written: never with a customer's value in it.

What goes wrong is told by where (the frames) and by what kind (the exception's class). An exception's own words are
left out: a database quotes the row it refused, a conversion the text it could not read. Addresses are told by their
pattern and never with what was asked for (``?q=…`` is a name or a phone). The request's id leads from the line to the
audit trail, which says whom it was about.
"""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType
from typing import Any

from tenure.desk.control.origin import origin

#: What may stand for a person wherever it stands: what follows a question mark in an address, an e-mail address, and
#: runs of digits as long as a phone, a card or a certificate (its last place may be an X).
_TELLING = (
    (re.compile(r"\?[^\s\"'>]+"), "?…"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "…@…"),
    (re.compile(r"(?<![\w-])\d{11,}[Xx]?(?![\w-])"), "…"),
)
_CHAINED = "The above exception led to this one:"


class Discreet(logging.Formatter):
    """The one formatter of the desk's logs; see the module."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """One line and, after it, the frames of what went wrong."""
        told = logging.makeLogRecord(record.__dict__)
        told.exc_text, told.stack_info = None, None  # another handler may have written it in full
        told.msg, told.args = discreet(record.getMessage(), getattr(record, "request", None)), ()
        told.request_id = origin().request_id or "-"
        return super().format(told)

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Frames and classes, without the exceptions' words."""
        return _frames(ei[1], ei[2], set())


def discreet(message: str, request: Any = None) -> str:
    """``message`` without what may stand for a person; the path of ``request`` becomes its pattern."""
    path = getattr(request, "path", "")
    if path:
        message = message.replace(path, pattern_of(request))
    for telling, instead in _TELLING:
        message = telling.sub(instead, message)
    return message


def pattern_of(request: Any) -> str:
    """Where a request went, by the address's pattern: ``/customers/<str:party_id>/``."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match is not None else "(an address there is not)"


def _frames(wrong: BaseException | None, frames: TracebackType | None, seen: set[int]) -> str:
    if wrong is None or id(wrong) in seen:
        return ""
    seen.add(id(wrong))
    before = wrong.__cause__ or (None if wrong.__suppress_context__ else wrong.__context__)
    told = _frames(before, before.__traceback__, seen) if before is not None else ""
    lines = "".join(traceback.StackSummary.extract(traceback.walk_tb(frames), capture_locals=False).format())
    own = f"{lines}{type(wrong).__module__}.{type(wrong).__qualname__}"
    return f"{told}\n{_CHAINED}\n{own}" if told else own
