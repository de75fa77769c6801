"""Faults over the buses of hands: injection, repair, and required final state."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skill_stack.benchmarks.devices.hand_rigs import HandRig
from skill_stack.core.errors import LeaseRefused
from skill_stack.core.joint_command import CommandMode, JointCommand
from skill_stack.core.robots.hardware import Hardware
from skill_stack.core.sensor_sample import SensorSample

PATIENCE = 1500
"""Cycles within which a hand must drive again after the repair; a generous limit."""
HUNG = 5.0
"""Time limit of any call, s."""
HOT = 70.0
"""Temperature at which the vendor's motors switch themselves off, °C."""

Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class HandFault:
    """One kind of fault.

    Attributes:
        name: What it is called.
        begin: Makes it happen; returns what mends it.
        cycles: How many cycles it lasts.
        reset: Whether a person's reset is part of mending it.
        shown: Whether a sample shows it, for a fault that the driver only has to report; None where it states a reason.
    """

    name: str
    begin: Callable[[HandRig, Rng], Callable[[], None]]
    cycles: int = 60
    reset: bool = False
    shown: Callable[[SensorSample], bool] | None = None


def _some(rig: HandRig, rng: Rng, most: int) -> list[int]:
    numbers = sorted(rig.device.motors)
    return [int(n) for n in rng.choice(numbers, size=int(rng.integers(1, most + 1)), replace=False)]


def _mute(rig: HandRig, rng: Rng) -> Callable[[], None]:
    rig.device.mute.update(_some(rig, rng, 3))
    return rig.device.mute.clear


def _late(rig: HandRig, rng: Rng) -> Callable[[], None]:
    rig.device.late = {n: float(rng.uniform(1, 6)) * rig.step for n in _some(rig, rng, 2)}
    return lambda: setattr(rig.device, "late", {})


def _noise(rig: HandRig, rng: Rng) -> Callable[[], None]:
    rig.device.noise, rig.device.spoil = bytes(rng.integers(0, 256, 7).tolist()), int(rng.integers(5, 60))

    def mend() -> None:
        rig.device.noise, rig.device.spoil = b"", 0

    return mend


def _power(rig: HandRig, rng: Rng) -> Callable[[], None]:
    rig.device.cut_power(None if rng.random() < 0.5 else _some(rig, rng, 4))
    return rig.device.restore_power  # type: ignore[no-any-return]


def _brown_out(rig: HandRig, rng: Rng) -> Callable[[], None]:
    for number in _some(rig, rng, 3):
        rig.device.motors[number].boot(rig.now)
    return lambda: None


def _error(rig: HandRig, rng: Rng) -> Callable[[], None]:
    rig.device.motors[_some(rig, rng, 1)[0]].fail(int(rng.choice([0, 2, 3, 4, 5])))
    return lambda: None


def _unplug(rig: HandRig, _: Rng) -> Callable[[], None]:
    rig.device.unplug()
    return rig.device.plug  # type: ignore[no-any-return]


def _hot(rig: HandRig, rng: Rng) -> Callable[[], None]:
    motor = rig.device.motors[_some(rig, rng, 1)[0]]
    before, motor.temperature = motor.temperature, float(HOT + rng.uniform(5.0, 20.0))
    return lambda: setattr(motor, "temperature", before)


def _is_hot(sample: SensorSample) -> bool:
    return bool(sample.temperature.max() > HOT)


def _mute_finger(rig: HandRig, rng: Rng) -> Callable[[], None]:
    rig.device.mute.add(int(rng.integers(4)))
    return rig.device.mute.clear


def _lose_frames(rig: HandRig, rng: Rng) -> Callable[[], None]:
    rig.device.skip = int(rng.integers(2, 9))
    return lambda: setattr(rig.device, "skip", 0)


def _bus_off(rig: HandRig, _: Rng) -> Callable[[], None]:
    rig.device.bus_off()
    return lambda: None


def _hand_off(rig: HandRig, _: Rng) -> Callable[[], None]:
    rig.device.power_cut()
    return lambda: None


def _dead(rig: HandRig, _: Rng) -> Callable[[], None]:
    rig.device.power_cut()
    rig.device.dead = True
    return lambda: setattr(rig.device, "dead", False)


def _stranger(rig: HandRig, rng: Rng) -> Callable[[], None]:
    rig.device.stranger(rng.integers(-128, 127, 4).tolist())
    return lambda: None


SERIAL = (
    HandFault("silent motors", _mute), HandFault("late answers", _late), HandFault("noise and damaged answers", _noise),
    HandFault("power cut", _power), HandFault("motor restarted", _brown_out),
    HandFault("motor error", _error, reset=True),
    HandFault("unplugged", _unplug), HandFault("hot motor", _hot, cycles=250, shown=_is_hot),
)  # fmt: skip
CAN = (
    HandFault("silent finger", _mute_finger), HandFault("lost frames", _lose_frames), HandFault("bus-off", _bus_off),
    HandFault("power cut", _hand_off), HandFault("no power", _dead, cycles=120),
    HandFault("another program commands", _stranger),
)  # fmt: skip
CAN_ENDINGS = ("closed", "not a number", "loop died")
"""Ends of the loop after the fault: orderly, by a non-finite command, or abruptly."""
SERIAL_ENDINGS = (*CAN_ENDINGS, "everything died")
"""The same on serial, where also every program may fall silent, leaving the motors' own watchdogs. The Allegro Hand
documents none.
"""


def command(rig: HandRig, rng: Rng) -> JointCommand:
    """Somewhere between two poses of the hand."""
    robot, share, zero = rig.robot, rng.random(), np.zeros(rig.robot.size)
    q = share * robot.pose("fist") + (1 - share) * robot.pose("default")
    return JointCommand(q, zero, zero, robot.column("kp"), robot.column("kd"), CommandMode.ACTIVE)


class HandFaultTrial:
    """One fault on one hand.

    Attributes:
        wrong: What was not as it must be, in words; empty when all was well.
        slowest: Longest call of the driver, s.
    """

    def __init__(self, rig: HandRig, rng: Rng) -> None:
        """Takes a hand that is not driven."""
        self._rig, self._rng = rig, rng
        self.wrong: list[str] = []
        self.slowest = 0.0
        self._driver: Any = None

    def run(self, fault: HandFault, ending: str) -> None:
        """Drives, lets the fault happen, mends it, drives again and ends."""
        rig, rng = self._rig, self._rng
        self._driver = rig.open()
        if not self._until_driven():
            self.wrong.append(f"did not start: {self._driver.health.reason}")
        for _ in range(int(rng.integers(5, 40))):
            self._cycle()
        mend = fault.begin(rig, rng)
        seen = fault.shown is None
        for _ in range(fault.cycles):
            self._cycle()
            seen = seen or bool(fault.shown and fault.shown(self._driver.read()))
            if not self._driver.health.drives and not self._driver.health.reason:
                self.wrong.append("does not drive and says no reason")
                break
        if not seen:
            self.wrong.append(f"nobody learns of: {fault.name}")
        mend()
        if fault.reset:
            rig.channels.words.request_reset("local")
        if not self._until_driven():
            self.wrong.append(f"does not drive after the fault was mended: {self._driver.health.reason}")
        self._end(ending)

    def _end(self, ending: str) -> None:
        rig, driver = self._rig, self._driver
        if ending == "everything died":  # nobody is left to damp: the motors' watchdogs must let go
            if not any(self._lets_go()):
                self.wrong.append("motors still pull although every program died")
            self._driver = driver = rig.open("supervisor")  # for whoever comes after
        if ending == "not a number":
            bad = replace(command(rig, self._rng), q=np.full(rig.robot.size, np.nan))
            try:
                driver.write(bad)
                self.wrong.append("took a command that is not finite")
            except ValueError:
                pass
        if ending == "loop died":  # nobody reads or writes any more; the supervisor damps through a driver of its own
            self._driver = driver = rig.open("supervisor")
            driver.damp()
        driver.close()
        if not any(self._looks_off()):
            self.wrong.append(f"torque is on after: {ending}")

    def _looks_off(self) -> Iterator[bool]:
        for _ in range(50):
            yield not self._rig.device.on
            self._rig.advance()

    def _lets_go(self) -> Iterator[bool]:
        for _ in range(round(2.0 * float(self._rig.settings["watchdog"]) / self._rig.step)):
            yield not self._rig.device.pulling
            self._rig.advance()

    def _until_driven(self) -> bool:
        for _ in range(PATIENCE):
            if self._driver.health.drives and not self._driver.health.reason:
                return True
            self._cycle()
        return False

    def _cycle(self) -> None:
        begin = time.monotonic()
        driver: Hardware = self._driver
        driver.read()
        try:
            driver.write(command(self._rig, self._rng))
        except LeaseRefused:
            pass  # another program commands: the control process gives the hand up and says so
        self.slowest = max(self.slowest, time.monotonic() - begin)
        if self.slowest > HUNG and "hung" not in self.wrong:
            self.wrong.append("hung")
        self._rig.advance()
