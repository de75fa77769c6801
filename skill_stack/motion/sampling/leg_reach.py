"""LegReach: joint positions of legs whose feet are to be at places below the body."""

from __future__ import annotations

import math
from dataclasses import dataclass

import mujoco
import numpy as np

from skill_stack.core.rewards.body_motion import BodyLayout
from skill_stack.core.rewards.quantities import GRAVITY
from skill_stack.motion.sampling.model_body import ModelBody
from skill_stack.motion.sampling.motion_plan import StartState

Array = np.ndarray
CARRIES = 0.02
"""Lift at which a foot has stopped to carry, m."""
DAMPING = 1e-4
"""Added to the squares of the Jacobian, m²/rad²: keeps stretched legs from jumping."""
FARTHEST = 0.3
"""Largest change of a joint in one iteration, rad."""

SHIFTED = 0.015
"""Distance of the body from where it is to shift to before a foot is lifted, m."""


@dataclass(slots=True)
class LegPosture:
    """A posture of a body on legs.

    Attributes:
        body: Shift ahead and to the left, m, height, m, pitch and roll, rad, shape (5,).
        feet: Of each foot its offset forward and to the left from the stance and its lift, m, shape (feet, 3).
    """

    body: Array
    feet: Array

    def nearer(self, other: LegPosture, share: float) -> LegPosture:
        """This posture after that share of the way to another; feet are lifted once the body has shifted."""
        shifted = bool(np.hypot(*(other.body[:2] - self.body[:2])) < SHIFTED)
        ways = np.where((other.feet > self.feet) & ~np.array([True, True, shifted]), 0.0, other.feet - self.feet)
        return LegPosture(self.body + share * (other.body - self.body), self.feet + share * ways)


class LegReach:
    """Inverse kinematics of all legs by damped least squares, a few iterations from where they are."""

    def __init__(self, model: mujoco.MjModel, body: ModelBody) -> None:
        """Finds the joints of each leg.

        Args:
            model: The robot's model.
            body: The robot in it.
        """
        self._model, self._body, self._data = model, body, mujoco.MjData(model)
        self._lower, self._upper = body.robot.column("lower"), body.robot.column("upper")
        self._kp = body.robot.column("kp")
        base = model.body(body.robot.source.base_link).id
        self._weight = float(model.body_subtreemass[base]) * GRAVITY
        self._sites = [model.site(foot).id for foot in body.layout.feet]
        self._jacobian = np.zeros((3, model.nv))
        self._data.qpos[:] = body.posed(model, body.layout.default).qpos
        self._origin = self._data.qpos[:3].copy()
        self._legs = [self._joints_of(site) for site in self._sites]

    def _joints_of(self, site: int) -> Array:
        """Numbers of the joints between the base and a foot."""
        place = {int(address): number for number, address in enumerate(self._body.joints)}
        body, found = int(self._model.site_bodyid[site]), []
        while body:
            first = int(self._model.body_jntadr[body])
            joints = range(first, first + int(self._model.body_jntnum[body]))
            found += [place[address] for joint in joints if (address := int(self._model.jnt_qposadr[joint])) in place]
            body = int(self._model.body_parentid[body])
        return np.array(found, dtype=int)

    def places(self, position: Array) -> Array:
        """Places of the feet against the base, in its frame, m, shape (feet, 3)."""
        self._data.qpos[self._body.joints] = position
        mujoco.mj_kinematics(self._model, self._data)
        return np.asarray(self._data.site_xpos[self._sites] - self._origin)

    def posture_of(self, start: StartState, layout: BodyLayout) -> LegPosture:
        """The posture that a robot is in, in a frame that has its heading.

        Args:
            start: Its state.
            layout: The robot.
        """
        turn = np.zeros(9)
        mujoco.mju_quat2Mat(turn, np.asarray(start.orientation, float))
        forward, left, up = turn.reshape(3, 3).T
        pitch, roll = -math.asin(min(max(forward[2], -1.0), 1.0)), math.atan2(left[2], up[2])
        lean = _lean(pitch, roll)
        feet = self.places(start.position) @ lean.T
        height = float(start.place[2])
        offsets = feet - layout.stance
        offsets[:, 2] = np.maximum(feet[:, 2] + height - layout.foot_radius, 0.0)
        return LegPosture(np.array([0.0, 0.0, height, pitch, roll]), offsets)

    def reach(self, position: Array, body: Array, feet: Array, iterations: int) -> Array:
        """Joint positions in which the feet are where a posture has them, rad, shape (joints,).

        Args:
            position: Joint positions to begin from, rad.
            body: As in :class:`LegPosture`.
            feet: Offsets from the stance forward and to the left, and lift, m, shape (feet, 3).
            iterations: How often to come nearer.
        """
        layout = self._body.layout
        wanted = layout.stance + feet
        wanted[:, :2] -= body[:2]
        wanted[:, 2] = feet[:, 2] + layout.foot_radius - body[2]
        wanted = wanted @ _lean(body[3], body[4])
        position = position.copy()
        for _ in range(iterations):
            off = wanted - self.places(position)
            mujoco.mj_comPos(self._model, self._data)
            for number, (site, joints) in enumerate(zip(self._sites, self._legs, strict=True)):
                mujoco.mj_jacSite(self._model, self._data, self._jacobian, None, site)
                columns = self._jacobian[:, self._body.speeds[joints]]
                square = columns @ columns.T + DAMPING * np.eye(3)
                change = columns.T @ np.linalg.solve(square, off[number])
                position[joints] += np.clip(change, -FARTHEST, FARTHEST)
            position = np.clip(position, self._lower, self._upper)
        return position

    def carrying(self, body: Array, lift: Array) -> Array:
        """What joint targets are ahead of positions so that legs carry the robot, rad, shape (joints,).

        It is of the positions that :meth:`reach` found last.

        Args:
            body: As in :class:`LegPosture`.
            lift: Of each foot, m, shape (feet,); those on the ground carry alike.
        """
        shares = np.clip(1.0 - lift / CARRIES, 0.0, 1.0)
        ahead = np.zeros(len(self._kp))
        if not shares.any():
            return ahead
        weight = self._weight * _lean(body[3], body[4]).T[:, 2]
        for share, site, joints in zip(shares / shares.sum(), self._sites, self._legs, strict=True):
            mujoco.mj_jacSite(self._model, self._data, self._jacobian, None, site)
            ahead[joints] -= share * (self._jacobian[:, self._body.speeds[joints]].T @ weight) / self._kp[joints]
        return ahead


def _lean(pitch: float, roll: float) -> Array:
    """Rotation of the base in a frame that has its heading, shape (3, 3)."""
    cp, sp, cr, sr = math.cos(pitch), math.sin(pitch), math.cos(roll), math.sin(roll)
    return np.array([[cp, sp * sr, sp * cr], [0.0, cr, -sr], [-sp, cp * sr, cp * cr]])
