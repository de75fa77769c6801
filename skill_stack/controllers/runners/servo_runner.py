"""ServoRunner: joints move to goal values, press on contact with the commanded torque, and then hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.runner import Runner, Targets
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.servo_part import AXES, BY, EFFORT, ServoPart
from skill_stack.core.skills.skill import SkillSpec

if TYPE_CHECKING:
    from skill_stack.controllers.runners.steady_hand import SteadyHand

SHORTEST = 0.15
"""Shortest duration of a motion, s, so that a small one does not jerk."""
FILTER = 0.04
"""Time constant of measured torques, s: their noise is as large as the differences to be detected."""
SQUEEZE = 0.6
"""Time in which the torques of all pressing joints rise together, s, so that the first does not push the object aside.
"""
HEEDED = 0.2
"""Joints with less than this share of the largest torque do not continue to search for contact."""
EMPTY = 0.3
"""Share of the wanted torque below which a pressing joint has no contact yet, and continues."""
TRIM = 1.0
"""Rate at which a pressing joint is brought to its torque, 1/s: slow, so that stiffness keeps the object in place."""
PRESSED = 0.2
"""Tolerance of the torque of a pressing joint, as a share."""
STEADY = 0.15
"""Time for which every joint must press as commanded, s."""
WINDUP = 2.0
"""Largest lead of a target over its joint, as a multiple of what the wanted torque requires."""
LAG = 0.03
"""Lag of a closing joint behind its target without contact, rad."""
CLOSED = 0.9
"""Progress at the end of the motion; the rest is for pressing."""

SWAY, WEIGHT, CALM = 0.35, 6.0, 1.5
"""Time constants of what is felt now and of what was felt before, s, and the time after which they are compared: a body
that steps on the spot sways within the first."""


class ServoStage(Enum):
    """Stage of a servo motion."""

    MOVE = "move"
    PRESS = "press"
    HOLD = "hold"
    FOLLOW = "follow"


class ServoRunner:
    """See :class:`skill_stack.controllers.runners.runner.Runner`.

    A goal value named like a joint is its target position; one named ``<joint>/by`` is a further displacement, and one
    named ``<joint>/effort`` is the torque with which it presses there, N·m, signed like its torque. All joints arrive
    together. If some are to press, they move slowly, and none goes far into an obstacle. Then the targets of the
    pressing joints move beyond the contact, all at the same rate, until their stiffness gives the torques; joints
    without contact go on until they have one. From then on the command is constant: each joint acts as a spring.
    Pressing by stiffness keeps a held object in place between the fingers; torques alone would let it drift. New goal
    values begin a new motion, unless they are others' such as velocities; without any it holds. A skill with ``follow``
    makes no motions: its targets follow the goal values, each no faster than its joint's speed. Of such a skill goal
    values ``<hand>/x``, ``/y`` and ``/z`` keep a hand at that place in ``odom``, m, at every tick, near to the goal
    values of its joints.
    """

    def __init__(self, spec: SkillSpec, robot: RobotSpec) -> None:
        """Reads gains and speeds.

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
        self._places = {name: tuple(name + axis for axis in AXES) for name in spec.servo.hands}
        self._heeded = {*self._names, *self._steps, *self._efforts, *chain.from_iterable(self._places.values())}
        self._kp = tuple(joint.kp * self._part.stiffness for joint in robot.joints)
        kd = robot.column("kd") * math.sqrt(self._part.stiffness)
        for hand in self._part.hands.values():
            kd[robot.indices(robot.members([hand.joints]))] *= hand.damping
        self._kd = tuple(kd.tolist())
        robot.indices(self._part.slower)  # refuses what is no joint
        slower = self._part.slower
        self._speeds = [min(one.velocity * self._part.speed, slower.get(one.name, math.inf)) for one in robot.joints]
        self._ranges = [(joint.lower, joint.upper) for joint in robot.joints]
        self._hands = _steady_hands(spec.servo, robot, self._kp, self._kd)
        self._kept: set[str] = set()
        self._stage = ServoStage.HOLD
        self._goals: dict[str, float] = {}
        self._from = self._to = self._command = robot.pose("default").tolist()
        self._wanted = [0.0] * robot.size
        self._felt = [0.0] * robot.size
        self._base = list(self._command)
        self._elapsed = self._duration = self._steady = 0.0

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Starts at the joint positions, or, after another servo skill, at its last targets."""
        self._command = list(before._command if isinstance(before, ServoRunner) else reading.position)
        self._felt = _torques(reading, [0.0] * len(self._names))
        self._goals, self._stage, self.progress = {}, ServoStage.HOLD, 1.0
        self._kept.clear()

    def take_hold(self, reading: FastEstimate, last: Targets) -> None:
        """In a phase of kind ``holding``, begins with the torques that joints have, so that nothing held is lost."""
        if self.spec.phase_at(0.0).kind == "holding":
            told = zip(reading.position, last.q, last.kp, self._kp)
            self._command = [at + (to - at) * kp / own for at, to, kp, own in told]

    def rehearse(self, reading: FastEstimate) -> None:
        """Nothing here is worth a rehearsal."""

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick."""
        measured, share = _torques(reading, self._felt), min(dt / FILTER, 1.0)
        self._felt = [old + share * (new - old) for old, new in zip(self._felt, measured)]
        mine = {name: value for name, value in goals.items() if name in self._heeded}
        if mine and mine != self._goals:
            self._begin(mine)
        self._elapsed += dt
        if self._stage is ServoStage.MOVE:
            self._move(reading)
        elif self._stage is ServoStage.PRESS:
            self._press(reading, dt)
        elif self._stage is ServoStage.FOLLOW:
            self._follow(dt)
            self._keep(reading, dt)
        return Targets(list(self._command), self._kp, self._kd)

    def _begin(self, goals: dict[str, float]) -> None:
        """A new motion from the last targets."""
        self._goals, self._from = goals, list(self._command)
        told = zip(self._names, self._steps, self._command)
        wished = [goals.get(name, now + goals.get(step, 0.0)) for name, step, now in told]
        self._to = [min(max(to, low), high) for to, (low, high) in zip(wished, self._ranges)]
        if self._part.follow is not None:
            self._stage, self.progress = ServoStage.FOLLOW, 1.0
            return
        self._wanted = [goals.get(name, 0.0) for name in self._efforts]
        ways = [to - now for to, now in zip(self._to, self._from)]
        closing = self._part.closing if any(self._wanted) else math.inf
        # Half a cosine is faster than its mean by half of pi in the middle.
        times = (0.5 * math.pi * abs(way) / min(speed, closing) for way, speed in zip(ways, self._speeds))
        self._duration = max(SHORTEST, *times)
        self._elapsed, self._stage, self.progress = 0.0, ServoStage.MOVE, 0.0

    def _move(self, reading: FastEstimate) -> None:
        """Moves all joints together."""
        passed = min(self._elapsed / self._duration, 1.0)
        share = 0.5 * (1.0 - math.cos(math.pi * passed))
        for i, (begin, end) in enumerate(zip(self._from, self._to)):
            self._command[i] = begin + share * (end - begin)
            if self._wanted[i] * (end - begin) > 0.0:
                self._command[i] = self._near(i, self._command[i], reading.position[i], 1.0)
        presses = any(self._wanted)
        self.progress = passed * (CLOSED if presses else 1.0)
        if passed >= 1.0:
            self._stage, self._elapsed, self._steady = (ServoStage.PRESS if presses else ServoStage.HOLD), 0.0, 0.0
            self._base = list(self._command)

    def _follow(self, dt: float) -> None:
        """Moves every joint towards its goal value, no faster than its speed."""
        share = min(1.0, dt / (self._part.follow or dt))
        for i, (to, speed) in enumerate(zip(self._to, self._speeds)):
            self._command[i] += min(max(share * (to - self._command[i]), -speed * dt), speed * dt)

    def _keep(self, reading: FastEstimate, dt: float) -> None:
        """Keeps hands at their places."""
        for name, axes in self._places.items():
            if not all(axis in self._goals for axis in axes):
                self._kept.discard(name)
                continue
            hand = self._hands[name]
            if name not in self._kept:
                hand.begin(reading)
                self._kept.add(name)
            drawn, point = [self._to[row] for row in hand.rows], [self._goals[axis] for axis in axes]
            targets = hand.aim(reading, np.array(point), np.array(drawn), dt)
            for row, target in zip(hand.rows, targets, strict=True):
                self._command[row] = target

    def _press(self, reading: FastEstimate, dt: float) -> None:
        """Raises all torques together; then trims each joint, which continues until contact."""
        level = min(self._elapsed / SQUEEZE, 1.0)
        step, heeded = self._part.closing * dt, HEEDED * max(map(abs, self._wanted))
        settled = level >= 1.0
        for i, most in enumerate(self._wanted):
            if not most:
                continue
            felt = self._felt[i]
            settled = settled and abs(most - felt) <= PRESSED * abs(most) + 0.01
            change = TRIM * (level * most - felt) / self._kp[i] * dt
            if level >= 1.0 and abs(most) > heeded and felt * most < EMPTY * most * most:
                change = math.copysign(step, most)
            self._base[i] += min(max(change, -step), step)
            told = self._near(i, self._base[i] + level * most / self._kp[i], reading.position[i], WINDUP)
            low, high = self._ranges[i]
            self._command[i] = min(max(told, low), high)
        self._steady = self._steady + dt if settled else 0.0
        if self._steady >= STEADY or self._elapsed >= SQUEEZE + self._part.patience:
            self._stage, self.progress = ServoStage.HOLD, 1.0

    def _near(self, joint: int, told: float, measured: float, times: float) -> float:
        """Limits how far a target is ahead of its joint, as a multiple of what the wanted torque requires."""
        ahead = times * abs(self._wanted[joint]) / self._kp[joint] + LAG
        return min(max(told, measured - ahead), measured + ahead)


def _steady_hands(
    part: ServoPart, robot: RobotSpec, kp: tuple[float, ...], kd: tuple[float, ...]
) -> dict[str, SteadyHand]:
    """Hands that may be kept at a place; pinocchio, which takes 50 MB and 0.4 s, is loaded only for these."""
    if not part.hands:
        return {}
    from skill_stack.controllers.runners.steady_hand import SteadyHand

    return {name: SteadyHand(one, robot, kp, kd) for name, one in part.hands.items()}


def _torques(reading: FastEstimate, before: list[float]) -> list[float]:
    """Torques reported by the drives, or the last known ones without a sample."""
    return before if reading.sample is None else reading.sample.torque.tolist()
