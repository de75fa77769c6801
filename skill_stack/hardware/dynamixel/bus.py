"""Bus: requests and answers on a Dynamixel bus, with protection against late answers.

An answer names its motor, not its request. A motor that answers after the time-out would thus be matched with the next
request, one cycle late forever. Motors answer in order, though: when an answer was missed, the next cycle sends the
same motors a request whose answer has another length. Once that has arrived, nothing older can be pending.
"""

from __future__ import annotations

import termios
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import serial
from dynamixel_sdk import COMM_RX_TIMEOUT, COMM_SUCCESS, Protocol2PacketHandler

from skill_stack.core.errors import StaleData
from skill_stack.hardware.dynamixel.registers import Register
from skill_stack.hardware.dynamixel.serial_port import SerialPort

GONE = (OSError, serial.SerialException, termios.error)
"""Exceptions of a port whose device is gone; flushing raises the last of them."""

_ID, _LENGTH, _ERROR, _DATA = 4, 5, 8, 9  # bytes of a status packet
_BEFORE_LENGTH, _CHECKSUM = 7, 2  # bytes that its length does not count, and bytes at its end
_LENGTH_OF_STATUS = 11  # all of a status packet but its data
_ALERT = 0x80  # bit of the error byte: something is in the motor's hardware error status
_PROBES = (4, 5, 6, 7, 8)  # lengths of questions by which the bus gets in step again; no other question has them


PATIENCE = 5
"""Cycles in a row given up for a motor; after that many requests nothing can be pending."""


class Silence(StaleData):
    """No motor answers, or the device is gone."""


class Bus:
    """One bus.

    Attributes:
        counts: What went wrong so far: ``missed`` and ``late`` answers, ``damaged`` packets, ``dropped`` cycles.
        alerts: Numbers of motors whose last answer said that they have a hardware error.
        owed: Numbers of motors whose answer was missed and may still come.
    """

    def __init__(self, port: SerialPort) -> None:
        """Takes an open port."""
        self._port = port
        self._packets = Protocol2PacketHandler()
        self.counts: Counter[str] = Counter()
        self.alerts: set[int] = set()
        self.owed: set[int] = set()
        self._probe = self._dropped = 0

    def read_all(self, numbers: Sequence[int], register: Register) -> dict[int, bytes] | None:
        """Reads from several motors at once.

        Args:
            numbers: The motors.
            register: The register to read.

        Returns:
            The answers that came, by motor; None for a cycle that was given up to get in step again.

        Raises:
            Silence: The device is gone.
        """
        try:
            if self.owed:
                self._get_in_step()
                return None
            answers = self._ask(numbers, register)
        except GONE as error:
            raise Silence(f"the bus is gone: {error}") from error
        self.owed = set(numbers) - set(answers)
        self.counts["missed"] += len(self.owed)
        return answers

    def read(self, number: int, register: Register) -> bytes | None:
        """Reads from one motor; None when it does not answer or the cycle was given up; raises Silence."""
        answers = self.read_all((number,), register)
        return None if answers is None else answers.get(number)

    def write_all(self, register: Register, values: Mapping[int, bytes]) -> None:
        """Writes to several motors at once, without answers; raises Silence once the device is gone."""
        parameters = [byte for number, data in values.items() for byte in (number, *data)]
        try:
            result = self._packets.syncWriteTxOnly(
                self._port, register.address, register.size, parameters, len(parameters)
            )
        except GONE as error:
            self._port.is_using = False
            raise Silence(f"the bus is gone: {error}") from error
        if result != COMM_SUCCESS:
            raise Silence(f"the bus takes no bytes: {self._packets.getTxRxResult(result)}")

    def write_each(self, register: Register, numbers: Iterable[int], value: int) -> None:
        """Writes the same value to several motors; raises Silence."""
        data = value.to_bytes(register.size, "little", signed=value < 0)
        self.write_all(register, dict.fromkeys(numbers, data))

    def reboot(self, number: int) -> None:
        """Reboots a motor, the only way to clear a hardware error; no answer is awaited."""
        self._packets.reboot(self._port, number)
        self.owed.add(number)

    def forget(self, number: int) -> None:
        """Drops the pending answer of a motor that is no longer polled."""
        self.owed.discard(number)

    def _get_in_step(self) -> None:
        """Spends a cycle on a request of another length to the motors with a pending answer."""
        self._probe = (self._probe + 1) % len(_PROBES)
        self.owed -= set(self._ask(sorted(self.owed), Register(0, _PROBES[self._probe])))
        self.counts["dropped"] += 1
        self._dropped = self._dropped + 1 if self.owed else 0
        if self._dropped >= PATIENCE:
            self.owed.clear()
            self._dropped = 0

    def _ask(self, numbers: Sequence[int], register: Register) -> dict[int, bytes]:
        """One request to several motors, and the answers in time."""
        self.counts["late"] += self._port.drain() > 0
        wanted = list(numbers)
        self._packets.syncReadTx(self._port, register.address, register.size, wanted, len(wanted), False)
        self._port.setPacketTimeout((_LENGTH_OF_STATUS + register.size) * len(wanted))
        answers: dict[int, bytes] = {}
        while len(answers) < len(wanted):
            packet, result = self._packets.rxPacket(self._port, False)
            if result == COMM_SUCCESS:
                self._take(bytes(packet), register.size, wanted, answers)
            elif result == COMM_RX_TIMEOUT or self._port.isPacketTimeout():
                break
            else:
                self.counts["damaged"] += 1
        return answers

    def _take(self, packet: bytes, size: int, wanted: Sequence[int], answers: dict[int, bytes]) -> None:
        """Assigns one answer, unless it belongs to another request."""
        number, end = packet[_ID], packet[_LENGTH] + 256 * packet[_LENGTH + 1] + _BEFORE_LENGTH - _CHECKSUM
        data = packet[_DATA:end]
        if number not in wanted or len(data) != size or number in answers:
            self.counts["late"] += 1
            return
        answers[number] = data
        (self.alerts.add if packet[_ERROR] & _ALERT else self.alerts.discard)(number)
