"""LegKinematics: feet, their velocities and the load on them, from joint measurements, by pinocchio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pinocchio

from skill_stack.core.errors import DataError
from skill_stack.core.robots.robot import RobotSpec
from skill_stack.core.robots.urdf_file import locate_urdf

Array = np.ndarray
Vector = tuple[float, float, float]

_SOLE = 0.1  # m, size of a sole: torques are counted as forces at its edge
_DAMPING = 0.005  # m, lever of a force about all joints of a leg below which its torques say little: a straight knee
_UNKNOWN = (float("nan"),) * 3
_DIAGONAL = np.diag_indices(6)
_SINGULAR = 1e-6  # m³, volume of a leg's Jacobian below which its torques say nothing about the force


class Foot(NamedTuple):
    """One foot in the base frame, by its leg's kinematics.

    Attributes:
        position: Centre of the foot, m; for a flat sole the point above its middle at the height of the link's origin.
        velocity: Velocity of that point relative to the base, m/s.
        spin: Angular velocity of the foot relative to the base, rad/s.
    """

    position: Vector
    velocity: Vector
    spin: Vector


class LegKinematics:
    """Kinematics and inverse dynamics of the legs, relative to the base.

    pinocchio does what grows with the model; what remains per foot is a handful of plain sums.

    Attributes:
        imu: Position of the IMU in the base, m.
        weight: Of the whole robot, N.
    """

    def __init__(self, robot: RobotSpec) -> None:
        """Reads the robot's URDF.

        Args:
            robot: The robot; it needs feet.

        Raises:
            ResourceNotFound: URDF or meshes are not installed.
            DataError: Robot and URDF disagree, or it has no feet.
        """
        if not robot.feet:
            raise DataError(f"{robot.name}: leg kinematics need feet (feet)")
        self._model = model = pinocchio.buildModelFromUrdf(str(locate_urdf(robot)))
        self._data = model.createData()
        self._check(robot)
        places = [int(model.joints[model.getJointId(name)].idx_v) for name in robot.joint_names]
        self._order = np.array(places)
        self._in_order = places == list(range(model.nv))
        self._inverse = [places.index(column) for column in range(model.nv)]
        self._q, self._v, self._a = np.zeros(model.nq), np.zeros(model.nv), np.zeros(model.nv)
        model.armature[self._order] = robot.column("armature")
        self._gravity = model.gravity.linear.copy()
        self._soles = [bool(foot.corners) for foot in robot.feet]
        frames = [model.getFrameId(foot.link) for foot in robot.feet]
        self._frames = [int(frame) for frame in frames]
        self._centres = [_sole_centre(foot.corners) for foot in robot.feet]
        # Views of pinocchio's own memory, valid as long as its data is.
        self._columns_of_all: Array = self._data.J.T
        self._places: list[Array] = [self._data.oMf[frame].translation for frame in self._frames]
        supports = [model.supports[model.frames[frame].parentJoint] for frame in frames]
        self._columns = [[int(model.joints[j].idx_v) for j in chain if j > 0] for chain in supports]
        self.weight = float(sum(inertia.mass for inertia in model.inertias)) * float(np.linalg.norm(self._gravity))
        self.imu: Vector = tuple(model.frames[model.getFrameId(robot.source.imu_link)].placement.translation.tolist())

    def _check(self, robot: RobotSpec) -> None:
        """Checks that every name is in the URDF, joints turn, and the base is its root."""
        model = self._model
        for link in (robot.source.base_link, robot.source.imu_link, *(foot.link for foot in robot.feet)):
            if not model.existFrame(link):
                raise DataError(f"{robot.name}: the URDF has no link '{link}'")
        for name in robot.joint_names:
            if not model.existJointName(name):
                raise DataError(f"{robot.name}: the URDF has no joint '{name}'; it has {list(model.names)[1:]}")
        if model.nq != robot.size or model.nv != robot.size:
            raise DataError(f"{robot.name}: leg kinematics need every joint of the URDF in robot.yaml, one number each")
        for link in (robot.source.base_link, robot.source.imu_link):
            frame = model.frames[model.getFrameId(link)]
            if frame.parentJoint != 0:
                raise DataError(f"{robot.name}: '{link}' is not fixed to the URDF's root")
        if not model.frames[model.getFrameId(robot.source.base_link)].placement.isIdentity(1e-9):
            raise DataError(f"{robot.name}: base link '{robot.source.base_link}' is not the URDF's root")

    def take(self, position: Array, velocity: Sequence[float]) -> None:
        """Takes a measurement, to which feet and loads then refer.

        Args:
            position: Joint positions, rad, ordered by ``RobotSpec.joints``, shape (joints,).
            velocity: Joint velocities, rad/s.
        """
        self._q[self._order] = position
        pinocchio.computeJointJacobians(self._model, self._data, self._q)
        # Columns of the joints: velocity of the point that is at the base's origin, then angular velocity.
        self._jacobian = self._columns_of_all.tolist()
        self._speed = velocity if self._in_order else [velocity[place] for place in self._inverse]

    def foot(self, index: int) -> Foot:
        """Position and velocity of a foot.

        Args:
            index: Place of the foot in ``RobotSpec.feet``.
        """
        pinocchio.updateFramePlacement(self._model, self._data, self._frames[index])
        x, y, z = self._places[index].tolist()
        if (centre := self._centres[index]) is not None:
            x, y, z = (self._places[index] + self._data.oMf[self._frames[index]].rotation @ centre).tolist()
        speeds, jacobian = self._speed, self._jacobian
        u = v = w = p = q = r = 0.0
        for column in self._columns[index]:
            speed = speeds[column]
            a, b, c, d, e, f = jacobian[column]
            u += speed * a
            v += speed * b
            w += speed * c
            p += speed * d
            q += speed * e
            r += speed * f
        return Foot((x, y, z), (u + q * z - r * y, v + r * x - p * z, w + p * y - q * x), (p, q, r))

    def upright(self, index: int) -> Vector:
        """The z axis of a foot's link in the base frame, after :meth:`foot` of that foot."""
        x, y, z = self._data.oMf[self._frames[index]].rotation[:, 2].tolist()
        return x, y, z

    def loads(self, torque: Sequence[float], acceleration: Sequence[float], force: Vector) -> list[float]:
        """Ground force on each foot along the specific force, N; NaN where the torques do not determine it.

        What the legs' own weight and inertia take is subtracted first (inverse dynamics in the accelerated base);
        rotor inertia is most of it while a leg swings.

        Args:
            torque: Joint torques, N·m.
            acceleration: Joint accelerations, rad/s².
            force: Specific force of the base (what an accelerometer measures), m/s², in the base frame; its direction
                counts as up.
        """
        a, b, c = force
        norm = (a * a + b * b + c * c) ** 0.5
        if norm < 1.0:  # m/s²: falling freely, there is no up
            return [float("nan")] * len(self._frames)
        return [(a * x + b * y + c * z) / norm for x, y, z in self.forces(torque, acceleration, force)]

    def forces(self, torque: Sequence[float], acceleration: Sequence[float], force: Vector) -> list[Vector]:
        """Ground force on each foot in the base frame, N; arguments as of :meth:`loads`."""
        model, data, order = self._model, self._data, self._order
        a, b, c = force
        model.gravity.linear = np.array((-a, -b, -c))
        self._v[:] = self._speed
        self._a[order] = acceleration
        own = pinocchio.rnea(model, data, self._q, self._v, self._a)
        own[order] -= torque
        missing = own.tolist()
        return [self._force(foot, missing) for foot in range(len(self._frames))]

    def _sole_force(self, columns: list[int], lever: list[Vector], missing: list[float]) -> Vector:
        """The force of a leg whose foot bears force and torque: both are solved for from the torques of its joints."""
        wrench = np.array([(*way, *(turn / _SOLE for turn in self._jacobian[i][3:])) for way, i in zip(lever, columns)])
        square = wrench.T @ wrench
        square[_DIAGONAL] += _DAMPING**2
        solved = np.linalg.solve(square, wrench.T @ np.array([missing[i] for i in columns]))
        x, y, z = solved[:3].tolist()
        return x, y, z

    def _force(self, foot: int, missing: list[float]) -> Vector:
        """``J^-T missing`` of one leg."""
        columns = self._columns[foot]
        x, y, z = pinocchio.updateFramePlacement(self._model, self._data, self._frames[foot]).translation.tolist()
        lever = []
        for column in columns:
            a, b, c, d, e, f = self._jacobian[column]
            lever.append((a + e * z - f * y, b + f * x - d * z, c + d * y - e * x))
        # A sole bears torque too: what it stands on is under the toe or the heel.
        if self._soles[foot] and len(columns) >= 6:
            return self._sole_force(columns, lever, missing)
        if len(columns) != 3:  # the smallest force that explains the torques best
            solved = np.linalg.lstsq(np.array(lever), np.array([missing[i] for i in columns]), rcond=None)[0]
            x, y, z = solved.tolist()
            return x, y, z
        first, second, third = lever
        n1, n2, n3 = _cross(second, third), _cross(third, first), _cross(first, second)
        volume = first[0] * n1[0] + first[1] * n1[1] + first[2] * n1[2]
        if abs(volume) < _SINGULAR:
            return _UNKNOWN
        i, j, k = columns
        a, b, c = missing[i] / volume, missing[j] / volume, missing[k] / volume
        return (
            a * n1[0] + b * n2[0] + c * n3[0],
            a * n1[1] + b * n2[1] + c * n3[1],
            a * n1[2] + b * n2[2] + c * n3[2],
        )


def _sole_centre(corners: Sequence[Vector]) -> Array | None:
    """The middle of a flat sole in the link's frame, at the height of its origin, m; None for a round foot.

    A sole pivots about its middle, not about the ankle behind it.
    """
    if not corners:
        return None
    x, y, _ = np.mean(corners, axis=0)
    return np.array([x, y, 0.0])


def _cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
