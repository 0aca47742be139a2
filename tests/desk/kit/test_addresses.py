"""Addresses made quickly are the addresses Django makes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from tenure.desk.kit.addresses import address


def _of(make: Any, *args: Any) -> str:
    try:
        return str(make(*args))
    except NoReverseMatch:
        return "none"


@given(
    name=st.sampled_from(["parties:customer", "work:log", "work:of-customer", "care:act", "voice_cases:case"]),
    values=st.lists(
        st.one_of(
            st.text(max_size=8), st.integers(), st.uuids(), st.sampled_from(["C001", "give", "a:b/c", "%2F", "李"]),
            st.sampled_from(["undo", "log", "a b"]).map(mark_safe),
        ),
        max_size=2,
    ),
)  # fmt: skip
def test_whatever_it_is_filled_with_an_address_is_what_django_says(name: str, values: list[Any]) -> None:
    first = _of(lambda: address(name, values))  # the shape is made
    assert first == _of(lambda: address(name, values)) == _of(lambda: reverse(name, args=values))


def test_names_and_kinds_do_not_mix() -> None:
    number = uuid4()
    assert address("work:withdraw", [number]) == reverse("work:withdraw", args=[number])
    assert address("work:withdraw", (), {"number": number}) == reverse("work:withdraw", kwargs={"number": number})
    with pytest.raises(NoReverseMatch):
        address("work:withdraw", ["no number"])
    with pytest.raises(NoReverseMatch):
        address("work:nowhere")


def test_a_part_made_again_is_made_once_for_a_page_and_what_is_still_once_for_a_language() -> None:
    page = Template("{% load i18n %}{% still %}{% translate 'Today' %}{{ name }}{% endstill %}{{ name }}")
    with translation.override("en"):
        assert page.render(Context({"name": "Li"})) == "TodayLi", "nothing of one page is kept for another"
        assert page.render(Context({"name": "Wang"})) == "TodayWang"
    with translation.override("zh-hans"):
        assert page.render(Context({"name": "Li"})) == "今日Li"
    twice = Template("{% again 'kit/_messages.html' %}|{% again 'kit/_messages.html' %}")

    class Message(str):
        tags = level_tag = "error"

    told = iter([Message("once")])
    first, _, second = twice.render(Context({"messages": told})).partition("|")
    assert first == second and "once" in first
