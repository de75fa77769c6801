"""HandKinematics: poses of a hand's links, and joint torques for forces at its pads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pinocchio

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.grasp import GraspBook
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.urdf_file import urdf_text

Array = np.ndarray
EDGE = 0.01
"""Margin between fitted joints and the ends of their ranges, rad."""


class HandKinematics:
    """Links in the frame of the hand's base link; joints ordered by ``RobotSpec.joints``.

    Attributes:
        names: Joint names.
        lower: Smallest positions that a fit may use, rad, shape (joints,).
        upper: Largest ones.
        book: Pads and templates of the hand.
    """

    def __init__(self, robot: RobotSpec) -> None:
        """Builds the model from the hand's URDF.

        Raises:
            DataError: The robot has no ``grasps.yaml``.
            UnknownName: A pad is on a link that the URDF lacks.
        """
        if robot.grasps is None:
            raise DataError(f"robot '{robot.name}' has no grasps.yaml, so nothing is known of its grasps")
        self.book: GraspBook = robot.grasps
        self.names = robot.joint_names
        self.lower, self.upper = robot.column("lower") + EDGE, robot.column("upper") - EDGE
        self._model = pinocchio.buildModelFromXML(urdf_text(robot))
        self._data = self._model.createData()
        self._place = np.array([self._model.joints[self._model.getJointId(name)].idx_q for name in self.names])
        links = {pad.link for pad in self.book.pads.values()} | set(self.book.bodies)
        known = {frame.name for frame in self._model.frames}
        if strange := sorted(links - known):
            raise UnknownName(f"link of {robot.name}", strange[0], known)
        self._links = {link: index for index, link in enumerate(sorted(links))}
        self._frames = [self._model.getFrameId(link) for link in self._links]
        self._turns, self._origins = np.zeros((len(links), 3, 3)), np.zeros((len(links), 3))

    def indices(self, links: Iterable[str]) -> Array:
        """Rows of links in what :meth:`frames` gives, shape (links,), int."""
        return np.array([self._links[link] for link in links], dtype=int)

    def positions(self, values: Mapping[str, float], others: Array) -> Array:
        """Joint positions by name, the others from an array, rad, shape (joints,)."""
        return np.array([values.get(name, other) for name, other in zip(self.names, others)])

    def frames(self, joints: Array) -> tuple[Array, Array]:
        """Rotations, shape (links, 3, 3), and origins, m, shape (links, 3), of all links that matter."""
        pinocchio.framesForwardKinematics(self._model, self._data, self._full(joints))
        for row, frame in enumerate(self._frames):
            place = self._data.oMf[frame]
            self._turns[row], self._origins[row] = place.rotation, place.translation
        return self._turns, self._origins

    def torques(self, joints: Array, pads: Iterable[str], forces: Array) -> Array:
        """Joint torques, N·m, shape (joints,), of forces that the pads exert on the world.

        Args:
            joints: Joint positions, rad, shape (joints,).
            pads: Names of the pads.
            forces: What each pushes with, in the hand's frame, N, shape (pads, 3).
        """
        q = self._full(joints)
        pinocchio.computeJointJacobians(self._model, self._data, q)
        pinocchio.updateFramePlacements(self._model, self._data)
        total = np.zeros(self._model.nv)
        for name, force in zip(pads, forces):
            pad = self.book.pads[name]
            frame = self._model.getFrameId(pad.link)
            aligned = pinocchio.ReferenceFrame.LOCAL_WORLD_ALIGNED
            jacobian = pinocchio.getFrameJacobian(self._model, self._data, frame, aligned)
            lever = self._data.oMf[frame].rotation @ np.array(pad.point)
            total += jacobian[:3].T @ force + jacobian[3:].T @ np.cross(lever, force)
        return np.asarray(total[self._place])

    def _full(self, joints: Array) -> Array:
        """Positions in the order of the library."""
        q = np.zeros(self._model.nq)
        q[self._place] = joints
        return q
