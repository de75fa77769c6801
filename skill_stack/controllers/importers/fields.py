"""Files of other projects as data that record which field was read last, so that an error can name it.

A reader assumes the form of a file in many places: that a factor is a number, a group a table. Where a file differs,
Python raises one of :data:`MISREAD` somewhere in the reader; :func:`naming_fields` converts it to an error with the
file, the field and its value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from skill_stack.core import data_file
from skill_stack.core.errors import DataError
from skill_stack.core.quantity import implausible

MISREAD = (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError, StopIteration)
"""What Python raises where data have another form than a reader expects."""
_LAST: ContextVar[tuple[Path, str, Any] | None] = ContextVar("last", default=None)
"""File, field and value that were read last."""


class Table(dict[Any, Any]):
    """A table that records which keys are read."""

    __slots__ = ("_places",)

    def __init__(self, data: dict[Any, Any], origin: Path, way: str) -> None:
        super().__init__({key: fields(value, origin, f"{way}{key}.") for key, value in data.items()})
        self._places = {key: (origin, f"{way}{key}") for key in data}

    def __or__(self, over: Any) -> Table:
        """Both tables merged, the second has precedence; each field keeps its own file."""
        merged = Table({}, Path(), "")
        for one in (self, over):
            merged.update(one)
            merged._places |= one._places
        return merged

    def __getitem__(self, key: Any) -> Any:
        value = super().__getitem__(key)
        _LAST.set((*self._places[key], value))
        return value

    def get(self, key: Any, default: Any = None) -> Any:
        return self[key] if key in self else default

    def values(self) -> Iterator[Any]:  # type: ignore[override]
        return (self[key] for key in self)

    def items(self) -> Iterator[tuple[Any, Any]]:  # type: ignore[override]
        return ((key, self[key]) for key in self)


class FieldRow(list[Any]):
    """A list that records which items are read."""

    __slots__ = ("_origin", "_way")

    def __init__(self, data: Iterable[Any], origin: Path, way: str) -> None:
        super().__init__(fields(value, origin, f"{way}{place}.") for place, value in enumerate(data))
        self._origin, self._way = origin, way

    def __getitem__(self, place: Any) -> Any:
        value = super().__getitem__(place)
        _LAST.set((self._origin, f"{self._way}{place}", value))
        return value

    def __iter__(self) -> Iterator[Any]:
        return (self[place] for place in range(len(self)))


def fields(data: Any, origin: Path, way: str = "") -> Any:
    """Plain data wrapped to record what is read.

    Args:
        data: What a file holds.
        origin: The file.
        way: Names of the tables around it, each with a point after it.

    Raises:
        DataError: A number is none, or one that nothing has; infinite ones some formats write for no limit.
    """
    if isinstance(data, float | int) and data not in (math.inf, -math.inf) and (problem := implausible(data)):
        raise DataError(f"{origin}: {way.removesuffix('.')}: {problem}")
    if isinstance(data, dict):
        return Table(data, origin, way)
    return FieldRow(data, origin, way) if isinstance(data, list) else data


def read_fields(file: Path) -> Any:
    """Reads a YAML file as :func:`fields`; raises DataError as :func:`skill_stack.core.data_file.read_yaml` does."""
    return fields(data_file.read_yaml(file), file)


@contextmanager
def naming_fields(path: Path, kind: str) -> Iterator[None]:
    """Converts errors of a reader to ones that name file and field.

    Args:
        path: What is read, for an error before any field of it.
        kind: Name of the format.

    Raises:
        DataError: In place of one of :data:`MISREAD`, and of one that does not name the file.
    """
    token = _LAST.set(None)
    try:
        yield
    except (DataError, *MISREAD) as error:
        file, field, value = _LAST.get() or (path, "", None)
        if not isinstance(error, DataError):
            said = repr(value) if len(repr(value)) < 80 else f"a {'table' if isinstance(value, dict) else 'list'}"
            why = f": {error}" if type(error) is ValueError else ""
            raise DataError(f"{file}: is not read as {kind}: '{field}' cannot be {said}{why}") from error
        if str(file) in str(error) or (not field and path.name in str(error)):
            raise
        raise DataError(f"{file}: {field}: {error}") from error
    finally:
        _LAST.reset(token)
