"""Reads a mapping from TOML, and says where and how it is wrong."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Collection
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn, get_args

from tenure.contracts import LAKE, Load, Table
from tenure.errors import InputError
from tenure.lake.mapping import Condition, Control, Join, Mapping, Mode, Part, Pick, Reading, SourceFile, Step, Test
from tenure.lake.transforms import DEFAULTS, TRANSFORMS, Argument

_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
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
    return _Parser(path, text).mapping(held)


class _Parser:
    """Walks the TOML and keeps in mind where it is."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._digest = hashlib.sha256(text.encode()).hexdigest()
        self._files: dict[str, SourceFile] = {}

    def mapping(self, held: dict[str, Any]) -> Mapping:
        self._only(held, _TOP, ())
        for needed in ("source", "tables"):
            if needed not in held:
                self._wrong((), "", f"{needed!r} is missing", "Add it; docs/ingest.md shows a whole mapping.")
        source = self._text(held, "source", (), "")
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", source):
            self._wrong((), "source", f"{source!r} is no name", "Use up to 40 letters, digits, - and _.")
        files = held.get("files", {})
        self._files = {key: self._file(key, each) for key, each in files.items()}
        if not isinstance(held["tables"], list):
            self._wrong(("tables",), "", "tables must be a list", "Begin each with [[tables]].")
        parts = tuple(self._part(i, each) for i, each in enumerate(held["tables"]))
        self._agree(parts)
        date = held.get("business_date")
        if isinstance(date, str):
            try:
                date = dt.date.fromisoformat(date)
            except ValueError:
                self._wrong((), "business_date", f"{date!r} is no date", "Write it as 2024-02-29.")
        return Mapping(
            path=self._path,
            source=source,
            bank=self._text(held, "bank", (), ""),
            currency=self._text(held, "currency", (), "CNY"),
            business_date=date,
            max_bad_share=self._share(held, "max_bad_share", 0.01),
            max_retired_share=self._share(held, "max_retired_share", 0.2),
            files=self._files,
            parts=parts,
            digest=self._digest,
        )

    def _file(self, key: str, held: dict[str, Any]) -> SourceFile:
        where = ("files", key)
        self._only(held, _FILE, where)
        pattern = self._text(held, "name", where, "")
        if not pattern:
            self._wrong(where, "", "the file's name is missing", 'Add name = "…"; it may hold *.')
        suffix = Path(pattern.removesuffix(".gz")).suffix.lower()
        control = held.get("control", {})
        self._only(control, ("rows", "sums", "file"), (*where, "control"))
        sums: dict[str, Decimal] = {}
        for column, total in control.get("sums", {}).items():
            try:
                sums[column] = Decimal(str(total))
            except ArithmeticError:
                self._wrong((*where, "control"), column, f"{total!r} is no amount", 'Write it as "1234.50".')
        return SourceFile(
            key=key,
            pattern=pattern,
            place=self._place(where, ""),
            format=self._one_of(held, "format", where, ("csv", "parquet", "excel"), _FORMATS.get(suffix, "csv")),
            delimiter=_DELIMITERS[self._one_of(held, "delimiter", where, _DELIMITERS, ",")],
            encoding=_ENCODINGS[self._one_of(held, "encoding", where, _ENCODINGS, "utf-8", str.lower)],
            quote=self._text(held, "quote", where, '"')[:1],
            decimal=self._one_of(held, "decimal", where, (".", ","), "."),
            sheet=self._text(held, "sheet", where, ""),
            skip_rows=int(held.get("skip_rows", 0)),
            may_be_empty=bool(held.get("may_be_empty", False)),
            control=Control(control.get("rows"), sums, self._text(control, "file", (*where, "control"), "")),
        )

    def _part(self, index: int, held: dict[str, Any]) -> Part:
        where: tuple[str | int, ...] = ("tables", index)
        self._only(held, _PART, where)
        name = self._text(held, "table", where, "")
        if name not in LAKE:
            self._unknown(where, "table", "table", name, LAKE)
        table = LAKE[name]
        if table.load is Load.EVENT:
            if held.get("mode", "event") != "event":
                self._wrong(where, "mode", f"{name} only ever adds rows; it has no mode", "Take the mode away.")
            mode: Mode = "event"
        else:
            mode = self._one_of(held, "mode", where, ("full", "delta"), "")
        if ("from" in held) == ("rows" in held):
            self._wrong(where, "", "a table needs either a file (from) or rows", 'Add from = "…" or rows = […].')
        if "rows" in held:
            if "columns" in held or "join" in held or "where" in held:
                self._wrong(where, "", "rows in the mapping take no columns, join or where", "Take them away.")
            for row in held["rows"]:
                for column in row:
                    if column not in table:
                        self._unknown(where, column, f"column of {name}", column, table.names)
            rows = tuple({c: self._constant(v) for c, v in row.items()} for row in held["rows"])
            return Part(table, mode, self._place(where, ""), rows=rows)
        source = self._text(held, "from", where, "")
        if source not in self._files:
            self._unknown(where, "from", "file", source, self._files)
        columns = held.get("columns", {})
        for column in columns:
            if column not in table:
                self._unknown((*where, "columns"), column, f"column of {name}", column, table.names)
        missing = [c.name for c in table if not c.nullable and c.name not in columns]
        if missing:
            self._wrong((*where, "columns"), "", f"{name}.{missing[0]} must have a value", "Add the column.")
        return Part(
            table=table,
            mode=mode,
            place=self._place(where, ""),
            source=source,
            joins=tuple(self._join(where, j) for j in held.get("join", [])),
            where=tuple(self._condition(where, c) for c in held.get("where", [])),
            pick=self._pick(where, held),
            columns={c: self._reading((*where, "columns"), c, spec, table) for c, spec in columns.items()},
        )

    def _join(self, where: tuple[str | int, ...], held: dict[str, Any]) -> Join:
        self._only(held, ("file", "name", "on", "where", "matched"), where, "join")
        file = self._text(held, "file", where, "")
        if file not in self._files:
            self._unknown(where, "join", "file", file, self._files)
        on = held.get("on", {})
        if not isinstance(on, dict) or not on:
            self._wrong(where, "join", f"the join with {file} needs on", 'Add on = { theirs = "ours" }.')
        fixed = {c: self._constant(v) for c, v in held.get("where", {}).items()}
        name = self._text(held, "name", where, file)
        return Join(file, name, on, fixed, bool(held.get("matched", False)), self._place(where, "join"))

    def _condition(self, where: tuple[str | int, ...], held: dict[str, Any]) -> Condition:
        tests = get_args(Test)
        given = [t for t in tests if t in held]
        if len(given) != 1:
            self._wrong(where, "where", "a condition needs exactly one test", f"Use one of {', '.join(tests)}.")
        test = given[0]
        rest = {k: v for k, v in held.items() if k not in (test, "why", "column")}
        if "column" not in held:
            self._wrong(where, "where", "a condition needs a column", 'Add column = "…".')
        value = held[test]
        if test in ("on_or_before", "after") and not isinstance(value, dt.date) and value != "business date":
            self._wrong(where, "where", f"{value!r} is no date", 'Write a date, or "business date".')
        reading = self._reading(where, "where", {"from": held["column"], **rest}, None)
        return Condition(reading, test, value, self._text(held, "why", where, ""))

    def _pick(self, where: tuple[str | int, ...], held: dict[str, Any]) -> Pick | None:
        given = [k for k in ("first_of", "last_of") if k in held]
        if not given:
            return None
        if len(given) == 2:
            self._wrong(where, "last_of", "first_of and last_of exclude each other", "Keep one.")
        key = given[0]
        spec = held[key]
        self._only(spec, ("per", "by", "running"), where, key)
        per = tuple(self._reading(where, key, each, None) for each in _listed(spec.get("per", [])))
        if not per:
            self._wrong(where, key, f"{key} needs per", 'Add per = ["…"].')
        by = tuple(self._reading(where, key, each, None) for each in _listed(spec.get("by", [])))
        running = None
        if "running" in spec:
            self._only(spec["running"], ("balance", "amount"), where, key)
            if key != "last_of" or by or set(spec["running"]) != {"balance", "amount"}:
                self._wrong(where, key, "running belongs to last_of, without by", "Give balance and amount.")
            balance, amount = (self._reading(where, key, spec["running"][k], None) for k in ("balance", "amount"))
            running = (balance, amount)
        return Pick(key == "last_of", per, by, running)

    def _reading(self, where: tuple[str | int, ...], key: str, spec: object, table: Table | None) -> Reading:
        place = self._place(where, key)
        if isinstance(spec, str):
            spec = {"from": spec}
        if not isinstance(spec, dict):
            self._wrong(where, key, f"{spec!r} says nothing about where the value comes from", 'Write "THEIR_COLUMN".')
        names = _listed(spec.get("transform", "lookup" if "map" in spec else []))
        for name in names:
            if name not in TRANSFORMS:
                self._unknown(where, key, "transform", name, TRANSFORMS)
        known = {a: k for name in names for a, k in TRANSFORMS[name].arguments.items()}
        self._only(spec, ("from", "value", "joined_by", "transform", *known), where, key)
        if ("from" in spec) == ("value" in spec):
            self._wrong(where, key, "a column needs either from or value", 'Write from = "THEIR_COLUMN".')
        steps = tuple(Step(name, self._arguments(where, key, name, spec)) for name in names)
        if table is not None and (not names or names == ["lookup"]):
            default = DEFAULTS[table[key].kind]
            steps = (*steps, Step(default, self._arguments(where, key, default, {})))
        return Reading(
            place=place,
            columns=tuple(_listed(spec.get("from", []))),
            joined_by=str(spec.get("joined_by", "|")),
            constant=self._constant(spec["value"]) if "value" in spec else None,
            steps=steps,
        )

    def _arguments(
        self, where: tuple[str | int, ...], key: str, transform: str, spec: dict[str, Any]
    ) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for name, argument in TRANSFORMS[transform].arguments.items():
            value = spec.get(name, argument.default)
            if value is None and not argument.optional:
                self._wrong(where, key, f"transform {transform!r} needs {name!r}", f"Add {name} = ….")
            if not _fits(argument, value):
                self._wrong(
                    where, key, f"{name} = {value!r}: transform {transform!r} wants {argument.kind}", "Change it."
                )
            given[name] = value
        return given

    def _agree(self, parts: tuple[Part, ...]) -> None:
        modes: dict[str, str] = {}
        for index, part in enumerate(parts):
            if modes.setdefault(part.table.name, part.mode) != part.mode:
                self._wrong(
                    ("tables", index), "mode", f"{part.table.name} is full in one place and delta in another", "Choose."
                )

    # ── saying what is wrong ────────────────────────────────────────────────────────────────────

    def _only(self, held: object, allowed: Collection[str], where: tuple[str | int, ...], inside: str = "") -> None:
        if not isinstance(held, dict):
            self._wrong(where, inside, f"{held!r} should be a table of names and values", "See docs/ingest.md.")
        for key in held:
            if key not in allowed:
                self._unknown(where, key, f"entry in {inside}" if inside else "entry", key, allowed)

    def _unknown(
        self, where: tuple[str | int, ...], key: str, what: str, given: str, known: Collection[str]
    ) -> NoReturn:
        near = get_close_matches(given, known, 1)
        remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
        self._wrong(where, key, f"unknown {what} {given!r}", remedy)

    def _wrong(self, where: tuple[str | int, ...], key: str, what: str, remedy: str) -> NoReturn:
        raise InputError(f"{self._place(where, key)}: {what}", remedy)

    def _place(self, where: tuple[str | int, ...], key: str) -> str:
        section = ".".join(str(w + 1) if isinstance(w, int) else w for w in where)
        shown = ".".join(s for s in (section, key) if s)
        return f"{self._path.name}, line {self._line(where, key)}" + (f", {shown}" if shown else "")

    def _line(self, where: tuple[str | int, ...], key: str) -> int:
        """The line a key of a section stands on; the section's own line where the key isn't found."""
        section: tuple[str | int, ...] = ()
        counts: dict[str, int] = {}
        begins = 1
        named = re.compile(rf"(^|[\s{{,\"']){re.escape(key)}[\"']?\s*=")
        for number, line in enumerate(self._lines, 1):
            header = re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]", line)
            if header:
                names = [n.strip().strip("\"'") for n in header[2].split(".")]
                if header[1] == "[[":
                    counts[names[0]] = counts.get(names[0], -1) + 1
                section = tuple(names[:1] + ([counts[names[0]]] if names[0] in counts else []) + names[1:])
                if section == where:
                    begins = number
            elif key and section[: len(where)] == where and named.search(line):
                return number
        return begins

    def _text(self, held: dict[str, Any], key: str, where: tuple[str | int, ...], default: str) -> str:
        value = held.get(key, default)
        if not isinstance(value, str):
            self._wrong(where, key, f"{value!r} should be text", "Put it in quotes.")
        return value

    def _share(self, held: dict[str, Any], key: str, default: float) -> float:
        value = held.get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
            self._wrong((), key, f"{value!r} is no share", "Write a number from 0 to 1, such as 0.01.")
        return float(value)

    def _one_of(
        self,
        held: dict[str, Any],
        key: str,
        where: tuple[str | int, ...],
        allowed: Collection[str],
        default: str,
        fold: Any = str,
    ) -> Any:
        value = fold(held.get(key, default))
        if value not in allowed:
            if not value:
                self._wrong(where, key, f"{key} is missing", f"Use one of {', '.join(allowed)}.")
            self._unknown(where, key, key, value, allowed)
        return value

    def _constant(self, value: object) -> str:
        return str(value).lower() if isinstance(value, bool) else str(value)


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
