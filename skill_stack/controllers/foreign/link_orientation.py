"""LinkOrientation: orientation of a link in the world, from the base's attitude and the joints, by pinocchio."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skill_stack.core.errors import DataError, UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.urdf_file import locate_urdf
from skill_stack.core.rotation import Quaternion, into_body, multiply


class LinkOrientation:
    """One link of a robot, for policies that compare it with a motion."""

    def __init__(self, robot: RobotSpec, link: str) -> None:
        """Finds the link.

        Args:
            robot: The robot.
            link: Name of the link in its URDF.

        Raises:
            ResourceNotFound: The URDF is not installed.
            UnknownName: It has no such link.
            DataError: A joint between is none of the robot's, or no hinge.
        """
        self._fixed = link == robot.source.base_link
        if self._fixed:
            return
        import pinocchio  # only who compares links needs it: 50 MB, and some tenths of a second

        self._pinocchio = pinocchio
        self._model = model = pinocchio.buildModelFromUrdf(str(locate_urdf(robot)))
        if not model.existFrame(link):
            raise UnknownName(f"link of {robot.name}", link, [frame.name for frame in model.frames])
        self._frame = model.getFrameId(link)
        self._data, self._q = model.createData(), pinocchio.neutral(model)
        chain = [joint for joint in model.supports[model.frames[self._frame].parentJoint] if joint > 0]
        strange = [model.names[joint] for joint in chain if model.names[joint] not in robot.joint_names]
        if strange or any(model.joints[joint].nq != 1 for joint in chain):
            raise DataError(f"{robot.name}: '{link}' hangs on {strange or 'joints that are no hinges'}")
        self._places = [
            (model.joints[joint].idx_q, int(robot.indices([model.names[joint]])[0])) for joint in chain
        ]  # fmt: skip

    def in_world(self, base: Quaternion, position: Sequence[float]) -> Quaternion:
        """Its orientation in the world, w-x-y-z.

        Args:
            base: Orientation of the base in the world, w-x-y-z.
            position: Joint positions, rad, ordered by ``RobotSpec.joints``.
        """
        if self._fixed:
            return base
        self._move(position)
        x, y, z, w = self._pinocchio.Quaternion(np.array(self._data.oMf[self._frame].rotation)).coeffs().tolist()
        return multiply(base, (w, x, y, z))

    def place(self, base: Sequence[float], orientation: Quaternion, position: Sequence[float]) -> np.ndarray:
        """Its position in the world, m, shape (3,).

        Args:
            base: Position of the base in the world, m.
            orientation: Orientation of the base, w-x-y-z.
            position: Joint positions, rad, ordered by ``RobotSpec.joints``.
        """
        if self._fixed:
            return np.array(base)
        self._move(position)
        w, x, y, z = orientation
        way = into_body((w, -x, -y, -z), self._data.oMf[self._frame].translation.tolist())
        return np.array([a + b for a, b in zip(base, way)])

    def _move(self, position: Sequence[float]) -> None:
        for column, joint in self._places:
            self._q[column] = position[joint]
        self._pinocchio.framesForwardKinematics(self._model, self._data, self._q)
