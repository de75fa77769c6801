"""GraspReach: whether an arm or gantry can bring its gripper to a grasp, by a linear approach."""

from __future__ import annotations

import numpy as np

from skill_stack.connector.kinematics.chain import Chain, LinkPlace, in_base
from skill_stack.core.errors import DataError
from skill_stack.core.robots.camera_spec import rotation_of
from skill_stack.core.robots.gripper import Gripper
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.perception.grasps.grasp import Grasp

Array = np.ndarray
BACK = 0.08
"""Length of the approach that must be reachable too, m."""


class GraspReach:
    """Inverse kinematics of the joints that carry a gripper; call it with a grasp."""

    def __init__(self, robot: RobotSpec, gripper: Gripper, base: LinkPlace | None = None) -> None:
        """Builds the kinematics from the robot's URDF.

        Args:
            robot: The robot.
            gripper: Its gripper, which names its link and the joints that bring it somewhere.
            base: Where the robot's base is in the frame of the grasps; None for where a bolted robot is bolted.

        Raises:
            DataError: The gripper belongs to no robot, or a robot that moves about has no place.
            UnknownName: The robot has no such link or joint.
        """
        if not gripper.link or not gripper.joints:
            raise DataError(f"gripper.yaml of '{robot.name}' must name 'link' and 'joints' to be led anywhere")
        if base is None and robot.fixed is None:
            raise DataError(f"'{robot.name}' is not bolted down: say where its base is")
        self._robot, self._base = robot, base
        self._chain = Chain(robot, gripper.link, gripper.joints)
        self._turn, self._shift = rotation_of(gripper.rpy), np.array(gripper.xyz)

    def __call__(self, grasp: Grasp) -> str:
        """Why it cannot be reached, or an empty string; half a turn about the approach is tried too."""
        said = ""
        for sign in (1.0, -1.0):
            rotation = grasp.rotation * (sign, sign, 1.0)
            try:
                self.joints(grasp.position, rotation)
                return ""
            except DataError as error:
                said = said or str(error)
        return said

    def joints(self, position: Array, rotation: Array) -> tuple[dict[str, float], dict[str, float]]:
        """Joint positions before a grasp and at it, rad or m, by name.

        Args:
            position: The tool's origin, m, shape (3,).
            rotation: From the tool's frame to that of the grasps, shape (3, 3).

        Raises:
            DataError: One of them is out of reach.
        """
        last = self._chain.solve(self._link(position, rotation))
        return self._chain.solve(self._link(position - BACK * rotation[:, 2], rotation), last), last

    def _link(self, position: Array, rotation: Array) -> LinkPlace:
        """Required pose of the link in the frame of the robot's base."""
        turn = rotation @ self._turn.T
        place = LinkPlace(position - turn @ self._shift, turn)
        if self._base is None:
            return in_base(self._robot, place)
        assert self._base.turn is not None
        back = self._base.turn.T
        return LinkPlace(back @ (place.position - self._base.position), back @ turn)
