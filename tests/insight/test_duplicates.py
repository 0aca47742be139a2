"""Who is twice in the books: found by what two customers hardly share, never by what many share."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest

from tenure.contracts import LAKE
from tenure.desk.parties import rules
from tenure.insight import duplicates
from tenure.lake import schema_of

#: The example of GB 11643-1999, and another valid number of the same birthday and place.
CARD, OTHER_CARD = "11010519491231002X", "110105194912310054"
BORN = date(1949, 12, 31)


def entry(number: str, **fields: Any) -> dict[str, Any]:
    return {"party_id": number, "kind": "person", "org_id": "O1", "certificate_kind": "identity_card", **fields}


def found(*entries: dict[str, Any]) -> dict[tuple[str, str], tuple[str, list[str]]]:
    rows = [{name: each.get(name) for name in LAKE["party"].names} for each in entries]
    party = ibis.memtable(pa.Table.from_pylist(rows, schema_of(LAKE["party"]).to_pyarrow()))
    told = duplicates.find(duplicates.identities(party)).to_pyarrow().to_pylist()
    return {(row["party_id"], row["other_id"]): (row["grade"], json.loads(row["agrees"])) for row in told}


def judged(one: dict[str, Any], other: dict[str, Any]) -> tuple[str, list[str]] | None:
    """What the desk's own rule says of the two."""

    def identity(each: dict[str, Any]) -> rules.Identity:
        names = ("kind", "name", "certificate_kind", "certificate_no", "phone", "birth_date")
        return rules.Identity(**{name: each.get(name) or ("" if name != "birth_date" else None) for name in names})

    alike = rules.likeness(identity(one), identity(other))
    return None if alike is None else (alike.grade, list(alike.agrees))


PAIRS: list[tuple[str, dict[str, Any], dict[str, Any], str | None]] = [
    ("an old number is the new one", {"certificate_no": "110105491231002", "name": "张三"},
     {"certificate_no": CARD, "name": "张三"}, "certain"),
    ("however it is typed", {"certificate_no": "１１０１０５ 19491231002x", "birth_date": BORN},
     {"certificate_no": CARD, "birth_date": BORN}, "certain"),
    ("a certificate alone may be a typing error", {"certificate_no": CARD, "name": "张三"},
     {"certificate_no": CARD, "name": "李四"}, "likely"),
    ("a mistyped certificate proves nothing", {"certificate_no": CARD[:-1] + "1", "name": "张三"},
     {"certificate_no": CARD[:-1] + "1", "name": "张三"}, None),
    ("phone, name and birthday", {"phone": "+86 138-1234-5678", "name": "欧阳·娜娜", "birth_date": BORN},
     {"phone": "13812345678", "name": "欧阳娜娜", "birth_date": BORN}, "likely"),
    ("phone and name, no birthday known", {"phone": "13812345678", "name": "Ann Lee"},
     {"phone": "008613812345678", "name": "ann  lee", "birth_date": BORN}, "likely"),
    ("phone and name, another birthday: father and son", {"phone": "13812345678", "name": "王伟", "birth_date": BORN},
     {"phone": "13812345678", "name": "王伟", "birth_date": date(1980, 1, 1)}, "possible"),
    ("phone and birthday: twins, or a new name", {"phone": "13812345678", "name": "王伟", "birth_date": BORN},
     {"phone": "13812345678", "name": "王强", "birth_date": BORN}, "possible"),
    ("a couple's phone", {"phone": "13812345678", "name": "王伟"}, {"phone": "13812345678", "name": "李芳"}, None),
    ("name and birthday", {"name": "王　伟", "birth_date": BORN}, {"name": "王伟", "birth_date": BORN}, "possible"),
    ("two valid cards are two people", {"certificate_no": CARD, "name": "王伟", "birth_date": BORN},
     {"certificate_no": OTHER_CARD, "name": "王伟", "birth_date": BORN}, None),
    ("two valid cards and one phone", {"certificate_no": CARD, "name": "王伟", "phone": "13812345678"},
     {"certificate_no": OTHER_CARD, "name": "王伟", "phone": "13812345678"}, "same_phone"),
    ("a passport beside a card says nothing", {"certificate_kind": "passport", "certificate_no": "E12345678",
     "name": "王伟", "birth_date": BORN}, {"certificate_no": CARD, "name": "王伟", "birth_date": BORN}, "possible"),
    ("a company under two legal forms", {"kind": "company", "name": "杭州云栖科技有限公司", "birth_date": BORN,
     "certificate_kind": None}, {"kind": "company", "name": "杭州云栖科技股份有限公司", "birth_date": BORN,
     "certificate_kind": None}, "possible"),
    ("a company in English", {"kind": "company", "name": "Sunrise Trading Co., Ltd.", "birth_date": BORN,
     "certificate_kind": None}, {"kind": "company", "name": "SUNRISE TRADING CO LTD", "birth_date": BORN,
     "certificate_kind": None}, "possible"),
    ("a person is no company", {"name": "王伟", "phone": "13812345678"},
     {"kind": "company", "name": "王伟", "phone": "13812345678"}, None),
]  # fmt: skip


@pytest.mark.parametrize(("what", "one", "other", "grade"), PAIRS, ids=[each[0] for each in PAIRS])
def test_what_agrees_says_how_sure_it_is_in_the_night_and_at_the_desk(
    what: str, one: dict[str, Any], other: dict[str, Any], grade: str | None
) -> None:
    a, b = entry("A", **one), entry("B", **other)
    told = found(a, b).get(("A", "B"))
    assert (told[0] if told else None) == grade
    assert told == judged(a, b), "the desk judges what is typed as the night judges what stands in the books"


def test_a_phone_of_many_proves_nothing() -> None:
    office = [entry(f"P{n}", phone="0571-88886666", name="王伟") for n in range(6)]
    assert found(*office) == {}
    assert len(found(*office[:5])) == 10


def test_a_pair_is_told_once_the_smaller_number_first() -> None:
    both = {"certificate_no": CARD, "name": "张三", "birth_date": BORN, "phone": "13812345678"}
    assert found(entry("B", **both), entry("A", **both)) == {
        ("A", "B"): ("certain", ["certificate", "phone", "name", "birth_date"])
    }


def test_nobody_is_found_where_nothing_is_known() -> None:
    assert found(entry("A"), entry("B")) == {}
    assert found() == {}
