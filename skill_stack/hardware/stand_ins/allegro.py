"""VirtualAllegro: an Allegro Hand V4 on a virtual CAN bus, with the frames that the manufacturer's driver uses.

It shares no code with the driver, so that errors in either show.
"""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable
from typing import Protocol

import can
import numpy as np
from can.interfaces.virtual import VirtualBus

from skill_stack.core.processes.worker_thread import WorkerThread

DEGREES = 333.3 / 65536
PULSE = 1200.0
INERTIA, DRAG = 1e-3, 2e-2  # kg·m², N·m·s/rad: a finger with its gears


class Fingers(Protocol):
    """Joints moved by the motors, in the order of the bus."""

    def pull(self, torque: np.ndarray, duration: float) -> None:
        """Advances time under torques, N·m, shape (16,); s."""

    def joints(self) -> tuple[np.ndarray, np.ndarray]:
        """Positions and velocities, rad and rad/s, shape (16,) each."""


class VirtualAllegro:
    """A hand; it works in its own thread until it is closed.

    Attributes:
        angles: Joint positions in the order of the bus, rad, shape (16,).
        speeds: Their velocities, rad/s, shape (16,).
        stops: Where the joints' mechanical ends are, rad, shape (16,) each.
        on: Whether the motors are on.
        pulses: The pulse widths in force, shape (16,).
        left: Whether it reports that it is a left hand.
        status: Its status bits.
        mute: Fingers, from zero, whose frames do not come.
        skip: Share of measurements, counted, of which a finger's frame is lost: every n-th; 0 for none.
        dead: Whether nothing comes at all, as without power.
        temperatures: Of each finger, °C.
        lock: Held while it works.
    """

    STEP = 1e-3

    def __init__(
        self, channel: str, clock: Callable[[], float] = time.monotonic, fingers: Fingers | None = None
    ) -> None:
        """Joins a virtual bus of this process.

        Args:
            channel: Its name.
            clock: The hand's time, s.
            fingers: What the motors move; an inertia each by default.
        """
        self._channel = channel
        self._bus = VirtualBus(channel=channel)
        self._clock, self._fingers = clock, fingers
        self.angles, self.speeds = np.full(16, 0.3), np.zeros(16)
        self.stops = np.full(16, -1.9), np.full(16, 1.9)
        self.pulses = np.zeros(16)
        self.on = self.left = self.dead = False
        self.status, self.skip = 0, 0
        self.mute: set[int] = set()
        self.temperatures = [31, 32, 33, 34]
        self.lock = threading.RLock()
        self._period, self._measured, self._count = 0.0, 0.0, 0
        self._now = clock()
        self._open = True
        self._thread = WorkerThread("virtual-allegro", self._work, wanted=lambda: self._open)
        self._thread.start()

    @property
    def caught_up(self) -> bool:
        """Whether it has received every frame, and caught up with its clock."""
        with self.lock:
            return self._bus.queue.empty() and self._now + self.STEP > self._clock()

    @property
    def pulling(self) -> bool:
        """Whether any motor exerts torque."""
        with self.lock:
            return self.on and bool(np.any(self.pulses))

    def power_cut(self) -> None:
        """Simulates a momentary loss of power: its state is lost."""
        with self.lock:
            self.on, self._period = False, 0.0
            self.pulses[:] = 0.0

    def bus_off(self) -> None:
        """Reports bus-off to every other member."""
        self._bus.send(can.Message(arbitration_id=0x40, is_error_frame=True, is_extended_id=False))

    def stranger(self, pulses: list[int]) -> None:
        """Simulates another program that commands the first finger, in counts of pulse width."""
        with can.Bus(channel=self._channel, interface="virtual") as other:
            data = struct.pack("<4h", *pulses)
            other.send(can.Message(arbitration_id=0x60 << 2, data=data, is_extended_id=False))

    def close(self) -> None:
        """Ends the thread and leaves the bus."""
        self._open = False
        self._thread.join()
        self._bus.shutdown()

    def _work(self) -> None:
        while self._open:
            message = self._bus.recv(timeout=self.STEP)
            with self.lock:
                if message is not None and not self.dead:
                    self._hear(message)
                self._advance()

    def _advance(self) -> None:
        now = self._clock()
        while self._now + self.STEP <= now:
            self._now = max(self._now, now - 0.2) + self.STEP
            self._move(self.pulses / PULSE * self.on)
            if self._period and self._now - self._measured >= self._period - 1e-9 and not self.dead:
                self._measured = self._now
                self._measure()

    def _move(self, torque: np.ndarray) -> None:
        if self._fingers is not None:
            self._fingers.pull(torque, self.STEP)
            self.angles, self.speeds = self._fingers.joints()
            return
        self.speeds += (torque - DRAG * self.speeds) / INERTIA * self.STEP
        self.angles += self.speeds * self.STEP
        stopped = (self.angles < self.stops[0]) | (self.angles > self.stops[1])
        self.speeds[stopped] = 0.0
        np.clip(self.angles, *self.stops, out=self.angles)

    def _measure(self) -> None:
        self._count += 1
        for finger in range(4):
            lost = self.skip and self._count % self.skip == 0 and finger == self._count // self.skip % 4
            if finger not in self.mute and not lost:
                counts = np.rint(np.degrees(self.angles[4 * finger : 4 * finger + 4]) / DEGREES).astype(int)
                self._say(0x20 + finger, struct.pack("<4h", *counts.tolist()))

    def _hear(self, message: can.Message) -> None:
        number, data = message.arbitration_id >> 2, bytes(message.data)
        if message.is_remote_frame:
            if number == 0x80:
                self._say(0x80, struct.pack("<hhBBB", 0x0401, 0x0200, self.left, 35, self.status | self.on))
            elif 0x38 <= number <= 0x3B:
                self._say(number, bytes([self.temperatures[number - 0x38]] * 4))
        elif number == 0x40:
            self.on = True
        elif number == 0x41:
            self.on = False
            self.pulses[:] = 0.0
        elif number == 0x81:
            self._period = 1e-3 * struct.unpack("<hhh", data)[0]
        elif 0x60 <= number <= 0x63:
            finger = number - 0x60
            self.pulses[4 * finger : 4 * finger + 4] = struct.unpack("<4h", data)

    def _say(self, number: int, data: bytes) -> None:
        self._bus.send(can.Message(arbitration_id=number << 2, data=data, is_extended_id=False))
