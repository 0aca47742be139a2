"""Values of classes C2 and C3 that nobody could mistake, put wherever the desk keeps such values.

``plant`` gives the customer ``party_id`` a distinctive value in every published column of those classes and, through
the desk's own services, in every field in which people write freely. Each is known by who may see it in the clear.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.contracts import PUBLISHED, Column, DataClass, Kind
from tenure.desk.care import services as care
from tenure.desk.control.models import Change
from tenure.desk.corporate.models import DemandNote, Purchase, TrustCheck, Visit
from tenure.desk.knowledge import services as knowledge
from tenure.desk.network.models import Introduction, Upkeep
from tenure.desk.offers.models import Item, Solution
from tenure.desk.opportunities import services as opportunities
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer
from tenure.desk.publication.slots import TABLES
from tenure.desk.requests import services as requests
from tenure.desk.signals import services as signals
from tenure.desk.voice.cases import services as cases
from tenure.desk.voice.causes.models import ThemeCorrection
from tenure.desk.voice.complaints import giving_services as giving
from tenure.desk.voice.complaints import services as complaints
from tenure.desk.voice.leaving.models import Interview, WinBack
from tenure.desk.voice.panels.models import Feedback, Panel
from tenure.desk.work import services as work

#: Free text of the desk's own, class C2: seen in the clear like the words of the time line.
WORDS = PUBLISHED["timeline"]["words"]
#: Where people write freely about a customer, and by which planted value it is walked; a test compares with the models.
FREE_TEXT = {
    "work.Contact.words": "contact",
    "knowledge.Fact.words": "fact",
    "signals.Signal.words": "signal",
    "signals.Signal.closing_words": "closing",
    "opportunities.Opportunity.title": "title",
    "opportunities.Opportunity.next_step": "step",
    "opportunities.Step.words": "moved",
    "opportunities.Step.next_step": "step",
    "care.Statement.advice": "advice",
    "requests.PersonRequest.words": "request",
    "requests.PersonRequest.representative": "representative",
    "requests.PersonRequest.answer": "answer",
    "requests.Correction.should_be": "should_be",
    "requests.Correction.stood": "phone",
    "requests.Correction.evidence": "evidence",
    "network.Introduction.about": "about",
    "network.Introduction.given_name": "named",
    "network.Introduction.words": "introduction",
    "network.Upkeep.person": "person",
    "network.Upkeep.purpose": "purpose",
    "offers.Solution.advice": "solution",
    "offers.Solution.words": "settled",
    "offers.Item.words": "item",
    "corporate.DemandNote.words": "demand",
    "corporate.Purchase.about": "purchase",
    "corporate.Purchase.decision": "decision",
    "corporate.PurchaseStep.words": "moved on",
    "corporate.PurchaseStep.decision": "decision",
    "corporate.BuyingRole.words": "role",
    "corporate.Criterion.words": "criterion",
    "corporate.Visit.aim": "aim",
    "corporate.Visit.meets": "meets",
    "corporate.Visit.questions": "questions",
    "corporate.Visit.bring": "bring",
    "corporate.Visit.learned": "learned",
    "corporate.Visit.next_step": "after",
    "corporate.Promise.words": "promise",
    "corporate.NegotiationSheet.aims": "aims",
    "corporate.NegotiationSheet.limits": "limits",
    "corporate.NegotiationSheet.their_alternatives": "theirs",
    "corporate.NegotiationSheet.our_alternatives": "ours",
    "corporate.TrustCheck.words": "trust",
    "voice_causes.ThemeCorrection.words": "moved words",
    "voice_complaints.Complaint.words": "complained",
    "voice_complaints.Complaint.wish": "wished",
    "voice_complaints.Complaint.person": "themselves",
    "voice_complaints.Complaint.reach": "reached at",
    "voice_complaints.Arrival.words": "complained",
    "voice_complaints.Arrival.wish": "wished",
    "voice_complaints.Concession.reason": "conceded",
    "voice_complaints.Letter.text": "written",
    "voice_cases.Case.words": "unhappy",
    "voice_cases.Case.offer": "offered",
    "voice_cases.Case.action": "repaired",
    "voice_cases.CaseStep.words": "listened",
    "voice_cases.CasePause.words": "paused",
    "voice_panels.Feedback.words": "tested",
    "voice_leaving.Interview.words": "leaving",
    "voice_leaving.Interview.to_bank": "other bank",
    "voice_leaving.Interview.back_words": "coming back",
    "voice_leaving.WinBack.words": "won back",
}
#: Text that is no customer's, and why.
NOT_A_CUSTOMERS = {
    "org": "staff", "control": "the trail and approvals: reasons of staff, shown to those who check",
    "kit": "a user's own filters", "publication": "counts", "opportunities.Agreement.words": "staff about credit",
    "opportunities.Answer.words": "staff about credit", "signals.RuleSet.reason": "staff about rules",
    "care.Event.title": "an occasion", "care.Event.words": "an occasion", "care.Event.place": "an occasion",
    "care.CareAct.reason": "why staff left a care out; shown nowhere", "parties.NotSame.reason": "shown nowhere",
    "parties.Merge.undone_because": "staff; shown to checkers",
    "knowledge.Answers.overrule_reason": "staff about a rating; shown with it", "parties.StandIn.cause": "a code",
    "signals.Signal.settled_with": "the key of an entry",
    "work.Contact.purpose": "a code", "parties.Assignment.reason": "staff about who looks after whom",
    "team": "staff about hand-overs", "offers.Bundle.name_zh": "what the bank offers",
    "offers.Bundle.name_en": "what the bank offers", "offers.Bundle.reason": "staff about bundles",
    "offers.Bundle.withdrawn_because": "staff about bundles",
    "voice_surveys.SurveyVersion.reason": "staff about surveys", "voice_sending.Message.key": "an id",
    "voice_causes.Improvement.title": "the bank about itself", "voice_causes.Improvement.aim": "the bank about itself",
    "voice_causes.Improvement.ended_words": "the bank about itself", "voice_causes.ImprovementTheme.label": "a theme",
    "voice_causes.ImprovementAction.words": "the bank about itself",
    "voice_causes.ImprovementStep.words": "the bank about itself",
    "voice_panels.Panel.title": "the bank to its customers", "voice_panels.Panel.title_en": "the bank to its customers",
    "voice_panels.Panel.purpose": "the bank to its customers",
    "voice_panels.Panel.purpose_en": "the bank to its customers",
    "voice_panels.Panel.ended_words": "the bank about itself",
    "voice_panels.Session.place": "the bank to its customers",
    "voice_panels.Outcome.words": "the bank to its customers",
    "voice_complaints.Letter.subject": "a number",
    "voice_complaints.Complaint.settled_words": "about somebody nobody knows: no customer sees it",
    "voice_surveys.Response.words": "surveys show counts alone; whoever closes the loop masks words",
}  # fmt: skip


@dataclass(frozen=True)
class Token:
    """A planted value, whose it is and the column that decides who sees it in the clear."""

    text: str
    party_id: str
    column: Column
    where: str


@dataclass
class Planted:
    """Everything planted, and the rows to look at."""

    tokens: list[Token] = field(default_factory=list)
    #: Samples for addresses beyond the usual ones: kind of argument → its values.
    rows: dict[str, list[str]] = field(default_factory=dict)


def _value(column: Column, n: int) -> Any:
    """A value of the column's shape that stands nowhere else."""
    named = {
        "name": f"蘧晔{'甲乙丙丁'[n]}", "name_key": f"quye{n}unique", "certificate_no": f"33010619{77 + n}0203987{n}",
        "phone": f"1997531864{n}",
        "email": f"quye.planted{n}@nowhere.example", "address": f"穆家弄{n}79号溪畔里3幢1909室",
        "employer_name": f"砚池{n}号书社", "phone_tail": f"864{n}",
    }  # fmt: skip
    if column.kind is Kind.DATE:
        return dt.date(1937 + n, 11, 23)
    return named.get(column.name, f"私语{n}{column.name}不外传")


def plant(bank: SmallBank, now: dt.datetime) -> Planted:
    """Plant everything for the owner's customer and, published values alone, for one of another branch."""
    found = Planted()
    for n, party_id in enumerate((bank.party_id, bank.far_party_id)):
        for name, table in TABLES.items():
            if "party_id" in table.contract:
                _published(found, name, party_id, n)
    _written(found, bank, now)
    return found


def _published(found: Planted, name: str, party_id: str, n: int) -> None:
    table = TABLES[name]
    rows = table.models["a"]._default_manager.filter(party_id=party_id)
    for column in table.contract:
        if column.data_class is DataClass.C1 or column.kind not in (Kind.TEXT, Kind.DATE):
            continue
        if name == "holding" and column.name == "account_id":
            numbers = [f"6217009{n}88{m:02d}424{m:02d}7" for m in range(rows.count())]
            for old, fresh in zip(rows.values_list("account_id", flat=True), numbers, strict=True):
                rows.filter(account_id=old).update(account_id=fresh)
            found.tokens += [Token(one, party_id, column, "holding.account_id") for one in numbers]
            continue
        value = _value(column, n)
        changed = rows if name != "timeline" else rows.exclude(words=None)
        changed.update(**{column.name: value})
        if column.name == "phone_tail":
            continue  # four digits, which the mask of the phone leaves standing
        if isinstance(value, dt.date):
            shown = [value.isoformat(), f"{value.year}年{value.month}月{value.day}日", f"{value.day} Nov {value.year}"]
        else:
            shown = [str(value)]
        found.tokens += [Token(one, party_id, column, f"{name}.{column.name}") for one in shown]


def _written(found: Planted, bank: SmallBank, now: dt.datetime) -> None:
    """Free text, through the services, in the owner's customer."""
    party, owner, head = bank.party_id, bank.owner, bank.user("branch_head")
    soon = timezone.localdate(now) + dt.timedelta(days=2)

    def word(name: str) -> str:
        text = f"只此一处{name}的话"
        found.tokens.append(Token(text, party, WORDS, name))
        return text

    contact = work.log_contact(owner, party, "call", "done", word("contact"), now=now)
    fact = knowledge.add_fact(owner, party, "taste", word("fact"), now=now)
    signal = signals.add_signal(owner, party, ["asks_rates"], word("signal"), now=now)
    closed = signals.add_signal(owner, party, ["asks_rates"], "short", "closed-one", now=now)
    signals.close(owner, closed.pk, "contacted", word("closing"), now=now)
    opportunity = opportunities.open_opportunity(
        owner, party, "deposit", word("title"), 50_000_000, word("step"), soon, now=now
    )
    opportunities.move(owner, opportunity.pk, "contacted", version=opportunity.version, words=word("moved"), now=now)
    statement = care.issue_statement(owner, party, "quarter", "zh-hans", word("advice") * 2, uuid4(), now=now)
    case = _case(bank, word, now)
    lost = _lost(bank, word, now)
    tested = _tested(bank, word, now)
    ThemeCorrection.objects.create(
        kind="text", theme="app", moved_from="waiting", words=word("moved words"), source="survey", number="planted",
        party_id=party, made_by=head, made_at=now,
    )  # fmt: skip
    asked = _asked(found, bank, head, word, now)
    _around(bank, word, now)
    found.rows = {
        "uuid:contact_id": [str(contact.pk)],
        "uuid:fact_id": [str(fact.pk)],
        "uuid:signal_id": [str(signal.pk), str(closed.pk)],
        "uuid:opportunity_id": [str(opportunity.pk)],
        "uuid:case_id": case,
        "uuid:interview_id": [lost],
        "uuid:panel_id": [tested],
        "uuid:win_back_id": [str(pk) for pk in WinBack.objects.values_list("pk", flat=True)],
        **_complaint(bank, word, now),
        "uuid:number": [str(statement.pk), *asked],
        "uuid:change_id": [str(pk) for pk in Change.objects.values_list("pk", flat=True)],
    }


def _case(bank: SmallBank, word: Any, now: dt.datetime) -> list[str]:
    """A case that was heard, paused and closed, and one that is open."""
    owner = bank.owner
    case = cases.open_case(owner, bank.party_id, "hand", "planted", word("unhappy"), now=now)
    cases.acknowledge(owner, case.pk, "call", "done", version=1, now=now)
    cases.listen(owner, case.pk, word("listened"), version=2, now=now)
    cases.pause(owner, case.pk, "papers", word("paused"), version=3, now=now)
    cases.name_cause(owner, case.pk, "waiting", version=4, now=now)
    cases.offer(owner, case.pk, word("offered"), version=5, now=now)
    cases.close(owner, case.pk, "not_agreed", word("repaired"), version=6, now=now)
    still = cases.open_case(owner, bank.party_id, "hand", "planted again", "again", now=now)
    return [str(case.pk), str(still.pk)]


def _lost(bank: SmallBank, word: Any, now: dt.datetime) -> str:
    """An exit interview that was told, and what was said when the customer was won back."""
    owner = bank.owner
    path = Customer.rows().get(party_id=bank.party_id).org_path
    by = {"changed_by": owner, "changed_at": now}
    one = Interview.objects.create(
        party_id=bank.party_id, month="2026-05", org_path=path, definition="closed", data_cause="fading",
        owner=owner.staff_id, state="done", result="told", cause="fading", words=word("leaving"), may_call=True,
        to_bank=word("other bank"), back_words=word("coming back"), decision="treated", opened_at=now, ended_at=now,
        due_on=timezone.localdate(now), **by,
    )  # fmt: skip
    WinBack.objects.create(
        interview=one, party_id=bank.party_id, org_path=path, arm="treated", held_out_percent=30, cause="fading",
        value=1, owner=owner.staff_id, state="open", words=word("won back"), drawn_at=now, **by,
    )  # fmt: skip
    return str(one.pk)


def _tested(bank: SmallBank, word: Any, now: dt.datetime) -> str:
    """A panel in which the customer took part and said something."""
    owner, today = bank.owner, timezone.localdate(now)
    path = Customer.rows().get(party_id=bank.party_id).org_path
    by = {"changed_by": owner, "changed_at": now}
    one = Panel.objects.create(
        key="planted", title="Renewal", purpose="See what is in the way", owner="E2001", org_path="/", wanted=1,
        starts_on=today, ends_on=today, state="open", drawn_at=now, eligible=1, listed=1, rounds=1, made_by=owner,
        made_at=now, **by,
    )  # fmt: skip
    member = one.members.create(
        party_id=bank.party_id, org_path=path, place=1, channel="sms", listed_at=now, round=1, state="accepted",
        invited_at=now, expires_at=now, answered_at=now, **by,
    )  # fmt: skip
    session = one.sessions.create(at=now, way="branch", place="2nd floor", made_by=owner, made_at=now)
    here = session.attendances.create(member=member, state="attended", noted_by=owner, noted_at=now)
    Feedback.objects.create(
        attendance=here, member=member, rating=2, words=word("tested"), source="staff", given_by=owner, given_at=now,
        changed_at=now,
    )  # fmt: skip
    return str(one.pk)


def _complaint(bank: SmallBank, word: Any, now: dt.datetime) -> dict[str, list[str]]:
    """A complaint with a concession and a letter."""
    handler = bank.user("complaint_handler")
    arrival = complaints.take_in(
        handler, "A01", now, word("complained"), party_id=bank.party_id, person=word("themselves"),
        reach=word("reached at"), wish=word("wished"), now=now,
    )  # fmt: skip
    one = arrival.complaint
    giving.grant(handler, one.pk, "points", 1_000, word("conceded"), "planted", now=now)
    letter = giving.write_letter(handler, one.pk, "decided", "en", word("written"), "", "planted", now=now)
    return {
        "uuid:complaint_id": [str(one.pk)],
        "uuid:arrival_id": [str(arrival.pk)],
        "uuid:letter_id": [str(letter.pk)],
    }


def _around(bank: SmallBank, word: Any, now: dt.datetime) -> None:
    """Introductions, upkeep, a solution and what a company is buying; rows of their own, as the services leave them."""
    party, owner, today = bank.party_id, bank.owner, timezone.localdate(now)
    path = Customer.rows().get(party_id=party).org_path
    soon = today + dt.timedelta(days=20)
    Introduction.objects.create(
        introducer_id=party, org_path=path, about=word("about"), state="given", owner=owner.staff_id, asked_on=today,
        given_name=word("named"), given_on=today, may_call=True, words=word("introduction"), made_by=owner, made_at=now,
        changed_by=owner, changed_at=now,
    )  # fmt: skip
    Upkeep.objects.create(
        party_id=party, org_path=path, person=word("person"), part="user", kind="meal", amount=10_000, currency="CNY",
        spent_on=today, purpose=word("purpose"), staff_id=owner.staff_id, made_by=owner, made_at=now,
    )  # fmt: skip
    solution = Solution.objects.create(
        party_id=party, org_path=path, manager=owner.staff_id, needs=[], advice=word("solution"), currency="CNY",
        words=word("settled"), begun_by=owner, begun_at=now, changed_by=owner, changed_at=now,
    )  # fmt: skip
    Item.objects.create(
        solution=solution, place=1, need="grow", product_id="P03", category="fund", amount=100, words=word("item")
    )
    by = {"changed_by": owner, "changed_at": now}
    purchase = Purchase.objects.create(
        party_id=party, about=word("purchase"), demand="financing", decision=word("decision"), decides_on=soon,
        stale_on=soon, opened_by=owner, opened_at=now, **by,
    )  # fmt: skip
    purchase.steps.create(
        at=now, by=owner, stage="need_seen", state="open", words=word("moved on"), decision="next", decides_on=soon
    )
    purchase.roles.create(name="Li", role="decider", words=word("role"), since=now, **by)
    purchase.criteria.create(words=word("criterion"), weight=1)
    purchase.sheets.create(
        number=1, aims=word("aims"), limits=word("limits"), trades=[], their_alternatives=word("theirs"),
        our_alternatives=word("ours"), written_by=owner, written_at=now,
    )  # fmt: skip
    visit = Visit.objects.create(
        party_id=party, purchase=purchase, on=today, aim=word("aim"), staff_ids=[owner.staff_id], meets=word("meets"),
        questions=word("questions"), bring=word("bring"), learned=word("learned"), next_step=word("after"),
        planned_by=owner, planned_at=now, state="reported", outcome="done", contact_id=uuid4(), next_step_on=soon, **by,
    )  # fmt: skip
    visit.promises.create(party_id=party, side="us", words=word("promise"), due_on=soon, made_at=now)
    DemandNote.objects.create(party_id=party, demand="financing", state="heard", words=word("demand"), by=owner, at=now)
    TrustCheck.objects.create(
        party_id=party, answers={}, credibility=50, reliability=50, intimacy=50, self_orientation=50,
        words=word("trust"), by=owner, at=now,
    )  # fmt: skip


def _asked(found: Planted, bank: SmallBank, head: User, word: Any, now: dt.datetime) -> list[str]:
    told = {"way": "phone", "identity": "callback", "asked_by": "agent", "representative": word("representative")}
    correct = requests.receive(bank.owner, bank.party_id, {**told, "kind": "correct", "words": word("request")},
                               uuid4(), now=now)  # fmt: skip
    should_be = "19961472583"
    found.tokens.append(Token(should_be, bank.party_id, PUBLISHED["customer"]["phone"], "should_be"))
    requests.ask_correction(head, correct.pk, "phone", should_be, word("evidence"), now=now)
    explain = requests.receive(bank.owner, bank.party_id, {**told, "asked_by": "person", "representative": "",
                               "kind": "explain"}, uuid4(), now=now)  # fmt: skip
    requests.answer(head, explain.pk, "granted", word("answer"), "zh-hans", explain.version, now=now)
    erase = requests.receive(bank.owner, bank.party_id, {**told, "kind": "erase"}, uuid4(), now=now)
    requests.put_forward(bank.user("complaint_handler"), erase.pk, "asked for in person", now=now)
    return [str(correct.pk), str(explain.pk), str(erase.pk)]
