"""MessageLayout: where each field of a message is, on the wire and in the vendor's C struct.

Both follow from the message's definition: on the wire (XCDR1) each number is aligned to its own size; in the C struct
every nested struct is also aligned to, and padded to a multiple of, its largest member. A sequence is its number of
elements followed by these; it has no place in a C struct.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple, get_args

import numpy as np
from cyclonedds.idl.types import array, sequence

from skill_stack.core.errors import UnknownName

Array = np.ndarray

HEADER = b"\x00\x01\x00\x00"
"""Encapsulation header of little-endian XCDR1."""
_DTYPES = {
    "byte": "<u1", "uint8": "<u1", "int8": "<i1", "uint16": "<u2", "int16": "<i2", "uint32": "<u4", "int32": "<i4",
    "uint64": "<u8", "int64": "<i8", "float32": "<f4", "float64": "<f8",
}  # fmt: skip


class FieldPlace(NamedTuple):
    """One number of a message.

    Attributes:
        wire: Byte on the wire, header included.
        image: Byte in the C struct.
        dtype: Its type.
    """

    wire: int
    image: int
    dtype: np.dtype[Any]


class MessageLayout:
    """Layout of a message of fixed size, or of one whose sequences have known lengths.

    Attributes:
        size: Bytes on the wire, header included, padded to a multiple of four.
        image_size: Bytes of the C struct; of no use where the message has sequences.
    """

    def __init__(self, message: Any, lengths: Mapping[str, int] | None = None) -> None:
        """Computes all places.

        Args:
            message: Class of the message; only numbers, structs, arrays of fixed length and sequences.
            lengths: Number of elements of each sequence, by its path.
        """
        self._name = message.__idl_typename__
        self._lengths = dict(lengths or {})
        self._places: dict[str, list[FieldPlace]] = {}
        self._wire, self._image = len(HEADER), 0
        self._struct(message, "")
        self.size = _up(self._wire, 4)
        self.image_size = _up(self._image, _alignment(message))

    def places(self, path: str) -> list[FieldPlace]:
        """Where a field is, over all elements of the arrays that hold it, e.g. ``motor_cmd.q``.

        Raises:
            UnknownName: The message has no such field.
        """
        if path not in self._places:
            raise UnknownName(f"field of {self._name}", path, self._places)
        return self._places[path]

    def length_place(self, path: str) -> int:
        """Byte on the wire at which the number of elements of a sequence begins; raises UnknownName."""
        return self.places(_length_path(path))[0].wire

    def wire(self, path: str) -> Array:
        """Bytes of a field on the wire, shape (elements,); raises UnknownName."""
        return np.array([place.wire for place in self.places(path)])

    def image_order(self) -> Array:
        """For each byte of the C struct the byte on the wire that it holds, shape (image_size,).

        Padding points at the first byte of the header, which is zero.
        """
        order = np.zeros(self.image_size, dtype=np.intp)
        for places in self._places.values():
            for wire, image, dtype in places:
                span = np.arange(dtype.itemsize)
                order[image + span] = wire + span
        return order

    def _struct(self, message: Any, prefix: str) -> None:
        self._image = _up(self._image, _alignment(message))
        for field in dataclasses.fields(message):
            self._member(field.type, f"{prefix}{field.name}")
        self._image = _up(self._image, _alignment(message))

    def _member(self, kind: Any, path: str) -> None:
        note = _note(kind)
        if isinstance(note, array):
            for _ in range(note.length):
                self._member(note.subtype, path)
        elif isinstance(note, sequence):
            self._number("uint32", _length_path(path))
            for _ in range(self._lengths[path]):
                self._member(note.subtype, path)
        elif dataclasses.is_dataclass(kind):
            self._struct(kind, f"{path}.")
        else:
            self._number(note, path)

    def _number(self, kind: str, path: str) -> None:
        dtype = np.dtype(_DTYPES[kind])
        place = FieldPlace(_up(self._wire, dtype.itemsize), _up(self._image, dtype.itemsize), dtype)
        self._places.setdefault(path, []).append(place)
        self._wire, self._image = place.wire + dtype.itemsize, place.image + dtype.itemsize


def _length_path(path: str) -> str:
    """Name under which the number of elements of a sequence is kept; no field has such a name."""
    return f"len({path})"


def _note(kind: Any) -> Any:
    """The serializer's annotation of a type: its name, or its array."""
    arguments = get_args(kind)
    return arguments[1] if len(arguments) > 1 else None


def _alignment(kind: Any) -> int:
    """Alignment of a type in a C struct."""
    note = _note(kind)
    if isinstance(note, array | sequence):
        return _alignment(note.subtype)
    if dataclasses.is_dataclass(kind):
        return max(_alignment(field.type) for field in dataclasses.fields(kind))
    return np.dtype(_DTYPES[note]).itemsize


def _up(value: int, step: int) -> int:
    """The next multiple."""
    return -(-value // step) * step
