"""Masks show what their pattern says and never more, however short the value."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.contracts import PUBLISHED, DataClass, Mask
from tenure.desk.control.masks import PATTERNS, Pattern, hide, patterns_of
from tenure.errors import SetupError

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="*@"), max_size=60)


@pytest.mark.parametrize(
    ("value", "mask", "shown"),
    [
        ("张三", Mask.NAME, "张**"),
        ("欧阳修文", Mask.NAME, "欧**"),
        ("13812341234", Mask.PHONE, "138****1234"),
        ("330106198001011234", Mask.CERTIFICATE, "330********1234"),
        ("6217001234567890123", Mask.ACCOUNT, "****0123"),
        ("zhang.san@example.com", Mask.EMAIL, "z***@example.com"),
        ("杭州市西湖区文三路 1 号", Mask.ADDRESS, "杭州市西湖区****"),
        ("anything", Mask.HIDDEN, "****"),
        ("", Mask.NAME, ""),
        ("1234", Mask.PHONE, "****"),
        ("12345", Mask.PHONE, "****5"),
        ("张", Mask.NAME, "**"),
    ],
)
def test_values_look_as_bankers_know_them(value: str, mask: Mask, shown: str) -> None:
    assert hide(value, mask) == shown


@given(TEXT, st.sampled_from(list(Mask)))
def test_a_mask_never_shows_more_than_its_pattern(value: str, mask: Mask) -> None:
    pattern, shown = PATTERNS[mask], hide(value, mask)
    kept = shown.replace("*", "")
    assert len(kept) <= pattern.first + pattern.last
    assert len(kept) <= max(len(value) - pattern.hidden, 0)
    head, _stars, tail = shown.partition("*" * pattern.stars)
    if value:
        assert value.startswith(head) and value.endswith(tail)


@given(TEXT, TEXT, st.sampled_from([m for m in Mask if m is not Mask.EMAIL]))
def test_two_values_alike_in_what_is_shown_cannot_be_told_apart(middle: str, other: str, mask: Mask) -> None:
    pattern = PATTERNS[mask]
    first, last = "甲" * pattern.first, "9" * pattern.last
    padding = "x" * pattern.hidden
    assert hide(first + padding + middle + last, mask) == hide(first + padding + other + last, mask)


@given(st.text(min_size=1, max_size=40).filter(lambda text: "@" not in text))
def test_an_address_that_is_no_e_mail_is_masked_all_the_same(value: str) -> None:
    assert hide(value, Mask.EMAIL).replace("*", "") in (value[:1] if len(value) > 1 else "", "") or "*" in value


def test_a_bank_may_set_its_own_patterns(tmp_path: Path) -> None:
    (tmp_path / "masks.toml").write_text("[phone]\nfirst = 0\nlast = 2\n", encoding="utf-8")
    patterns = patterns_of(tmp_path)
    assert patterns[Mask.PHONE] == Pattern(first=0, last=2, stars=4, hidden=4)
    assert hide("13812341234", Mask.PHONE, patterns) == "****34"
    assert patterns[Mask.NAME] == PATTERNS[Mask.NAME]


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ("[telephone]\nfirst = 1\n", "telephone"),
        ("[phone]\nfrist = 1\n", "frist"),
        ("[phone]\nfirst = -1\n", "-1"),
        ("[phone]\nfirst = true\n", "True"),
        ("[phone\n", "TOML"),
    ],
)
def test_a_pattern_with_a_mistake_is_refused_by_name(tmp_path: Path, told: str, complaint: str) -> None:
    (tmp_path / "masks.toml").write_text(told, encoding="utf-8")
    with pytest.raises(SetupError, match=complaint):
        patterns_of(tmp_path)


def test_whatever_opens_an_account_has_a_mask() -> None:
    bare = [f"{t.name}.{c.name}" for t in PUBLISHED.values() for c in t if c.data_class is DataClass.C3 and not c.mask]
    assert not bare
