"""ServoRunner: joints go where goal values say, press on what they meet as hard as told, and then hold on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum

from skill_stack.controllers.reading import Reading
from skill_stack.controllers.runner import Runner, Targets
from skill_stack.core.errors import DataError
from skill_stack.core.robot import RobotSpec
from skill_stack.core.servo_part import BY, EFFORT
from skill_stack.core.skill import SkillSpec

SHORTEST = 0.15
"""Least time of a motion, s, so that a small one does not jerk."""
FILTER = 0.04
"""Time over which measured torques are smoothed, s: their noise is of the size of what is to be told apart."""
TOUCH = 0.25
"""Share of the wanted torque from which a joint on its way has met something; it then waits for the others."""
LEAD = 0.25
"""Share of the wanted torque by which joints may press harder than the one that presses least."""
HEEDED = 0.2
"""Joints that shall press less than this share of the hardest one are not waited for."""
PRESSED = 0.2
"""Share of the wanted torque by which a joint that presses may be off."""
STEADY = 0.15
"""How long every joint must press as told, s."""
WINDUP = 2.0
"""A command lies ahead of the joint by no more than so many times what the wanted torque takes."""
RETURN = 0.15
"""Time in which a joint that holds is brought back to where it was when it had pressed, s, whatever pulls at it."""
MOST = 0.9
"""Share of a joint's torque up to which it is brought back."""
CLOSED = 0.9
"""Progress up to which it moves; what is left is for pressing."""


class Stage(Enum):
    """What it is at."""

    MOVE = "move"
    PRESS = "press"
    HOLD = "hold"


class ServoRunner:
    """See :class:`skill_stack.controllers.runner.Runner`.

    A goal value named like a joint says where it goes; one named ``<joint>/by`` by how much it goes on, and one named
    ``<joint>/effort`` how hard it presses there, N·m, signed like its torque. All joints arrive together, except
    those that meet something before. Those that are to press then go on until the drive measures the torque; from then
    on each of them keeps its place, with as much torque as that takes. New goal values begin a new motion; without any
    it holds on.
    """

    def __init__(self, spec: SkillSpec, robot: RobotSpec) -> None:
        """Looks up gains and speeds.

        Raises:
            DataError: The skill is not a servo.
        """
        if spec.servo is None:
            raise DataError(f"skill '{spec.name}' is of kind {spec.kind}, not servo")
        self.spec, self.network = spec, ""
        self.drives: tuple[bool, ...] | None = None
        self.progress = 1.0
        self._part = spec.servo
        self._names = robot.joint_names
        self._steps = tuple(name + BY for name in robot.joint_names)
        self._efforts = tuple(name + EFFORT for name in robot.joint_names)
        self._kp = tuple(joint.kp * self._part.stiffness for joint in robot.joints)
        self._kd = tuple(joint.kd * math.sqrt(self._part.stiffness) for joint in robot.joints)
        self._speeds = [joint.velocity * self._part.speed for joint in robot.joints]
        self._most = [MOST * joint.effort / kp for joint, kp in zip(robot.joints, self._kp)]
        self._ranges = [(joint.lower, joint.upper) for joint in robot.joints]
        self._stage = Stage.HOLD
        self._goals: dict[str, float] = {}
        self._from = self._to = self._command = robot.pose("default").tolist()
        self._wanted = [0.0] * robot.size
        self._felt = [0.0] * robot.size
        self._met = [False] * robot.size
        self._kept: list[float] | None = None
        self._elapsed = self._duration = self._steady = 0.0

    def start(self, reading: Reading, before: Runner | None) -> None:
        """Begins where the joints are, or, after another skill of its kind, with what that one told them."""
        self._command = list(before._command if isinstance(before, ServoRunner) else reading.position)
        self._felt = _torques(reading, [0.0] * len(self._names))
        self._goals, self._stage, self.progress, self._kept = {}, Stage.HOLD, 1.0, None

    def rehearse(self, reading: Reading) -> None:
        """Nothing here is worth a rehearsal."""

    def run(self, reading: Reading, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick."""
        measured, share = _torques(reading, self._felt), min(dt / FILTER, 1.0)
        self._felt = [old + share * (new - old) for old, new in zip(self._felt, measured)]
        if goals and goals != self._goals:
            self._begin(dict(goals))
        self._elapsed += dt
        if self._stage is Stage.MOVE:
            self._move()
        elif self._stage is Stage.PRESS:
            self._press(reading, dt)
        elif self._kept is not None:
            self._keep(reading, self._kept, dt)
        return Targets(list(self._command), self._kp, self._kd)

    def _begin(self, goals: dict[str, float]) -> None:
        """A new motion from what the joints were last told."""
        self._goals, self._from = goals, list(self._command)
        told = zip(self._names, self._steps, self._command)
        wished = [goals.get(name, now + goals.get(step, 0.0)) for name, step, now in told]
        self._to = [min(max(to, low), high) for to, (low, high) in zip(wished, self._ranges)]
        self._wanted = [goals.get(name, 0.0) for name in self._efforts]
        self._met, self._kept = [False] * len(self._names), None
        # Half a cosine is faster than its mean by half of pi in the middle.
        ways = zip(self._to, self._from, self._speeds)
        self._duration = max(SHORTEST, *(0.5 * math.pi * abs(to - now) / speed for to, now, speed in ways))
        self._elapsed, self._stage, self.progress = 0.0, Stage.MOVE, 0.0

    def _move(self) -> None:
        """All joints together, those aside that have met what they are to press."""
        passed = min(self._elapsed / self._duration, 1.0)
        share = 0.5 * (1.0 - math.cos(math.pi * passed))
        for i, wanted in enumerate(self._wanted):
            closes = wanted * (self._to[i] - self._from[i]) > 0.0
            self._met[i] |= closes and self._felt[i] * wanted > TOUCH * wanted * wanted
            if not self._met[i]:
                self._command[i] = self._from[i] + share * (self._to[i] - self._from[i])
        presses = any(self._wanted)
        self.progress = passed * (CLOSED if presses else 1.0)
        if passed >= 1.0:
            self._stage, self._elapsed, self._steady = (Stage.PRESS if presses else Stage.HOLD), 0.0, 0.0

    def _press(self, reading: Reading, dt: float) -> None:
        """Goes on, or gives way, until the measured torques are those wanted."""
        step, positions = self._part.closing * dt, reading.position
        level, settled = self._level(), True
        for i, most in enumerate(self._wanted):
            if not most:
                continue
            wanted = level * most
            lacking = wanted - self._felt[i]
            settled = settled and abs(most - self._felt[i]) <= PRESSED * abs(most) + 0.01
            ahead = WINDUP * abs(most) / self._kp[i]
            low, high = self._ranges[i]
            told = self._command[i] + min(max(lacking / self._kp[i] * dt / FILTER * 0.5, -step), step)
            told = min(max(told, positions[i] - ahead), positions[i] + ahead)
            self._command[i] = min(max(told, low), high)
        self._steady = self._steady + dt if settled else 0.0
        if self._steady >= STEADY or self._elapsed >= self._part.patience:
            self._stage, self.progress, self._kept = Stage.HOLD, 1.0, positions

    def _level(self) -> float:
        """How hard all may press now: hardly harder than the weakest, so that nobody pushes away what others miss."""
        if self._elapsed > 0.5 * self._part.patience:
            return 1.0
        heeded = HEEDED * max(map(abs, self._wanted))
        shares = [felt / wanted for felt, wanted in zip(self._felt, self._wanted) if abs(wanted) > heeded]
        return min(max(min(shares), 0.0) + LEAD, 1.0)

    def _keep(self, reading: Reading, kept: list[float], dt: float) -> None:
        """Brings the joints that press back to where they were: what is held must not give way little by little."""
        share, positions = dt / RETURN, reading.position
        for i, wanted in enumerate(self._wanted):
            if wanted:
                now, most = positions[i], self._most[i]
                told = self._command[i] + share * (kept[i] - now)
                self._command[i] = min(max(told, now - most), now + most)


def _torques(reading: Reading, before: list[float]) -> list[float]:
    """Torques as the drives report them, or what was known before where there is no sample."""
    return before if reading.sample is None else reading.sample.torque.tolist()
