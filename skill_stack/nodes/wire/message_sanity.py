"""Plausibility of a message's numbers and texts beyond the types of the wire."""

from __future__ import annotations

import array
import functools
import math
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from skill_stack.core.errors import DataError

LARGEST = 1e12
"""Largest number, of whatever unit."""
LONGEST = 1_000_000
"""Most characters of a text."""
MOST = 20_000
"""Longest list of a message, except byte arrays such as pictures and grids."""
_ALLOWED = "\n\r\t"
_BYTES = ("uint8", "int8", "octet", "char", "byte")

Check = Callable[[Any, str], None]


def check_message(message: Any, free: tuple[str, ...] = ()) -> None:
    """Raises DataError for numbers that are not finite or huge, overlong lists and texts, and invalid texts.

    Args:
        message: The message.
        free: Fields of it whose numbers need not be finite; their texts and lengths are checked all the same.
    """
    for name, check, loose in _checks(message.__class__):
        (loose if name in free else check)(getattr(message, name), name)


@functools.cache
def _checks(kind: Hashable) -> tuple[tuple[str, Check, Check], ...]:
    """Name, check and check without numbers of each field of a type of message that has something to check."""
    found = []
    fields: dict[str, str] = kind.get_fields_and_field_types()  # type: ignore[attr-defined]
    for name, text in fields.items():
        check = _check_of(text)
        if check is not None:
            found.append((name, check, functools.partial(_loosely, check)))
    return tuple(found)


def _loosely(check: Check, value: Any, name: str) -> None:
    try:
        check(value, name)
    except _NotFinite:
        pass


class _NotFinite(DataError):
    """A number is not finite."""


def _check_of(text: str) -> Check | None:
    """How a field is checked, by its type as the interface states it, e.g. ``sequence<double>``."""
    inner = text.removeprefix("sequence<").partition(">")[0].partition(",")[0].partition("[")[0]
    listed = text.startswith("sequence<") or "[" in text
    if inner in ("float", "double"):
        return _numbers if listed else _number
    if inner.startswith(("string", "wstring")):
        return functools.partial(_each, _text) if listed else _text
    if "/" in inner:
        return functools.partial(_each, _part) if listed else _part
    return _length if listed and inner not in _BYTES else None


def _part(value: Any, name: str) -> None:
    for inner, check, _ in _checks(value.__class__):
        check(getattr(value, inner), inner)


def _each(check: Check, values: Any, name: str) -> None:
    _length(values, name)
    for value in values:
        check(value, name)


def _length(values: Any, name: str) -> None:
    if len(values) > MOST:
        raise DataError(f"{name} has {len(values)} parts, more than {MOST}")


def _number(value: float, name: str) -> None:
    if not math.isfinite(value):
        raise _NotFinite(f"{name} is {value}")
    if abs(value) > LARGEST:
        raise DataError(f"{name} is {value:g}, which cannot be meant")


def _numbers(values: Any, name: str) -> None:
    _length(values, name)
    found = np.asarray(values if isinstance(values, array.array | np.ndarray) else list(values), float)
    if not np.isfinite(found).all():
        raise _NotFinite(f"{name} has numbers that are none")
    if found.size and float(np.abs(found).max()) > LARGEST:
        raise DataError(f"{name} has numbers beyond {LARGEST:g}, which cannot be meant")


def _text(value: str, name: str) -> None:
    if len(value) > LONGEST:
        raise DataError(f"{name} has {len(value)} characters, more than {LONGEST}")
    if not value.isprintable() and any(ord(c) < 32 and c not in _ALLOWED or 127 <= ord(c) < 160 for c in value):
        raise DataError(f"{name} has control characters: {value[:40]!r}")
