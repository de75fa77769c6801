"""CDR, as ROS 2 sends messages: the few that the recorder makes without ROS."""

from __future__ import annotations

import struct

HEAD = b"\x00\x01\x00\x00"
"""What every message begins with: little-endian CDR."""


class CdrWriter:
    """Writes one message after another value; alignment counts from behind the head."""

    def __init__(self) -> None:
        self._data = bytearray(HEAD)

    def _align(self, size: int) -> None:
        self._data += bytes(-(len(self._data) - len(HEAD)) % size)

    def number(self, code: str, *values: float) -> None:
        """Adds numbers of one type, by its letter in :mod:`struct`."""
        self._align(struct.calcsize(code))
        self._data += struct.pack(f"<{len(values)}{code}", *values)

    def text(self, text: str) -> None:
        """Adds a string."""
        data = text.encode()
        self.number("I", len(data) + 1)
        self._data += data + b"\0"

    def texts(self, texts: tuple[str, ...]) -> None:
        """Adds a sequence of strings."""
        self.number("I", len(texts))
        for text in texts:
            self.text(text)

    def blob(self, data: bytes | memoryview) -> None:
        """Adds a sequence of bytes."""
        self.number("I", len(data))
        self._data += data

    def time(self, nanoseconds: int) -> None:
        """Adds a builtin_interfaces/Time, ns."""
        self.number("i", nanoseconds // 10**9)
        self.number("I", nanoseconds % 10**9)

    def done(self) -> bytes:
        """Returns the message."""
        return bytes(self._data)
