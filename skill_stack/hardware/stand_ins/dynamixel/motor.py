"""Motor: memory and behaviour of one servo, after the control table of the XC330-M288-T."""

from __future__ import annotations

import math
import struct

COUNTS = 4096 / (2 * math.pi)
SPEED = 0.229 * 2 * math.pi / 60
LOCKED_FROM = 64
"""First byte that may be written while torque is on; the EEPROM is below."""
ACCESS_ERROR, RANGE_ERROR = 7, 4
GAIN = 0.13
"""Current for one count of proportional gain and one rad, A; the vendor states none, 600 is soft."""
DAMPING = 6.0e-3
"""Current for one count of derivative gain and one rad/s, A, likewise."""


class Motor:
    """One servo.

    Attributes:
        memory: Its control table.
        current: Current through it, A.
        powered: Whether it has power; without it, it neither answers nor pulls.
        temperature: °C.
        gain: Current for one count of proportional gain and one rad, A.
        damping: Current for one count of derivative gain and one rad/s, A.
    """

    def __init__(self, number: int, model: int = 1240) -> None:
        """A servo in its default state, in the middle of its turn."""
        self.number, self._model = number, model
        self.memory = bytearray(256)
        self.temperature = 31.0
        self.gain, self.damping = GAIN, DAMPING
        self.position, self.velocity = math.pi, 0.0
        self.current, self.powered = 0.0, True
        self._heard = 0.0
        self._on_since = 0.0
        self._put(9, 1, 250)
        self._put(11, 1, 3)
        self._put(38, 2, 2352)
        self.boot(0.0)

    def boot(self, now: float) -> None:
        """Clears what is not in its EEPROM."""
        self._on_since = now
        self.memory[LOCKED_FROM:] = bytes(256 - LOCKED_FROM)
        self._put(0, 2, self._model)
        self._put(6, 1, 52)
        self._put(7, 1, self.number)
        for address, value in ((80, 0), (82, 0), (84, 900), (102, 2352)):
            self._put(address, 2, value)

    @property
    def torque_on(self) -> bool:
        """Whether its torque is on."""
        return self.powered and self.memory[64] == 1

    @property
    def goal(self) -> float:
        """Goal position, rad."""
        return int(struct.unpack_from("<i", self.memory, 116)[0]) / COUNTS

    def fail(self, bit: int) -> None:
        """Switches itself off with a hardware error."""
        self.memory[70] |= 1 << bit
        self.memory[64] = 0

    def hear(self, now: float) -> None:
        """Feeds the watchdog; any packet on the bus does."""
        self._heard = now

    def write(self, address: int, data: bytes) -> int:
        """Takes bytes; returns the error of the answer."""
        if address < LOCKED_FROM and self.memory[64]:
            return ACCESS_ERROR
        if self.memory[98] == 255 and address in (100, 102, 104) or (address == 64 and data[0] and self.memory[70]):
            return RANGE_ERROR
        if address == 64 and data[0] and not self.memory[64]:
            struct.pack_into("<i", self.memory, 116, round(self.position * COUNTS))
        self.memory[address : address + len(data)] = data
        return 0

    def read(self, address: int, size: int, now: float) -> bytes:
        """Its memory, with what it measures."""
        memory = self.memory
        struct.pack_into("<H", memory, 120, int(1000 * (now - self._on_since)) % 32768)
        struct.pack_into(
            "<hii", memory, 126, round(1000 * self.current), round(self.velocity / SPEED), round(self.position * COUNTS)
        )
        struct.pack_into("<HB", memory, 144, 50, min(round(self.temperature), 255))
        return bytes(memory[address : address + size])

    @property
    def error(self) -> int:
        """Error byte of its answers without the cause: the alert."""
        return 0x80 if self.memory[70] else 0

    def pull(self, now: float) -> float:
        """The current commanded by its loop, A."""
        self.current = 0.0
        if not self.torque_on:
            return 0.0
        watchdog = self.memory[98]
        if 0 < watchdog < 128 and now - self._heard > 0.02 * watchdog:
            self.memory[98] = 255
            struct.pack_into("<h", self.memory, 102, 0)
        derivative, _, proportional = struct.unpack_from("<HHH", self.memory, 80)
        limit = 1e-3 * abs(struct.unpack_from("<h", self.memory, 102)[0])
        wanted = self.gain * proportional * (self.goal - self.position) - self.damping * derivative * self.velocity
        self.current = max(-limit, min(limit, wanted))
        return self.current

    def _put(self, address: int, size: int, value: int) -> None:
        self.memory[address : address + size] = value.to_bytes(size, "little")
