"""The checksum of low-level messages: CRC-32 (polynomial 04C11DB7, start FFFFFFFF) over 32-bit words.

It runs over the words of the vendor's C struct, most significant bit first, without the last word, which holds it. The
standard library has the mirrored form of the same polynomial; a sum over mirrored bits is the mirrored sum.
"""

from __future__ import annotations

import zlib

import numpy as np

from skill_stack.hardware.unitree.messages.layout import MessageLayout

Array = np.ndarray

_MIRRORED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))
_ALL = 0xFFFFFFFF


def words_crc(image: bytes) -> int:
    """The checksum of a C struct, its last word included in the bytes but not in the sum.

    Args:
        image: Little-endian bytes of the struct, a multiple of four.
    """
    words = np.frombuffer(image, dtype="<u4")[:-1].byteswap()
    return _from_big_endian(words.tobytes())


class MessageCrc:
    """The checksum of messages of one layout straight from their bytes on the wire, with a prepared order of bytes.

    Attributes:
        place: Byte on the wire at which the message carries the sum.
    """

    def __init__(self, layout: MessageLayout) -> None:
        """Prepares the order in which bytes on the wire enter the sum."""
        words = layout.image_order().reshape(-1, 4)
        self._order = np.ascontiguousarray(words[:-1, ::-1].ravel())
        self.place = layout.places("crc")[0].wire

    def checksum(self, wire: Array) -> int:
        """The sum that a message should carry.

        Args:
            wire: Its bytes on the wire, shape (size,), uint8.
        """
        return _from_big_endian(wire.take(self._order).tobytes())

    def carried(self, raw: bytes) -> int:
        """The sum that a message carries."""
        return int.from_bytes(raw[self.place : self.place + 4], "little")

    def holds(self, raw: bytes) -> bool:
        """Whether a message carries the sum of its content."""
        return self.carried(raw) == self.checksum(np.frombuffer(raw, dtype=np.uint8))


def _from_big_endian(data: bytes) -> int:
    mirrored = zlib.crc32(data.translate(_MIRRORED)) ^ _ALL
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(_MIRRORED), "big")
