"""Chain: the joints that move one link of a robot, with forward and inverse kinematics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pinocchio

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.urdf_file import urdf_text

Array = np.ndarray
ACCURACY = 0.002
"""Largest position error of a solution, m, and, at a lever of half a metre, of its orientation."""
_TURN_WEIGHT = 0.5  # m for 1 rad
_STEPS, _DAMPING, _LONGEST = 120, 1e-6, 0.3
_WARIER = 4.0
"""Factor on the damping after a step that came no nearer, and its inverse after one that did."""
STOP = 0.01
"""Room of a joint that counts as none, as a share of its range."""
TRIES = 12
"""From how many positions inverse kinematics begins, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class LinkPlace:
    """Pose of a link.

    Attributes:
        position: In the frame that is spoken of, m, shape (3,).
        turn: Rotation from the link's frame to that one, shape (3, 3); None where only the position counts.
    """

    position: Array
    turn: Array | None = None


class Chain:
    """Kinematic chain of one link; positions are in the frame of the robot's base link.

    Attributes:
        joints: Names of the joints that may move.
    """

    def __init__(self, robot: RobotSpec, link: str, joints: Iterable[str], tip: tuple[float, ...] = ()) -> None:
        """Builds the model.

        Args:
            robot: The whole robot.
            link: The link that is to be somewhere.
            joints: Names of joints, or groups, that move it.
            tip: The point of the link that is meant, in its frame, m; left out: its origin.

        Raises:
            UnknownName: The URDF has no such link, or the robot no such joint.
        """
        self.joints = robot.members(joints)
        self._model = pinocchio.buildModelFromXML(urdf_text(robot))
        known = [frame.name for frame in self._model.frames]
        if link not in known:
            raise UnknownName(f"link of {robot.name}", link, known)
        self._link = self._model.getFrameId(link)
        if tip:
            frame = self._model.frames[self._link]
            place = frame.placement * pinocchio.SE3(np.eye(3), np.array(tip))
            kind = pinocchio.FrameType.OP_FRAME
            self._link = self._model.addFrame(pinocchio.Frame("tip", frame.parentJoint, place, kind))
        self._data = self._model.createData()
        base = self._model.getFrameId(robot.source.base_link)
        pinocchio.framesForwardKinematics(self._model, self._data, pinocchio.neutral(self._model))
        self._base = self._data.oMf[base].inverse()
        self._rest = np.zeros(self._model.nq)
        for name, value in robot.poses["default"].items():
            self._rest[self._q(name)] = value
        self._moved = np.array([self._q(name) for name in self.joints])
        rows = robot.indices(self.joints)
        self._lower, self._upper = robot.column("lower")[rows], robot.column("upper")[rows]

    def _q(self, joint: str) -> int:
        return int(self._model.joints[self._model.getJointId(joint)].idx_q)

    def place(self, values: Mapping[str, float]) -> LinkPlace:
        """Pose of the link at joint positions by name, rad or m; other joints are at the default pose."""
        q = self._rest.copy()
        for name, value in values.items():
            q[self._q(name)] = value
        pinocchio.framesForwardKinematics(self._model, self._data, q)
        found = self._base * self._data.oMf[self._link]
        return LinkPlace(found.translation.copy(), found.rotation.copy())

    def weight(self, values: Mapping[str, float]) -> dict[str, float]:
        """Torques that hold the joints against gravity while the base is upright, N·m, by name.

        Args:
            values: Joint positions by name, rad or m; others are as in the default pose.
        """
        q = self._rest.copy()
        for name, value in values.items():
            q[self._q(name)] = value
        torques = pinocchio.computeGeneralizedGravity(self._model, self._data, q)
        joints = self._model.joints
        return {name: float(torques[joints[self._model.getJointId(name)].idx_v]) for name in self.joints}

    def pressing(self, values: Mapping[str, float], force: Array) -> dict[str, float]:
        """Torques with which the joints press with the link, N·m, by name.

        Args:
            values: Joint positions by name, rad or m; others are as in the default pose.
            force: Of the link on its surroundings, in the frame of the base link, N, shape (3,).
        """
        q = self._rest.copy()
        for name, value in values.items():
            q[self._q(name)] = value
        _, jacobian = self._error(q, LinkPlace(np.zeros(3)))
        return dict(zip(self.joints, (jacobian.T @ force).tolist(), strict=True))

    def solve(
        self,
        wanted: LinkPlace,
        rest: Mapping[str, float] | None = None,
        tries: int = TRIES,
        others: Mapping[str, float] | None = None,
    ) -> dict[str, float]:
        """Joint positions, rad or m, by name, that bring the link to a pose.

        Damped least squares within the joints' ranges (Nakamura & Hanafusa, 1986), from the rest positions first and
        then from others, always the same ones.

        Args:
            wanted: The target pose.
            rest: Where to begin; the default pose where left out.
            tries: From how many positions it begins.
            others: Positions of joints that do not move, by name; those left out are at the default pose.

        Raises:
            DataError: It cannot be reached; the message states the distance, and which joints are at a limit.
        """
        begin = self._rest[self._moved].copy()
        if rest is not None:
            begin = np.array([rest.get(name, value) for name, value in zip(self.joints, begin)])
        draws = np.random.default_rng(0)
        best, least = begin, np.inf
        for number in range(tries):
            start = begin if number == 0 else draws.uniform(self._lower, self._upper)
            found, error = self._descend(start, wanted, others or {})
            if error < least:
                best, least = found, error
            if least <= ACCURACY:
                return dict(zip(self.joints, best.tolist()))
        raise DataError(f"it is out of reach by {least:.2f} m{self._at_limits(best)}")

    def nearest(
        self, wanted: LinkPlace, rest: Mapping[str, float], others: Mapping[str, float], steps: int = _STEPS,
        centred: float = 0.0,
    ) -> tuple[dict[str, float], float]:  # fmt: skip
        """Joint positions by name that bring the link as near to a pose as one descent does, and how near, m.

        Args:
            wanted: The target pose.
            rest: Where to begin.
            others: Positions of joints that do not move, by name; those left out are at the default pose.
            steps: Longest descent; few are enough for who follows a place that moves.
            centred: Share of the way to the middle of their ranges that joints go in each step, as far as the link
                stays.
        """
        begin = np.array([rest.get(name, self._rest[self._q(name)]) for name in self.joints])
        found, error = self._descend(begin, wanted, others, steps, centred, careful=not centred)
        return dict(zip(self.joints, found.tolist())), error

    def _at_limits(self, values: Array) -> str:
        """Names joints that are at a limit, for a message; empty for none."""
        room = np.minimum(values - self._lower, self._upper - values) / (self._upper - self._lower)
        names = [self.joints[number].removesuffix("_joint").replace("_", " ") for number in np.flatnonzero(room < STOP)]
        return f", with {' and '.join(names)} at the limit" if names else ""

    def _descend(
        self, start: Array, wanted: LinkPlace, others: Mapping[str, float], steps: int = _STEPS, centred: float = 0.0,
        careful: bool = False,
    ) -> tuple[Array, float]:  # fmt: skip
        """Result of a descent, and its distance from the wanted pose.

        A careful one goes on from the nearest so far, with more damping after a step that came no nearer (Marquardt,
        1963): beyond a place that is out of reach, whole steps go to and fro for ever.
        """
        q, x = self._rest.copy(), np.clip(start, self._lower, self._upper)
        for name, value in others.items():
            q[self._q(name)] = value
        best, least, wary = x, np.inf, 1.0
        for _ in range(steps + 1):  # the last one only looks where the one before came to
            q[self._moved] = x
            off, jacobian = self._error(q, wanted)
            error = float(np.linalg.norm(off))
            if error < 0.1 * ACCURACY and not centred:
                return x, error
            if not (careful and error >= least):
                best, least, kept, wary = x, error, (off, jacobian), max(1.0, wary / _WARIER)
            else:
                wary *= _WARIER
            off, jacobian = kept
            free = jacobian @ jacobian.T + wary * (_DAMPING + 1e-3 * least**2) * np.eye(len(off))
            pull = centred * (0.5 * (self._lower + self._upper) - best)
            step = pull + jacobian.T @ np.linalg.solve(free, off - jacobian @ pull)
            step *= min(1.0, _LONGEST / max(float(np.abs(step).max()), 1e-12))
            x = np.clip(best + step, self._lower, self._upper)
        return best, least

    def _error(self, q: Array, wanted: LinkPlace) -> tuple[Array, Array]:
        """The remaining error, m, and its Jacobian."""
        pinocchio.computeJointJacobians(self._model, self._data, q)
        pinocchio.updateFramePlacements(self._model, self._data)
        found = self._base * self._data.oMf[self._link]
        frame = pinocchio.ReferenceFrame.LOCAL_WORLD_ALIGNED
        jacobian = pinocchio.getFrameJacobian(self._model, self._data, self._link, frame)[:, self._moved]
        turn = self._base.rotation
        moved, turned = turn @ jacobian[:3], turn @ jacobian[3:]
        off = wanted.position - found.translation
        if wanted.turn is None:
            return off, moved
        missing = pinocchio.log3(wanted.turn @ found.rotation.T)
        return np.concatenate((off, _TURN_WEIGHT * missing)), np.concatenate((moved, _TURN_WEIGHT * turned))


def in_base(robot: RobotSpec, place: LinkPlace) -> LinkPlace:
    """A pose in the map relative to the base of a fixed robot.

    Raises:
        DataError: The robot moves, so that the pose of its base is not known exactly enough.
    """
    if robot.fixed is None:
        raise DataError(f"'{robot.name}' is not bolted down; what it carries cannot be led to a place in the map")
    turn = pinocchio.rpy.rpyToMatrix(*robot.fixed.rpy)
    position = turn.T @ (place.position - np.array(robot.fixed.xyz))
    return LinkPlace(position, None if place.turn is None else turn.T @ place.turn)
