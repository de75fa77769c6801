"""HoldingRunner: a skill that holds some joints still, whatever its policy or posture commands for them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from skill_stack.controllers.estimation.fast_estimate import FastEstimate
from skill_stack.controllers.runners.runner import Runner, Targets
from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.skills.policy_part import Gains, HoldGains


class HoldingRunner:
    """See :class:`skill_stack.controllers.runners.runner.Runner`.

    Attributes:
        inner: The runner of the other joints.
    """

    def __init__(self, runner: Runner, robot: RobotSpec) -> None:
        """Resolves joints and groups.

        Args:
            runner: The runner of the other joints; its skill states the held ones.
            robot: The robot.

        Raises:
            UnknownName: A held name is neither a joint nor a group.
            DataError: An angle is beyond the limits of its joint.
        """
        spec = runner.spec
        self.inner = (runner,)
        self.spec = spec
        self.progress = runner.progress
        self._runner = runner
        self._size = robot.size
        place = {name: index for index, name in enumerate(robot.joint_names)}
        angles = _angles(spec.hold, robot)
        if spec.level is not None:  # what it does about the roll now is no angle to stay at
            angles[spec.level.joint] = robot.poses["default"][spec.level.joint]
        self._angles = [(place[name], angle) for name, angle in angles.items()]
        held = ";".join(f"{name}:{angle}" for name, angle in angles.items())
        self._grips = spec.phase_at(0.0).kind == "holding"
        # Another hold is another skill, into which is faded, even on the same network; a grip that goes on is none.
        self.network = f"{runner.network}/{held}" if runner.network and not self._grips else runner.network
        drives = runner.drives or (True,) * robot.size
        self.drives: tuple[bool, ...] | None = tuple(
            on or name in angles for on, name in zip(drives, robot.joint_names, strict=True)
        )
        kp, kd = robot.column("kp").tolist(), robot.column("kd").tolist()
        own = _own_gains(spec.hold_gains, robot, angles)
        self._gains = [(i, *own.get(i, (kp[i], kd[i]))) for i, _ in self._angles]
        self._held: list[tuple[int, float]] = []
        self._level = spec.level
        self._levelling = robot.indices([spec.level.joint])[0] if spec.level is not None else 0
        self._inner_gains: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
        self._merged: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())

    def start(self, reading: FastEstimate, before: Runner | None) -> None:
        """Begins; joints that are held where they are stay where they were measured."""
        self._runner.start(reading, before)
        self.progress = self._runner.progress
        self._held = [(i, reading.position[i] if angle is None else angle) for i, angle in self._angles]

    def take_hold(self, reading: FastEstimate, last: Targets) -> None:
        """In a phase of kind ``holding``, keeps the torques of joints that are held where they are."""
        if not self._grips:
            return
        own = {place: kp for place, kp, _ in self._gains}
        self._held = [
            (i, at + (last.q[i] - at) * last.kp[i] / own[i] if angle is None else angle)
            for (i, angle), at in zip(self._angles, (reading.position[i] for i, _ in self._angles))
        ]

    def rehearse(self, reading: FastEstimate) -> None:
        """Rehearses what moves the other joints."""
        self._runner.rehearse(reading)

    def run(self, reading: FastEstimate, goals: Mapping[str, float], dt: float) -> Targets:
        """One tick; an output of the wrong shape goes on as it is, for the safety layer to refuse."""
        targets = self._runner.run(reading, goals, dt)
        self.progress = self._runner.progress
        if not len(targets.q) == len(targets.kp) == len(targets.kd) == self._size:
            return targets
        q = targets.q.copy()
        for place, angle in self._held:
            q[place] = angle
        if self._level is not None:
            _, across, down = reading.gravity
            roll = math.atan2(-across, -down) + self._level.lead * reading.angular_velocity[0]
            q[self._levelling] -= self._level.gain * roll
        return Targets(q, *self._with_gains(targets))

    def _with_gains(self, targets: Targets) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The gains with those of the held joints; the same objects as long as the policy's are the same."""
        if targets.kp is not self._inner_gains[0] or targets.kd is not self._inner_gains[1]:
            kp, kd = list(targets.kp), list(targets.kd)
            for place, stiffness, damping in self._gains:
                kp[place], kd[place] = stiffness, damping
            self._inner_gains, self._merged = (targets.kp, targets.kd), (tuple(kp), tuple(kd))
        return self._merged


def _angles(hold: dict[str, float] | tuple[str, ...], robot: RobotSpec) -> dict[str, float | None]:
    """The angle of every held joint; None for one held where it is. A joint's own takes precedence over its group's."""
    wanted: dict[str, float | None] = dict(hold) if isinstance(hold, dict) else dict.fromkeys(hold)
    out: dict[str, float | None] = {}
    for name in sorted(wanted, key=lambda name: name in robot.joint_names):
        out.update(dict.fromkeys(robot.members((name,)), wanted[name]))
    for joint in robot.joints:
        angle = out.get(joint.name)
        if angle is not None and not joint.lower <= angle <= joint.upper:
            raise DataError(
                f"{joint.name} cannot be held at {angle:g} rad, its range is {joint.lower:g}…{joint.upper:g} rad"
            )
    return out


def _own_gains(gains: HoldGains | None, robot: RobotSpec, held: Collection[str]) -> dict[int, tuple[float, float]]:
    """Gains of the held joints by their place, as far as the skill gives any; a joint's own go before its group's.

    Raises:
        UnknownName: Gains are given for what is no joint and no group.
        DataError: Or for a joint that is not held.
    """
    if gains is None:
        return {}
    found: dict[str, Gains] = dict.fromkeys(held, gains)
    for name in sorted(gains.own, key=lambda name: name in robot.joint_names):
        loose = [joint for joint in robot.members((name,)) if joint not in held]
        if loose:
            raise DataError(f"hold_gains has '{name}', but {loose} are not held; held are {sorted(held)}")
        found |= dict.fromkeys(robot.members((name,)), gains.own[name])
    return {robot.joint_names.index(name): (one.kp, one.kd) for name, one in found.items()}
