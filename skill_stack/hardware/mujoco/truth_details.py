"""TruthDetails: true positions of feet and movable objects in simulation; for scoring only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import mujoco
import numpy as np

from skill_stack.core.errors import UnknownName
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.world.scene_file import SceneSetup
from skill_stack.hardware.mujoco.model_index import index_model
from skill_stack.hardware.mujoco.mujoco_model import build_model
from skill_stack.hardware.mujoco.scene_geometry import FREE_JOINT_SUFFIX

Array = np.ndarray


class TruthDetails:
    """Truth beyond the truth channel.

    Attributes:
        joints: Addresses of the joints in the generalised positions, shape (joints,).
        size: Number of the generalised positions.
    """

    def __init__(self, data: mujoco.MjData, robot: RobotSpec) -> None:
        """Finds feet and objects.

        Args:
            data: The simulation, or one of the same model.
            robot: Description of the robot.
        """
        self._data, self._model = data, data.model
        model = self._model
        self.size = int(model.nq)
        index = index_model(model, robot)
        self.joints = index.joint_qpos
        self._motors, self._speeds = index.actuator, index.joint_qvel
        self._sites = np.array([model.site(foot.name).id for foot in robot.feet], dtype=int)
        joints = [model.joint(number) for number in range(model.njnt)]
        free = [one for one in joints if one.type[0] == mujoco.mjtJoint.mjJNT_FREE]
        self._places = {
            one.name.removesuffix(FREE_JOINT_SUFFIX): int(one.qposadr[0])
            for one in free
            if one.name.endswith(FREE_JOINT_SUFFIX)
        }

    @classmethod
    def from_setup(cls, robot: RobotSpec, setup: SceneSetup) -> TruthDetails:
        """Of a simulation in another process, by its published states; arguments as of its simulator."""
        return cls(mujoco.MjData(build_model(robot, setup)), robot)

    def geom(self, name: str) -> int:
        """Number of the geometry of an object, for orders to the simulator; raises KeyError where there is none."""
        return int(self._model.geom(name).id)

    def feet(self) -> Array:
        """Centres of the feet in the world, m, shape (feet, 3)."""
        return np.array(self._data.site_xpos[self._sites])

    def feet_way(self, states: Sequence[Array]) -> Array:
        """Centres of the feet in the world at past generalised positions, m, shape (states, feet, 3)."""
        out = np.zeros((len(states), len(self._sites), 3))
        for row, data in zip(out, self._recalled(states), strict=True):
            row[:] = data.site_xpos[self._sites]
        return out

    def torques(self) -> Array:
        """Torques of all motors, N·m, shape (joints,)."""
        return np.array(self._data.actuator_force[self._motors])

    def power(self) -> float:
        """Mechanical power of all joints, done by them or on them, W."""
        data = self._data
        return float(np.abs(self.torques() * data.qvel[self._speeds]).sum())

    def link_way(self, name: str, states: Sequence[Array], point: Sequence[float] = (0.0, 0.0, 0.0)) -> Array:
        """A point of a link in the world at past generalised positions, m, shape (states, 3).

        Args:
            name: Name of the link.
            states: Generalised positions.
            point: In the frame of the link, m.

        Raises:
            UnknownName: The model has no such link.
        """
        body = mujoco.mj_name2id(self._model, mujoco.mjtObj.mjOBJ_BODY, name)
        if body < 0:
            links = [self._model.body(number).name for number in range(1, self._model.nbody)]
            raise UnknownName("link in the model", name, links)
        out = np.zeros((len(states), 3))
        for row, data in zip(out, self._recalled(states), strict=True):
            row[:] = data.xpos[body] + data.xmat[body].reshape(3, 3) @ np.array(point)
        return out

    def _recalled(self, states: Sequence[Array]) -> Iterator[mujoco.MjData]:
        """The bodies at one past state after the other, in the same data."""
        data = mujoco.MjData(self._model)
        for state in states:
            data.qpos[:] = state
            mujoco.mj_kinematics(self._model, data)
            yield data

    def movable_ways(self, states: Sequence[Array]) -> dict[str, Array]:
        """Movable objects at past generalised positions, by id.

        Returns:
            Centre in the world, m, and orientation, w-x-y-z, of each, shape (states, 7).
        """
        rows = np.array(states)
        return {name: rows[:, at : at + 7] for name, at in self._places.items()} if len(rows) else {}
