"""Reads a mapping from TOML, and says where and how it is wrong."""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

from tenure.contracts import LAKE, Kind, Load
from tenure.errors import InputError
from tenure.lake.mapping import (
    SOURCE_NAME,
    Condition,
    Control,
    Join,
    Mapping,
    Mode,
    Part,
    Pick,
    Reading,
    SourceFile,
    Step,
    Test,
)
from tenure.lake.mapping_text import MappingText, Place
from tenure.lake.transforms import DEFAULTS, HOLDS, TRANSFORMS, Argument

_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "UTF-8": "utf-8",
    "GB18030": "gb18030",
    "GBK": "gb18030",
    "GB2312": "gb18030",
}
_DELIMITERS = {",": ",", ";": ";", "|": "|", "\t": "\t", "tab": "\t"}
_FORMATS = {".parquet": "parquet", ".xlsx": "excel", ".xls": "excel", ".xlsm": "excel", ".xlsb": "excel"}
_TOP = (
    "source",
    "bank",
    "currency",
    "business_date",
    "max_bad_share",
    "max_retired_share",
    "files",
    "tables",
)
_FILE = (
    "name",
    "format",
    "delimiter",
    "encoding",
    "quote",
    "decimal",
    "sheet",
    "skip_rows",
    "may_be_empty",
    "control",
)
_PART = ("table", "mode", "from", "rows", "join", "where", "first_of", "last_of", "columns")


def parse(path: Path) -> Mapping:
    """The mapping in ``path``; ``InputError`` where it is wrong."""
    try:
        content = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise InputError(f"{path}: no such mapping file", "Check the path.") from None
    try:
        text = content.decode("utf-8")
        held = tomllib.loads(text)
    except UnicodeDecodeError as wrong:
        raise InputError(f"{path}, byte {wrong.start + 1}: not UTF-8", "Save the mapping as UTF-8.") from None
    except tomllib.TOMLDecodeError as wrong:
        raise InputError(f"{path}: not valid TOML: {wrong}", "Correct that line; strings stand in quotes.") from None
    return Parser(path, text).mapping(held)


class Parser(MappingText):
    """Walks the TOML, piece by piece."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__(path, text)
        self._files: dict[str, SourceFile] = {}

    def mapping(self, held: dict[str, Any]) -> Mapping:
        self.only(held, _TOP, ())
        for needed in ("source", "tables"):
            if needed not in held:
                self.wrong((), "", f"{needed!r} is missing", "Add it; docs/ingest.md shows a whole mapping.")
        source = self.text_of(held, "source", (), "")
        if not SOURCE_NAME.fullmatch(source):
            self.wrong((), "source", f"{source!r} is no name", "Use up to 40 letters, digits, - and _.")
        files = self.table(held, "files", ())
        self._files = {key: self._file(key, each) for key, each in files.items()}
        if not isinstance(held["tables"], list):
            self.wrong(("tables",), "", "tables must be a list", "Begin each with [[tables]].")
        parts = tuple(self._part(i, each) for i, each in enumerate(held["tables"]))
        self._agree(parts)
        day = held.get("business_date")
        if isinstance(day, dt.datetime) or not (day is None or isinstance(day, dt.date)):
            self.wrong((), "business_date", f"{day!r} is no date", "Write it as 2024-02-29, without quotes.")
        return Mapping(
            path=self.path,
            source=source,
            bank=self.text_of(held, "bank", (), ""),
            currency=self.text_of(held, "currency", (), "CNY"),
            business_date=day,
            max_bad_share=self.share(held, "max_bad_share", 0.01),
            max_retired_share=self.share(held, "max_retired_share", 0.2),
            files=self._files,
            parts=parts,
            digest=hashlib.sha256(self.text.encode()).hexdigest(),
        )

    def _file(self, key: str, held: dict[str, Any]) -> SourceFile:
        where = ("files", key)
        self.only(held, _FILE, where)
        pattern = self.text_of(held, "name", where, "")
        if not pattern:
            self.wrong(where, "", "the file's name is missing", 'Add name = "…"; it may hold *.')
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            self.wrong(where, "name", f"{pattern!r} leaves the source folder", "Name a file inside it.")
        suffix = Path(pattern.removesuffix(".gz")).suffix.lower()
        control = self.table(held, "control", where)
        self.only(control, ("rows", "sums", "file"), (*where, "control"))
        sums: dict[str, Decimal] = {}
        for column, total in self.table(control, "sums", (*where, "control")).items():
            try:
                sums[column] = Decimal(str(total))
            except ArithmeticError:
                self.wrong((*where, "control"), column, f"{total!r} is no amount", 'Write it as "1234.50".')
        return SourceFile(
            key=key,
            pattern=pattern,
            place=self.place_of(where, ""),
            format=self.one_of(held, "format", where, ("csv", "parquet", "excel"), _FORMATS.get(suffix, "csv")),
            delimiter=_DELIMITERS[self.one_of(held, "delimiter", where, _DELIMITERS, ",")],
            encoding=_ENCODINGS[self.one_of(held, "encoding", where, _ENCODINGS, "utf-8")],
            quote=self.text_of(held, "quote", where, '"')[:1],
            decimal=self.one_of(held, "decimal", where, (".", ","), "."),
            sheet=self.text_of(held, "sheet", where, ""),
            skip_rows=self.count(held, "skip_rows", where, 0) or 0,
            may_be_empty=bool(held.get("may_be_empty", False)),
            control=Control(
                self.count(control, "rows", (*where, "control"), None),
                sums,
                self.text_of(control, "file", (*where, "control"), ""),
            ),
        )

    def _part(self, index: int, held: dict[str, Any]) -> Part:
        where: Place = ("tables", index)
        self.only(held, _PART, where)
        name = self.text_of(held, "table", where, "")
        if name not in LAKE:
            self.unknown(where, "table", "table", name, LAKE)
        table = LAKE[name]
        if table.load is Load.EVENT:
            if held.get("mode", "event") != "event":
                self.wrong(where, "mode", f"{name} only ever adds rows; it has no mode", "Take the mode away.")
            mode: Mode = "event"
        else:
            mode = self.one_of(held, "mode", where, ("full", "delta"), "")
        if ("from" in held) == ("rows" in held):
            self.wrong(where, "", "a table needs either a file (from) or rows", 'Add from = "…" or rows = […].')
        if "rows" in held:
            if "columns" in held or "join" in held or "where" in held:
                self.wrong(where, "", "rows in the mapping take no columns, join or where", "Take them away.")
            for row in self.tables(held, "rows", where):
                for column in row:
                    if column not in table:
                        self.unknown(where, column, f"column of {name}", column, table.names)
            rows = tuple({c: self.constant(v) for c, v in row.items()} for row in held["rows"])
            return Part(table, mode, self.place_of(where, ""), rows=rows)
        source = self.text_of(held, "from", where, "")
        if source not in self._files:
            self.unknown(where, "from", "file", source, self._files)
        columns = self.table(held, "columns", where)
        for column in columns:
            if column not in table:
                self.unknown((*where, "columns"), column, f"column of {name}", column, table.names)
        missing = [c.name for c in table if not c.nullable and c.name not in columns]
        if missing:
            self.wrong((*where, "columns"), "", f"{name}.{missing[0]} must have a value", "Add the column.")
        return Part(
            table=table,
            mode=mode,
            place=self.place_of(where, ""),
            source=source,
            joins=tuple(self._join(where, j) for j in self.tables(held, "join", where)),
            where=tuple(self._condition(where, c) for c in self.tables(held, "where", where)),
            pick=self._pick(where, held),
            columns={c: self._reading((*where, "columns"), c, spec, table[c].kind) for c, spec in columns.items()},
        )

    def _join(self, where: Place, held: dict[str, Any]) -> Join:
        self.only(held, ("file", "name", "on", "where", "matched"), where, "join")
        file = self.text_of(held, "file", where, "")
        if file not in self._files:
            self.unknown(where, "join", "file", file, self._files)
        on = self.table(held, "on", where)
        if not on or not all(isinstance(ours, str) for ours in on.values()):
            self.wrong(where, "join", f"the join with {file} needs on", 'Add on = { theirs = "ours" }.')
        fixed = {c: self.constant(v) for c, v in self.table(held, "where", where).items()}
        name = self.text_of(held, "name", where, file)
        return Join(file, name, on, fixed, bool(held.get("matched", False)), self.place_of(where, "join"))

    def _condition(self, where: Place, held: dict[str, Any]) -> Condition:
        tests = get_args(Test)
        given = [t for t in tests if t in held]
        if len(given) != 1:
            self.wrong(where, "where", "a condition needs exactly one test", f"Use one of {', '.join(tests)}.")
        test = given[0]
        rest = {k: v for k, v in held.items() if k not in (test, "why", "column")}
        if "column" not in held:
            self.wrong(where, "where", "a condition needs a column", 'Add column = "…".')
        value = held[test]
        if (test in ("in", "not_in")) != isinstance(value, list):
            self.wrong(where, "where", f"{test} = {value!r}", "in and not_in want a list, the others one value.")
        if test in ("on_or_before", "after") and not isinstance(value, dt.date) and value != "business date":
            self.wrong(where, "where", f"{value!r} is no date", 'Write a date, or "business date".')
        if test == "filled" and not isinstance(value, bool):
            self.wrong(where, "where", f"filled = {value!r}", "Write true or false.")
        if test in ("is", "is_not"):
            value = self.constant(value)
        if test in ("in", "not_in"):
            value = [self.constant(each) for each in value]
        kind = Kind.DATE if test in ("on_or_before", "after") else Kind.TEXT
        reading = self._reading(where, "where", {"from": held["column"], **rest}, kind)
        return Condition(reading, test, value, self.text_of(held, "why", where, ""))

    def _pick(self, where: Place, held: dict[str, Any]) -> Pick | None:
        given = [k for k in ("first_of", "last_of") if k in held]
        if not given:
            return None
        if len(given) == 2:
            self.wrong(where, "last_of", "first_of and last_of exclude each other", "Keep one.")
        key = given[0]
        spec = held[key]
        self.only(spec, ("per", "by", "running"), where, key)
        per = tuple(self._reading(where, key, each, None) for each in _listed(spec.get("per", [])))
        if not per:
            self.wrong(where, key, f"{key} needs per", 'Add per = ["…"].')
        by = tuple(self._reading(where, key, each, None) for each in _listed(spec.get("by", [])))
        running = None
        if "running" in spec:
            self.only(spec["running"], ("balance", "amount"), where, key)
            if key != "last_of" or by or set(spec["running"]) != {"balance", "amount"}:
                self.wrong(where, key, "running belongs to last_of, without by", "Give balance and amount.")
            balance, amount = (self._reading(where, key, spec["running"][k], Kind.MONEY) for k in ("balance", "amount"))
            running = (balance, amount)
        return Pick(key == "last_of", per, by, running)

    def _reading(self, where: Place, key: str, spec: object, kind: Kind | None) -> Reading:
        place = self.place_of(where, key)
        if isinstance(spec, str):
            spec = {"from": spec}
        if not isinstance(spec, dict):
            self.wrong(where, key, f"{spec!r} says nothing about where the value comes from", 'Write "THEIR_COLUMN".')
        names = self.names(spec.get("transform", "lookup" if "map" in spec else []), where, key)
        for name in names:
            if name not in TRANSFORMS:
                self.unknown(where, key, "transform", name, TRANSFORMS)
        known = {a: k for name in names for a, k in TRANSFORMS[name].arguments.items()}
        self.only(spec, ("from", "value", "joined_by", "transform", *known), where, key)
        if ("from" in spec) == ("value" in spec):
            self.wrong(where, key, "a column needs either from or value", 'Write from = "THEIR_COLUMN".')
        if isinstance(spec.get("value"), list | dict):
            self.wrong(where, key, f"{spec['value']!r} is not one value", 'Write value = "…".')
        steps = tuple(Step(name, self._arguments(where, key, name, spec)) for name in names)
        if self._gives(where, key, names, kind) == "text" and kind is not None:
            steps = (*steps, Step(DEFAULTS[kind], self._arguments(where, key, DEFAULTS[kind], {})))
        return Reading(
            place=place,
            columns=tuple(self.names(spec.get("from", []), where, key)),
            joined_by=str(spec.get("joined_by", "|")),
            constant=self.constant(spec["value"]) if "value" in spec else None,
            steps=steps,
        )

    def _gives(self, where: Place, key: str, names: list[str], kind: Kind | None) -> str:
        """What a chain of transforms gives; refused if one can't follow another or a column can't hold it."""
        held = "text"
        for name in names:
            if TRANSFORMS[name].takes != held:
                takes = TRANSFORMS[name].takes
                self.wrong(where, key, f"transform {name!r} takes {takes}, but {held} comes to it", "Change the order.")
            held = TRANSFORMS[name].gives
        if kind is not None and held != "text" and held not in HOLDS[kind]:
            wanted = " or ".join(HOLDS[kind])
            self.wrong(where, key, f"{names[-1]!r} gives {held}, and {wanted} is wanted", "Use another transform.")
        return held

    def _arguments(self, where: Place, key: str, transform: str, spec: dict[str, Any]) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for name, argument in TRANSFORMS[transform].arguments.items():
            value = spec.get(name, argument.default)
            if value is None and not argument.optional:
                self.wrong(where, key, f"transform {transform!r} needs {name!r}", f"Add {name} = ….")
            if not _fits(argument, value):
                self.wrong(
                    where, key, f"{name} = {value!r}: transform {transform!r} wants {argument.kind}", "Change it."
                )
            given[name] = value
        return given

    def _agree(self, parts: tuple[Part, ...]) -> None:
        modes: dict[str, str] = {}
        for index, part in enumerate(parts):
            if modes.setdefault(part.table.name, part.mode) != part.mode:
                self.wrong(
                    ("tables", index), "mode", f"{part.table.name} is full in one place and delta in another", "Choose."
                )


def _listed(value: object) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _fits(argument: Argument, value: object) -> bool:
    if value is None:
        return True
    match argument.kind:
        case "text" | "column":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "column or integer":
            return isinstance(value, str | int)
        case "list":
            return isinstance(value, list) and all(isinstance(v, str) for v in value)
        case "table":
            return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
