"""Reads a ``.safetensors`` file: a JSON header with the place of each array, then the arrays; it contains no code.

The format is that of https://github.com/huggingface/safetensors (Apache-2.0), whose library is not needed for this.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError

Array = np.ndarray
LARGEST = 64 << 20  # bytes
KINDS: dict[str, str] = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "u1", "BOOL": "?"}
"""Types of its numbers and ours."""


def read_safetensors(path: Path) -> dict[str, Array]:
    """Arrays by name.

    Raises:
        DataError: It is missing, too large, cut short, or of a type that is not known.
    """
    if not path.is_file():
        raise DataError(f"there is no file {path}; it belongs to the bundle")
    if path.stat().st_size > LARGEST:
        raise DataError(f"{path}: is larger than {LARGEST >> 20} MiB")
    content = path.read_bytes()
    end = 8 + int.from_bytes(content[:8], "little")
    try:
        header = json.loads(content[8:end].decode("utf-8"))
        entries = {name: one for name, one in header.items() if name != "__metadata__"}
        return {str(name): _array(one, content[end:]) for name, one in entries.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{path}: is no safetensors file, or one that was cut short: {error}") from error


def _array(entry: dict[str, Any], data: bytes) -> Array:
    kind = str(entry["dtype"])
    if kind not in KINDS:
        raise ValueError(f"numbers of type {kind}; known are {', '.join(KINDS)}")
    first, last = (int(one) for one in entry["data_offsets"])
    if not 0 <= first <= last <= len(data):
        raise ValueError(f"{last} bytes are described, {len(data)} are there")
    shape = [int(size) for size in entry["shape"]]
    return np.frombuffer(data[first:last], KINDS[kind]).reshape(shape).copy()
