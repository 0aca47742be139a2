"""A chart and its table say the same."""

from __future__ import annotations

from tenure.desk.kit.charts import Chart, Series


def chart(values: list[int | None], **more: object) -> Chart:
    return Chart("c", "C", "line", ["a", "b"], [Series("s", values, **more)], "money", "CNY", "m")  # type: ignore[arg-type]


def test_the_table_holds_every_point_of_the_chart_in_the_same_words() -> None:
    one = chart([123_450_000, None])
    assert one.table("zh-hans") == [("a", ["123.45 万"]), ("b", ["—"])]
    assert one.drawn("zh-hans")["series"][0]["texts"] == ["123.45 万", "—"]


def test_the_axis_counts_in_the_unit_the_largest_value_asks_for() -> None:
    assert chart([50_000, 0]).drawn("zh-hans")["word"] == ""
    assert chart([5_000_000, 0]).drawn("zh-hans")["word"] == "万"
    assert chart([50_000_000_000, 0]).drawn("zh-hans")["word"] == "亿"
    assert chart([50_000_000_000, 0]).drawn("en") | {"series": []} == {
        "kind": "line",
        "categories": ["a", "b"],
        "scale": 1e8,
        "word": "m",
        "share": False,
        "series": [],
    }


def test_a_hidden_series_is_in_the_table_and_does_not_set_the_axis() -> None:
    hidden = chart([50_000_000_000, 1], hidden=True)
    assert hidden.drawn("zh-hans")["word"] == ""
    assert hidden.table("zh-hans")[0][1] == ["5.00 亿"]
