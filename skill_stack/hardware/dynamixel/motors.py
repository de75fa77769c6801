"""Motors: all motors on an open bus: start-up, measuring, commanding and release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from skill_stack.core.joint_command import JointCommand
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.sensor_sample import SensorSample
from skill_stack.hardware.dynamixel.bus import Bus
from skill_stack.hardware.dynamixel.motor_clocks import MotorClocks
from skill_stack.hardware.dynamixel.motor_watch import MotorWatch
from skill_stack.hardware.dynamixel.registers import PRESENT, TICK, TORQUE_ENABLE
from skill_stack.hardware.dynamixel.sender import MotorSender
from skill_stack.hardware.dynamixel.settings import DynamixelRobot, DynamixelSettings
from skill_stack.hardware.dynamixel.start_up import DynamixelStartUp
from skill_stack.hardware.dynamixel.units import MotorUnits
from skill_stack.hardware.joint_sample import joint_sample

REPEAT = 0.01
"""Time between two commands of damping, s."""
OFF_AGAIN = 5
"""Attempts to switch torque off until all motors confirm it."""
OUTSIDE = 0.35
"""How far outside its range a joint may be found at the start, rad; beyond that it is not calibrated."""


class Motors:
    """The motors, while the port is open; every method raises Silence once the device is gone.

    Attributes:
        sample: The newest measurement, or None before the first.
        counts: What happened so far, by name.
    """

    def __init__(
        self,
        robot: RobotSpec,
        data: DynamixelRobot,
        settings: DynamixelSettings,
        bus: Bus,
        offsets: Mapping[str, float] | None = None,
    ) -> None:
        """Starts the search for the motors.

        Args:
            robot: The robot.
            data: The robot as its bus sees it.
            settings: How it is driven.
            bus: The bus.
            offsets: Calibration of this one device, rad, by joint.
        """
        self._robot, self._data, self._settings, self._bus = robot, data, settings, bus
        self._units = MotorUnits(robot, data, offsets)
        self._names = dict(zip(self._units.numbers, robot.joint_names, strict=True))
        self._sender = MotorSender(robot, self._units, settings.gain_ramp)
        self._measured = np.zeros((3, robot.size))  # position, velocity, torque
        self._exchanged: float | None = None
        self._revival: tuple[int, DynamixelStartUp] | None = None
        self._anew = False
        self.sample: SensorSample | None = None
        self.counts: Counter[str] = Counter()
        self._begin("looking for motors")

    @property
    def ready(self) -> bool:
        """Whether they may be driven."""
        return self._start.ready

    @property
    def reason(self) -> str:
        """What they wait for, or problems of single ones, for people."""
        return self._start.reason or self._watch.reason

    def turn(self, now: float, reset: bool) -> None:
        """One cycle on the bus.

        Args:
            now: Monotonic time, s.
            reset: Whether a person has requested a reset since the last turn.
        """
        silence = 0.0 if self._exchanged is None else now - self._exchanged
        self._exchanged = now
        if self._start.ready and silence > self._settings.watchdog:
            self.counts["pauses"] += 1
            self._begin("the bus was silent for too long and the motors let go")
        if not self._start.ready:
            self._start_on(reset)
            if self._start.ready:
                self._sender.forget(self._units.numbers)
                self._watch.lack(self._start.absent, now)
            return
        answers = self._bus.read_all(self._watch.present, PRESENT) or {}
        if self._sound(answers, now, reset):
            if not self._bus.owed:  # after one time-out no second one in the same cycle
                self._look_after(now)
            if answers:
                self._receive(answers, now)

    def _start_on(self, reset: bool) -> None:
        """The next step of start-up; motors that refuse are rebooted when a person has requested that."""
        self._anew = self._anew or reset
        if self._anew and self._start.refusing:
            for number in self._start.refusing:
                self._bus.reboot(number)
            self._begin("a person asked for motors to be started anew")
            return
        self._start.turn()
        if self._start.ready:
            self._anew = False

    def send(self, command: JointCommand, now: float) -> None:
        """Sends a command to the present motors; raises ValueError for one that is not finite."""
        self._sender.send(self._bus, command, self._watch.present, now)

    def damp(self, seconds: float, clock: Callable[[], float], sleep: Callable[[float], object]) -> None:
        """Sends damping for a while, then switches torque off; the present motors have confirmed it.

        Args:
            seconds: How long damping is sent, s.
            clock: Monotonic time, s.
            sleep: Waits, s.
        """
        numbers, end = self._units.numbers, clock() + seconds
        while clock() < end:
            self._sender.damp(self._bus, numbers)
            sleep(REPEAT)
        for _ in range(OFF_AGAIN):
            self.let_go()
            answers = self._bus.read_all(numbers, TORQUE_ENABLE) or {}
            if len(answers) >= len(self._watch.present) and not any(data[0] for data in answers.values()):
                break
        self._begin("torque is off")

    def let_go(self) -> None:
        """Switches the torque of all motors off."""
        self._bus.write_each(TORQUE_ENABLE, self._units.numbers, 0)

    def _sound(self, answers: Mapping[int, bytes], now: float, reset: bool) -> bool:
        """Whether everything works; otherwise start-up restarts."""
        for number in self._watch.heard(self._bus.owed, now):
            self._bus.forget(number)
        restarted = self._clocks.follow(answers, now)
        if restarted:
            self.counts["restarted"] += len(restarted)
            self._begin(f"{self._named(restarted)} was without power")
        elif len(self._watch.silent) > self._settings.most_silent:
            self._begin(self._watch.reason)
        elif reset and self._watch.stopped:
            for number in self._watch.stopped:
                self._bus.reboot(number)
            self._begin("a person asked for motors to be started anew")
        return self._start.ready

    def _look_after(self, now: float) -> None:
        """One exchange with a single motor: one that returns, or a temperature request."""
        if self._revival is not None:
            self._revive(*self._revival)
            return
        silent = self._watch.overdue(now)
        if silent is not None:
            self._revival = silent, self._start_up({silent: self._names[silent]})
        self._watch.ask(self._bus)

    def _revive(self, number: int, start: DynamixelStartUp) -> None:
        start.turn()
        if start.ready:
            self._watch.returned(number)
            self._sender.forget((number,))
            self.counts["returned"] += 1
        elif not start.failed:
            return
        self._bus.forget(number)
        self._revival = None

    def _receive(self, answers: Mapping[int, bytes], now: float) -> None:
        """A sample of a cycle's answers, unless the motors' clocks stand still."""
        if self.sample is None or not self.sample.valid or self._clocks.ticks != self.sample.sequence:
            self._units.measured(answers, *self._measured)
            self.sample = self._sampled(now, valid=True)

    def _sampled(self, now: float, valid: bool) -> SensorSample:
        ticks = self._clocks.ticks
        return joint_sample(self._robot, ticks, TICK * ticks, now, self._measured, self._watch.temperature, valid)

    def _placed(self, answers: Mapping[int, bytes]) -> str:
        """Initial joint positions, and what is wrong with them."""
        self._units.measured(answers, *self._measured)
        self.sample = self._sampled(self._exchanged or 0.0, valid=False)
        for joint, number, q in zip(self._robot.joints, self._units.numbers, self._measured[0], strict=True):
            if number in answers and not joint.lower - OUTSIDE <= q <= joint.upper + OUTSIDE:
                return (
                    f"{joint.name} stands at {q:.2f} rad, outside of {joint.lower:.2f} to {joint.upper:.2f}: "
                    "is its motor mounted and calibrated as this hand's data says?"
                )
        return ""

    def _begin(self, why: str) -> None:
        """Starts start-up; commands are dropped until it is over."""
        if self.sample is not None and self.sample.valid:
            self.sample = self._sampled(self.sample.stamp, valid=False)
        self._start = self._start_up(self._names)
        self._start.reason = why
        self._watch = MotorWatch(self._names, self._settings.silent_after, self._settings.ask_again)
        self._clocks = MotorClocks()
        self._revival = None

    def _start_up(self, names: Mapping[int, str]) -> DynamixelStartUp:
        place = self._placed if len(names) == len(self._names) else _anywhere
        return DynamixelStartUp(self._bus, self._data, self._settings, names, place)

    def _named(self, numbers: Iterable[int]) -> str:
        return ", ".join(f"motor {number} ({self._names[number]})" for number in numbers)


def _anywhere(_: Mapping[int, bytes]) -> str:
    """Accepts any position, for a motor that returns while the others work."""
    return ""
