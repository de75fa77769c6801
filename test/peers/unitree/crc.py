"""The checksum of low-level messages, written for this peer alone: bit by bit as it is defined, and by table for speed.

CRC-32 with polynomial 04C11DB7, start FFFFFFFF, most significant bit first, no final exclusive-or, over the message as
little-endian 32-bit words; the last word, which holds the checksum, is left out.
"""

from __future__ import annotations

import struct
from functools import cache

POLYNOMIAL = 0x04C11DB7
START = 0xFFFFFFFF
_MASK = 0xFFFFFFFF


def checksum_by_definition(image: bytes) -> int:
    """The checksum, one bit at a time.

    Args:
        image: The message without its last word, in the layout of the vendor's C structure.
    """
    register = START
    for (word,) in struct.iter_unpack("<I", image):
        for place in range(31, -1, -1):
            top, bit = register >> 31, (word >> place) & 1
            register = (register << 1) & _MASK
            register ^= POLYNOMIAL * (top ^ bit)
    return register


@cache
def _table() -> tuple[int, ...]:
    """What the leading 16 bits of the register turn into."""
    table = []
    for halfword in range(1 << 16):
        register = halfword << 16
        for _ in range(16):
            register = ((register << 1) & _MASK) ^ (POLYNOMIAL if register >> 31 else 0)
        table.append(register)
    return tuple(table)


def checksum(image: bytes) -> int:
    """The same, half a word at a time."""
    register, table = START, _table()
    for (word,) in struct.iter_unpack("<I", image):
        register ^= word
        register = ((register << 16) & _MASK) ^ table[register >> 16]
        register = ((register << 16) & _MASK) ^ table[register >> 16]
    return register
