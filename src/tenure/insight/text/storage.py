"""A learnt model as bytes: a JSON header and NumPy arrays in one npz. No pickle, so that loading can run no code."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 1
_HEADER = "header"


def packed(kind: str, state: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """``state`` (anything JSON holds) and ``arrays`` as bytes, marked with what kind of model they are."""
    header = json.dumps({"kind": kind, "format": FORMAT, **state}, ensure_ascii=False).encode()
    out = io.BytesIO()
    members: dict[str, Any] = {_HEADER: np.frombuffer(header, dtype=np.uint8), **arrays}
    np.savez_compressed(out, **members)
    return out.getvalue()


def unpacked(kind: str, saved: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The state and arrays that ``packed`` stored.

    Raises:
        InputError: the bytes are no model, one of another kind, or one of another version.
    """
    try:
        with np.load(io.BytesIO(saved), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        state = json.loads(arrays.pop(_HEADER).tobytes())
    except (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile) as wrong:
        raise InputError(f"these {len(saved):,} bytes are no saved {kind}: {wrong}") from None
    if state.get("kind") != kind or state.get("format") != FORMAT:
        came = f"{state.get('kind')}, format {state.get('format')}"
        raise InputError(f"a saved {kind}, format {FORMAT}, was expected; this is a {came}", "Fit and save it again.")
    return state, arrays
