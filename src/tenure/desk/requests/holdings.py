"""What the desk holds about a person: one registry, from which copies are made and by which is erased.

Every model of the desk stands here or among ``EXCEPTIONS`` with its reason; a test fails for any other.
Published tables need no line: every one with a ``party_id`` is meant, in the words of its contract.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from tenure.contracts.codes import Name
from tenure.desk.publication.slots import TABLES, PublishedTable


@dataclass(frozen=True)
class Holding:
    """One of the desk's own tables.

    Args:
        label: the model.
        columns: what a copy gives; columns that name staff or other people are not among them.
        notes: columns of staff's own words; in a copy only where the bank's ``requests.toml`` says so.
        by: the lookups by which rows are the person's.
        day: the column that dates a row, for the retention named ``kept``.
        blank: what erasing sets instead of deleting, where others' figures rest on the row; ``party_id`` becomes a
            pseudonym besides.
        only: which of the rows it is about.
        erased_by: path of what erases rows that the database keeps otherwise; it gives how many there were.
    """

    label: str
    name: Name
    columns: tuple[str, ...]
    notes: tuple[str, ...] = ()
    by: tuple[str, ...] = ("party_id",)
    kept: str = "none"
    day: str = ""
    blank: Mapping[str, Any] | None = None
    only: Q = field(default_factory=Q)
    erased_by: str = ""

    @property
    def model(self) -> type[Model]:
        """The model itself."""
        return apps.get_model(self.label)

    def rows(self, numbers: Iterable[str]) -> QuerySet[Any]:
        """The rows of a person, under any of their numbers."""
        wanted = list(numbers)
        mine = reduce(or_, (Q(**{f"{lookup}__in": wanted}) for lookup in self.by))
        return self.model._default_manager.filter(mine & self.only)


def _of(label: str, zh: str, en: str, columns: str, **rest: Any) -> Holding:
    rest = {name: tuple(value.split()) if name in ("notes", "by") else value for name, value in rest.items()}
    return Holding(label, Name(zh, en), tuple(columns.split()), **rest)


_OPEN_OR_LOST, _WON = ~Q(state="won"), Q(state="won")
_OF_OPPORTUNITY = "opportunity__party_id"

#: In the order in which rows can go: what refers to a row before the row.
HOLDINGS: tuple[Holding, ...] = (
    _of("care.CareAct", "关怀记录", "Care given", "kind due_on state at", notes="reason"),
    _of("care.Invitation", "活动邀请", "Invitations to events", "state invited_at"),
    _of("care.Statement", "对账与建议书", "Statements issued", "span first_on last_on advice content issued_at",
        kept="statements", day="issued_at"),
    _of("lobby.Reception", "厅堂接待", "Receptions in the lobby", "outcome advice because business tier at"),
    _of("lobby.Ticket", "排队取号", "Queue tickets", "number service state taken_at",
        blank={"party_id": "", "phone_tail": ""}),
    _of("signals.Signal", "商机信号", "Signals", "rule facts at state outcome closed_at", notes="words closing_words"),
    _of("signals.Event", "核心系统事件", "Events of the core system", "kind at amount currency category"),
    _of("knowledge.Fact", "了解到的情况", "What we know of you",
        "kind code words bank product amount currency since until source noted_at state"),
    _of("knowledge.Answers", "风险测评", "Questionnaires",
        "questionnaire edition answers score rating channel taken_at confirmed_at expires_on overruled_to",
        notes="overrule_reason", kept="suitability", day="taken_at"),
    _of("knowledge.AskedParty", "测评锁", "Lock of the questionnaire", "party_id"),
    _of("opportunities.Answer", "业绩分成意见", "Answers about credit", "", by="agreement__opportunity__party_id",
        only=~Q(agreement__opportunity__state="won")),
    _of("opportunities.Share", "业绩分成", "Shares of credit", "", by="agreement__opportunity__party_id",
        only=~Q(agreement__opportunity__state="won")),
    _of("opportunities.Agreement", "业绩分成约定", "Agreements on credit", "", by=_OF_OPPORTUNITY,
        only=~Q(opportunity__state="won")),
    _of("opportunities.Step", "商机进展", "Steps of opportunities", "at from_stage to_stage state", notes="words",
        by=_OF_OPPORTUNITY, only=~Q(opportunity__state="won")),
    _of("opportunities.Step", "商机进展（已成交）", "Steps of business done", "at from_stage to_stage state",
        notes="words", by=_OF_OPPORTUNITY, only=Q(opportunity__state="won"), blank={"words": "", "next_step": ""}),
    _of("opportunities.Opportunity", "商机", "Opportunities",
        "kind amount currency stage state opened_at expected_close_on lost_reason closed_at", notes="title next_step",
        only=_OPEN_OR_LOST),
    _of("opportunities.Opportunity", "商机（已成交）", "Business done", "kind won_amount currency opened_at closed_at",
        notes="title", only=_WON,
        blank={"title": "—", "external_id": None, "source_key": "", "next_step": ""}),
    _of("voice_panels.Feedback", "体验反馈", "Feedback in panels", "given_at rating words source",
        by="member__party_id"),
    _of("voice_panels.Attendance", "体验场次", "Sessions you took part in", "state noted_at", by="member__party_id"),
    _of("voice_panels.Member", "体验小组", "Panels you could be invited to",
        "state listed_at invited_at answered_at told_at told_how"),
    _of("voice_leaving.WinBack", "赢回", "Winning back", "drawn_at cause value arm state result", kept="none"),
    _of("voice_leaving.Interview", "流失访谈", "Exit interviews",
        "month opened_at tries result cause words to_bank product back_words may_call ended_at",
        kept="contacts", day="opened_at"),
    _of("voice_causes.ThemeCorrection", "主题归类的原话", "Words moved to a theme", "words source"),
    _of("voice_complaints.Coding", "投诉编码", "Codes of complaints", "at business_code cause_code",
        by="complaint__party_id", kept="complaints", day="complaint__received_at"),
    _of("voice_complaints.Concession", "投诉让利", "Concessions on complaints", "kind amount currency state made_at",
        notes="reason", kept="complaints", day="made_at"),
    _of("voice_complaints.Letter", "投诉函件", "Letters on complaints", "kind language subject text made_at",
        by="complaint__party_id", kept="complaints", day="complaint__received_at"),
    _of("voice_complaints.Arrival", "来诉记录", "Times a complaint came in", "received_at words wish standing",
        by="complaint__party_id", kept="complaints", day="complaint__received_at"),
    _of("voice_complaints.Complaint", "投诉", "Complaints",
        "received_at words wish disputed business_code cause_code settled_words", kept="complaints", day="received_at"),
    _of("voice_cases.CaseEscalation", "闭环上报", "Escalations of cases", "clock level reached_at", by="case__party_id",
        kept="complaints", day="case__opened_at"),
    _of("voice_cases.CaseClock", "闭环时钟", "Clocks of cases", "clock began_at due_at stopped_at", by="case__party_id",
        kept="complaints", day="case__opened_at"),
    _of("voice_cases.CasePause", "闭环暂停", "Pauses of cases", "began_at ended_at reason", notes="words",
        by="case__party_id", kept="complaints", day="case__opened_at"),
    _of("voice_cases.CaseStep", "闭环过程", "Steps of cases", "at kind state", notes="words", by="case__party_id",
        kept="complaints", day="case__opened_at", erased_by="tenure.desk.voice.cases.erasing.erase_steps"),
    _of("voice_cases.Case", "不满处理", "Cases of dissatisfaction",
        "source opened_at words score state cause offer action result acknowledged_at closed_at",
        kept="complaints", day="opened_at"),
    _of("team.HandoverLine", "移交明细", "Lines of hand-overs", "role state done_at told_how told_at"),
    _of("parties.Assignment", "管户安排", "Who looks after you", "role holds since ended_at", notes="reason"),
    _of("corporate.TrustCheck", "信任自评", "How trust was judged", "at", notes="words"),
    _of("corporate.Sizing", "批量业务测算", "Business sized", "kind as_of figures amount low high"),
    _of("corporate.DemandNote", "需求了解", "Demands asked or heard", "demand state words at"),
    _of("corporate.Promise", "承诺", "Promises", "side words due_on state settled_on", by="party_id visit__party_id"),
    _of("corporate.Visit", "拜访", "Visits", "on aim meets questions learned next_step next_step_on state",
        notes="bring", by="party_id purchase__party_id"),
    _of("corporate.NegotiationSheet", "谈判准备单", "Negotiation sheets", "", by="purchase__party_id"),
    _of("corporate.Criterion", "评判标准", "What offers are judged by", "words weight standing",
        by="purchase__party_id"),
    _of("corporate.BuyingRole", "决策角色", "Roles in a purchase", "role post", notes="attitude words",
        by="party_id purchase__party_id"),
    _of("corporate.PurchaseStep", "采购进展", "Steps of purchases", "at stage state decision decides_on",
        notes="words", by="purchase__party_id"),
    _of("corporate.Purchase", "采购事项", "Purchases",
        "about demand stage state decision decides_on opened_at closed_at"),
    _of("offers.Item", "方案内容", "What solutions hold", "need product_id category amount words state",
        by="solution__party_id", kept="suitability", day="solution__changed_at"),
    _of("offers.Solution", "综合方案", "Solutions",
        "state needs advice currency content valid_until begun_at shown_on settled_on declined_reason", notes="words",
        kept="suitability", day="changed_at"),
    _of("voice_surveys.Response", "调查回复", "Answers to surveys",
        "moment channel language answers score satisfaction effort words state answered_at",
        blank={"words": "", "answers": {}}),
    _of("voice_surveys.Invitation", "调查邀请", "Invitations to surveys", "outcome channel state drawn_at used_at",
        blank={"token_hash": None}),
    _of("voice_surveys.Occasion", "服务时刻", "Moments after which you may be asked", "moment at reference",
        blank={"reference": ""}),
    _of("network.Introduction", "转介绍", "Introductions",
        "state about asked_on given_on contacted_on closed_on thanked_on",
        notes="words", by="introducer_id target_id given_id converted_id"),
    _of("network.Upkeep", "维护支出", "Upkeep", "part kind amount currency spent_on purpose state", kept="statements",
        day="spent_on"),
    _of("voice_sending.Message", "发给您的消息", "Messages to you", "purpose channel state queued_at sent_at"),
    _of("work.Progress", "任务进展", "Progress of work", "state outcome changed_at"),
    _of("work.Contact", "联系记录", "Contacts", "at kind purpose outcome words next_step_on",
        kept="contacts", day="at"),
    _of("parties.StandIn", "代管", "Stand-ins", "cause given_at ended_at"),
    _of("parties.NotSame", "判为非同一客户", "Told apart from another", "said_at", notes="reason",
        by="party_id other_id"),
    _of("parties.Merge", "客户合并", "Merges of entries", "state merged_at undone_at",
        by="kept_id merged_id standing_id", kept="identification"),
    _of("control.Consent", "同意与拒绝", "Consents and refusals", "purpose given way noted_at superseded_at",
        kept="consents", day="noted_at"),
    _of("requests.Correction", "更正", "Corrections", "column stood should_be evidence state asked_at ended_at"),
    _of("requests.PersonRequest", "个人信息请求", "Requests about your data",
        "kind way asked_by received_at due_on state outcome answer answered_at", kept="requests", day="received_at"),
)  # fmt: skip

#: Models that hold nothing to be given or erased, and why.
EXCEPTIONS: dict[str, str] = {
    "publication.Publication": "counts of rows; names nobody",
    "org.User": "staff, not customers",
    "org.Post": "staff, not customers",
    "voice_surveys.Wave": "days on which surveys were put to all; counts, and how far one came",
    "voice_answering.LinkGuesses": "network addresses that guessed at links, for minutes",
    "org.AddressFailures": "network addresses at the door, of staff, for minutes",
    "org.PasswordHistory": "staff, not customers",
    "org.SecondFactor": "staff, not customers",
    "org.RecoveryCode": "staff, not customers",
    "control.AuditChain": "lengths and seals",
    "voice_cases.CaseErasure": "stands within the transaction that erases a case, and names nobody",
    "voice_panels.Panel": "what the bank tests; names no customer",
    "voice_panels.Session": "a time and place; who came are attendances",
    "voice_panels.Outcome": "what the bank decides about what was said; names no customer",
    "voice_causes.ThemeStanding": "versions of themes; names nobody",
    "voice_causes.Improvement": "what the bank does about a cause; names no customer",
    "voice_causes.ImprovementTheme": "themes of an improvement",
    "voice_causes.ImprovementBranch": "branches of an improvement",
    "voice_causes.ImprovementAction": "who does what for an improvement: staff, not customers",
    "voice_causes.ImprovementStep": "history of an improvement: staff, not customers",
    "control.AuditEvent": "append-only and sealed: numbers, codes and reasons of staff, never a value; proof of who "
    "saw what must outlive an erasure (PIPL 54, Cybersecurity Law 21)",
    "control.Change": "who checked what; refers to its subject by number and holds codes",
    "control.Export": "who took what out; its file lives a day at most and is removed at an erasure",
    "control.Sheet": "codes by customer number, as the trail of what was edited",
    "control.Token": "keys of programs",
    "signals.RuleSet": "the bank's rules",
    "signals.Listening": "a user's choice of sound",
    "care.Event": "an occasion; its guests are invitations",
    "opportunities.StageRecord": "counts by month; names nobody",
    "kit.SavedView": "a user's filters",
    "parties.StandInPair": "staff, not customers",
    "parties.Absence": "staff, not customers",
    "team.Handover": "between members of staff; its customers are its lines",
    "offers.Bundle": "what the bank offers; names nobody",
    "voice_surveys.Survey": "what the bank asks; names nobody",
    "voice_surveys.SurveyVersion": "what the bank asks; names nobody",
    "voice_surveys.CounterCode": "a code on a branch's wall",
    "voice_surveys.CounterHour": "how often a code was opened; names nobody",
    "requests.Suppressed": "keyed hashes, so that nothing brings an erased person back",
}


def published_about() -> dict[str, PublishedTable]:
    """Published tables that hold rows about a customer, the customer's own first."""
    found = {name: table for name, table in TABLES.items() if "party_id" in table.contract}
    return dict(sorted(found.items(), key=lambda one: one[0] != "customer"))


#: What columns of the desk's own tables are called; the published ones have names in their contracts.
WORDS: dict[str, Name] = {
    name: Name(zh, en)
    for name, zh, en in (
        line.split("|")
        for line in """
kind|类型|Kind
arm|组别|Drawn for
disputed|涉及金额|Amount in dispute
tries|未联系上次数|Tries
may_call|可再联系|May be called
to_bank|去向银行|Bank they went to
back_words|怎样才会回来|What would bring them back
month|月份|Month
value|资产|Assets
role|角色|Role
holds|是否有效|Holds
done_at|完成时间|Done
told_how|告知方式|How told
told_at|告知时间|Told
as_of|数据日期|As of
figures|数据|Figures
low|下限|Low
high|上限|High
demand|需求|Demand
side|承诺方|Whose
settled_on|了结日期|Settled on
on|日期|On
aim|目的|Aim
meets|会见|Who was met
questions|问题|Questions
learned|了解到|Learned
bring|携带|To bring
weight|权重|Weight
standing|我行位置|Standing
post|职务|Post
attitude|态度|Attitude
decision|下一决策|Next decision
decides_on|决策日期|Decides on
need|需求|Need
needs|需求|Needs
product_id|产品|Product
valid_until|有效期至|Valid until
begun_at|开始时间|Begun
shown_on|出示日期|Shown on
declined_reason|未采纳原因|Why declined
part|对象角色|Part played
about|想认识的人|About whom
asked_on|请求日期|Asked on
given_on|介绍日期|Given on
contacted_on|联系日期|Contacted on
closed_on|结束日期|Closed on
thanked_on|致谢日期|Thanked on
spent_on|支出日期|Spent on
due_on|应办日期|Due on
state|状态|State
at|时间|When
reason|原因|Reason
invited_at|邀请时间|Invited
span|期间|Period
first_on|自|From
last_on|至|To
advice|建议|Advice
content|内容|Content
issued_at|出具时间|Issued
outcome|结果|Outcome
because|依据|Because of
business|业务|Business
tier|客户等级|Tier
number|号码|Number
service|服务|Service
taken_at|办理时间|Taken
rule|规则|Rule
facts|事实|Facts
closed_at|关闭时间|Closed
words|内容|Words
closing_words|结束说明|Words at the end
amount|金额|Amount
currency|币种|Currency
category|类别|Category
code|项目|What
bank|银行|Bank
product|产品|Product
since|自|Since
until|至|Until
source|来源|Source
noted_at|记录时间|Noted
questionnaire|问卷|Questionnaire
edition|版本|Edition
answers|答案|Answers
score|得分|Score
rating|评级|Rating
channel|渠道|Channel
queued_at|要求发送时间|Asked to be sent
sent_at|发送时间|Sent
confirmed_at|确认时间|Confirmed
expires_on|到期日|Valid until
overruled_to|下调至|Taken down to
overrule_reason|下调原因|Why taken down
party_id|客户号|Customer number
from_stage|原阶段|From stage
to_stage|新阶段|To stage
title|标题|Title
next_step|下一步|Next step
next_step_on|下一步日期|Next step on
stage|阶段|Stage
opened_at|建立时间|Opened
expected_close_on|预计成交日|Expected on
lost_reason|流失原因|Why lost
won_amount|成交金额|Amount won
changed_at|变更时间|Changed
purpose|目的|Purpose
cause|原因|Cause
given_at|开始时间|Given
ended_at|结束时间|Ended
said_at|说明时间|Said
merged_at|合并时间|Merged
undone_at|撤销时间|Undone
given|是否同意|Agreed
way|方式|Way
superseded_at|被替代时间|Superseded
column|字段|Column
stood|原值|What stood
should_be|应为|What it should be
evidence|依据|Evidence
asked_at|提出时间|Asked
asked_by|提出人|Asked by
received_at|收到时间|Received
answer|答复|Answer
answered_at|答复时间|Answered
began_at|开始时间|Begun
clock|时钟|Clock
level|上报级别|Level
reached_at|到达时间|Reached
due_at|到期时间|Due
stopped_at|停止时间|Stopped
offer|解决方案|Offer
action|处理措施|What was done
result|处理结果|Result
acknowledged_at|联系时间|Reached by us
moment|时刻|Moment
language|语言|Language
satisfaction|满意度|Satisfaction
effort|费力度|Effort
drawn_at|抽取时间|Decided
wish|诉求|What you want
business_code|业务类别码|Kind of business
cause_code|原因码|Cause
settled_words|处理说明|How it was settled
made_at|办理时间|Made
subject|标题|Subject
text|正文|Text
used_at|使用时间|Used
reference|业务编号|Business
listed_at|列入名单时间|Listed
""".strip().splitlines()
    )
}
