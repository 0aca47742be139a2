"""The API's description is part of the product: a change of it is seen, judged and written down."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from ninja import Schema

from tenure.desk.api.v1 import api

SNAPSHOT = Path(__file__).with_name("openapi.json")


def _described() -> dict[str, Any]:
    described: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    return described


def _without_words(part: Any) -> Any:
    """``part`` without what only explains: wording may be bettered without anybody's program noticing."""
    match part:
        case dict():
            words = ("description", "summary", "title")
            return {k: _without_words(v) for k, v in part.items() if not (k in words and isinstance(v, str))}
        case list():
            return [_without_words(one) for one in part]
    return part


def test_the_api_is_as_it_was_described() -> None:
    """After a change that is meant: ``TENURE_WRITE_SNAPSHOTS=1 pytest tests/desk/api/test_openapi.py``, and commit."""
    now = json.dumps(_without_words(_described()), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if os.environ.get("TENURE_WRITE_SNAPSHOTS") == "1":
        SNAPSHOT.write_text(now, encoding="utf-8")
    assert now == SNAPSHOT.read_text(encoding="utf-8"), "the API changed; see this test's docstring"


def test_every_operation_is_told_and_says_how_it_refuses() -> None:
    for path, methods in _described()["paths"].items():
        for method, told in methods.items():
            where = f"{method} {path}"
            assert told["summary"] and told["description"], where
            assert told["tags"], where
            assert told["security"], f"{where} asks for no sign-in"
            assert {"401", "403", "404"} <= set(told["responses"]), where
            if method != "get":
                assert "409" in told["responses"], where


def test_money_says_its_unit() -> None:
    fields = _described()["components"]["schemas"]["Customer"]["properties"]
    assert "minor units" in fields["aum"]["description"] and "deposits + investments" in fields["aum"]["description"]
    assert {part["type"] for part in fields["aum"]["anyOf"]} == {"integer", "null"}


def test_no_two_documents_share_a_name() -> None:
    """The description keeps one of a name: the operations of the other would answer what it does not say."""
    modules = {module for module in list(sys.modules.values()) if (module.__name__ or "").endswith(".api")}
    named: dict[str, set[str]] = {}
    for module in modules:
        for name, value in vars(module).items():
            if isinstance(value, type) and issubclass(value, Schema) and value.__module__ == module.__name__:
                named.setdefault(name, set()).add(module.__name__)
    assert len(named) > 20
    assert {name: found for name, found in named.items() if len(found) > 1} == {}
