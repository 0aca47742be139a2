"""`tenure model`: a model of a yes-or-no column on any table – judged, fitted, scored, reported."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenure.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from tenure.insight.attrition.evaluation import Evaluation
    from tenure.insight.attrition.labelled import Judged, LabelledModel

#: Said where no time is known: the figures flatter.
SHUFFLED = (
    "  Rows were shuffled, not ordered in time: expect less of later customers. "
    "--order COLUMN, or --in-order if the rows stand in order of time, tells how much."
)
#: The column that ``--in-order`` numbers the rows by.
IN_ORDER = "row in order of time"
_FIGURES = ("rows", "positives", "auc", "ap", "brier", "ece", "top_decile_lift", "calibration_slope", "empc")


@click.group()
def command() -> None:
    """Who will leave, on any table with a yes-or-no column: judge, fit, score and report a model.

    TABLE is CSV (separated by comma, semicolon, tab or |; .gz too), Parquet or Excel.

    \b
    Examples:
      tenure model evaluate churn.csv --target Exited --positive 1 --id CustomerId --drop Surname
      tenure model evaluate campaign.csv --target y --positive yes --drop duration --order contacted_on --json
      tenure model evaluate calls.csv --target y --positive yes --drop duration --in-order
      tenure model fit churn.csv --target Exited --positive 1 --id CustomerId --model churn.json
      tenure model score customers.parquet --model churn.json --output scores.csv
      tenure model report churn.json --output card.md
    """


class _SeveralDropped(click.Command):
    """A command whose ``--drop`` takes all words up to the next option; TABLE, a file, may stand among them."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Have the option before each of its words, as click wants it."""
        found: list[str] = []
        taken = -1  # words after --drop so far; below 0: it is not its turn
        for each in args:
            if each.startswith("-"):
                taken = 0 if each == "--drop" else 1 if each.startswith("--drop=") else -1
            elif taken >= 0:
                if taken and not Path(each).is_file():
                    found.append("--drop")
                taken += 1
            found.append(each)
        return super().parse_args(context, found)


def _dropped(asked: tuple[str, ...], columns: list[str]) -> list[str]:
    """The columns to leave out: each word is one, or several with commas between."""
    return [name for each in asked for name in ([each] if each in columns else map(str.strip, each.split(","))) if name]


_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def _learning(function: Callable[..., None]) -> Callable[..., None]:
    """The options that say what to learn from."""
    options = (
        click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option("--target", required=True, help="The column to foretell."),
        click.option("--positive", help="The value that means yes; left out for a column of 0 and 1."),
        click.option("--id", "ids", multiple=True, help="A column that names the customer or the row; repeatable."),
        click.option(
            "--drop",
            multiple=True,
            metavar="COLUMN…",
            help="Columns to leave out: several after it, with commas between, or the option again.",
        ),
        click.option("--order", help="A column of time: earlier rows foretell later ones."),
        click.option("--in-order", is_flag=True, help="The rows stand in order of time, and no column tells it."),
        click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Refuse features that hold later days."),
        click.option("--folds", default=5, show_default=True, type=click.IntRange(2, 50)),
        click.option("--seed", default=42, show_default=True, type=int),
    )
    for option in reversed(options):
        function = option(function)
    return function


@command.command(cls=_SeveralDropped)
@_learning
@_as_json
def evaluate(table: Path, as_json: bool, **asked: Any) -> None:
    """Say how well a model does on rows it has not seen.

    With --order (or --in-order) the figures are those of later rows foretold by earlier ones; out of fold they stand
    beside.

    \b
    Examples:
      tenure model evaluate churn.csv --target Exited --positive 1 --id CustomerId --drop Surname Gender --json
    """
    started = time.perf_counter()
    _, _, judged = _judged(table, asked)
    seconds = time.perf_counter() - started
    if as_json:
        _say({**judged.headline.as_dict(), "seconds": round(seconds, 3), **_how(judged)})
        return
    _say_dropped(judged.dropped)
    shown = [("ordered in time", judged.in_time), ("out of fold", judged.out_of_fold)]
    _say_figures([(name, each) for name, each in shown if each is not None])
    if judged.in_time is None:
        click.echo(SHUFFLED, err=True)
    click.echo(f"{seconds:.1f} s")


@command.command(cls=_SeveralDropped)
@_learning
@_as_json
@click.option("--model", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Write the model here.")
def fit(table: Path, model: Path, as_json: bool, **asked: Any) -> None:
    """Judge a model, fit it on all rows and write it to a file (JSON; loading it runs no code).

    The figures are those of `evaluate`: of rows that the judged model had not seen.

    \b
    Examples:
      tenure model fit churn.csv --target Exited --positive 1 --id CustomerId --drop Surname --model churn.json
    """
    started = time.perf_counter()
    rows, fitted, judged = _judged(table, asked)
    fitted.fit(rows, judged=judged, as_of=_day(asked))
    _write(model, fitted.save().encode())
    if as_json:
        seconds = round(time.perf_counter() - started, 3)
        written = {"model": str(model), "features": fitted.features}
        _say({**judged.headline.as_dict(), "seconds": seconds, **_how(judged), **written})
        return
    _say_dropped(judged.dropped)
    auc = judged.headline.auc
    click.echo(f"✓ {model}: {len(fitted.features)} features, AUC {auc.value:.4f} ({auc.low:.4f} to {auc.high:.4f})")
    if judged.in_time is None:
        click.echo(SHUFFLED, err=True)


@command.command()
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="CSV or Parquet.")
@click.option("--top", default=5, show_default=True, type=click.IntRange(1, 50), help="Reasons for each row.")
@_as_json
def score(table: Path, model: Path, output: Path, top: int, as_json: bool) -> None:
    """Write each row's probability, its reasons and how much each adds (in log-odds).

    \b
    Examples:
      tenure model score customers.csv --model churn.json --output scores.parquet
    """
    import pyarrow as pa
    import pyarrow.csv as csv
    import pyarrow.parquet as parquet

    started = time.perf_counter()
    rows, fitted = _read(table), _load(model)
    columns: dict[str, Any] = {name: rows[name] for name in fitted.id if name in rows.column_names}
    columns["probability"] = fitted.predict_proba(rows)
    reasons = fitted.reasons(rows, top)
    rank = reasons["rank"].to_numpy()
    for k in range(1, int(rank.max(initial=0)) + 1):
        at = reasons.filter(pa.array(rank == k))
        columns[f"reason_{k}"], columns[f"contribution_{k}"] = at["feature"], at["contribution"]
    scored = pa.table(columns)
    sink = pa.BufferOutputStream()
    if output.suffix == ".parquet":
        parquet.write_table(scored, sink)
    else:
        csv.write_csv(scored, sink)
    _write(output, sink.getvalue().to_pybytes())
    if as_json:
        mean = float(columns["probability"].mean()) if rows.num_rows else None
        seconds = round(time.perf_counter() - started, 3)
        _say({"rows": rows.num_rows, "mean_probability": mean, "seconds": seconds, "output": str(output)})
        return
    click.echo(f"✓ {output}: {scored.num_rows:,} rows")


@command.command()
@click.argument("model", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of printing.")
@_as_json
def report(model: Path, output: Path | None, as_json: bool) -> None:
    """The model card as Markdown, or as JSON: what it learnt from, how, its figures and its limits.

    \b
    Examples:
      tenure model report churn.json --output card.md
    """
    started = time.perf_counter()
    card = _load(model)
    if as_json:
        said = card.card()
        headline = next(iter(said["figures"]), {})
        seconds = round(time.perf_counter() - started, 3)
        text = json.dumps({**headline, "seconds": seconds, "card": said}, ensure_ascii=False) + "\n"
    else:
        text = card.card_markdown()
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text.encode())
        click.echo(f"✓ {output}")


def _say(one: dict[str, Any]) -> None:
    click.echo(json.dumps(one, ensure_ascii=False))


def _how(judged: Judged) -> dict[str, Any]:
    """How a model was judged, and what was not learnt from."""
    return {
        "how": "in_time" if judged.in_time else "out_of_fold",
        "in_time": judged.in_time.as_dict() if judged.in_time else None,
        "out_of_fold": judged.out_of_fold.as_dict() if judged.out_of_fold else None,
        "dropped": judged.dropped,
        "warnings": list(judged.warnings),
    }


def _judged(path: Path, asked: dict[str, Any]) -> tuple[pa.Table, LabelledModel, Judged]:
    import pyarrow as pa

    from tenure.insight.attrition.boosting import Settings
    from tenure.insight.attrition.labelled import LabelledModel

    rows, order = _read(path), asked["order"]
    if asked["in_order"]:
        if order:
            raise InputError("--order and --in-order both tell the time", "Give one of them.")
        order, rows = IN_ORDER, rows.append_column(IN_ORDER, pa.array(range(rows.num_rows), pa.int64()))
    model = LabelledModel(
        asked["target"],
        positive=asked["positive"],
        id=asked["ids"],
        drop=_dropped(asked["drop"], rows.column_names),
        order=order,
        settings=Settings(seed=asked["seed"]),
    )
    return rows, model, model.evaluate(rows, folds=asked["folds"], seed=asked["seed"], as_of=_day(asked))


def _day(asked: dict[str, Any]) -> Any:
    return asked["as_of"].date() if asked["as_of"] else None


def _load(path: Path) -> LabelledModel:
    from tenure.insight.attrition.labelled import LabelledModel

    return LabelledModel.load(path.read_text(encoding="utf-8", errors="replace"))


def _read(path: Path) -> pa.Table:
    """A table by the look of its file; a CSV's separator is the one its header has most of."""
    import gzip

    import pyarrow as pa
    import pyarrow.csv as csv
    import pyarrow.parquet as parquet

    try:
        if path.suffix == ".parquet":
            return parquet.read_table(path)
        if path.suffix in (".xlsx", ".xls", ".xlsb", ".ods"):
            return _excel(path)
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        header = raw.partition(b"\n")[0].decode("utf-8-sig", errors="replace")
        separator = max(",;\t|", key=header.count)
        return csv.read_csv(pa.BufferReader(raw), parse_options=csv.ParseOptions(delimiter=separator))
    except (pa.ArrowInvalid, gzip.BadGzipFile, EOFError) as wrong:
        raise InputError(
            f"{path} can't be read: {wrong}", "A CSV in UTF-8, a Parquet or an Excel file is needed."
        ) from None


def _excel(path: Path) -> pa.Table:
    """The first sheet; its first row names the columns."""
    import pyarrow as pa
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        header, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    except (CalamineError, ValueError) as wrong:
        raise InputError(f"{path} can't be read: {wrong}", "The first sheet needs a header and rows.") from None
    columns = {}
    for k, name in enumerate(header):
        values = [None if row[k] == "" else row[k] for row in rows]
        kinds = {type(value) for value in values if value is not None}
        columns[str(name)] = pa.array(values if len(kinds) < 2 or kinds <= {int, float} else [*map(_text, values)])
    return pa.table(columns)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def _say_dropped(dropped: dict[str, str]) -> None:
    said = {
        "constant": "constant",
        "names_rows": "names rows",
        "order": "the order",
        "id": "names rows",
        "asked": "asked",
    }
    for name, why in dropped.items():
        click.echo(f"  left out: {name} ({said[why]})", err=True)


def _say_figures(shown: list[tuple[str, Evaluation]]) -> None:
    click.echo(f"{'':20}" + "".join(f"{name:>22}" for name, _ in shown))
    found = [each.as_dict() for _, each in shown]
    for figure in _FIGURES:
        values = [f"{each[figure]:,}" if isinstance(each[figure], int) else f"{each[figure]:.4f}" for each in found]
        click.echo(f"{figure:20}" + "".join(f"{value:>22}" for value in values))
    between = [f"{each['auc_low']:.4f} to {each['auc_high']:.4f}" for each in found]
    click.echo(f"{'auc, 95 % interval':20}" + "".join(f"{value:>22}" for value in between))
