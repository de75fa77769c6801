"""Packets of protocol 2.0 as a motor receives them, after the vendor's description."""

from __future__ import annotations

from typing import NamedTuple

HEADER = b"\xff\xff\xfd\x00"
EVERYBODY = 254
STATUS = 0x55


class Packet(NamedTuple):
    """One packet.

    Attributes:
        number: Motor that it is for.
        instruction: The instruction.
        parameters: With what, bytes.
    """

    number: int
    instruction: int
    parameters: bytes


def checksum(data: bytes) -> int:
    """CRC-16 with polynomial 0x8005, from zero, most significant bit first."""
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x8005 if value & 0x8000 else value << 1) & 0xFFFF
    return value


def _table() -> list[int]:
    return [checksum(bytes([byte])) for byte in range(256)]


_TABLE = _table()


def fast_checksum(data: bytes) -> int:
    """The same by a table."""
    value = 0
    for byte in data:
        value = (value << 8 ^ _TABLE[value >> 8 ^ byte]) & 0xFFFF
    return value


def status(number: int, error: int, data: bytes) -> bytes:
    """An answer on the wire."""
    body = bytes([STATUS, error]) + data
    body = body.replace(HEADER[:3], HEADER[:3] + b"\xfd")
    packet = HEADER + bytes([number]) + (len(body) + 2).to_bytes(2, "little") + body
    return packet + fast_checksum(packet).to_bytes(2, "little")


class Listener:
    """Splits a stream of bytes into packets.

    Attributes:
        damaged: Packets whose checksum was wrong.
    """

    def __init__(self) -> None:
        """Starts empty."""
        self._bytes = bytearray()
        self.damaged = 0

    def hear(self, data: bytes) -> list[Packet]:
        """The packets that are complete now."""
        self._bytes += data
        packets: list[Packet] = []
        while True:
            start = self._bytes.find(HEADER)
            if start < 0:
                del self._bytes[: max(len(self._bytes) - 3, 0)]
                return packets
            del self._bytes[:start]
            if len(self._bytes) < 7:
                return packets
            end = 7 + int.from_bytes(self._bytes[5:7], "little")
            if len(self._bytes) < end:
                return packets
            whole = bytes(self._bytes[:end])
            if fast_checksum(whole[:-2]) != int.from_bytes(whole[-2:], "little"):
                self.damaged += 1
                del self._bytes[:4]
                continue
            del self._bytes[:end]
            parameters = whole[8:-2].replace(HEADER[:3] + b"\xfd", HEADER[:3])
            packets.append(Packet(whole[4], whole[7], parameters))
