"""The trail is read in people's words, in either language; what is stored and sealed stays as it was written."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from desk.small_bank import SmallBank
from tenure.desk.control import audit
from tenure.desk.control import told as told_module
from tenure.desk.control.models import AuditEvent
from tenure.desk.control.told import _LISTS, told
from tenure.desk.control.views import act_names
from tenure.desk.kit.wording import CODES

LINES = [
    ("entry.snooze", {"until": "2026-12-01", "rule": "maturity"}, ["until: 1 Dec 2026", "rule: Maturity"],
     ["至: 2026年12月1日", "规则: 到期承接"]),
    ("signal.close", {"rule": "large_deposit", "outcome": "meeting_agreed"},
     ["rule: Large deposit", "outcome: Meeting agreed"], ["规则: 大额存入", "结果: 已约面谈"]),
    ("opportunity.move", {"from": "identified", "to": "contacted"},
     ["was before: Identified", "is now: Contacted"], ["原为: 发现", "现为: 已接洽"]),
    ("change.make", {"kind": "customers.merge", "state": "waiting"}, ["state now: to be checked"], ["现状态: 待复核"]),
    ("upkeep.note", {"amount": 20_000, "kind": "gift"}, ["of kind: Gift"], ["类型: 礼品"]),
    ("customer.open", {"clear": ["name", "phone"]}, ["seen in the clear: Name, Phone"],
     ["明文查看: 姓名/名称、手机号"]),
    ("consent.note", {"given": False, "purpose": "marketing"}, ["agreed: no"], ["同意: 否"]),
    ("token.create", {"until": "2027-02-27T16:26:10.182288+00:00"}, ["until: 28 Feb 27 00:26"],
     ["截止: 2027-02-28 00:26"]),
    ("sheet.work", {"state": "applied", "cells": 1}, ["state now: in force", "cells: 1"],
     ["现状态: 已生效", "单元格: 1"]),
    ("customer.list", {"filter": {"kind": "person", "tier": "gold"}}, ["narrowed to: of kind Person, tier Gold"],
     ["筛选: 种类 个人, 层级 金卡"]),
    ("customer.tell", {"how": "call"}, ["how: Call"], ["方式: 电话"]),
    ("portfolio.carry", {"state": "done", "waiting": 0, "done": 1, "stays": 0},
     ["state now: Handed over", "not moved yet: 0", "handed over: 1", "left where they are: 0"],
     ["现状态: 已移交", "尚未移交: 0", "已移交: 1", "未退回: 0"]),
    ("care.give", {"care": "lunar_birthday"}, ["care: Lunar birthday"], ["关怀: 农历生日"]),
]  # fmt: skip


@pytest.mark.parametrize(("act", "changes", "english", "chinese"), LINES, ids=[line[0] for line in LINES])
def test_codes_are_told_in_the_readers_words(
    act: str, changes: dict[str, Any], english: list[str], chinese: list[str]
) -> None:
    with translation.override("en"):
        assert set(english) <= set(told(act, changes, "CNY")), told(act, changes, "CNY")
    with translation.override("zh-hans"):
        said = told(act, changes, "CNY")
        values = {one.split(": ", 1)[1] for one in said}
        assert {one.split(": ", 1)[1] for one in chinese} <= values, said


def test_every_part_a_service_writes_down_has_a_name() -> None:
    """Parts are the keys of what the services call ``changes``."""
    written = {
        key.value
        for file in Path(told_module.__file__).parents[1].rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if (isinstance(node, ast.keyword) and node.arg == "changes")
        or (isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "changes")
        for held in ast.walk(node.value)
        if isinstance(held, ast.Dict)
        for key in held.keys
        if isinstance(key, ast.Constant)
    }
    assert len(written) > 50
    assert not written - set(told_module._names("en"))


def test_every_list_named_is_one_and_every_object_has_an_act() -> None:
    objects = {act.partition(".")[0] for act in act_names()} | {"agreement"}
    for subject, parts in _LISTS.items():
        assert subject.partition(".")[0] in objects, subject
        unknown = {kind for kind in parts.values() if kind not in CODES}
        assert unknown <= {"guest", "customer_event", "reception_advice"}, subject


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=5), one, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(act_names())), st.dictionaries(st.text(max_size=8), plain, max_size=4))
def test_whatever_a_line_holds_it_can_be_read(act: str, changes: dict[str, Any]) -> None:
    said = told(act, changes, "CNY")
    assert len(said) == sum(value not in ("", [], {}, None) for value in changes.values())


@pytest.mark.django_db
def test_an_auditor_reads_words_and_the_seal_holds(bank: SmallBank, client: Client) -> None:
    audit.record(
        bank.owner, "introduction.end", now=timezone.now(), kind="introduction", key="1", changes={"reason": "not_now"}
    )
    client.force_login(bank.user("auditor"))
    page = client.get(reverse("control:trail"), {"act": "introduction.end"}).content.decode()
    assert "暂时不便" in page and "not_now" not in page
    assert AuditEvent.objects.get(act="introduction.end").changes == {"reason": "not_now"}
    assert audit.verify_chain().whole


def test_what_acts_by_itself_is_named_in_the_readers_language(bank: SmallBank, client: Client) -> None:
    audit.record(None, "signal.escalate", now=timezone.now(), kind="signal", actor_name="the clock")
    client.force_login(bank.user("auditor"))
    page = client.get(reverse("control:trail"), {"act": "signal.escalate"}).content.decode()
    assert ">系统定时<" in page and ">the clock<" not in page
    assert client.get(reverse("control:trail"), {"actor": "the clock"}).content.decode().count(">系统定时<") == 1
