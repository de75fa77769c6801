"""Texts of fixed length in shared memory."""

from __future__ import annotations

import functools

from skill_stack.core.errors import DataError


def to_bytes(text: str, size: int, what: str) -> bytes:
    """A name as UTF-8, which must fit completely.

    Raises:
        DataError: It is longer than ``size`` bytes, or holds a zero byte.
    """
    data = text.encode()
    if len(data) > size or b"\0" in data:
        raise DataError(f"{what} '{text[:40]}' is not a text of at most {size} bytes")
    return data


@functools.lru_cache(maxsize=256)  # the control loop says the same few texts at every tick
def to_bytes_cut(text: str, size: int) -> bytes:
    """A text for people as UTF-8, cut if it is too long."""
    return text.encode()[:size].replace(b"\0", b" ")


def to_text(data: bytes) -> str:
    """The text of bytes; a character that was cut in the middle is dropped."""
    return data.rstrip(b"\0").decode(errors="ignore")
