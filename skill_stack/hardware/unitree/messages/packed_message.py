"""PackedMessage: a message as the bytes that go on the wire, filled in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skill_stack.hardware.unitree.messages.crc import MessageCrc
from skill_stack.hardware.unitree.messages.layout import HEADER, MessageLayout

Array = np.ndarray
_ALL = slice(None)


class PackedMessage:
    """Serialized bytes with views on their fields; serializing objects costs hundreds of times as much.

    Attributes:
        layout: Where the fields are.
    """

    def __init__(self, message: Any, lengths: Mapping[str, int] | None = None) -> None:
        """Begins with every field zero.

        Args:
            message: Class of the message.
            lengths: Number of elements of each sequence, by its path; a message with sequences carries no checksum.
        """
        self.layout = MessageLayout(message, lengths)
        self._data = np.zeros(self.layout.size, dtype=np.uint8)
        self._data[: len(HEADER)] = np.frombuffer(HEADER, dtype=np.uint8)
        for path, length in (lengths or {}).items():
            self._word(self.layout.length_place(path))[0] = length
        self._crc = None if lengths else MessageCrc(self.layout)
        self._sum = None if self._crc is None else self._word(self._crc.place)

    def view(self, path: str) -> Array:
        """One field as an array that writes into the message; raises UnknownName.

        Raises:
            ValueError: Its elements are not evenly spaced.
        """
        return self.rows((path,))[:, 0]

    def rows(self, paths: Sequence[str]) -> Array:
        """Several fields of the elements of an array as one array that writes into the message.

        Args:
            paths: Fields that follow each other and have one type, e.g. ``motor_cmd.q``, ``motor_cmd.dq``.

        Returns:
            Shape (elements, paths).

        Raises:
            UnknownName: There is no such field.
            ValueError: They are not evenly spaced, or not of one type.
        """
        kinds = {place.dtype for path in paths for place in self.layout.places(path)}
        places = np.column_stack([self.layout.wire(path) for path in paths])
        down, across = (_stride(places), _stride(places.T))
        if len(kinds) != 1 or down is None or across is None:
            raise ValueError(f"fields {', '.join(paths)} are not evenly spaced numbers of one type")
        return np.ndarray(places.shape, kinds.pop(), self._data.data, int(places[0, 0]), (down, across))

    def fill(self, path: str, value: int | Array, elements: Array | slice = _ALL) -> None:
        """Sets elements of a field of bytes, evenly spaced or not.

        Args:
            path: The field.
            value: What they become, one number for all or one for each.
            elements: Which of them.

        Raises:
            UnknownName: There is no such field.
        """
        self._data[self.layout.wire(path)[elements]] = value

    def signed(self) -> bytes:
        """The bytes to send, with their checksum where the message carries one."""
        if self._crc is not None and self._sum is not None:
            self._sum[0] = self._crc.checksum(self._data)
        return self._data.tobytes()

    def _word(self, place: int) -> Array:
        """A whole number of four bytes, as an array that writes into the message."""
        return self._data[place : place + 4].view("<u4")


def _stride(places: Array) -> int | None:
    """The distance of rows, 0 for a single row, None when it varies."""
    steps = np.diff(places, axis=0)
    if not steps.size:
        return 0
    return int(steps.flat[0]) if np.all(steps == steps.flat[0]) else None
