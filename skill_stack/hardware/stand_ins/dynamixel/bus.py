"""PtyBus: motors on a pseudo terminal, with fault injection."""

from __future__ import annotations

import math
import os
import pty
import select
import threading
import time
import tty
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from skill_stack.core.processes.worker_thread import WorkerThread
from skill_stack.hardware.stand_ins.dynamixel.motor import Motor
from skill_stack.hardware.stand_ins.dynamixel.wire import EVERYBODY, Listener, Packet, status

PING, READ, WRITE, REBOOT, SYNC_READ, SYNC_WRITE = 0x01, 0x02, 0x03, 0x08, 0x82, 0x83
BOOT_TIME = 0.2
"""Time between a motor's reboot and its first answer, s."""


class HandBody(Protocol):
    """Joints moved by the motors."""

    def step(self, currents: Mapping[int, float], duration: float) -> None:
        """Advances time under the currents of all motors, A; s."""

    def state(self, number: int) -> tuple[float, float]:
        """Angle and speed of a motor, rad and rad/s."""


class LooseJoints:
    """Motors with independent inertias.

    Attributes:
        angles: Angle of each motor, rad.
        speeds: Its speed, rad/s.
        stops: Mechanical ends of motors that have any, rad.
    """

    INERTIA, DRAG, TORQUE = 1e-3, 5e-3, 0.5  # kg·m², N·m·s/rad, N·m/A: a finger, and a motor of its size

    def __init__(self, angles: Mapping[int, float]) -> None:
        """Starts at rest."""
        self.angles, self.speeds = dict(angles), dict.fromkeys(angles, 0.0)
        self.stops: dict[int, tuple[float, float]] = {}

    def step(self, currents: Mapping[int, float], duration: float) -> None:
        """See :class:`HandBody`."""
        for number, current in currents.items():
            force = self.TORQUE * current - self.DRAG * self.speeds[number]
            self.speeds[number] += force / self.INERTIA * duration
            angle = self.angles[number] + self.speeds[number] * duration
            lowest, highest = self.stops.get(number, (-math.inf, math.inf))
            self.angles[number] = min(max(angle, lowest), highest)
            if angle != self.angles[number]:
                self.speeds[number] = 0.0

    def state(self, number: int) -> tuple[float, float]:
        """See :class:`HandBody`."""
        return self.angles[number], self.speeds[number]


class PtyBus:
    """The bus; it works in its own thread until it is closed.

    Attributes:
        path: Link to the terminal; it stays the same when the adapter is unplugged and plugged in again.
        motors: The motors by number.
        mute: Motors that do not answer, though they obey.
        late: Time by which all answers of a motor come too late, s, by motor.
        noise: Bytes that come before every answer.
        spoil: Share of answers, counted, whose checksum is wrong: every n-th; 0 for none.
        lock: Held while the bus works; callers take it to change several values at once.
    """

    STEP = 1e-3

    def __init__(
        self,
        numbers: Iterable[int],
        path: Path,
        body: HandBody | None = None,
        clock: Callable[[], float] = time.monotonic,
        in_order: bool = True,
    ) -> None:
        """Connects the bus.

        Args:
            numbers: Numbers of the motors.
            path: Where the link to the terminal shall be.
            body: What they move; an inertia each by default.
            clock: Time of the motors, s.
            in_order: Whether a motor waits for the one before it, as when a wire is broken: a silent motor
                then silences those after it.
        """
        self.path, self._clock = path, clock
        self.motors = {number: Motor(number) for number in numbers}
        self.body = body or LooseJoints({number: motor.position for number, motor in self.motors.items()})
        self.mute: set[int] = set()
        self.late: dict[int, float] = {}
        self.noise = b""
        self.spoil = 0
        self.lock = threading.RLock()
        self._answers = 0
        self._chained = not in_order
        self._waiting: list[tuple[float, int, bytes]] = []
        self._booting: dict[int, float] = {}
        self._now = clock()
        self._master: int | None = None
        self.plug()
        self._open = True
        self._thread = WorkerThread("dynamixel-bus", self._work, wanted=lambda: self._open)
        self._thread.start()

    def plug(self) -> None:
        """Connects the adapter."""
        with self.lock:
            master, slave = pty.openpty()
            tty.setraw(slave)
            name = os.ttyname(slave)
            os.close(slave)
            os.set_blocking(master, False)  # what the driver throws away after it was announced never comes
            self._listener = Listener()
            self.path.unlink(missing_ok=True)
            self.path.symlink_to(name)
            self._master = master

    def unplug(self) -> None:
        """Disconnects the adapter; the motors keep their power."""
        with self.lock:
            if self._master is not None:
                os.close(self._master)
                self._master = None
                self.path.unlink(missing_ok=True)

    def cut_power(self, numbers: Iterable[int] | None = None) -> None:
        """Cuts the power of some motors, or of all."""
        with self.lock:
            for number in self.motors if numbers is None else numbers:
                self.motors[number].powered = False

    def restore_power(self) -> None:
        """Restores the power; the motors boot."""
        with self.lock:
            for number, motor in self.motors.items():
                if not motor.powered:
                    self._reboot(number)

    @property
    def caught_up(self) -> bool:
        """Whether motors and joints have caught up with the clock."""
        with self.lock:
            return self._now + self.STEP > self._clock()

    @property
    def pulling(self) -> bool:
        """Whether any motor has torque on and a non-zero current limit."""
        with self.lock:
            return any(m.torque_on and m.memory[98] != 255 and any(m.memory[102:104]) for m in self.motors.values())

    @property
    def on(self) -> bool:
        """Whether any powered motor has its torque on."""
        with self.lock:
            return any(motor.torque_on for motor in self.motors.values())

    def close(self) -> None:
        """Ends the thread and removes the terminal."""
        self._open = False
        self._thread.join()
        self.unplug()

    def __enter__(self) -> PtyBus:
        """The bus."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def _work(self) -> None:
        while self._open:
            master = self._master
            try:
                ready = bool(master is not None and select.select([master], [], [], self.STEP)[0])
                if master is None:
                    time.sleep(self.STEP)
                with self.lock:
                    self._advance()
                    if ready and master == self._master and master is not None:
                        self._hear(master)
                    self._send_late()
            except OSError:  # nobody has the terminal open now
                time.sleep(self.STEP)

    def _advance(self) -> None:
        """Advances joints and motors to the present time."""
        now = self._clock()
        for number, at in list(self._booting.items()):
            if now >= at:
                del self._booting[number]
                self.motors[number].powered = True
                self.motors[number].boot(now)
        while self._now + self.STEP <= now:
            self._now = max(self._now, now - 0.2) + self.STEP
            self.body.step({number: motor.pull(self._now) for number, motor in self.motors.items()}, self.STEP)
            for number, motor in self.motors.items():
                motor.position, motor.velocity = self.body.state(number)

    def _hear(self, master: int) -> None:
        try:
            packets = self._listener.hear(os.read(master, 4096))
        except BlockingIOError:
            return
        for packet in packets:
            for motor in self.motors.values():
                motor.hear(self._clock())
            self._answer(packet)

    def _answer(self, packet: Packet) -> None:
        """Executes one packet, and answers it."""
        data = packet.parameters
        if packet.instruction == SYNC_READ:
            address, size = int.from_bytes(data[:2], "little"), int.from_bytes(data[2:4], "little")
            for number in data[4:]:
                motor = self._listening(number)
                if motor is not None:
                    self._say(number, motor.error, motor.read(address, size, self._clock()))
                if self._chained and (motor is None or number in self.mute):
                    return
        elif packet.instruction == SYNC_WRITE:
            address, size = int.from_bytes(data[:2], "little"), int.from_bytes(data[2:4], "little")
            for start in range(4, len(data), size + 1):
                motor = self._listening(data[start])
                if motor is not None:
                    motor.write(address, data[start + 1 : start + 1 + size])
        elif packet.number != EVERYBODY:
            self._answer_one(packet)

    def _answer_one(self, packet: Packet) -> None:
        motor, data = self._listening(packet.number), packet.parameters
        if motor is None:
            return
        error, answer = 0, b""
        if packet.instruction == PING:
            answer = motor.read(0, 2, self._clock()) + motor.read(6, 1, self._clock())
        elif packet.instruction == READ:
            answer = motor.read(int.from_bytes(data[:2], "little"), int.from_bytes(data[2:4], "little"), self._clock())
        elif packet.instruction == WRITE:
            error = motor.write(int.from_bytes(data[:2], "little"), data[2:])
        elif packet.instruction == REBOOT:
            self._reboot(packet.number)
        self._say(packet.number, error | motor.error, answer)

    def _listening(self, number: int) -> Motor | None:
        motor = self.motors.get(number)
        return motor if motor is not None and motor.powered else None

    def _reboot(self, number: int) -> None:
        self.motors[number].powered = False
        self._booting[number] = self._clock() + BOOT_TIME

    def _say(self, number: int, error: int, data: bytes) -> None:
        if number in self.mute:
            return
        packet = status(number, error, data)
        self._answers += 1
        if self.spoil and self._answers % self.spoil == 0:
            packet = packet[:-1] + bytes([packet[-1] ^ 0x5A])
        packet = self.noise + packet
        before = [at for at, sender, _ in self._waiting if sender == number]
        if number in self.late or before:  # a motor answers in order
            self._waiting.append((max([self._clock() + self.late.get(number, 0.0), *before]), number, packet))
        elif self._master is not None:
            os.write(self._master, packet)

    def _send_late(self) -> None:
        now = self._clock()
        due = [packet for at, _, packet in self._waiting if at <= now]
        self._waiting = [entry for entry in self._waiting if entry[0] > now]
        for packet in due:
            if self._master is not None:
                os.write(self._master, packet)
