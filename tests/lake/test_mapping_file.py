"""A mapping with a typo is refused with its place and the nearest right name."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.deliveries import MAPPING, deliver, mapping
from tenure.errors import Exit, InputError
from tenure.lake import Lake, Mapping, land
from tenure.lake.mapping_file import Parser

GOOD = MAPPING.format(share=0, name="customer.csv", options="", mode="full")
EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*/mapping.toml"))


def line_of(words: str) -> int:
    return next(i for i, line in enumerate(GOOD.splitlines(), 1) if words in line)


@pytest.mark.parametrize(
    ("old", "new", "told", "remedy"),
    [
        ('source = "core"', 'sourec = "core"', "line {}, sourec: unknown entry 'sourec'", "Did you mean 'source'?"),
        ('source = "core"', 'source = "a b"', "line {}, source: 'a b' is no name", "letters"),
        ("max_bad_share = 0", "max_bad_share = 5", "line {}, max_bad_share: 5 is no share", "0 to 1"),
        ('table = "party"', 'table = "partys"', "line {}, tables.3.table: unknown table 'partys'", "'party'"),
        ('NAME"\nbirth', 'NAME"\nbirht', "tables.3.columns.birht_date: unknown column of party", "'birth_date'"),
        ('from = "movement"', 'from = "movements"', "tables.5.from: unknown file 'movements'", "'movement'"),
        ('"prefix"', '"prefx"', "unknown transform 'prefx'", "'prefix'"),
        ('with = "A" }\nparty', 'wiht = "A" }\nparty', "columns.wiht: unknown entry in account_id 'wiht'", "'with'"),
        ('"prefix", with = "A"', '"prefix"', "transform 'prefix' needs 'with'", "Add with"),
        ('"prefix", with = "A"', '"prefix", with = 7', "with = 7: transform 'prefix' wants text", "Change"),
        ('mode = "full"\nfrom', 'mode = "ful"\nfrom', "unknown mode 'ful'", "'full'"),
        ('mode = "full"\nfrom', "from", "mode is missing", "full, delta"),
        ('from = "movement"', 'mode = "full"\nfrom = "movement"', "transaction only ever adds rows", "Take"),
        ('party_id = "CUST_NO"\nkind', "kind", "party.party_id must have a value", "Add the column"),
        ('birth_date = "BORN"', "birth_date = 3", "3 says nothing about where the value comes from", "THEIR"),
        ('{ value = "person" }', '{ value = "person", from = "X" }', "needs either from or value", "from"),
        ("[files.movement]", '[files.movement]\nencoding = "utf9"', "unknown encoding 'utf9'", "'utf8'"),
        ("[files.movement]", '[files.movement]\ndelimter = ";"', "unknown entry 'delimter'", "'delimiter'"),
        ('[[tables]]\ntable = "party"', "[tables]\n", "not valid TOML", ""),
        (
            '"AMOUNT"',
            '{ from = "AMOUNT", transform = "integer" }',
            "'integer' gives integer, and money is wanted",
            "an",
        ),
        ('"AMOUNT"', '{ from = "AMOUNT", transform = "negate" }', "'negate' takes money, but text comes", "order"),
    ],
)
def test_a_typo_is_named_with_its_line_and_the_nearest_right_name(
    tmp_path: Path, old: str, new: str, told: str, remedy: str
) -> None:
    assert old in GOOD
    path = tmp_path / "mapping.toml"
    path.write_text(GOOD.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError) as wrong:
        Mapping.read(path)
    assert told.format(line_of(old.split("\n")[0])) in wrong.value.message
    assert wrong.value.message.startswith((f"{path.name}, line ", f"{path}: "))
    assert remedy in wrong.value.remedy and wrong.value.exit_code == Exit.INPUT


def test_a_column_the_file_lacks_is_named_with_the_line_of_the_mapping(lake: Lake, tmp_path: Path) -> None:
    chosen = mapping(tmp_path)
    chosen.path.write_text(chosen.path.read_text("utf-8").replace('"BORN"', '"BRON"'), "utf-8")
    at = line_of('birth_date = "BORN"')
    with pytest.raises(InputError, match=rf"mapping\.toml, line {at}, .*no column 'BRON'") as wrong:
        land(lake, Mapping.read(chosen.path), deliver(tmp_path))
    assert wrong.value.remedy == "Did you mean 'BORN'?"


def test_a_mapping_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such mapping file"):
        Mapping.read(tmp_path / "mapping.toml")
    (tmp_path / "mapping.toml").write_bytes("source = '示例'".encode("gb18030"))
    with pytest.raises(InputError, match="not UTF-8"):
        Mapping.read(tmp_path / "mapping.toml")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.parent.name)
def test_every_example_is_a_good_mapping(path: Path) -> None:
    assert Mapping.read(path).parts


def _places(held: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    inside = held.items() if isinstance(held, dict) else enumerate(held) if isinstance(held, list) else ()
    for key, value in inside:
        yield from _places(value, (*path, key))


RICH = """
[[tables]]
table = "balance"
from = "movement"
join = [{ file = "customer", name = "c", on = { CUST_NO = "CUST_NO" }, where = { NAME = "x" }, matched = true }]
where = [{ column = ["AT", "NO"], in = ["a", "b"], why = "other" }, { column = "AT", after = 2020-01-01 }]
last_of = { per = ["CUST_NO"], running = { balance = "AMOUNT", amount = { from = "AMOUNT", transform = "money" } } }
[tables.columns]
account_id = "CUST_NO"
day = { from = "AT", transform = ["date iso", "add months"], months = 3 }
balance = { from = "AMOUNT", decimal = ",", transform = "money" }
"""
WHOLE = tomllib.loads(GOOD + RICH)
JUNK = st.sampled_from([None, 0, -1, 2.5, True, "", "x", "CUST_NO", [], ["x"], {}, {"x": "y"}, [{}], [[]], [1]])


@given(st.sampled_from(sorted(_places(WHOLE), key=str)), JUNK)
@settings(max_examples=400)
def test_whatever_is_wrong_in_a_mapping_is_said_in_words(place: tuple[Any, ...], junk: object) -> None:
    held = copy.deepcopy(WHOLE)
    inside: Any = held
    for key in place[:-1]:
        inside = inside[key]
    if junk is None and isinstance(inside, dict):
        del inside[place[-1]]
    else:
        inside[place[-1]] = junk
    try:
        assert isinstance(Parser(Path("m.toml"), GOOD + RICH).mapping(held), Mapping)
    except InputError as wrong:
        assert wrong.message.startswith("m.toml, line ") and wrong.remedy  # noqa: PT017 - either is right
