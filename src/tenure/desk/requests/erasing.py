"""What an erasure takes and what the law keeps, and the erasure itself. Part of the services, which check who acts.

While the relationship lasts the bank's own files stay (the contract rests on them, PIPL 13); gone is what no law keeps
of what the desk collected. Once it has ended, the customer leaves the desk for good: published rows go at once, a keyed
hash of the number keeps later publications from bringing them back, and the lake loses each table when its period is
over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from tenure.contracts import LAKE
from tenure.contracts.codes import Name
from tenure.desk.control.files import file_of
from tenure.desk.control.models import Export
from tenure.desk.parties.models import Customer
from tenure.desk.requests import rules
from tenure.desk.requests.copying import forget
from tenure.desk.requests.holdings import HOLDINGS, Holding, published_about
from tenure.desk.requests.models import PersonRequest, Suppressed
from tenure.desk.requests.settings import settings_of


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one table: rows that go, rows that stay, until when, and the law that keeps them."""

    name: Name
    goes: int
    stays: int
    until: date | None
    why: Name
    #: Whether it stays without its person, because others' figures rest on it.
    anonymous: bool = False
    #: Of the lake: the night counts its rows.
    lake: bool = False

    @property
    def lasts(self) -> bool:
        """Whether it stays as long as the relationship, so that no day can be named."""
        return self.until == rules.WHILE_IT_LASTS


CONTRACT = Name("合同关系存续（《个人信息保护法》第十三条）", "the contract is in force (PIPL 13)")


def left_on(numbers: Iterable[str]) -> date | None:
    """When the relationship ended; None while any of the person's entries is in force."""
    days = list(Customer.rows().filter(party_id__in=list(numbers)).values_list("left_on", flat=True))
    return max(days) if days and all(days) else None


def plan(numbers: list[str], today: date) -> list[Line]:
    """What would go today and what would stay, table by table, those of the lake last."""
    kept, ended = settings_of(settings.HOME).retention, left_on(numbers)
    found: list[Line] = []
    for table in published_about().values():
        count = table.rows().filter(party_id__in=numbers).count()
        name = Name(table.contract.zh, table.contract.en)
        if ended is None:
            found.append(Line(name, 0, count, rules.WHILE_IT_LASTS, CONTRACT))
        else:
            found.append(Line(name, count, 0, None, Name("", "")))
    for holding in HOLDINGS:
        rule = kept[holding.kept]
        going, staying = _sorted_out(holding, numbers, rule, ended, today)
        until = max((day for _pk, day in staying if day is not None), default=None)
        found.append(
            Line(holding.name, len(going), len(staying), until, Name(rule.zh, rule.en), holding.blank is not None)
        )
    if ended is None:
        found.append(Line(Name("数据湖各表", "Tables of the lake"), 0, 0, rules.WHILE_IT_LASTS, CONTRACT, lake=True))
        return [line for line in found if line.goes or line.stays or line.lake]
    for name, of in rules.LAKE_TABLES.items():
        rule = kept[of]
        title = Name(f"{LAKE[name].zh}（数据湖）", f"{LAKE[name].en} (lake)")
        until = rules.kept_until(rule, today, ended)
        found.append(Line(title, 0, 0, until, Name(rule.zh, rule.en), lake=True))
    return [line for line in found if line.goes or line.stays or line.lake]


def name_of(table: str) -> Name:
    """What a table is called that an erasure wrote down (:func:`erase`); its own name where nobody has another."""
    if (published := published_about().get(table)) is not None:
        return Name(published.contract.zh, published.contract.en)
    return next((holding.name for holding in HOLDINGS if holding.label == table), Name(table, table))


def _sorted_out(
    holding: Holding, numbers: list[str], rule: rules.Retention, ended: date | None, today: date
) -> tuple[list[Any], list[tuple[Any, date | None]]]:
    """Keys of rows that go today; keys of those that stay with the day they may go."""
    columns = ["pk", holding.day] if holding.day else ["pk"]
    going, staying = [], []
    for pk, *at in holding.rows(numbers).values_list(*columns):
        until = rules.kept_until(rule, _day(at[0]) if at else None, ended)
        if until is None or until <= today:
            going.append(pk)
        else:
            staying.append((pk, until))
    return going, staying


def _day(at: Any) -> date | None:
    return timezone.localtime(at).date() if isinstance(at, datetime) else at


def erase(numbers: list[str], today: date, *, sparing: Any = None) -> list[list[Any]]:
    """Erase at the desk what may go today; what was done as ``[table, rows gone, rows that stay, until]``.

    Done twice it does nothing the second time. ``sparing`` is the request that asks for it: it stays as the proof.
    Runs in the caller's transaction.
    """
    kept, ended = settings_of(settings.HOME).retention, left_on(numbers)
    done: list[list[Any]] = []
    if ended is not None:
        for name, table in published_about().items():
            gone = 0
            for model in table.models.values():  # both slots: the one of yesterday is nobody's to read either
                gone += _gone(model._default_manager.filter(party_id__in=numbers))
            done.append([name, gone, 0, None])
    for holding in HOLDINGS:
        rule = kept[holding.kept]
        going, staying = _sorted_out(holding, numbers, rule, ended, today)
        if holding.blank is None:
            rows = holding.model._default_manager.filter(pk__in=going)
            take = import_string(holding.erased_by) if holding.erased_by else _gone
            gone = take(rows.exclude(pk=sparing) if holding.model is PersonRequest else rows)
        else:
            gone = _made_anonymous(holding, going)
        until = max((day for _pk, day in staying if day), default=None)
        if gone or staying:
            done.append([holding.label, gone, len(staying), until.isoformat() if until else None])
    own = PersonRequest.objects.filter(party_id__in=numbers)
    own.exclude(representative="").update(representative="—")
    own.update(words="")
    if ended is not None:
        for number in numbers:
            _suppress(number, today, ended)
    _forget_files(numbers)
    return done


def _gone(rows: Any) -> int:
    """Delete without asking what refers to them: the registry's order has seen to that."""
    count: int = rows.count()
    rows._raw_delete(rows.db)
    return count


def _made_anonymous(holding: Holding, going: list[Any]) -> int:
    changes = dict(holding.blank or {})
    fields = {one.name for one in holding.model._meta.get_fields()}
    rows = holding.model._default_manager.filter(pk__in=going)
    if "party_id" not in fields or "party_id" in changes:
        return int(rows.update(**changes))
    count = 0
    for number in set(rows.values_list("party_id", flat=True)):
        hidden = rules.pseudonym(number, settings.SECRET_KEY)
        count += rows.filter(party_id=number).update(**changes, party_id=hidden)
    return count


def _suppress(number: str, today: date, ended: date) -> None:
    kept = settings_of(settings.HOME).retention
    days = [rules.kept_until(kept[of], None, ended) if kept[of].after == "relation" else None
            for of in rules.LAKE_TABLES.values()]  # fmt: skip
    soonest = min((day if day is not None and day > today else today for day in days), default=today)
    Suppressed.objects.get_or_create(
        digest=rules.digest_of(number, settings.SECRET_KEY), defaults={"since": today, "lake_next": soonest}
    )


def _forget_files(numbers: list[str]) -> None:
    """Copies of the person's data, and every export that is still there: it lives a day, and nobody looks into it."""
    for request_id in PersonRequest.objects.filter(party_id__in=numbers, kind="copy").values_list("pk", flat=True):
        forget(request_id)
    ready = Export.objects.filter(state=Export.State.READY)
    for export in ready:
        file_of(export).unlink(missing_ok=True)
    ready.update(state=Export.State.EXPIRED)


def suppressed_among(numbers: Iterable[str]) -> set[str]:
    """Those of ``numbers`` who were erased; nothing is hashed where nobody was."""
    known = set(Suppressed.objects.values_list("digest", flat=True))
    if not known:
        return set()
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return {one for one in numbers if any(rules.digest_of(one, key) in known for key in keys)}


def carry_on(now: datetime) -> int:
    """Erase at the desk what has become due of people erased before; a night does it. How many rows went."""
    today, gone = timezone.localdate(now), 0
    for number in _erased_numbers():
        for holding in HOLDINGS:
            rule = settings_of(settings.HOME).retention[holding.kept]
            if holding.blank is None and rule.years:
                # The relationship ended before the erasure; rows that count from its end go by the lake's calendar.
                going, _staying = _sorted_out(holding, [number], rule, None, today)
                gone += _gone(holding.model._default_manager.filter(pk__in=going))
    return gone


def _erased_numbers() -> Iterator[str]:
    held: dict[str, None] = defaultdict(None)
    for holding in HOLDINGS:
        if holding.kept != "none" and "party_id" in holding.by:
            held.update(dict.fromkeys(holding.model._default_manager.values_list("party_id", flat=True).distinct()))
    yield from sorted(suppressed_among(held))
