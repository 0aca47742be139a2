"""The registry knows every model of the desk: what is held about a person can be given and erased."""

from __future__ import annotations

from django.apps import apps

from tenure.desk.publication.slots import TABLES
from tenure.desk.requests.holdings import EXCEPTIONS, HOLDINGS, WORDS, published_about

#: What a column that names a person is called.
NAMING = {"party_id", "other_id", "kept_id", "merged_id", "standing_id"}
PUBLISHED = {model._meta.label for table in TABLES.values() for model in table.models.values()}
OURS = [m for m in apps.get_models() if m.__module__.startswith("tenure.desk") and m._meta.label not in PUBLISHED]


def test_every_model_of_the_desk_is_held_or_excepted_with_a_reason() -> None:
    held = {holding.label for holding in HOLDINGS}
    known = held | set(EXCEPTIONS)
    missing = sorted({model._meta.label for model in OURS} - known)
    assert not missing, f"say in requests/holdings.py whether these hold a person's data: {missing}"
    assert not held & set(EXCEPTIONS)
    assert known == {model._meta.label for model in OURS}, "a line about a model there is not"
    assert all(len(why) > 5 for why in EXCEPTIONS.values())


def test_no_model_that_names_a_person_is_excepted() -> None:
    naming = {m._meta.label for m in OURS if NAMING & {f.name for f in m._meta.get_fields()}}
    assert not naming & set(EXCEPTIONS)


def test_every_published_table_that_names_a_person_is_given() -> None:
    naming = {name for name, table in TABLES.items() if {"party_id", "other_id"} & set(table.contract.names)}
    assert set(published_about()) == naming


def test_every_column_of_the_registry_exists_and_has_a_name_in_both_languages() -> None:
    for holding in HOLDINGS:
        fields = {field.name for field in holding.model._meta.get_fields()}
        asked = {
            *holding.columns,
            *holding.notes,
            *(holding.blank or {}),
            *([holding.day.partition("__")[0]] if holding.day else []),
        }
        assert asked <= fields, holding.label
        assert {*holding.columns, *holding.notes} <= set(WORDS), holding.label


def test_no_column_of_a_copy_names_staff() -> None:
    for holding in HOLDINGS:
        people = {f.name for f in holding.model._meta.get_fields() if f.is_relation or f.name.endswith("staff_id")}
        assert not people & {*holding.columns, *holding.notes}, holding.label
