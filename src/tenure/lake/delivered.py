"""The files of a delivery as they arrive: found, read once for their hash, and their encoding made sure of."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tenure.errors import InputError
from tenure.lake.mapping import SourceFile

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Delivered:
    """A file of the delivery: its content's hash, whether its last line ended, and whether a quote has no partner."""

    spec: SourceFile
    path: Path
    sha256: str
    ends_with_newline: bool = True
    odd_quotes: bool = False


def find(spec: SourceFile, folder: Path) -> list[Path]:
    """The files in ``folder`` that the mapping's pattern names; ``InputError`` if there is none."""
    paths = sorted(p for p in folder.glob(spec.pattern) if p.is_file())
    if not paths:
        near = ", ".join(sorted(p.name for p in folder.iterdir())[:8]) if folder.is_dir() else "no such folder"
        raise InputError(
            f"{folder / spec.pattern}: no such file ({spec.place})", f"Deliver it, or correct the name. There: {near}."
        )
    return paths


def inspect(spec: SourceFile, path: Path) -> Delivered:
    """Read a file once for its hash and its encoding; ``InputError`` naming row and byte where that is wrong."""
    if path.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty", "Ask for it to be sent again; not even a header is there.")
    if spec.format != "csv":
        with path.open("rb") as raw:
            return Delivered(spec, path, hashlib.file_digest(raw, "sha256").hexdigest())
    hashed = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(spec.encoding)()
    also_utf8 = codecs.getincrementaldecoder("utf-8")() if spec.encoding != "utf-8" else None
    plain_ascii = True
    offset, last, quotes = 0, b"", 0
    try:
        with open_bytes(path) as file:
            while chunk := file.read(_CHUNK):
                _refuse_binary(path, offset, chunk)
                hashed.update(chunk)
                _decode(decoder, spec, path, offset, chunk)
                if also_utf8 is not None:
                    plain_ascii = plain_ascii and chunk.isascii()
                    try:
                        also_utf8.decode(chunk)
                    except UnicodeDecodeError:
                        also_utf8 = None
                quotes += chunk.count(spec.quote.encode()) if spec.quote else 0
                offset, last = offset + len(chunk), chunk[-1:]
        _decode(decoder, spec, path, offset, b"", final=True)
    except (EOFError, zlib.error, gzip.BadGzipFile) as wrong:
        raise InputError(
            f"{path}: the compressed file is incomplete or damaged ({wrong})", "Ask for it to be sent again."
        ) from None
    if also_utf8 is not None and not plain_ascii:
        raise InputError(
            f"{path}: the mapping says {spec.encoding}, but the whole file reads as UTF-8 ({spec.place})",
            'Set encoding = "utf-8" for this file.',
        )
    return Delivered(spec, path, hashed.hexdigest(), last in (b"\n", b"\r"), quotes % 2 == 1)


def open_bytes(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked if it is compressed."""
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _refuse_binary(path: Path, offset: int, chunk: bytes) -> None:
    at = chunk.find(b"\0")
    if at < 0:
        return
    looks = "UTF-16" if offset == 0 and chunk[:2] in (b"\xff\xfe", b"\xfe\xff") else "a binary file"
    raise InputError(
        f"{path}, byte {offset + at + 1}: a zero byte; this looks like {looks}, not text",
        "Export it as CSV in UTF-8 or GB18030, or name it .xlsx or .parquet if it is one.",
    )


def _decode(
    decoder: codecs.IncrementalDecoder, spec: SourceFile, path: Path, offset: int, chunk: bytes, *, final: bool = False
) -> None:
    held = len(decoder.getstate()[0])
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError as wrong:
        at = offset - held + wrong.start
        row, line = _row_at(path, at)
        wanted = "UTF-8" if spec.encoding == "utf-8" else "GB18030"
        looks = _looks_like(line, spec.encoding)
        raise InputError(
            f"{path}, row {row}, byte {at + 1}: not {wanted} (0x{wrong.object[wrong.start]:02X});"
            f" the file looks like {looks} ({spec.place})",
            f'Set encoding = "{looks.lower()}" for this file.'
            if looks in ("UTF-8", "GB18030")
            else f"Ask for the file in {wanted}.",
        ) from None


def _row_at(path: Path, at: int) -> tuple[int, bytes]:
    """The line a byte stands on, and that line."""
    row, passed = 1, 0
    with open_bytes(path) as file:
        for line in file:
            if passed + len(line) > at:
                return row, line
            row, passed = row + 1, passed + len(line)
    return row, b""


def _looks_like(line: bytes, said: str) -> str:
    for encoding, shown in (("utf-8", "UTF-8"), ("gb18030", "GB18030"), ("big5", "Big5")):
        if encoding == said:
            continue
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            continue
        return shown
    return "no encoding known here; it may be damaged"
