"""SerialPort: the port of ``dynamixel_sdk`` with short time-outs by the monotonic clock, and without busy waiting."""

from __future__ import annotations

import os
import termios
import time
from typing import Any

import serial
from dynamixel_sdk import PortHandler

from skill_stack.core.errors import DataError

SLICE = 0.001
"""Longest single wait for bytes, s; a time-out is detected at most that much late."""
NAP = 0.0001
"""Time between two checks for bytes, s."""

STUCK = 0.05
"""Longest time for the kernel to accept bytes, s; longer means that the adapter is gone.

No call may hold the loop for as long as its heartbeat may be silent.
"""


class SerialPort(PortHandler):  # type: ignore[misc]  # the package has no types
    """A serial port.

    The port of the package measures time-outs by the wall clock, adds 34 ms to each (two latency periods of a USB
    adapter as it is delivered) and polls without a pause. In a control loop at 100 Hz none of the three will do.

    Nor will ``select``, with which pyserial waits. Where no byte has come, Linux answers it for a terminal only after
    the kernel's own worker has moved what is under way (``n_tty_poll`` in ``drivers/tty/n_tty.c``), and that worker has
    no priority: on a busy machine, a loop under SCHED_FIFO was kept waiting for 0.1 s and more. The number of available
    bytes (``TIOCINQ``) is returned at once.
    """

    def __init__(self, path: str, baud_rate: int, reply_timeout: float) -> None:
        """Opens the port.

        Args:
            path: The device.
            baud_rate: Bits per second.
            reply_timeout: Time for an answer beyond what its bytes take, s.

        Raises:
            DataError: The port cannot be opened; the message states why.
        """
        super().__init__(path)
        self._reply_timeout = reply_timeout
        self.baudrate = baud_rate
        self.tx_time_per_byte = 1000.0 / baud_rate * 10.0
        try:
            self.ser = serial.Serial(path, baud_rate, timeout=0)
            self.ser.reset_input_buffer()
        except (OSError, serial.SerialException, termios.error, ValueError) as error:
            raise DataError(f"{path} cannot be opened: {error}") from error
        self.is_open = True

    def setPacketTimeout(self, packet_length: int) -> None:  # the package's name
        """Starts waiting for an answer of that many bytes."""
        self.setPacketTimeoutMillis(self.tx_time_per_byte * packet_length + 1e3 * self._reply_timeout)

    def readPort(self, length: int) -> bytes:  # the package's name
        """At most that many bytes that arrive within a time slice; raises OSError once the device is gone."""
        end = time.monotonic() + SLICE
        while (count := self.waiting()) == 0:
            if time.monotonic() >= end:
                return b""
            time.sleep(NAP)
        return bytes(self.ser.read(min(count, length)))

    def writePort(self, packet: Any) -> int:  # the package's name
        """Sends bytes; returns how many.

        Raises:
            OSError: The device is gone, or takes no bytes for :data:`STUCK`.
        """
        left, end = bytes(packet), time.monotonic() + STUCK
        while left:
            try:
                left = left[os.write(self.ser.fileno(), left) :]
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise serial.SerialTimeoutException(f"took no bytes for {STUCK:g} s") from None
                time.sleep(NAP)
        return len(packet)

    def getCurrentTime(self) -> float:
        """Monotonic time, ms."""
        return 1e3 * time.monotonic()

    def waiting(self) -> int:
        """Number of received, unread bytes; raises OSError once the device is gone."""
        count: int = self.ser.in_waiting
        return count

    def drain(self) -> int:
        """Discards received bytes; returns their number; raises OSError once the device is gone."""
        thrown = 0
        while (count := self.waiting()) > 0:
            thrown += len(self.ser.read(count))
        return thrown

    def close(self) -> None:
        """Closes the port; a second call does nothing."""
        if self.is_open:
            self.closePort()

    def __enter__(self) -> SerialPort:
        """The port itself."""
        return self

    def __exit__(self, *_: Any) -> None:
        """Closes it."""
        self.close()
